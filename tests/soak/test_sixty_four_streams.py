"""64 streaming clients at once, for a minute: nothing mixed up, nothing kept.

``BEDROCK_SOAK_S`` is the number of seconds, 60 where it is not set.
"""

import contextlib
import os
import signal
import statistics
import subprocess
import sys
import threading

import psutil
import pytest
from urllib3.exceptions import HTTPError

from tests.offline.over_http import ask, until
from tests.offline.over_http import clients as clients_of
from tests.offline.programs import CLEAN, REPOSITORY
from tests.soak.load import Load, long_streams

CLIENTS = 64
#: Read when the file is: a test runs without your variables.
SECONDS = float(os.environ.get("BEDROCK_SOAK_S", "60"))
MB = 2**20
_SAMPLE_S = 0.25


@contextlib.contextmanager
def offline_bedrock():
    """The server in a process of its own, and its address."""
    command = [sys.executable, "-m", "bedrock_helpers.offline"]
    process = subprocess.Popen(
        [*command, "--port", "0", "--quiet"],
        env=CLEAN,
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process, process.stdout.readline().split()[2]
        finally:
            process.kill()


class Watch:
    """The memory, threads and open files of a process."""

    def __init__(self, process):
        self._process = psutil.Process(process.pid)
        self.memory = []

    def sample(self, seconds):
        """Sample the memory for some seconds."""
        rest = threading.Event()
        for _ in range(int(seconds / _SAMPLE_S)):
            rest.wait(_SAMPLE_S)
            self.memory.append(self._process.memory_info().rss / MB)

    def files(self):
        """How many files and connections are open."""
        return self._process.num_fds()

    def threads(self):
        """How many threads there are."""
        return self._process.num_threads()

    def children(self):
        """Processes it started."""
        return self._process.children(recursive=True)

    def growth(self):
        """Megabytes from the middle third to the last."""
        third = len(self.memory) // 3
        middle, last = self.memory[third : 2 * third], self.memory[2 * third :]
        return statistics.median(last) - statistics.median(middle)


def test_sixty_four_streams_at_once_are_right_and_leave_nothing(capsys):
    with (
        offline_bedrock() as (process, url),
        clients_of(url, max_pool_connections=CLIENTS, read_timeout=60) as client,
    ):
        runtime = client("bedrock-runtime")
        with Load(runtime, 2).running():  # the local model is loaded
            pass
        watch = Watch(process)
        files, threads = watch.files(), watch.threads()
        load = Load(runtime, CLIENTS)
        with load.running():
            watch.sample(SECONDS)
        with capsys.disabled():
            print(f"\n{summary(load, watch)}")
        assert load.wrong == []
        assert set(load.streams) == {"lesson", "words", "json", "broken off"}
        assert watch.growth() < max(20, 0.03 * watch.memory[-1])
        until(lambda: ask(runtime) and watch.threads() <= threads)
        runtime.close()
        until(lambda: watch.files() <= files)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""


def test_a_stop_in_the_middle_of_sixty_four_streams_ends_them_all():
    with (
        offline_bedrock() as (process, url),
        clients_of(url, max_pool_connections=CLIENTS, read_timeout=60) as client,
    ):
        streams = long_streams(client("bedrock-runtime"), CLIENTS)
        children = Watch(process).children()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        for stream in streams:
            with pytest.raises(HTTPError):
                stream.result(30)
        assert not any(child.is_running() for child in children)
        assert process.stderr.read() == ""


def summary(load, watch):
    """What was done, in a line."""
    total = load.streams.total()
    kinds = ", ".join(f"{count} {kind}" for kind, count in load.streams.items())
    memory = f"{watch.memory[0]:.0f} to {watch.memory[-1]:.0f} MB"
    return (
        f"{CLIENTS} clients, {SECONDS:.0f} s: {total} streams ({kinds}), "
        f"{load.pieces} events, {load.size / 1e6:.2f} MB of text; "
        f"server {memory}, {watch.growth():+.1f} MB in the last third"
    )
