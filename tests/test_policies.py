"""The least-privilege policy of the calls a session has made."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.calls_made import CallMade, telling
from bedrock_helpers.catalog import CLAUDE_HAIKU_4_5, NOVA_LITE, NOVA_MICRO
from bedrock_helpers.offline.iam import Request, decide
from bedrock_helpers.offline.iam_bedrock import Place, needs_of
from bedrock_helpers.offline.iam_patterns import Context
from bedrock_helpers.offline.iam_policy import read_policy
from bedrock_helpers.policies import least_privilege

ACCOUNT = "111122223333"
HAIKU = f"us.{CLAUDE_HAIKU_4_5}"
MADE = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:application-inference-profile/abc"
PROVISIONED = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:provisioned-model/abc"
GUARDRAIL = "gr1234567890"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/logs"
MODELS = (NOVA_MICRO, NOVA_LITE, HAIKU, f"global.{CLAUDE_HAIKU_4_5}", MADE, PROVISIONED)
BEHIND = {MADE: (f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA_MICRO}",)}
INVOKING = (
    "Converse",
    "ConverseStream",
    "InvokeModel",
    "InvokeModelWithResponseStream",
)


def call(operation, region_name="us-east-1", **parameters):
    models = BEHIND.get(parameters.get("modelId"))
    return CallMade(operation, region_name, ACCOUNT, telling(parameters), models)


def invoking(**more):
    return st.builds(
        call,
        st.sampled_from(INVOKING),
        st.sampled_from(["us-east-1", "us-west-2"]),
        modelId=st.sampled_from(MODELS),
        **more,
    )


GUARDED = st.just({"guardrailIdentifier": GUARDRAIL, "guardrailVersion": "1"})
CALLS = st.one_of(
    invoking(),
    invoking(guardrailConfig=GUARDED),
    invoking(serviceTier=st.just({"type": "flex"})),
    st.builds(call, st.just("CountTokens"), modelId=st.sampled_from(MODELS[:3])),
    st.builds(call, st.sampled_from(["ListFoundationModels", "ListGuardrails"])),
    st.builds(
        call,
        st.sampled_from(["GetGuardrail", "ListGuardrails", "ApplyGuardrail"]),
        guardrailIdentifier=st.just(GUARDRAIL),
    ),
    st.builds(
        call,
        st.sampled_from(["GetInferenceProfile", "DeleteInferenceProfile"]),
        inferenceProfileIdentifier=st.sampled_from([HAIKU, "abc", MADE]),
    ),
    st.just(
        call(
            "PutModelInvocationLoggingConfiguration",
            loggingConfig={"cloudWatchConfig": {"roleArn": ROLE}},
        )
    ),
)
SOME = st.lists(CALLS, min_size=1, max_size=6)


def needed_by(made):
    for one in made:
        place = Place(one.region_name, ACCOUNT)
        parameters = json.loads(one.telling)
        yield from needs_of(one.operation, parameters, place, BEHIND.get)


def allows_all(document, made):
    policies = [read_policy(document)]
    return all(
        decide(
            policies, Request(need.action, need.resource, Context(need.keys))
        ).allowed
        for need in needed_by(made)
    )


def smaller(document):
    """The document without each statement, each resource and each action in turn."""
    for place, statement in enumerate(document["Statement"]):
        shorter = copy.deepcopy(document)
        del shorter["Statement"][place]
        if shorter["Statement"]:
            yield shorter
        for field in ("Resource", "Action"):
            for value in statement[field]:
                shorter = copy.deepcopy(document)
                shorter["Statement"][place][field].remove(value)
                if shorter["Statement"][place][field]:
                    yield shorter


@given(SOME)
def test_the_policy_allows_every_call_that_was_made(made):
    assert allows_all(least_privilege(made), made)


@given(SOME)
def test_less_than_the_policy_does_not(made):
    for shorter in smaller(least_privilege(made)):
        assert not allows_all(shorter, made)


@given(SOME, CALLS)
def test_it_allows_no_other_call_unless_its_needs_were_among_those_made(made, other):
    wanted = {(need.action, need.resource) for need in needed_by(made)}
    wider = {action for action, resource in wanted if resource == "*"}
    new = [
        need
        for need in needed_by([other])
        if (need.action, need.resource) not in wanted and need.action not in wider
    ]
    assert not (new and allows_all(least_privilege(made), [other]))


@given(SOME)
def test_it_is_a_document_that_iam_takes(made):
    document = json.loads(json.dumps(least_privilege(made)))
    sids = [statement["Sid"] for statement in document["Statement"]]
    assert len(set(sids)) == len(sids)
    assert all(sid.isalnum() for sid in sids)


def test_a_model_called_directly_is_one_statement():
    assert least_privilege([call("Converse", modelId=NOVA_MICRO)]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "InvokeModel",
                "Effect": "Allow",
                "Action": ["bedrock:InvokeModel"],
                "Resource": [
                    f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA_MICRO}"
                ],
            }
        ],
    }


def test_models_behind_a_profile_are_fenced():
    made = [call("Converse", modelId=HAIKU), call("ConverseStream", modelId=HAIKU)]
    profile, models = least_privilege(made)["Statement"]
    arn = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/{HAIKU}"
    both = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    assert profile["Action"] == models["Action"] == both
    assert profile["Resource"] == [arn]
    assert models["Condition"] == {"StringEquals": {"bedrock:InferenceProfileArn": arn}}
    regions = [resource.split(":")[3] for resource in models["Resource"]]
    assert {"us-east-1", "us-west-2"} <= set(regions)
    directly = [call("Converse", modelId=CLAUDE_HAIKU_4_5)]
    assert not allows_all(least_privilege(made), directly)


def test_a_model_also_called_directly_needs_no_fence():
    made = [call("Converse", modelId=m) for m in (HAIKU, CLAUDE_HAIKU_4_5)]
    statements = least_privilege(made)["Statement"]
    here = f"arn:aws:bedrock:us-east-1::foundation-model/{CLAUDE_HAIKU_4_5}"
    assert [here in s["Resource"] for s in statements if "Condition" in s] == [False]
    assert any(here in s["Resource"] for s in statements if "Condition" not in s)


def test_the_global_profile_needs_the_model_here_and_anywhere():
    made = [call("Converse", modelId=f"global.{CLAUDE_HAIKU_4_5}")]
    assert least_privilege(made)["Statement"][1]["Resource"] == [
        f"arn:aws:bedrock:us-east-1::foundation-model/{CLAUDE_HAIKU_4_5}",
        f"arn:aws:bedrock:::foundation-model/{CLAUDE_HAIKU_4_5}",
    ]


def test_a_role_is_passed_to_bedrock_only():
    logging = {"cloudWatchConfig": {"roleArn": ROLE}}
    made = [call("PutModelInvocationLoggingConfiguration", loggingConfig=logging)]
    passing = least_privilege(made)["Statement"][1]
    assert passing["Resource"] == [ROLE]
    assert passing["Condition"] == {
        "StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}
    }


def test_without_an_account_number_any_account_is_named():
    made = [CallMade("Converse", "us-east-1", "", telling({"modelId": HAIKU}))]
    profile = least_privilege(made)["Statement"][0]
    assert profile["Resource"] == [
        f"arn:aws:bedrock:us-east-1:*:inference-profile/{HAIKU}"
    ]


def test_without_calls_there_is_nothing_to_allow():
    with pytest.raises(ValueError, match=r"No call of Bedrock .* Make the calls first"):
        least_privilege([])
