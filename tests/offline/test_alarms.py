"""When an alarm changes its state: the tables of CloudWatch's user guide, and words."""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline.alarm_words import java_double
from bedrock_helpers.offline.alarms import TREATMENTS, Point, Rule, judge, window

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
LIMIT = 10.0
VALUES = {"0": 1.0, "X": 99.0, "-": None}
STATES = ("OK", "ALARM", "INSUFFICIENT_DATA", None)


def rule(needed=None, periods=3, treat="missing", operator="GreaterThanThreshold"):
    return Rule(operator, LIMIT, 300, periods, needed, treat, "Sum")


def points(values):
    """Points five minutes apart, from a list that begins with the oldest."""
    five = datetime.timedelta(minutes=5)
    return [
        Point(NOON - n * five, value) for n, value in enumerate(reversed(values), 1)
    ]


def drawn(picture):
    return points([VALUES[sign] for sign in picture.split()])


# The tables: missing, ignore, breaching, notBreaching

TABLE_3_OF_3 = [
    ("0 - X - X", ("OK", "OK", "OK", "OK")),
    ("0 - - - -", ("OK", "OK", "OK", "OK")),
    ("- - - - -", ("INSUFFICIENT_DATA", None, "ALARM", "OK")),
    ("0 X X - X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("- - X - -", ("ALARM", None, "ALARM", "OK")),
]
TABLE_2_OF_3 = [
    ("0 - X - X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("0 0 X 0 X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("0 - X - -", ("OK", "OK", "ALARM", "OK")),
    ("- - - - 0", ("OK", "OK", "ALARM", "OK")),
    ("- - - X -", ("ALARM", None, "ALARM", "OK")),
]


@pytest.mark.parametrize(("picture", "states"), TABLE_3_OF_3)
def test_three_out_of_three_as_in_the_user_guide(picture, states):
    found = [judge(rule(3, 3, t), drawn(picture), NOON).state for t in TREATMENTS]
    assert tuple(found) == states


@pytest.mark.parametrize(("picture", "states"), TABLE_2_OF_3)
def test_two_out_of_three_as_in_the_user_guide(picture, states):
    found = [judge(rule(2, 3, t), drawn(picture), NOON).state for t in TREATMENTS]
    assert tuple(found) == states


@pytest.mark.parametrize("picture", ["- - - - X", "- - - X -"])
def test_a_lone_late_breach_is_no_alarm_yet(picture):
    assert judge(rule(3), drawn(picture), NOON).state == "OK"


@given(
    st.lists(st.sampled_from([None, 1.0, 99.0]), min_size=5, max_size=5),
    st.integers(1, 3),
    st.sampled_from(TREATMENTS),
)
def test_what_there_is_decides_when_there_is_enough(values, needed, treat):
    verdict = judge(rule(needed, 3, treat), points(values), NOON)
    real = [value for value in reversed(values) if value is not None][:3]
    assert verdict.state in STATES
    if len(real) == 3:
        breaching = sum(value > LIMIT for value in real)
        assert verdict.state == ("ALARM" if breaching >= needed else "OK")
    if verdict.state == "INSUFFICIENT_DATA":
        assert not real and treat == "missing"
    if verdict.state is None:
        assert treat == "ignore"
    else:
        assert verdict.reason.endswith(".")


@pytest.mark.parametrize(
    ("operator", "breaching"),
    [
        ("GreaterThanThreshold", [11.0]),
        ("GreaterThanOrEqualToThreshold", [11.0, 10.0]),
        ("LessThanThreshold", [9.0]),
        ("LessThanOrEqualToThreshold", [9.0, 10.0]),
    ],
)
def test_each_operator_breaches_on_its_side(operator, breaching):
    watched = rule(1, 1, operator=operator)
    found = [
        value
        for value in (9.0, 10.0, 11.0)
        if judge(watched, [Point(NOON, value)], NOON).state == "ALARM"
    ]
    assert sorted(found) == sorted(breaching)


# Words, as alarms in public repositories have them


def said(watched, *values):
    return judge(watched, points(list(values)), NOON).reason


def test_one_datapoint_that_crosses():
    assert said(rule(None, 1), 63) == (
        "Threshold Crossed: 1 datapoint [63.0 (24/11/26 11:55:00)] was greater than "
        "the threshold (10.0)."
    )


def test_one_out_of_one():
    assert said(rule(1, 1), 63) == (
        "Threshold Crossed: 1 out of the last 1 datapoints [63.0 (24/11/26 11:55:00)] "
        "was greater than the threshold (10.0) (minimum 1 datapoint for OK -> ALARM "
        "transition)."
    )


def test_back_to_ok():
    assert said(rule(1, 1), 2) == (
        "Threshold Crossed: 1 out of the last 1 datapoints [2.0 (24/11/26 11:55:00)] "
        "was not greater than the threshold (10.0) (minimum 1 datapoint for ALARM -> "
        "OK transition)."
    )


def test_several_the_latest_first():
    assert said(rule(None), 11, 12, 13) == (
        "Threshold Crossed: 3 datapoints [13.0 (24/11/26 11:55:00), 12.0 (24/11/26 "
        "11:50:00), 11.0 (24/11/26 11:45:00)] were greater than the threshold (10.0)."
    )


def test_many_come_in_a_sentence_of_their_own():
    words = said(rule(5, 5), 11, 12, 13, 14, 15)
    assert words.startswith(
        "Threshold Crossed: 5 out of the last 5 datapoints were greater than the "
        "threshold (10.0). The most recent datapoints which crossed the threshold: "
        "[15.0 (24/11/26 11:55:00), "
    )
    assert words.endswith("(minimum 5 datapoints for OK -> ALARM transition).")


def test_missing_ones_that_were_treated_are_told():
    assert said(rule(1, 3, "notBreaching"), None, None, None, None, 63) == (
        "Threshold Crossed: 1 out of the last 3 datapoints [63.0 (24/11/26 11:55:00)] "
        "was greater than the threshold (10.0) and 2 missing datapoints were treated "
        "as [NonBreaching] (minimum 1 datapoint for OK -> ALARM transition)."
    )


def test_nothing_received():
    assert said(rule(None, 1, "notBreaching"), None, None, None) == (
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing "
        "datapoint was treated as [NonBreaching]."
    )
    assert said(rule(None, 2, "breaching"), None, None, None, None) == (
        "Threshold Crossed: no datapoints were received for 2 periods and 2 missing "
        "datapoints were treated as [Breaching]."
    )


def test_nothing_that_breaches_but_what_is_missing():
    assert said(rule(2, 3, "breaching"), None, None, None, None, 1) == (
        "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing "
        "datapoints were treated as [Breaching]."
    )


def test_unknown_datapoints():
    assert said(rule(None, 1), None) == "Insufficient Data: 1 datapoint was unknown."
    assert said(rule(None, 5), None) == "Insufficient Data: 5 datapoints were unknown."


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0.0"),
        (1234, "1234.0"),
        (0.04841402337228715, "0.04841402337228715"),
        (9_999_999, "9999999.0"),
        (12_345_678, "1.2345678E7"),
        (10_000_000, "1.0E7"),
        (0.0001, "1.0E-4"),
        (-25_000_000, "-2.5E7"),
    ],
)
def test_numbers_are_written_as_java_writes_them(number, text):
    assert java_double(number) == text


