"""Who signed a request: the learner, another user, or somebody who assumed a role."""

import datetime
from dataclasses import dataclass

from bedrock_helpers.offline import query_xml
from bedrock_helpers.offline.account import ACCOUNT_ID
from bedrock_helpers.offline.errors import refusal

#: The made-up caller, in the account of AWS's own documentation examples.
CALLER_ARN = f"arn:aws:iam::{ACCOUNT_ID}:user/learner"
#: The key of AWS's own documentation examples: boto3 must sign with one.
LEARNER_KEY, LEARNER_SECRET = "AKIAIOSFODNN7EXAMPLE", "offline"


@dataclass(frozen=True)
class Caller:
    """
    Whose keys signed a request.

    Attributes
    ----------
    arn : str
        Of a user, or of a role's session.
    user_id : str
        As GetCallerIdentity shows it.
    secret : str
        The secret of the key; not shown.
    role_arn : str
        Of the role that was assumed; empty for a user.
    session_policy : str
        What was passed to AssumeRole as ``Policy``; empty if nothing was.
    issued : datetime.datetime or None
        When a role's temporary keys were made, in UTC and whole seconds; None for
        a user.
    """

    arn: str
    user_id: str
    secret: str = ""
    role_arn: str = ""
    session_policy: str = ""
    issued: datetime.datetime | None = None

    def __repr__(self):
        """Show who it is, and no secret."""
        return f"Caller({self.arn!r})"

    @property
    def condition_keys(self):
        """
        What policies may ask about the caller: condition keys and their values.

        Examples
        --------
        >>> LEARNER.condition_keys["aws:username"]
        'learner'
        """
        keys = {
            "aws:PrincipalArn": self.role_arn or self.arn,
            "aws:PrincipalAccount": ACCOUNT_ID,
            "aws:PrincipalType": "AssumedRole" if self.role_arn else "User",
            "aws:userid": self.user_id,
        }
        if not self.role_arn:
            keys["aws:username"] = self.arn.rpartition("/")[2]
        if self.issued:
            keys["aws:TokenIssueTime"] = self.issued
        return keys


#: Who calls in a session that was given no other keys.
LEARNER = Caller(CALLER_ARN, "AIDACKCEVSQ6C2EXAMPLE", LEARNER_SECRET)


def caller_of(access_key, token, services, now):
    """
    Whose an access key is.

    Parameters
    ----------
    access_key : str
    token : str
        The session token sent with it; empty for a user's key.
    services : bedrock_helpers.offline.aws_services.AwsServices
        Where users, roles and their keys are kept.
    now : datetime.datetime
        In UTC.

    Returns
    -------
    Caller or None
        None if the account has no such key, or has switched it off.

    Raises
    ------
    Refusal
        For another token than the key's, or a role's session that is over.
    """
    if access_key == LEARNER_KEY:
        return LEARNER
    if access_key not in services.issued:
        return None
    with services.opened() as backend:
        user = _user(backend("iam"), access_key)
        return user or _role_session(backend, access_key, token, now)


def _user(iam, access_key):
    for user in iam.users.values():
        for key in user.access_keys:
            if key.access_key_id == access_key and key.status == "Active":
                return Caller(user.arn, user.id, key.secret_access_key)
    return None


def _role_session(backend, access_key, token, now):
    session = backend("sts").get_assumed_role_from_access_key(access_key)
    roles = {role.arn for role in backend("iam").roles.values()}
    if session is None or session.role_arn not in roles:
        return None
    if token != session.session_token:
        raise refusal("invalid_token")
    if session.expiration.replace(tzinfo=datetime.UTC) <= now:
        raise refusal("expired_token")
    return Caller(
        session.arn,
        session.user_id,
        session.secret_access_key,
        session.role_arn,
        session.policy or "",
        session.issued,
    )


def get_caller_identity(call, services):
    """Answer STS's GetCallerIdentity."""
    caller = call.caller
    who = {"Arn": caller.arn, "UserId": caller.user_id, "Account": ACCOUNT_ID}
    return query_xml.result("GetCallerIdentity", who, query_xml.NAMESPACES["sts"])
