"""A dear and a cheap model per right answer: words, chart, code."""

from dataclasses import replace
from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import given

from bedrock_helpers import pricing
from bedrock_helpers.cost_per_correct import ExampleTask
from bedrock_helpers.labs.threshold_picture import (
    Contender,
    Contest,
    contest_code,
    contest_picture,
)
from tests.labs.svg_parts import parts, places, words

DAY = "2023-09-28"
V2 = pricing.price_of("anthropic.claude-v2", on=DAY)
INSTANT = pricing.price_of("anthropic.claude-instant-v1", on=DAY)
CONTEST = Contest(
    ExampleTask(500, 150, 100),
    Contender("v2", V2, 0.9, 0),
    Contender("Instant", INSTANT, 0.75, 20),
)


def with_cheap(**changes):
    return replace(CONTEST, cheap=replace(CONTEST.cheap, **changes))


def test_both_costs_by_hand():
    # v2: 0.008778 / 0.9 = 0.009753; Instant with 20 examples:
    # (0.001366 + 20 × 0.0002445) / 0.75 = 0.006256 / 0.75 = 0.008341.
    assert CONTEST.dear_usd == pytest.approx(
        Decimal("0.0097533333"), abs=Decimal("1e-9")
    )
    assert CONTEST.cheap_usd() == pytest.approx(
        Decimal("0.0083413333"), abs=Decimal("1e-9")
    )
    assert CONTEST.verdict == (
        "From 25 examples on v2 costs less per right answer. With the 20 set here "
        "Instant costs USD 0.00834, v2 USD 0.00975: 14 % less."
    )


def test_past_the_threshold_the_other_costs_less():
    assert "With the 25 set here v2 costs USD 0.00975, Instant" in (
        with_cheap(examples=25).verdict
    )


def test_a_hopeless_cheap_model_loses_against_no_example():
    contest = with_cheap(accuracy=0.05)
    assert contest.verdict.startswith("v2 costs less per right answer even against no")
    assert contest.words().startswith("v2 ahead from no example on; at 20 ")
    assert parts(contest_picture(contest, "t"), "circle") == []


def test_free_examples_have_no_threshold():
    contest = replace(CONTEST, task=replace(CONTEST.task, example_tokens=0))
    assert contest.verdict.startswith("An example costs nothing here")
    assert contest.words().startswith("never equal; at 20 ")
    assert parts(contest_picture(contest, "t"), "circle") == []


def test_equal_models_cost_the_same():
    same = Contender("one", V2, 0.5, 3)
    contest = Contest(CONTEST.task, same, replace(same, name="other"))
    assert contest.threshold == 3
    assert contest.verdict.startswith("From 4 examples on one costs less")
    assert "Here both cost USD " in contest.verdict


def test_the_ring_is_where_the_lines_cross():
    svg = contest_picture(CONTEST, "t")
    dear, _, cheap, _ = map(places, parts(svg, "polyline"))
    [ring] = parts(svg, "circle")
    x, y = float(ring.get("cx")), float(ring.get("cy"))
    assert y == pytest.approx(dear[0][1], abs=0.2)
    along = (x - cheap[0][0]) / (cheap[1][0] - cheap[0][0])
    assert cheap[0][1] + along * (cheap[1][1] - cheap[0][1]) == pytest.approx(
        y, abs=0.2
    )
    assert "(1) Equal at 24.3 examples: USD 0.00975." in words(svg)


@given(
    st.integers(0, 1000),
    st.decimals("0.05", 1, places=2),
    st.decimals("0.05", 1, places=2),
    st.integers(0, 60),
)
def test_any_contest_can_be_drawn_and_said(tokens, dear, cheap, examples):
    contest = Contest(
        replace(CONTEST.task, example_tokens=tokens),
        replace(CONTEST.dear, accuracy=dear),
        replace(CONTEST.cheap, accuracy=cheap, examples=examples),
    )
    svg = contest_picture(contest, contest.words(), contest.assumed())
    for line in parts(svg, "polyline"):
        assert all(46 <= y <= 346 or x > 570 for x, y in places(line))
    assert contest.verdict.endswith(("% less.", "."))


def test_a_threshold_far_out_makes_the_chart_wider_up_to_a_limit():
    far = replace(CONTEST, task=replace(CONTEST.task, example_tokens=20))
    assert "250" in words(contest_picture(far, "t"))  # its threshold: 182
    out = replace(CONTEST, task=replace(CONTEST.task, example_tokens=1))
    svg = contest_picture(out, "t")
    assert "600" in words(svg) and parts(svg, "circle") == []


def test_the_code_computes_both_costs_and_the_threshold(capsys):
    exec(contest_code(CONTEST, DAY), {})
    assert capsys.readouterr().out.splitlines() == [
        f"anthropic.claude-v2 {CONTEST.dear_usd}",
        f"anthropic.claude-instant-v1 {CONTEST.cheap_usd()}",
        str(CONTEST.threshold),
    ]


def test_all_assumptions_are_named_as_such():
    told = CONTEST.assumed()
    assert all(line.startswith("Assumed: ") for line in told)
    assert "90 % with 0 examples (v2) and 75 % (Instant)" in told[0]
    assert "500 tokens of prompt and 150 an example, 100 of answer" in told[1]
