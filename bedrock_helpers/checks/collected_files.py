"""Files that participants sent: read with care, since anybody may have written them."""

import json
import os
import stat
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import unquote

from bedrock_helpers.checks.completion import KIND
from bedrock_helpers.checks.plain_words import one_line
from bedrock_helpers.checks.progress import Progress

_LARGEST_BYTES = 1_000_000
_LONGEST_NAME = 60
_MOST_ENTRIES = 1_000
#: Neither follow a link nor wait for a pipe: these come from a shared folder.
_CAREFUL = ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in _CAREFUL)


@dataclass(frozen=True)
class Sent:
    """
    One file that could be read.

    Attributes
    ----------
    file : str
    person : str
        The name in a completion record; of a progress file, the seat it is named by.
    counts : dict of str to int
        As :meth:`Progress.counts` gives them.
    progress : Progress
    last_day : str
        Empty if it is not known.
    course_version : str
        Empty for a progress file, which has none.
    """

    file: str
    person: str
    counts: dict
    progress: Progress
    last_day: str
    course_version: str


def read_folder(folder):
    """
    Every ``*.json`` of a folder that is a completion record or a progress file.

    Parameters
    ----------
    folder : str or pathlib.Path

    Returns
    -------
    sent : list of Sent
        One for each person: where several files name the same, the one with the
        most passed, of these the latest.
    said : list of str
        A sentence for every file that is not counted, with the reason.

    Raises
    ------
    ValueError
        If there is no such folder, or it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read_folder(folder)
    ([], [])
    """
    found, said = [], []
    for path in _json_files(folder):
        try:
            found.append(_read(path))
        except ValueError as reason:
            said.append(f"{one_line(path.name)}: not counted: {reason}.")
    return _one_each(found, said), said


def _json_files(folder):
    line = "Type: make roll-up FOLDER=path/of/the/folder"
    place = os.path.expanduser(folder)
    if not os.path.isdir(place):
        raise ValueError(f"{one_line(folder)!r} is no folder that is there. {line}")
    try:
        return sorted(p for p in Path(place).iterdir() if p.suffix.lower() == ".json")
    except OSError as error:
        words = f"{one_line(folder)!r} cannot be read ({error.strerror})"
        raise ValueError(f"{words}. {line}") from None


def _one_each(found, said):
    """The best file of each person; the others are said."""
    best = {}
    for one in found:
        best.setdefault(_same_name(one.person), []).append(one)
    for several in best.values():
        several.sort(key=lambda one: (one.counts["passed"], one.last_day), reverse=True)
        for other in several[1:]:
            said.append(
                f"{other.file}: not counted: {several[0].file} is also of "
                f"{other.person}, with as many passed or more."
            )
    return sorted((several[0] for several in best.values()), key=lambda s: s.person)


def _same_name(person):
    return " ".join(unicodedata.normalize("NFKC", person).casefold().split())


def _read(path):
    """One file, or a ValueError with the reason."""
    content = _json_of(path)
    if not isinstance(content, dict):
        raise ValueError("it is JSON, but neither a record nor a progress file")
    is_record = content.get("kind") == KIND
    progress = Progress(
        _checks(content),
        {} if is_record else _part(content, "predictions"),
        passed_on=_part(content, "passed_on"),
    )
    name = _name_in(content) if is_record else _seat_of(path)
    version = content.get("course_version", "") if is_record else ""
    counts = progress.counts() | (_counts_in(content) if is_record else {})
    return Sent(
        file=one_line(path.name),
        person=one_line(name, _LONGEST_NAME),
        counts=counts,
        progress=progress,
        last_day=_last_day(content, progress),
        course_version=one_line(version, 20) if isinstance(version, str) else "",
    )


def _json_of(path):
    try:
        raw = _bytes_of(path)
    except OSError as error:
        raise ValueError(f"it cannot be read ({error.strerror})") from None
    if len(raw) > _LARGEST_BYTES:
        raise ValueError(f"it is larger than {_LARGEST_BYTES:,} bytes")
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON, or was cut short") from None


def _bytes_of(path):
    """Its bytes, one more than are allowed at most."""
    handle = os.open(path, _FLAGS)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ValueError("it is not a file")
        with open(handle, "rb", closefd=False) as file:
            return file.read(_LARGEST_BYTES + 1)
    finally:
        os.close(handle)


def _checks(content):
    if "checks" not in content:
        raise ValueError("it is JSON, but neither a record nor a progress file")
    checks = _part(content, "checks")
    odd = next((n for n, v in checks.items() if not isinstance(v, bool)), None)
    if odd is not None:
        raise ValueError(f"its check {one_line(odd, 40)!r} is neither true nor false")
    return checks


def _part(content, name):
    part = content.get(name, {})
    if not isinstance(part, dict) or len(part) > _MOST_ENTRIES:
        raise ValueError(f"its {name} are not what the course writes")
    return part


def _seat_of(path):
    """Whose progress file this is, as far as its name tells."""
    stem = path.stem.removeprefix(".bedrock_progress").lstrip(".") or path.stem
    return unquote(stem)


def _name_in(content):
    name = content.get("name")
    if not isinstance(name, str) or not name.strip():
        raise ValueError("it has no name")
    return " ".join(name.split())


def _counts_in(content):
    """How many predictions a record says were made and right: it has no guesses."""
    counts = _part(content, "counts")
    said = {name: counts.get(name) for name in ("made", "right", "predictions")}
    if not all(type(n) is int and 0 <= n <= _MOST_ENTRIES for n in said.values()):
        raise ValueError("its counts are not what the course writes")
    return said


def _last_day(content, progress):
    days = [content.get("last_day"), *progress.passed_on.values()]
    return max(filter(_is_day, days), default="")


def _is_day(value):
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
