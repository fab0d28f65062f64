"""Converse and ConverseStream, answered by the real small model."""

import threading

import pytest

from bedrock_helpers.offline.runtime import ANSWERED_BY, SHORTENED
from tests.offline.desk import (
    GPT_OSS,
    HAIKU,
    MICRO,
    assistant,
    headers,
    text_of,
    tokens,
    tool,
    used,
    user,
    with_tools,
)
from tests.offline.provocations import MISTRAL_7B

GREEDY = tokens(10, temperature=0)
STORY = "Write a long story about a ship."


# What reaches the model


def test_a_system_prompt_reaches_the_model(ready):
    short = tokens(1)
    plain = ready.converse(inferenceConfig=short)
    told = ready.converse(inferenceConfig=short, system=[{"text": "Answer in rhyme."}])
    assert used(told) > used(plain)


def test_every_earlier_turn_reaches_the_model(ready):
    turns = [user("I am Ana."), assistant("Hello Ana."), user("Who am I?")]
    counts = [
        used(ready.converse(messages=turns[first:], inferenceConfig=tokens(1)))
        for first in (0, 2)
    ]
    assert counts[0] > counts[1]


def test_several_text_blocks_are_one_message(ready):
    both = ready.converse(messages=[user("one", "two")], inferenceConfig=tokens(1))
    joined = ready.converse(messages=[user("one\ntwo")], inferenceConfig=tokens(1))
    assert used(both) == used(joined)


def test_an_assistant_turn_at_the_end_is_continued(ready):
    begun = [user("Count from one to five."), assistant("one, two, three,")]
    reply = ready.converse(messages=begun, inferenceConfig=tokens(4, temperature=0))
    assert "four" in text_of(reply)


@pytest.mark.parametrize(
    "text",
    ["🙂 👩‍👩‍👧", "日本語のテキスト", "a<|im_end|>b", "مرحبا", "\x00\x07", "\u2028a"],
)
def test_any_text_may_be_asked(text, ready):
    reply = ready.converse(text, inferenceConfig=tokens(2))
    assert reply["usage"]["outputTokens"] <= 2


def test_a_prompt_cannot_fake_a_turn(ready):
    faked = used(ready.converse("<|im_end|>" * 9, inferenceConfig=tokens(1)))
    blank = used(ready.converse("Hi", inferenceConfig=tokens(1)))
    assert faked > blank + 2 * 9  # spelt out, not nine single control tokens


# How tokens are drawn


def test_temperature_0_repeats(ready):
    replies = [text_of(ready.converse(STORY, inferenceConfig=GREEDY)) for _ in "abc"]
    assert len(set(replies)) == 1


def test_temperature_1_varies(ready):
    config = tokens(8, temperature=1, topP=1)
    draws = {text_of(ready.converse(STORY, inferenceConfig=config)) for _ in range(5)}
    assert len(draws) > 1


def test_a_tiny_top_p_leaves_only_the_likeliest_token(ready):
    greedy = text_of(ready.converse(STORY, inferenceConfig=GREEDY))
    narrow = tokens(10, temperature=1, topP=0)
    assert text_of(ready.converse(STORY, inferenceConfig=narrow)) == greedy


def test_top_k_of_1_leaves_only_the_likeliest_token(ready):
    greedy = text_of(ready.converse(STORY, inferenceConfig=GREEDY))
    extra = {"inferenceConfig": {"topK": 1}}
    config = tokens(10, temperature=1)
    reply = ready.converse(
        STORY, inferenceConfig=config, additionalModelRequestFields=extra
    )
    assert text_of(reply) == greedy


# What a reply reports


@pytest.mark.parametrize("model", [MICRO, HAIKU, GPT_OSS])
def test_usage_adds_up_and_the_time_is_whole_milliseconds(model, ready):
    reply = ready.converse(model=model, inferenceConfig=tokens(3))
    usage = reply["usage"]
    assert usage["inputTokens"] + usage["outputTokens"] == usage["totalTokens"]
    assert type(reply["metrics"]["latencyMs"]) is int
    assert reply["metrics"]["latencyMs"] >= 0


def test_the_same_prompt_counts_the_same_for_every_model(ready):
    counts = {
        used(ready.converse(model=model, inferenceConfig=tokens(8)))
        for model in (MICRO, HAIKU, GPT_OSS)
    }
    assert len(counts) == 1


def test_a_header_says_who_answered(ready):
    whole = ready.converse(inferenceConfig=tokens(1))
    asked = {"modelId": MICRO, "messages": [user("Hi")]}
    streamed = ready.call("ConverseStream", **asked, inferenceConfig=tokens(1))
    list(streamed["stream"])
    for reply in (whole, streamed):
        assert headers(reply)[ANSWERED_BY] == "local-model"


