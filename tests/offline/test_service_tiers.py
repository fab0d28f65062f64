"""Service tiers: which model has which, and what a reply says of it."""

import json

import pytest

from bedrock_helpers import catalog
from bedrock_helpers.data_files import load_json
from bedrock_helpers.offline.replies import request_key
from tests.offline.desk import GPT_OSS, HAIKU, LITE, MICRO, headers, tokens, user

PRO = "amazon.nova-pro-v1:0"
SONNET_5_5 = "us.anthropic.claude-sonnet-5-5"
RECORDS = load_json("service_tiers.json")["models"]
BODY = json.dumps({"messages": [user("Hi")], "inferenceConfig": {"maxTokens": 1}})


def converse(desk, model, tier, **more):
    asked = {"messages": [user("Hi")], "inferenceConfig": tokens(1), **more}
    return desk.call("Converse", modelId=model, serviceTier={"type": tier}, **asked)


@pytest.mark.parametrize("tier", ["default", "flex", "priority"])
@pytest.mark.parametrize("model", [PRO, GPT_OSS])
def test_a_tier_the_model_has_is_taken_and_echoed(model, tier, ready):
    assert converse(ready, model, tier)["serviceTier"] == {"type": tier}


@pytest.mark.parametrize("tier", ["flex", "priority"])
@pytest.mark.parametrize("model", [MICRO, LITE, HAIKU, SONNET_5_5])
def test_a_tier_the_model_has_not_is_refused(model, tier, ready):
    asked = {"messages": [user("Hi")], "serviceTier": {"type": tier}}
    for operation in ("Converse", "ConverseStream"):
        error = ready.refused(operation, modelId=model, **asked)
        assert error.response["Error"]["Code"] == "ValidationException"
        assert "service tier is not supported" in error.response["Error"]["Message"]


@pytest.mark.parametrize("model", [MICRO, PRO, HAIKU])
def test_nobody_has_reserved_anything(model, ready):
    asked = {"messages": [user("Hi")], "serviceTier": {"type": "reserved"}}
    error = ready.refused("Converse", modelId=model, **asked)
    assert error.response["Error"]["Message"] == "Reservation not found."


def test_a_stream_says_its_tier_in_its_metadata(ready):
    asked = {"messages": [user("Hi")], "inferenceConfig": tokens(1)}
    flex = {"serviceTier": {"type": "flex"}}
    events = list(ready.call("ConverseStream", modelId=PRO, **asked, **flex)["stream"])
    assert events[-1]["metadata"]["serviceTier"] == {"type": "flex"}


@pytest.mark.parametrize("operation", ["InvokeModel", "InvokeModelWithResponseStream"])
def test_invoke_model_says_it_in_a_header(operation, ready):
    reply = ready.call(operation, modelId=PRO, body=BODY, serviceTier="flex")
    assert reply["serviceTier"] == "flex"
    assert headers(reply)["x-amzn-bedrock-service-tier"] == "flex"
    plain = ready.call(operation, modelId=PRO, body=BODY)
    assert "serviceTier" not in plain
    error = ready.refused(operation, modelId=MICRO, body=BODY, serviceTier="priority")
    assert error.response["Error"]["Code"] == "ValidationException"


def test_a_tier_asks_nothing_else_of_the_model():
    """The same stored reply answers: the tier is no part of the question."""
    asked = {"messages": [user("Hi")]}
    flex = {**asked, "serviceTier": {"type": "flex"}}
    assert request_key(flex, PRO) == request_key(asked, PRO)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["model_id"])
def test_every_model_of_the_list_is_of_the_catalogue_and_has_known_tiers(record):
    assert catalog.get(record["model_id"]).status != "EOL"
    assert record["tiers"] and set(record["tiers"]) <= {"flex", "priority"}
