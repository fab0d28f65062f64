"""A record says of a call what its reply says: tokens, pictures, times, its tier."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedrock_helpers.offline.reply_reading import http_status
from bedrock_helpers.offline.router import service_model
from tests.offline.desk import GPT_OSS, HAIKU, MICRO, headers, open_desk, tokens, user

SONNET = "us.anthropic.claude-sonnet-4-6"
PRO = "amazon.nova-pro-v1:0"
SDXL = "stability.stable-diffusion-xl-v0"
POINT = {"cachePoint": {"type": "default"}}
PREFIX = "A long story. " * 600
CLAUDE = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 5}
DESK = open_desk()


def record_of(desk):
    return desk.session.offline.calls[-1]


def counts(record):
    return {
        "inputTokens": record.input_tokens,
        "outputTokens": record.output_tokens,
        "cacheReadInputTokens": record.cache_read_tokens,
        "cacheWriteInputTokens": record.cache_write_tokens,
    }


def told(usage):
    return {name: usage.get(name, 0) for name in counts(record_of(DESK))}


def ask(text, most=3, model=MICRO, **more):
    config = {"inferenceConfig": tokens(most), **more}
    return {"modelId": model, "messages": [user(text)], **config}


def native(text, model, most=5):
    if "anthropic" in model:
        body = {**CLAUDE, "messages": [{"role": "user", "content": text}]}
    else:
        body = {"messages": [user(text)], "inferenceConfig": {"maxTokens": most}}
    return {"modelId": model, "body": json.dumps(body)}


@settings(max_examples=15, deadline=None)
@given(
    st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=30),
    st.integers(1, 5),
    st.sampled_from([MICRO, HAIKU, GPT_OSS]),
)
def test_converse_and_its_stream_are_recorded_as_they_report(text, most, model):
    reply = DESK.call("Converse", **ask(text, most, model))
    assert counts(record_of(DESK)) == told(reply["usage"])
    assert record_of(DESK).latency_ms == reply["metrics"]["latencyMs"]
    events = list(DESK.call("ConverseStream", **ask(text, most, model))["stream"])
    metadata = events[-1]["metadata"]
    assert counts(record_of(DESK)) == told(metadata["usage"])
    assert record_of(DESK).latency_ms == metadata["metrics"]["latencyMs"]


@pytest.mark.parametrize("model", [MICRO, HAIKU])
def test_a_native_reply_is_recorded_as_its_headers_report(model):
    reply = DESK.call("InvokeModel", **native("Count to ten.", model))
    record, sent = record_of(DESK), headers(reply)
    begin = "x-amzn-bedrock-"
    assert record.input_tokens == int(sent[f"{begin}input-token-count"])
    assert record.output_tokens == int(sent[f"{begin}output-token-count"]) == 5
    assert record.latency_ms == int(sent[f"{begin}invocation-latency"])


@pytest.mark.parametrize("model", [MICRO, HAIKU])
def test_a_native_stream_is_recorded_as_its_last_chunk_reports(model):
    asked = native("Count to ten.", model)
    chunks = list(DESK.call("InvokeModelWithResponseStream", **asked)["body"])
    last = json.loads(chunks[-1]["chunk"]["bytes"])
    metrics = last["amazon-bedrock-invocationMetrics"]
    record = record_of(DESK)
    assert record.input_tokens == metrics["inputTokenCount"]
    assert record.output_tokens == metrics["outputTokenCount"] == 5
    assert record.latency_ms == metrics["invocationLatency"]
    assert record.first_token_ms == metrics["firstByteLatency"]


@pytest.mark.parametrize("operation", ["Converse", "ConverseStream"])
def test_tokens_of_the_prompt_cache_are_apart(operation):
    desk = open_desk()
    talk = [user({"text": PREFIX}, POINT, {"text": "Who?"})]
    asked = {"modelId": SONNET, "messages": talk, "inferenceConfig": tokens(1)}
    for _ in range(2):
        reply = desk.call(operation, **asked)
        list(reply.get("stream", ()))
    written, read = desk.session.offline.calls
    assert written.cache_write_tokens == read.cache_read_tokens > 1000
    assert written.cache_read_tokens == read.cache_write_tokens == 0
    assert written.input_tokens == read.input_tokens < 100


@pytest.mark.parametrize("operation", ["Converse", "ConverseStream"])
def test_a_tier_is_recorded_as_asked_for_and_as_served(operation):
    reply = DESK.call(operation, **ask("Hi", model=PRO, serviceTier={"type": "flex"}))
    list(reply.get("stream", ()))
    record = record_of(DESK)
    assert (record.service_tier, record.resolved_tier) == ("flex", "flex")


def test_a_tier_of_a_native_call_is_recorded_too():
    DESK.call("InvokeModel", **native("Hi", PRO), serviceTier="flex")
    record = record_of(DESK)
    assert (record.service_tier, record.resolved_tier) == ("flex", "flex")


def test_no_tier_is_recorded_where_none_was_named():
    DESK.call("Converse", **ask("Hi"))
    assert record_of(DESK).service_tier is None


def test_pictures_are_counted_and_have_no_tokens(launch):
    body = json.dumps({"text_prompts": [{"text": "A horse"}]})
    launch.call("InvokeModel", modelId=SDXL, body=body)
    record = record_of(launch)
    assert (record.images, record.input_tokens) == (1, None)
    assert record.output_tokens is None


def test_the_status_of_an_error_in_a_stream_is_that_of_the_model():
    model = service_model("bedrock-runtime")
    for shape in model.error_shapes:
        expected = shape.metadata["error"]["httpStatusCode"]
        assert http_status(shape.name) == expected
    assert http_status("ThrottlingException") == 429
    assert http_status("NoSuchException") == 500
