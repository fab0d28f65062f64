"""A guardrail on InvokeModel and InvokeModelWithResponseStream."""

import json
import re

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from bedrock_helpers.families.lookup import family_module
from tests.families.models import (
    EMBED_V2,
    GPT_OSS,
    HAIKU,
    LITE,
    MICRO,
    MIXTRAL,
    SCOUT,
    smallest,
)
from tests.offline.desk import headers, open_desk
from tests.offline.provocations import guardrail
from tests.offline.strategies import any_json
from tests.offline.test_property_converse import outcome

DESK = open_desk()
FAMILIES = (MICRO, HAIKU, SCOUT, MIXTRAL, GPT_OSS)
QUESTION = "Name a colour."
WHOLE, STREAM = "InvokeModel", "InvokeModelWithResponseStream"
BOTH = pytest.mark.parametrize("operation", [WHOLE, STREAM])
EVERY = pytest.mark.parametrize("model", FAMILIES)
ACTION, TRACE = "amazon-bedrock-guardrailAction", "amazon-bedrock-trace"
CONFIG, METRICS = "amazon-bedrock-guardrailConfig", "amazon-bedrock-invocationMetrics"
SCHEMA = {"type": "object"}
UNKNOWN = "in the request does not exist."
MALFORMED = "but input is in incorrect format."


def make(name, **policies):
    """The headers that apply a new guardrail with these policies alone."""
    asked = guardrail(name=name)
    del asked["wordPolicyConfig"]
    identifier = DESK.call("CreateGuardrail", **asked, **policies)["guardrailId"]
    return {"guardrailIdentifier": identifier, "guardrailVersion": "DRAFT"}


def word(text, **side):
    return {"wordPolicyConfig": {"wordsConfig": [{"text": text, **side}]}}


def pattern(text, **more):
    rule = {"name": "Said", "pattern": text, "action": "ANONYMIZE", **more}
    email = {"type": "EMAIL", "action": "BLOCK"}
    rules = {"regexesConfig": [rule], "piiEntitiesConfig": [email]}
    return {"sensitiveInformationPolicyConfig": rules}


ATHENA = make("athena", **word("Athena", outputEnabled=False))
MASKS_INPUT = make("mask", **pattern("Name a", inputAction="ANONYMIZE"))
MASKS_REPLY = make("masks-reply", **pattern(r"\w+"))
BLOCKS_REPLY = make(
    "blocks-reply", **pattern(r"\w+", action="BLOCK", inputAction="NONE")
)


def body_of(model, text=QUESTION, config=None):
    most = 25 if model == GPT_OSS else 6  # it thinks before it speaks
    body = family_module(model).build(text, model, max_tokens=most, temperature=0)
    return {**body, **({CONFIG: config} if config is not None else {})}


def send(operation, model, body, **more):
    """The bodies of a reply: one, or every chunk's."""
    reply = DESK.call(operation, modelId=model, body=json.dumps(body), **more)["body"]
    if operation == WHOLE:
        return [json.loads(reply.read())]
    return [json.loads(event["chunk"]["bytes"]) for event in reply]


def asked(operation, model=MICRO, text=QUESTION, config=None, **more):
    """The text of a reply, and the body that says what the guardrail did."""
    bodies = send(operation, model, body_of(model, text, config), **more)
    family = family_module(model)
    if operation == WHOLE:
        return family.read(bodies[0]), bodies[0]
    said = "".join(family.read_chunk(chunk) or "" for chunk in bodies)
    assert not any(ACTION in chunk or TRACE in chunk for chunk in bodies[:-1])
    return said, bodies[-1]


def refused(operation, body, model=MICRO, **more):
    asked_for = {"modelId": model, "body": json.dumps(body), **more}
    return DESK.refused(operation, **asked_for).response["Error"]


# The input


@BOTH
@EVERY
def test_a_blocked_input_is_answered_in_the_familys_own_shape(model, operation):
    said, last = asked(operation, model, "What of Athena?", **ATHENA)
    assert said == "No."
    assert last[ACTION] == "INTERVENED" and TRACE not in last
    if operation == STREAM:
        assert last[METRICS]["outputTokenCount"] == 0


