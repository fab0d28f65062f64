"""Bedrock's metrics: what one call counts for, by which dimensions, in which unit."""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline.call_record import INVOCATIONS, CallRecord
from bedrock_helpers.offline.metrics import (
    DELIVERY_METRICS,
    BedrockMetrics,
    burndown_rate,
    dimension_sets,
    metric_facts,
    metric_values,
)
from tests.offline.desk import HAIKU, MICRO, headers, open_desk, tokens, user
from tests.offline.observing import by, datapoints, log_to_bucket, total
from tests.offline.people import as_user, new_user
from tests.offline.provocations import buy, profile, purchase

JAMBA = "ai21.jamba-1-5-mini-v1:0"  # Legacy
NOVA_PRO = "amazon.nova-pro-v1:0"
SONNET = "us.anthropic.claude-sonnet-4-6"
SDXL = "stability.stable-diffusion-xl-v0"
ASK = {"messages": [user("Name a colour.")], "inferenceConfig": tokens(3)}
NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
#: Names and units as the user guide prints them (monitoring-runtime-metrics, 2026-07).
COUNTS = (
    "Invocations",
    "InvocationClientErrors",
    "InvocationServerErrors",
    "InvocationThrottles",
    "InputTokenCount",
    "OutputTokenCount",
    "OutputImageCount",
    "LegacyModelInvocations",
    "EstimatedTPMQuotaUsage",
    "CacheReadInputTokens",
    "CacheWriteInputTokens",
)
TIMES = ("InvocationLatency", "TimeToFirstToken")
OUTCOMES = ("Invocations", "InvocationThrottles") + tuple(
    f"Invocation{side}Errors" for side in ("Client", "Server")
)


@pytest.fixture
def desk():
    return open_desk()


def counted(session, **dimensions):
    """The sum of every metric that has data, latencies left out."""
    found = {name: total(session, name, **dimensions) for name in COUNTS}
    return {name: value for name, value in found.items() if value}


# The facts


def test_there_are_the_thirteen_metrics_of_the_runtime_in_their_units():
    facts = metric_facts()
    runtime = {name: f for name, f in facts.items() if name not in DELIVERY_METRICS}
    units = {name: (fact["unit"], fact["api_unit"]) for name, fact in runtime.items()}
    assert units == {
        **dict.fromkeys(COUNTS, ("SampleCount", "Count")),
        **dict.fromkeys(TIMES, ("MilliSeconds", "Milliseconds")),
    }
    assert len(units) == 13


# One call


records = st.builds(
    CallRecord,
    operation=st.sampled_from(INVOCATIONS),
    service=st.just("bedrock-runtime"),
    region_name=st.just("us-east-1"),
    time=st.just(NOON),
    model_id=st.sampled_from([MICRO, HAIKU, JAMBA, "no.model"]),
    status=st.sampled_from([200, 400, 403, 424, 429, 500, 503]),
    error_code=st.just("AnyException"),
    has_ended=st.just(True),
    latency_ms=st.integers(0, 9000),
    first_token_ms=st.none() | st.integers(0, 100),
    input_tokens=st.none() | st.integers(1, 10**6),
    output_tokens=st.none() | st.integers(1, 10**5),
    cache_read_tokens=st.integers(0, 10**5),
    cache_write_tokens=st.integers(0, 10**5),
)


def honest(record):
    """A record whose code is in keeping with its status."""
    codes = {200: None, 429: "ThrottlingException"}
    record.error_code = codes.get(record.status, "AnyException")
    return record


@given(records.map(honest))
def test_a_call_is_answered_or_throttled_or_an_error_of_one_side(record):
    values = metric_values(record)
    assert sum(values.get(name, 0) for name in OUTCOMES) == 1
    assert values.keys() <= metric_facts().keys()
    if record.status != 200:
        assert len(values) == 1


@given(records.map(honest))
def test_the_quota_takes_input_cache_writes_and_output_at_its_rate(record):
    values = metric_values(record)
    if record.status == 200:
        used = (
            (record.input_tokens or 0)
            + record.cache_write_tokens
            + (record.output_tokens or 0) * burndown_rate(record.model_id)
        )
        assert values.get("EstimatedTPMQuotaUsage", 0) == used


@given(records.map(honest))
def test_what_there_is_none_of_is_absent_not_zero(record):
    values = metric_values(record)
    assert all(values[name] > 0 for name in values.keys() & set(COUNTS))


