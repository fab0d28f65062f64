"""Where a learner's progress is kept: this folder, or the room's."""

import os
import re
from pathlib import Path
from urllib.parse import quote

from bedrock_helpers.room import read_room

#: Names another file than ``.bedrock_progress.json`` in the working folder.
FILE_VARIABLE = "BEDROCK_PROGRESS_FILE"
#: Who sits here, in a room with a folder for progress.
SEAT_VARIABLES = ("BEDROCK_SEAT", "JUPYTERHUB_USER")
_LONGEST = 100
#: Names that Windows keeps for devices, and names that hide a file.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)?(\..*)?", re.IGNORECASE)


def progress_path():
    """
    Where progress is kept.

    Returns
    -------
    pathlib.Path
        The file that ``BEDROCK_PROGRESS_FILE`` names; else ``<seat>.json`` in the
        room's ``progress_folder``, if this seat has a name (``BEDROCK_SEAT``, or
        ``JUPYTERHUB_USER``); else ``.bedrock_progress.json`` in the working folder.
        The pages of ``notebooks/workshop`` share the file of ``notebooks``.

    Examples
    --------
    >>> os.environ["BEDROCK_PROGRESS_FILE"] = "mine.json"
    >>> progress_path().name
    'mine.json'
    """
    if named := os.environ.get(FILE_VARIABLE):
        return Path(named)
    seat, folder = seat_name(), room_folder()
    if seat and folder is not None:
        return folder / f"{seat}.json"
    return _in_this_folder(".bedrock_progress.json")


def spare_path():
    """
    Where progress goes while the room's folder cannot be written.

    Returns
    -------
    pathlib.Path or None
        None when progress is not kept in a room's folder.

    Examples
    --------
    >>> os.environ["BEDROCK_PROGRESS_FILE"] = "mine.json"
    >>> spare_path() is None
    True
    """
    seat = seat_name()
    if os.environ.get(FILE_VARIABLE) or not seat or room_folder() is None:
        return None
    return _in_this_folder(f".bedrock_progress.{seat}.json")


def room_folder():
    """
    The room's folder for progress, or None.

    A fault in the room's settings is :func:`bedrock_helpers.connect`'s to tell: it
    stops no check.

    Examples
    --------
    >>> os.environ["BEDROCK_ROOM"] = "name=Tuesday progress_folder=/srv/tuesday"
    >>> room_folder().name
    'tuesday'
    """
    try:
        room = read_room()
    except (ValueError, OSError):
        return None
    folder = room and room.progress_folder
    return Path(folder) if folder else None


def seat_name():
    """
    The name of this seat as a file's name, or an empty text.

    Two seats never share one, unless they differ in capitals alone and the disk tells
    none apart: what no file name may have is written as ``%2F`` is, and a name too
    long ends in its own checksum.

    Examples
    --------
    >>> os.environ["BEDROCK_SEAT"] = "../row 2"
    >>> seat_name()
    '%2E.%2Frow%202'
    """
    given = (os.environ.get(name, "").strip() for name in SEAT_VARIABLES)
    seat = next(filter(None, given), "")
    name = quote(seat, safe="", errors="surrogatepass")
    if name and _RESERVED.fullmatch(name):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if len(name) <= _LONGEST:
        return name
    from hashlib import sha256

    return f"{name[: _LONGEST - 20]}-{sha256(name.encode()).hexdigest()[:16]}"


def _in_this_folder(name):
    try:
        here = Path.cwd()
    except OSError:  # somebody has removed it
        return Path(name)
    is_workshop = (here.parent.name, here.name) == ("notebooks", "workshop")
    return Path("..", name) if is_workshop else Path(name)
