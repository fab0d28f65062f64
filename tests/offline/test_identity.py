"""Who the caller is: STS, in a session and over HTTP."""

from xml.etree import ElementTree

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from bedrock_helpers.offline import identity
from bedrock_helpers.offline.account import ACCOUNT_ID
from bedrock_helpers.offline.server import serve
from tests.offline.desk import open_desk

ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture(params=["in process", "over HTTP"])
def sts(request):
    """boto3's STS client of the offline account."""
    if request.param == "in process":
        yield open_desk().client("sts")
        return
    with serve() as server:
        client = boto3.client(
            "sts",
            "us-east-1",
            endpoint_url=server.url,
            aws_access_key_id="any",
            aws_secret_access_key="any",
            config=ONCE,
        )
        yield client
        client.close()


def test_the_caller_is_the_learner_of_the_offline_account(sts):
    who = sts.get_caller_identity()
    assert who["Account"] == ACCOUNT_ID
    assert who["Arn"] == identity.CALLER_ARN
    assert who["UserId"].startswith("AIDA")
    assert who["ResponseMetadata"]["RequestId"]


def test_the_rest_of_sts_is_refused_by_name(sts):
    with pytest.raises(ClientError) as caught:
        sts.get_session_token()
    error = caught.value.response
    assert error["Error"]["Code"] == "NotAvailableOffline"
    assert "STS's GetSessionToken" in error["Error"]["Message"]
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 501


@pytest.mark.parametrize("body", [None, b"", b"Version=2011-06-15", b"\xff\x00=&&;="])
def test_a_form_without_an_action_asks_for_nothing(body):
    reply = identity.answer(body)
    assert reply.status == 501 and b"STS's nothing;" in reply.body


def test_what_was_asked_stands_escaped_in_the_xml():
    asked = "<script>&\"'</Message>"
    reply = identity.answer(b"Action=%3Cscript%3E%26%22%27%3C%2FMessage%3E")
    assert b"<script>" not in reply.body
    message = ElementTree.fromstring(reply.body).find(".//{*}Message")
    assert asked in message.text


def test_the_reply_has_its_own_request_id_and_length():
    reply = identity.answer(b"Action=GetCallerIdentity")
    found = ElementTree.fromstring(reply.body).find(".//{*}RequestId")
    assert found.text == reply.request_id
    assert reply.headers["content-length"] == str(len(reply.body))


def test_characters_xml_cannot_hold_are_still_answered_with_xml():
    reply = identity.answer(b"Action=%00%0B%01")
    ElementTree.fromstring(reply.body)
