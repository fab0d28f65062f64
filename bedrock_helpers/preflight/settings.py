"""Whether BEDROCK_MODE and the room's settings are ones there are."""

import os

from bedrock_helpers.preflight.report import Finding

WHAT = "the settings of the mode and the room are valid"


def settings():
    """
    Whether the mode and the room's settings, where there are any, are valid.

    Returns
    -------
    Finding

    Examples
    --------
    >>> settings()
    ✓ the settings of the mode and the room are valid
    """
    from bedrock_helpers.room import MODES, read_room

    mode = os.environ.get("BEDROCK_MODE") or "offline"
    if mode not in MODES:
        return Finding(
            WHAT,
            False,
            mode,
            f"BEDROCK_MODE={mode!r}",
            "a mode is 'offline' or 'live'; every bh.connect() of a notebook fails",
            "unset BEDROCK_MODE",
        )
    try:
        room = read_room()
    except ValueError as wrong:
        return Finding(
            WHAT,
            False,
            str(wrong),
            "the room's settings are not",
            str(wrong),
            "correct them as said, or work without a room: export BEDROCK_ROOM=",
        )
    return Finding(WHAT, True, _in_words(room))


def _in_words(room):
    """Who answers: what BEDROCK_MODE says goes before the room."""
    mode = os.environ.get("BEDROCK_MODE")
    if not mode and room and room.mode:
        return room_words(room)
    return f"mode {mode or 'offline'}, {room_words(room)}"


def room_words(room):
    """
    A room in some words.

    Parameters
    ----------
    room : Room or None

    Returns
    -------
    str

    Examples
    --------
    >>> from bedrock_helpers.room import Room
    >>> room_words(Room("room.toml", name="Tuesday", mode="live"))
    'room Tuesday (room.toml): mode live'
    >>> room_words(None)
    'no room'
    """
    if room is None:
        return "no room"
    name = f"room {room.name}" if room.name else "a room"
    budget = room.budget_usd and f"budget {room.budget_usd} USD"
    said = [room.mode and f"mode {room.mode}", room.region_name, budget]
    words = ", ".join(filter(None, said))
    return f"{name} ({room.source})" + (f": {words}" if words else "")
