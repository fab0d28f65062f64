"""Whether what a learner does is kept: checks swallow it where it is not."""

import contextlib
import os
import secrets

from bedrock_helpers.checks.progress_place import (
    FILE_VARIABLE,
    progress_path,
    room_folder,
    seat_name,
    spare_path,
)
from bedrock_helpers.preflight.report import Finding

WHAT = "progress can be kept"


def progress_kept():
    """
    Write a small file where progress is kept, and take it away again.

    Returns
    -------
    Finding

    Examples
    --------
    >>> progress_kept()
    ✓ progress can be kept
    """
    if _is_nameless():
        return _bad(
            "this seat has no name",
            "the room keeps one file a seat, so the host would not see this one",
            "export BEDROCK_SEAT=3  (its number or name), then start JupyterLab anew",
        )
    path = progress_path()
    problem = _problem(path)
    if problem:
        return _bad("it is lost", f"{path}: {problem}", _cure())
    place = "in the room's folder" if spare_path() else "in a file of its own"
    return Finding(WHAT, True, place)


def _is_nameless():
    """Whether the room keeps progress, and cannot tell whose this is."""
    is_placed = os.environ.get(FILE_VARIABLE)
    return room_folder() is not None and not seat_name() and not is_placed


def _problem(path):
    """Why a file cannot be written, or "" if it can."""
    if os.path.exists(path) and not os.path.isfile(path):
        return "not a file"
    trial = path.with_name(f"{path.name}.{secrets.token_hex(4)}.trial")
    try:
        trial.write_text("{}", encoding="utf-8")
    except OSError as error:
        return error.strerror or str(error)
    finally:
        with contextlib.suppress(OSError):
            trial.unlink()
    return ""


def _cure():
    if spare_path():
        return "the host makes the room's progress_folder writable for every seat"
    return "export BEDROCK_PROGRESS_FILE=~/progress.json, then start JupyterLab anew"


def _bad(error, cause, cure):
    return Finding(WHAT, False, cause, error, cause, cure)
