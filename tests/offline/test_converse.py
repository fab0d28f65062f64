"""Converse and ConverseStream, answered by the real small model."""

import json
import threading

import pytest
from botocore.exceptions import EventStreamError
from jsonschema import validate

from bedrock_helpers.offline.runtime import ANSWERED_BY, SHORTENED
from tests.offline.desk import (
    GPT_OSS,
    HAIKU,
    MICRO,
    assistant,
    open_desk,
    streamed_text,
    text_of,
    tokens,
    tool,
    user,
)
from tests.offline.provocations import MISTRAL_7B, json_output

GREEDY = tokens(10, temperature=0)
STORY = "Write a long story about a ship."


def headers(reply):
    return reply["ResponseMetadata"]["HTTPHeaders"]


def used(reply):
    return reply["usage"]["inputTokens"]


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


# Where a reply ends


def test_a_stop_sequence_ends_the_reply_and_is_not_in_it(ready):
    whole = text_of(ready.converse(STORY, inferenceConfig=GREEDY))
    stop = whole.split()[3]
    config = {**GREEDY, "stopSequences": [stop]}
    reply = ready.converse(STORY, inferenceConfig=config)
    assert reply["stopReason"] == "stop_sequence"
    assert text_of(reply) == whole[: whole.index(stop)]


def test_claude_says_which_stop_sequence_it_was_when_asked(ready):
    asked = {"additionalModelResponseFieldPaths": ["/stop_sequence"]}
    config = tokens(40, temperature=0, stopSequences=["e", "zzz"])
    reply = ready.converse(STORY, HAIKU, inferenceConfig=config, **asked)
    assert reply["additionalModelResponseFields"] == {"stop_sequence": "e"}
    unstopped = ready.converse(STORY, HAIKU, inferenceConfig=tokens(1), **asked)
    assert unstopped["additionalModelResponseFields"] == {"stop_sequence": None}
    other = ready.converse(STORY, MICRO, inferenceConfig=tokens(1), **asked)
    assert "additionalModelResponseFields" not in other


@pytest.mark.parametrize("model", [MICRO, HAIKU, GPT_OSS])
@pytest.mark.parametrize("most", [1, 2, 5])
def test_a_token_limit_is_kept_exactly(model, most, ready):
    reply = ready.converse(STORY, model, inferenceConfig=tokens(most))
    assert reply["stopReason"] == "max_tokens"
    assert reply["usage"]["outputTokens"] == most


def test_a_reply_that_ends_by_itself_says_so(ready):
    reply = ready.converse("Say yes.", inferenceConfig=tokens(60, temperature=0))
    assert reply["stopReason"] == "end_turn"
    assert reply["usage"]["outputTokens"] < 60


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


@pytest.mark.parametrize(
    "asked",
    [
        {"serviceTier": {"type": "flex"}},
        {"performanceConfig": {"latency": "optimized"}},
    ],
)
def test_a_tier_nobody_granted_is_not_pretended(ready, asked):
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
    # A stream's headers come first: reading 7,000 tokens would take seconds.
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


# Streams


@pytest.mark.parametrize(("model", "most"), [(MICRO, 15), (HAIKU, 15), (GPT_OSS, 50)])
def test_streamed_and_whole_replies_agree_at_temperature_0(model, most, ready):
    config = tokens(most, temperature=0)
    whole = ready.converse("Name a colour.", model, inferenceConfig=config)
    events = ready.events("Name a colour.", model, inferenceConfig=config)
    assert streamed_text(events) == text_of(whole)
    assert events[-2]["messageStop"]["stopReason"] == whole["stopReason"]
    assert events[-1]["metadata"]["usage"] == whole["usage"]


def test_a_stream_arrives_token_by_token(ready):
    events = ready.events(STORY, inferenceConfig=GREEDY)
    assert sum("contentBlockDelta" in event for event in events) == 10


def test_a_stream_may_be_closed_early_and_the_next_call_works(ready):
    asked = {"modelId": MICRO, "messages": [user(STORY)]}
    stream = ready.call("ConverseStream", **asked)["stream"]
    assert "messageStart" in next(iter(stream))
    stream.close()
    assert text_of(ready.converse(inferenceConfig=tokens(2)))


def test_a_stream_may_be_left_unread(ready):
    asked = {"modelId": MICRO, "messages": [user(STORY)]}
    ready.call("ConverseStream", **asked)
    assert text_of(ready.converse(inferenceConfig=tokens(2)))


def test_two_streams_may_be_read_in_turns(ready):
    asked = {"modelId": MICRO, "messages": [user(STORY)], "inferenceConfig": GREEDY}
    streams = [ready.call("ConverseStream", **asked)["stream"] for _ in "ab"]
    pairs = list(zip(*streams, strict=True))
    texts = [streamed_text([pair[n] for pair in pairs]) for n in (0, 1)]
    assert texts[0] == texts[1] != ""


def test_a_broken_stream_raises_after_a_beginning(ready):
    desk = open_desk()
    whole = text_of(desk.converse(STORY, inferenceConfig=GREEDY))
    desk.session.offline.fail_next("stream_broken")
    asked = {"modelId": MICRO, "messages": [user(STORY)], "inferenceConfig": GREEDY}
    arrived = []
    with pytest.raises(EventStreamError) as caught:
        for event in desk.call("ConverseStream", **asked)["stream"]:
            arrived.append(event)
    assert caught.value.response["Error"]["Code"] == "modelStreamErrorException"
    assert whole.startswith(streamed_text(arrived)) and streamed_text(arrived)
    assert "messageStop" not in arrived[-1]
    assert streamed_text(desk.events(STORY, inferenceConfig=GREEDY)) == whole


