"""Streams that break half-way, through both operations that stream."""

import json
import time

import pytest
from botocore.exceptions import EventStreamError

from bedrock_helpers.offline.errors import Refusal, known_errors
from bedrock_helpers.offline.stream_faults import PIECES_BEFORE_BREAK, until_break
from tests.offline.desk import CLAUDE_V2, MICRO, Desk, open_desk, tokens, user

QUESTION = "\n\nHuman: Count from one to twenty.\n\nAssistant:"
NATIVE = {
    "modelId": CLAUDE_V2,
    "body": json.dumps(
        {"prompt": QUESTION, "max_tokens_to_sample": 8, "temperature": 0}
    ),
}
CHAT = {
    "modelId": MICRO,
    "messages": [user("Count from one to twenty.")],
    "inferenceConfig": tokens(8, temperature=0),
}
#: Operation, parameters, where the stream stands, and what brings a text.
STREAMS = {
    "launch": ("InvokeModelWithResponseStream", NATIVE, "body", "chunk"),
    "ready": ("ConverseStream", CHAT, "stream", "contentBlockDelta"),
}


@pytest.fixture(params=STREAMS)
def asked(request):
    """A new desk, and a call that streams eight tokens."""
    operation, parameters, member, event = STREAMS[request.param]
    desk = open_desk(request.param)
    return desk, lambda desk: desk.call(operation, **parameters)[member], event


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("stream_broken", "modelStreamErrorException"),
        ("stream_throttled", "throttlingException"),
    ],
)
def test_a_stream_breaks_after_a_beginning_and_the_next_is_whole(fault, code, asked):
    desk, call, event = asked
    desk.session.offline.fail_next(fault)
    arrived = []
    with pytest.raises(EventStreamError) as caught:
        for one in call(desk):
            arrived.append(one)
    error = caught.value.response["Error"]
    assert error["Code"] == code
    assert error["Message"] == known_errors()[fault]["text"]
    # A native stream holds one chunk back, to put the metrics into the last.
    assert 2 <= sum(event in one for one in arrived) <= PIECES_BEFORE_BREAK
    assert sum(event in one for one in call(desk)) > PIECES_BEFORE_BREAK


def test_a_call_throttled_before_its_stream_is_tried_again(asked, monkeypatch):
    pauses = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    desk, call, event = asked
    patient = Desk(desk.session, retries={"total_max_attempts": 3})
    desk.session.offline.fail_next("ThrottlingException", times=2)
    assert sum(event in one for one in call(patient)) > PIECES_BEFORE_BREAK
    assert len(pauses) == 2


def test_a_call_throttled_before_its_stream_is_a_client_error():
    desk = open_desk("launch")
    desk.session.offline.fail_next("ThrottlingException")
    error = desk.refused("InvokeModelWithResponseStream", **NATIVE)
    assert error.response["Error"]["Code"] == "ThrottlingException"
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 429


def test_a_whole_native_reply_does_not_use_up_a_broken_stream():
    desk = open_desk("launch")
    desk.session.offline.fail_next("stream_broken")
    assert desk.call("InvokeModel", **NATIVE)
    with pytest.raises(EventStreamError):
        list(desk.call("InvokeModelWithResponseStream", **NATIVE)["body"])


@pytest.mark.parametrize("size", [0, 1, 3, 9])
def test_a_fault_comes_even_in_a_reply_shorter_than_its_pieces(size):
    arrived = []
    with pytest.raises(Refusal):
        for piece in until_break(range(size), "stream_broken"):
            arrived.append(piece)
    assert arrived == list(range(min(size, PIECES_BEFORE_BREAK)))
    assert list(until_break(range(size), None)) == list(range(size))
