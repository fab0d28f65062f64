"""Invocation logging on, looked at and off; and what is refused."""

import json

import pytest

from bedrock_helpers.offline.account import ACCOUNT_ID
from bedrock_helpers.offline.logging_config import PERMISSION_CHECK
from tests.offline.desk import open_desk
from tests.offline.observing import STREAM, objects
from tests.offline.people import allow, document
from tests.offline.provocations import logging_to

PUT = "PutModelInvocationLoggingConfiguration"
GET = "GetModelInvocationLoggingConfiguration"
DELETE = "DeleteModelInvocationLoggingConfiguration"
GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT_ID}:log-group:calls"
LOGS_STREAM = f"{GROUP}:log-stream:{STREAM}"
WRITES = ["logs:CreateLogStream", "logs:PutLogEvents"]


def trusted_by(service="bedrock.amazonaws.com", **condition):
    """A trust policy as the user guide has it."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}}
    more = {"Condition": condition} if condition else {}
    return document({**statement, "Action": "sts:AssumeRole", **more})


def logger(session, trust=None, policy=None):
    """The ARN of a role that may write logs."""
    iam = session.client("iam")
    made = iam.create_role(
        RoleName="logger", AssumeRolePolicyDocument=trust or trusted_by()
    )
    rights = policy or document(allow(WRITES, LOGS_STREAM))
    iam.put_role_policy(RoleName="logger", PolicyName="write", PolicyDocument=rights)
    return made["Role"]["Arn"]


def with_group(name="calls"):
    desk = open_desk()
    desk.client("logs").create_log_group(logGroupName=name)
    return desk


def with_bucket(name="calls", policy=None):
    desk = open_desk()
    desk.client("s3").create_bucket(Bucket=name)
    if policy:
        desk.client("s3").put_bucket_policy(Bucket=name, Policy=policy)
    return desk


def config(desk):
    return desk.call(GET).get("loggingConfig")


def test_nothing_is_logged_before_it_is_switched_on():
    assert config(open_desk()) is None


def test_what_was_put_is_what_there_is_until_it_is_deleted():
    desk = with_bucket()
    asked = logging_to(bucket="calls", textDataDeliveryEnabled=True)
    desk.call(PUT, **asked)
    assert config(desk) == asked["loggingConfig"]
    again = logging_to(bucket="calls", imageDataDeliveryEnabled=False)
    desk.call(PUT, **again)
    assert config(desk) == again["loggingConfig"]
    desk.call(DELETE)
    assert config(desk) is None
    desk.call(DELETE)


def test_another_place_replaces_the_one_there_is_whole():
    desk = with_bucket()
    desk.call(PUT, **logging_to(bucket="calls", textDataDeliveryEnabled=False))
    desk.client("logs").create_log_group(logGroupName="calls")
    asked = logging_to(group="calls", role=logger(desk.session))
    for _ in range(2):
        desk.call(PUT, **asked)
        assert config(desk) == asked["loggingConfig"]


def test_what_is_refused_leaves_the_one_there_is():
    desk = with_bucket()
    asked = logging_to(bucket="calls")
    desk.call(PUT, **asked)
    desk.refused(PUT, **logging_to(bucket="no-such-bucket"))
    desk.refused(PUT, **logging_to(group="calls"))
    assert config(desk) == asked["loggingConfig"]


def test_each_region_has_its_own():
    desk = with_bucket()
    desk.call(PUT, **logging_to(bucket="calls"))
    west = desk.session.client("bedrock", region_name="us-west-2")
    got = west.get_model_invocation_logging_configuration()
    assert "loggingConfig" not in got


# S3


def test_bedrock_tries_the_bucket_with_an_empty_object():
    desk = with_bucket()
    asked = logging_to(bucket="calls")
    asked["loggingConfig"]["s3Config"]["keyPrefix"] = "logs"
    desk.call(PUT, **asked)
    ((key, raw),) = objects(desk.session).items()
    begin = f"logs/AWSLogs/{ACCOUNT_ID}/BedrockModelInvocationLogs/us-east-1/"
    assert key.startswith(begin)
    assert key.endswith(f"/{PERMISSION_CHECK}")
    assert raw == b""


def test_a_bucket_without_a_policy_gets_the_one_bedrock_needs():
    desk = with_bucket()
    desk.call(PUT, **logging_to(bucket="calls"))
    policy = desk.client("s3").get_bucket_policy(Bucket="calls")["Policy"]
    (statement,) = json.loads(policy)["Statement"]
    assert statement["Principal"] == {"Service": "bedrock.amazonaws.com"}
    assert statement["Action"] == ["s3:PutObject"]
    begin = f"arn:aws:s3:::calls/AWSLogs/{ACCOUNT_ID}/"
    assert statement["Resource"] == [f"{begin}BedrockModelInvocationLogs/*"]
    equal = statement["Condition"]["StringEquals"]
    assert equal == {"aws:SourceAccount": ACCOUNT_ID}


def test_a_bucket_with_a_policy_keeps_it():
    own = {"Effect": "Allow", "Principal": "*", "Action": "s3:*"}
    own["Resource"] = "arn:aws:s3:::calls/*"
    desk = with_bucket(policy=document(own))
    desk.call(PUT, **logging_to(bucket="calls"))
    policy = desk.client("s3").get_bucket_policy(Bucket="calls")["Policy"]
    assert json.loads(policy)["Statement"] == [own]


def test_a_bucket_of_another_region_is_refused():
    desk = open_desk()
    desk.session.client("s3", region_name="eu-west-1").create_bucket(
        Bucket="calls", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    error = desk.refused(PUT, **logging_to(bucket="calls"))
    assert "permissions for bucket: calls" in error.response["Error"]["Message"]


def test_what_was_refused_is_not_switched_on():
    desk = with_bucket()
    asked = logging_to(bucket="calls", group="no-such-group")
    desk.refused(PUT, **asked)
    assert config(desk) is None
    assert objects(desk.session) == {}


# CloudWatch Logs


@pytest.mark.parametrize(
    "rights",
    [
        document(allow(WRITES, LOGS_STREAM)),
        document(allow(WRITES)),
        document(allow("logs:*", f"{GROUP}:*")),
    ],
    ids=["least", "all resources", "all of the group"],
)
@pytest.mark.parametrize(
    "trust",
    [
        trusted_by(),
        trusted_by(
            StringEquals={"aws:SourceAccount": ACCOUNT_ID},
            ArnLike={"aws:SourceArn": f"arn:aws:bedrock:us-east-1:{ACCOUNT_ID}:*"},
        ),
    ],
    ids=["plain", "as the user guide has it"],
)
def test_a_role_that_may_write_is_taken(trust, rights):
    desk = with_group()
    role = logger(desk.session, trust, rights)
    asked = logging_to(group="calls", role=role)
    desk.call(PUT, **asked)
    assert config(desk) == asked["loggingConfig"]


@pytest.mark.parametrize(
    "trust",
    [
        trusted_by("lambda.amazonaws.com"),
        trusted_by(StringEquals={"aws:SourceAccount": "444455556666"}),
        trusted_by(ArnLike={"aws:SourceArn": "arn:aws:bedrock:eu-west-1:*:*"}),
    ],
    ids=["another service", "another account", "another Region"],
)
def test_a_role_bedrock_may_not_assume_is_refused(trust):
    desk = with_group()
    asked = logging_to(group="calls", role=logger(desk.session, trust))
    check_refused(desk, asked)


@pytest.mark.parametrize(
    "rights",
    [
        document(allow(WRITES[0], LOGS_STREAM)),
        document(allow(WRITES[1], LOGS_STREAM)),
        document(allow(WRITES, LOGS_STREAM.replace("calls", "other"))),
        document(allow(WRITES), {**allow(WRITES[1]), "Effect": "Deny"}),
    ],
    ids=["no events", "no stream", "another group", "a deny"],
)
def test_a_role_that_may_not_write_is_refused(rights):
    desk = with_group()
    asked = logging_to(group="calls", role=logger(desk.session, policy=rights))
    check_refused(desk, asked)


def test_a_group_or_a_role_that_is_not_there_is_refused():
    desk = with_group("other")
    role = logger(desk.session)
    check_refused(desk, logging_to(group="calls", role=role))
    check_refused(with_group(), logging_to(group="calls"))


def check_refused(desk, asked):
    error = desk.refused(PUT, **asked).response["Error"]
    role = asked["loggingConfig"]["cloudWatchConfig"]["roleArn"]
    assert error["Code"] == "ValidationException"
    assert error["Message"] == (
        f"Failed to validate permissions for log group: calls, with role: {role}. "
        "Verify the IAM role permissions are correct."
    )
    assert config(desk) is None


def test_the_bucket_for_large_bodies_must_be_there_too():
    desk = with_group()
    asked = logging_to(group="calls", role=logger(desk.session))
    large = {"bucketName": "large"}
    asked["loggingConfig"]["cloudWatchConfig"]["largeDataDeliveryS3Config"] = large
    error = desk.refused(PUT, **asked)
    assert "bucket: large" in error.response["Error"]["Message"]
    desk.client("s3").create_bucket(Bucket="large")
    desk.call(PUT, **asked)
    assert config(desk) == asked["loggingConfig"]
