"""Months over the number of requests as lines."""

from dataclasses import replace
from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import given

from bedrock_helpers.month_line import MonthLine, crossing, month_line
from bedrock_helpers.workload import Workload, monthly_usd
from tests.test_workload import HAIKU, NOVA, WORKLOADS

AMOUNTS = st.decimals(0, 1000, places=2)
LINES = st.builds(MonthLine, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)


@given(WORKLOADS, st.integers(1, 10**6))
def test_the_line_goes_through_the_month_at_any_number_of_requests(load, requests):
    line = month_line(load, HAIKU)
    month = monthly_usd(replace(load, requests_per_day=requests), HAIKU)
    assert line.usd(requests) == pytest.approx(month)


def test_the_line_bends_where_requests_begin_to_read_the_cache():
    # Half of the requests are batch: from 48 a day on there are more than 24 others.
    load = Workload(1, 1000, 100, cached_share=0.5, batch_share=0.5)
    line = month_line(load, HAIKU)
    assert line.bend == 48
    assert line.usd_below_bend > line.usd_above_bend
    assert month_line(replace(load, cached_share=0), HAIKU).bend == 0


def test_a_sum_a_month_is_a_flat_line():
    line = month_line(Workload(1, 1, 1), Decimal(28512))
    assert line.usd(0) == line.usd(10**6) == 28512


@given(LINES, LINES)
def test_where_lines_cross_they_are_equal_and_in_any_order(first, second):
    place = crossing(first, second)
    if place is not None:
        assert place > 0
        scale = 1 + first.usd(place)
        assert abs(first.usd(place) - second.usd(place)) < scale * Decimal("1e-20")
        assert crossing(second, first) == place


@given(LINES, LINES)
def test_lines_that_change_places_cross(first, second):
    knots = sorted([Decimal(0), first.bend, second.bend])
    places = [*knots, 2 * knots[-1] + 1]
    apart = [first.usd(place) - second.usd(place) for place in places]
    if min(apart) < 0 < max(apart):
        assert crossing(first, second) is not None


@given(WORKLOADS)
def test_two_models_without_a_cache_never_cross(load):
    lines = [month_line(replace(load, cached_share=0), one) for one in (NOVA, HAIKU)]
    assert crossing(*lines) is None


def test_the_first_of_two_crossings_is_told():
    # Up to 10 requests by 3 dollars each, then by 0: it meets 1 + n / 2 twice.
    bent = MonthLine(Decimal(0), Decimal(10), Decimal(3), Decimal(0))
    straight = MonthLine(Decimal(1), Decimal(0), Decimal(0), Decimal("0.5"))
    assert crossing(bent, straight) == pytest.approx(Decimal("0.4"))
