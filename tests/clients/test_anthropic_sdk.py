"""Anthropic's SDK for Python."""

import pytest

PACKAGE = "anthropic"
ADDRESS = "ANTHROPIC_BEDROCK_BASE_URL"


@pytest.fixture(scope="module")
def seen(run_python, server):
    """What Anthropic's SDK saw, by case."""
    return run_python("anthropic_client.py", **{ADDRESS: server["AWS_ENDPOINT_URL"]})


def assert_was_cut_after_8_tokens(message):
    """A message as `max_tokens` of 8 leaves it."""
    assert message["id"].startswith("msg_bdrk_")
    assert [block["type"] for block in message["content"]] == ["text"]
    assert message["stop_reason"] == "max_tokens"
    assert message["usage"]["output_tokens"] == 8


def assert_uses_the_tool(message):
    """A message that calls the forced tool."""
    assert message["stop_reason"] == "tool_use"
    (block,) = message["content"]
    assert block["name"] == "get_weather"
    assert block["input"]["city"] in ("Paris", "Rome")


def test_a_message_is_created(seen):
    """`AnthropicBedrock` with `anthropic_version` set: `messages.create`"""
    assert_was_cut_after_8_tokens(seen("created"))


def test_a_message_is_streamed(seen):
    """`messages.stream`"""
    found = seen("streamed")
    assert_was_cut_after_8_tokens(found["message"])
    assert "".join(found["pieces"]) == found["message"]["content"][0]["text"]
    assert len(found["pieces"]) > 1


def test_a_tool_is_used(seen):
    """tools"""
    assert_uses_the_tool(seen("tool_used"))


def test_a_tool_is_used_in_a_stream(seen):
    """tools in a stream"""
    assert_uses_the_tool(seen("tool_used_in_a_stream"))


def test_the_sdks_own_api_version_is_refused(seen):
    """its own `anthropic_version`, `BadRequestError`"""
    error = seen("own_api_version")
    assert error["class"] == "BadRequestError"
    assert "Invalid API version: " in error["text"]


def test_an_ended_model_is_not_found(seen):
    """a model that has ended, `NotFoundError`"""
    error = seen("ended_model")
    assert error["class"] == "NotFoundError"
    assert "has reached the end of its life" in error["text"]


def test_throttling_has_its_class(seen):
    """throttling, `RateLimitError`"""
    assert seen("throttled")["class"] == "RateLimitError"


def test_a_throttled_call_is_tried_again(seen):
    """a second attempt after throttling"""
    assert seen("tried_again") == "max_tokens"
