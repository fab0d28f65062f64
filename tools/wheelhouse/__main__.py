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

from tools.wheelhouse import course, packages
from tools.wheelhouse.packages import LOG, REPOSITORY, WRITABLE, NotFetched
from tools.wheelhouse.targets import PYTHON_VERSIONS, SYSTEMS, Target, choose, read_lock


def main(argv=None):
    """Fill the folder; the exit code."""
    asked = _arguments(argv)
    folder = asked.folder.expanduser()
    try:
        targets = choose(asked.platforms, asked.pythons)
        _fill(folder, targets, read_lock(course.committed_lock()))
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
    wheels = _prepare(folder)
    if removed := packages.remove_unlocked(wheels, entries):
        print(f"Damaged, or not of this lock, and removed: {', '.join(removed)}")
    for target in targets:
        wanted = packages.missing(wheels, entries, target)
        count = sum(map(len, wanted.values()))
        to_do = f"fetching {count} packages (log: {LOG})" if count else "all there"
        print(f"{target}: {to_do}", flush=True)
        packages.fetch(wheels, wanted, target)
    if damaged := packages.remove_unlocked(wheels, entries):
        raise NotFetched(
            f"Damaged on the way to {folder}: {', '.join(damaged)}. Type 'make "
            "wheelhouse' again; if that repeats, take another stick."
        )
    _finish(folder, entries)


def _finish(folder, entries):
    """Write what is not packages, and say what there is."""
    has_room = course.write_archive(folder)
    course.write_start(folder, _covered(folder / "packages", entries))
    size_mb = course.write_sums(folder) / 1_000_000
    room = f" and your {course.ROOM}" if has_room else ""
    print(f"Ready: {folder}, {size_mb:.0f} MB, the course{room} included.")
    if changed := course.uncommitted():
        print(f"Without what git has not committed here ({len(changed)} files).")
    line = f"make lab WHEELHOUSE={shlex.quote(str(folder))}"
    print(f"What to type in the room is in {course.START}; on this computer: {line}")


def _prepare(folder):
    """Make the folder, or take one that this program made; where its packages go."""
    wheels = folder / "packages"
    start = folder / course.START
    if theirs := _in_the_way(start, wheels):
        raise NotFetched(
            f"{theirs} is there already, and not from 'make wheelhouse': name another "
            "folder: make wheelhouse "
            f"WHEELHOUSE={shlex.quote(str(folder / 'bedrock'))}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    with start.open("a"):
        pass  # written whole at the end; from now on this folder is known by it
    wheels.mkdir(exist_ok=True)
    (REPOSITORY / LOG).parent.mkdir(exist_ok=True)
    return wheels


def _in_the_way(start, wheels):
    """What is there already and not from this program, if anything."""
    if start.exists():
        return None if course.is_own_start(start) else start
    return wheels if wheels.exists() else None


def _covered(wheels, entries):
    """Every target that finds all it needs in the folder."""
    targets = [Target(s, v) for s in SYSTEMS for v in PYTHON_VERSIONS]
    return [
        t for t in targets if not any(packages.missing(wheels, entries, t).values())
    ]


def _explain(refused, folder):
    if refused.errno == errno.ENOSPC:
        return packages.full(folder)
    if refused.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{refused.filename or folder} cannot be written to: {WRITABLE}"
    if isinstance(refused, (NotADirectoryError, FileExistsError)):
        return f"{folder} is not a folder: {WRITABLE}"
    return f"{refused}: {WRITABLE}"


if __name__ == "__main__":
    sys.exit(main())
