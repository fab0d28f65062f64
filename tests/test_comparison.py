"""Prompts compared: counts, intervals, costs, and no more claimed than was shown."""

import math
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.comparison import Versus, compare, versus
from bedrock_helpers.evaluation import run
from bedrock_helpers.intervals import mcnemar, wilson
from bedrock_helpers.scoring import one_of

outcomes = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


def results(correct, failed=(), cost="0.001", **columns):
    """What a run gives whose items are numbered and have one right label each."""
    rows = [
        {
            "id": number,
            "valid": True,
            "correct": right,
            "input_tokens": 100,
            "output_tokens": 10,
            "cost_usd": None if cost is None else Decimal(cost),
            "error": "ReadTimeoutError: …" if number in failed else "",
            **columns,
        }
        for number, right in enumerate(correct)
    ]
    return pd.DataFrame(rows)


def test_a_line_says_how_many_were_right_how_surely_and_at_what_cost():
    line = compare({"few-shot": results([True] * 45 + [False] * 27)}).loc["few-shot"]
    low, high = wilson(45, 72)
    assert line["items"] == line["valid"] == 72
    assert (line["correct"], line["correct_pct"]) == (45, 62.5)
    assert (line["low_pct"], line["high_pct"]) == (round(100 * low, 1), 72.8)
    assert high == pytest.approx(0.728, abs=5e-4)
    assert line["mean_input_tokens"] == 100
    assert line["tokens_per_correct"] == 72 * 110 / 45
    assert line["usd_per_1000_correct"] == Decimal("1.600000")


def test_prompts_stand_below_one_another_under_their_names():
    table = compare({"plain": results([True]), "with examples": results([False])})
    assert table.index.tolist() == ["plain", "with examples"]
    assert table["correct"].tolist() == [1, 0]


def test_without_a_right_answer_no_amount_buys_one():
    line = compare({"plain": results([False, False])}).loc["plain"]
    assert line["tokens_per_correct"] == math.inf
    assert line["usd_per_1000_correct"] == Decimal("Infinity")
    assert line["correct_pct"] == line["low_pct"] == 0 < line["high_pct"]


def test_what_failed_counts_as_failed_and_in_nothing_else():
    table = results([True, False, True, False], failed=[1, 3])
    line = compare({"plain": table}).loc["plain"]
    assert (line["items"], line["failed"], line["correct_pct"]) == (4, 2, 100.0)
    assert line["tokens_per_correct"] == 110


def test_where_every_call_failed_nothing_is_said_of_shares():
    line = compare({"plain": results([False], failed=[0])}).loc["plain"]
    assert line["failed"] == 1
    assert math.isnan(line["correct_pct"]) and math.isnan(line["low_pct"])
    assert math.isnan(line["mean_input_tokens"])
    assert line["usd_per_1000_correct"] is None


@pytest.mark.parametrize("correct", [True, False])
def test_a_cost_that_is_not_known_is_none(correct):
    line = compare({"plain": results([correct], cost=None)}).loc["plain"]
    assert line["usd_per_1000_correct"] is None


def test_it_takes_what_a_run_returned():
    def ask(prompt):
        return {
            "output": {"message": {"content": [{"text": prompt[-3:].strip()}]}},
            "usage": {"inputTokens": len(prompt), "outputTokens": 1},
        }

    items = [{"text": "a yes", "label": "yes"}, {"text": "b no", "label": "yes"}]
    score = one_of(["yes", "no"])
    runs = {
        "short": run(ask, "{text}", items, score),
        "long": run(ask, "Say: {text}", items, score),
    }
    table = compare(runs)
    assert table["correct"].tolist() == [1, 1]
    assert table["mean_input_tokens"].tolist() == [4.5, 9.5]
    assert table["tokens_per_correct"].tolist() == [11, 21]
    assert table["usd_per_1000_correct"].tolist() == [None, None]
    assert versus(runs["short"], runs["long"]).both == 1


def test_something_else_than_results_is_refused_by_the_name_it_was_given():
    with pytest.raises(ValueError, match="'plain' has no column 'correct'.*evaluation"):
        compare({"plain": pd.DataFrame({"error": [""]})})


@given(outcomes)
def test_every_item_is_counted_once_and_the_test_is_that_of_those_that_differ(pairs):
    first, second = ([pair[side] for pair in pairs] for side in (0, 1))
    found = versus(results(first), results(second))
    assert found.items == len(pairs)
    assert found.both + found.only_first == sum(first)
    assert found.both + found.only_second == sum(second)
    assert found.p_value == mcnemar(found.only_first, found.only_second)
    turned = versus(results(second), results(first))
    assert (turned.only_first, turned.p_value) == (found.only_second, found.p_value)


def test_an_item_that_one_of_the_two_did_not_answer_is_left_out_and_said_to_be():
    first = results([True, True, True], failed=[0])
    second = results([False, False, False], failed=[0, 2])
    found = versus(first, second)
    assert (found.items, found.only_first, found.left_out) == (1, 1, 2)
    assert repr(found).endswith("Left out, as a call had failed: 2.")


@pytest.mark.parametrize(
    "second",
    [
        results([True]),
        results([True, True]).iloc[::-1],
        results([True, True]).assign(id=[0, 7]),
        results([True, True]).assign(more="x"),
    ],
)
def test_two_runs_over_different_items_are_not_compared(second):
    with pytest.raises(
        ValueError, match="not the same, or not in the same order .2 ag"
    ):
        versus(results([True, True]), second)


def test_the_same_part_of_both_can_be_compared():
    first, second = results([True, False, True, True]), results([False] * 4)
    hard = first["id"] > 1
    found = versus(first[hard], second[hard], names=("few-shot", "zero-shot"))
    assert repr(found) == (
        "few-shot alone is right on 2 of 2 items, zero-shot alone on 0, both on 0,\n"
        "neither on 0. p = 0.5: they part on too few items to show any difference."
    )


@pytest.mark.parametrize(
    ("only_first", "only_second", "words"),
    [
        (12, 3, "p = 0.0352: more than chance explains at the 5 % level."),
        (3, 12, "p = 0.0352: more than chance explains at the 5 % level."),
        (6, 0, "p = 0.0312: more than chance explains at the 5 % level."),
        (40, 1, "p < 0.001: more than chance explains at the 5 % level."),
        (11, 4, "p = 0.118: no difference shown, which does not show that there is no"),
        (9, 9, "p = 1: no difference shown, which does not show that there is none."),
        (5, 0, "p = 0.0625: they part on too few items to show any difference."),
        (0, 0, "p = 1: they part on too few items to show any difference."),
    ],
)
def test_it_claims_no_more_than_was_shown(only_first, only_second, words):
    found = Versus(("few-shot", "zero-shot"), 40, only_first, only_second, 17)
    assert words in repr(found)
    assert found.differ == ("more than chance" in words)


@given(st.integers(0, 5), st.integers(0, 5))
def test_on_fewer_than_six_items_that_differ_no_split_can_show_anything(first, second):
    if first + second < 6:
        assert not Versus(("a", "b"), 0, first, second, 0).differ
