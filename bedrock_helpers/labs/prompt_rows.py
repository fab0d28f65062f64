"""Two prompts' results as tables: their scores, and what each said of every item."""

import math

from bedrock_helpers.comparison import compare, versus
from bedrock_helpers.labs.panes import shown, text_pane

#: So many items a table shows; the rest is in the results.
SHOWN_ROWS = 20
#: The two prompts, asked or not.
NAMES = ("A", "B")
_SHOWN_LETTERS = 300
_SCORE_COLUMNS = (
    "prompt",
    "answered",
    "valid",
    "right",
    "95 % interval of right",
    "mean input tokens",
    "tokens per right answer",
    "cost of 1,000 right answers",
)
_ANSWER = "flex:1 1 22em;min-width:0;overflow-wrap:anywhere;white-space:normal"


def own_columns(items, columns=None):
    """
    The fields of an item to show beside its replies.

    Parameters
    ----------
    items : pandas.DataFrame
    columns : sequence of str, optional
        Otherwise ``text`` and ``label``, or all where there are none of these.

    Returns
    -------
    list

    Raises
    ------
    ValueError
        For a column the items do not have.

    Examples
    --------
    >>> import pandas as pd
    >>> own_columns(pd.DataFrame(columns=["id", "text", "label", "hard"]))
    ['text', 'label']
    """
    if columns is None:
        usual = [name for name in ("text", "label") if name in items]
        return usual or list(items.columns)
    for name in columns:
        if name not in items:
            has = ", ".join(map(str, items.columns))
            raise ValueError(f"columns={list(columns)}: the items have only {has}")
    return list(columns)


def mark(row):
    """
    What one reply is worth, in words.

    Parameters
    ----------
    row : mapping
        A row of what ``evaluation.run`` returned.

    Examples
    --------
    >>> mark({"error": "", "valid": True, "correct": False})
    'valid, wrong'
    """
    if row["error"]:
        return f"call failed: {row['error']}"
    if not row["valid"]:
        return "not valid"
    return "valid, right" if row["correct"] else "valid, wrong"


def score_cells(results):
    """
    A line of words for each prompt, below the names of the columns.

    Parameters
    ----------
    results : dict
        From a name to what ``evaluation.run`` returned.

    Returns
    -------
    list of list of str

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"error": "", "valid": True, "correct": [True, False],
    ...     "input_tokens": 40, "output_tokens": 2, "cost_usd": None})
    >>> score_cells({"A": table})[1]
    ['A', '2 of 2', '2 (100.0 %)', '1 (50.0 %)', '9.5 to 90.5 %', '40.0', '84.0',
    'not known']
    """
    table = compare(results)
    lines = [_score_line(name, table.loc[name]) for name in table.index]
    return [list(_SCORE_COLUMNS), *lines]


def _score_line(name, line):
    answered = line["items"] - line["failed"]
    said = [name, f"{answered} of {line['items']}"]
    if not answered:
        return [*said, *["none answered"] * (len(_SCORE_COLUMNS) - len(said))]
    mean, tokens = line["mean_input_tokens"], line["tokens_per_correct"]
    return [
        *said,
        f"{line['valid']} ({line['valid_pct']} %)",
        f"{line['correct']} ({line['correct_pct']} %)",
        f"{line['low_pct']} to {line['high_pct']} %",
        "not told" if math.isnan(mean) else f"{mean:,}",
        f"{tokens:,}" if math.isfinite(tokens) else "none is right",
        _cost_words(line["usd_per_1000_correct"]),
    ]


def _cost_words(usd):
    if usd is None:
        return "not known"
    return f"USD {usd:,}" if usd.is_finite() else "none is right"


def right_words(results):
    """
    How many answers of each prompt were right.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"error": ["", "no"], "correct": [True, False]})
    >>> right_words({"A": table})
    'A 1 of 1 right, B not asked'
    """
    return ", ".join(_right(name, results.get(name)) for name in NAMES if results)


def _right(name, table):
    if table is None or table.empty:
        return f"{name} not asked"
    answered = table[table["error"] == ""]
    return f"{name} {int(answered['correct'].sum())} of {len(answered)} right"


def verdict_words(results, wanted):
    """
    What may be said of the two prompts, on the items that both were asked about.

    Parameters
    ----------
    results : dict
    wanted : int
        How many items each prompt was to be asked about.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"id": [1, 2], "error": "", "correct": [True, False]})
    >>> verdict_words({"A": table, "B": table[:1]}, 2)
    'Partial: A was asked about 2 of 2 items, B about 1. On the first 1: A alone ...'
    >>> verdict_words({"A": table[:1]}, 2)
    'Partial: A was asked about 1 of 2 items, B about 0. Nothing to compare.'
    """
    if not results:
        return ""
    first, second = (len(results.get(name, ())) for name in NAMES)
    both = min(first, second)
    partial = (
        f"Partial: A was asked about {first} of {wanted} items, B about {second}. "
        if both < wanted
        else ""
    )
    if not both:
        return f"{partial}Nothing to compare."
    shared = [results[name].head(both) for name in NAMES]
    words = str(versus(*shared, names=NAMES)).replace("\n", " ")
    return f"{partial}On the first {both}: {words}" if partial else words


def row_cells(results, columns):
    """
    A line of words for each item, below the names of the columns.

    Parameters
    ----------
    results : dict
    columns : sequence
        The fields of an item that stand before the replies.

    Returns
    -------
    list of list of str
        For no more than SHOWN_ROWS items; texts are cut off, and say so.

    Examples
    --------
    >>> import pandas as pd
    >>> asked = pd.DataFrame([{"text": "Nice", "label": "yes", "reply": "Yes.",
    ...     "error": "", "valid": True, "correct": True}])
    >>> row_cells({"A": asked}, ["text", "label"])[1]
    ['1', 'Nice', 'yes', 'Yes.', 'valid, right', '', 'not asked']
    """
    heads = [f"{name}’s {what}" for name in NAMES for what in ("reply", "mark")]
    lines = [["item", *(_cut(str(name)) for name in columns), *heads]]
    longest = max(results.values(), key=len, default=())
    for place in range(min(len(longest), SHOWN_ROWS)):
        item = longest.iloc[place]
        own = [_cut(str(item[name])) for name in columns]
        said = [word for name in NAMES for word in _said(results.get(name), place)]
        lines.append([str(place + 1), *own, *said])
    return lines


def _said(table, place):
    if table is None or place >= len(table):
        return "", "not asked"
    row = table.iloc[place]
    return _cut(row["reply"]), _cut(mark(row))


def _cut(text):
    if len(text) <= _SHOWN_LETTERS:
        return text
    return f"{text[:_SHOWN_LETTERS]} … ({len(text):,} characters)"


def answers_html(answered, is_own):
    """
    Replies to one input side by side, with who answered.

    Parameters
    ----------
    answered : dict
        From a prompt's name to a row of what ``evaluation.run`` returned.
    is_own : bool
        Whether the input is the learner's, of which no right answer is known.

    Returns
    -------
    str
    """
    halves = "".join(_half(name, row, is_own) for name, row in answered.items())
    return f'<div style="display:flex;flex-wrap:wrap;gap:4px 1em">{halves}</div>'


def _half(name, row, is_own):
    if row["error"]:
        words = f"{name}: {mark(row)}"
    else:
        worth = "not scored, an input of your own" if is_own else mark(row)
        words = f"{name}: {worth}. Answered by {row['answered_by']}."
    pane = text_pane(row["reply"], f"answer of {name}")
    return f'<div style="{_ANSWER}"><p>{shown(words)}</p>{pane}</div>'
