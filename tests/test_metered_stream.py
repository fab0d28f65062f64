"""A streamed reply is settled by its last event, and is boto3's stream still."""

import json

import pytest
from botocore.eventstream import EventStream, NoInitialResponseError
from botocore.exceptions import EventStreamError, ReadTimeoutError

import bedrock_helpers as bh
from bedrock_helpers.call_bound import upper_bound
from bedrock_helpers.metered_stream import METRICS
from bedrock_helpers.offline import event_stream
from tests.loopback_aws import Answer
from tests.metered import (
    HI,
    MODEL,
    MOST_ON_HI,
    SPENT_ON_HI,
    answer_with_stream,
    chunk,
    metadata,
    only_row,
    runtime,
    says,
)

LAST = metadata(inputTokens=10, outputTokens=2, totalTokens=12)


def stream_of(session, *pieces):
    bodies = answer_with_stream(session, *pieces)
    return runtime(session).converse_stream(**HI)["stream"], bodies


def test_a_stream_read_to_its_end_costs_what_its_last_event_reports(session):
    stream, _ = stream_of(session, says("Hel"), says("lo"), LAST)
    assert session.meter.spent_usd == MOST_ON_HI
    assert [list(event) for event in stream] == [
        ["contentBlockDelta"],
        ["contentBlockDelta"],
        ["metadata"],
    ]
    assert session.meter.spent_usd == SPENT_ON_HI
    assert only_row(session.meter)["counts_from"] == "stream 1"


def test_the_cost_is_known_as_soon_as_the_last_event_is_out(session):
    stream, _ = stream_of(session, says("Hi"), LAST)
    for event in stream:
        if "metadata" in event:
            break
    assert session.meter.spent_usd == SPENT_ON_HI


def test_a_stream_named_twice_is_paid_once(session):
    stream, _ = stream_of(session, LAST, LAST)
    list(stream)
    assert session.meter.spent_usd == SPENT_ON_HI
    assert only_row(session.meter)["input_tokens"] == 10


def unread(stream):
    pass


def read_half(stream):
    next(iter(stream))


def closed(stream):
    read_half(stream)
    stream.close()


@pytest.mark.parametrize("leave", [unread, read_half, closed])
def test_a_stream_that_is_left_stays_at_the_most_it_can_cost(session, leave):
    stream, _ = stream_of(session, says("Hi"), LAST)
    leave(stream)
    del stream
    assert session.meter.spent_usd == MOST_ON_HI
    row = only_row(session.meter)
    assert row["usd_upper_bound"] == row["usd"] == float(MOST_ON_HI)
    assert row["counts_from"] == "not reported 1"
    assert row["output_tokens"] == 0


@pytest.mark.parametrize(
    ("breaks", "error"),
    [
        (ReadTimeoutError(endpoint_url="x", error="slow"), ReadTimeoutError),
        (
            event_stream.exception("throttlingException", {"message": "no"}),
            EventStreamError,
        ),
    ],
    ids=["the connection", "the service"],
)
def test_a_stream_that_breaks_raises_as_ever_and_stays_at_its_most(
    session, breaks, error
):
    stream, _ = stream_of(session, says("Hi"), breaks)
    with pytest.raises(error):
        list(stream)
    assert session.meter.spent_usd == MOST_ON_HI


def test_a_stream_without_counts_stays_at_its_most(session):
    stream, _ = stream_of(session, says("Hi"), event_stream.event("metadata", {}))
    assert len(list(stream)) == 2
    assert session.meter.spent_usd == MOST_ON_HI


def test_it_is_an_event_stream_still(session):
    stream, bodies = stream_of(session, says("Hi"), LAST)
    assert isinstance(stream, EventStream)
    with pytest.raises(NoInitialResponseError):
        stream.get_initial_response()
    assert list(stream)[-1]["metadata"]["usage"]["inputTokens"] == 10
    assert not bodies[0].is_closed
    stream.close()
    assert bodies[0].is_closed


