"""ConverseStream: its events, and how a stream ends or is left."""

import pytest
from botocore.exceptions import EventStreamError

from tests.offline.desk import (
    GPT_OSS,
    HAIKU,
    MICRO,
    open_desk,
    streamed_text,
    text_of,
    tokens,
    user,
)

GREEDY = tokens(10, temperature=0)
STORY = "Write a long story about a ship."


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