@EVERY
def test_a_blocked_input_costs_no_tokens(model):
    raw = json.dumps(body_of(model, "Athena"))
    counts = headers(DESK.call(WHOLE, modelId=model, body=raw, **ATHENA))
    for name in ("input", "output"):
        assert counts[f"x-amzn-bedrock-{name}-token-count"] == "0"


def test_claudes_blocked_body_is_short():
    _, body = asked(WHOLE, HAIKU, "Athena", **ATHENA)
    assert body == {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": "No."}],
        ACTION: "INTERVENED",
    }


@BOTH
@EVERY
def test_a_reply_that_is_let_through_is_the_models_own(model, operation):
    alone, _ = asked(operation, model)
    said, last = asked(operation, model, **ATHENA)
    assert said == alone and last[ACTION] == "NONE"


@EVERY
def test_the_model_sees_a_masked_input(model):
    said, body = asked(WHOLE, model, **MASKS_INPUT)
    assert said == asked(WHOLE, model, "{Said} colour.")[0]
    assert body[ACTION] == "INTERVENED"


def test_neither_system_prompt_nor_tool_is_looked_at():
    body = body_of(MICRO) | {"system": [{"text": "You are Athena."}]}
    spec = {"name": "Athena", "description": "text", "inputSchema": {"json": SCHEMA}}
    body["toolConfig"] = {"tools": [{"toolSpec": spec}]}
    assert send(WHOLE, MICRO, body, **ATHENA)[0][ACTION] == "NONE"


# Tags


def tagged(text, kind="guardContent"):
    name = f"amazon-bedrock-guardrails-{kind}_x1"
    return f"<{name}>{text}</{name}>"


@BOTH
def test_where_something_is_tagged_only_that_is_looked_at(operation):
    config = {"tagSuffix": "x1"}
    free = "Athena? " + tagged(QUESTION)
    assert asked(operation, text=free, config=config, **ATHENA)[1][ACTION] == "NONE"
    caught = "Hello. " + tagged("Athena?")
    _, last = asked(operation, text=caught, config=config, **ATHENA)
    assert last[ACTION] == "INTERVENED"


def test_tags_of_another_suffix_are_plain_text():
    text = "Athena? " + tagged(QUESTION)
    _, body = asked(WHOLE, text=text, config={"tagSuffix": "x2"}, **ATHENA)
    assert body[ACTION] == "INTERVENED"


def test_the_model_sees_no_tags():
    config = {"tagSuffix": "x1"}
    text = "Please: " + tagged(QUESTION)
    said, _ = asked(WHOLE, text=text, config=config, **ATHENA)
    assert said == asked(WHOLE, text="Please: " + QUESTION)[0]


def test_the_share_that_is_looked_at_is_told():
    config = {"tagSuffix": "x1"}
    text = "Hello" + tagged("123") + tagged("sky", "groundingSource")
    _, body = asked(WHOLE, text=text, config=config, trace="ENABLED", **ATHENA)
    (found,) = body[TRACE]["guardrail"]["input"].values()
    covered = found["invocationMetrics"]["guardrailCoverage"]["textCharacters"]
    assert covered == {"guarded": 3, "total": 11}


# The output


@BOTH
@EVERY
def test_a_blocked_reply_is_replaced_and_its_tokens_are_counted(model, operation):
    said, last = asked(operation, model, trace="ENABLED", **BLOCKS_REPLY)
    assert said == "Not this." and last[ACTION] == "INTERVENED"
    trace = last[TRACE]["guardrail"]
    assert trace["actionReason"] == "Guardrail blocked."
    ((output,),) = [found.values() for found in trace["outputs"]]
    regexes = output["sensitiveInformationPolicy"]["regexes"]
    assert {found["action"] for found in regexes} == {"BLOCKED"}
    assert trace["modelOutput"] != [said]
    if operation == STREAM:
        assert last[METRICS]["outputTokenCount"] > 0