def test_the_tier_that_served_a_stream_is_the_one_that_is_paid(session):
    usage = {"inputTokens": 10, "outputTokens": 2, "totalTokens": 12}
    served = {"usage": usage, "serviceTier": {"type": "default"}}
    answer_with_stream(session, event_stream.event("metadata", served))
    request = {**HI, "modelId": bh.catalog.GPT_OSS_20B}
    asked = {**request, "serviceTier": {"type": "priority"}}
    list(runtime(session).converse_stream(**asked)["stream"])
    cost = bh.pricing.cost_of(usage, bh.catalog.GPT_OSS_20B)
    assert session.meter.spent_usd == cost < upper_bound(asked).usd


COUNTS = {
    "inputTokenCount": 10,
    "outputTokenCount": 2,
    "invocationLatency": 5,
    "firstByteLatency": 5,
}


def native_stream(session, *pieces):
    answer_with_stream(session, *pieces)
    body = json.dumps({"messages": HI["messages"]})
    reply = runtime(session).invoke_model_with_response_stream(modelId=MODEL, body=body)
    return reply["body"]


def test_a_native_stream_is_settled_by_its_last_chunk(session):
    stream = native_stream(session, chunk(a="Hi"), chunk(b=1, **{METRICS: COUNTS}))
    assert len(list(stream)) == 2
    assert session.meter.spent_usd == SPENT_ON_HI


def test_a_native_stream_counts_the_cache_too(session):
    counts = {**COUNTS, "cacheReadInputTokenCount": 1000}
    list(native_stream(session, chunk(**{METRICS: counts})))
    assert only_row(session.meter)["cache_read_tokens"] == 1000
    usage = {"inputTokens": 10, "outputTokens": 2, "cacheReadInputTokens": 1000}
    assert session.meter.spent_usd == bh.pricing.cost_of(usage, MODEL)


@pytest.mark.parametrize("said", [METRICS, json.dumps({METRICS: COUNTS}), [METRICS]])
def test_what_a_model_says_of_counts_is_no_count(session, said):
    stream = native_stream(session, chunk(text=said))
    assert len(list(stream)) == 1
    assert only_row(session.meter)["counts_from"] == "not reported 1"


@pytest.mark.parametrize("raw", [METRICS, f'["{METRICS}"]'])
def test_a_chunk_of_another_form_is_given_out_as_it_is(session, raw):
    import base64

    content = {"bytes": base64.b64encode(raw.encode()).decode()}
    (event,) = native_stream(session, event_stream.event("chunk", content))
    assert event["chunk"]["bytes"] == raw.encode()


def test_a_live_stream_is_settled_over_a_real_connection(aws):
    session = bh.connect("live")
    kind = ("content-type", "application/vnd.amazon.eventstream")
    aws.answers.append(Answer(body=says("Hi") + LAST, headers=(kind,)))
    stream = runtime(session).converse_stream(**HI)["stream"]
    assert len(list(stream)) == 2
    assert session.meter.spent_usd == SPENT_ON_HI


def test_an_offline_stream_is_settled_too():
    session = bh.connect("offline", budget_usd="0.01")
    request = {**HI, "inferenceConfig": {"maxTokens": 1}}
    events = list(runtime(session).converse_stream(**request)["stream"])
    usage = events[-1]["metadata"]["usage"]
    assert session.meter.spent_usd == bh.pricing.cost_of(usage, MODEL) > 0


def test_an_offline_stream_that_breaks_half_way_stays_at_its_most():
    session = bh.connect("offline")
    session.offline.fail_next("stream_broken")
    request = {**HI, "inferenceConfig": {"maxTokens": 9}}
    with pytest.raises(EventStreamError):
        list(runtime(session).converse_stream(**request)["stream"])
    assert session.meter.spent_usd == upper_bound(request).usd
