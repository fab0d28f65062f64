"""Broken constraints, in the words AWS services share."""

import base64

import pytest
from botocore.model import DenormalizedStructureBuilder
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline.errors import Refusal
from bedrock_helpers.offline.router import service_model
from bedrock_helpers.offline.shapes import check
from tests.offline.desk import user

CONVERSE = service_model("bedrock-runtime").operation_model("Converse").input_shape
LISTING = service_model("bedrock").operation_model("ListFoundationModels").input_shape
FORM = service_model("bedrock").operation_model("PutUseCaseForModelAccess").input_shape
ASK = {"modelId": "a.b", "messages": [user("Hi")]}


def refused(shape, value):
    with pytest.raises(Refusal) as caught:
        check(shape, value)
    return caught.value


def config(**values):
    return {**ASK, "inferenceConfig": values}


def one(value, path, rule):
    """The text of one broken constraint."""
    shown = "" if value is None else f" '{value}'"
    where = f"Value{shown} at '{path}'"
    return (
        "1 validation error detected: "
        f"{where} failed to satisfy constraint: Member must {rule}"
    )


ROLES = ", ".join(CONVERSE.members["messages"].member.members["role"].metadata["enum"])
BROKEN = {
    "a maximum": (
        config(temperature=1.5),
        one("1.5", "inferenceConfig.temperature", "have value less than or equal to 1"),
    ),
    "a whole number for a double": (
        config(topP=2),
        one("2.0", "inferenceConfig.topP", "have value less than or equal to 1"),
    ),
    "a minimum": (
        config(maxTokens=0),
        one("0", "inferenceConfig.maxTokens", "have value greater than or equal to 1"),
    ),
    "a minimum length, in a list": (
        config(stopSequences=["a", ""]),
        one(
            "",
            "inferenceConfig.stopSequences.2.member",
            "have length greater than or equal to 1",
        ),
    ),
    "an enum": (
        {**ASK, "messages": [{"role": "robot", "content": []}]},
        one("robot", "messages.1.member.role", f"satisfy enum value set: [{ROLES}]"),
    ),
    "a missing member": (
        {**ASK, "messages": [user("a"), {"role": "user"}]},
        one(None, "messages.2.member.content", "not be null"),
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_each_kind_of_constraint_is_told_in_aws_words(case):
    value, text = BROKEN[case]
    stop = refused(CONVERSE, value)
    assert (stop.code, stop.status, stop.text) == ("ValidationException", 400, text)


def test_a_pattern_is_quoted():
    stop = refused(LISTING, {"byProvider": "a, b"})
    pattern = LISTING.members["byProvider"].metadata["pattern"]
    rule = f"satisfy regular expression pattern: {pattern}"
    assert stop.text == one("a, b", "byProvider", rule)


def test_several_broken_constraints_are_told_at_once():
    stop = refused(CONVERSE, config(temperature=9, topP=-1, maxTokens=0))
    assert stop.text.startswith("3 validation errors detected: ")
    assert stop.text.count("failed to satisfy constraint") == 3
    assert stop.text.count("; ") == 2


def test_a_long_value_is_cut_when_shown():
    stop = refused(LISTING, {"byProvider": "x," * 5000})
    assert len(stop.text) < 600


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (config(maxTokens="5"), "string value at 'inferenceConfig.maxTokens'"),
        (config(maxTokens=1.5), "number value at 'inferenceConfig.maxTokens'"),
        (config(maxTokens=True), "boolean value at 'inferenceConfig.maxTokens'"),
        (config(maxTokens=2**31), "number value at 'inferenceConfig.maxTokens'"),
        (config(temperature="1"), "string value at 'inferenceConfig.temperature'"),
        ({**ASK, "messages": {}}, "object value at 'messages'"),
        ({**ASK, "messages": [None]}, "null value at 'messages.1.member'"),
        ({**ASK, "system": "You"}, "string value at 'system'"),
        ({**ASK, "requestMetadata": {"a": None}}, "null value at 'requestMetadata.a."),
    ],
)
def test_a_wrong_type_is_a_serialization_exception(value, text):
    stop = refused(CONVERSE, value)
    assert stop.code == "SerializationException"
    assert stop.text.startswith(text) and "can not be converted to" in stop.text


@pytest.mark.parametrize("content", [{}, {"text": "a", "cachePoint": {"type": "x"}}])
def test_a_union_takes_exactly_one_member(content):
    stop = refused(CONVERSE, {**ASK, "messages": [user(content)]})
    assert "Exactly one member of messages.1.member.content.1.member" in stop.text


def test_null_members_are_members_left_out():
    assert check(CONVERSE, {**ASK, "system": None}) == ASK


@given(st.binary(min_size=10, max_size=50))
def test_a_blob_travels_as_base64(data):
    sent = {"formData": base64.b64encode(data).decode()}
    assert check(FORM, sent) == {"formData": data}


@pytest.mark.parametrize("text", ["a", "ä===", "????"])
def test_a_blob_that_is_no_base64_is_refused(text):
    assert refused(FORM, {"formData": text}).code == "SerializationException"


@given(st.floats(allow_nan=False) | st.integers(-(10**400), 10**400))
def test_any_number_in_range_is_taken_and_any_other_refused(number):
    shape = CONVERSE.members["inferenceConfig"].members["temperature"]
    low, high = shape.metadata["min"], shape.metadata["max"]
    if low <= number <= high:
        assert check(shape, number) == number
    else:
        assert "failed to satisfy constraint" in refused(shape, number).text


def test_a_map_counts_and_checks_its_entries():
    members = {
        "m": {"type": "map", "value": {"type": "string"}, "key": {"type": "string"}}
    }
    shape = DenormalizedStructureBuilder().with_members(members).build_model()
    assert check(shape, {"m": {"a": "b"}}) == {"m": {"a": "b"}}
    assert refused(shape, {"m": {"a": 1}}).code == "SerializationException"
