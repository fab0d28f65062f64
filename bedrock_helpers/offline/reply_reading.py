"""What a reply says of itself: tokens, pictures, times, its tier.

It is read from the reply the client gets, so a record cannot differ from that.
"""

import base64
import json
from functools import cache

from bedrock_helpers.offline import event_stream
from bedrock_helpers.offline.router import service_model

_METRICS = "amazon-bedrock-invocationMetrics"
_HEADER = "x-amzn-bedrock-"
_FIRST_TOKEN = ("contentBlockDelta", "chunk")
#: How Converse, and the last chunk of a native stream, name what a record holds.
_COUNTS = {
    "input_tokens": ("inputTokens", "inputTokenCount"),
    "output_tokens": ("outputTokens", "outputTokenCount"),
    "cache_read_tokens": ("cacheReadInputTokens", "cacheReadInputTokenCount"),
    "cache_write_tokens": ("cacheWriteInputTokens", "cacheWriteInputTokenCount"),
}
_NATIVE_HEADERS = {
    "input_tokens": "input-token-count",
    "output_tokens": "output-token-count",
    "cache_read_tokens": "cache-read-input-token-count",
    "cache_write_tokens": "cache-write-input-token-count",
    "latency_ms": "invocation-latency",
}


def read_reply(record, reply):
    """
    Put into a record what a whole reply says.

    Parameters
    ----------
    record : bedrock_helpers.offline.observed.CallRecord
    reply : bedrock_helpers.offline.http_reply.Reply
    """
    if not record.succeeded:
        return
    if record.operation == "Converse":
        _read_conversation(record, reply.values)
        return
    for name, header in _NATIVE_HEADERS.items():
        given = reply.headers.get(_HEADER + header)
        if given is not None:
            setattr(record, name, int(given))
    record.resolved_tier = reply.headers.get(_HEADER + "service-tier")
    if record.output_tokens is None:
        record.images = _images(reply.body)


def _images(body):
    """Pictures of a native reply: SDXL calls them artifacts, others images."""
    content = json.loads(body)
    return len(content.get("artifacts", content.get("images", ())))


def _read_conversation(record, content):
    """What Converse says: its whole reply, or a stream's metadata event."""
    _read_counts(record, content.get("usage", {}))
    record.latency_ms = content.get("metrics", {}).get("latencyMs", record.latency_ms)
    record.resolved_tier = content.get("serviceTier", {}).get("type")


def _read_counts(record, given):
    for name, keys in _COUNTS.items():
        for key in keys:
            if key in given:
                setattr(record, name, given[key])


class StreamReading:
    """
    Reads a stream's events as they go by.

    Parameters
    ----------
    record : bedrock_helpers.offline.observed.CallRecord
    elapsed_ms : callable
        Milliseconds since the request came in.
    keeps : bool
        Whether to keep every event's content.

    Attributes
    ----------
    events : list
        ``(name, content)``, for native streams ``("chunk", the model's own JSON)``.
    """

    def __init__(self, record, elapsed_ms, keeps):
        self._record, self._elapsed_ms, self._keeps = record, elapsed_ms, keeps
        self.events = []
        self._last_chunk = None

    def take(self, piece):
        """Read one message before it is sent on."""
        name = event_stream.name_of(piece)
        if event_stream.is_exception(piece):
            self._broken(name, event_stream.content_of(piece))
            return
        if name in _FIRST_TOKEN and self._record.first_token_ms is None:
            self._record.first_token_ms = self._elapsed_ms()
        if name == "metadata":
            _read_conversation(self._record, event_stream.content_of(piece))
        elif name == "chunk":
            self._last_chunk = piece
        if self._keeps:
            self.events.append((name, _content(name, piece)))

    def end(self):
        """The stream was read to its end: a native one's last chunk has the counts."""
        if self._last_chunk is None:
            return
        metrics = _content("chunk", self._last_chunk).get(_METRICS, {})
        _read_counts(self._record, metrics)
        self._record.latency_ms = metrics.get("invocationLatency")
        self._record.first_token_ms = metrics.get("firstByteLatency")

    def _broken(self, name, content):
        code = name[0].upper() + name[1:]
        self._record.error_code, self._record.error_text = code, content.get("message")
        self._record.status = http_status(code)


def _content(name, piece):
    content = event_stream.content_of(piece)
    if name != "chunk":
        return content
    return json.loads(base64.b64decode(content["bytes"]))


@cache
def http_status(code):
    """
    The HTTP status botocore's model gives an error of bedrock-runtime.

    Examples
    --------
    >>> http_status("ModelStreamErrorException")
    424
    """
    model = service_model("bedrock-runtime")
    if code not in model.shape_names:
        return 500
    error = model.shape_for(code).metadata.get("error", {})
    return error.get("httpStatusCode", 500)
