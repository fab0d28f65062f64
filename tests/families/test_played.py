"""What the offline Bedrock plays of each parameter, and what it says it cannot."""

import json

import pytest

from bedrock_helpers.families.lookup import family_module
from tests.families.models import (
    COMMAND,
    EMBED_V2,
    EVERY,
    GPT_OSS,
    HAIKU,
    LITE,
    MICRO,
    MIXTRAL,
    SCOUT,
    SDXL,
    STREAMING,
    ULTRA,
    invoke,
    put,
    refused,
    smallest,
    without,
)

PICTURE = {"type": "image", "source": {"type": "base64", "data": "aGk="}}
NOT_PLAYED = {
    (HAIKU, "thinking"): {"type": "enabled", "budget_tokens": 1024},
    (HAIKU, "anthropic_beta"): ["computer-use-2024-10-22"],
    (HAIKU, "output_config"): {"effort": "low"},
    (HAIKU, "messages"): [{"role": "user", "content": [PICTURE]}],
    (MICRO, "inferenceConfig.reasoningConfig"): {"type": "enabled"},
    (SCOUT, "images"): ["aGk="],
    (COMMAND, "logit_bias"): {"11": 5},
    (GPT_OSS, "reasoning_effort"): "low",
    (GPT_OSS, "messages"): [{"role": "user", "content": [{"type": "text"}]}],
    (ULTRA, "frequencyPenalty"): {"scale": 1},
    (ULTRA, "countPenalty"): {"scale": 1, "applyToNumbers": False},
    (ULTRA, "presencePenalty"): {"scale": 1, "applyToEmojis": False},
    (SDXL, "init_image"): "aGk=",
}
TOOL = {"toolSpec": {"name": "f", "inputSchema": {"json": {"type": "object"}}}}
#: Where any value of the type will not do.
RIGHT = {
    (HAIKU, "anthropic_version"): ["bedrock-2023-05-31"],
    (HAIKU, "system"): ["Be brief.", [{"type": "text", "text": "Be brief."}]],
    (HAIKU, "tools"): [[], [{"name": "f", "input_schema": {"type": "object"}}]],
    (MICRO, "system"): [[{"text": "Be brief."}]],
    (MICRO, "toolConfig"): [{"tools": [TOOL]}],
    (GPT_OSS, "model"): [GPT_OSS],
    (GPT_OSS, "stop"): ["~", ["~", "#"]],
}
OF_TYPE = {
    "string": ["enhance"],
    "strings": [[], ["~"]],
    "boolean": [True, False],
    "object": [{}],
    "any": [],
}


def right_values(case):
    usual = [] if case.spec.pattern else OF_TYPE.get(case.spec.type, [])
    return RIGHT.get((case.model, case.spec.path), usual)


OPTIONAL = [
    case
    for case in EVERY
    if right_values(case)
    and not case.spec.allowed
    and case.spec.role != "prompt"
    and (case.model, case.spec.path) not in NOT_PLAYED
    and (case.model, case.spec.path) != (GPT_OSS, "stream")  # see test_conversations
]


@pytest.mark.parametrize("case", OPTIONAL, ids=str)
def test_right_values_are_accepted(case):
    for value in right_values(case):
        assert invoke(case.model, case.body(value))


@pytest.mark.parametrize(("model", "path"), NOT_PLAYED)
def test_what_it_cannot_play_it_says_plainly(model, path):
    body = put(smallest(model), path, NOT_PLAYED[model, path])
    code, message = refused(model, body)
    assert code == "NotAvailableOffline" and message


