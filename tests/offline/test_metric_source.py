"""Metrics of one's own, beside Bedrock's, through PutMetricData."""

import datetime
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.offline.desk import MICRO, open_desk, tokens
from tests.offline.observing import HOUR, by

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
DESK = open_desk()
NUMBERS = itertools.count()


def put(desk, *data, namespace="Lesson"):
    desk.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=data)


def point(desk, name, **more):
    reply = desk.client("cloudwatch").get_metric_statistics(
        Namespace="Lesson",
        MetricName=name,
        StartTime=NOON,
        EndTime=NOON + HOUR,
        Period=3600,
        Statistics=["Sum", "SampleCount", "Minimum", "Maximum"],
        **more,
    )
    (found,) = reply["Datapoints"]
    return [found[stat] for stat in ("SampleCount", "Sum", "Minimum", "Maximum")]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=20))
def test_what_was_put_is_what_there_is(values):
    name = f"metric {next(NUMBERS)}"
    put(DESK, *({"MetricName": name, "Timestamp": NOON, "Value": v} for v in values))
    expected = [len(values), sum(values), min(values), max(values)]
    assert point(DESK, name) == expected


def test_a_set_of_statistics_is_put_as_one():
    desk = open_desk()
    values = {"SampleCount": 3, "Sum": 30, "Minimum": 5, "Maximum": 15}
    put(desk, {"MetricName": "m", "Timestamp": NOON, "StatisticValues": values})
    assert point(desk, "m") == [3, 30, 5, 15]


def test_values_are_kept_apart_by_their_dimensions():
    desk = open_desk()
    for team, value in (("shop", 1), ("help", 2)):
        datum = {"MetricName": "m", "Timestamp": NOON, "Value": value}
        put(desk, {**datum, "Dimensions": by(team=team)})
    assert point(desk, "m", Dimensions=by(team="help"))[1] == 2


def test_without_a_time_it_is_now():
    desk = open_desk()
    put(desk, {"MetricName": "m", "Value": 1})
    now = datetime.datetime.now(datetime.UTC)
    found = desk.client("cloudwatch").get_metric_statistics(
        Namespace="Lesson",
        MetricName="m",
        StartTime=now - HOUR,
        EndTime=now + HOUR,
        Period=7200,
        Statistics=["Sum"],
    )
    assert [one["Sum"] for one in found["Datapoints"]] == [1]


def test_nobody_puts_data_among_awss_own():
    desk = open_desk()
    desk.converse(model=MICRO, inferenceConfig=tokens(1))
    client = desk.client("cloudwatch")
    with pytest.raises(client.exceptions.InvalidParameterValueException) as caught:
        data = {"MetricName": "Invocations", "Value": 9}
        put(desk, data, namespace="AWS/Bedrock")
    message = caught.value.response["Error"]["Message"]
    assert message == "The value AWS/ for parameter Namespace is invalid."
