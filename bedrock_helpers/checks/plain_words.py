"""A text from a file or a keyboard as one line that does nothing but be read."""

_CONTROLS = {code: 0x2400 + code for code in range(32)}  # their visible signs
_CONTROLS |= {0x7F: 0x2421, 0x2028: " ", 0x2029: " "}
#: C1 controls, marks that turn the direction of what follows, halves of a character.
_STRANGE = (*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROLS |= dict.fromkeys((*_STRANGE, *range(0xD800, 0xE000)), 0xFFFD)


def one_line(value, most=120):
    """
    Any value as one harmless line of text.

    Parameters
    ----------
    value : object
    most : int
        Characters at most; what is longer ends in an ellipsis.

    Returns
    -------
    str
        Without control characters, so that it moves no terminal's cursor. It is not
        yet HTML: escape it there.

    Examples
    --------
    >>> one_line("Ada" + chr(27) + "[31m" + chr(10) + "Lovelace")
    'Ada␛[31m␊Lovelace'
    >>> one_line("a long text", most=6)
    'a lon…'
    """
    try:
        text = str(value)
    except Exception:  # a number of thousands of digits; an object of the learner's
        text = f"({type(value).__name__})"
    text = text.translate(_CONTROLS)
    return text if len(text) <= most else f"{text[: most - 1]}…"
