"""The policies that apply to a caller, read from what IAM keeps."""

from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.iam_policy import Policy, read_policy
from bedrock_helpers.offline.identity import LEARNER

#: What the learner is given: AWS's own policy of this name.
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
_EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def policies_of(caller, services):
    """
    Every policy that applies to a caller.

    Parameters
    ----------
    caller : bedrock_helpers.offline.identity.Caller
    services : bedrock_helpers.offline.aws_services.AwsServices

    Returns
    -------
    tuple of bedrock_helpers.offline.iam_policy.Policy
        A user's own, attached and groups' policies, or a role's; its permissions
        boundary; the policy that was passed to AssumeRole.

    Raises
    ------
    Refusal
        ``UnrecognizedClientException`` (403) for a user who is no longer there.

    Examples
    --------
    >>> from bedrock_helpers.offline.aws_services import AwsServices
    >>> [policy.name for policy in policies_of(LEARNER, AwsServices())]
    ['arn:aws:iam::aws:policy/AdministratorAccess']
    """
    if caller == LEARNER and not services.is_used:
        document = {"Version": "2012-10-17", "Statement": [_EVERYTHING]}
        return (read_policy(document, name=ADMINISTRATOR),)
    with services.opened() as backend:
        iam = backend("iam")
        found = _of_role(iam, caller) if caller.role_arn else _of_user(iam, caller)
    if caller.session_policy:
        found.append(read_policy(caller.session_policy, "session"))
    return tuple(found)


def tags_of(caller, services):
    """
    The tags of a caller's user or role.

    Parameters
    ----------
    caller : bedrock_helpers.offline.identity.Caller
    services : bedrock_helpers.offline.aws_services.AwsServices

    Returns
    -------
    dict of str to str
    """
    if not services.is_used:
        return {}
    with services.opened() as backend:
        holder = _holder(backend("iam"), caller)
        return {tag["Key"]: tag["Value"] for tag in holder.tags or []}


def _holder(iam, caller):
    """The user, or the role that was assumed."""
    if caller.role_arn:
        return iam.get_role_by_arn(caller.role_arn)
    for user in iam.users.values():
        if user.arn == caller.arn:
            return user
    raise refusal("invalid_token")  # deleted or renamed since the keys were looked up


def _of_user(iam, caller):
    user = _holder(iam, caller)
    groups = iam.get_groups_for_user(user.name)
    return [policy for one in (user, *groups) for policy in _given_to(one)]


def _of_role(iam, caller):
    role = _holder(iam, caller)
    arn = role.permissions_boundary_arn
    return [*_given_to(role), _boundary(iam, arn)] if arn else _given_to(role)


def _boundary(iam, arn):
    """A permissions boundary; one whose policy was deleted allows nothing."""
    policy = iam.managed_policies.get(arn)
    if policy is None:
        return Policy("boundary", arn, (), True)
    return read_policy(_text(policy), "boundary", arn)


def _given_to(holder):
    """The policies embedded in a user, group or role, and those attached to it."""
    embedded = [read_policy(text, name=name) for name, text in holder.policies.items()]
    attached = holder.managed_policies.values()
    return embedded + [read_policy(_text(one), name=one.arn) for one in attached]


def _text(policy):
    """The document of a managed policy's default version."""
    version = policy.default_version_id
    return next(v.document for v in policy.versions if v.version_id == version)