@BOTH
@EVERY
def test_a_masked_reply_has_none_of_its_own_words(model, operation):
    thought_too, last = asked(operation, model, **MASKS_REPLY)
    said = re.sub("<reasoning>.*</reasoning>", "", thought_too)
    assert "{Said}" in said and last[ACTION] == "INTERVENED"
    assert not any(letter.isalnum() for letter in said.replace("{Said}", ""))


def test_in_asynchronous_mode_pieces_go_out_before_they_are_looked_at():
    alone, _ = asked(STREAM)
    config = {"streamProcessingMode": "ASYNCHRONOUS"}
    said, last = asked(STREAM, config=config, **BLOCKS_REPLY)
    assert said.endswith("Not this.") and last[ACTION] == "INTERVENED"
    assert 0 < len(said.removesuffix("Not this.")) < len(alone)


# The trace


@BOTH
@pytest.mark.parametrize(
    ("trace", "told", "whole"),
    [("DISABLED", 0, 0), ("ENABLED", 1, 0), ("ENABLED_FULL", 1, 1)],
)
def test_a_trace_is_told_where_it_was_asked_for(trace, told, whole, operation):
    _, last = asked(operation, trace=trace, **MASKS_INPUT)
    assert (TRACE in last) == told
    if told:
        assert last[TRACE]["guardrail"]["actionReason"] == "Guardrail masked."
        (output,) = last[TRACE]["guardrail"]["outputs"]
        (found,) = output.values()
        assert ("sensitiveInformationPolicy" in found) == whole


@BOTH
def test_without_a_guardrail_nothing_is_told_of_one(operation):
    _, last = asked(operation, trace="ENABLED")
    assert ACTION not in last and TRACE not in last


# What is refused


@BOTH
@pytest.mark.parametrize(
    "config", [{"tagSuffix": "a b"}, {"tagSuffix": ""}, {"tagSuffix": 1}, [], "x", 1]
)
def test_odd_settings_are_refused(operation, config):
    error = refused(operation, body_of(MICRO, config=config), **ATHENA)
    assert error["Message"].endswith(MALFORMED)


@BOTH
def test_settings_without_a_guardrail_and_half_a_guardrail_are_refused(operation):
    settings = body_of(MICRO, config={"tagSuffix": "x1"})
    assert refused(operation, settings)["Message"].endswith(MALFORMED)
    for half in ATHENA:
        error = refused(operation, body_of(MICRO), **{half: ATHENA[half]})
        assert error["Message"].endswith(MALFORMED)


@BOTH
def test_an_unknown_version_is_refused(operation):
    unknown = ATHENA | {"guardrailVersion": "9"}
    assert refused(operation, body_of(MICRO), **unknown)["Message"].endswith(UNKNOWN)


def test_embeddings_are_not_guarded_offline():
    error = refused(WHOLE, smallest(EMBED_V2), EMBED_V2, **ATHENA)
    assert error["Code"] == "NotAvailableOffline"


def test_on_launch_day_there_is_no_guardrail():
    body = json.dumps(smallest(LITE))
    error = open_desk("launch").refused(WHOLE, modelId=LITE, body=body, **ATHENA)
    assert error.response["Error"]["Message"].endswith(UNKNOWN)


odd_settings = st.fixed_dictionaries(
    {}, optional={"tagSuffix": any_json, "streamProcessingMode": any_json}
)


@pytest.mark.parametrize("model", FAMILIES)
@settings(max_examples=20)
@given(any_json, any_json | odd_settings, st.sampled_from([WHOLE, STREAM]))
def test_odd_bodies_are_answered_or_refused_in_words(model, messages, config, name):
    key = "prompt" if "prompt" in body_of(model) else "messages"
    for body in (messages, body_of(model) | {key: messages}):
        if isinstance(body, dict):
            body = {**body, CONFIG: config}
        found = outcome(lambda sent=body: send(name, model, sent, **MASKS_REPLY))
        assert isinstance(found, ClientError) or all(isinstance(b, dict) for b in found)
