"""The life of an alarm: created, exceeded, seen firing, over; and its history."""

import datetime
import json

import pytest

from tests.offline.desk import GPT_OSS, MICRO, open_desk, tokens, user
from tests.offline.observing import by, metric, to_a_full_minute
from tests.offline.test_alarm_rules import BOTH, PARTS, alarm, on_metrics

TOPIC = "arn:aws:sns:us-east-1:111122223333:somebody"


@pytest.fixture
def desk():
    return open_desk()


def put(desk, **changes):
    asked = alarm(**changes)
    desk.client("cloudwatch").put_metric_alarm(**asked)
    return asked["AlarmName"]


def found(desk, **wanted):
    """The one alarm there is."""
    (one,) = desk.client("cloudwatch").describe_alarms(**wanted)["MetricAlarms"]
    return one


def state(desk):
    return found(desk)["StateValue"]


def history(desk, **wanted):
    client = desk.client("cloudwatch")
    return client.describe_alarm_history(**wanted)["AlarmHistoryItems"]


def summaries(desk, **wanted):
    return [item["HistorySummary"] for item in history(desk, **wanted)]


def ask(desk, words=1, model=MICRO):
    reply = desk.call(
        "Converse",
        modelId=model,
        messages=[user("word " * words)],
        inferenceConfig=tokens(1),
    )
    return reply["usage"]["inputTokens"]


# An alarm on the input tokens of an hour


def test_it_fires_at_the_call_that_exceeds_its_threshold(desk):
    put(desk, Threshold=100.0)
    assert state(desk) == "INSUFFICIENT_DATA"
    first = ask(desk)
    assert state(desk) == "OK"
    both = first + ask(desk, 100)
    fired = found(desk)
    assert fired["StateValue"] == "ALARM"
    called = desk.session.offline.calls[-1].time
    minute = called.replace(second=0, microsecond=0) - datetime.timedelta(minutes=59)
    assert fired["StateReason"] == (
        f"Threshold Crossed: 1 datapoint [{float(both)} ({minute:%d/%m/%y %H:%M:%S})] "
        "was greater than the threshold (100.0)."
    )
    data = json.loads(fired["StateReasonData"])
    assert data["recentDatapoints"] == [both]
    assert data["threshold"] == 100.0


def test_with_datapoints_to_alarm_the_reason_says_how_many(desk):
    put(desk, Threshold=1.0, DatapointsToAlarm=1)
    ask(desk)
    reason = found(desk)["StateReason"]
    assert reason.startswith("Threshold Crossed: 1 out of the last 1 datapoints [")
    assert reason.endswith(
        "was greater than the threshold (1.0) "
        "(minimum 1 datapoint for OK -> ALARM transition)."
    )


def test_a_new_alarm_looks_at_what_is_there_already(desk):
    ask(desk, 100)
    put(desk, Threshold=100.0)
    assert state(desk) == "ALARM"


def test_it_is_over_when_the_hour_is(desk):
    to_a_full_minute(desk.session)
    put(desk, Threshold=1.0, TreatMissingData="notBreaching")
    ask(desk)
    assert state(desk) == "ALARM"
    desk.session.offline.pass_time(59)
    assert state(desk) == "ALARM"
    desk.session.offline.pass_time(1)
    after = found(desk)
    assert after["StateValue"] == "OK"
    assert "no datapoints were received" in after["StateReason"]


def test_without_data_and_without_a_rule_for_it_nothing_is_known(desk):
    put(desk, Threshold=1.0)
    ask(desk)
    desk.session.offline.pass_time(120)
    assert state(desk) == "INSUFFICIENT_DATA"


def test_ignored_missing_data_leaves_the_state_as_it_is(desk):
    put(desk, Threshold=1.0, TreatMissingData="ignore")
    ask(desk)
    desk.session.offline.pass_time(600)
    assert state(desk) == "ALARM"


def test_it_watches_only_the_model_it_names(desk):
    put(desk, Threshold=1.0, Dimensions=by(ModelId=GPT_OSS))
    ask(desk, 100, MICRO)
    assert state(desk) == "INSUFFICIENT_DATA"
    ask(desk, 1, GPT_OSS)
    assert state(desk) == "ALARM"


def test_calls_of_another_region_do_not_reach_it(desk):
    put(desk, Threshold=1.0)
    west = desk.session.client("bedrock-runtime", region_name="us-west-2")
    west.converse(
        modelId="us." + MICRO, messages=[user("Hi")], inferenceConfig=tokens(1)
    )
    assert state(desk) == "INSUFFICIENT_DATA"


