"""One streamed reply of Converse: read event by event, kept as a record."""

import copy
import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bedrock_helpers.answered_by import answered_by
from bedrock_helpers.call_cost import actual_usd
from bedrock_helpers.pricing import UnknownPriceError


@dataclass(frozen=True)
class ParameterRun:
    """
    One reply and what it took.

    Attributes
    ----------
    model_id : str
        As it was called.
    settings : dict
        Role to value, of what was set.
    request : dict
        What was sent.
    text, reasoning : str
    stop_reason : str or None
        None where the stream broke before it came.
    input_tokens, output_tokens : int or None
    cost_usd : decimal.Decimal or None
        None where no price is known, or no token counts came.
    latency_ms, first_text_ms : float or None
        From the call to the end of the stream and to the first text, by the clock
        of this machine.
    answered_by : str
    problem : str
        What broke the stream; empty where it came to its end.
    """

    model_id: str
    settings: dict
    request: dict
    text: str
    reasoning: str
    stop_reason: str | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: Decimal | None
    latency_ms: float
    first_text_ms: float | None
    answered_by: str
    problem: str = ""

    @property
    def is_complete(self):
        """Whether the stream came to its end."""
        return self.stop_reason is not None and not self.problem


class StreamReading:
    """
    A reply while it arrives.

    Parameters
    ----------
    request, settings : dict
    clock : callable
        Gives seconds.

    Examples
    --------
    >>> events = [{"contentBlockDelta": {"delta": {"text": "Oui"}}}]
    >>> reading = StreamReading({"modelId": "amazon.nova-micro-v1:0"}, {})
    >>> reading.follow(lambda **request: {"stream": events}, lambda: None)
    Traceback (most recent call last):
    ...
    TypeError: <lambda>() takes 0 positional arguments but 1 was given
    >>> reading.follow(lambda request: {"stream": events}, lambda: None)
    >>> reading.text, reading.record().is_complete
    ('Oui', False)
    """

    def __init__(self, request, settings, clock=time.perf_counter):
        self.request, self.settings, self._clock = request, settings, clock
        self.reply, self.problem = None, None
        self.stop_reason, self._usage = None, None
        self._pieces = {"text": [], "reasoning": []}
        self.latency_ms, self.first_text_ms = 0.0, None

    @property
    def text(self):
        """The text that has come."""
        return "".join(self._pieces["text"])

    @property
    def reasoning(self):
        """The reasoning that has come, where the model shows it."""
        return "".join(self._pieces["reasoning"])

    def follow(self, ask, after_event):
        """
        Call ``ask`` with the request and read its stream to the end.

        Parameters
        ----------
        ask : callable
        after_event : callable
            Called after each event.

        Raises
        ------
        TypeError
            If ``ask`` gives no reply of converse_stream.
        """
        started = self._clock()
        try:
            reply = ask(copy.deepcopy(self.request))  # theirs to change
            self.reply = _checked(reply)
            for event in reply["stream"]:
                self._take(event, (self._clock() - started) * 1000)
                after_event()
        finally:
            self.latency_ms = (self._clock() - started) * 1000
            if self.reply is not None and hasattr(reply["stream"], "close"):
                reply["stream"].close()

    def _take(self, event, elapsed_ms):
        delta = event.get("contentBlockDelta", {}).get("delta", {})
        text = delta.get("text", "")
        self._add("text", text)
        self._add("reasoning", delta.get("reasoningContent", {}).get("text", ""))
        if text and self.first_text_ms is None:
            self.first_text_ms = elapsed_ms
        self.stop_reason = event.get("messageStop", {}).get(
            "stopReason", self.stop_reason
        )
        self._usage = event.get("metadata", {}).get("usage", self._usage)

    def _add(self, kind, piece):
        if piece:
            self._pieces[kind].append(str(piece))

    def record(self):
        """The reply as a :class:`ParameterRun`."""
        usage = self._usage or {}
        return ParameterRun(
            model_id=self.request["modelId"],
            settings=self.settings,
            request=self.request,
            text=self.text,
            reasoning=self.reasoning,
            stop_reason=self.stop_reason,
            input_tokens=usage.get("inputTokens"),
            output_tokens=usage.get("outputTokens"),
            cost_usd=self._cost_usd(),
            latency_ms=self.latency_ms,
            first_text_ms=self.first_text_ms,
            answered_by=answered_by(self.reply),
            problem=said(self.problem) if self.problem else "",
        )

    def _cost_usd(self):
        if not {"inputTokens", "outputTokens"} <= (self._usage or {}).keys():
            return None
        try:
            return actual_usd(self.request, {"usage": self._usage})
        except UnknownPriceError:
            return None


def _checked(reply):
    if isinstance(reply, Mapping) and "stream" in reply:
        return reply
    found = type(reply).__name__
    if isinstance(reply, Mapping):
        found = f"a reply without a stream: {', '.join(map(str, reply))}"
    raise TypeError(
        f"Your function gave {found[:200]}. The lab needs what converse_stream gives: "
        "return bedrock.converse_stream(**request)"
    )


def said(error):
    """
    An error as one line: its class and its message.

    Examples
    --------
    >>> said(ValueError("no"))
    'ValueError: no'
    """
    return f"{type(error).__name__}: {error}"


class Pace:
    """
    Draws no more often than an eye can follow.

    A reply of many pieces, drawn anew after each of them, would take time by the
    square of its length.

    Parameters
    ----------
    draw : callable
    clock : callable
        Gives seconds.

    Examples
    --------
    >>> drawn, seconds = [], iter([0, 0.01, 0.02, 0.06])
    >>> pace = Pace(lambda: drawn.append("now"), lambda: next(seconds))
    >>> for _ in range(4):
    ...     pace()
    >>> drawn
    ['now', 'now']
    """

    #: Seconds from one drawing to the next, at least.
    SECONDS = 0.05

    def __init__(self, draw, clock=time.perf_counter):
        self._draw, self._clock, self._next = draw, clock, None

    def __call__(self):
        """Draw, if it is time."""
        now = self._clock()
        if self._next is None or now >= self._next:
            self._draw()
            self._next = now + self.SECONDS
