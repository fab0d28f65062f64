"""Who the caller is: the learner, other users, roles, and keys nobody has."""

import contextlib
import datetime

import boto3
import pytest
from botocore.exceptions import ClientError

import bedrock_helpers as bh
from bedrock_helpers.catalog import NOVA_MICRO
from bedrock_helpers.offline import identity
from bedrock_helpers.offline.account import ACCOUNT_ID
from bedrock_helpers.offline.server import serve
from tests.offline.people import (
    LEARNER_ARN,
    allow,
    arn_of,
    as_user,
    assume,
    document,
    new_role,
    new_user,
)

INVALID = "The security token included in the request is invalid."
#: For each protocol: a call, its code and status when the key is nobody's.
PROTOCOLS = {
    "sts": ("get_caller_identity", "InvalidClientTokenId", 403),
    "iam": ("list_users", "InvalidClientTokenId", 403),
    "bedrock": ("list_foundation_models", "UnrecognizedClientException", 403),
    "kms": ("list_keys", "UnrecognizedClientException", 400),
    "logs": ("describe_log_groups", "UnrecognizedClientException", 400),
    "cloudwatch": ("list_metrics", "UnrecognizedClientException", 400),
    "s3": ("list_buckets", "InvalidAccessKeyId", 403),
    "ec2": ("describe_vpcs", "AuthFailure", 401),
}


class InProcess:
    """An offline account, and sessions onto it."""

    def __init__(self):
        self.owner = bh.connect("offline")

    def of(self, keys):
        return as_user(keys)


class OverHttp:
    """The same through a server, where clients are plain boto3's."""

    def __init__(self, server, at_end):
        self._url, self._at_end = server.url, at_end
        self.owner = self._session("any", "any", None)

    def of(self, keys):
        names = "AccessKeyId", "SecretAccessKey", "SessionToken"
        return self._session(*map(keys.get, names))

    def _session(self, key, secret, token):
        return _AtAddress(
            boto3.Session(key, secret, token, region_name="us-east-1"),
            self._url,
            self._at_end,
        )


class _AtAddress:
    """A session whose clients call one address, and are closed at the end."""

    def __init__(self, session, url, at_end):
        self._session, self._url, self._at_end = session, url, at_end

    def client(self, name):
        made = self._session.client(name, endpoint_url=self._url)
        self._at_end.callback(made.close)
        return made


@pytest.fixture(params=["in process", "over HTTP"])
def account(request):
    """An offline account, asked in this process or through a server."""
    if request.param == "in process":
        yield InProcess()
        return
    with serve() as server, contextlib.ExitStack() as at_end:
        yield OverHttp(server, at_end)


def refusal_of(session, service="sts"):
    """The code, status and text a session's call to a service is refused with."""
    with pytest.raises(ClientError) as caught:
        getattr(session.client(service), PROTOCOLS[service][0])()
    reply = caught.value.response
    status = reply["ResponseMetadata"]["HTTPStatusCode"]
    return reply["Error"]["Code"], status, reply["Error"]["Message"]


def test_the_caller_is_the_learner_of_the_offline_account(account):
    who = account.owner.client("sts").get_caller_identity()
    assert who["Account"] == ACCOUNT_ID
    assert who["Arn"] == identity.CALLER_ARN == LEARNER_ARN
    assert who["UserId"].startswith("AIDA")
    assert who["ResponseMetadata"]["RequestId"]


def test_every_offline_account_shows_the_number_of_the_documentation():
    first, second = bh.connect("offline"), bh.connect("offline")
    assert first.offline.account_id == second.offline.account_id == "111122223333"


def test_the_learner_is_a_user_who_may_do_everything(account):
    iam = account.owner.client("iam")
    assert iam.get_user()["User"]["Arn"] == LEARNER_ARN
    attached = iam.list_attached_user_policies(UserName="learner")
    assert [p["PolicyName"] for p in attached["AttachedPolicies"]] == [
        "AdministratorAccess"
    ]
    (key,) = iam.list_access_keys()["AccessKeyMetadata"]
    assert key["AccessKeyId"] == "AKIAIOSFODNN7EXAMPLE"


def test_with_the_keys_of_a_user_that_user_calls(account):
    theirs = account.of(new_user(account.owner))
    assert arn_of(theirs) == f"arn:aws:iam::{ACCOUNT_ID}:user/ana"
    assert theirs.client("iam").get_user()["User"]["UserName"] == "ana"
    assert arn_of(account.owner) == LEARNER_ARN


def test_with_the_keys_of_a_role_its_session_calls(account):
    reply = assume(account.owner, new_role(account.owner))
    who = account.of(reply["Credentials"]).client("sts").get_caller_identity()
    assert who["Arn"] == reply["AssumedRoleUser"]["Arn"]
    assert who["Arn"] == f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/reader/lesson"
    assert who["UserId"] == reply["AssumedRoleUser"]["AssumedRoleId"]


def test_a_user_s_keys_call_bedrock_too(account):
    listing = document(allow("bedrock:ListFoundationModels"))
    theirs = account.of(new_user(account.owner, "ana", listing))
    models = theirs.client("bedrock").list_foundation_models()["modelSummaries"]
    assert NOVA_MICRO in {model["modelId"] for model in models}