# JSON of a schema

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 10},
        "age": {"type": "integer", "minimum": 0, "maximum": 120},
        "mood": {"enum": ["glad", "sad"]},
    },
    "required": ["name", "age", "mood"],
    "additionalProperties": False,
}


def test_json_output_is_of_its_schema(ready):
    wanted = json_output(json.dumps(PERSON))
    reply = ready.converse("Describe Ana.", HAIKU, outputConfig=wanted)
    validate(json.loads(text_of(reply)), PERSON)
    assert reply["stopReason"] == "end_turn"


def test_json_output_that_is_cut_short_says_so(ready):
    wanted = json_output(json.dumps(PERSON))
    reply = ready.converse(
        "Describe Ana.", HAIKU, outputConfig=wanted, inferenceConfig=tokens(3)
    )
    assert reply["stopReason"] == "max_tokens"
    assert reply["usage"]["outputTokens"] == 3


def test_a_stop_sequence_does_not_cut_json_output(ready):
    wanted = json_output(json.dumps(PERSON))
    config = tokens(80, stopSequences=[":"])
    reply = ready.converse("Ana?", HAIKU, outputConfig=wanted, inferenceConfig=config)
    assert json.loads(text_of(reply)).keys() == PERSON["properties"].keys()


# Tools

WEATHER = tool()
SCHEMA = WEATHER["toolSpec"]["inputSchema"]["json"]
CITY = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def with_tools(*tools, **choice):
    config = {"tools": list(tools)}
    return {"toolConfig": {**config, **({"toolChoice": choice} if choice else {})}}


def tool_use(reply):
    (block,) = reply["output"]["message"]["content"]
    return block["toolUse"]


@pytest.mark.parametrize("choice", [{"any": {}}, {"tool": {"name": "get_weather"}}])
def test_a_tool_that_must_be_called_is_called_with_fitting_input(choice, ready):
    reply = ready.converse("Weather in Rome?", HAIKU, **with_tools(WEATHER, **choice))
    use = tool_use(reply)
    assert reply["stopReason"] == "tool_use"
    assert use["name"] == "get_weather" and use["toolUseId"]
    validate(use["input"], SCHEMA)


def test_any_picks_one_of_several_tools(ready):
    schemas = {"get_weather": SCHEMA, "count": CITY}
    both = with_tools(WEATHER, tool("count", CITY), any={})
    use = tool_use(ready.converse("Count to two.", **both))
    validate(use["input"], schemas[use["name"]])


def test_auto_leaves_the_choice_to_the_model(ready):
    limit = tokens(40)
    reply = ready.converse(**with_tools(WEATHER, auto={}), inferenceConfig=limit)
    kinds = {next(iter(b)) for b in reply["output"]["message"]["content"]}
    assert kinds in ({"text"}, {"toolUse"})
    assert ("toolUse" in kinds) == (reply["stopReason"] == "tool_use")


@pytest.mark.parametrize("choice", [{}, {"auto": {}}, {"any": {}}])
def test_choosing_a_tool_takes_no_tokens_of_the_reply(choice, ready):
    both = with_tools(WEATHER, tool("count", CITY), **choice)
    reply = ready.converse(**both, inferenceConfig=tokens(2))
    assert reply["usage"]["outputTokens"] <= 2


def test_a_tool_result_is_answered_in_words(ready):
    use = {"toolUseId": "t1", "name": "get_weather", "input": {"city": "Rome"}}
    result = {"toolUseId": "t1", "content": [{"json": {"sky": "clear"}}]}
    turns = [
        user("Weather in Rome?"),
        assistant({"toolUse": use}),
        user({"toolResult": result}),
    ]
    reply = ready.converse(
        messages=turns, **with_tools(WEATHER), inferenceConfig=tokens(5)
    )
    assert text_of(reply)
    without = ready.converse(inferenceConfig=tokens(1), **with_tools(WEATHER))
    assert used(reply) > used(without)


def test_a_tool_call_that_is_cut_short_says_so(ready):
    forced = with_tools(WEATHER, any={})
    reply = ready.converse("Weather?", **forced, inferenceConfig=tokens(2))
    assert reply["stopReason"] == "max_tokens"
    assert tool_use(reply)["input"] == {}


def test_streamed_pieces_of_a_tool_call_join_to_its_input(ready):
    forced = with_tools(WEATHER, any={})
    events = ready.events("Weather in Rome?", **forced)
    start = events[1]["contentBlockStart"]["start"]["toolUse"]
    deltas = [e["contentBlockDelta"] for e in events if "contentBlockDelta" in e]
    text = "".join(d["delta"]["toolUse"]["input"] for d in deltas)
    assert start["name"] == "get_weather"
    validate(json.loads(text), SCHEMA)
    assert events[-2]["messageStop"]["stopReason"] == "tool_use"


def test_each_tool_call_has_an_id_of_its_own(ready):
    forced = with_tools(WEATHER, any={})
    ids = {tool_use(ready.converse(**forced))["toolUseId"] for _ in "ab"}
    assert len(ids) == 2


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
    "guardrails": {
        "guardrailConfig": {"guardrailIdentifier": "abc", "guardrailVersion": "1"}
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
