"""A short-term API key may do what its maker may, and no longer than that."""

import base64

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import bedrock_helpers as bh
from tests.offline.people import allow, assume, document, new_role, new_user
from tests.offline.short_term import LEARNER_KEYS, short_term_key

MAY_LIST = document(allow(["bedrock:ListGuardrails", "bedrock:CallWithBearerToken"]))


@pytest.fixture
def owner():
    return bh.connect("offline")


def listing(session, api_key):
    """Status, and the code of a refusal, of a call with an API key."""
    url = "https://bedrock.us-east-1.amazonaws.com/guardrails"
    headers = {"Authorization": f"Bearer {api_key}"}
    reply = session.offline.answer("GET", url, headers, b"")
    return reply.status, reply.headers.get("x-amzn-errortype", "").partition(":")[0]


def test_a_key_of_the_learner_does_what_the_learner_may(owner):
    assert listing(owner, short_term_key()) == (200, "")


def test_a_key_of_a_user_does_what_the_user_may(owner):
    nobody, reader = new_user(owner), new_user(owner, "eva", MAY_LIST)
    assert listing(owner, short_term_key(nobody)) == (403, "AccessDeniedException")
    assert listing(owner, short_term_key(reader)) == (200, "")


def test_a_key_of_a_role_s_session_does_what_the_role_may(owner):
    keys = assume(owner, new_role(owner))["Credentials"]
    assert listing(owner, short_term_key(keys)) == (403, "AccessDeniedException")
    owner.client("iam").put_role_policy(
        RoleName="reader", PolicyName="p", PolicyDocument=MAY_LIST
    )
    assert listing(owner, short_term_key(keys)) == (200, "")
    owner.offline.pass_time(minutes=61)
    assert listing(owner, short_term_key(keys)) == (403, "ExpiredTokenException")


def test_a_key_of_keys_nobody_has_is_refused(owner):
    keys = {"AccessKeyId": "AKIAI44QH8DHBEXAMPLE", "SecretAccessKey": "secret"}
    unknown = (403, "UnrecognizedClientException")
    assert listing(owner, short_term_key(keys)) == unknown
    gone = new_user(owner, "eva", MAY_LIST)
    api_key = short_term_key(gone)
    owner.client("iam").delete_access_key(
        UserName="eva", AccessKeyId=gone["AccessKeyId"]
    )
    assert listing(owner, api_key) == unknown


def test_a_key_made_with_another_secret_is_refused(owner):
    keys = new_user(owner, "eva", MAY_LIST) | {"SecretAccessKey": "mistyped"}
    assert listing(owner, short_term_key(keys)) == (403, "AccessDeniedException")


def test_a_key_expires(owner):
    api_key = short_term_key(seconds=600)
    owner.offline.pass_time(minutes=9)
    assert listing(owner, api_key) == (200, "")
    owner.offline.pass_time(minutes=1)
    assert listing(owner, api_key) == (403, "AccessDeniedException")


@pytest.mark.parametrize(
    "inside", [b"", b"x", b"\xff", b"bedrock.amazonaws.com/?Action=CallWithBearerToken"]
)
def test_a_key_that_cannot_be_read_is_refused(owner, inside):
    api_key = "bedrock-api-key-" + base64.b64encode(inside).decode()
    assert listing(owner, api_key) == (403, "AccessDeniedException")
    assert listing(owner, "bedrock-api-key-é") == (403, "AccessDeniedException")


def test_any_other_api_key_is_taken_for_the_learner_s(owner):
    assert listing(owner, "ABSKx") == (200, "")


@pytest.mark.parametrize("key_of", [new_user, lambda _: LEARNER_KEYS])
def test_boto3_sends_one_from_the_environment(owner, monkeypatch, key_of):
    keys = key_of(owner)
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", short_term_key(keys))
    client = owner.client("bedrock", config=Config(signature_version="bearer"))
    if keys is LEARNER_KEYS:
        assert client.list_guardrails()["guardrails"] == []
        return
    denied = "user/ana is not authorized to perform: bedrock:CallWithBearerToken"
    with pytest.raises(ClientError, match=denied):
        client.list_guardrails()
