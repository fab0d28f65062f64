"""An offline Converse call with a lesson reply, beside boto3's floor and moto."""

import io
import json
from statistics import median

import boto3
from botocore.awsrequest import AWSResponse

import bedrock_helpers as bh
from bedrock_helpers.data_files import load_json
from bedrock_helpers.offline.session import isolated_session
from tests.benchmarks.turns import Result, at_least, at_most, in_turns, ratio

TURNS, CALLS_A_TURN = 40, 25
KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
BODY = json.dumps({"inputText": "Hi"})


def measure():
    """Two lines: against the floor, and against moto."""
    stored = load_json("lesson_replies.json")["replies"]
    if not stored:
        yield Result("offline Converse call", "no lesson reply is stored yet", "", None)
        return
    request = {"modelId": stored[0]["models"][0], **stored[0]["request"]}
    offline = bh.connect("offline").client("bedrock-runtime")
    reply = offline.converse(**request)
    assert "lesson reply" in bh.answered_by(reply)
    floor = floor_client(reply)
    with moto_client() as moto:
        seconds = in_turns(
            {
                "offline": lambda: offline.converse(**request),
                "floor": lambda: floor.converse(**request),
                "moto": lambda: moto.invoke_model(modelId="m", body=BODY),
            },
            TURNS,
            CALLS_A_TURN,
        )
    ms = {name: f"{median(taken) * 1000:.2f} ms" for name, taken in seconds.items()}
    yield at_most(
        "offline Converse call (lesson reply) / boto3 with an empty handler",
        ratio(seconds["offline"], seconds["floor"]),
        1.5,
        f" ({ms['offline']} / {ms['floor']})",
    )
    yield at_least(
        "moto's invoke_model / offline Converse call (lesson reply)",
        ratio(seconds["moto"], seconds["offline"]),
        1.5,
        f" ({ms['moto']} / {ms['offline']})",
    )


class _Raw(io.BytesIO):
    def stream(self, **_):
        yield self.read()


def floor_client(reply):
    """boto3 itself: a handler that gives the same reply without looking."""
    headers = reply["ResponseMetadata"]["HTTPHeaders"]
    values = {name: value for name, value in reply.items() if name[0].islower()}
    body = json.dumps(values).encode()

    def answer(request, **_):
        return AWSResponse(request.url, 200, headers, _Raw(body))

    session = boto3.Session(
        **KEYS, region_name="us-east-1", botocore_session=isolated_session()
    )
    session.events.register_first("before-send", answer)
    return session.client("bedrock-runtime")


class moto_client:
    """A client of moto; imported last, since it adds a handler to later sessions."""

    def __enter__(self):
        from moto import mock_aws

        self._mock = mock_aws()
        self._mock.start()
        session = boto3.Session(**KEYS, region_name="us-east-1")
        return session.client("bedrock-runtime")

    def __exit__(self, *_):
        self._mock.stop()
