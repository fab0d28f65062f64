"""One answer as the families read it, stored or made now."""

import pytest

from bedrock_helpers.offline.native_answer import NativeAnswer
from bedrock_helpers.offline.replies import Block, StoredReply


@pytest.fixture
def answer():
    blocks = [
        Block("reasoning", ["The", " user"]),
        Block("text", ["Blue", "."]),
        Block("text", [" Or", " red."]),
        Block("toolUse", ['{"city": ', '"Rome"}'], "get_weather", "tooluse_1"),
    ]
    return NativeAnswer(StoredReply(blocks, "end_turn", None, 7, 9, "recording"))


def test_texts_and_reasoning_are_joined_apart(answer):
    assert (answer.text, answer.reasoning) == ("Blue. Or red.", "The user")


def test_totals_are_the_sources(answer):
    assert (answer.stop_reason, answer.stop_sequence) == ("end_turn", None)
    assert (answer.input_tokens, answer.output_tokens) == (7, 9)
    assert answer.input_tokens_now() == 7
    assert answer.details is None


def test_a_tools_input_is_read_from_its_pieces_and_empty_when_cut(answer):
    call = answer.blocks[-1]
    assert answer.input_of(call) == {"city": "Rome"}
    call.pieces.pop()
    assert answer.input_of(call) == {}