@pytest.mark.parametrize(
    ("model", "rate"),
    [
        ("anthropic.claude-v2", 1),
        ("anthropic.claude-instant-v1", 1),
        ("us.anthropic.claude-3-haiku-20240307-v1:0", 1),
        ("us.anthropic.claude-3-5-sonnet-20241022-v2:0", 1),
        ("us.anthropic.claude-3-7-sonnet-20250219-v1:0", 5),
        ("global.anthropic.claude-opus-5", 5),
        (f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{HAIKU}", 5),
        (MICRO, 1),
        ("openai.gpt-oss-20b-1:0", 1),
    ],
)
def test_later_claudes_burn_the_quota_five_times_for_output(model, rate):
    assert burndown_rate(model) == rate


# Many calls


@given(st.lists(records.map(honest), min_size=1, max_size=30))
def test_calls_come_to_the_sums_of_what_each_counts_for(calls):
    metrics = BedrockMetrics()
    for call in calls:
        metrics.add(call)
    each = [metric_values(call) for call in calls]
    for name in metric_facts():
        samples = metrics.samples(name, {})
        counted = [values[name] for values in each if name in values]
        told = [s.minimum for s in samples for _ in range(s.count)]
        assert sorted(told) == sorted(counted)
        assert sum(s.total for s in samples) == sum(counted)


def test_a_minutes_equal_values_are_one_sample():
    """What an alarm looks at does not grow with the number of calls."""
    metrics = BedrockMetrics()
    for minute in range(3):
        for _ in range(100):
            time = NOON.replace(minute=minute)
            metrics.add(CallRecord("Converse", "", "", time, MICRO, status=200))
    assert [s.count for s in metrics.samples("Invocations", {})] == [100] * 3
    (last,) = metrics.samples("Invocations", {}, NOON.replace(minute=2))
    assert last.time == NOON.replace(minute=2)


# Through CloudWatch


def test_an_answered_call_is_counted_by_its_model_and_among_all(desk):
    usage = desk.call("Converse", modelId=MICRO, **ASK)["usage"]
    expected = {
        "Invocations": 1,
        "InputTokenCount": usage["inputTokens"],
        "OutputTokenCount": usage["outputTokens"],
        "EstimatedTPMQuotaUsage": usage["totalTokens"],
    }
    assert counted(desk.session, ModelId=MICRO) == expected
    assert counted(desk.session) == expected


def test_of_all_models_the_metrics_without_a_dimension_are_the_sum(desk):
    for model in (MICRO, HAIKU, MICRO):
        desk.call("Converse", modelId=model, **ASK)
    parts = [counted(desk.session, ModelId=model) for model in (MICRO, HAIKU)]
    whole = {name: sum(part[name] for part in parts) for name in parts[0]}
    assert counted(desk.session) == whole
    assert whole["Invocations"] == 3


def test_the_model_id_is_the_one_that_was_called(desk):
    bare = HAIKU.removeprefix("us.")
    arn = f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{HAIKU}"
    for model in (HAIKU, arn):
        desk.call("Converse", modelId=model, **ASK)
    desk.refused("Converse", modelId=bare, **ASK)
    assert total(desk.session, "Invocations", ModelId=HAIKU) == 1
    assert total(desk.session, "Invocations", ModelId=arn) == 1
    assert counted(desk.session, ModelId=bare) == {"InvocationClientErrors": 1}


def test_dimensions_must_be_exactly_those_of_the_metric(desk):
    desk.call("Converse", modelId=MICRO, **ASK)
    assert datapoints(desk.session, "Invocations", ModelId="other") == []
    more = {"ModelId": MICRO, "ServiceTier": "default"}
    assert datapoints(desk.session, "Invocations", **more) == []
    assert datapoints(desk.session, "NoSuchMetric") == []


@pytest.mark.parametrize(
    ("fault", "counts"),
    [
        ("ThrottlingException", "InvocationThrottles"),
        ("too_many_tokens_per_day", "InvocationThrottles"),
        ("InternalServerException", "InvocationServerErrors"),
        ("ServiceUnavailableException", "InvocationServerErrors"),
        ("ModelTimeoutException", "InvocationClientErrors"),
    ],
)
def test_a_failure_is_counted_once_and_is_no_invocation(fault, counts, desk):
    desk.session.offline.fail_next(fault)
    desk.refused("Converse", modelId=MICRO, **ASK)
    assert counted(desk.session, ModelId=MICRO) == {counts: 1}
    assert datapoints(desk.session, "InvocationLatency") == []


def test_a_denied_call_is_a_client_error(desk):
    ana = as_user(new_user(desk.session)).client("bedrock-runtime")
    with pytest.raises(ana.exceptions.AccessDeniedException):
        ana.converse(modelId=MICRO, **ASK)
    assert counted(desk.session, ModelId=MICRO) == {"InvocationClientErrors": 1}


def test_control_plane_operations_and_counting_have_no_metrics(desk):
    desk.call("ListFoundationModels")
    model = HAIKU.removeprefix("us.")
    talk = {"converse": {"messages": [user("Hi")]}}
    desk.call("CountTokens", modelId=model, input=talk)
    assert counted(desk.session) == {}
    assert desk.client("cloudwatch").list_metrics()["Metrics"] == []


def test_a_legacy_model_is_counted_as_one_too(desk):
    desk.call("Converse", modelId=JAMBA, **ASK)
    desk.call("Converse", modelId=MICRO, **ASK)
    assert total(desk.session, "LegacyModelInvocations") == 1
    assert total(desk.session, "LegacyModelInvocations", ModelId=JAMBA) == 1


def test_reading_from_the_cache_costs_no_quota_and_writing_does(desk):
    prefix = {"text": "A long story. " * 600}
    talk = [user(prefix, {"cachePoint": {"type": "default"}}, {"text": "Who?"})]
    asked = {"messages": talk, "inferenceConfig": tokens(1)}
    first, second = (
        desk.call("Converse", modelId=SONNET, **asked)["usage"] for _ in range(2)
    )
    written = first["cacheWriteInputTokens"]
    assert counted(desk.session) == {
        "Invocations": 2,
        "InputTokenCount": first["inputTokens"] + second["inputTokens"],
        "OutputTokenCount": 2,
        "CacheWriteInputTokens": written,
        "CacheReadInputTokens": written,
        "EstimatedTPMQuotaUsage": 2 * first["inputTokens"] + written + 2 * 5,
    }


def test_pictures_are_counted():
    desk = open_desk("launch")
    body = json.dumps({"text_prompts": [{"text": "A horse"}]})
    reply = desk.call("InvokeModel", modelId=SDXL, body=body)
    assert "x-amzn-bedrock-input-token-count" not in headers(reply)
    assert counted(desk.session) == {"Invocations": 1, "OutputImageCount": 1}


def test_a_call_that_names_a_tier_is_counted_by_its_tiers_too(desk):
    desk.call("Converse", modelId=NOVA_PRO, serviceTier={"type": "flex"}, **ASK)
    tiers = {"ServiceTier": "flex", "ResolvedServiceTier": "flex"}
    for dimensions in ({}, {"ModelId": NOVA_PRO}, {"ModelId": NOVA_PRO, **tiers}):
        assert total(desk.session, "Invocations", **dimensions) == 1
    desk.call("Converse", modelId=MICRO, **ASK)
    assert len(dimension_sets(desk.session.offline.calls[-1])) == 2


def test_behind_a_profile_and_provisioned_throughput_is_a_model(desk):
    """Their ids do not say how output burns the quota, or that it is Legacy."""
    source = f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{HAIKU}"
    made = desk.call(
        "CreateInferenceProfile", **profile(modelSource={"copyFrom": source})
    )
    buy(desk.session, purchase())
    bought = desk.call("GetProvisionedModelThroughput", provisionedModelId="mine")
    own, provisioned = made["inferenceProfileArn"], bought["provisionedModelArn"]
    for model, rate in ((own, 5), (provisioned, 1)):
        usage = desk.call("Converse", modelId=model, **ASK)["usage"]
        quota = usage["inputTokens"] + rate * usage["outputTokens"]
        assert total(desk.session, "EstimatedTPMQuotaUsage", ModelId=model) == quota


def test_samples_are_stamped_with_the_minute(desk):
    desk.call("Converse", modelId=MICRO, **ASK)
    (point,) = datapoints(desk.session, "Invocations")
    called = desk.session.offline.calls[0].time
    assert point["Timestamp"] == called.replace(second=0, microsecond=0)
    assert point["Unit"] == "Count"
    (latency,) = datapoints(desk.session, "InvocationLatency", "Average")
    assert latency["Unit"] == "Milliseconds"


def test_deliveries_of_logs_are_counted_without_a_dimension(desk):
    log_to_bucket(desk.session)
    desk.call("Converse", modelId=MICRO, **ASK)
    assert total(desk.session, "ModelInvocationLogsS3DeliverySuccess") == 1
    by_model = {"ModelId": MICRO}
    assert total(desk.session, "ModelInvocationLogsS3DeliverySuccess", **by_model) == 0
    s3 = desk.client("s3")
    for found in s3.list_objects_v2(Bucket="calls")["Contents"]:
        s3.delete_object(Bucket="calls", Key=found["Key"])
    s3.delete_bucket(Bucket="calls")
    desk.call("Converse", modelId=MICRO, **ASK)
    assert total(desk.session, "ModelInvocationLogsS3DeliveryFailure") == 1
    listed = desk.client("cloudwatch").list_metrics(Namespace="AWS/Bedrock")["Metrics"]
    for name in DELIVERY_METRICS[2:4]:
        assert {
            "Namespace": "AWS/Bedrock",
            "MetricName": name,
            "Dimensions": by(),
        } in listed
