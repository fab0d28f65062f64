"""Where invocation logs arrive: in a bucket, in a log group, in both."""

import gzip
import json
import re

import pytest

from tests.offline.desk import MICRO, open_desk, tokens, user
from tests.offline.observing import (
    STREAM,
    log_stream,
    log_to_bucket,
    logged,
    objects,
    total,
)
from tests.offline.provocations import logging_to
from tests.offline.test_logging_config import PUT, logger

KEY = re.compile(
    r"AWSLogs/111122223333/BedrockModelInvocationLogs/us-east-1/"
    r"\d{4}/\d\d/\d\d/\d\d/\d{8}T\d{9}Z_[0-9a-f]{16}\.json\.gz"
)
LONG = "word " * 25_000  # over 100 kB


def ask(desk, text="Hi"):
    return desk.call(
        "Converse",
        modelId=MICRO,
        messages=[user(text)],
        inferenceConfig=tokens(1),
    )


def log_to_group(desk, bucket="", large=""):
    """Have invocations logged into a new log group, and a bucket."""
    for name in filter(None, {bucket, large}):
        desk.client("s3").create_bucket(Bucket=name)
    desk.client("logs").create_log_group(logGroupName="calls")
    asked = logging_to(bucket=bucket, group="calls", role=logger(desk.session))
    if large:
        place = {"bucketName": large, "keyPrefix": "large"}
        logs = asked["loggingConfig"]["cloudWatchConfig"]
        logs["largeDataDeliveryS3Config"] = place
    desk.call(PUT, **asked)


@pytest.fixture
def desk():
    return open_desk()


def test_a_record_is_an_object_of_its_own_at_once(desk):
    log_to_bucket(desk.session)
    for number in range(3):
        ask(desk)
        keys = [k for k in objects(desk.session) if KEY.fullmatch(k)]
        assert len(keys) == number + 1


def test_a_record_is_a_line_of_json_in_gzip(desk):
    log_to_bucket(desk.session)
    ask(desk)
    raw = next(v for k, v in objects(desk.session).items() if KEY.fullmatch(k))
    text = gzip.decompress(raw).decode()
    assert text.count("\n") == 1 and text.endswith("\n")
    assert json.loads(text)["modelId"] == MICRO


def test_a_log_group_gets_it_in_the_stream_of_invocations(desk):
    log_to_group(desk)
    reply = ask(desk)
    (record,) = log_stream(desk.session, "calls")
    assert record["requestId"] == reply["ResponseMetadata"]["RequestId"]
    streams = desk.client("logs").describe_log_streams(logGroupName="calls")
    assert [one["logStreamName"] for one in streams["logStreams"]] == [STREAM]


def test_both_get_the_same_record(desk):
    log_to_group(desk, bucket="calls")
    for _ in range(3):
        ask(desk)
    assert log_stream(desk.session, "calls") == logged(desk.session)
    for where in ("S3", "CloudWatch"):
        done = f"ModelInvocationLogs{where}DeliverySuccess"
        assert total(desk.session, done) == 3


def test_a_large_body_is_an_object_the_record_points_to(desk):
    log_to_bucket(desk.session)
    reply = ask(desk, LONG)
    (record,) = logged(desk.session)
    assert "inputBodyJson" not in record["input"]
    where = record["input"]["inputBodyS3Path"].removeprefix("s3://calls/")
    request_id = reply["ResponseMetadata"]["RequestId"]
    assert where.endswith(f"/data/{request_id}_input.json.gz")
    body = json.loads(gzip.decompress(objects(desk.session)[where]))
    assert body["messages"] == [user(LONG)]
    assert "outputBodyJson" in record["output"]
    assert total(desk.session, "ModelInvocationLargeDataS3DeliverySuccess") == 1


def test_large_bodies_of_a_log_group_go_to_its_bucket(desk):
    log_to_group(desk, large="large")
    ask(desk, LONG)
    (record,) = log_stream(desk.session, "calls")
    path = record["input"]["inputBodyS3Path"]
    assert path.startswith("s3://large/large/AWSLogs/111122223333/")
    body = objects(desk.session, "large")[path.removeprefix("s3://large/")]
    assert json.loads(gzip.decompress(body))["messages"] == [user(LONG)]


def test_without_a_bucket_a_log_group_has_no_large_bodies(desk):
    log_to_group(desk)
    usage = ask(desk, LONG)["usage"]
    (record,) = log_stream(desk.session, "calls")
    assert record["input"] == {
        "inputContentType": "application/json",
        "inputTokenCount": usage["inputTokens"],
        "cacheReadInputTokenCount": 0,
        "cacheWriteInputTokenCount": 0,
    }


def test_a_call_is_answered_all_the_same_when_its_log_cannot_be_written(desk):
    log_to_group(desk, bucket="calls")
    desk.client("logs").delete_log_group(logGroupName="calls")
    s3 = desk.client("s3")
    for key in objects(desk.session):
        s3.delete_object(Bucket="calls", Key=key)
    s3.delete_bucket(Bucket="calls")
    assert ask(desk)["usage"]["outputTokens"] == 1
    for where in ("S3", "CloudWatch"):
        assert total(desk.session, f"ModelInvocationLogs{where}DeliveryFailure") == 1


def test_after_it_is_switched_off_nothing_is_logged(desk):
    log_to_bucket(desk.session)
    ask(desk)
    desk.call("DeleteModelInvocationLoggingConfiguration")
    ask(desk)
    assert len(logged(desk.session)) == 1


def test_calls_of_another_region_are_not_logged(desk):
    log_to_bucket(desk.session)
    west = desk.session.client("bedrock-runtime", region_name="us-west-2")
    west.converse(
        modelId="us." + MICRO, messages=[user("Hi")], inferenceConfig=tokens(1)
    )
    assert logged(desk.session) == []
