"""Costs over requests as a chart, and what crosses in it."""

import pytest
from hypothesis import given

from bedrock_helpers.labs.cost_picture import cost_picture, units_of, units_source
from bedrock_helpers.labs.cost_rows import cost_row
from bedrock_helpers.workload import Workload
from tests.labs.svg_parts import parts, places, words
from tests.test_workload import HAIKU, NOVA, WORKLOADS

INSTANT, V2, DAY = "anthropic.claude-instant-v1", "anthropic.claude-v2", "2023-09-28"
LOAD = Workload(5000, 1000, 200)


def picture(model_ids, load=LOAD, tokens=None, months=1, on=None):
    rows = [cost_row(load, one, on) for one in model_ids]
    units = units_of(rows, load, months, tokens) if tokens else []
    return cost_picture(rows, units, load, "Costs", on=on)


def test_models_are_lines_that_run_side_by_side():
    svg = picture([NOVA, HAIKU])
    nova, haiku = (places(line) for line in parts(svg, "polyline")[::2])
    gaps = {round(a[1] - b[1], 0) for a, b in zip(nova, haiku, strict=True)}
    assert len(gaps) == 1 and gaps.pop() > 50
    assert "No lines of two models cross: " in " ".join(words(svg))
    assert parts(svg, "circle") == []


def test_one_model_alone_is_compared_with_none():
    assert "cross" not in " ".join(words(picture([NOVA])))


def test_a_crossing_through_cache_writes_is_marked_and_told():
    # 4,224 requests: worked out in tests/test_break_even.py.
    load = Workload(5000, 5000, 1, cached_share=1)
    ids = ["us.anthropic.claude-sonnet-4-5-20250929-v1:0"]
    svg = picture([*ids, "us.anthropic.claude-fable-5-1"], load)
    told = " ".join(words(svg))
    assert len(parts(svg, "circle")) == 1
    assert "(1) Claude Sonnet 4.5 (us) and Claude Fable 5.1 (us) cost the same" in told
    assert "No lines of two models cross" not in told


def test_a_unit_pays_from_where_its_month_is_that_of_the_tokens():
    # 347,877 requests: tests/test_break_even.py. A unit of 500,000 tokens a minute does
    # 500,000 × 1,440 / 1,200 = 600,000 of them: 58 %.
    svg = picture([INSTANT], tokens=500_000, on=DAY)
    told = " ".join(words(svg)).replace("     ", " ").replace("\u00a0", " ")
    assert "(1) Claude Instant (v1.2): a model unit (USD 28,512.00 a month" in told
    assert "pays from 347,877 requests a day on: 58 % of what it can do." in told
    assert "units of Claude Instant" in words(svg)


def test_a_unit_that_is_full_before_it_pays_never_pays():
    # 100,000 × 1,440 / 1,200 = 120,000 requests, fewer than 347,877.
    svg = picture([INSTANT], tokens=100_000, on=DAY)
    told = " ".join(" ".join(words(svg)).split())
    assert "is full at 120,000 requests a day; even then it costs more" in told
    assert parts(svg, "circle") == []


def test_six_months_cost_less_than_one():
    units = [
        units_of([cost_row(LOAD, INSTANT, DAY)], LOAD, months, 100_000)[0]
        for months in (1, 6)
    ]
    assert [unit.month_usd for unit in units] == [28_512, 15_840]


def test_full_units_are_joined_by_others_in_steps():
    svg = picture([INSTANT], tokens=500_000, on=DAY)
    steps = places(parts(svg, "polyline")[2])
    heights = [y for _, y in steps]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 2  # one unit to 600,000 requests, then two
    assert len({x for x, _ in steps}) == 3


@pytest.mark.parametrize("tokens", [1000, 10_000_000])
def test_units_of_any_size_can_be_drawn(tokens):
    for load in (LOAD, Workload(10, 10, 1), Workload(10, 10**6, 10**5)):
        svg = picture([INSTANT, V2], load, tokens=tokens, on=DAY)
        for line in parts(svg, "polyline"):
            assert all(0 <= x <= 800 and 40 <= y <= 350 for x, y in places(line))


@given(WORKLOADS)
def test_any_workload_can_be_drawn(load):
    svg = picture([HAIKU, "anthropic.claude-haiku-4-5-20251001-v1:0"], load)
    for line in parts(svg, "polyline"):
        assert all(46 <= y <= 346 or x > 570 for x, y in places(line))


def test_models_keep_their_looks_when_another_has_no_price():
    both = picture([NOVA, HAIKU])
    load = Workload(5000, 1000, 200, cached_share=0.5)
    alone = picture(["openai.gpt-oss-20b-1:0", HAIKU], load)
    assert parts(both, "polyline")[2].get("stroke") == (
        parts(alone, "polyline")[0].get("stroke")
    )


def test_without_any_known_price_there_is_no_picture():
    assert picture([V2], Workload(10, 10, 10, batch_share=0.5), on=DAY) == ""


def test_a_unit_may_pay_beyond_the_chart():
    # Nova Micro: 39,600 a month / (30 × 0.000063) = 20,952,381 requests a day.
    svg = picture([NOVA], tokens=100_000_000)
    told = " ".join(" ".join(words(svg)).split())
    assert "pays from 20,952,381 requests a day on: 17 % of what it can do." in told
    assert parts(svg, "circle") == []


def test_a_term_without_a_known_price_has_no_unit():
    rows = [cost_row(LOAD, INSTANT, DAY)]
    assert units_of(rows, LOAD, 0, 100_000) == []
    nova = units_of([cost_row(LOAD, NOVA)], LOAD, 0, 100_000)
    assert "no term" in " ".join(words(cost_picture([nova[0].row], nova, LOAD, "t")))


def test_units_are_priced_by_a_dated_source():
    units = units_of([cost_row(LOAD, INSTANT, DAY)], LOAD, 1, 100_000)
    assert units_source(units).startswith("Model units: prices in us-east-1 of 2026-")
    assert units_source([]) == ""
