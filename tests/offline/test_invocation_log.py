"""Invocation logs: the record of a call as Bedrock writes it."""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline.call_record import CallRecord
from bedrock_helpers.offline.invocation_log import (
    LARGEST_INLINE_BYTES,
    Bodies,
    file_name,
    folder,
    log_record,
)
from tests.offline.desk import HAIKU, MICRO, open_desk, tokens, tool, user
from tests.offline.observing import log_to_bucket, logged, trail
from tests.offline.people import as_user, new_user
from tests.offline.provocations import profile

NOON = datetime.datetime(2026, 11, 24, 12, 30, 5, 67_000, datetime.UTC)
SONNET = "us.anthropic.claude-sonnet-4-6"
TITAN = "amazon.titan-embed-text-v2:0"
#: Of ModelInvocationLog 1.0, in the order of published records; both ends always.
ALWAYS = [
    "timestamp",
    "accountId",
    "region",
    "requestId",
    "operation",
    "modelId",
    "input",
    "output",
    "identity",
    "schemaType",
    "schemaVersion",
]


@pytest.fixture
def desk():
    """A session whose calls are logged."""
    desk = open_desk()
    log_to_bucket(desk.session)
    return desk


def ask(desk, model=MICRO, operation="Converse", **more):
    talk = {"messages": [user("Name a colour.")], "inferenceConfig": tokens(3)}
    return desk.call(operation, modelId=model, **{**talk, **more})


def only(desk):
    (record,) = logged(desk.session)
    return record


# The record


def test_a_conversation_is_logged_in_the_documented_schema(desk):
    reply = ask(desk, system=[{"text": "Be brief."}])
    record = only(desk)
    assert list(record) == ALWAYS
    metadata = reply.pop("ResponseMetadata")
    assert record["requestId"] == metadata["RequestId"]
    assert (record["operation"], record["modelId"]) == ("Converse", MICRO)
    assert (record["accountId"], record["region"]) == ("111122223333", "us-east-1")
    assert record["identity"] == {"arn": "arn:aws:iam::111122223333:user/learner"}
    assert record["input"] == {
        "inputContentType": "application/json",
        "inputBodyJson": {
            "messages": [user("Name a colour.")],
            "system": [{"text": "Be brief."}],
            "inferenceConfig": {"maxTokens": 3},
        },
        "inputTokenCount": reply["usage"]["inputTokens"],
        "cacheReadInputTokenCount": 0,
        "cacheWriteInputTokenCount": 0,
    }
    assert record["output"] == {
        "outputContentType": "application/json",
        "outputBodyJson": reply,
        "outputTokenCount": reply["usage"]["outputTokens"],
    }
    schema = record["schemaType"], record["schemaVersion"]
    assert schema == ("ModelInvocationLog", "1.0")


def test_the_log_and_the_trail_tell_of_the_same_request(desk):
    ask(desk)
    record = only(desk)
    (event,) = trail(
        desk.session,
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "Converse"}],
    )
    assert event["requestID"] == record["requestId"]
    assert event["eventTime"] == record["timestamp"]


@pytest.mark.parametrize("operation", ["InvokeModel", "InvokeModelWithResponseStream"])
def test_native_bodies_are_logged_as_they_were_sent(operation, desk):
    body = {"messages": [user("Count to five.")], "inferenceConfig": tokens(4)}
    reply = desk.call(operation, modelId=MICRO, body=json.dumps(body))
    if operation == "InvokeModel":
        sent = json.loads(reply["body"].read())
    else:
        sent = [json.loads(event["chunk"]["bytes"]) for event in reply["body"]]
    record = only(desk)
    assert record["operation"] == operation
    assert record["input"]["inputBodyJson"] == body
    assert record["output"]["outputBodyJson"] == sent
    assert record["output"]["outputTokenCount"] == 4


FORCED = {"tools": [tool()], "toolChoice": {"any": {}}}


