"""Who may assume a role.

Rules: AWS STS API Reference, AssumeRole ("either … or", same account); AWS IAM User
Guide, "How AWS enforcement code logic evaluates requests", resource-based policies
(weekly mirror of the AWS documentation, 2026).
"""

from bedrock_helpers.offline.iam import (
    allowed_by,
    applies,
    decide,
    explicit_deny,
    first_allow,
    implicit_deny,
)
from bedrock_helpers.offline.iam_principals import (
    ITS_ACCOUNT,
    ITSELF,
    account_of,
    is_session,
    way_named,
)


def may_assume(trust_policy, request, policies=()):
    """
    Whether a caller may assume a role.

    The role's trust policy must allow it. If it names the caller (or everybody) and
    the role is in the caller's account, that is enough; if it names the account, the
    caller's own policies must allow it too, as always across accounts. A service
    needs to be named.

    Parameters
    ----------
    trust_policy : bedrock_helpers.offline.iam_policy.Policy
        Of kind ``"trust"``.
    request : bedrock_helpers.offline.iam.Request
        ``sts:AssumeRole`` on the role's ARN; its caller is a user, a role's session,
        or a service such as ``"bedrock.amazonaws.com"``.
    policies : iterable of Policy
        The caller's own.

    Returns
    -------
    bedrock_helpers.offline.iam.Decision

    Examples
    --------
    >>> from bedrock_helpers.offline.iam import Request
    >>> from bedrock_helpers.offline.iam_policy import read_policy
    >>> bedrock = {"Service": "bedrock.amazonaws.com"}
    >>> trust = {"Effect": "Allow", "Principal": bedrock, "Action": "sts:AssumeRole"}
    >>> document = {"Version": "2012-10-17", "Statement": trust}
    >>> role = "arn:aws:iam::111122223333:role/logs"
    >>> asked = Request("sts:AssumeRole", role, caller="bedrock.amazonaws.com")
    >>> may_assume(read_policy(document, "trust"), asked).allowed
    True
    """
    policies = list(policies)
    denied = explicit_deny([trust_policy, *policies], request)
    allowed = first_allow([trust_policy], request, "trust")
    if denied or not allowed:
        return denied or implicit_deny("trust", request)
    caller, ways = request.caller, _ways_trusted(trust_policy, request)
    if not caller.startswith("arn:"):
        return allowed
    if account_of(caller) != account_of(request.resource) or ways == {ITS_ACCOUNT}:
        return decide(policies, request)
    if ITSELF in ways or not is_session(caller):
        return allowed
    there = {policy.kind for policy in policies}
    limits = [kind for kind in ("boundary", "session") if kind in there]
    return allowed_by(policies, request, limits) or allowed


def _ways_trusted(trust_policy, request):
    return {
        way_named(statement, request.caller)
        for statement in trust_policy.statements
        if statement.effect == "Allow" and applies(statement, trust_policy, request)
    }
