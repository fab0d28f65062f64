"""Axes: what fits on them, and their round numbers."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from bedrock_helpers.labs.chart_axis import Axis, axis_for

AMOUNTS = st.floats(1e-6, 1e9)


@given(st.lists(AMOUNTS, min_size=1), st.booleans())
def test_all_values_lie_on_their_axis(values, is_log):
    axis = axis_for("USD", values, is_log=is_log)
    assert all(-1e-9 <= axis.share(value) <= 1 + 1e-9 for value in values)


@given(st.lists(AMOUNTS, min_size=1), st.booleans())
def test_there_are_a_few_ticks_in_order_from_end_to_end(values, is_log):
    axis = axis_for("USD", values, is_log=is_log)
    assert 2 <= len(axis.ticks) <= 10
    assert list(axis.ticks) == sorted(set(axis.ticks))
    assert axis.share(axis.ticks[0]) == pytest.approx(0, abs=1e-9)
    assert axis.share(axis.ticks[-1]) <= 1 + 1e-9


@given(AMOUNTS)
def test_ticks_are_round(most):
    """Two digits and otherwise zeros: 0.05, 40, 1200."""
    ticks = axis_for("USD", [most]).ticks
    assert all(tick == float(f"{tick:.2g}") for tick in ticks)


def test_a_logarithmic_axis_has_whole_powers_of_ten_and_between_them_where_few():
    assert axis_for("n", [20, 90_000], is_log=True).ticks == (
        10,
        100,
        1000,
        10**4,
        10**5,
    )
    assert axis_for("n", [3, 4], is_log=True).ticks == (1, 2, 5, 10)
    assert axis_for("n", [0.02, 0.9], is_log=True).ticks == (0.01, 0.1, 1)


def test_equal_factors_are_equal_steps():
    axis = Axis("n", 1, 10_000, is_log=True)
    assert [axis.share(n) for n in (1, 10, 100)] == pytest.approx([0, 0.25, 0.5])


@given(AMOUNTS, st.floats(1.01, 100))
def test_the_larger_value_is_further_along(value, factor):
    for is_log in (True, False):
        axis = axis_for("n", [value, factor * value], is_log=is_log)
        assert axis.share(factor * value) > axis.share(value)
