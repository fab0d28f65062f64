"""Changes to IAM that moto would take: AWS refuses them, or they cannot be played."""

from urllib.parse import parse_qsl

from bedrock_helpers.offline.errors import Refusal, not_offline
from bedrock_helpers.offline.identity import CALLER_ARN

_LEARNER = CALLER_ARN.rpartition("/")[2]
_BOUNDARY = "PermissionsBoundary"
_OF_USERS = "CreateUser", "PutUserPermissionsBoundary"
_OF_ROLES = "CreateRole", "PutRolePermissionsBoundary"
#: In a transcript of "rosa create operator-roles" in the test cases of Red Hat's ROSA.
_NO_POLICY = "Scope ARN: {arn} does not exist or is not attachable."


def check_change(call, iam):
    """
    Refuse a request that would leave IAM in a state no call can be judged by.

    Parameters
    ----------
    call : bedrock_helpers.offline.service_call.ServiceCall
    iam : moto.iam.models.IAMBackend

    Raises
    ------
    Refusal
        ``NoSuchEntity`` (404) for a role's permissions boundary that does not exist;
        ``NotAvailableOffline`` (501) for a user's boundary, and for an end or another
        name or path of the learner.
    """
    if call.service != "iam":
        return
    asked = dict(parse_qsl((call.body or b"").decode("utf-8", "replace")))
    _check_boundary(call.action, asked, iam)
    _check_learner(call.action, asked)


def _check_boundary(action, asked, iam):
    arn = asked.get(_BOUNDARY)
    if arn and action in _OF_USERS:
        raise not_offline(
            f"limit a user by a permissions boundary ({arn}); it can limit a role: "
            "iam.create_role(…, PermissionsBoundary=…)"
        )
    if arn and action in _OF_ROLES and arn not in iam.managed_policies:
        raise Refusal("NoSuchEntity", 404, _NO_POLICY.format(arn=arn))


def _check_learner(action, asked):
    moves = action == "UpdateUser" and {"NewUserName", "NewPath"} & set(asked)
    if asked.get("UserName") == _LEARNER and (moves or action == "DeleteUser"):
        raise not_offline(
            f"do {action} to {_LEARNER}, who calls in this session; make a user of "
            "your own: iam.create_user(UserName=…)"
        )
