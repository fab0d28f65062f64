"""Small calls and what they cost, for the tests of the meter."""

import json

from botocore.awsrequest import AWSResponse
from botocore.config import Config

import bedrock_helpers as bh
from bedrock_helpers.call_bound import upper_bound
from bedrock_helpers.offline import event_stream

MODEL = bh.catalog.NOVA_MICRO
HAIKU = bh.catalog.id_for(bh.catalog.CLAUDE_HAIKU_4_5)
HI = {
    "modelId": MODEL,
    "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
    "inferenceConfig": {"maxTokens": 100},
}
HI_HAIKU = {**HI, "modelId": HAIKU}
MOST_ON_HI = upper_bound(HI).usd
SPENT_ON_HI = bh.pricing.cost_of({"inputTokens": 10, "outputTokens": 2}, MODEL)
ONCE = Config(retries={"total_max_attempts": 1})
TWICE = Config(retries={"total_max_attempts": 2, "mode": "standard"})
COUNTED = (
    ("x-amzn-bedrock-input-token-count", "7"),
    ("x-amzn-bedrock-output-token-count", "3"),
    ("content-type", "application/json"),
)
SPENT_AS_COUNTED = bh.pricing.cost_of({"inputTokens": 7, "outputTokens": 3}, MODEL)


def runtime(session, config=ONCE, **options):
    """The session's client that talks to models."""
    return session.client("bedrock-runtime", config=config, **options)


def only_row(meter):
    """The one row of a meter's table."""
    (row,) = meter.table().to_dict("records")
    return row


class _Pieces:
    """A streamed body whose pieces can also be errors to raise."""

    def __init__(self, pieces):
        self._pieces, self.is_closed = pieces, False

    def stream(self, **_):
        for piece in self._pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def close(self):
        self.is_closed = True


def answer_with_stream(session, *pieces):
    """Answer a session's requests with an event stream; the bodies it gave."""
    bodies = []

    def before_send(request, **_):
        bodies.append(_Pieces(pieces))
        kind = {"content-type": "application/vnd.amazon.eventstream"}
        return AWSResponse(request.url, 200, kind, bodies[-1])

    session.events.register("before-send", before_send)
    return bodies


def says(text):
    """A piece of a streamed reply of Converse."""
    content = {"delta": {"text": text}, "contentBlockIndex": 0}
    return event_stream.event("contentBlockDelta", content)


def metadata(**usage):
    """The last event of a streamed reply of Converse."""
    return event_stream.event("metadata", {"usage": usage, "metrics": {"latencyMs": 1}})


def chunk(**content):
    """A piece of a streamed reply of InvokeModel."""
    import base64

    raw = base64.b64encode(json.dumps(content).encode()).decode()
    return event_stream.event("chunk", {"bytes": raw})
