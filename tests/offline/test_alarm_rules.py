"""What PutMetricAlarm takes and refuses, through boto3."""

import pytest

from tests.offline.desk import open_desk
from tests.offline.observing import metric

DESK = open_desk()


def alarm(**changes):
    """An alarm on the input tokens of an hour, with changes; None leaves one out."""
    asked = {
        "AlarmName": "tokens",
        "Namespace": "AWS/Bedrock",
        "MetricName": "InputTokenCount",
        "Statistic": "Sum",
        "Period": 3600,
        "EvaluationPeriods": 1,
        "Threshold": 1000.0,
        "ComparisonOperator": "GreaterThanThreshold",
        **changes,
    }
    return {name: value for name, value in asked.items() if value is not None}


def on_metrics(*queries, **changes):
    """An alarm on a list of metrics and expressions."""
    of_one = dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period"))
    return alarm(**{**of_one, "Metrics": list(queries), **changes})


def refused(**asked):
    client = DESK.client("cloudwatch")
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.put_metric_alarm(**asked)
    error = caught.value.response["Error"]
    assert client.describe_alarms()["MetricAlarms"] == []
    return error["Code"], error["Message"]


BOTH = {"Id": "both", "Expression": "m1 + m2", "ReturnData": True}
PARTS = [
    {**metric(name, query_id=query_id), "ReturnData": False}
    for name, query_id in (("InputTokenCount", "m1"), ("OutputTokenCount", "m2"))
]


@pytest.mark.parametrize(
    "asked",
    [
        alarm(),
        alarm(Statistic=None, ExtendedStatistic="p99"),
        alarm(EvaluationPeriods=3, DatapointsToAlarm=2, Period=60),
        alarm(TreatMissingData="notBreaching", Unit="Count"),
        alarm(Period=10, EvaluationPeriods=3),
        alarm(Dimensions=[{"Name": "ModelId", "Value": "x"}]),
        on_metrics(*PARTS, BOTH),
    ],
    ids=["sum", "p99", "2 of 3", "missing", "10 seconds", "one model", "expression"],
)
def test_it_takes(asked):
    client = open_desk().client("cloudwatch")
    client.put_metric_alarm(**asked)
    (found,) = client.describe_alarms()["MetricAlarms"]
    assert {name: found[name] for name in asked} == asked


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (alarm(Period=90), "Period must be"),
        (alarm(Period=60, EvaluationPeriods=1441), "<= 86400"),
        (alarm(EvaluationPeriods=169), "<= 604800"),
        (alarm(EvaluationPeriods=2, DatapointsToAlarm=3), "between 1 and"),
        (alarm(Statistic=None), "Statistic or ExtendedStatistic is required"),
        (alarm(TreatMissingData="no"), "Option no is not supported"),
        (on_metrics(*PARTS, BOTH, Period=60), "mutually exclusive"),
        (on_metrics(*PARTS), "Exactly one element"),
        (on_metrics(BOTH, metric("InputTokenCount")), "Exactly one element"),
        (on_metrics(*PARTS, {**BOTH, "Expression": "m1 +"}), "Invalid syntax"),
        (on_metrics(*PARTS, {**BOTH, "Expression": "METRICS()"}), "single time series"),
        (on_metrics(*PARTS, {**BOTH, "Expression": "m1 + m3"}), "m3"),
    ],
)
def test_it_refuses_in_words(asked, words):
    code, message = refused(**asked)
    assert code == "ValidationError"
    assert words in message


def test_an_odd_statistic_is_refused():
    code, message = refused(**alarm(Statistic=None, ExtendedStatistic="p101"))
    assert code == "InvalidParameterValue"
    assert "p101" in message


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        (alarm(ComparisonOperator="LessThanLowerThreshold"), "LessThanLower"),
        (on_metrics(*PARTS, BOTH, ThresholdMetricId="m1"), "ThresholdMetricId"),
    ],
)
def test_anomaly_detection_is_not_offline(asked, word):
    code, message = refused(**asked)
    assert code == "NotAvailableOffline"
    assert word in message


def test_an_alarm_of_many_metrics_has_the_longest_period():
    short = {**metric("Invocations", period=60, query_id="m2"), "ReturnData": False}
    client = open_desk().client("cloudwatch")
    client.put_metric_alarm(**on_metrics(PARTS[0], short, BOTH, EvaluationPeriods=168))
    code, message = refused(**on_metrics(PARTS[0], short, BOTH, EvaluationPeriods=169))
    assert (code, "604800" in message) == ("ValidationError", True)


@pytest.mark.parametrize(
    "name", ["ComparisonOperator", "EvaluationPeriods", "Threshold"]
)
def test_what_boto3_lets_pass_but_every_alarm_needs_is_asked_for(name):
    code, message = refused(**alarm(**{name: None}))
    assert (code, message) == ("ValidationError", f"The parameter {name} is required.")
