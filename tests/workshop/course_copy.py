"""A copy of the course to type a guide's commands in; the checkout stays as it is."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.workshop.guide import REPOSITORY

LONGEST_S = 300
LEFT_OUT = ("AWS_", "BEDROCK_", "JUPYTER", "MAKE", "MFLAGS", "WHEELHOUSE", "ARGS")
#: What stays in the foreground until Ctrl+C, and what it prints when it is there: the
#: address that answers, or the file it has written.
SERVERS = {
    "make lab": r"(http://(?:localhost|127\.0\.0\.1):\d+)/lab",
    "make playground": r"(http://(?:localhost|127\.0\.0\.1):\d+)/lab",
    "make serve": r"(http://127\.0\.0\.1:\d+)",
    "make model-server": r"export BEDROCK_MODEL_SERVER=(\S+)",
}


def make_copy(folder):
    """The course's files as they are now, and a .venv that lends our packages."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        source, target = REPOSITORY / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    _keep_in_git(folder)
    _lend_packages(folder)
    return folder


def _keep_in_git(folder):
    """A clone's state: `make wheelhouse` takes the course from git."""
    host = ["-c", "user.name=host", "-c", "user.email=host@example.com"]
    for words in (
        ["init", "--quiet"],
        ["add", "--all"],
        [*host, "-c", "commit.gpgsign=false", "commit", "--quiet", "-m", "the course"],
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)


def _lend_packages(folder):
    """A .venv of its own that ``make`` takes for installed, so it installs nothing."""
    venv = folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (own,) = venv.glob("lib/python*/site-packages")
    ours = sysconfig.get_paths()["purelib"]
    lines = f"{folder}\nimport site; site.addsitedir({ours!r})\n"
    (own / "course.pth").write_text(lines)
    for name in ("share", "etc"):  # JupyterLab's page, and the kernel
        if (Path(sys.prefix) / name).exists():
            (venv / name).symlink_to(Path(sys.prefix) / name)
    stamp = 'echo "$PWD $(cat requirements.lock pyproject.toml | cksum)"'
    made = subprocess.run(["sh", "-c", stamp], cwd=folder, capture_output=True)
    (venv / ".installed-from").write_bytes(made.stdout)


#: Whoever else listens on the port of `make serve` fails no test. (JupyterLab takes
#: another port by itself, and words typed on the line go before this variable.)
ANY_FREE_PORT = {"make serve": {"ARGS": "--port 0"}}


class Terminal:
    """Where commands are typed: a folder, and variables like those of a new login."""

    def __init__(self, folder, scratch, **variables):
        self.folder, self.scratch = folder, scratch
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(LEFT_OUT)
        }
        jupyter = {
            f"JUPYTER_{kind}_DIR": str(scratch / kind.lower())
            for kind in ("CONFIG", "DATA", "RUNTIME")
        }
        jupyter["IPYTHONDIR"] = str(scratch / "ipython")  # else a history at home
        browser = {"BROWSER": "true"}  # a program that opens nothing
        self.environment = kept | jupyter | browser | variables

    def type(self, commands):
        """Type commands one after the other; servers are stopped at the end."""
        with contextlib.ExitStack() as running:
            for command in commands:
                server = next((s for s in SERVERS if command.startswith(s)), None)
                if server:
                    running.enter_context(self._serving(command, SERVERS[server]))
                else:
                    self._run(command)

    def _run(self, command):
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
        )
        said = f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
        assert done.returncode == 0, f"{command}: exit code {done.returncode}\n{said}"

    @contextlib.contextmanager
    def _serving(self, command, printed):
        log = self.scratch / "server.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                ["sh", "-c", command],
                cwd=self.folder,
                env=ANY_FREE_PORT.get(command, {}) | self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                self._wait_until_there(command, process, log, printed)
                yield
            finally:
                _end(process)

    def _wait_until_there(self, command, process, log, printed):
        deadline = time.monotonic() + LONGEST_S
        while time.monotonic() < deadline and process.poll() is None:
            found = re.search(printed, log.read_text())
            if found and _is_there(found[1]):
                return
            time.sleep(0.1)
        raise AssertionError(
            f"{command}: it does not answer\n{log.read_text()[-3000:]}"
        )


def _is_there(place):
    if not place.startswith("http"):
        return Path(place).is_file()
    try:
        urllib.request.urlopen(place, timeout=5).close()
    except urllib.error.HTTPError:
        return True  # it said no, and so it is there
    except OSError:
        return False
    return True


def _end(process):
    """Ctrl+C; whoever asks whether that is meant is told so, louder each time."""
    for loud in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(process.pid, loud)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
            return
