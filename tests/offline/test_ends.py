"""Where a reply of Converse ends: by itself, at the limit, at a stop sequence."""

import pytest

from tests.offline.desk import GPT_OSS, HAIKU, MICRO, text_of, tokens

GREEDY = tokens(10, temperature=0)
STORY = "Write a long story about a ship."


def stopped_by_its_fourth_word(ready, model):
    """A reply cut by a stop sequence: the whole, the sequence, what was left."""
    whole = text_of(ready.converse(STORY, model, inferenceConfig=GREEDY))
    stop = whole.split()[3]
    config = {**GREEDY, "stopSequences": [stop]}
    reply = ready.converse(STORY, model, inferenceConfig=config)
    assert reply["stopReason"] == "stop_sequence"
    return whole, stop, text_of(reply)


def test_a_stop_sequence_ends_the_reply_and_is_not_in_it(ready):
    whole, stop, left = stopped_by_its_fourth_word(ready, HAIKU)
    assert left == whole[: whole.index(stop)]


def test_nova_s_reply_ends_with_the_stop_sequence(ready):
    whole, stop, left = stopped_by_its_fourth_word(ready, MICRO)
    assert left == whole[: whole.index(stop)] + stop


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
