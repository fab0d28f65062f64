"""Our event-stream bytes, read by botocore's own decoder."""

import json

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline import event_stream

names = st.text(min_size=1, max_size=40).filter(lambda name: len(name.encode()) < 200)
headers = st.dictionaries(names, st.text(max_size=60), max_size=5)


def decoded(data, step=None):
    """Messages in some bytes, fed to botocore a few at a time."""
    buffer, found = EventStreamBuffer(), []
    for start in range(0, len(data), step or len(data)):
        buffer.add_data(data[start : start + (step or len(data))])
        found += list(buffer)
    return found


@given(st.lists(st.tuples(headers, st.binary(max_size=300)), min_size=1, max_size=4))
def test_what_is_written_is_read_back(messages):
    data = b"".join(event_stream.message(*message) for message in messages)
    found = [(m.headers, m.payload) for m in decoded(data)]
    assert found == messages


@given(headers, st.binary(max_size=100), st.integers(1, 30))
def test_it_may_arrive_in_pieces_of_any_size(given_headers, payload, step):
    data = event_stream.message(given_headers, payload) * 2
    assert [m.payload for m in decoded(data, step)] == [payload] * 2


@given(st.text())
def test_an_event_carries_its_type_and_its_json(text):
    (message,) = decoded(event_stream.event("contentBlockDelta", {"text": text}))
    assert message.headers == {
        ":event-type": "contentBlockDelta",
        ":content-type": "application/json",
        ":message-type": "event",
    }
    assert json.loads(message.payload) == {"text": text}


def test_an_exception_is_one_to_botocore():
    data = event_stream.exception("modelStreamErrorException", {"message": "broken"})
    (message,) = decoded(data)
    as_reply = message.to_response_dict()
    assert message.headers[":message-type"] == "exception"
    assert as_reply["status_code"] == 400


@pytest.mark.parametrize("position", [0, 9, 20, -1])
def test_a_damaged_message_is_noticed(position):
    data = bytearray(event_stream.event("messageStart", {"role": "assistant"}))
    data[position] ^= 1
    with pytest.raises(Exception, match="(?i)checksum|length|payload"):
        decoded(bytes(data))
