"""A completion record: a small file for a host, and a page to print or keep."""

import json
import re
from itertools import chain, count
from pathlib import Path

from bedrock_helpers.checks.plain_words import one_line
from bedrock_helpers.checks.progress import counted
from bedrock_helpers.checks.progress_file import today, write_whole
from bedrock_helpers.checks.progress_page import exercises_table, text

#: What tells a record from any other JSON.
KIND = "bedrock course: completion record"
_ABOUT = (
    "Made on the participant's own machine, from their own checks, with the name "
    "they typed. It proves nobody's identity, and anyone who can write a text file "
    "can write one like it."
)
_LONGEST_NAME = 100
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>Completion record</title>
<style>
body {{ font: 16px/1.5 sans-serif; color: #111; background: #fff;
       max-width: 60em; margin: 3em auto; padding: 0 1em }}
table {{ border-collapse: collapse; width: 100% }}
tr {{ border-bottom: 1px solid #ccc; break-inside: avoid }}
</style></head><body>
<h1>Amazon Bedrock, a course in notebooks: completion record</h1>
<p>of <strong dir="auto">{name}</strong>, on {day} (UTC), with edition {version}</p>
<p>{counts}</p>
{table}
<p><small>{about}</small></p>
</body></html>
"""


class CompletionRecord:
    """
    A record just written.

    Attributes
    ----------
    path : pathlib.Path
        The file to send.
    page : pathlib.Path
        The page to keep.
    """

    def __init__(self, path, page, said):
        self.path, self.page, self._said = path, page, said

    def __fspath__(self):
        """The file to send, for ``open`` and the like."""
        return str(self.path)

    def __repr__(self):
        """What was written, and what to do with it."""
        return (
            f"{self._said}\n"
            f"  {self.path.name}: send this file to your host.\n"
            f"  {self.page.name}: open it in a browser to print or keep it.\n"
            "Made on your own machine from your own checks: no proof of who you are."
        )


def write_record(progress, name, folder="."):
    """
    Write both files; what :meth:`Progress.record` does.

    They take the place of an earlier record of the same name, and of nobody else's.

    There is no checksum in them: a file cut short is no JSON any more, and whoever
    changes a number could change a checksum too. Of guesses the file has only the
    counts, since a guess may be any words.

    Parameters
    ----------
    progress : Progress
    name : str
    folder : str or pathlib.Path

    Returns
    -------
    CompletionRecord

    Raises
    ------
    ValueError
        If the name is empty or no text, or there is no such folder.
    OSError
        If the folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from bedrock_helpers.checks.progress import Progress
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_record(Progress(), "Ada Lovelace", folder)
    Ada Lovelace: Exercises passed: 0 of ... Predictions made: 0 of ..., right: 0.
      completion_ada_lovelace.json: send this file to your host.
      completion_ada_lovelace.html: open it in a browser to print or keep it.
    Made on your own machine from your own checks: no proof of who you are.
    """
    name, folder = _checked_name(name), _checked_folder(folder)
    said = record_of(progress, name)
    path = _path_for(folder, name)
    page = path.with_suffix(".html")
    write_whole(path, json.dumps(said, indent=1))
    write_whole(page, _page(progress, said))
    return CompletionRecord(path, page, f"{name}: {counted(progress.counts())}")


def record_of(progress, name):
    """
    What a completion record says, before it is a file.

    Parameters
    ----------
    progress : Progress
    name : str

    Returns
    -------
    dict

    Examples
    --------
    >>> from bedrock_helpers.checks.progress import Progress
    >>> record_of(Progress({"01-form": True}), "Ada")["notebooks"][0]
    {'notebook': '01 · Set-up and model access', 'passed': 1, 'exercises': 4}
    """
    import bedrock_helpers

    return {
        "kind": KIND,
        "about": _ABOUT,
        "name": name,
        "course_version": bedrock_helpers.__version__,
        "day": today(),
        "last_day": progress.last_day,
        "counts": progress.counts(),
        "notebooks": [
            {
                "notebook": lesson.title,
                "passed": sum(one.state == "passed" for one in exercises),
                "exercises": len(exercises),
            }
            for lesson, exercises, _ in progress.by_lesson()
        ],
        "checks": {name: value is True for name, value in progress.checks.items()},
        "passed_on": progress.passed_on,
    }


def _page(progress, said):
    return _PAGE.format(
        name=text(said["name"]),
        day=text(said["day"]),
        version=text(said["course_version"]),
        counts=text(counted(said["counts"])),
        table=exercises_table(progress),
        about=text(said["about"]),
    )


def _checked_name(name):
    line = 'Type: bh.progress().record(name="…")'
    if not isinstance(name, str):
        raise ValueError(f"name={one_line(repr(name))}: a text is wanted. {line}")
    shown = one_line(" ".join(name.split()), _LONGEST_NAME)
    if not shown:
        raise ValueError(
            f"name={one_line(repr(name))}: a record needs a name to be told by; "
            f"any will do. {line}"
        )
    return shown


def _checked_folder(folder):
    path = Path(folder)
    if not path.is_dir():
        raise ValueError(
            f"folder={one_line(folder)!r} is no folder that is there. "
            'Type: bh.progress().record(name="…", folder=".")'
        )
    return path


def _path_for(folder, name):
    """The person's own earlier record, else a name that no other record has."""
    stem = f"completion_{_as_file_name(name)}"
    numbered = (f"{stem}_{number}" for number in count(2))
    for file_name in chain([stem], numbered):
        path = folder / f"{file_name}.json"
        if not path.exists() or _name_in(path) == name:
            return path


def _name_in(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))["name"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _as_file_name(name):
    """Letters and digits of any script, with a line between words."""
    return re.sub(r"[\W_]+", "_", name.lower()).strip("_")[:40] or "unnamed"
