"""
Gather all that the course needs in a folder, for a room without a network.

    make wheelhouse WHEELHOUSE=/media/stick/bedrock
    make wheelhouse PLATFORM="linux windows macos-arm" PYTHON_VERSIONS="3.11 3.12"

The packages of requirements.lock with their hashes, the small model's weights among
them, the course, SHA256SUMS, and START.txt with the lines to type. Run again, it
fetches what is missing and what is damaged.
"""

import argparse
import errno
import shlex
import sys
from pathlib import Path

from tools.wheelhouse.course import REPOSITORY, START, write_archive, write_start
from tools.wheelhouse.course import write_sums
from tools.wheelhouse.packages import WRITABLE, NotFetched, fetch, full, missing
from tools.wheelhouse.packages import remove_unlocked
from tools.wheelhouse.targets import PYTHON_VERSIONS, SYSTEMS, Target, choose, read_lock

LOG = Path(".make-log") / "wheelhouse.log"


def main(argv=None):
    """Fill the folder; the exit code."""
    asked = _arguments(argv)
    folder = asked.folder.expanduser()
    try:
        targets = choose(asked.platforms, asked.pythons)
        _fill(folder, targets, read_lock(REPOSITORY / "requirements.lock"))
    except (ValueError, NotFetched) as told:
        print(told, file=sys.stderr)
        return 1
    except OSError as refused:
        print(_explain(refused, folder), file=sys.stderr)
        return 1
    return 0


def _arguments(argv):
    parser = argparse.ArgumentParser(prog="make wheelhouse")
    add = parser.add_argument
    add("folder", type=Path, help="such as /media/stick/bedrock")
    add("--platforms", nargs="*", help=f"of {', '.join(SYSTEMS)}; default: this one")
    add("--pythons", nargs="*", help=f"of {', '.join(PYTHON_VERSIONS)}")
    return parser.parse_args(argv)


def _fill(folder, targets, entries):
    packages = _prepare(folder)
    if removed := remove_unlocked(packages, entries):
        print(f"Damaged, or not of this lock, and removed: {', '.join(removed)}")
    for target in targets:
        print(f"{target}: ", end="", flush=True)
        count = fetch(packages, entries, target, REPOSITORY / LOG)
        print(f"{count} packages fetched" if count else "all there already")
    if damaged := remove_unlocked(packages, entries):
        raise NotFetched(
            f"Damaged on the way to {folder}: {', '.join(damaged)}. Type 'make "
            "wheelhouse' again; if that repeats, take another stick."
        )
    own = write_archive(folder)
    write_start(folder, _covered(packages, entries))
    size_mb = write_sums(folder) / 1_000_000
    print(f"Ready: {folder}, {size_mb:.0f} MB, the course{_with(own)} included.")
    line = f"make lab WHEELHOUSE={shlex.quote(str(folder))}"
    print(f"What to type in the room is in its {START}; on this computer: {line}")


def _with(own):
    return f" and your {', '.join(own)}" if own else ""


def _prepare(folder):
    """Make the folder, or take one that this program made; its packages' folder."""
    packages = folder / "packages"
    if packages.exists() and not (folder / START).exists():
        raise NotFetched(
            f"{packages} is there already, and not from 'make wheelhouse' (no {START} "
            "beside it): name another folder, for example: make wheelhouse "
            f"WHEELHOUSE={shlex.quote(str(folder / 'bedrock'))}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / START).open("a"):
        pass  # written whole at the end; from now on this folder is known by it
    packages.mkdir(exist_ok=True)
    (REPOSITORY / LOG).parent.mkdir(exist_ok=True)
    (REPOSITORY / LOG).write_text("")
    return packages


def _covered(packages, entries):
    """Every target that finds all it needs in the folder."""
    all_targets = [Target(s, v) for s in SYSTEMS for v in PYTHON_VERSIONS]
    return [t for t in all_targets if not any(missing(packages, entries, t).values())]


def _explain(refused, folder):
    if refused.errno == errno.ENOSPC:
        return full(folder)
    if refused.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{refused.filename or folder} cannot be written to: {WRITABLE}"
    return f"{folder}: {refused}. {WRITABLE.capitalize()}"


if __name__ == "__main__":
    sys.exit(main())
