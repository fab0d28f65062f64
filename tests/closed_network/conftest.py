"""A filled wheelhouse, and a network with nothing but this machine's loopback."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent
CLOSED = HERE / "closed.py"
SETTINGS = ("AWS_", "BEDROCK_", "PIP_", "JUPYTER", "MAKE", "MFLAGS", "WHEELHOUSE")
TIMEOUT_S = 600  # nobody waits for it but a test that hangs
#: The Python that .venv was made of: its wheels are those in the wheelhouse.
BASE_PYTHON = os.path.realpath(sys.executable)


def skip_or_fail(missing):
    """Skip, but not in CI."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)


def closed_command():
    """What makes a closed network: unshare, as root or as its own root; or None."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if shutil.which("unshare") is None:
        return None
    command = ["unshare", "-n" if as_root else "-rn", sys.executable, str(CLOSED)]
    tried = subprocess.run([*command, "true"], capture_output=True)
    return command if tried.returncode == 0 else None


def settings(home, **variables):
    """The variables of a new participant: none of pip, Jupyter, AWS or the course."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(SETTINGS)}
    kept.pop("VIRTUAL_ENV", None)
    no_config = {"PIP_CONFIG_FILE": os.devnull}  # nor that of a machine's index
    return kept | no_config | {"HOME": str(home), "PYTHON": BASE_PYTHON} | variables


@pytest.fixture(scope="session")
def closed():
    """Run a command where there is no network; what it printed, and its exit code."""
    prefix = closed_command()
    if prefix is None:
        skip_or_fail("no network namespaces: 'unshare -rn true' does not run here")

    def run(command, folder, environment):
        return subprocess.run(
            [*prefix, *map(str, command)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
        )

    return run


@pytest.fixture(scope="session")
def stick(closed, tmp_path_factory):
    """A folder that `make wheelhouse` has filled from the package index."""
    folder = tmp_path_factory.mktemp("a stick") / "bedrock course"
    done = subprocess.run(
        ["make", "wheelhouse", f"WHEELHOUSE={folder}"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    if "connect this computer to the network" in done.stderr:
        skip_or_fail("no package index can be reached to fill a wheelhouse from")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def lines_to_type(stick):
    """The lines of START.txt: those for Linux, and those for Windows."""
    text = (stick / "START.txt").read_text(encoding="utf-8")
    linux, windows = text.split("LINUX, MACOS.")[1].split("WINDOWS.")
    return [re.findall(r"^    (.+)$", part, re.MULTILINE) for part in (linux, windows)]


@pytest.fixture(scope="session")
def start_lines(stick):
    """The lines for Linux: unpack, open, open again, and three without make."""
    return lines_to_type(stick)[0]


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """A home with nothing in it."""
    return tmp_path_factory.mktemp("a new home")


@pytest.fixture(scope="session")
def course(closed, stick, start_lines, home):
    """The course, unpacked into that home by the first line of START.txt."""
    done = closed(["sh", "-c", start_lines[0]], stick, settings(home))
    assert done.returncode == 0, done.stderr
    return home / "bedrock-course"


def copy_of(folder, target):
    """A copy in no time: its files are the same files, until one is replaced."""
    return shutil.copytree(folder, target, copy_function=os.link)


def damage(path):
    """Replace a file by its first half."""
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(whole[: len(whole) // 2])
