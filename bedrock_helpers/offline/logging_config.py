"""bedrock: where invocation logs go, or that there are none.

Texts and rules: AWS Bedrock User Guide, "Monitor model invocation using CloudWatch Logs
and Amazon S3" (mirror of 2026-07); alphagov/govuk-infrastructure pull request 2440
(2025-07-17) for the refusal of a role.
"""

import json

from bedrock_helpers.offline.account import ACCOUNT_ID
from bedrock_helpers.offline.caller_policies import policies_of
from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.http_reply import json_reply
from bedrock_helpers.offline.iam import Request, decide
from bedrock_helpers.offline.iam_patterns import Context
from bedrock_helpers.offline.iam_policy import read_policy
from bedrock_helpers.offline.iam_trust import may_assume
from bedrock_helpers.offline.identity import Caller
from bedrock_helpers.offline.invocation_log import folder
from bedrock_helpers.offline.log_delivery import STREAM

SERVICE = "bedrock.amazonaws.com"
#: An empty object Bedrock writes to see whether it may.
PERMISSION_CHECK = "amazon-bedrock-logs-permission-check"
_WRITES_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")


def put_model_invocation_logging_configuration(request, call):
    """Answer PutModelInvocationLoggingConfiguration, once all of it is there."""
    config = request["loggingConfig"]
    logs = config.get("cloudWatchConfig")
    buckets = [config.get("s3Config"), (logs or {}).get("largeDataDeliveryS3Config")]
    if logs is None and buckets[0] is None:
        raise refusal("logging_nowhere")
    with call.services.opened("logging configuration") as backend:
        for place in filter(None, buckets):
            _check_bucket(place, backend("s3"), call)
        if logs is not None:
            _check_group(logs, backend, call)
        for place in filter(None, buckets):
            _settle(place, backend("s3"), call)
    call.account.logging[call.region_name] = config
    return json_reply(call.operation, {})


def _check_bucket(place, s3, call):
    bucket = s3.buckets.get(place["bucketName"])
    if bucket is None or bucket.region_name != call.region_name:
        raise refusal("logging_bucket", bucket=place["bucketName"])


def _check_group(logs, backend, call):
    """The log group must be there, and Bedrock able to write to it by the role."""
    groups = backend("logs", call.region_name).groups
    name, role_arn = logs["logGroupName"], logs["roleArn"]
    roles = {role.arn: role for role in backend("iam").roles.values()}
    role = roles.get(role_arn)
    if name not in groups or role is None or not _may_write(role, name, call):
        raise refusal("logging_role", group=name, role=role_arn)


def _may_write(role, group, call):
    source = f"arn:aws:bedrock:{call.region_name}:{ACCOUNT_ID}:*"
    keys = {"aws:SourceAccount": ACCOUNT_ID, "aws:SourceArn": source}
    assume = Request("sts:AssumeRole", role.arn, Context(keys), SERVICE)
    if not may_assume(_trust(role), assume).allowed:
        return False
    session = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{role.name}/bedrock"
    caller = Caller(session, f"{role.id}:bedrock", role_arn=role.arn)
    policies = policies_of(caller, call.services)
    place = f"arn:aws:logs:{call.region_name}:{ACCOUNT_ID}:log-group:{group}"
    stream = f"{place}:log-stream:{STREAM}"
    return all(
        decide(policies, Request(action, stream, caller=session)).allowed
        for action in _WRITES_LOGS
    )


def _trust(role):
    return read_policy(role.assume_role_policy_document, "trust")


def _settle(place, s3, call):
    """Give the bucket the policy Bedrock needs if it has none, and try to write."""
    name, prefix = place["bucketName"], place.get("keyPrefix", "")
    if not s3.buckets[name].policy:
        document = json.dumps(_bucket_policy(name, prefix, call.region_name))
        s3.put_bucket_policy(name, document.encode())
    here = folder(prefix, call.region_name, call.now)
    s3.put_object(name, f"{here}/{PERMISSION_CHECK}", b"")


def _bucket_policy(bucket, prefix, region_name):
    begin = f"{prefix.rstrip('/')}/" if prefix else ""
    place = f"{begin}AWSLogs/{ACCOUNT_ID}/BedrockModelInvocationLogs/*"
    source = f"arn:aws:bedrock:{region_name}:{ACCOUNT_ID}:*"
    statement = {
        "Sid": "AmazonBedrockLogsWrite",
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": ["s3:PutObject"],
        "Resource": [f"arn:aws:s3:::{bucket}/{place}"],
        "Condition": {
            "StringEquals": {"aws:SourceAccount": ACCOUNT_ID},
            "ArnLike": {"aws:SourceArn": source},
        },
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def get_model_invocation_logging_configuration(request, call):
    """Answer GetModelInvocationLoggingConfiguration; nothing where there is none."""
    config = call.account.logging.get(call.region_name)
    return json_reply(call.operation, {"loggingConfig": config} if config else {})


def delete_model_invocation_logging_configuration(request, call):
    """Answer DeleteModelInvocationLoggingConfiguration."""
    call.account.logging.pop(call.region_name, None)
    return json_reply(call.operation, {})
