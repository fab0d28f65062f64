"""A Bedrock with known delays and a known rate of errors, in a time of its own.

It answers real boto3 clients below HTTP. Nobody waits: each thread has a clock of
its own, which the service moves on as it hands out the pieces of a stream.
"""

import itertools
import json
import threading

import boto3
from botocore.awsrequest import AWSResponse
from urllib3.exceptions import ProtocolError

from bedrock_helpers.offline import event_stream


class _Raw:
    """What botocore reads a response's body from."""

    def __init__(self, pieces):
        self._pieces = pieces

    def stream(self, *_, **__):
        yield from self._pieces


class SyntheticService:
    """
    Delays by call number, and which calls fail.

    Parameters
    ----------
    first_token_s, per_token_s : callable
        From a call's number to seconds.
    tokens : int
    fails : callable
        From an attempt's number to an error code, or None.
    deltas : list of dict, optional
        The pieces of each reply, in place of a word for every token.
    breaks : callable
        From a call's number to whether its stream is cut off, with a broken
        connection ("broken") or as if all were well ("short"), or None.
    """

    def __init__(
        self,
        first_token_s,
        per_token_s,
        tokens=20,
        fails=lambda n: None,
        deltas=None,
        breaks=lambda n: None,
    ):
        self._first, self._per_token = first_token_s, per_token_s
        self._tokens, self._fails, self._breaks = tokens, fails, breaks
        self._deltas = deltas or [{"text": " word"}] * tokens
        self._local = threading.local()
        self._numbers, self._attempts = itertools.count(), itertools.count()
        self.bodies = []

    def clock(self):
        """The time of this thread, in seconds."""
        return getattr(self._local, "now", 0.0)

    def client(self, **config):
        """A real client of bedrock-runtime whose requests come here."""
        keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
        client = boto3.Session(**keys, region_name="us-east-1").client(
            "bedrock-runtime", **config
        )
        client.meta.events.register_first("before-send", self._answer)
        return client

    def _pass(self, seconds):
        self._local.now = self.clock() + seconds

    def _answer(self, request, **_):
        self.bodies.append(json.loads(request.body))
        code = self._fails(next(self._attempts))
        if code:
            self._pass(0.05)
            status = 429 if code == "ThrottlingException" else 500
            headers = {"x-amzn-errortype": code, "content-type": "application/json"}
            raw = _Raw([json.dumps({"message": code}).encode()])
            return AWSResponse(request.url, status, headers, raw)
        headers = {"content-type": "application/vnd.amazon.eventstream"}
        raw = _Raw(self._pieces(next(self._numbers)))
        return AWSResponse(request.url, 200, headers, raw)

    def _pieces(self, number):
        yield event_stream.event("messageStart", {"role": "assistant"})
        for index, delta in enumerate(self._deltas):
            self._pass((self._per_token if index else self._first)(number))
            piece = {"delta": delta, "contentBlockIndex": 0}
            yield event_stream.event("contentBlockDelta", piece)
        cut = self._breaks(number)
        if cut == "broken":
            raise ProtocolError("Connection broken")
        if cut == "short":
            return
        yield event_stream.event("contentBlockStop", {"contentBlockIndex": 0})
        yield event_stream.event("messageStop", {"stopReason": "end_turn"})
        usage = {"inputTokens": 7, "outputTokens": self._tokens}
        usage["totalTokens"] = sum(usage.values())
        latency_ms = round(self.clock() * 1000)
        metadata = {"usage": usage, "metrics": {"latencyMs": latency_ms}}
        yield event_stream.event("metadata", metadata)
