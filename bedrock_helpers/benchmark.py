"""Closed-loop benchmarks of streamed calls, and tables that do not over-claim.

*Closed loop*: each of so many workers sends its next request when its last one has
come to an end. So waiting calls slow the sender, as people do who wait for an
answer; a service that is called however slow it gets needs another kind of test.

LLMeter (awslabs, Apache-2.0, 0.2.0 read on 2026-11-24) times calls as this does. It
is not used: it gives percentiles from any number of calls, and what it needs brings
an S3 file system whose botocore is not the one this course is pinned to.
"""

import json
import os
import platform
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, datetime
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import boto3
import pandas as pd

from bedrock_helpers.exceptions import BudgetExceeded
from bedrock_helpers.progress_bar import progress_bar
from bedrock_helpers.stream_timing import TimedCall, timed_call

_COUNTS = ("input_tokens", "output_tokens")
_COLUMNS = (
    "worker",
    *(field.name for field in fields(TimedCall)),
    "ms_per_output_token",
)


def run(
    client,
    requests,
    *,
    calls=None,
    concurrency=1,
    warm_up=1,
    show_progress=True,
    clock=time.perf_counter,
):
    """
    Send requests with ``converse_stream``, so many at a time, and time each.

    Parameters
    ----------
    client : botocore client
        Of ``bedrock-runtime``.
    requests : list of dict
        Arguments of ``converse_stream``; sent in turn, over and over.
    calls : int, optional
        How many calls are measured; each request once, if left out.
    concurrency : int
        How many are under way at a time.
    warm_up : int
        Calls made before, one after the other, and not measured.
    show_progress : bool
    clock : callable
        Gives seconds.

    Returns
    -------
    pandas.DataFrame
        A row for each call: see :class:`bedrock_helpers.stream_timing.TimedCall`.
        ``attrs["about"]`` says when, where and with what it was measured.

    Raises
    ------
    ValueError
        For no requests, or a number below 1 (``warm_up``: below 0).

    Notes
    -----
    A call that the session's budget stops ends the run: the rows so far are
    returned, and ``attrs["about"]["stopped"]`` says why.

    Examples
    --------
    >>> import bedrock_helpers as bh
    >>> bedrock = bh.connect("offline").client("bedrock-runtime")
    >>> hello = {"modelId": "amazon.nova-micro-v1:0",
    ...          "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
    ...          "inferenceConfig": {"maxTokens": 4}}
    >>> table = run(bedrock, [hello], calls=3, concurrency=2)
    >>> len(table), set(table["error"])
    (3, {''})
    """
    requests = list(requests)
    calls = len(requests) if calls is None else calls
    _check(requests, calls=calls, concurrency=concurrency, warm_up=warm_up)
    loop = _Loop(client, islice(cycle(requests), calls), clock)
    with progress_bar(calls, show_progress) as loop.advance:
        loop.warm_up(islice(cycle(requests), warm_up))
        loop.measure(concurrency)
    about = {**_about(client), "concurrency": concurrency, "warm_up_calls": warm_up}
    table = pd.DataFrame(loop.rows, columns=[*_COLUMNS])
    table = table.sort_values("started_s", kind="stable", ignore_index=True)
    table.attrs["about"] = about | ({"stopped": loop.stopped} if loop.stopped else {})
    return table.astype({name: "Int64" for name in _COUNTS})


class _Loop:
    """Workers that share one queue of requests."""

    def __init__(self, client, queue, clock):
        self._client, self._queue, self._clock = client, queue, clock
        self._lock = threading.Lock()
        self.rows, self.stopped = [], ""
        self.advance = None

    def warm_up(self, requests):
        for request in requests:
            self._timed(request)

    def measure(self, concurrency):
        began_s = self._clock()
        with ThreadPoolExecutor(concurrency) as pool:
            work = partial(self._work, began_s)
            list(pool.map(work, range(concurrency)))

    def _work(self, began_s, worker):
        while (request := self._next()) is not None:
            call = self._timed(request, began_s)
            if call is None:
                return
            with self._lock:
                self.rows.append({"worker": worker, **call.row()})
                self.advance()

    def _next(self):
        with self._lock:
            return None if self.stopped else next(self._queue, None)

    def _timed(self, request, began_s=0.0):
        """The call, or None where the budget let it not be sent."""
        try:
            return timed_call(
                self._client, request, began_s=began_s, clock=self._clock
            )
        except BudgetExceeded as spent:
            self.stopped = str(spent)
            return None


def save(table, path):
    """
    Keep a run in a file, with all that says what it was.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`run`.
    path : str or pathlib.Path
        A ``.json`` file.

    Returns
    -------
    pathlib.Path
    """
    rows = json.loads(table.to_json(orient="records", double_precision=6))
    text = json.dumps({"about": table.attrs.get("about", {}), "calls": rows}, indent=1)
    path = Path(path)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def load(path):
    """
    Read a run that :func:`save` kept.

    Parameters
    ----------
    path : str or pathlib.Path

    Returns
    -------
    pandas.DataFrame
    """
    kept = json.loads(Path(path).read_text(encoding="utf-8"))
    table = pd.DataFrame(kept["calls"], columns=[*_COLUMNS])
    table.attrs["about"] = kept["about"]
    return table.astype({name: "Int64" for name in _COUNTS})


def _about(client):
    return {
        "measured_on": datetime.now(UTC).isoformat(timespec="seconds"),
        "region_name": client.meta.region_name,
        "endpoint": client.meta.endpoint_url,
        "boto3": boto3.__version__,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs",
    }


def _check(requests, **numbers):
    if not requests:
        raise ValueError(
            'No requests: type run(bedrock, [{"modelId": …, "messages": …}], calls=20)'
        )
    for name, value in numbers.items():
        least = 0 if name == "warm_up" else 1
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise ValueError(f"{name}={value!r}: a whole number from {least} on")
