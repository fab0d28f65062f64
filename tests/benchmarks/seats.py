"""Memory and first-token times of a room's kernels: ``make bench ARGS=--seats``.

Real ipykernel processes; each opens an offline session, then all ask at the same
moment for a reply that is not stored. Memory is the sum of the processes'
proportional set sizes, in which a page that several share counts once. With
``--store`` the run is kept in ``data/room_measurements.json``.
"""

import contextlib
import datetime
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil
from jupyter_client.manager import start_new_kernel

from bedrock_helpers.data_files import data_path

STORED = "room_measurements.json"
KERNELS, SLOTS = (1, 10), (2, 4, 8)
ROUNDS, TOKENS = 3, 100
#: A room is measured again while other programs took more of the processors' time.
QUIET, TRIES, PAUSE_S = 0.05, 12, 15
_START_S = 2
_MB = 1024**2
_CONNECT = """
import json, time
import bedrock_helpers as bh
client = bh.connect("offline").client("bedrock-runtime")
def ask(text, tokens, at=0):
    time.sleep(max(0, at - time.time()))
    began = time.time()
    reply = client.converse_stream(
        modelId=bh.catalog.NOVA_MICRO,
        messages=[{"role": "user", "content": [{"text": text}]}],
        inferenceConfig={"maxTokens": tokens, "temperature": 0},
    )
    assert "just now" in bh.answered_by(reply)
    first, count = None, 0
    for event in reply["stream"]:
        if "contentBlockDelta" in event and first is None:
            first = time.time()
        if "metadata" in event:
            count = event["metadata"]["usage"]["outputTokens"]
    return [1000 * (first - began), time.time(), count]
"""


@dataclass(frozen=True)
class Room:
    """
    What was measured in one room.

    Attributes
    ----------
    model : str
        ``none`` (connected, nothing asked yet), ``own`` or ``shared``.
    kernels, slots : int
        Slots of the model server; 0 without one.
    memory_mb, weights_mb : int
        Of all its processes together, and how much of it are the weights.
    first_token_ms, slowest_first_token_ms : int or None
        Median and worst, over all kernels and rounds, all asking at once.
    tokens_per_second : int or None
        Of the whole room.
    others_cpu : float
        The share of the processors' time that other programs took meanwhile.
    """

    model: str
    kernels: int
    slots: int
    memory_mb: int
    weights_mb: int
    first_token_ms: int | None = None
    slowest_first_token_ms: int | None = None
    tokens_per_second: int | None = None
    others_cpu: float = 0

    def __str__(self):
        """A line of the table."""
        slots = self.slots or ""
        speed = [self.first_token_ms, self.slowest_first_token_ms]
        memory = self.memory_mb, self.weights_mb
        cells = [self.model, slots, self.kernels, *memory, *speed]
        return "| " + " | ".join(map(_shown, [*cells, self.tokens_per_second])) + " |"


def _shown(value):
    return "" if value is None else str(value)


def measure():
    """Every room, one after the other, each as quiet as it could be had."""
    own = {"BEDROCK_MODEL_SERVER": ""}
    for kernels in KERNELS:
        yield from _quietest(partial(_measured, kernels, "own", 0, own))
    for slots in SLOTS:
        for kernels in KERNELS:
            yield _quietest(partial(_with_server, kernels, slots))[-1]


def _quietest(measured):
    tries = []
    while len(tries) < TRIES:
        tries.append(measured())
        if tries[-1][-1].others_cpu <= QUIET:
            break
        time.sleep(PAUSE_S)
    return min(tries, key=lambda rooms: rooms[-1].others_cpu)


def _with_server(kernels, slots):
    with _model_server(slots) as (file, pid):
        variables = {"BEDROCK_MODEL_SERVER": str(file)}
        return _measured(kernels, "shared", slots, variables, (pid,))


def _measured(count, model, slots, variables, others=()):
    """The room before anything was asked, and after."""
    with contextlib.ExitStack() as opened:
        kernels = [opened.enter_context(_kernel(variables)) for _ in range(count)]
        pids = [pid for pid, _ in kernels] + list(others)
        before = Room("none", count, slots, *_memory_mb(pids))
        _all(kernels, lambda place: f"ask('Are you there? {place}', 2)")
        busy = _Busy(pids)
        rounds = [_round(kernels, number) for number in range(ROUNDS)]
        others_cpu = busy.others()
        first_ms = [first for asked, _ in rounds for first in asked]
        after = replace(
            Room(model, count, slots, *_memory_mb(pids)),
            first_token_ms=round(median(first_ms)),
            slowest_first_token_ms=round(max(first_ms)),
            tokens_per_second=round(median(speed for _, speed in rounds)),
            others_cpu=round(others_cpu, 2),
        )
        return before, after


