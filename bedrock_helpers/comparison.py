"""Prompts side by side: shares with their intervals, cost, and whether they differ."""

import math
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from bedrock_helpers.evaluation import RESULT_COLUMNS
from bedrock_helpers.intervals import mcnemar, wilson

#: Below it, chance alone is taken for too unlikely: the custom, and no more than that.
LEVEL = 0.05
_FEWEST_TO_TELL = 6  # items that differ: five of five still have p = 0.0625
_MICRO_DOLLAR = Decimal("0.000001")


def compare(results):
    """
    One line for each prompt: how many replies were valid and right, and at what cost.

    Items whose call failed count in ``failed`` alone: shares, means and sums are of
    those that were answered. ``low_pct`` and ``high_pct`` are Wilson's 95 % interval
    of ``correct_pct``. ``tokens_per_correct`` are input and output of all answers
    over the right ones, and so is the cost of a thousand right ones; without any
    right one no amount buys one, and both are infinite (inf, Infinity). The cost is
    None where the cost of an answer is not known.

    Parameters
    ----------
    results : dict
        From a name to what ``evaluation.run`` returned.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    ValueError
        For something else than results of ``evaluation.run``.

    Examples
    --------
    >>> few = pd.DataFrame({"error": "", "valid": True, "correct": [True, True, False],
    ...     "input_tokens": 40, "output_tokens": 2, "cost_usd": Decimal("0.00001")})
    >>> compare({"few-shot": few}).T
                          few-shot
    items                        3
    failed                       0
    valid                        3
    valid_pct                100.0
    correct                      2
    correct_pct               66.7
    low_pct                   20.8
    high_pct                  93.9
    mean_input_tokens         40.0
    tokens_per_correct        63.0
    usd_per_1000_correct  0.015000
    """
    lines = {name: _line(name, table) for name, table in results.items()}
    table = pd.DataFrame(list(lines.values()), index=list(lines))
    costs = [line["usd_per_1000_correct"] for line in lines.values()]
    table["usd_per_1000_correct"] = pd.Series(costs, index=table.index, dtype=object)
    return table


def _line(name, table):
    _check(name, table)
    answered = table[table["error"] == ""]
    count, correct = len(answered), int(answered["correct"].sum())
    valid = int(answered["valid"].sum())
    low, high = wilson(correct, count) if count else (math.nan, math.nan)
    tokens = int(answered["input_tokens"].sum() + answered["output_tokens"].sum())
    mean = answered["input_tokens"].mean()
    return {
        "items": len(table),
        "failed": len(table) - count,
        "valid": valid,
        "valid_pct": _percent(valid / count if count else math.nan),
        "correct": correct,
        "correct_pct": _percent(correct / count if count else math.nan),
        "low_pct": _percent(low),
        "high_pct": _percent(high),
        "mean_input_tokens": math.nan if pd.isna(mean) else round(float(mean), 1),
        "tokens_per_correct": round(tokens / correct, 1) if correct else math.inf,
        "usd_per_1000_correct": _usd(list(answered["cost_usd"]), correct),
    }


def _check(name, table):
    missing = {"error", "valid", "correct", "input_tokens", "cost_usd"} - set(table)
    if missing:
        raise ValueError(
            f"{name!r} has no column {sorted(missing)[0]!r}; it is to be what "
            "evaluation.run(ask, template, items, score) returned"
        )


def _percent(share):
    return round(100 * share, 1)


def _usd(costs, correct):
    if not costs or any(pd.isna(cost) for cost in costs):
        return None
    if not correct:
        return Decimal("Infinity")
    return (1000 * sum(costs) / correct).quantize(_MICRO_DOLLAR)


@dataclass(frozen=True, repr=False)
class Versus:
    """
    Two prompts on the same items.

    Attributes
    ----------
    names : tuple of str
    both, only_first, only_second, neither : int
        On how many items which of the two was right.
    left_out : int
        Items for which a call had failed.

    Examples
    --------
    >>> Versus(("few-shot", "zero-shot"), 40, 12, 3, 17)
    few-shot alone is right on 12 of 72 items, zero-shot alone on 3, both on 40,
    neither on 17. p = 0.0352: more than chance explains at the 5 % level.
    """

    names: tuple
    both: int
    only_first: int
    only_second: int
    neither: int
    left_out: int = 0

    @property
    def items(self):
        """How many items were compared."""
        return self.both + self.only_first + self.only_second + self.neither

    @property
    def p_value(self):
        """McNemar's exact test: how often two equals would differ as much."""
        return mcnemar(self.only_first, self.only_second)

    @property
    def differ(self):
        """Whether that is rarer than one time in twenty."""
        return self.p_value < LEVEL

    def __repr__(self):
        """What was counted, and what may be said of it."""
        first, second = self.names
        counted = (
            f"{first} alone is right on {self.only_first} of {self.items} items, "
            f"{second} alone on {self.only_second}, both on {self.both},\n"
            f"neither on {self.neither}. {self._verdict()}"
        )
        if self.left_out:
            counted += f" Left out, as a call had failed: {self.left_out}."
        return counted

    def _verdict(self):
        p = self.p_value
        shown = "p < 0.001" if p < 0.001 else f"p = {p:.3g}"
        if self.differ:
            return f"{shown}: more than chance explains at the 5 % level."
        if self.only_first + self.only_second < _FEWEST_TO_TELL:
            return f"{shown}: they part on too few items to show any difference."
        return f"{shown}: no difference shown, which does not show that there is none."


def versus(first, second, names=("the first", "the second")):
    """
    Whether two prompts differ in more than chance explains, on the same items.

    Whoever compares many pairs will find one that differs by chance: choose on one
    set of items, and tell the result from another.

    Parameters
    ----------
    first, second : pandas.DataFrame
        From ``evaluation.run``, with the same items in the same order.
    names : tuple of str
        What to call the two.

    Returns
    -------
    Versus

    Raises
    ------
    ValueError
        If the items are not the same.

    Examples
    --------
    >>> first = pd.DataFrame({"id": [1, 2], "error": "", "correct": [True, True]})
    >>> second = pd.DataFrame({"id": [1, 2], "error": "", "correct": [True, False]})
    >>> versus(first, second)
    the first alone is right on 1 of 2 items, the second alone on 0, both on 1,
    neither on 0. p = 1: they part on too few items to show any difference.
    """
    if not _items(first).equals(_items(second)):
        raise ValueError(
            f"The items are not the same, or not in the same order ({len(first)} "
            f"against {len(second)} rows). Run both prompts on one list: items = [...]"
        )
    right = [_right(results) for results in (first, second)]
    count = Counter(pair for pair in zip(*right, strict=True) if None not in pair)
    return Versus(
        names=tuple(names),
        both=count[True, True],
        only_first=count[True, False],
        only_second=count[False, True],
        neither=count[False, False],
        left_out=len(first) - count.total(),
    )


def _right(results):
    """Of each item whether it was answered right; None where the call had failed."""
    pairs = zip(results["error"], results["correct"], strict=True)
    return [None if error else bool(correct) for error, correct in pairs]


def _items(results):
    own = [name for name in results.columns if name not in RESULT_COLUMNS]
    return results[own].reset_index(drop=True)
