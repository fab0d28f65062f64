"""One request to Bedrock, watched from its arrival to the last byte of its reply."""

import json
import time
from urllib.parse import urlsplit

from bedrock_helpers.offline.call_record import CallRecord
from bedrock_helpers.offline.reply_reading import StreamReading, read_reply
from bedrock_helpers.offline.shown_parameters import is_read_only, shown_parameters

#: The code of what the offline Bedrock cannot play: AWS would have answered.
_OURS = "NotAvailableOffline"


class Exchange:
    """
    One request and its reply.

    Attributes
    ----------
    record : CallRecord or None
        None until the operation is known.
    request : dict or None
        Parameters of an invocation whose bodies are kept.
    output : object
        What was answered to it: bytes, or for a stream the list of its events.
    """

    __slots__ = (
        "record",
        "request",
        "output",
        "_observed",
        "_url",
        "_headers",
        "_now",
        "_started",
        "_operation",
        "_is_ours",
    )

    def __init__(self, observed, url, headers, now):
        self._observed, self._url, self._headers = observed, url, headers
        self._now, self._started = now, time.perf_counter()
        self.record = self.request = self.output = self._operation = None
        self._is_ours = False

    def routed(self, operation, region_name, labels, signature, caller):
        """Note which operation it is, before its parameters are read."""
        self._operation = operation
        self.record = CallRecord(
            operation.name,
            operation.service_model.service_name,
            region_name,
            self._now,
            labels.get("modelId"),
            caller,
            access_key=signature.access_key,
            is_api_key=bool(signature.api_key),
            user_agent=_text(self._headers.get("User-Agent")),
            host=urlsplit(self._url).netloc,
        )

    def read(self, parameters):
        """Note the parameters, as far as they may be told."""
        record = self.record
        record.model_id = parameters.get("modelId", record.model_id)
        if record.is_invocation:
            record.parameters = {"modelId": record.model_id}
            record.service_tier = _tier(parameters.get("serviceTier"))
            if self._observed.keeps_bodies(record.region_name):
                self.request = parameters
        else:
            record.parameters = shown_parameters(self._operation, parameters)

    def refused(self, stop):
        """Note the refusal the request ends in."""
        self._is_ours = stop.code == _OURS
        if self.record is not None:
            self.record.error_code, self.record.error_text = stop.code, stop.text

    def over(self, reply):
        """
        The reply, watched to its end.

        Parameters
        ----------
        reply : bedrock_helpers.offline.http_reply.Reply

        Returns
        -------
        Reply
            The same.
        """
        if self.record is None or self._is_ours:
            return reply
        self.record.request_id, self.record.status = reply.request_id, reply.status
        self._observed.add(self.record)
        if reply.pieces is not None:
            reply.pieces = _Watched(self, reply.pieces)
            return reply
        if self.record.is_invocation:
            self.record.latency_ms = self.elapsed_ms()
            read_reply(self.record, reply)
        elif self.record.succeeded and _is_change(self.record):
            self.record.response = _response(reply)
        self.ended(reply.body)
        return reply

    def ended(self, output):
        """
        Note that the last byte was read, or that nobody will read on.

        Parameters
        ----------
        output : bytes or list or None
            None for a stream that was closed before its end.
        """
        self.output = output
        self.record.has_ended = True
        self._observed.ended(self)

    def elapsed_ms(self):
        """Milliseconds since the request came in."""
        return round((time.perf_counter() - self._started) * 1000)


class _Watched:
    """The messages of a stream, each read on its way to the client."""

    def __init__(self, exchange, pieces):
        self._exchange, self._pieces = exchange, iter(pieces)
        keeps = exchange.request is not None
        self._reading = StreamReading(exchange.record, exchange.elapsed_ms, keeps)

    def __iter__(self):
        return self

    def __next__(self):
        try:
            piece = next(self._pieces)
        except StopIteration:
            self._end()
            raise
        self._reading.take(piece)
        if not self._exchange.record.succeeded:
            self._end()  # the message of an error is the last; nobody reads on
        return piece

    def _end(self):
        record = self._exchange.record
        if record.has_ended:
            return
        self._reading.end()
        if record.latency_ms is None:
            record.latency_ms = self._exchange.elapsed_ms()
        self._exchange.ended(self._reading.events)

    def close(self):
        """End what is being made; ValueError while another thread reads it."""
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()
        if not self._exchange.record.has_ended:
            self._exchange.ended(None)


def _is_change(record):
    """Whether the reply may be told: one of bedrock-runtime is content."""
    is_content = record.service == "bedrock-runtime"
    return not is_content and not is_read_only(record.service, record.operation)


def _response(reply):
    return (json.loads(reply.body) if reply.body else None) or None


def _text(header):
    return header.decode("latin-1") if isinstance(header, bytes) else header or ""


def _tier(asked):
    return asked.get("type") if isinstance(asked, dict) else asked
