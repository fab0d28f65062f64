"""JSON as the service reads it: stricter than Python's own reader."""

import json
import re

from bedrock_helpers.offline.errors import not_offline

#: Deeper than any real request; the small model's tools cannot follow further.
MOST_LEVELS = 100
#: Where half a surrogate pair may be: escaped, or as bytes that are no UTF-8.
_SURROGATE = re.compile(rb"\\u[dD]|\xed[\xa0-\xbf]")


def read_json(text):
    """
    The value of a JSON text.

    Parameters
    ----------
    text : str or bytes

    Returns
    -------
    object

    Raises
    ------
    ValueError
        If it is not JSON; NaN, Infinity and half a surrogate pair are not.
    Refusal
        If it is nested too deeply for the offline Bedrock.

    Examples
    --------
    >>> read_json(b'{"a": [1]}')
    {'a': [1]}
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        value = _DECODER.decode(text if isinstance(text, str) else _decoded(text))
    except RecursionError:
        raise _too_deep() from None
    if raw.count(b"[") + raw.count(b"{") > MOST_LEVELS and _is_deep(value):
        raise _too_deep()
    if _SURROGATE.search(raw):
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _no_constants(name):
    raise ValueError(name)


#: Made once: json.loads would make one for every text.
_DECODER = json.JSONDecoder(parse_constant=_no_constants)


def _decoded(raw):
    return raw.decode(json.detect_encoding(raw), "surrogatepass")


def _is_deep(value):
    level = [value]
    for _ in range(MOST_LEVELS):
        level = [inner for outer in level for inner in _inside(outer)]
    return bool(level)


def _inside(value):
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep():
    return not_offline(f"read JSON nested more than {MOST_LEVELS} levels deep")
