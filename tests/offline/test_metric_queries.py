"""GetMetricData: metrics and expressions over them, through boto3."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.offline.desk import GPT_OSS, MICRO, open_desk, tokens, user
from tests.offline.observing import HOUR, last_hours, metric, metric_data

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
TWO_DAYS = 172_800
DESK = open_desk()


@pytest.fixture(scope="module")
def called():
    """A session with five calls of one model and two of another."""
    desk = open_desk()
    for model, calls in ((MICRO, 5), (GPT_OSS, 2)):
        for number in range(calls):
            talk = [user("a " * (number + 1))]
            config = tokens(number + 1)
            desk.call("Converse", modelId=model, messages=talk, inferenceConfig=config)
    return desk


def expression(text, query_id="e1", **more):
    return {"Id": query_id, "Expression": text, **more}


def refused(desk, *queries, **more):
    asked = {"MetricDataQueries": list(queries), **last_hours(), **more}
    client = desk.client("cloudwatch")
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.get_metric_data(**asked)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def value(desk, *queries, of):
    (found,) = metric_data(desk.session, *queries, **two_days())[of]["Values"]
    return found


def two_days():
    """Two days around now: one period, which has every call."""
    now = datetime.datetime.now(datetime.UTC)
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return {"StartTime": start - 23 * HOUR, "EndTime": start + 25 * HOUR}


INPUT = metric("InputTokenCount", period=TWO_DAYS, query_id="inputs")
OUTPUT = metric("OutputTokenCount", period=TWO_DAYS, query_id="outputs")


def records(desk):
    return desk.session.offline.calls


# Metrics


@pytest.mark.parametrize(
    ("stat", "compute"),
    [
        ("Sum", sum),
        ("Minimum", min),
        ("Maximum", max),
        ("SampleCount", len),
        ("Average", lambda values: sum(values) / len(values)),
        ("p50", lambda values: sorted(values)[len(values) // 2]),
        ("p100", max),
    ],
)
def test_statistics_of_the_calls(stat, compute, called):
    query = metric("OutputTokenCount", stat, TWO_DAYS)
    used = [record.output_tokens for record in records(called)]
    assert value(called, query, of="m1") == pytest.approx(compute(used))


def test_metrics_of_two_models_side_by_side(called):
    queries = [
        metric("Invocations", "Sum", TWO_DAYS, "micro", ModelId=MICRO),
        metric("Invocations", "Sum", TWO_DAYS, "oss", ModelId=GPT_OSS),
    ]
    found = metric_data(called.session, *queries, **two_days())
    values = {query_id: result["Values"] for query_id, result in found.items()}
    assert values == {"micro": [5], "oss": [2]}
    assert {result["StatusCode"] for result in found.values()} == {"Complete"}


def test_a_metric_without_data_has_no_values(called):
    found = metric_data(called.session, metric("InvocationThrottles"))
    assert found["m1"]["Values"] == found["m1"]["Timestamps"] == []


def test_a_label_is_the_metrics_name_or_ones_own(called):
    own = {**metric("Invocations", query_id="own"), "Label": "calls"}
    found = metric_data(called.session, metric("Invocations"), own)
    assert (found["m1"]["Label"], found["own"]["Label"]) == ("Invocations", "calls")


def test_newest_first_unless_asked_otherwise(called):
    desk = open_desk()
    put_three_minutes(desk)
    query = {
        "Id": "m1",
        "MetricStat": {
            "Metric": {"Namespace": "Lesson", "MetricName": "Steps"},
            "Period": 60,
            "Stat": "Sum",
        },
    }
    times = {"StartTime": NOON, "EndTime": NOON + HOUR}
    newest = metric_data(desk.session, query, **times)["m1"]
    assert newest["Values"] == [3, 2, 1]
    assert newest["Timestamps"] == sorted(newest["Timestamps"], reverse=True)
    oldest = metric_data(desk.session, query, ScanBy="TimestampAscending", **times)
    assert oldest["m1"]["Values"] == [1, 2, 3]


def put_three_minutes(desk):
    desk.client("cloudwatch").put_metric_data(
        Namespace="Lesson",
        MetricData=[
            {
                "MetricName": "Steps",
                "Timestamp": NOON + datetime.timedelta(minutes=number),
                "Value": number,
            }
            for number in (1, 2, 3)
        ],
    )


# Expressions


def test_tokens_are_added_up(called):
    both = value(called, INPUT, OUTPUT, expression("inputs + outputs"), of="e1")
    calls = records(called)
    assert both == sum(call.input_tokens + call.output_tokens for call in calls)


def test_what_tokens_cost(called):
    text = "(inputs * 0.035 + outputs * 0.14) / 1000000"
    calls = records(called)
    expected = sum(0.035e-6 * c.input_tokens + 0.14e-6 * c.output_tokens for c in calls)
    found = value(called, INPUT, OUTPUT, expression(text), of="e1")
    assert found == pytest.approx(expected)


def test_the_sum_of_all_metrics(called):
    queries = [
        metric("Invocations", "Sum", TWO_DAYS, "a", ModelId=MICRO),
        metric("Invocations", "Sum", TWO_DAYS, "b", ModelId=GPT_OSS),
    ]
    assert value(called, *queries, expression("SUM(METRICS())"), of="e1") == 7


def test_what_is_not_to_be_returned_is_computed_with_all_the_same(called):
    hidden = [{**query, "ReturnData": False} for query in (INPUT, OUTPUT)]
    found = metric_data(
        called.session, *hidden, expression("inputs+outputs"), **two_days()
    )
    assert list(found) == ["e1"]


def test_an_expression_may_use_another(called):
    twice = expression("half * 2", "whole")
    half = expression("inputs / 2", "half")
    found = metric_data(called.session, twice, half, INPUT, **two_days())
    assert found["whole"]["Values"] == found["inputs"]["Values"]


def test_a_list_of_metrics_is_a_result_for_each(called):
    reply = called.client("cloudwatch").get_metric_data(
        MetricDataQueries=[INPUT, OUTPUT, expression("METRICS() * 2", Label="x")],
        **two_days(),
    )
    labels = [result["Label"] for result in reply["MetricDataResults"]]
    assert labels[2:] == ["x InputTokenCount", "x OutputTokenCount"]


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 50), st.integers(1, 50))
def test_numbers_in_an_expression_are_pythons(one, two):
    text = f"FILL(inputs, {one}) * {two} - {one} / {two}"
    found = metric_data(DESK.session, INPUT, expression(text), **two_days())
    assert found["e1"]["Values"] == pytest.approx([one * two - one / two])


# What is refused


def test_a_metric_that_is_not_in_the_list_is_refused(called):
    code, message = refused(called, INPUT, expression("inputs + other"))
    assert code == "ValidationError"
    assert message.startswith("Error in expression 'e1': ")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("inputs +", "Invalid syntax"),
        ("inputs ** 2", "Invalid syntax"),
        ("__import__('os')", "Invalid syntax"),
        ("NOPE(inputs)", "Function 'NOPE' not found"),
    ],
)
def test_a_wrong_expression_is_refused_as_cloudwatch_does(text, problem, called):
    code, message = refused(called, INPUT, expression(text))
    assert code == "ValidationError"
    assert message == f"Error in expression 'e1': {problem}"


def test_expressions_that_need_each_other_are_refused(called):
    code, message = refused(called, expression("b + 1", "a"), expression("a", "b"))
    assert code == "ValidationError"
    assert "Circular" in message


@pytest.mark.parametrize("text", ["SELECT SUM(x) FROM y", "SEARCH('x', 'Sum', 60)"])
def test_searches_say_they_are_not_offline(text, called):
    code, message = refused(called, expression(text))
    assert code == "NotAvailableOffline"
    assert "name each metric" in message


@pytest.mark.parametrize("query_id", ["Upper", "1st", "a b", "", "ä"])
def test_an_id_begins_with_a_small_letter(query_id, called):
    code, _ = refused(called, metric("Invocations", query_id=query_id or "_"))
    assert code == "ValidationError"


def test_ids_are_unique(called):
    code, message = refused(called, metric("Invocations"), metric("Invocations"))
    assert code == "ValidationError"
    assert "not unique" in message


@pytest.mark.parametrize("seconds", [7, 61, 90])
def test_periods_are_one_five_ten_thirty_or_whole_minutes(seconds, called):
    code, message = refused(called, metric("Invocations", period=seconds))
    assert code == "InvalidParameterValue"
    assert str(seconds) in message


def test_a_statistic_nobody_knows_is_refused(called):
    code, _ = refused(called, metric("Invocations", "Total"))
    assert code == "InvalidParameterValue"
    code, message = refused(called, metric("Invocations", "tm90"))
    assert code == "NotAvailableOffline"
    assert "tm90" in message


def test_an_entry_is_a_metric_or_an_expression(called):
    code, message = refused(called, {"Id": "m1"})
    assert code == "ValidationError"
    assert "MetricDataQueries.member.1.MetricStat is required" in message


@pytest.mark.parametrize("hours", [0, -1])
def test_the_end_is_after_the_start(hours, called):
    times = {"StartTime": NOON, "EndTime": NOON + hours * HOUR}
    code, message = refused(called, metric("Invocations"), **times)
    assert code == "ValidationError"
    assert "EndTime" in message