@pytest.mark.parametrize(
    ("most", "more"),
    [
        (6, {}),
        (30, {"modelId": "openai.gpt-oss-20b-1:0"}),
        (40, {"toolConfig": FORCED}),
    ],
    ids=["text", "reasoning", "a tool"],
)
def test_a_stream_is_logged_as_the_whole_reply_would_be(most, more, desk):
    config = {"inferenceConfig": tokens(most, temperature=0)}
    asked = {"modelId": MICRO, "messages": [user("Weather?")], **config, **more}
    desk.call("Converse", **asked)
    list(desk.call("ConverseStream", **asked)["stream"])
    found = {
        record["operation"]: record["output"]["outputBodyJson"]
        for record in logged(desk.session)
    }
    whole, streamed = found["Converse"], found["ConverseStream"]
    assert whole.pop("metrics").keys() == streamed.pop("metrics").keys()
    assert without_ids(streamed) == without_ids(whole)


def without_ids(reply):
    content = reply["output"]["message"]["content"]
    for block in content:
        block.get("toolUse", {}).pop("toolUseId", None)
    return reply


def test_a_stream_is_logged_when_it_is_read_to_its_end(desk):
    stream = ask(desk, operation="ConverseStream")["stream"]
    assert logged(desk.session) == []
    list(stream)
    assert len(logged(desk.session)) == 1


def test_a_stream_closed_early_is_not_logged(desk):
    stream = ask(desk, operation="ConverseStream")["stream"]
    next(iter(stream))
    stream.close()
    assert logged(desk.session) == []


def test_tokens_of_the_prompt_cache_are_logged_apart(desk):
    prefix = {"text": "A long story. " * 600}
    talk = [user(prefix, {"cachePoint": {"type": "default"}}, {"text": "Who?"})]
    first, second = (ask(desk, SONNET, messages=talk)["usage"] for _ in range(2))
    counts = [
        (
            record["input"]["inputTokenCount"],
            record["input"]["cacheReadInputTokenCount"],
            record["input"]["cacheWriteInputTokenCount"],
        )
        for record in sorted(logged(desk.session), key=lambda r: r["timestamp"])
    ]
    written = first["cacheWriteInputTokens"]
    assert sorted(counts) == sorted(
        [(first["inputTokens"], 0, written), (second["inputTokens"], written, 0)]
    )


def test_a_model_that_does_not_cache_has_no_such_counts(desk):
    ask(desk, "openai.gpt-oss-20b-1:0")
    counts = [name for name in only(desk)["input"] if name.endswith("Count")]
    assert counts == ["inputTokenCount"]


@pytest.mark.parametrize(
    ("model", "is_told"), [(HAIKU, True), (f"us.{MICRO}", True), (MICRO, False)]
)
def test_a_call_of_a_profile_tells_the_region_that_served_it(model, is_told, desk):
    ask(desk, model)
    record = only(desk)
    assert record.get("inferenceRegion") == ("us-east-1" if is_told else None)


@pytest.mark.parametrize("source", [MICRO, f"us.{MICRO}"])
def test_a_profile_of_ones_own_is_as_the_one_it_was_made_of(source, desk):
    kind = "foundation-model" if source == MICRO else "inference-profile"
    account = "" if source == MICRO else "111122223333"
    copied = {"copyFrom": f"arn:aws:bedrock:us-east-1:{account}:{kind}/{source}"}
    made = desk.call("CreateInferenceProfile", **profile(modelSource=copied))
    ask(desk, made["inferenceProfileArn"])
    record = only(desk)
    assert record["modelId"] == made["inferenceProfileArn"]
    assert ("inferenceRegion" in record) == (source != MICRO)
    assert record["input"]["cacheReadInputTokenCount"] == 0


def test_metadata_of_a_request_is_logged(desk):
    ask(desk, requestMetadata={"team": "shop"})
    record = only(desk)
    assert record["requestMetadata"] == {"team": "shop"}
    assert list(record)[5:8] == ["modelId", "requestMetadata", "input"]
    assert "requestMetadata" not in record["input"]["inputBodyJson"]


def test_a_refused_call_is_logged_with_its_code_and_nothing_else(desk):
    desk.refused("Converse", modelId="no.model", messages=[user("Hi")])
    record = only(desk)
    assert record["errorCode"] == "ValidationException"
    assert record["input"] == record["output"] == {}
    assert record["modelId"] == "no.model"


def test_a_throttled_call_is_logged_with_its_code(desk):
    desk.session.offline.fail_next("ThrottlingException")
    desk.refused("Converse", modelId=MICRO, messages=[user("Hi")])
    assert only(desk)["errorCode"] == "ThrottlingException"