def test_throttling_may_be_watched(desk):
    put(desk, MetricName="InvocationThrottles", Threshold=0.0)
    desk.session.offline.fail_next("ThrottlingException")
    desk.refused("Converse", modelId=MICRO, messages=[user("Hi")])
    assert state(desk) == "ALARM"


def test_a_percentile_of_the_latency_may_be_watched(desk):
    slow = {"MetricName": "InvocationLatency", "Threshold": 60_000.0}
    put(desk, **slow, Statistic=None, ExtendedStatistic="p90")
    ask(desk)
    assert state(desk) == "OK"


def test_the_sum_of_two_metrics_may_be_watched(desk):
    client = desk.client("cloudwatch")
    client.put_metric_alarm(**on_metrics(*PARTS, BOTH, Threshold=100.0))
    total = ask(desk, 100) + 1
    fired = found(desk)
    assert fired["StateValue"] == "ALARM"
    assert json.loads(fired["StateReasonData"])["recentDatapoints"] == [total]


def test_what_calls_cost_may_be_watched(desk):
    cost = {"Id": "usd", "Expression": "(m1 * 0.035 + m2 * 0.14) / 1000000"}
    client = desk.client("cloudwatch")
    client.put_metric_alarm(**on_metrics(*PARTS, cost, Threshold=0.000001))
    ask(desk, 100)
    assert state(desk) == "ALARM"


# By hand


def test_a_state_set_by_hand_holds_until_the_next_minute(desk):
    to_a_full_minute(desk.session)
    name = put(desk, TreatMissingData="notBreaching")
    ask(desk)
    assert state(desk) == "OK"
    desk.client("cloudwatch").set_alarm_state(
        AlarmName=name, StateValue="ALARM", StateReason="a rehearsal"
    )
    set_by_hand = found(desk)
    assert set_by_hand["StateValue"] == "ALARM"
    assert set_by_hand["StateReason"] == "a rehearsal"
    desk.session.offline.pass_time(1)
    assert state(desk) == "OK"


def test_a_state_of_no_alarm_cannot_be_set(desk):
    client = desk.client("cloudwatch")
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.set_alarm_state(AlarmName="no", StateValue="OK", StateReason="x")
    assert caught.value.response["Error"]["Code"] == "ResourceNotFound"


# What is kept


def test_a_new_alarm_is_described_as_cloudwatch_does(desk):
    before = datetime.datetime.now(datetime.UTC)
    put(desk, AlarmActions=[TOPIC], AlarmDescription="Too many tokens")
    described = found(desk)
    assert described["AlarmArn"] == (
        "arn:aws:cloudwatch:us-east-1:111122223333:alarm:tokens"
    )
    assert described["StateReason"] == "Unchecked: Initial alarm creation"
    assert described["AlarmActions"] == [TOPIC]
    assert described["AlarmDescription"] == "Too many tokens"
    assert described["ActionsEnabled"] is True
    assert described["OKActions"] == described["InsufficientDataActions"] == []
    assert described["Dimensions"] == []
    assert described["StateUpdatedTimestamp"] >= before


def test_a_changed_alarm_keeps_its_state_until_it_is_looked_at_again(desk):
    put(desk, Threshold=1.0)
    ask(desk)
    assert state(desk) == "ALARM"
    put(desk, Threshold=1_000_000.0)
    assert summaries(desk, HistoryItemType="StateUpdate") == [
        "Alarm updated from ALARM to OK",
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
    ]
    assert state(desk) == "OK"


def test_alarms_are_found_by_name_prefix_and_state(desk):
    for name, limit in (("tokens-low", 1.0), ("tokens-high", 1e9), ("other", 1.0)):
        put(desk, AlarmName=name, Threshold=limit)
    ask(desk)
    client = desk.client("cloudwatch")

    def names(**wanted):
        alarms = client.describe_alarms(**wanted)["MetricAlarms"]
        return sorted(one["AlarmName"] for one in alarms)

    assert names(AlarmNames=["other"]) == ["other"]
    assert names(AlarmNamePrefix="tokens") == ["tokens-high", "tokens-low"]
    assert names(StateValue="ALARM") == ["other", "tokens-low"]
    assert names(AlarmNamePrefix="tokens", StateValue="ALARM") == ["tokens-low"]
    assert names(ActionPrefix="arn:") == []


