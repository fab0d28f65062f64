"""CloudWatch as a service: what it does, refuses and keeps apart."""

import json

import pytest

from bedrock_helpers.offline.cloudwatch import OPERATIONS
from bedrock_helpers.offline.router import service_model
from bedrock_helpers.offline.server import serve
from tests.offline.desk import HAIKU, open_desk, tokens, user
from tests.offline.observing import total
from tests.offline.over_http import clients

MODEL = service_model("cloudwatch")
#: An alarm that the first call sets off.
ANY_CALL = {
    "Namespace": "AWS/Bedrock",
    "MetricName": "Invocations",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 0,
    "ComparisonOperator": "GreaterThanThreshold",
}


@pytest.fixture
def desk():
    return open_desk()


def refused(client, method, **parameters):
    with pytest.raises(client.exceptions.ClientError) as caught:
        getattr(client, method)(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_its_operations_are_cloudwatchs():
    assert set(OPERATIONS) <= set(MODEL.operation_names)


def test_what_it_cannot_do_is_said_with_what_it_can(desk):
    client = desk.client("cloudwatch")
    code, message = refused(client, "list_metric_streams")
    assert code == "NotAvailableOffline"
    assert "ListMetricStreams" in message and "GetMetricData" in message


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("put_anomaly_detector", {}),
        ("put_composite_alarm", {"AlarmName": "a", "AlarmRule": "ALARM(b)"}),
        ("get_metric_widget_image", {"MetricWidget": "{}"}),
    ],
)
def test_what_moto_would_only_pretend_is_refused(method, parameters, desk):
    code, _ = refused(desk.client("cloudwatch"), method, **parameters)
    assert code == "NotAvailableOffline"


def test_a_dashboard_is_kept(desk):
    client = desk.client("cloudwatch")
    metrics = [["AWS/Bedrock", "Invocations", "ModelId", HAIKU]]
    widget = {"type": "metric", "properties": {"metrics": metrics}}
    body = json.dumps({"widgets": [widget]})
    client.put_dashboard(DashboardName="bedrock", DashboardBody=body)
    found = client.get_dashboard(DashboardName="bedrock")
    assert json.loads(found["DashboardBody"]) == {"widgets": [widget]}
    names = [
        one["DashboardName"] for one in client.list_dashboards()["DashboardEntries"]
    ]
    assert names == ["bedrock"]


def test_each_region_has_its_own(desk):
    west = desk.session.client("cloudwatch", region_name="us-west-2")
    desk.call(
        "Converse",
        modelId=HAIKU,
        messages=[user("Hi")],
        inferenceConfig=tokens(1),
    )
    assert west.list_metrics()["Metrics"] == []
    assert total(desk.session, "Invocations") == 1


def test_looking_changes_nothing(desk):
    desk.converse(inferenceConfig=tokens(1))
    first = [total(desk.session, "Invocations") for _ in range(3)]
    assert first == [1, 1, 1]


def test_calls_are_looked_at_where_there_is_an_alarm_and_while_there_is(desk):
    watchers = desk.session.offline.services.observed.alarm_watchers
    client = desk.client("cloudwatch")
    for name in ("first", "second"):
        client.put_metric_alarm(AlarmName=name, **ANY_CALL)
    assert list(watchers) == ["us-east-1"]
    client.delete_alarms(AlarmNames=["first"])
    desk.converse(inferenceConfig=tokens(1))
    history = client.describe_alarm_history(AlarmName="second")
    summaries = [item["HistorySummary"] for item in history["AlarmHistoryItems"]]
    assert "Alarm updated from INSUFFICIENT_DATA to ALARM" in summaries
    client.delete_alarms(AlarmNames=["second"])
    assert watchers == {}
    client.put_metric_alarm(AlarmName="third", **ANY_CALL)
    assert list(watchers) == ["us-east-1"]


def test_it_answers_over_http_too():
    with serve() as server, clients(server) as client:
        client("bedrock-runtime").converse(
            modelId=HAIKU, messages=[user("Hi")], inferenceConfig=tokens(1)
        )
        listed = client("cloudwatch").list_metrics(Namespace="AWS/Bedrock")["Metrics"]
        assert "Invocations" in {metric["MetricName"] for metric in listed}