@given(st.floats(-1e12, 1e12, allow_nan=False))
def test_a_written_number_is_the_number(number):
    assert float(java_double(number)) == number


def test_the_data_say_what_was_looked_at():
    watched = rule(1, 1)
    data = json.loads(judge(watched, [Point(NOON, 63.0, 7.0)], NOON).data)
    assert data == {
        "version": "1.0",
        "queryDate": "2026-11-24T12:00:00.000+0000",
        "startDate": "2026-11-24T12:00:00.000+0000",
        "statistic": "Sum",
        "period": 300,
        "recentDatapoints": [63.0],
        "threshold": 10.0,
        "evaluatedDatapoints": [
            {
                "timestamp": "2026-11-24T12:00:00.000+0000",
                "sampleCount": 7.0,
                "value": 63.0,
            }
        ],
    }


def test_recent_datapoints_begin_with_the_oldest():
    data = json.loads(judge(rule(None), points([1.0, 2.0, 3.0]), NOON).data)
    assert data["recentDatapoints"] == [1.0, 2.0, 3.0]


def test_without_data_the_empty_periods_are_told():
    data = json.loads(judge(rule(None, 1), points([None] * 3), NOON).data)
    assert data["recentDatapoints"] == []
    assert data["evaluatedDatapoints"] == [
        {"timestamp": "2026-11-24T11:55:00.000+0000"}
    ]
    assert "startDate" not in data


# The window


@given(st.integers(0, 59), st.sampled_from([60, 300, 600, 3600]), st.integers(1, 5))
def test_the_window_ends_with_the_minute_now_running(second, period, periods):
    now = NOON.replace(second=second)
    watched = Rule("GreaterThanThreshold", LIMIT, period, periods)
    start, end = window(watched, now)
    assert end == NOON + datetime.timedelta(minutes=1)
    length = (end - start).total_seconds()
    assert length >= periods * period and length % period == 0


def test_an_hour_is_looked_at_alone_and_five_minutes_with_two_more():
    assert [rule(None, 3).range, Rule("LessThanThreshold", 1, 3600, 1).range] == [5, 1]
