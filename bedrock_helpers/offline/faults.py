"""Failures on request: ``session.offline.fail_next("ThrottlingException")``."""

import threading
from collections import deque

from bedrock_helpers.offline.errors import known_errors, refusal

#: Kinds of failure that come in the middle of a stream.
_IN_A_STREAM = ("stream_broken", "stream_throttled")


class Faults:
    """The failures an offline session was asked for, first in first out."""

    def __init__(self):
        self._waiting = deque()
        self._waiting_in_stream = deque()
        self._lock = threading.Lock()

    def add(self, kind, times):
        """
        Queue a failure.

        Parameters
        ----------
        kind : str
            An error code (its first wording is used) or a key of
            ``data/errors.json``.
        times : int
            How many calls in a row fail.

        Raises
        ------
        ValueError
            For an unknown kind, or fewer than one time.
        """
        if not isinstance(times, int) or times < 1:
            raise ValueError(f"times={times!r}: fail_next needs a whole number from 1.")
        key = _key(kind)
        with self._lock:
            in_stream = key in _IN_A_STREAM
            queue = self._waiting_in_stream if in_stream else self._waiting
            queue.extend([key] * times)

    def raise_next(self):
        """Raise the next failure asked for, if any."""
        with self._lock:
            key = self._waiting.popleft() if self._waiting else None
        if key is not None:
            raise refusal(key)

    def take_stream_fault(self):
        """What the next stream breaks with, half-way: a key, or None."""
        with self._lock:
            waiting = self._waiting_in_stream
            return waiting.popleft() if waiting else None


def _key(kind):
    possible = {
        key: record
        for key, record in known_errors().items()
        if "{" not in record["text"]
    }
    if kind in possible:
        return kind
    for key, record in possible.items():
        if record["code"] == kind and record["http_status"] != 400:
            return key
    codes = sorted({r["code"] for r in possible.values() if r["http_status"] != 400})
    message = (
        f"fail_next({kind!r}): no such failure. Codes: {', '.join(codes)}. "
        f"Or one case by its key: {', '.join(sorted(possible))}."
    )
    raise ValueError(message)