def test_the_alarms_of_a_metric_are_found_by_it(desk):
    put(desk, AlarmName="all")
    put(desk, AlarmName="micro", Dimensions=by(ModelId=MICRO))
    client, which = desk.client("cloudwatch"), {"MetricName": "InputTokenCount"}
    asked = {"Namespace": "AWS/Bedrock", **which}
    of_all = client.describe_alarms_for_metric(**asked)["MetricAlarms"]
    of_micro = client.describe_alarms_for_metric(**asked, Dimensions=by(ModelId=MICRO))[
        "MetricAlarms"
    ]
    assert [one["AlarmName"] for one in of_all] == ["all"]
    assert [one["AlarmName"] for one in of_micro] == ["micro"]


def test_a_deleted_alarm_is_gone_and_its_history_stays(desk):
    name = put(desk, Threshold=1.0)
    ask(desk)
    client = desk.client("cloudwatch")
    client.delete_alarms(AlarmNames=[name])
    assert client.describe_alarms()["MetricAlarms"] == []
    assert summaries(desk) == [
        'Alarm "tokens" deleted',
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        'Alarm "tokens" created',
    ]
    ask(desk)
    assert len(history(desk)) == 3


# Its history


def test_history_is_told_newest_first_or_oldest_first(desk):
    put(desk, Threshold=1.0)
    ask(desk)
    oldest_first = summaries(desk, ScanBy="TimestampAscending")
    assert oldest_first == summaries(desk)[::-1]
    assert len(oldest_first) == 2
    assert len(summaries(desk, MaxRecords=1)) == 1


def test_a_change_of_state_is_told_with_both_states(desk):
    put(desk, Threshold=1.0)
    ask(desk)
    (item,) = history(desk, AlarmName="tokens", HistoryItemType="StateUpdate")
    assert item["AlarmType"] == "MetricAlarm"
    said = json.loads(item["HistoryData"])
    assert said["version"] == "1.0"
    assert said["oldState"] == {
        "stateValue": "INSUFFICIENT_DATA",
        "stateReason": "Unchecked: Initial alarm creation",
    }
    assert said["newState"]["stateValue"] == "ALARM"
    assert said["newState"]["stateReasonData"]["threshold"] == 1.0


def test_a_change_of_the_alarm_is_told_with_what_it_is_now(desk):
    put(desk)
    put(desk, Threshold=5.0)
    update, create = history(desk, HistoryItemType="ConfigurationUpdate")
    assert json.loads(create["HistoryData"])["createdAlarm"]["threshold"] == 1000.0
    said = json.loads(update["HistoryData"])
    assert (said["type"], said["updatedAlarm"]["threshold"]) == ("Update", 5.0)


def test_actions_are_not_carried_out_and_not_told(desk):
    put(desk, Threshold=1.0, AlarmActions=[TOPIC])
    ask(desk)
    assert state(desk) == "ALARM"
    assert history(desk, HistoryItemType="Action") == []


def test_history_may_be_asked_for_by_time(desk):
    put(desk)
    now, hour = datetime.datetime.now(datetime.UTC), datetime.timedelta(hours=1)
    assert len(history(desk, StartDate=now - hour, EndDate=now + hour)) == 1
    assert history(desk, EndDate=now - hour) == []
    assert history(desk, StartDate=now + hour) == []
    assert history(desk, AlarmName="other") == []


def test_alarms_and_their_history_come_in_pages(desk):
    for number in range(3):
        put(desk, AlarmName=f"alarm {number}")
    client = desk.client("cloudwatch")
    first = client.describe_alarms(MaxRecords=2)
    second = client.describe_alarms(MaxRecords=2, NextToken=first["NextToken"])
    names = [one["AlarmName"] for one in first["MetricAlarms"] + second["MetricAlarms"]]
    assert names == ["alarm 0", "alarm 1", "alarm 2"]
    assert "NextToken" not in second
    pages = client.get_paginator("describe_alarm_history")
    config = {"PageSize": 1}
    found = [p["AlarmHistoryItems"] for p in pages.paginate(PaginationConfig=config)]
    assert [len(page) for page in found] == [1, 1, 1]
    with pytest.raises(client.exceptions.InvalidNextToken):
        client.describe_alarms(NextToken=first["NextToken"], AlarmNamePrefix="a")


def test_an_alarm_on_a_metric_of_ones_own_is_looked_at_when_it_is_asked_for(desk):
    put(desk, Namespace="Lesson", MetricName="Steps", Threshold=1.0)
    data = {"MetricName": "Steps", "Value": 5}
    desk.client("cloudwatch").put_metric_data(Namespace="Lesson", MetricData=[data])
    assert state(desk) == "ALARM"


def test_an_alarm_may_return_the_metric_itself(desk):
    client = desk.client("cloudwatch")
    client.put_metric_alarm(**on_metrics(metric("InputTokenCount"), Threshold=1.0))
    ask(desk)
    assert state(desk) == "ALARM"