@pytest.mark.parametrize(
    ("model", "path", "value"),
    [
        (COMMAND, "logit_bias", {"11": 11}),
        (COMMAND, "logit_bias", {"11": "1"}),
        (GPT_OSS, "model", "another"),
        (GPT_OSS, "stop", 1),
        (GPT_OSS, "messages", [{"role": "x", "content": "Hi"}]),
        (GPT_OSS, "messages", [{"role": "user"}]),
        (GPT_OSS, "messages", [{"role": "user", "content": 1}]),
        (GPT_OSS, "messages", []),
        (MICRO, "messages", [{"content": [{"text": "Hi"}]}]),
        (MICRO, "messages", [{"role": "user", "content": "Hi"}]),
        (MICRO, "toolConfig", {}),
        (MICRO, "system", "Be brief."),
        (SDXL, "text_prompts", [{"text": "a" * 2001}]),
        (SDXL, "text_prompts", [{"weight": 1}]),
        (SDXL, "text_prompts", []),
    ],
)
def test_what_is_wrong_inside_a_value_is_refused(model, path, value):
    code, message = refused(model, put(smallest(model), path, value))
    assert code in ("ValidationException", "SerializationException")
    assert message.strip()


# The defaults that show


def test_cohere_makes_20_tokens_when_no_number_is_asked_for():
    asked = "Write a long story about a ship and its crew."
    reply, headers = invoke(COMMAND, {"prompt": asked, "temperature": 0})
    assert headers["x-amzn-bedrock-output-token-count"] == "20"
    (generation,) = reply["generations"]
    assert generation["finish_reason"] == "MAX_TOKENS"
    assert generation.keys() == {"id", "text", "finish_reason"}


def test_jurassic_tells_no_alternatives_unless_asked():
    plain = invoke(ULTRA, smallest(ULTRA))[0]["prompt"]["tokens"]
    assert all(token["topTokens"] is None for token in plain)
    asked = put(smallest(ULTRA), "topKReturn", 2)
    (made,) = invoke(ULTRA, asked)[0]["completions"][0]["data"]["tokens"]
    assert len(made["topTokens"]) == 2


def test_sdxl_takes_a_seed_of_its_own_when_it_is_0_or_unset():
    for body in (smallest(SDXL), put(smallest(SDXL), "seed", 0)):
        assert invoke(SDXL, body)[0]["artifacts"][0]["seed"] > 0
    asked = put(smallest(SDXL), "seed", 4294967295)
    assert invoke(SDXL, asked)[0]["artifacts"][0]["seed"] == 4294967295


def test_a_vector_is_1024_floats_long_and_of_length_1_unless_asked():
    reply = invoke(EMBED_V2, {"inputText": "A cat"})[0]
    assert len(reply["embedding"]) == 1024
    assert reply["embeddingsByType"].keys() == {"float"}
    assert sum(n * n for n in reply["embedding"]) == pytest.approx(1)


STOPPING = [m for m in STREAMING if m not in (LITE, SCOUT)]  # these take none such


@pytest.mark.parametrize("model", [*STOPPING, ULTRA])
def test_a_stop_sequence_ends_the_reply_and_is_left_out(model):
    stops = list("aeio")
    body = smallest(model, max_tokens=40, temperature=0, stop_sequences=stops)
    reply, headers = invoke(model, body)
    text = family_module(model).read(reply)
    # Nova's keeps the one that ended it.
    assert not set(stops) & set(text[:-1] if model == MICRO else text)
    assert (text[-1] in stops) == (model == MICRO)
    assert int(headers["x-amzn-bedrock-output-token-count"]) < 40


@pytest.mark.parametrize("model", [MIXTRAL, SCOUT, GPT_OSS])
def test_a_cut_reply_says_length(model):
    said = json.dumps(invoke(model, smallest(model))[0])
    assert '"length"' in said


def test_a_body_without_settings_may_still_be_cut_by_its_default():
    body = without(smallest(MIXTRAL, stop_sequences=list("aeiou ")), "max_tokens")
    assert invoke(MIXTRAL, body)[0]["outputs"][0]["stop_reason"] == "stop"


def test_claude_takes_no_stop_sequence_of_white_space_alone():
    body = smallest(HAIKU, stop_sequences=["END", "\n"])
    code, message = refused(HAIKU, body)
    assert code == "ValidationException"
    assert "must contain non-whitespace" in message
