"""LiteLLM."""

import pytest

PACKAGE = "litellm"
ADDRESS = "AWS_BEDROCK_RUNTIME_ENDPOINT"


@pytest.fixture(scope="module")
def seen(run_python, server):
    """What LiteLLM saw, by case."""
    return run_python("litellm_client.py", **{ADDRESS: server["AWS_ENDPOINT_URL"]})


def assert_is(found, lesson_reply):
    """The lesson reply, and its tokens."""
    tokens = [lesson_reply["input_tokens"], lesson_reply["output_tokens"]]
    assert found["text"] == lesson_reply["text"]
    assert (found["finish"], found["usage"]) == ("stop", tokens)


def assert_was_cut_after_8_tokens(found):
    """A reply as `max_tokens` of 8 leaves it."""
    assert found["text"]
    assert found["finish"] == "length"
    assert found["usage"][1] == 8


def test_a_question_is_answered(seen, lesson_reply):
    """`bedrock/converse/…`: `completion`"""
    assert_is(seen("converse"), lesson_reply)


def test_an_answer_is_streamed(seen, lesson_reply):
    """streaming"""
    found = seen("converse_streamed")
    assert_is(found, lesson_reply)
    assert found["chunks"] > 5


def test_a_tool_is_called(seen):
    """tools"""
    call = seen("tool_called")
    assert call["name"] == "get_weather"
    assert call["arguments"]["city"] in ("Paris", "Rome")


def test_reasoning_is_told_from_the_answer(seen):
    """gpt-oss's reasoning"""
    found = seen("reasoning")
    assert found["reasoning"]
    assert found["text"] is not None


def test_a_native_claude_body_is_answered(seen):
    """`bedrock/invoke/…` with Claude"""
    assert_was_cut_after_8_tokens(seen("invoke"))


def test_a_native_claude_stream_is_read(seen):
    """streaming"""
    assert_was_cut_after_8_tokens(seen("invoke_streamed"))


def test_a_refusal_is_a_bad_request(seen):
    """a refusal, `BadRequestError`"""
    error = seen("refused")
    assert (error["class"], error["status"]) == ("BadRequestError", 400)
    assert "The provided model identifier is invalid." in error["text"]


def test_throttling_has_its_class(seen):
    """throttling, `RateLimitError`"""
    error = seen("throttled")
    assert (error["class"], error["status"]) == ("RateLimitError", 429)
