"""Whether a reply can be used, and whether it is right: measured, not judged.

A scorer takes a reply's text and the item it answers, and returns a :class:`Score`.
Write your own in the same way: ``def score(text, item): return Score(…)``.
"""

import json
import sqlite3
from dataclasses import dataclass

from bedrock_helpers.offline.json_schema import fits, schema_problem
from bedrock_helpers.safe_sql import RefusedSql, run_select
from bedrock_helpers.same_result import same_result

_QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’", "«": "»", "„": "“"}


@dataclass(frozen=True)
class Score:
    """
    What one reply is worth.

    Attributes
    ----------
    valid : bool
        Whether a program can use the reply as it is.
    correct : bool
        Whether it says what the item says is right; never without being valid.
    read : object
        What was read from it; None where nothing could be.

    Examples
    --------
    >>> Score(valid=True, correct=False, read="negative")
    Score(valid=True, correct=False, read='negative')
    """

    valid: bool
    correct: bool
    read: object = None

    def __post_init__(self):
        if self.correct and not self.valid:
            raise ValueError(
                "Score(valid=False, correct=True): what cannot be used is not correct "
                "either. Type: Score(valid=False, correct=False)"
            )


_INVALID = Score(valid=False, correct=False)


def one_of(labels, field="label"):
    """
    A scorer for replies that are to be one of a few labels, and nothing else.

    Case, spaces around it, one pair of quotes and one full stop do not matter. A
    sentence with a label in it is not valid: a program would have to guess.

    Parameters
    ----------
    labels : list of str
    field : str
        Where an item has its right label.

    Returns
    -------
    callable
        From a reply's text and its item to a Score.

    Raises
    ------
    ValueError
        For fewer than two labels, or two that differ only in case. The scorer
        raises it for an item without one of the labels.

    Examples
    --------
    >>> score = one_of(["positive", "negative"])
    >>> score("Positive.", {"label": "positive"})
    Score(valid=True, correct=True, read='positive')
    >>> score("It is positive.", {"label": "positive"})
    Score(valid=False, correct=False, read=None)
    """
    if isinstance(labels, str):
        raise ValueError(f"labels={labels!r} is one text. Type: one_of(['yes', 'no'])")
    by_word = {label.strip().casefold(): label for label in labels}
    if len(by_word) < 2 or len(by_word) < len(labels):
        raise ValueError(
            f"labels={list(labels)}: at least two that differ in more than case. "
            "Type: one_of(['yes', 'no'])"
        )

    def score(text, item):
        right = by_word.get(str(_of(item, field)).strip().casefold())
        if right is None:
            raise ValueError(
                f"An item's {field} is {_of(item, field)!r}, none of the labels: "
                f"{', '.join(by_word.values())}"
            )
        read = by_word.get(_bare(text).casefold())
        return Score(read is not None, read == right, read)

    return score


def _of(item, field):
    try:
        return item[field]
    except KeyError:
        raise ValueError(
            f"An item has no {field!r}; it has: {', '.join(map(str, item))}"
        ) from None


def _bare(text):
    """A reply without the spaces, the full stop and the quotes around it."""
    bare = text.strip()
    outside = bare.endswith(".")
    bare = bare.removesuffix(".")
    if len(bare) > 1 and _QUOTES.get(bare[0]) == bare[-1]:
        bare = bare[1:-1].strip()
        bare = bare if outside else bare.removesuffix(".")
    return bare


def json_of(schema, field, label="label"):
    """
    A scorer for replies that are to be JSON of a schema, and nothing else.

    JSON in a code fence, or after a friendly sentence, is not valid: a program that
    calls ``json.loads`` would fail.

    Parameters
    ----------
    schema : dict
        A JSON schema.
    field : str
        Which of the reply's fields is compared.
    label : str
        Which field of the item it is to equal.

    Returns
    -------
    callable
        From a reply's text and its item to a Score, whose ``read`` is that field.

    Raises
    ------
    ValueError
        For a schema that is none, or does not speak of that field.

    Examples
    --------
    >>> schema = {"type": "object", "properties": {"mood": {"enum": ["good", "bad"]}}}
    >>> score = json_of(schema, "mood")
    >>> score('{"mood": "good"}', {"label": "good"})
    Score(valid=True, correct=True, read='good')
    >>> score('{"mood": "fine"}', {"label": "good"})
    Score(valid=False, correct=False, read=None)
    """
    problem = schema_problem(schema)
    if problem:
        raise ValueError(f"This is no JSON schema: {problem}")
    known = schema.get("properties") if isinstance(schema, dict) else None
    if known is not None and field not in known:
        raise ValueError(
            f"field={field!r} is none of the schema's properties: {', '.join(known)}"
        )

    def score(text, item):
        right = _of(item, label)
        try:
            value = json.loads(text, parse_constant=_no_json)
        except (ValueError, RecursionError):
            return _INVALID
        if not fits(value, schema):
            return _INVALID
        read = value.get(field) if isinstance(value, dict) else None
        return Score(True, _are_equal(read, right), read)

    return score


def _no_json(name):
    raise ValueError(name)


def _are_equal(read, right):
    """As JSON has it: true is not 1."""
    return isinstance(read, bool) == isinstance(right, bool) and bool(read == right)


def sql_of(connection, field="sql"):
    """
    A scorer for replies that are to be one SELECT, judged by what it finds.

    Both the reply and the item's own query are run; where the item says that its
    rows are ``ordered``, the order counts. The reply is run as
    :func:`bedrock_helpers.safe_sql.run_select` does: it can only read.

    Parameters
    ----------
    connection : sqlite3.Connection
        Such as ``open_shop()``.
    field : str
        Where an item has the query that is right.

    Returns
    -------
    callable
        From a reply's text and its item to a Score, whose ``read`` is the rows.

    Raises
    ------
    ValueError
        The scorer raises it for an item whose own query does not run.

    Examples
    --------
    >>> from bedrock_helpers.shop import open_shop
    >>> score = sql_of(open_shop())
    >>> score("SELECT 40 / 2", {"sql": "SELECT COUNT(*) FROM customers"})
    Score(valid=True, correct=True, read=[(20,)])
    >>> score("I would count them.", {"sql": "SELECT COUNT(*) FROM customers"}).valid
    False
    """

    def score(text, item):
        try:
            gold = run_select(connection, _of(item, field))
        except (RefusedSql, sqlite3.Error) as error:
            raise ValueError(f"The item's own query does not run: {error}") from error
        try:
            rows = run_select(connection, text)
        except (RefusedSql, sqlite3.Error):
            return _INVALID
        ordered = bool(item.get("ordered", False) == 1)  # a gap in a table is none
        same = same_result(gold, rows, ordered=ordered)
        return Score(True, same, rows)

    return score
