"""Closed-loop benchmarks of streamed calls, and tables that do not over-claim.

*Closed loop*: each of so many workers sends its next request when its last one has
come to an end. So waiting calls slow the sender, as people do who wait for an
answer. Where requests arrive however slow the service gets, this shows too little:
while it stalls nothing is sent, and what would have waited is never measured
(*coordinated omission*; the name is Gil Tene's). That needs another kind of test.

LLMeter (awslabs, Apache-2.0, 0.2.0 read on 2026-11-24) times calls as this does. It
is not used: it gives percentiles from any number of calls, and what it needs brings
an S3 file system whose botocore is not the one this course is pinned to.
"""

import os
import platform
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import cycle, islice
from queue import SimpleQueue

import boto3
import botocore
import pandas as pd

from bedrock_helpers.benchmark_file import COLUMNS, DTYPES, load, save
from bedrock_helpers.exceptions import BudgetExceeded
from bedrock_helpers.progress_bar import progress_bar
from bedrock_helpers.stream_timing import timed_call

__all__ = ["load", "run", "save"]
#: So many failures at the start, and no success, end a run.
_FAILURES_AT_THE_START = 10


def run(
    client,
    requests,
    *,
    calls=None,
    labels=None,
    concurrency=1,
    warm_up=None,
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
    labels : list of str, optional
        A name for each request, kept in the column ``label``.
    concurrency : int
        How many are under way at a time.
    warm_up : int, optional
        Calls made before, as many at a time, and not measured, so that each worker
        has a connection; one for each worker, if left out. They begin with the last
        request, so that a cache of prompts does not help the first.
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
        For no requests, as many labels as there are not requests, a number below 1
        (``warm_up``: below 0), or more concurrency than the client has connections.
    botocore.exceptions.ParamValidationError
        For arguments that boto3 does not send.

    Notes
    -----
    Four things end a run early: a call that the session's budget stops, ten failures
    at the start without any success, an interrupt, and an error that is neither
    Bedrock's nor the connection's. After the first three the calls under way come to
    their end, the rows so far are returned, and ``attrs["about"]["stopped"]`` says
    why; the last is raised. A budget counts calls under way at the most they can
    cost, so it may stop a run that would have kept within it.

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
    warm_up = concurrency if warm_up is None else warm_up
    _check(requests, calls=calls, concurrency=concurrency, warm_up=warm_up)
    _check_connections(client, concurrency)
    labelled = list(zip(_labels(labels, requests), requests, strict=True))
    about = {**_about(client), "concurrency": concurrency, "warm_up_calls": warm_up}
    loop = _Loop(client, concurrency, clock)
    loop.rows_of(islice(cycle(labelled[::-1]), warm_up))
    with progress_bar(calls, show_progress) as advance:
        rows = loop.rows_of(islice(cycle(labelled), calls), advance)
    if loop.stopped:
        about["stopped"] = loop.stopped
    return _table(rows, about)


class _Loop:
    """Workers that share one queue of requests and one list of rows."""

    def __init__(self, client, concurrency, clock):
        self._client, self._concurrency, self._clock = client, concurrency, clock
        self._lock = threading.Lock()
        self._failed, self._succeeded = [], False
        self.stopped = ""

    def rows_of(self, queue, advance=lambda: None):
        """A row for each request; ``advance`` is called in this thread after each."""
        self._queue, self._rows, self._news = queue, [], SimpleQueue()
        began_s, over = self._clock(), False
        with ThreadPoolExecutor(self._concurrency) as pool:
            numbers = range(self._concurrency)
            workers = [pool.submit(self._work, n, began_s) for n in numbers]
            for worker in workers:
                worker.add_done_callback(lambda _: self._news.put("ended"))
            while not over:
                try:
                    self._wait_for(workers, advance)
                    over = True
                except KeyboardInterrupt:
                    self.stopped = "Interrupted: these are the calls so far."
        for worker in workers:
            worker.result()
        return self._rows

    def _wait_for(self, workers, advance):
        """News that an interrupt swallows is not missed: the workers are asked."""
        while not all(worker.done() for worker in workers):
            if self._news.get() == "call":
                advance()

    def _work(self, worker, began_s):
        """One call after the other, until there is none or the run is stopped."""
        try:
            while (item := self._next()) is not None:
                label, request = item
                call = timed_call(
                    self._client, request, began_s=began_s, clock=self._clock
                )
                self._look_at(call)
                self._rows.append({"worker": worker, "label": label, **call.row()})
                self._news.put("call")
        except BudgetExceeded as spent:
            self.stopped = str(spent)
        except BaseException:
            self.stopped = "A worker failed."
            raise

    def _next(self):
        with self._lock:
            return None if self.stopped else next(self._queue, None)

    def _look_at(self, call):
        with self._lock:
            self._succeeded = self._succeeded or not call.error
            if self._succeeded:
                return
            self._failed.append(call.error)
            if len(self._failed) == _FAILURES_AT_THE_START:
                codes = ", ".join(sorted(set(self._failed)))
                self.stopped = (
                    f"The first {len(self._failed)} calls all failed: {codes}."
                )


def _table(rows, about):
    table = pd.DataFrame(rows, columns=[*COLUMNS])
    table = table.sort_values("started_s", kind="stable", ignore_index=True)
    table.attrs["about"] = about
    return table.astype(DTYPES)


def _about(client):
    return {
        "measured_on": datetime.now(UTC).isoformat(timespec="seconds"),
        "region_name": client.meta.region_name,
        "endpoint": client.meta.endpoint_url,
        "retries": client.meta.config.retries,
        "boto3": boto3.__version__,
        "botocore": botocore.__version__,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs",
        "load_average": _load_average(),
    }


def _load_average():
    """How busy this machine was with other things, where it can tell."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _labels(labels, requests):
    if labels is None:
        return [""] * len(requests)
    if len(labels) != len(requests):
        raise ValueError(
            f"{len(labels)} labels for {len(requests)} requests: give one for each"
        )
    return labels


def _check(requests, **numbers):
    if not requests:
        raise ValueError(
            'No requests: type run(bedrock, [{"modelId": …, "messages": …}], calls=20)'
        )
    for name, value in numbers.items():
        least = 0 if name == "warm_up" else 1
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise ValueError(f"{name}={value!r}: a whole number from {least} on")


def _check_connections(client, concurrency):
    kept = client.meta.config.max_pool_connections
    if concurrency > kept:
        raise ValueError(
            f"concurrency={concurrency}: this client keeps {kept} connections, and "
            "would open the others anew for each call, which takes time. Type: "
            'session.client("bedrock-runtime", '
            f"config=Config(max_pool_connections={concurrency}))"
        )
