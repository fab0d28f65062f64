"""So many at a time, and whoever came first goes first."""

import threading
from collections import deque


class InTurn:
    """
    A semaphore that keeps the order of arrival, for use in a ``with`` block.

    One of :mod:`threading` lets a newcomer pass those who wait: where 64 clients
    share two slots, some wait for minutes.

    Parameters
    ----------
    places : int
        How many may be inside at a time.

    Examples
    --------
    >>> slots = InTurn(2)
    >>> with slots:
    ...     slots
    InTurn: 1 free, 0 waiting
    """

    def __init__(self, places):
        self._free, self._waiting = places, deque()
        self._lock = threading.Lock()

    def __repr__(self):
        """How many places are free, and how many wait for one."""
        return f"InTurn: {self._free} free, {len(self._waiting)} waiting"

    def __enter__(self):
        """Wait for a place."""
        with self._lock:
            if self._free:
                self._free -= 1
                return
            mine = threading.Event()
            self._waiting.append(mine)
        mine.wait()

    def __exit__(self, *_):
        """Give the place to whoever has waited longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1
