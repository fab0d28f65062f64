"""Metric math: plain Python arithmetic point by point, and CloudWatch's own rules."""

import datetime
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bedrock_helpers.offline.metric_math import ExpressionError, evaluate, ids_in
from bedrock_helpers.offline.time_series import Series

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)


def at(minute):
    return NOON + datetime.timedelta(minutes=minute)


def series(*values, label=""):
    """A minute each; None is a missing value."""
    points = {at(n): float(v) for n, v in enumerate(values) if v is not None}
    return Series(points, 60, tuple(at(n) for n in range(len(values))), label)


def values_of(result, length):
    return [result.values.get(at(n)) for n in range(length)]


def run(expression, **metrics):
    return evaluate(expression, metrics, metrics)


def points(expression, length=4, **metrics):
    return values_of(run(expression, **metrics), length)


# Arithmetic, beside Python's

NUMBERS = st.one_of(st.integers(0, 1000), st.floats(0, 1000, allow_nan=False, width=32))
LEAVES = st.one_of(NUMBERS.map(repr), st.sampled_from(["m1", "m2"]))


def joined(parts):
    left, sign, right = parts
    return f"({left} {sign} {right})"


EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(joined),
        inner.map(lambda text: f"-{text}"),
    ),
    max_leaves=12,
)


def by_python(expression, m1, m2):
    try:
        return float(eval(expression, {}, {"m1": m1, "m2": m2}))
    except ZeroDivisionError:
        return None


@given(EXPRESSIONS, NUMBERS, NUMBERS)
def test_arithmetic_is_pythons_wherever_both_metrics_have_a_value(text, m1, m2):
    expression = f"m1 * 0 + {text} + m2 * 0"
    expected = by_python(expression, float(m1), float(m2))
    assume(expected is not None and math.isfinite(expected))
    found = points(expression, 1, m1=series(m1), m2=series(m2))[0]
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(st.text(alphabet="m12+-*/^()[],<>=! SUMIFAVGREPEATCS\"'.e", max_size=30))
def test_any_text_is_an_expression_or_refused(text):
    try:
        result = run(text, m1=series(1, 2), m2=series(3, 4))
    except ExpressionError as refused:
        assert str(refused)
    else:
        assert isinstance(result, Series | list)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("2 + 3 * m1 - 1", 7),
        ("10 - 4 - m1", 4),
        ("100 / 5 / m1", 10),
        ("-m1 ^ 2", -4),
        ("2 ^ 3 ^ m1", 512),
        ("2 ^ -m1", 0.25),
        ("(m1)", 2),
        ("1.5e1 * m1 + .5", 30.5),
    ],
)
def test_operators_bind_as_in_school(expression, expected):
    assert points(expression, 1, m1=series(2)) == [expected]


# Missing values


def test_a_value_one_metric_lacks_counts_as_0():
    metrics = {"m1": series(1, None, 3, None), "m2": series(10, 20, None, None)}
    assert points("m1 + m2", **metrics) == [11, 20, 3, None]
    assert points("m1 - m2", **metrics) == [-9, -20, 3, None]


def test_a_point_that_would_divide_by_zero_is_left_out():
    assert points("m1 / m2", 3, m1=series(4, 4, 4), m2=series(2, 0, None)) == [
        2,
        None,
        None,
    ]


def test_a_number_changes_only_points_that_are_there():
    assert points("m1 + 1", 2, m1=series(1, None)) == [2, None]


# The examples of the user guide

GUIDE = {"metric1": series(30, 20, 0, 0), "metric2": series(20, None, 20, None)}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(metric1 < metric2)", [0, 0, 1, 0]),
        ("(metric1 >= 30)", [1, 0, 0, 0]),
        ("(metric1 > 15 AND metric2 > 15)", [1, 0, 0, 0]),
        ("(metric1 > 15 && metric2 > 15)", [1, 0, 0, 0]),
        ("metric1 > 25 OR metric2 > 15", [1, 0, 1, 0]),
        ("metric1 == 0", [0, 0, 1, 1]),
        ("metric1 != 0", [1, 1, 0, 0]),
        ("metric1 <= 20", [0, 1, 1, 1]),
    ],
)
def test_comparisons_give_1_and_0(expression, expected):
    assert points(expression, **GUIDE) == expected


# Functions


def test_sum_of_an_array_is_a_metric_of_sums_and_of_one_metric_a_number():
    metrics = {"m1": series(1, 2), "m2": series(10, None)}
    assert points("SUM(METRICS())", 2, **metrics) == [11, 2]
    assert points("SUM([m1, m2])", 2, **metrics) == [11, 2]
    assert points("m1 / SUM(m1)", 2, **metrics) == [1 / 3, 2 / 3]


