"""One prompt, many items: ask, score and keep what every call gave.

The call is the learner's own function; nothing here talks to Bedrock. Of a call
that fails the row says why, and the run goes on, except where going on would be of
no use: see :func:`run`.
"""

from collections.abc import Mapping

import pandas as pd
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from bedrock_helpers.answered_by import answered_by
from bedrock_helpers.call_cost import actual_usd
from bedrock_helpers.pricing import UnknownPriceError
from bedrock_helpers.progress_bar import progress_bar
from bedrock_helpers.prompt_template import fill
from bedrock_helpers.scoring import Score

#: What ``run`` adds to an item's own fields.
RESULT_COLUMNS = (
    "prompt",
    "reply",
    "read",
    "valid",
    "correct",
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "stop_reason",
    "answered_by",
    "error",
)
_DTYPES = {
    "read": object,
    "valid": bool,
    "correct": bool,
    "input_tokens": "Int64",
    "output_tokens": "Int64",
    "cost_usd": object,
}
_FAILED = {
    "reply": "",
    "valid": False,
    "correct": False,
    "stop_reason": "",
    "answered_by": "",
}
#: Codes that another item, a little later, need not meet.
_PASSING = {
    "InternalServerException",
    "ModelErrorException",
    "ModelNotReadyException",
    "ModelTimeoutException",
    "ServiceUnavailableException",
    "ThrottlingException",
}
_MOST_FAILURES_IN_A_ROW = 5
_RETURN = 'return bedrock.converse(modelId=MODEL, messages=[{"role": "user", …}])'


def run(ask, template, items, score, *, model_id=None, show_progress=True):
    """
    Ask about every item and score what comes back.

    A call that fails leaves a row whose ``error`` says so, and the next item is
    asked. Three things end the run: a refusal while nothing has been answered yet
    that is not a passing one (throttled, busy, timed out); the fifth failure in a
    row; and whatever is not an error of boto3 or Bedrock, such as BudgetExceeded or
    a mistake in ``ask``. Then what was raised is raised, with the rows so far as
    its ``results``: ``except ClientError as error: error.results``, or in the next
    cell ``sys.last_value.results``.

    Parameters
    ----------
    ask : callable
        Takes a prompt, returns what ``bedrock.converse(…)`` returned.
    template : str
        With ``{text}`` where an item's field ``text`` goes in; see
        :func:`bedrock_helpers.prompt_template.fill`. All prompts are made before
        the first is sent.
    items : list of dict or pandas.DataFrame
    score : callable
        From a reply's text and its item to a Score; see
        :mod:`bedrock_helpers.scoring`.
    model_id : str, optional
        The id that ``ask`` calls, for ``cost_usd``.
    show_progress : bool
        Show a bar while it runs, in a notebook.

    Returns
    -------
    pandas.DataFrame
        A row for each item: its own fields, and RESULT_COLUMNS. ``reply`` is the
        text of all text blocks, ``read`` what the scorer read, ``cost_usd`` a
        Decimal, or None where the price is not known.

    Raises
    ------
    ValueError
        For no items, and for a template or an item's field that cannot be used.
    TypeError
        If ``ask`` or ``score`` returns something else.

    Examples
    --------
    >>> from bedrock_helpers.scoring import one_of
    >>> def ask(prompt):  # yours: return bedrock.converse(…)
    ...     said = "No." if "Awful" in prompt else "Yes, it is."
    ...     return {"output": {"message": {"content": [{"text": said}]}}}
    >>> items = [{"text": "Awful", "label": "no"}, {"text": "Nice", "label": "yes"}]
    >>> results = run(ask, "Is it good? {text}", items, one_of(["yes", "no"]))
    >>> results[["text", "reply", "read", "valid", "correct"]]
        text        reply  read  valid  correct
    0  Awful          No.    no   True     True
    1   Nice  Yes, it is.  None  False    False
    """
    items = _checked(items)
    prompts = [fill(template, item) for item in items]
    rows = []
    try:
        with progress_bar(len(items), show_progress) as advance:
            for item, prompt in zip(items, prompts, strict=True):
                answer = _answered(ask, prompt, rows)
                if "error" not in answer:
                    answer = _scored(answer, item, score, model_id)
                rows.append({"prompt": prompt, **answer})
                advance()
    except BaseException as error:
        error.results = _table(items, rows)
        error.add_note(
            f"Rows so far ({len(rows)} of {len(items)}): "
            "import sys; sys.last_value.results"
        )
        raise
    return _table(items, rows)


def _checked(items):
    if isinstance(items, pd.DataFrame):
        items = items.to_dict("records")
    items = list(items)
    if not items or not all(isinstance(item, Mapping) for item in items):
        raise ValueError(
            "items is to be a list of at least one dict, or a DataFrame: "
            'items = [{"text": "I love it", "label": "positive"}]'
        )
    taken = [name for name in RESULT_COLUMNS if any(name in item for item in items)]
    if taken:
        raise ValueError(
            f"An item has a field {taken[0]!r}, which is a column of the results. Call "
            f"it something else: {{'my_{taken[0]}': …}}"
        )
    return items


def _answered(ask, prompt, rows):
    """What ``ask`` returned, or a row that says why it did not."""
    try:
        return {"reply": ask(prompt)}
    except (BotoCoreError, ClientError) as error:
        failures = [bool(row["error"]) for row in rows] + [True]
        last = failures[-_MOST_FAILURES_IN_A_ROW:]
        if all(failures) and not _passes(error):
            raise
        if len(last) == _MOST_FAILURES_IN_A_ROW and all(last):
            raise
        return {**_FAILED, "error": f"{type(error).__name__}: {error}"}


def _passes(error):
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code") in _PASSING
    return isinstance(error, HTTPClientError)


def _scored(answer, item, score, model_id):
    reply = answer["reply"]
    text = _text_of(reply)
    found = score(text, item)
    if not isinstance(found, Score):
        raise TypeError(
            f"score returned a {type(found).__name__}; it is to return a Score: "
            "return Score(valid=True, correct=True)"
        )
    usage = reply.get("usage") or {}
    return {
        "reply": text,
        "read": found.read,
        "valid": found.valid,
        "correct": found.correct,
        "input_tokens": usage.get("inputTokens"),
        "output_tokens": usage.get("outputTokens"),
        "cost_usd": _cost_usd(model_id, reply),
        "stop_reason": reply.get("stopReason", ""),
        "answered_by": answered_by(reply),
        "error": "",
    }


def _text_of(reply):
    try:
        blocks = reply["output"]["message"]["content"]
        return "".join(block["text"] for block in blocks if "text" in block)
    except (KeyError, TypeError):
        raise TypeError(
            f"ask returned a {type(reply).__name__} that is no reply of Converse. "
            f"Its last line is to be: {_RETURN}"
        ) from None


def _cost_usd(model_id, reply):
    if model_id is None:
        return None
    terms = {name: reply.get(name) for name in ("serviceTier", "performanceConfig")}
    if not {"inputTokens", "outputTokens"} <= (reply.get("usage") or {}).keys():
        return None
    try:
        return actual_usd({"modelId": model_id, **terms}, reply)
    except UnknownPriceError:
        return None


def _table(items, rows):
    fields = pd.DataFrame(items).iloc[: len(rows)]
    results = {
        name: pd.Series([row.get(name) for row in rows], dtype=_DTYPES.get(name, str))
        for name in RESULT_COLUMNS
    }
    return fields.assign(**results)
