"""The packages of a wheelhouse: what is there, what is damaged, what is missing."""

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from tools.wheelhouse.targets import needs

REPOSITORY = Path(__file__).resolve().parent.parent.parent
LOG = Path(".make-log") / "wheelhouse.log"
WRITABLE = "name another folder: make wheelhouse WHEELHOUSE=/media/stick/bedrock"
NO_NETWORK = (
    r"connection broken|ConnectionError|connection error|max retries|timed out"
    r"|SSLError|ProxyError"
)


class NotFetched(Exception):
    """Something could not be fetched or written; the message says what to do."""


def sha256_of(path):
    """A file's SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def wheel_of(path):
    """The package, version and tags that a wheel's name says; None if it is none."""
    try:
        name, version, _, tags = parse_wheel_filename(path.name)
    except InvalidWheelFilename:
        return None
    return (name, version), tags


def remove_unlocked(folder, entries):
    """Remove the wheels whose contents the lock does not name; their file names."""
    allowed = {}
    for entry in entries:
        allowed.setdefault(entry.key, set()).update(entry.hashes)
    removed = []
    for path in sorted(folder.glob("*.whl")):
        wheel = wheel_of(path)
        if wheel is None or sha256_of(path) not in allowed.get(wheel[0], ()):
            path.unlink()
            removed.append(path.name)
    return removed


def missing(folder, entries, target):
    """What a target needs and has no wheel of, by micro version of its Python."""
    wheels = list(filter(None, map(wheel_of, folder.glob("*.whl"))))
    there = {key for key, tags in wheels if not target.tags.isdisjoint(tags)}
    return {
        micro: [entry for entry in wanted if entry.key not in there]
        for micro, wanted in needs(entries, target).items()
    }


def fetch(folder, wanted, target):
    """
    Fetch packages that a target is missing, `wanted` by micro version of its Python.

    Raises
    ------
    NotFetched
        pip could not; the log has what it said.
    """
    for micro, entries in wanted.items():
        if entries:
            _download(folder, entries, target, micro)


def _download(folder, entries, target, micro):
    """Have pip download these packages, checked against their hashes."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        (REPOSITORY / LOG).open("w") as output,
    ):
        lock = Path(scratch) / "requirements.lock"
        lock.write_text("".join(entry.unmarked for entry in entries), encoding="utf-8")
        command = [
            *(sys.executable, "-m", "pip", "download", "--no-input", "--no-deps"),
            *("--require-hashes", "--only-binary=:all:", "--dest", str(folder)),
            *("--requirement", str(lock), *target.pip_options(micro)),
        ]
        quiet = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        done = subprocess.run(
            command, stdout=output, stderr=subprocess.STDOUT, env=quiet
        )
    if done.returncode != 0:
        said = (REPOSITORY / LOG).read_text(encoding="utf-8", errors="replace")
        raise NotFetched(explain(said, folder, target))


def explain(said, folder, target):
    """One sentence on why pip could not, and what to type."""
    again = f"make wheelhouse WHEELHOUSE={shlex.quote(str(folder.parent))}"
    package = re.search(r"No matching distribution found for (\S+)", said)
    if "DO NOT MATCH THE HASHES" in said:
        wrong = re.search(r"^ +(\S+==\S+) from ", said, re.MULTILINE)
        return (
            f"What pip downloaded for {wrong[1] if wrong else 'a package'} is not the "
            "file named in requirements.lock (its hash differs): look at "
            f"'pip config list', then type: {again}; the log is {LOG}."
        )
    if re.search("no space left on device", said, re.IGNORECASE):
        return full(folder)
    if re.search(r"read-only file system|permission denied", said, re.IGNORECASE):
        return f"{folder} cannot be written to: {WRITABLE}"
    if re.search(NO_NETWORK, said, re.IGNORECASE):
        return (
            "pip could not reach its package index: connect this computer to the "
            f"network (or set HTTPS_PROXY) and type: {again}; the log is {LOG}."
        )
    if package:
        return (
            f"pip found no wheel of {package[1]} for {target} where it is set to "
            f"look: look at 'pip config list', then type: {again}; the log is {LOG}."
        )
    return f"pip could not fetch packages: read the end of {LOG}, then type: {again}"


def full(folder):
    """What is said when there is no room left."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free_mb = shutil.disk_usage(there).free // 1_000_000
    return (
        f"No room left: {folder} has {free_mb} MB free, and one system with one Python "
        "takes 260 MB, three systems with four Pythons 1 GB (while pip works, the "
        "temporary folder too). Free some, or name another folder: make wheelhouse "
        "WHEELHOUSE=/media/stick/bedrock"
    )
