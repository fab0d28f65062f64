"""Statistics of a metric's samples, beside Python's own."""

import datetime
import statistics

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline.metric_statistics import (
    Sample,
    by_period,
    first_period,
    grid,
    is_period,
    is_statistic,
    one_value,
    statistic,
)

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
VALUES = st.lists(st.integers(0, 10**6), min_size=1, max_size=40)


def samples_of(values, unit="Count"):
    return [one_value(NOON, value, unit) for value in values]


def minutes(number):
    return NOON + datetime.timedelta(minutes=number)


@given(VALUES)
def test_plain_statistics_are_those_of_python(values):
    samples = samples_of(values)
    assert statistic(samples, "Sum") == sum(values)
    assert statistic(samples, "SampleCount") == len(values)
    assert statistic(samples, "Minimum") == min(values)
    assert statistic(samples, "Maximum") == max(values)
    assert statistic(samples, "Average") == pytest.approx(statistics.fmean(values))


@given(VALUES, st.integers(0, 100))
def test_a_percentile_is_the_interpolated_one_of_numpy(values, percent):
    expected = numpy.percentile(values, percent)
    assert statistic(samples_of(values), f"p{percent}") == pytest.approx(expected)


def test_a_statistic_set_counts_as_all_its_values_but_has_no_percentile():
    several = Sample(NOON, 30.0, "Count", 3, 5.0, 15.0)
    both = [several, one_value(NOON, 10.0, "Count")]
    assert statistic(both, "Sum") == 40
    assert statistic(both, "Average") == 10
    assert statistic(both, "Minimum") == 5
    assert statistic(both, "p50") is None


def test_a_set_of_equal_values_has_percentiles():
    assert statistic([Sample(NOON, 15.0, "Count", 3, 5.0, 5.0)], "p99") == 5


@pytest.mark.parametrize("name", ["Sum", "p0", "p50", "p99.9", "p100"])
def test_these_are_statistics(name):
    assert is_statistic(name)


@pytest.mark.parametrize("name", ["sum", "p101", "p", "tm90", "P50", ""])
def test_these_are_not(name):
    assert not is_statistic(name)


def test_periods_are_of_1_5_10_30_or_whole_minutes():
    taken = [seconds for seconds in range(-60, 200) if is_period(seconds)]
    assert taken == [1, 5, 10, 30, 60, 120, 180]


def test_a_period_begins_at_the_start_rounded_down_to_the_minute():
    start = minutes(7) + datetime.timedelta(seconds=59)
    assert first_period(start, 3600) == minutes(7)
    assert first_period(start, 10) == minutes(7) + datetime.timedelta(seconds=50)


@given(
    st.lists(st.integers(-90, 200), max_size=60),
    st.integers(0, 60),
    st.integers(1, 120),
    st.sampled_from([60, 300, 3600]),
)
def test_every_sample_of_the_range_is_in_the_period_it_falls_into(
    times, start, length, period
):
    samples = [one_value(minutes(at), at, "Count") for at in times]
    begin, end = minutes(start), minutes(start + length)
    found = by_period(samples, begin, end, period)
    assert list(found) == sorted(found)
    for at, inside in found.items():
        offset = (at - begin).total_seconds()
        assert offset % period == 0
        late = datetime.timedelta(seconds=period)
        assert inside and all(at <= sample.time < at + late for sample in inside)
    kept = sorted(sample.total for inside in found.values() for sample in inside)
    assert kept == sorted(at for at in times if start <= at < start + length)
    assert set(found) <= set(grid(begin, end, period))


def test_the_start_is_in_and_the_end_is_not():
    samples = [one_value(minutes(at), at, "Count") for at in (0, 60)]
    assert list(by_period(samples, minutes(0), minutes(60), 3600)) == [minutes(0)]


def test_the_grid_has_the_empty_periods_too_and_a_last_broken_one():
    assert grid(minutes(0), minutes(12), 300) == [minutes(0), minutes(5), minutes(10)]
