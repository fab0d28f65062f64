"""NextToken, as CloudWatch and CloudTrail have it: where the next page begins."""

import base64
import hashlib

from bedrock_helpers.offline.metric_queries import metric_refusal


def take_page(items, token, size, of="", wrong="lookup_token"):
    """
    One page of a list.

    Parameters
    ----------
    items : list
    token : str or None
        The NextToken of the page before.
    size : int
    of : str
        What the list was asked by: a token is of no use for another question.
    wrong : str
        The key in ``data/observed.json`` of what is said to a wrong token.

    Returns
    -------
    tuple of (list, str or None)
        The page, and the token of the next unless it is the last.

    Raises
    ------
    Refusal
        For a token that no page came with.

    Examples
    --------
    >>> page, token = take_page(["a", "b", "c"], None, 2)
    >>> page, take_page(["a", "b", "c"], token, 2)
    (['a', 'b'], (['c'], None))
    """
    start = 0 if token is None else _start(token, of, wrong)
    end = start + size
    return items[start:end], _token(end, of) if end < len(items) else None


def _token(start, of):
    digest = hashlib.sha256(of.encode()).hexdigest()[:16]
    return base64.b64encode(f"{start} {digest}".encode()).decode()


def _start(token, of, wrong):
    try:
        start = int(base64.b64decode(token, validate=True).split()[0])
    except (ValueError, IndexError):
        start = 0
    if start < 1 or _token(start, of) != token:
        raise metric_refusal(wrong)
    return start
