"""What a workshop's host sets for a whole room: one file, or one variable.

A cell's own words go first, then single variables such as ``BEDROCK_MODE``, then
the room, then the course's defaults. A session whose mode the cell itself gives as
``"offline"`` takes nothing from the room: such a cell means what it says.
"""

import os
import re
import shlex
import tomllib
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path

from bedrock_helpers.exact_numbers import require

#: A file's path, or settings with spaces between: ``mode=live budget_usd=0.5``.
#: Empty: no room, whatever file there is.
ROOM_VARIABLE = "BEDROCK_ROOM"
#: The file that is looked for at the top of a checkout.
ROOM_FILE = "room.toml"
MODES = ("offline", "live")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_PATHS = ("progress_folder", "model_server")


@dataclass(frozen=True)
class Room:
    """
    A room's settings; None where it leaves one open.

    Attributes
    ----------
    source : str
        Where they stand, in words.
    name : str or None
        What the session's last line calls the room.
    mode : {"offline", "live"} or None
    region_name : str or None
    budget_usd : decimal.Decimal or None
        Most dollars each session may spend.
    progress_folder : str or None
        Where each seat keeps a progress file, for the host to read.
    model_server : str or None
        The file of a model server that this machine's kernels share.
    """

    source: str
    name: str | None = None
    mode: str | None = None
    region_name: str | None = None
    budget_usd: Decimal | None = None
    progress_folder: str | None = None
    model_server: str | None = None


_SHOWN = {"mode": "mode", "region_name": "Region", "budget_usd": "budget"}
_NAMES = [field.name for field in fields(Room)][1:]


def read_room():
    """
    The room this process is in.

    Returns
    -------
    Room or None
        None without a variable and without a file.

    Raises
    ------
    ValueError
        For a file that cannot be read and a setting that is not allowed; the message
        says what is, and the line to type.

    Examples
    --------
    >>> os.environ["BEDROCK_ROOM"] = "name=Tuesday mode=offline budget_usd=0.50"
    >>> room = read_room()
    >>> room.name, room.mode, room.budget_usd
    ('Tuesday', 'offline', Decimal('0.50'))
    >>> os.environ["BEDROCK_ROOM"] = ""
    >>> read_room() is None
    True
    """
    given = os.environ.get(ROOM_VARIABLE)
    if given is None:
        path = _of_the_checkout()
        return path and _from_file(path, ROOM_FILE)
    if not given.strip():
        return None
    if "=" in given and not os.path.isfile(given):  # too long for a path is no error
        return _checked(ROOM_VARIABLE, _pairs(given), Path.cwd())
    return _from_file(Path(given), f"{Path(given).name} ({ROOM_VARIABLE})")


def settle(room, asked):
    """
    What was asked for, completed by the room.

    Parameters
    ----------
    room : Room or None
    asked : dict
        ``mode``, ``region_name`` and ``budget_usd``; None where nobody has said.

    Returns
    -------
    dict, str
        The settings, and a line that says which of them the room decided ("" where
        it decided none).

    Examples
    --------
    >>> settle(Room("room.toml", "Tuesday", mode="live"), {"mode": None})
    ({'mode': 'live'}, 'Tuesday: the mode is from room.toml.')
    """
    open_ones = [name for name, value in asked.items() if value is None]
    decided = {
        name: getattr(room, name)
        for name in open_ones
        if getattr(room, name, None) is not None
    }
    return {**asked, **decided}, _words(room, [_SHOWN[name] for name in decided])


def _words(room, decided):
    if not decided:
        return ""
    *others, last = decided
    listed = f"{', '.join(others)} and {last}" if others else last
    verb = "are" if others else "is"
    return f"{room.name or 'Workshop room'}: the {listed} {verb} from {room.source}."


def _of_the_checkout():
    """The file beside pyproject.toml, if there is one; a wheel has none."""
    top = Path(__file__).resolve().parent.parent
    path = top / ROOM_FILE
    return path if path.is_file() and (top / "pyproject.toml").is_file() else None


def _from_file(path, source):
    try:
        text = path.read_text(encoding="utf-8-sig")  # as Windows may begin it
    except (OSError, UnicodeDecodeError) as error:
        words = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ValueError(
            f"The room's file {source} cannot be read: {words}. Type its path: "
            f"export {ROOM_VARIABLE}=/path/to/{ROOM_FILE} (or unset {ROOM_VARIABLE})"
        ) from None
    try:
        settings = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(
            f'{source} is no TOML: {error}. A line of it looks like: mode = "live"'
        ) from None
    return _checked(source, settings, path.resolve().parent)


def _pairs(text):
    """``a=1 b="two words"`` as a dictionary; a backslash is just a character."""
    words = shlex.shlex(text, posix=True, punctuation_chars="")
    words.whitespace_split, words.escape, words.commenters = True, "", ""
    try:
        split = [word.partition("=") for word in words]
    except ValueError as error:
        raise ValueError(
            f"{ROOM_VARIABLE}={text!r}: {error}. Type: "
            f"export {ROOM_VARIABLE}='mode=live budget_usd=0.5'"
        ) from None
    return {name: value for name, _, value in split}


def _checked(source, settings, folder):
    unknown = [name for name in settings if name not in _NAMES]
    if unknown:
        raise ValueError(
            f"{source} sets {', '.join(map(repr, unknown))}, which no room has. "
            f"It may set: {', '.join(_NAMES)}."
        )
    for name in {*settings} - {"budget_usd"}:
        if not isinstance(settings[name], str) or not settings[name].strip():
            raise ValueError(
                f"{source}: {name}={settings[name]!r}: words in quotes are wanted. "
                f'Type: {name} = "…"'
            )
    _check_mode(source, settings.get("mode"))
    _check_region(source, settings.get("region_name"))
    paths = {name: str(folder / settings[name]) for name in _PATHS if name in settings}
    return Room(source, **{**settings, **paths, **_budget(source, settings)})


def _check_mode(source, mode):
    if mode not in (None, *MODES):
        raise ValueError(
            f"{source}: mode={mode!r}: it is 'offline' or 'live'. "
            'Type: mode = "offline"'
        )


def _check_region(source, region_name):
    if region_name is not None and not _REGION.fullmatch(region_name):
        raise ValueError(
            f"{source}: region_name={region_name!r} is no Region's name. "
            'Type: region_name = "us-east-1"'
        )


def _budget(source, settings):
    if "budget_usd" not in settings:
        return {}
    given, hint = settings["budget_usd"], "budget_usd = 0.50"
    name = f"{source}: budget_usd"
    require(name, given, "a number of dollars above 0", lambda usd: usd > 0, hint)
    return {"budget_usd": Decimal(str(given))}