class _Busy:
    """The share of the processors' time that other programs take."""

    def __init__(self, pids):
        self._processes = [psutil.Process(pid) for pid in (os.getpid(), *pids)]
        self._before = self._seconds()

    def others(self):
        """Since it was made."""
        every, ours, passed = map(
            lambda now, then: now - then, self._seconds(), self._before
        )
        return max(0.0, (every - ours) / (passed * os.cpu_count()))

    def _seconds(self):
        busy, ours = psutil.cpu_times(), [p.cpu_times() for p in self._processes]
        return (
            busy.user + busy.system + busy.nice,
            sum(one.user + one.system for one in ours),
            time.perf_counter(),
        )


def _round(kernels, number):
    at = time.time() + _START_S
    said = _all(kernels, lambda place: _question(number, place, at))
    seconds = max(ended for _, ended, _ in said) - at
    return [first for first, _, _ in said], sum(n for *_, n in said) / seconds


def _question(number, place, at):
    text = f"Seat {place} asks in round {number}: tell me a long story of the sea."
    return f"ask({text!r}, {TOKENS}, {at})"


def _all(kernels, code):
    """Run a line in every kernel at once; what each gave."""
    asked = [
        client.execute("", user_expressions={"it": f"json.dumps({code(place)})"})
        for place, (_, client) in enumerate(kernels)
    ]
    return [
        _value(client, number)
        for (_, client), number in zip(kernels, asked, strict=True)
    ]


def _value(client, number):
    while True:
        reply = client.get_shell_msg(timeout=600)
        if reply["parent_header"].get("msg_id") == number:
            found = reply["content"]["user_expressions"]["it"]
            assert found["status"] == "ok", found
            return json.loads(eval(found["data"]["text/plain"]))


@contextlib.contextmanager
def _kernel(variables):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    manager, client = start_new_kernel(env={**os.environ, **variables}, **quiet)
    try:
        done = client.execute_interactive(_CONNECT, output_hook=lambda _: None)
        assert done["content"]["status"] == "ok", done["content"]
        yield manager.provisioner.pid, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@contextlib.contextmanager
def _model_server(slots):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model_server.json"
        command = [sys.executable, "-m", "bedrock_helpers.offline.model_server"]
        command += ["--file", str(file), "--slots", str(slots)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            while "stops it" not in server.stdout.readline():
                assert server.poll() is None
            yield file, server.pid
            server.send_signal(signal.SIGTERM)


def _memory_mb(pids):
    """Of these processes: all of it, and the mapped weights."""
    every = [(path, size) for pid in pids for path, size in _parts(pid)]
    weights = [size for path, size in every if path.endswith(".gguf")]
    return round(sum(size for _, size in every) / _MB), round(sum(weights) / _MB)


def _parts(pid):
    """Each mapping of a process: what it maps, and its proportional size."""
    path = ""
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        words = line.split()
        if words[0] == "Pss:":
            yield path, 1024 * int(words[1])
        elif not words[0].endswith(":"):
            path = words[5] if len(words) > 5 else ""


def main(arguments):
    """Print the table; store it where that is asked for."""
    rooms = []
    print("| model | slots | kernels | MB | weights | first ms | slowest | tokens/s |")
    print("|---|---|---|---|---|---|---|---|")
    for room in measure():
        rooms.append(room)
        print(room, flush=True)
        if room.others_cpu > QUIET:
            print(f"  others took {room.others_cpu:.0%} of the processors meanwhile")
    if "--store" in arguments:
        store(rooms)


def store(rooms):
    """Keep the run, with the day and the machine."""
    path = data_path("prices.json").with_name(STORED)
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    today = datetime.date.today().isoformat()
    where = {"source": "tests/benchmarks/seats.py", "as_of": today}
    kept |= {
        "about": "Memory and first-token times of kernels with SmolLM2.",
        "as_of": today,
        "machine": _machine(),
        "versions": {n: version(n) for n in ("ipykernel", "xllamacpp", "boto3")},
        "rounds": ROUNDS,
        "tokens_a_reply": TOKENS,
        "rooms": [{**asdict(room), **where} for room in rooms],
    }
    text = json.dumps(kept, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _machine():
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":")[1].strip() for line in lines if line[:10] == "model name"]
    return {
        "processors": os.cpu_count(),
        "processor": names[0] if names else platform.machine(),
        "memory_gb": round(pages * size / 1024**3),
        "python": platform.python_version(),
    }
