"""What CloudTrail is told of parameters: no prompts, no forms, no secrets."""

import pytest

from bedrock_helpers.offline.operations import OPERATIONS
from bedrock_helpers.offline.router import service_model
from bedrock_helpers.offline.shown_parameters import HIDDEN, is_read_only
from bedrock_helpers.offline.trail import DATA_EVENTS
from tests.offline.desk import FORM, MICRO, open_desk, service_of, tokens, user
from tests.offline.provocations import apply, guardrail

#: What readOnly is in published records of 2024 to 2026.
READING = ("Get", "List", "Count", "Converse", "Invoke")


def shown(operation, kind="ready", **parameters):
    desk = open_desk(kind)
    desk.call(operation, **parameters)
    return desk.session.offline.calls[-1].parameters


@pytest.mark.parametrize("operation", ["Converse", "ConverseStream", "CountTokens"])
def test_of_a_call_of_a_model_only_the_model_is_told(operation):
    talk = {"messages": [user("A secret.")]}
    model = "anthropic.claude-haiku-4-5-20251001-v1:0"
    asked = {
        "Converse": {"modelId": MICRO, "inferenceConfig": tokens(1), **talk},
        "ConverseStream": {"modelId": MICRO, "inferenceConfig": tokens(1), **talk},
        "CountTokens": {"modelId": model, "input": {"converse": talk}},
    }[operation]
    assert shown(operation, **asked) == {"modelId": asked["modelId"]}


def test_a_form_is_hidden():
    told = shown("PutUseCaseForModelAccess", "new", formData=FORM)
    assert told == {"formData": HIDDEN}


def test_what_botocore_calls_sensitive_is_hidden_at_any_depth():
    """Among others the names and texts of guardrails, and what they search for."""
    asked = guardrail(description="For the shop", tags=[{"key": "a", "value": "b"}])
    told = shown("CreateGuardrail", **asked)
    shape = service_model("bedrock").operation_model("CreateGuardrail").input_shape
    assert told.keys() == asked.keys() | {"clientRequestToken"}  # boto3's own
    for name, member in shape.members.items():
        if name in told and member.metadata.get("sensitive"):
            assert told[name] == HIDDEN
    assert told["blockedInputMessaging"] == HIDDEN
    assert told["tags"] == [{"key": "a", "value": "b"}]


def test_plain_parameters_are_told():
    told = shown("ListInferenceProfiles", maxResults=2, typeEquals="SYSTEM_DEFINED")
    assert told == {"maxResults": 2, "typeEquals": "SYSTEM_DEFINED"}


def test_a_time_is_told_as_text():
    told = shown(
        "ListProvisionedModelThroughputs", creationTimeAfter="2026-11-01T00:00:00Z"
    )
    assert told["creationTimeAfter"].startswith("2026-11-01T00:00:00")


@pytest.mark.parametrize("operation", sorted(set(OPERATIONS) - set(DATA_EVENTS)))
def test_only_operations_that_change_nothing_are_read_only(operation):
    expected = operation.startswith(READING)
    assert is_read_only(service_of(operation), operation) == expected


def test_a_guardrail_applied_is_told_of_by_nothing_but_its_call():
    desk = open_desk()
    made = desk.call("CreateGuardrail", **guardrail())["guardrailId"]
    desk.call("ApplyGuardrail", **apply(made, "A secret."))
    assert desk.session.offline.calls[-1].parameters == {}
