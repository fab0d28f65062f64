"""Refusals in the protocol of the service that was asked, also of unsigned requests."""

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

import bedrock_helpers as bh
from bedrock_helpers.offline.server import serve

MISSING = "Missing Authentication Token"
#: For each protocol: a call and its code when nothing was signed.
PROTOCOLS = {
    "bedrock": ("list_guardrails", "MissingAuthenticationTokenException"),
    "sts": ("get_caller_identity", "MissingAuthenticationToken"),
    "iam": ("list_users", "MissingAuthenticationToken"),
    "cloudwatch": ("list_metrics", "MissingAuthenticationTokenException"),
    "logs": ("describe_log_groups", "MissingAuthenticationTokenException"),
    "s3": ("list_buckets", "MissingAuthenticationToken"),
    "ec2": ("describe_vpcs", "MissingAuthenticationToken"),
}
BY_TOKEN = {
    "RoleArn": "arn:aws:iam::111122223333:role/reader",
    "RoleSessionName": "lesson",
    "WebIdentityToken": "a token of some provider",
}


def code_and_text(function, **parameters):
    with pytest.raises(ClientError) as caught:
        function(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize("service", PROTOCOLS)
def test_an_unsigned_request_is_refused_in_the_protocol_of_its_service(service):
    operation, code = PROTOCOLS[service]
    session = bh.connect("offline")
    client = session.client(service, config=Config(signature_version=UNSIGNED))
    assert code_and_text(getattr(client, operation)) == (code, MISSING)


def test_an_unsigned_request_for_a_bucket_named_like_a_service_is_s3_s():
    session = bh.connect("offline")
    client = session.client("s3", config=Config(signature_version=UNSIGNED))
    code, text = code_and_text(client.list_objects_v2, Bucket="logs")
    assert (code, text) == (PROTOCOLS["s3"][1], MISSING)


def test_sts_operations_that_boto3_does_not_sign_are_refused_in_xml():
    sts = bh.connect("offline").client("sts")
    refused = code_and_text(sts.assume_role_with_web_identity, **BY_TOKEN)
    assert refused == ("MissingAuthenticationToken", MISSING)


def test_over_http_they_are_too():
    with serve() as server:
        session = boto3.Session("any", "any", region_name="us-east-1")
        sts = session.client("sts", endpoint_url=server.url)
        refused = code_and_text(sts.assume_role_with_web_identity, **BY_TOKEN)
        sts.close()
    assert refused == ("MissingAuthenticationToken", MISSING)
