"""Long lists, one page after the other."""

import base64

from bedrock_helpers.offline.errors import refusal

_LARGEST_PAGE = 100


def take_page(items, request, name):
    """
    The page of a list that a request asks for.

    Parameters
    ----------
    items : list
    request : dict
        With ``maxResults`` and ``nextToken``, if it has them.
    name : str
        What the reply calls its list.

    Returns
    -------
    dict
        The list's page under its name, and ``nextToken`` unless it is the last.

    Raises
    ------
    Refusal
        For a token that no page came with.

    Examples
    --------
    >>> take_page(["a", "b"], {"maxResults": 1}, "letters")["letters"]
    ['a']
    """
    start = _start(request.get("nextToken"), len(items))
    end = start + min(request.get("maxResults", _LARGEST_PAGE), _LARGEST_PAGE)
    values = {name: items[start:end]}
    if end < len(items):
        values["nextToken"] = base64.urlsafe_b64encode(f"from:{end}".encode()).decode()
    return values


def _start(token, count):
    if token is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(token.encode()).decode()
        start = int(text.removeprefix("from:"))
    except ValueError:
        raise refusal("bad_next_token") from None
    if not text.startswith("from:") or not 0 < start < count:
        raise refusal("bad_next_token")
    return start
