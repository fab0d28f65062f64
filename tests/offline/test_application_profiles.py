"""Application inference profiles: made from a model or a profile, called, deleted."""

import json

import pytest

from tests.offline.desk import HAIKU, MICRO, open_desk, tokens, user
from tests.offline.provocations import BARE_HAIKU, profile

HERE = "us-east-1"
MODEL_ARN = f"arn:aws:bedrock:{HERE}::foundation-model/{MICRO}"


def make(desk, source=MODEL_ARN, **more):
    """Make one; its ARN."""
    asked = {**profile(**more), "modelSource": {"copyFrom": source}}
    return desk.call("CreateInferenceProfile", **asked)["inferenceProfileArn"]


def described(desk, identifier):
    return desk.call("GetInferenceProfile", inferenceProfileIdentifier=identifier)


def listed(desk, **filters):
    found = desk.call("ListInferenceProfiles", **filters)["inferenceProfileSummaries"]
    return [one["inferenceProfileArn"] for one in found]


def code(error):
    return error.response["Error"]["Code"]


@pytest.fixture
def desk():
    """A ready account that has made nothing yet."""
    return open_desk()


def test_one_of_a_model_leads_to_it_in_one_region(desk):
    arn = make(desk, description="Questions of the shop")
    found = described(desk, arn)
    assert found["type"] == "APPLICATION" and found["status"] == "ACTIVE"
    assert found["models"] == [{"modelArn": MODEL_ARN}]
    assert found["description"] == "Questions of the shop"
    assert f":{HERE}:" in arn and ":application-inference-profile/" in arn
    by_id = described(desk, found["inferenceProfileId"])
    assert by_id["inferenceProfileArn"] == arn


def test_one_of_a_profile_leads_where_that_leads(desk):
    source = described(desk, HAIKU)
    found = described(desk, make(desk, source["inferenceProfileArn"]))
    assert found["models"] == source["models"]
    assert "description" not in found


SOURCES = {
    "an unknown model": f"arn:aws:bedrock:{HERE}::foundation-model/no.such-model",
    "a model that wants a profile": (
        f"arn:aws:bedrock:{HERE}::foundation-model/{BARE_HAIKU}"
    ),
    "a model of another Region": MODEL_ARN.replace(HERE, "eu-west-2"),
    "an unknown profile": f"arn:aws:bedrock:{HERE}:111122223333:inference-profile/us.a",
}


@pytest.mark.parametrize("source", SOURCES)
def test_what_cannot_be_called_here_is_no_source(source, desk):
    asked = {**profile(), "modelSource": {"copyFrom": SOURCES[source]}}
    error = desk.refused("CreateInferenceProfile", **asked)
    assert code(error) == "ValidationException"
    assert "copyFrom" in error.response["Error"]["Message"]


def test_a_token_makes_one_only_once(desk):
    once = {"clientRequestToken": "b" * 20}
    assert make(desk, **once) == make(desk, **once)
    assert make(desk) != make(desk)
    assert len(listed(desk, typeEquals="APPLICATION")) == 3


def test_it_is_called_like_its_model(desk):
    arn = make(desk)
    asked = {"messages": [user("Name a quay.")], "inferenceConfig": tokens(3)}
    own = desk.call("Converse", modelId=arn, **asked)
    assert own["usage"] == desk.call("Converse", modelId=MICRO, **asked)["usage"]
    events = list(desk.call("ConverseStream", modelId=arn, **asked)["stream"])
    assert events[-1]["metadata"]["usage"] == own["usage"]
    body = json.dumps({"messages": [user("Hi")], "inferenceConfig": {"maxTokens": 2}})
    for operation in ("InvokeModel", "InvokeModelWithResponseStream"):
        reply = desk.call(operation, modelId=arn, body=body)
        assert (list if "Stream" in operation else lambda b: b.read())(reply["body"])


def test_a_model_that_wants_a_profile_is_called_through_a_copy_of_one(desk):
    arn = make(desk, described(desk, HAIKU)["inferenceProfileArn"])
    asked = {"messages": [user("Hi")], "inferenceConfig": tokens(1)}
    assert desk.call("Converse", modelId=arn, **asked)["stopReason"]


def test_its_id_alone_and_its_arn_elsewhere_call_nothing(desk):
    arn = make(desk)
    asked = {"messages": [user("Hi")]}
    error = desk.refused("Converse", modelId=arn.rpartition("/")[2], **asked)
    assert code(error) == "ValidationException"
    abroad = desk.session.client("bedrock-runtime", region_name="us-west-2")
    with pytest.raises(abroad.exceptions.ValidationException):
        abroad.converse(modelId=arn, **asked)


def test_a_listing_shows_them_only_when_they_are_asked_for(desk):
    arn = make(desk)
    assert listed(desk, typeEquals="APPLICATION") == [arn]
    assert arn not in listed(desk)
    assert arn not in listed(desk, typeEquals="SYSTEM_DEFINED")


def test_every_region_has_its_own(desk):
    arn = make(desk)
    abroad = desk.session.client("bedrock", region_name="us-west-2")
    found = abroad.list_inference_profiles(typeEquals="APPLICATION")
    assert found["inferenceProfileSummaries"] == []
    with pytest.raises(abroad.exceptions.ResourceNotFoundException):
        abroad.get_inference_profile(inferenceProfileIdentifier=arn)


@pytest.mark.parametrize("by", ["arn", "id"])
def test_a_deleted_one_is_gone_for_all_uses(by, desk):
    arn = make(desk)
    name = arn if by == "arn" else arn.rpartition("/")[2]
    desk.call("DeleteInferenceProfile", inferenceProfileIdentifier=name)
    assert listed(desk, typeEquals="APPLICATION") == []
    gone = {"inferenceProfileIdentifier": arn}
    for operation in ("GetInferenceProfile", "DeleteInferenceProfile"):
        error = desk.refused(operation, **gone)
        assert code(error) == "ResourceNotFoundException"
    error = desk.refused("Converse", modelId=arn, messages=[user("Hi")])
    assert code(error) == "ValidationException"


def test_a_profile_of_aws_stays(desk):
    error = desk.refused("DeleteInferenceProfile", inferenceProfileIdentifier=HAIKU)
    assert code(error) == "ValidationException"
    assert described(desk, HAIKU)["status"] == "ACTIVE"
