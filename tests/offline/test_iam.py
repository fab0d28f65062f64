"""The evaluation of policies: AWS's documented rules, case by case, and its laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline.errors import Refusal
from bedrock_helpers.offline.iam import Request, decide, decide_all, denial
from bedrock_helpers.offline.iam_patterns import Context
from bedrock_helpers.offline.iam_policy import read_policy
from tests.offline import iam_cases
from tests.offline.iam_cases import (
    ANA,
    CASES,
    DENIED,
    GUARDRAIL,
    INVOKE,
    LITE,
    MICRO,
    NO,
    PROFILE,
    YES,
    allow,
    boundary,
    deny,
    endpoint,
    identity,
    session,
)


def read(policies):
    return [read_policy(document, kind) for kind, document in policies]


def asked(action=INVOKE, resource=MICRO, context=(), caller=ANA):
    return Request(action, resource, Context(context), caller)


def of(case):
    request = asked(case.action, case.resource, case.context, case.caller)
    return decide(read(case.policies), request)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.reason)
def test_the_documented_rule_holds(case):
    decision = of(case)
    assert decision.outcome == case.outcome, f"{case.rule}: {case.reason}; {decision}"
    assert case.by in ("", decision.kind)


def test_there_are_enough_cases_and_no_two_are_alike():
    kept = [(c.policies, c.action, c.resource, c.context, c.caller) for c in CASES]
    assert len(kept) >= 80
    assert all(kept.count(one) == 1 for one in kept)


def test_every_outcome_and_every_kind_of_policy_is_among_them():
    decisions = [of(case) for case in CASES]
    assert {d.outcome for d in decisions} == {YES, DENIED, NO}
    denied = {d.kind for d in decisions if not d.allowed}
    assert denied == {"identity", "session", "boundary", "endpoint"}


# Laws, for any policies

ACTIONS = [INVOKE, iam_cases.STREAM, iam_cases.LIST, "bedrock:GetGuardrail"]
RESOURCES = [MICRO, LITE, PROFILE, GUARDRAIL]
PATTERNS = ["*", "bedrock:*", "bedrock:InvokeModel*", "s3:*", *ACTIONS]
ARNS = ["*", "arn:aws:bedrock:*::foundation-model/*", "arn:aws:s3:::*", *RESOURCES]
CONDITIONS = [
    None,
    {"StringEquals": {"aws:RequestedRegion": "us-east-1"}},
    {"StringNotLike": {"aws:RequestedRegion": "us-*"}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}},
    {"ForAnyValue:StringLike": {"aws:TagKeys": ["a*"]}},
    {"Null": {"aws:TagKeys": "true"}},
    {"BoolIfExists": {"aws:SecureTransport": "true"}},
]


def few(values):
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)


@st.composite
def statements(draw, make=None):
    chosen = make or draw(st.sampled_from([allow, deny]))
    fields = {}
    for name, values in (("Action", PATTERNS), ("Resource", ARNS)):
        negated = draw(st.integers(0, 3)) == 0
        fields[name] = None
        fields[f"Not{name}" if negated else name] = draw(few(values))
    return chosen(None, None, draw(st.sampled_from(CONDITIONS)), **fields)


@st.composite
def policies(draw, make=None):
    kind = draw(st.sampled_from([identity, identity, session, boundary, endpoint]))
    return kind(*draw(st.lists(statements(make), min_size=1, max_size=3)))


@st.composite
def requests(draw):
    optional = {
        "aws:RequestedRegion": st.sampled_from(["us-east-1", "eu-west-1"]),
        "aws:TagKeys": st.lists(st.sampled_from(["a", "b", "ab", ""]), max_size=3),
        "aws:SecureTransport": st.booleans(),
    }
    context = draw(st.fixed_dictionaries({}, optional=optional))
    action, resource = draw(st.sampled_from(ACTIONS)), draw(st.sampled_from(RESOURCES))
    return asked(action, resource, context)


SOME = st.lists(policies(), max_size=4)


@given(SOME, requests(), st.sampled_from([identity, session, boundary, endpoint]))
def test_an_explicit_deny_anywhere_always_wins(some, request, kind):
    everything = kind(deny(request.action, request.resource))
    assert decide(read([*some, everything]), request).outcome == DENIED


@given(SOME, requests(), statements(allow))
def test_one_more_allowing_statement_of_an_identity_never_denies(some, request, extra):
    before = decide(read(some), request)
    after = decide(read([*some, identity(extra)]), request)
    assert after.allowed or not before.allowed
    assert (after.outcome == DENIED) == (before.outcome == DENIED)


@given(SOME, requests(), st.sampled_from([session, boundary, endpoint]), st.data())
def test_one_more_kind_of_policy_never_allows_more(some, request, kind, data):
    there = [policy for policy in some if policy[0] != kind(allow())[0]]
    extra = kind(*data.draw(st.lists(statements(), min_size=1, max_size=2)))
    after = decide(read([*there, extra]), request)
    assert decide(read(there), request).allowed or not after.allowed


@given(SOME, requests(), st.randoms())
def test_the_order_of_policies_and_statements_decides_nothing(some, request, random):
    shuffled = [
        (kind, {**document, "Statement": shuffle(document["Statement"], random)})
        for kind, document in shuffle(some, random)
    ]
    before, after = (decide(read(them), request) for them in (some, shuffled))
    assert before.outcome == after.outcome


def shuffle(items, random):
    copied = list(items)
    random.shuffle(copied)
    return copied


@given(SOME, requests())
def test_a_decision_names_a_statement_that_is_there_unless_none_allowed(some, request):
    decision = decide(read(some), request)
    assert (decision.outcome == NO) == (decision.sid == "")
    assert decision.action == request.action
    assert decision.resource == request.resource


# Several needs of one call


def test_of_several_requests_the_first_that_is_denied_is_reported():
    only = read([identity(allow(resource=[PROFILE, MICRO]))])
    needs = [asked(resource=arn) for arn in (PROFILE, MICRO, LITE)]
    assert decide_all(only, needs).resource == LITE
    assert decide_all(only, needs[:2]).allowed


# What AWS says


def message(policies, request):
    return denial(decide(read(policies), request), request.caller).text


def test_a_missing_permission_is_refused_in_bedrocks_words():
    assert message([identity(allow(resource=MICRO))], asked(resource=LITE)) == (
        f"User: {ANA} is not authorized to perform: bedrock:InvokeModel on resource: "
        f"{LITE} because no identity-based policy allows the bedrock:InvokeModel action"
    )


def test_where_an_action_concerns_no_resource_none_is_named():
    assert message([], asked("bedrock:ListFoundationModels", "*")) == (
        f"User: {ANA} is not authorized to perform: bedrock:ListFoundationModels "
        "because no identity-based policy allows the bedrock:ListFoundationModels "
        "action"
    )


def test_a_deny_is_refused_in_bedrocks_words():
    assert message([identity(allow(), deny())], asked()) == (
        f"User: {ANA} is not authorized to perform: bedrock:InvokeModel on resource: "
        f"{MICRO} with an explicit deny in an identity-based policy"
    )


def test_a_managed_policy_that_denies_is_named_by_its_arn():
    arn = "arn:aws:iam::111122223333:policy/no-models"
    policy = read_policy(deny_document(), "identity", arn)
    refusal = denial(decide([policy], asked()), ANA)
    assert refusal.text.endswith(f"an explicit deny in an identity-based policy: {arn}")
    assert (refusal.code, refusal.status) == ("AccessDeniedException", 403)


def deny_document():
    return identity(deny())[1]


@pytest.mark.parametrize(
    ("kind", "missing", "denying"),
    [
        (session, "no session policy allows", "in a session policy"),
        (boundary, "no permissions boundary allows", "in a permissions boundary"),
        (endpoint, "no VPC endpoint policy allows", "in a VPC endpoint policy"),
    ],
)
def test_each_kind_of_policy_has_its_name_in_messages(kind, missing, denying):
    everything = identity(allow("*"))
    assert missing in message([everything, kind(allow("s3:*"))], asked())
    denied = message([everything, kind(allow("*"), deny())], asked())
    assert denied.endswith(f"with an explicit deny {denying}")


# What is not played is said


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"StringEquals": {"aws:TagKeys": "a"}}, "ForAnyValue:StringEquals"),
        ({"ArnLike": {"aws:PrincipalArn": "*"}}, "six parts"),
        ({"NumericEquals": {"s3:max-keys": "${aws:username}"}}, "variable"),
    ],
)
def test_what_is_not_documented_is_refused_not_guessed(condition, said):
    context = {
        "aws:TagKeys": ["a", "b"],
        "aws:PrincipalArn": ANA,
        "s3:max-keys": 1,
    }
    with pytest.raises(Refusal, match=said) as caught:
        decide(read([identity(allow(when=condition))]), asked(context=context))
    assert caught.value.code == "NotAvailableOffline"


def test_a_variable_before_the_last_segment_is_refused():
    policy = identity(allow(resource="arn:aws:bedrock:${aws:RequestedRegion}::*"))
    with pytest.raises(Refusal, match="last segment"):
        decide(read([policy]), asked())


def test_not_principal_is_refused():
    kind, document = endpoint(allow("*"))
    statement = document["Statement"][0]
    statement["NotPrincipal"] = statement.pop("Principal")
    with pytest.raises(Refusal, match="NotPrincipal"):
        decide(read([identity(allow("*")), (kind, document)]), asked())


def test_a_decision_says_what_decided():
    policy = read_policy(identity(allow(Sid="Models"))[1], "identity", "my-policy")
    assert str(decide([policy], asked())) == (
        f"bedrock:InvokeModel on {MICRO}: allowed by Models of my-policy "
        "(identity policy)"
    )
    assert str(decide([], asked("bedrock:ListGuardrails", "*"))) == (
        "bedrock:ListGuardrails on *: implicit deny, no identity-based policy allows it"
    )
