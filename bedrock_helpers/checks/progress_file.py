"""The progress file: read, added to, never half written, and never emptied."""

import json
import os
import secrets
import time
from datetime import UTC, datetime

from bedrock_helpers.checks.file_lock import locked
from bedrock_helpers.checks.plain_words import one_line
from bedrock_helpers.checks.progress_place import progress_path, spare_path

#: Longer guesses are kept shortened: a file stays small enough to be sent.
_LONGEST_GUESS = 500
_DEEPEST = 100
_PARTS = ("checks", "predictions", "passed_on")


def today():
    """
    The day in UTC, such as ``"2026-11-25"``.

    Examples
    --------
    >>> len(today())
    10
    """
    return datetime.now(UTC).date().isoformat()


def read_content(path):
    """
    What a progress file holds, and what is wrong with it.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    content : dict
        With ``checks``, ``predictions`` and ``passed_on``, each a dict, and
        whatever else the file has; these are empty if it cannot be read.
    problem : str
        Empty when the file is in order, or there is none.

    Examples
    --------
    >>> from pathlib import Path
    >>> read_content(Path("there is no such file"))
    ({'checks': {}, 'predictions': {}, 'passed_on': {}}, '')
    """
    try:
        if path.exists() and not path.is_file():
            return _completed({}), "is not a file"
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return _completed({}), ""
    except OSError as error:
        return _completed({}), f"cannot be read ({error.strerror})"
    except ValueError:
        return _completed({}), "is not in UTF-8"
    try:
        content = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        return _completed({}), "is no JSON"
    if not _is_progress(content):
        return _completed({}), "is JSON, but no progress"
    return _completed(content), ""


def _is_progress(content):
    return (
        isinstance(content, dict)
        and all(isinstance(content.get(part, {}), dict) for part in _PARTS)
        and not _is_deeper(content, _DEEPEST)
    )


def _is_deeper(value, levels):
    """Whether a value is nested so deep that it could not be written again."""
    inner = value.values() if isinstance(value, dict) else value
    return isinstance(value, dict | list) and (
        levels == 0 or any(_is_deeper(one, levels - 1) for one in inner)
    )


def _completed(content):
    return {part: {} for part in _PARTS} | content


def merged(content, other):
    """
    Everything that either of two files holds.

    A pass goes before a try, the earlier day of a pass before the later one; of two
    guesses, and of what else differs, the other's is kept.

    Parameters
    ----------
    content, other : dict
        As :func:`read_content` gives them.

    Returns
    -------
    dict

    Examples
    --------
    >>> one = {"checks": {"a": True}, "predictions": {}, "passed_on": {}}
    >>> two = {"checks": {"a": False, "b": False}, "predictions": {}, "passed_on": {}}
    >>> merged(one, two)["checks"]
    {'a': True, 'b': False}
    """
    both = {**content, **other}
    for part in _PARTS:
        both[part] = {**content[part], **other[part]}
    passed = {name for name, value in content["checks"].items() if value is True}
    both["checks"] |= dict.fromkeys(passed, True)
    for name, day in content["passed_on"].items():
        both["passed_on"][name] = min(day, other["passed_on"].get(name, day), key=str)
    days = [one["last_day"] for one in (content, other) if "last_day" in one]
    return both | ({"last_day": max(days, key=str)} if days else {})


def note(kind, name, value):
    """
    Add one result to the progress file; a file that cannot be written is no error.

    Parameters
    ----------
    kind : {"checks", "predictions"}
    name : str
    value : bool or dict
        A check once passed stays passed. What JSON cannot hold is kept as its text,
        and what is longer than 500 characters is shortened.
    """
    spare = spare_path()
    for path in (progress_path(), spare):
        try:
            if path is not None:
                _add(path, spare if path != spare else None, kind, str(name), value)
                return
        except OSError:
            pass


def _add(path, spare, kind, name, value):
    """Write one result; what the spare file holds moves to its place."""
    if spare is not None and spare.is_file():
        with locked(path), locked(spare):
            kept = _unspoilt(spare)
            _write(path, merged(_unspoilt(path), kept), kind, name, value)
            spare.unlink(missing_ok=True)
        return
    with locked(path):
        _write(path, _unspoilt(path), kind, name, value)


def _unspoilt(path):
    """What a file holds; one that cannot be read is set aside, not written over."""
    content, problem = read_content(path)
    if problem and not path.is_file():
        raise OSError(f"{path.name} {problem}")  # such as /dev/null: left as it is
    if problem:
        os.replace(path, _free_name(path))
    return content


def damaged_beside(path):
    """
    The files set aside beside a progress file.

    Examples
    --------
    >>> from pathlib import Path
    >>> damaged_beside(Path("there is no such file"))
    []
    """
    found = path.parent.glob(f"{_literal(path.name)}.damaged*")
    try:
        return sorted(found)
    except OSError:
        return []


def _literal(name):
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _free_name(path):
    name, number = path.with_name(f"{path.name}.damaged"), 1
    while name.exists():
        number += 1
        name = path.with_name(f"{path.name}.damaged{number}")
    return name


def _write(path, content, kind, name, value):
    if kind == "checks":
        passed_before = content["checks"].get(name) is True
        if value is True and not passed_before:
            content["passed_on"][name] = today()
        value = value is True or passed_before
    elif isinstance(value, dict):
        value = {str(field): _kept(inner) for field, inner in value.items()}
    else:
        value = _kept(value)
    content[kind][name] = value
    content["last_day"] = today()
    write_whole(path, json.dumps(content, indent=1))


def _kept(value):
    """A value as JSON holds it; what it cannot hold, or too long, as a text."""
    try:
        text = json.dumps(value, default=_plain)
        if len(text) <= _LONGEST_GUESS:
            return json.loads(text)
    except Exception:  # whatever an object of the learner's own does when read
        pass
    return one_line(value, _LONGEST_GUESS)


def _plain(value):
    """A number of NumPy's as Python's own; all else as its text."""
    return value.item() if hasattr(value, "item") else str(value)


def write_whole(path, text):
    """
    Swap a whole file in one step, so that it is never half written.

    Parameters
    ----------
    path : pathlib.Path
    text : str

    Raises
    ------
    OSError
        If it cannot be written; nothing is left behind then.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        with open(draft, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        _swap(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _swap(draft, path):
    """Replace; Windows refuses while somebody reads, which does not last."""
    for _ in range(5):
        try:
            return os.replace(draft, path)
        except PermissionError:
            time.sleep(0.02)
    os.replace(draft, path)
