"""LangChain."""

import pytest

PACKAGE = "langchain-aws"


@pytest.fixture(scope="module")
def seen(run_python):
    """What LangChain saw, by case."""
    return run_python("langchain_client.py")


def assert_is(found, lesson_reply):
    """The lesson reply, and its tokens."""
    assert found["text"] == lesson_reply["text"]
    assert found["stop"] == "end_turn"
    assert found["usage"]["input_tokens"] == lesson_reply["input_tokens"]
    assert found["usage"]["output_tokens"] == lesson_reply["output_tokens"]


def test_a_question_is_answered(seen, lesson_reply):
    """`ChatBedrockConverse`: `invoke`"""
    assert_is(seen("invoked"), lesson_reply)


def test_an_answer_is_streamed(seen, lesson_reply):
    """`stream`"""
    found = seen("streamed")
    assert_is(found, lesson_reply)
    assert found["chunks"] > 5


def test_a_tool_is_called(seen):
    """`bind_tools` with a forced call"""
    (call,) = seen("tool_called")
    assert call["name"] == "get_weather"
    assert call["args"]["city"] in ("Paris", "Rome")


def test_a_tools_result_is_taken(seen):
    """a tool's result sent back"""
    assert seen("tool_result_sent_back") in ("end_turn", "max_tokens", "tool_use")


def test_a_native_claude_body_is_answered(seen):
    """`ChatBedrock` with Claude: `invoke`"""
    found = seen("native")
    assert found["text"]
    assert found["usage"]["output_tokens"] == 6


def test_a_native_claude_stream_is_read(seen):
    """`stream`"""
    found = seen("native_streamed")
    assert found["text"]
    assert found["usage"]["output_tokens"] == 6


def test_a_refusal_is_botocores(seen):
    """a refusal, botocore's `ClientError`"""
    error = seen("refused")
    assert error["Code"] == "ValidationException"
    assert error["Message"] == "The provided model identifier is invalid."
