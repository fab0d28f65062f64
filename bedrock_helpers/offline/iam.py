"""Whether policies allow a call: AWS's evaluation logic, as documented.

Rules: AWS IAM User Guide, "How AWS enforcement code logic evaluates requests to allow
or deny access" (weekly mirror of the AWS documentation, 2026).
"""

from dataclasses import dataclass

from bedrock_helpers.offline.iam_conditions import is_met
from bedrock_helpers.offline.iam_patterns import (
    Context,
    matches_action,
    matches_resource,
)
from bedrock_helpers.offline.iam_principals import is_about
from bedrock_helpers.offline.iam_refusals import iam_refusal

#: Each kind that is there must allow a call; an identity policy is always needed.
NEEDED = ("identity", "boundary", "session", "endpoint")
#: How AWS's messages name them: without and with an explicit deny.
_NAMES = {
    "identity": ("no identity-based policy", "an identity-based policy"),
    "boundary": ("no permissions boundary", "a permissions boundary"),
    "session": ("no session policy", "a session policy"),
    "endpoint": ("no VPC endpoint policy", "a VPC endpoint policy"),
    "trust": ("no role trust policy", "the role trust policy"),
}


@dataclass(frozen=True)
class Decision:
    """
    What policies come to for one action on one resource.

    Attributes
    ----------
    outcome : str
        ``"allowed"``, ``"explicit deny"`` or ``"implicit deny"``.
    action, resource : str
    kind : str
        The kind of policy that decided: with an implicit deny, the kind that has no
        statement allowing it.
    policy, sid : str
        Which policy and statement decided; empty with an implicit deny.
    """

    outcome: str
    action: str
    resource: str
    kind: str
    policy: str = ""
    sid: str = ""

    @property
    def allowed(self):
        """Whether the call may be made."""
        return self.outcome == "allowed"

    def __str__(self):
        """Say what was decided, and by what."""
        call = f"{self.action} on {self.resource}: {self.outcome}"
        if not self.sid:
            return f"{call}, {_NAMES[self.kind][0]} allows it"
        named = f" of {self.policy}" if self.policy else ""
        return f"{call} by {self.sid}{named} ({self.kind} policy)"


@dataclass(frozen=True)
class Request:
    """
    One action on one resource, by somebody.

    Attributes
    ----------
    action : str
        Such as ``"bedrock:InvokeModel"``.
    resource : str
        An ARN, or ``"*"`` for actions that concern no resource.
    context : Context
    caller : str
        ARN of a user or of a role's session, or a service's name.
    """

    action: str
    resource: str = "*"
    context: Context = Context()
    caller: str = ""


def decide(policies, request):
    """
    Whether the policies that apply allow a request.

    An explicit deny anywhere decides. Without one, an identity policy must allow the
    request, and so must a boundary, a session policy and a VPC endpoint policy, if
    there are any of these.

    Parameters
    ----------
    policies : iterable of bedrock_helpers.offline.iam_policy.Policy
    request : Request

    Returns
    -------
    Decision

    Raises
    ------
    Refusal
        For what is not played, such as ``NotPrincipal``: never passed over.

    Examples
    --------
    >>> from bedrock_helpers.offline.iam_policy import read_policy
    >>> reading = {"Effect": "Allow", "Action": "bedrock:List*", "Resource": "*"}
    >>> policy = read_policy({"Version": "2012-10-17", "Statement": reading})
    >>> print(decide([policy], Request("bedrock:ListGuardrails")))
    bedrock:ListGuardrails on *: allowed by statement 1 (identity policy)
    >>> print(decide([policy], Request("bedrock:CreateGuardrail")))
    bedrock:CreateGuardrail on *: implicit deny, no identity-based policy allows it
    """
    policies = list(policies)
    there = {policy.kind for policy in policies}
    needed = [kind for kind in NEEDED if kind == "identity" or kind in there]
    return explicit_deny(policies, request) or allowed_by(policies, request, needed)


def decide_all(policies, requests):
    """
    The first decision that denies one of several requests, else the last one.

    Parameters
    ----------
    policies : iterable of Policy
    requests : iterable of Request
        At least one.

    Returns
    -------
    Decision
    """
    policies = list(policies)
    for request in requests:
        decision = decide(policies, request)
        if not decision.allowed:
            break
    return decision


def explicit_deny(policies, request):
    """The decision of the first statement that denies a request, or None."""
    for policy in policies:
        found = _statement(policy, "Deny", request)
        if found is not None:
            return _decided("explicit deny", policy, found, request)
    return None


def allowed_by(policies, request, kinds):
    """The first decision of several kinds of policy if all allow; None of no kinds."""
    decision = None
    for kind in kinds:
        allowing = first_allow(policies, request, kind)
        if allowing is None:
            return implicit_deny(kind, request)
        decision = decision or allowing
    return decision


def first_allow(policies, request, kind):
    """The decision of the first statement of one kind that allows, or None."""
    for policy in policies:
        found = policy.kind == kind and _statement(policy, "Allow", request)
        if found:
            return _decided("allowed", policy, found, request)
    return None


def _decided(outcome, policy, statement, request):
    what = request.action, request.resource
    return Decision(outcome, *what, policy.kind, policy.name, statement.sid)


def implicit_deny(kind, request):
    """The decision where no policy of a kind allows."""
    return Decision("implicit deny", request.action, request.resource, kind)


def _statement(policy, effect, request):
    """The first statement of a policy with this effect on a request."""
    for statement in policy.statements:
        if statement.effect == effect and applies(statement, policy, request):
            return statement
    return None


def applies(statement, policy, request):
    """Whether a statement of a policy is about a request."""
    known = request.context if policy.variables else None
    action = any(matches_action(one, request.action) for one in statement.actions)
    if action == statement.not_actions:
        return False
    resource = any(
        matches_resource(one, request.resource, known) for one in statement.resources
    )
    if resource == statement.not_resources:
        return False
    if not is_about(statement, request.caller):
        return False
    return all(
        is_met(condition, request.context, variables=policy.variables)
        for condition in statement.conditions
    )


def denial(decision, caller):
    """
    The refusal AWS answers with.

    Parameters
    ----------
    decision : Decision
        One that does not allow.
    caller : str
        ARN of who called.

    Returns
    -------
    Refusal
        ``AccessDeniedException`` (403).

    Examples
    --------
    >>> no = Decision("implicit deny", "bedrock:ListGuardrails", "*", "session")
    >>> print(denial(no, "arn:aws:iam::111122223333:user/ana"))  # doctest: +ELLIPSIS
    User: arn:aws:iam::111122223333:user/ana is not authorized to perform: ...
    """
    concerns = "" if decision.resource == "*" else f" on resource: {decision.resource}"
    values = {"caller": caller, "action": decision.action, "concerns": concerns}
    without, with_deny = _NAMES[decision.kind]
    if decision.outcome == "implicit deny":
        return iam_refusal("not_authorized", policy=without, **values)
    arn = f": {decision.policy}" if decision.policy.startswith("arn:") else ""
    return iam_refusal("explicitly_denied", policy=with_deny + arn, **values)