def test_avg_takes_missing_values_as_0():
    metrics = {"m1": series(4, 8), "m2": series(2, None)}
    assert points("AVG(METRICS())", 2, **metrics) == [3, 4]
    assert points("m1 * 0 + AVG(m2)", 2, **metrics) == [1, 1]


def test_min_and_max_look_at_the_values_there_are():
    metrics = {"m1": series(4, 8), "m2": series(2, None)}
    assert points("MIN(METRICS())", 2, **metrics) == [2, 8]
    assert points("MAX([m1, m2])", 2, **metrics) == [4, 8]
    assert points("m1 - MIN(m1)", 2, **metrics) == [0, 4]
    assert points("MAX(m1) / m1", 2, **metrics) == [2, 1]


def test_metrics_takes_a_part_of_the_ids():
    metrics = {"errors1": series(1), "errors2": series(2), "calls": series(10)}
    assert points('SUM(METRICS("errors")) / calls', 1, **metrics) == [0.3]
    both = 'SUM([METRICS("1"), METRICS("calls")])'
    assert points(both, 1, **metrics) == [11]


def test_metrics_are_metrics_and_no_expressions():
    known = {"m1": series(1), "e1": series(100)}
    found = evaluate("SUM(METRICS())", known, {"m1": known["m1"]})
    assert values_of(found, 1) == [1]


def test_an_array_is_worked_on_metric_by_metric():
    found = run("METRICS() * 100", m1=series(1), m2=series(2))
    assert [values_of(one, 1) for one in found] == [[100], [200]]


@pytest.mark.parametrize(
    ("filler", "expected"),
    [
        ("0", [0, 4, 0, 0, 10, 0]),
        ("REPEAT", [None, 4, 4, 4, 10, 10]),
        ("LINEAR", [None, 4, 6, 8, 10, None]),
        ("m2", [7, 4, None, 7, 10, None]),
        ("MIN(m1)", [4, 4, 4, 4, 10, 4]),
    ],
)
def test_fill_puts_values_into_empty_periods(filler, expected):
    holes = series(None, 4, None, None, 10, None)
    other = series(7, None, None, 7, None, None)
    assert points(f"FILL(m1, {filler})", 6, m1=holes, m2=other) == expected


def test_if_chooses_point_by_point():
    metrics = {"m1": series(1, 5, None, 9), "m2": series(10, None, 30, 40)}
    assert points("IF(m1 > 3, m2, 0)", **metrics) == [0, 0, None, 40]
    assert points("IF(m1 > 3, 1)", **metrics) == [None, 1, None, 1]
    assert points("IF(1 > 2, m1, m2)", **metrics) == [10, None, 30, 40]


def test_small_functions():
    metrics = {"m1": series(-1.5, 2.5)}
    assert points("ABS(m1)", 2, **metrics) == [1.5, 2.5]
    assert points("CEIL(m1)", 2, **metrics) == [-1, 3]
    assert points("FLOOR(m1)", 2, **metrics) == [-2, 2]
    assert points("m1 * PERIOD(m1)", 2, **metrics) == [-90, 150]
    assert points("m1 / METRIC_COUNT(METRICS())", 2, **metrics) == [-1.5, 2.5]
    assert points("SUM(m1) / DATAPOINT_COUNT(m1) + m1 * 0", 2, **metrics) == [0.5, 0.5]


# Refusals


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("", "Invalid syntax"),
        ("m1 +", "Invalid syntax"),
        ("(m1", "Invalid syntax"),
        ("[m1", "Invalid syntax"),
        ("SUM(m1", "Invalid syntax"),
        ("m1 m1", "Invalid syntax"),
        ("m1 ? 2", "Invalid syntax"),
        ('"text"', "Invalid syntax"),
        ("__import__('os')", "Invalid syntax"),
        ("ANOMALY_DETECTOR(m1)", "Function 'ANOMALY_DETECTOR' not found"),
        ("sum(m1)", "Function 'sum' not found"),
        ("m1 + m9", "Unknown identifier 'm9'"),
        ("SUM(m1)", "must be a time series"),
        ("5", "must be a time series"),
        ("METRICS() + METRICS()", "Unsupported operand types"),
        ("SUM(5)", "Unsupported operand types"),
        ("FILL(m1)", "Unsupported operand types"),
        ("m1 + REPEAT", "Unsupported operand types"),
        ("METRICS(m1)", "METRICS takes"),
        ("[m1, 5]", "time series only"),
        ("(" * 200 + "m1" + ")" * 200, "nested too deeply"),
        ("-" * 200 + "m1", "nested too deeply"),
    ],
)
def test_what_cannot_be_computed_is_refused_in_words(expression, said):
    with pytest.raises(ExpressionError, match=said):
        run(expression, m1=series(1))


def test_the_ids_of_an_expression():
    assert ids_in('SUM(METRICS("x")) + errors / m1 * 2') == ["errors", "m1"]
