"""Whom a statement of a trust or VPC endpoint policy is about.

Rules: AWS IAM User Guide, "AWS JSON policy elements: Principal" (weekly mirror of the
AWS documentation, 2026).
"""

import re

from bedrock_helpers.offline.errors import not_offline

#: The ways a statement may name a caller.
ITSELF, ITS_ROLE, EVERYBODY, ITS_ACCOUNT = "itself", "its role", "everybody", "account"
_SESSION = re.compile(r"arn:aws:sts::(\d+):assumed-role/([^/]+)/.+")


def is_session(caller):
    """
    Whether a caller is somebody who assumed a role.

    Examples
    --------
    >>> is_session("arn:aws:sts::111122223333:assumed-role/reader/ana")
    True
    """
    return _SESSION.fullmatch(caller) is not None


def account_of(arn):
    """
    The account an ARN belongs to.

    Examples
    --------
    >>> account_of("arn:aws:iam::111122223333:user/learner")
    '111122223333'
    """
    return arn.split(":")[4]


def is_about(statement, caller):
    """
    Whether a statement is about a caller; those of other policies are about anybody.

    Parameters
    ----------
    statement : bedrock_helpers.offline.iam_policy.Statement
    caller : str
        ARN of a user or of a role's session, or a service's name.

    Raises
    ------
    Refusal
        For ``NotPrincipal``, which is not played.
    """
    if statement.principals is None:
        return True
    if statement.not_principals:
        raise not_offline(
            f"judge NotPrincipal ({statement.sid}); AWS advises a Condition with "
            "aws:PrincipalArn in its place"
        )
    return way_named(statement, caller) is not None


def way_named(statement, caller):
    """
    How a statement names a caller.

    Parameters
    ----------
    statement : bedrock_helpers.offline.iam_policy.Statement
        Of a policy with principals.
    caller : str

    Returns
    -------
    str or None
        ``ITSELF``, ``ITS_ROLE``, ``EVERYBODY`` or ``ITS_ACCOUNT``.
    """
    if not caller.startswith("arn:"):
        named = caller in statement.principals.get("Service", ())
        return ITSELF if named else None
    names = statement.principals.get("AWS", ())
    if caller in names:
        return ITSELF
    if any(_is_role_of(name, caller) for name in names):
        return ITS_ROLE
    if "*" in names:
        return EVERYBODY
    account = account_of(caller)
    by_account = (account, f"arn:aws:iam::{account}:root")
    return ITS_ACCOUNT if any(name in by_account for name in names) else None


def _is_role_of(name, caller):
    """A session's ARN leaves out its role's path; names are unique in an account."""
    session = _SESSION.fullmatch(caller)
    if session is None or not name.startswith(f"arn:aws:iam::{session[1]}:role/"):
        return False
    return name.rpartition("/")[2] == session[2]
