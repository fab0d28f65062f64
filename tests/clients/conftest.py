"""The offline Bedrock on a port, and clients in processes of their own."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bedrock_helpers.catalog import CLAUDE_HAIKU_4_5, GPT_OSS_20B, NOVA_MICRO, id_for
from bedrock_helpers.data_files import load_json

REPOSITORY = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent
CLIENTS = REPOSITORY / ".venv-clients" / "bin"
#: What the programs ask with, and the answer that one question has.
ASKED = {
    "nova": NOVA_MICRO,
    "haiku": id_for(CLAUDE_HAIKU_4_5, "us-east-1"),
    "gpt_oss": GPT_OSS_20B,
    "question": "In one sentence: what is Amazon Bedrock?",
    "max_tokens": 60,
}
NOTHING_GOES_OUT = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "127.0.0.1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
}


def environment(home, **variables):
    """What a process needs, and nothing of yours."""
    needed = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONUTF8": "1"}
    return needed | NOTHING_GOES_OUT | variables


def exported(lines):
    """The variables a server tells its user to export."""
    found = {}
    while "AWS_DEFAULT_REGION" not in found:
        line = next(lines, None)
        assert line is not None, "the server stopped before it said what to export"
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").strip().partition("=")
            found[name] = value
    return found


@contextlib.contextmanager
def offline_bedrock(home, *options):
    """`python -m bedrock_helpers.offline`; the variables it says to export."""
    log = home / "server.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "bedrock_helpers.offline", "--port", "0", *options],
            env=environment(home),
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        with process:
            try:
                yield exported(process.stdout)
            finally:
                process.terminate()
    assert "Traceback" not in log.read_text(), log.read_text()[-3000:]
    assert process.returncode == 0


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """A home without AWS files."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def server(home):
    """An offline Bedrock that all clients share: the variables that lead to it."""
    with offline_bedrock(home) as variables:
        yield variables


def skip_or_fail(missing):
    """Skip, but not in CI."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)


def run(command, variables, home):
    """Run one client, with these variables."""
    return subprocess.run(
        command,
        env=environment(home, **variables),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
    )


def installed(program):
    """The path of a program of the Python clients."""
    path = CLIENTS / program
    if not path.exists():
        skip_or_fail("the clients are not installed; type: make client-tests")
    return path


class Seen:
    """What the cases of a program saw: ``seen("a_case")``."""

    def __init__(self, done):
        assert done.returncode == 0, done.stderr[-3000:]
        self._cases = json.loads(done.stdout.splitlines()[-1])

    def __call__(self, case):
        found = self._cases[case]
        assert "raised" not in found, found["raised"]
        return found["saw"]


@pytest.fixture(scope="session")
def run_python(server, home):
    """Run a program of `programs/` with the Python clients; what its cases saw."""

    def run_it(name, **variables):
        program = HERE / "programs" / name
        command = [installed("python"), program, json.dumps(ASKED)]
        return Seen(run(command, server | variables, home))

    return run_it


@pytest.fixture(scope="session")
def run_javascript(server, home):
    """Run a program of `javascript/` with Node.js; what its cases saw."""

    def run_it(name, *arguments):
        installed = HERE / "javascript" / "node_modules" / ".installed-from"
        if not (shutil.which("node") and installed.exists()):
            skip_or_fail("no Node.js 20 or newer when `make client-tests` installed")
        command = ["node", HERE / "javascript" / name, json.dumps(ASKED), *arguments]
        return Seen(run(command, server, home))

    return run_it


@pytest.fixture(scope="session")
def lesson_reply():
    """The stored reply to the question of `ASKED`."""
    replies = load_json("lesson_replies.json")["replies"]
    wanted = [{"role": "user", "content": [{"text": ASKED["question"]}]}]
    return next(r for r in replies if r.get("request", {}).get("messages") == wanted)
