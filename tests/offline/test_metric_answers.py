"""GetMetricStatistics and ListMetrics, through boto3."""

import datetime

import pytest

from tests.offline.desk import GPT_OSS, MICRO, open_desk, tokens, user
from tests.offline.observing import HOUR, by

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
VALUES = (3, 1, 4, 1, 5)


@pytest.fixture(scope="module")
def cloudwatch():
    """A client with a metric of five values, twelve minutes apart from noon on."""
    client = open_desk().client("cloudwatch")
    client.put_metric_data(
        Namespace="Lesson",
        MetricData=[
            {
                "MetricName": "Pi",
                "Timestamp": NOON + datetime.timedelta(minutes=12 * number),
                "Value": value,
                "Unit": "Count",
            }
            for number, value in enumerate(VALUES)
        ],
    )
    return client


def ask(**changes):
    return {
        "Namespace": "Lesson",
        "MetricName": "Pi",
        "StartTime": NOON,
        "EndTime": NOON + HOUR,
        "Period": 3600,
        "Statistics": ["Sum"],
        **changes,
    }


def refused(client, **changes):
    asked = {k: v for k, v in ask(**changes).items() if v is not None}
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.get_metric_statistics(**asked)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_all_statistics_at_once(cloudwatch):
    names = ["Sum", "Average", "Minimum", "Maximum", "SampleCount"]
    reply = cloudwatch.get_metric_statistics(**ask(Statistics=names))
    assert reply["Label"] == "Pi"
    assert reply["Datapoints"] == [
        {
            "Timestamp": NOON,
            "Unit": "Count",
            "Sum": 14,
            "Average": 2.8,
            "Minimum": 1,
            "Maximum": 5,
            "SampleCount": 5,
        }
    ]


def test_percentiles_are_extended_statistics(cloudwatch):
    asked = ask(ExtendedStatistics=["p0", "p50", "p100"])
    del asked["Statistics"]
    (point,) = cloudwatch.get_metric_statistics(**asked)["Datapoints"]
    assert point["ExtendedStatistics"] == {"p0": 1, "p50": 3, "p100": 5}


def test_periods_begin_at_the_start_that_was_asked_for(cloudwatch):
    half_past = NOON + HOUR / 2 - HOUR
    asked = ask(StartTime=half_past, EndTime=NOON + HOUR)
    points = cloudwatch.get_metric_statistics(**asked)["Datapoints"]
    sums = {point["Timestamp"]: point["Sum"] for point in points}
    assert sums == {half_past: 3 + 1 + 4, half_past + HOUR: 1 + 5}


def test_the_end_is_not_in_it(cloudwatch):
    asked = ask(EndTime=NOON + datetime.timedelta(minutes=12), Period=60)
    points = cloudwatch.get_metric_statistics(**asked)["Datapoints"]
    assert [point["Sum"] for point in points] == [3]


def test_another_unit_has_no_data(cloudwatch):
    assert cloudwatch.get_metric_statistics(**ask(Unit="Bytes"))["Datapoints"] == []
    assert cloudwatch.get_metric_statistics(**ask(Unit="Count"))["Datapoints"]


def test_more_than_1440_datapoints_are_refused_in_cloudwatchs_words(cloudwatch):
    asked = ask(Period=60, EndTime=NOON + 25 * HOUR)
    assert refused(cloudwatch, **asked) == (
        "InvalidParameterCombination",
        "You have requested up to 1,500 datapoints, which exceeds the limit of 1,440. "
        "You may reduce the datapoints requested by increasing Period, or decreasing "
        "the time range.",
    )
    cloudwatch.get_metric_statistics(**ask(Period=60, EndTime=NOON + 24 * HOUR))


def test_the_start_is_before_the_end(cloudwatch):
    assert refused(cloudwatch, EndTime=NOON) == (
        "InvalidParameterValue",
        "The parameter StartTime must be less than the parameter EndTime.",
    )


def test_a_statistic_must_be_named(cloudwatch):
    assert refused(cloudwatch, Statistics=None) == (
        "InvalidParameterCombination",
        "Must specify either Statistics or ExtendedStatistics",
    )


def test_an_odd_period_is_refused(cloudwatch):
    code, message = refused(cloudwatch, Period=90)
    assert (code, "90" in message) == ("InvalidParameterValue", True)


# ListMetrics


@pytest.fixture(scope="module")
def called():
    """A session whose calls were of two models, and a metric of its own."""
    desk = open_desk()
    for model in (MICRO, GPT_OSS):
        desk.converse(model=model, inferenceConfig=tokens(1))
    desk.client("cloudwatch").put_metric_data(
        Namespace="Lesson", MetricData=[{"MetricName": "Own", "Value": 1}]
    )
    return desk


def listed(desk, **wanted):
    pages = desk.client("cloudwatch").get_paginator("list_metrics").paginate(**wanted)
    return [metric for page in pages for metric in page["Metrics"]]


def names(metrics):
    return {metric["MetricName"] for metric in metrics}


def test_metrics_with_data_are_listed(called):
    of_bedrock = listed(called, Namespace="AWS/Bedrock")
    assert names(of_bedrock) == {
        "Invocations",
        "InvocationLatency",
        "InputTokenCount",
        "OutputTokenCount",
        "EstimatedTPMQuotaUsage",
    }
    assert len(of_bedrock) == 5 * 3  # of each model, and of all
    assert names(listed(called)) == names(of_bedrock) | {"Own"}


def test_a_name_and_dimensions_filter_the_list(called):
    of_micro = listed(called, MetricName="Invocations", Dimensions=by(ModelId=MICRO))
    expected = {"Namespace": "AWS/Bedrock", "MetricName": "Invocations"}
    assert of_micro == [{**expected, "Dimensions": by(ModelId=MICRO)}]
    any_model = [{"Name": "ModelId"}]
    by_model = listed(called, MetricName="Invocations", Dimensions=any_model)
    assert {d["Value"] for m in by_model for d in m["Dimensions"]} == {MICRO, GPT_OSS}


def test_more_than_500_metrics_come_in_pages():
    client = open_desk().client("cloudwatch")
    many = [{"MetricName": f"m{number}", "Value": 1} for number in range(501)]
    client.put_metric_data(Namespace="Lesson", MetricData=many)
    first = client.list_metrics(Namespace="Lesson")
    second = client.list_metrics(Namespace="Lesson", NextToken=first["NextToken"])
    assert (len(first["Metrics"]), len(second["Metrics"])) == (500, 1)
    assert "NextToken" not in second
    with pytest.raises(client.exceptions.InvalidParameterValueException):
        client.list_metrics(NextToken=first["NextToken"])


def test_a_question_without_an_answer_is_an_empty_list(called):
    assert listed(called, Namespace="AWS/Lambda") == []
    talk = {"messages": [user("Hi")], "modelId": "no.model"}
    called.refused("Converse", **talk)
    dimensions = by(ModelId="no.model")
    assert names(listed(called, Dimensions=dimensions)) == {"InvocationClientErrors"}
