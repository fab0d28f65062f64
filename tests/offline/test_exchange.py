"""A call is watched to the last byte of its reply: streams that end, and others."""

import json

import pytest
from botocore.exceptions import EventStreamError

from tests.offline.desk import HAIKU, MICRO, open_desk, tokens, user
from tests.offline.observing import log_to_bucket, logged, total, trail
from tests.offline.provocations import apply, guardrail

CHAT = {
    "modelId": MICRO,
    "messages": [user("Count from one to twenty.")],
    "inferenceConfig": tokens(8, temperature=0),
}
NATIVE = {
    "modelId": MICRO,
    "body": json.dumps(
        {"messages": [user("Count to ten.")], "inferenceConfig": {"maxTokens": 8}}
    ),
}
STREAMS = {
    "ConverseStream": (CHAT, "stream"),
    "InvokeModelWithResponseStream": (NATIVE, "body"),
}


@pytest.fixture
def desk():
    return open_desk()


@pytest.fixture(params=STREAMS)
def stream(request, desk):
    """A stream of which nothing was read yet."""
    parameters, member = STREAMS[request.param]
    return desk.call(request.param, **parameters)[member]


def last_call(desk):
    return desk.session.offline.calls[-1]


def test_a_stream_is_a_call_from_the_start_and_has_tokens_at_its_end(desk, stream):
    record = last_call(desk)
    assert (record.has_ended, record.output_tokens) == (False, None)
    assert len(trail(desk.session)) == 1
    assert total(desk.session, "Invocations") == 0
    list(stream)
    assert (record.has_ended, record.output_tokens) == (True, 8)
    assert total(desk.session, "Invocations") == 1
    assert len(trail(desk.session)) == 1


def test_a_stream_has_a_first_token_before_its_last(desk, stream):
    record = last_call(desk)
    list(stream)
    assert 0 <= record.first_token_ms <= record.latency_ms
    assert total(desk.session, "TimeToFirstToken") == record.first_token_ms
    assert total(desk.session, "InvocationLatency") == record.latency_ms


def test_a_stream_closed_early_is_an_invocation_without_tokens(desk, stream):
    next(iter(stream))
    stream.close()
    record = last_call(desk)
    assert (record.has_ended, record.input_tokens) == (True, None)
    assert total(desk.session, "Invocations") == 1
    assert total(desk.session, "InputTokenCount") == 0
    assert total(desk.session, "OutputTokenCount") == 0


def test_a_stream_read_to_its_end_and_closed_is_counted_once(desk, stream):
    list(stream)
    stream.close()
    assert total(desk.session, "Invocations") == 1


def test_a_whole_reply_has_no_first_token(desk):
    desk.call("Converse", **CHAT)
    desk.call("InvokeModel", **NATIVE)["body"].read()
    assert [one.first_token_ms for one in desk.session.offline.calls] == [None, None]
    assert total(desk.session, "TimeToFirstToken") == 0
    assert total(desk.session, "Invocations") == 2


@pytest.mark.parametrize(
    ("fault", "code", "counted"),
    [
        ("stream_throttled", "ThrottlingException", "InvocationThrottles"),
        ("stream_broken", "ModelStreamErrorException", "InvocationClientErrors"),
    ],
)
@pytest.mark.parametrize("operation", STREAMS)
def test_a_stream_that_breaks_is_an_error_and_no_invocation(
    operation, fault, code, counted, desk
):
    parameters, member = STREAMS[operation]
    desk.session.offline.fail_next(fault)
    with pytest.raises(EventStreamError):
        list(desk.call(operation, **parameters)[member])
    record = last_call(desk)
    assert (record.has_ended, record.error_code) == (True, code)
    assert record.error_text
    assert total(desk.session, counted) == 1
    assert total(desk.session, "Invocations") == 0


@pytest.mark.parametrize("operation", STREAMS)
def test_bodies_are_kept_only_where_they_are_logged(operation, desk):
    """What was said before logging was on is not in the log of its end."""
    parameters, member = STREAMS[operation]
    before = desk.call(operation, **parameters)[member]
    log_to_bucket(desk.session)
    list(before)
    list(desk.call(operation, **parameters)[member])
    (record,) = logged(desk.session)
    assert record["requestId"] == last_call(desk).request_id


def test_changes_to_the_account_keep_what_they_were_answered(desk):
    model = f"arn:aws:bedrock:us-east-1::foundation-model/{MICRO}"
    made = desk.call(
        "CreateInferenceProfile",
        inferenceProfileName="mine",
        modelSource={"copyFrom": model},
    )
    desk.call("GetInferenceProfile", inferenceProfileIdentifier="us." + MICRO)
    create, get = desk.session.offline.calls
    assert create.response == {
        "inferenceProfileArn": made["inferenceProfileArn"],
        "status": "ACTIVE",
    }
    assert get.response is None


def test_what_only_reads_keeps_no_answer_even_where_it_is_posted(desk):
    talk = {"converse": {"messages": [user("Hi")]}}
    desk.call("CountTokens", modelId=HAIKU.removeprefix("us."), input=talk)
    made = desk.call("CreateGuardrail", **guardrail())["guardrailArn"]
    desk.call("ListTagsForResource", resourceARN=made)
    responses = {one.operation: one.response for one in desk.session.offline.calls}
    assert responses["CountTokens"] is None
    assert responses["ListTagsForResource"] is None
    assert responses["CreateGuardrail"]["guardrailArn"] == made
    for event in trail(desk.session):
        assert bool(event["responseElements"]) != event["readOnly"]


def test_what_a_guardrail_found_is_not_kept(desk):
    finds = {"piiEntitiesConfig": [{"type": "EMAIL", "action": "BLOCK"}]}
    asked = guardrail(sensitiveInformationPolicyConfig=finds)
    made = desk.call("CreateGuardrail", **asked)["guardrailId"]
    reply = desk.call("ApplyGuardrail", **apply(made, "I am ana@example.com."))
    assert reply["action"] == "GUARDRAIL_INTERVENED"
    assert "ana@example.com" in repr(reply)
    assert "ana@example.com" not in repr(desk.session.offline.calls)