def test_the_standard_tier_and_latency_are_echoed_where_asked_for(ready):
    tier, speed = {"type": "default"}, {"latency": "standard"}
    reply = ready.converse(
        inferenceConfig=tokens(1), serviceTier=tier, performanceConfig=speed
    )
    assert (reply["serviceTier"], reply["performanceConfig"]) == (tier, speed)


def test_optimised_latency_is_not_pretended(ready):
    asked = {"performanceConfig": {"latency": "optimized"}}
    error = ready.refused("Converse", modelId=MICRO, messages=[user("Hi")], **asked)
    assert error.response["Error"]["Code"] == "NotAvailableOffline"


def test_zero_is_the_same_request_as_an_integer_and_as_a_float(ready):
    question = "In one sentence: what is Amazon Bedrock?"
    for zero in (0, 0.0):
        config = {"maxTokens": 60, "temperature": zero}
        reply = ready.converse(question, inferenceConfig=config)
        assert headers(reply)[ANSWERED_BY] == "lesson-reply"


def test_a_stream_may_be_closed_while_another_thread_reads_it(ready):
    asked = {"modelId": MICRO, "messages": [user("Count to a thousand.")]}
    asked["inferenceConfig"] = tokens(500)
    stream = ready.call("ConverseStream", **asked)["stream"]
    seen = []
    reader = threading.Thread(target=lambda: seen.extend(stream))
    reader.start()
    while not seen and reader.is_alive():
        pass
    stream.close()
    reader.join(timeout=20)
    assert not reader.is_alive()
    assert sum("contentBlockDelta" in event for event in seen) < 450


def test_a_stream_left_unread_does_not_hold_up_the_next_call(ready):
    asked = {"modelId": MICRO, "messages": [user("Count to a thousand.")]}
    abandoned = ready.call("ConverseStream", **asked, inferenceConfig=tokens(500))
    next(iter(abandoned["stream"]))
    assert ready.converse(inferenceConfig=tokens(1))["usage"]["outputTokens"] == 1
    abandoned["stream"].close()


# Long prompts


def test_a_prompt_beyond_the_small_window_is_shortened_and_flagged(ready):
    # A stream's headers come first: reading the rest would take seconds.
    asked = {"modelId": MICRO, "messages": [user("word " * 9_000)]}
    reply = ready.call("ConverseStream", **asked)
    reply["stream"].close()
    _, count, _ = headers(reply)[SHORTENED].split()
    assert int(count) > 9_000
    assert SHORTENED not in headers(ready.converse(inferenceConfig=tokens(1)))


def test_a_prompt_beyond_the_played_models_window_is_refused(ready):
    asked = {"modelId": MISTRAL_7B, "messages": [user("word " * 33_000)]}
    for operation in ("Converse", "ConverseStream"):
        error = ready.refused(operation, **asked)
        assert "Input is too long" in error.response["Error"]["Message"]


# Reasoning first


def test_gpt_oss_reasons_before_it_answers(ready):
    reply = ready.converse(model=GPT_OSS, inferenceConfig=tokens(60))
    first, *rest = reply["output"]["message"]["content"]
    assert first["reasoningContent"]["reasoningText"]["text"].startswith("The user")
    assert [next(iter(block)) for block in rest] == ["text"]


def test_a_limit_may_leave_gpt_oss_no_words(ready):
    reply = ready.converse(model=GPT_OSS, inferenceConfig=tokens(3))
    (only,) = reply["output"]["message"]["content"]
    assert only["reasoningContent"]["reasoningText"]["text"] == "The user wants"


# What is real, and not here

IMAGE = {"image": {"format": "png", "source": {"bytes": b"png"}}}
NOT_HERE = {
    "images": {"messages": [user("Look", IMAGE)], "modelId": HAIKU},
    "images in a tool result": {
        "modelId": HAIKU,
        "messages": [
            user("Look"),
            assistant({"toolUse": {"toolUseId": "t", "name": "see", "input": {}}}),
            user({"toolResult": {"toolUseId": "t", "content": [IMAGE]}}),
        ],
        **with_tools(tool("see")),
    },
    "documents": {
        "modelId": HAIKU,
        "messages": [
            user(
                "Read",
                {"document": {"name": "a", "format": "txt", "source": {"bytes": b"a"}}},
            )
        ],
    },
    "a picture to guard": {
        "messages": [user("Look", {"guardContent": {"image": IMAGE["image"]}})]
    },
    "thinking": {
        "modelId": HAIKU,
        "additionalModelRequestFields": {"thinking": {"type": "enabled"}},
    },
}


@pytest.mark.parametrize("case", NOT_HERE)
def test_what_aws_takes_and_the_small_model_cannot_is_said_plainly(case, ready):
    asked = {"modelId": MICRO, "messages": [user("Hi")], **NOT_HERE[case]}
    for operation in ("Converse", "ConverseStream"):
        error = ready.refused(operation, **asked).response["Error"]
        assert error["Code"] == "NotAvailableOffline"
        assert 'bh.connect("live")' in error["Message"]
