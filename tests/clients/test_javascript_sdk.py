"""AWS SDK for JavaScript."""

import pytest

from tests.clients.conftest import ASKED

PACKAGE = "@aws-sdk/client-bedrock-runtime"
WIRES = {"h2": (), "http/1.1": ("http1",)}


@pytest.fixture(scope="module", params=WIRES)
def wire(request):
    """Over which HTTP."""
    return request.param


@pytest.fixture(scope="module")
def seen(run_javascript, wire):
    """What the SDK saw, by case."""
    return run_javascript("client.mjs", *WIRES[wire])


def assert_is(found, lesson_reply):
    """The lesson reply, and its tokens."""
    assert (found["text"], found["stop"]) == (lesson_reply["text"], "end_turn")
    assert found["usage"]["inputTokens"] == lesson_reply["input_tokens"]
    assert found["usage"]["outputTokens"] == lesson_reply["output_tokens"]


def assert_is_a_whole_stream(found):
    """A stream of text with its beginning and its end."""
    kinds = found["kinds"]
    assert kinds[0] == "messageStart"
    assert kinds[-3:] == ["contentBlockStop", "messageStop", "metadata"]
    assert set(kinds[1:-3]) == {"contentBlockDelta"}
    assert found["text"]


def test_it_speaks_what_it_was_told_to(seen, wire):
    """over HTTP/2, its default, and over HTTP/1.1"""
    assert seen("protocol") == wire


def test_models_are_listed(seen):
    """ListFoundationModels"""
    assert ASKED["nova"] in seen("models")


def test_a_question_is_answered(seen, lesson_reply):
    """Converse"""
    assert_is(seen("converse"), lesson_reply)


def test_an_answer_is_streamed(seen, lesson_reply):
    """ConverseStream"""
    found = seen("converse_streamed")
    assert_is(found, lesson_reply)
    assert_is_a_whole_stream(found)


def test_six_streams_of_one_client_go_on_together(seen):
    """six streams at a time"""
    found = seen("concurrent_streams")
    assert len(found) == 6
    for stream in found:
        assert_is_a_whole_stream(stream)


def test_a_tool_is_called(seen):
    """tools"""
    found = seen("tool_called")
    assert found["stop"] == "tool_use"
    assert found["use"]["name"] == "get_weather"
    assert found["use"]["input"]["city"] in ("Paris", "Rome")


def test_a_native_body_is_answered(seen):
    """InvokeModel"""
    found = seen("invoke")
    assert found["contentType"] == "application/json"
    assert found["body"]["usage"]["output_tokens"] == 8


def test_a_native_stream_is_read(seen):
    """InvokeModelWithResponseStream"""
    chunks = seen("invoke_streamed")
    assert [chunks[0]["type"], chunks[-1]["type"]] == ["message_start", "message_stop"]
    assert chunks[-1]["amazon-bedrock-invocationMetrics"]["outputTokenCount"] == 8


def test_a_refusal_has_its_class(seen):
    """a refusal, `ValidationException`"""
    error = seen("refused")
    assert error["isValidationException"]
    assert error["message"] == "The provided model identifier is invalid."
    assert error["status"] == 400
    assert error["requestId"]


def test_a_throttled_call_is_tried_again(seen):
    """a second attempt after throttling"""
    assert seen("tried_again") == 2


def test_a_stream_that_breaks_has_its_class(seen):
    """a stream that breaks, `ThrottlingException`"""
    assert seen("broken_stream")
