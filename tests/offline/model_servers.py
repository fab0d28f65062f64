"""A model server for tests, what it counts, and kernels that ask it."""

import contextlib
import json
import subprocess
import sys
import urllib.request

from bedrock_helpers.offline.parameters import Sampling
from tests.offline.programs import CLEAN, REPOSITORY

SERVER_VARIABLE = "BEDROCK_MODEL_SERVER"
#: What SmolLM2 goes on with, at temperature 0, for as long as it may.
ENDLESS, LONG = "0, " * 8, Sampling(4000, 0, 1)
_COUNTED = "llamacpp:"
_TURNS = 20_000


def counts(file):
    """What llama.cpp counts: requests being answered, waiting, tokens made, …"""
    where = json.loads(file.read_text())
    headers = {"Authorization": f"Bearer {where['key']}"}
    request = urllib.request.Request(where["address"] + "/metrics", headers=headers)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=60) as reply:
        lines = reply.read().decode().splitlines()
    pairs = [line.split() for line in lines if line.startswith(_COUNTED)]
    return {name.removeprefix(_COUNTED): float(value) for name, value in pairs}


def until(file, **wanted):
    """Ask again and again until it counts so many, such as requests_deferred=2."""
    for _ in range(_TURNS):
        found = counts(file)
        if all(found[name] == value for name, value in wanted.items()):
            return
    raise AssertionError(f"wanted {wanted}, it counts {found}")


@contextlib.contextmanager
def running(*options, **variables):
    """`python -m bedrock_helpers.offline.model_server`, once it is ready."""
    command = [sys.executable, "-m", "bedrock_helpers.offline.model_server", *options]
    process = subprocess.Popen(
        command,
        env={**CLEAN, **variables},
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            process.printed = []
            for line in process.stdout:
                process.printed.append(line)
                if line.startswith("Ctrl+C"):
                    break
            yield process
        finally:
            process.kill()


def kernel(program, file, **variables):
    """A Python process that uses a model server; its output, when it has ended."""
    return subprocess.Popen(
        [sys.executable, "-c", program],
        env={**CLEAN, SERVER_VARIABLE: str(file), **variables},
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