def test_what_is_no_invocation_is_not_logged(desk):
    desk.call("ListFoundationModels")
    bare = HAIKU.removeprefix("us.")
    talk = {"converse": {"messages": [user("Hi")]}}
    desk.call("CountTokens", modelId=bare, input=talk)
    assert logged(desk.session) == []


def test_another_caller_is_named(desk):
    everything = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
    everything += '"Action":"bedrock:*","Resource":"*"}]}'
    ana = as_user(new_user(desk.session, "ana", everything))
    ana.client("bedrock-runtime").converse(
        modelId=MICRO, messages=[user("Hi")], inferenceConfig=tokens(1)
    )
    arn = "arn:aws:iam::111122223333:user/ana"
    assert only(desk)["identity"] == {"arn": arn}


# What is delivered


@pytest.mark.parametrize(("flag", "is_there"), [(True, True), (False, False)])
def test_texts_are_left_out_where_their_delivery_is_off(flag, is_there):
    desk = open_desk()
    log_to_bucket(desk.session, textDataDeliveryEnabled=flag)
    usage = ask(desk)["usage"]
    record = only(desk)
    assert ("inputBodyJson" in record["input"]) == is_there
    assert ("outputBodyJson" in record["output"]) == is_there
    assert record["input"]["inputTokenCount"] == usage["inputTokens"]
    assert record["output"]["outputTokenCount"] == usage["outputTokens"]


def test_the_other_flags_are_for_other_models():
    desk = open_desk()
    off = ("image", "embedding", "video", "audio")
    log_to_bucket(desk.session, **{f"{kind}DataDeliveryEnabled": False for kind in off})
    ask(desk)
    assert "inputBodyJson" in only(desk)["input"]


@pytest.mark.parametrize("kind", ["embedding", "text"])
def test_embeddings_have_a_flag_of_their_own(kind):
    desk = open_desk()
    log_to_bucket(desk.session, **{f"{kind}DataDeliveryEnabled": False})
    desk.call("InvokeModel", modelId=TITAN, body=json.dumps({"inputText": "Hi"}))
    record = only(desk)
    assert ("outputBodyJson" in record["output"]) == (kind == "text")


# Sizes and names


def record(**more):
    counts = {"input_tokens": 1, "output_tokens": 2}
    given = {"request_id": "r-1", "status": 200, **counts, **more}
    where = "Converse", "bedrock-runtime", "us-east-1", NOON, MICRO
    return CallRecord(*where, **given)


@given(st.integers(LARGEST_INLINE_BYTES - 20, LARGEST_INLINE_BYTES + 20))
def test_bodies_over_100_kilobytes_stand_elsewhere(length):
    put = {}

    def put_large(name, raw):
        put[name] = raw
        return f"s3://b/{name}"

    body = {"a": "x" * (length - len('{"a":""}'))}
    said = log_record(record(), Bodies(body, {"b": 1}, {}, None), put_large)
    assert said["output"]["outputBodyJson"] == {"b": 1}
    if length <= LARGEST_INLINE_BYTES:
        assert said["input"]["inputBodyJson"] == body and put == {}
    else:
        assert said["input"]["inputBodyS3Path"] == "s3://b/input"
        assert "inputBodyJson" not in said["input"]
        assert json.loads(put["input"]) == body


def test_a_large_body_without_a_place_is_left_out():
    bodies = Bodies("x" * LARGEST_INLINE_BYTES, None, {}, None)
    said = log_record(record(), bodies, lambda name, raw: None)
    assert said["input"] == {
        "inputContentType": "application/json",
        "inputTokenCount": 1,
    }


def test_a_latency_that_was_asked_for_is_told():
    bodies = Bodies(None, None, {}, "optimized")
    said = log_record(record(), bodies, None)
    assert said["performanceConfig"] == {"latency": "optimized"}


def test_objects_lie_by_the_hour_and_are_named_by_their_time():
    begin = "AWSLogs/111122223333/BedrockModelInvocationLogs/us-east-1/2026/11/24/12"
    assert folder("", "us-east-1", NOON) == begin
    assert folder("a/b/", "us-east-1", NOON) == f"a/b/{begin}"
    first, second = (file_name(record(request_id=name)) for name in ("r-1", "r-2"))
    time, digits = first.removesuffix(".json.gz").split("_")
    assert time == "20261124T123005067Z"
    assert len(digits) == 16 and int(digits, 16)
    assert first != second