@pytest.mark.parametrize("service", PROTOCOLS)
def test_deleted_keys_are_refused_as_each_service_refuses_them(account, service):
    keys = new_user(account.owner)
    theirs = account.of(keys)
    account.owner.client("iam").delete_access_key(
        UserName="ana", AccessKeyId=keys["AccessKeyId"]
    )
    code, status, _ = refusal_of(theirs, service)
    assert (code, status) == PROTOCOLS[service][1:]


def test_keys_switched_off_are_refused_until_they_are_on_again(account):
    keys = new_user(account.owner)
    theirs, iam = account.of(keys), account.owner.client("iam")
    switch = {"UserName": "ana", "AccessKeyId": keys["AccessKeyId"]}
    iam.update_access_key(**switch, Status="Inactive")
    assert refusal_of(theirs) == ("InvalidClientTokenId", 403, INVALID)
    iam.update_access_key(**switch, Status="Active")
    assert arn_of(theirs).endswith(":user/ana")


def test_a_head_request_is_refused_without_a_body():
    owner = bh.connect("offline")
    keys = new_user(owner)
    owner.client("s3").create_bucket(Bucket="some-logs")
    theirs = as_user(keys).client("s3")
    owner.client("iam").delete_access_key(
        UserName="ana", AccessKeyId=keys["AccessKeyId"]
    )
    with pytest.raises(ClientError) as caught:
        theirs.head_bucket(Bucket="some-logs")
    assert caught.value.response["Error"]["Code"] == "403"


def test_keys_nobody_ever_had_are_refused():
    nobody = {"AccessKeyId": "AKIAI44QH8DHBEXAMPLE", "SecretAccessKey": "secret"}
    session = as_user(nobody)
    assert refusal_of(session) == ("InvalidClientTokenId", 403, INVALID)
    assert "Its keys are refused: InvalidClientTokenId." in repr(session)


@pytest.mark.parametrize(
    ("service", "code"),
    [("sts", "SignatureDoesNotMatch"), ("bedrock", "InvalidSignatureException")],
)
def test_another_secret_than_the_key_s_is_refused(service, code):
    keys = new_user(bh.connect("offline")) | {"SecretAccessKey": "mistyped"}
    assert refusal_of(as_user(keys), service)[:2] == (code, 403)


@pytest.mark.parametrize("token", [None, "another"])
def test_another_token_than_the_role_session_s_is_refused(account, token):
    keys = assume(account.owner, new_role(account.owner))["Credentials"]
    session = account.of(keys | {"SessionToken": token})
    assert refusal_of(session) == ("InvalidClientTokenId", 403, INVALID)


@pytest.mark.parametrize(
    ("service", "code", "status"),
    [
        ("sts", "ExpiredToken", 403),
        ("bedrock", "ExpiredTokenException", 403),
        ("s3", "ExpiredToken", 400),
        ("ec2", "RequestExpired", 400),
        ("kms", "ExpiredTokenException", 400),
    ],
)
def test_a_role_s_session_ends_when_its_time_has_passed(service, code, status):
    owner = bh.connect("offline")
    role = as_user(assume(owner, new_role(owner))["Credentials"])
    owner.offline.pass_time(minutes=59)
    assert ":assumed-role/" in arn_of(role)
    owner.offline.pass_time(minutes=2)
    assert refusal_of(role, service)[:2] == (code, status)


def test_a_role_assumed_later_ends_later():
    owner = bh.connect("offline")
    arn = new_role(owner)
    owner.offline.pass_time(minutes=120)
    role = as_user(assume(owner, arn)["Credentials"])
    owner.offline.pass_time(minutes=59)
    assert ":assumed-role/" in arn_of(role)


def test_a_role_that_was_deleted_has_no_sessions():
    owner = bh.connect("offline")
    role = as_user(assume(owner, new_role(owner))["Credentials"])
    owner.client("iam").delete_role(RoleName="reader")
    assert refusal_of(role)[0] == "InvalidClientTokenId"


def test_the_rest_of_sts_is_refused_by_name(account):
    with pytest.raises(ClientError) as caught:
        account.owner.client("sts").get_session_token()
    error = caught.value.response
    assert error["Error"]["Code"] == "NotAvailableOffline"
    assert "STS's GetSessionToken; of STS it has" in error["Error"]["Message"]
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_a_caller_is_shown_without_the_secret():
    assert repr(identity.LEARNER) == f"Caller('{LEARNER_ARN}')"


def test_conditions_may_ask_who_calls():
    keys = identity.LEARNER.condition_keys
    assert keys["aws:PrincipalType"] == "User" and keys["aws:username"] == "learner"
    role = f"arn:aws:iam::{ACCOUNT_ID}:role/reader"
    session = identity.Caller("arn:aws:sts::1:assumed-role/reader/x", "A:x", "", role)
    assert session.condition_keys["aws:PrincipalArn"] == role
    assert session.condition_keys["aws:PrincipalType"] == "AssumedRole"
    assert "aws:username" not in session.condition_keys


def test_only_temporary_keys_tell_when_they_were_made():
    made = datetime.datetime(2026, 11, 24, 9, tzinfo=datetime.UTC)
    arn, role = "arn:aws:sts::1:assumed-role/reader/x", "arn:aws:iam::1:role/reader"
    session = identity.Caller(arn, "A:x", role_arn=role, issued=made)
    assert session.condition_keys["aws:TokenIssueTime"] == made
    assert "aws:TokenIssueTime" not in identity.LEARNER.condition_keys
