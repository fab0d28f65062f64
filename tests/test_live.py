"""A live session: what it needs to start, and what it will not send."""

import pytest

import bedrock_helpers as bh
from tests.loopback_aws import (
    REFUSED_XML,
    SAID_HI,
    Answer,
    answer_unsent,
    loopback_aws,
    without_aws,
    write_config,
)
from tests.metered import HI


def test_without_credentials_it_names_the_ways_before_any_request(
    monkeypatch, tmp_path
):
    with loopback_aws(monkeypatch, tmp_path, keys={}) as aws:
        with pytest.raises(bh.NoCredentials) as caught:
            bh.connect("live")
        assert aws.requests == []
    ways = "aws configure", "aws sso login", "AWS_ACCESS_KEY_ID", "BEARER_TOKEN"
    assert all(way in str(caught.value) for way in (*ways, "bh.connect()"))


def test_an_unknown_profile_is_named_beside_the_known_ones(aws, tmp_path):
    write_config(tmp_path, "[profile workshop]\nregion = us-east-1\n")
    with pytest.raises(bh.NoCredentials, match=r"\(ghost\).*workshop"):
        bh.connect("live", profile_name="ghost")
    assert aws.requests == []


def test_an_unknown_profile_of_the_environment_is_named_too(aws, tmp_path, monkeypatch):
    write_config(tmp_path, "[profile workshop]\nregion = us-east-1\n")
    monkeypatch.setenv("AWS_PROFILE", "ghost")
    with pytest.raises(bh.NoCredentials, match=r"\(ghost\).*workshop"):
        bh.connect("live")


def test_a_known_profile_is_used(aws, tmp_path):
    write_config(
        tmp_path,
        "[profile p]\naws_access_key_id = AKIDP\naws_secret_access_key = s\n",
    )
    session = bh.connect("live", profile_name="p")
    assert session.get_credentials().access_key == "AKIDP"


def test_the_account_is_shown_as_its_last_four_digits_only(aws):
    shown = repr(bh.connect("live"))
    assert "LIVE, us-east-1, account …9012." in shown
    assert "12345678" not in shown


def test_an_address_that_is_not_aws_is_named_by_the_session_and_the_doctor(aws):
    session = bh.connect("live")
    assert f"Its calls go to {aws.url}, not to AWS." in repr(session)
    assert f"at {aws.url}, which is not AWS" in repr(bh.doctor(session))


def test_a_session_on_aws_names_no_address(aws, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", aws.url)
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    session = bh.connect("live")
    assert session.address is None
    assert "not to AWS" not in repr(session)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (Answer(403, REFUSED_XML), "ClientError"),
        (Answer(200, b"<html>Please sign in to the hotel"), "ResponseParserError"),
    ],
)
def test_an_account_that_sts_does_not_tell_is_unknown(aws, answer, name):
    aws.answers.append(answer)
    assert bh.connect("live").account == f"unknown ({name})"
    assert len(aws.requests) == 1


def test_an_unreachable_sts_is_no_obstacle(monkeypatch, aws):
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
    assert bh.connect("live").account == "unknown (EndpointConnectionError)"


def test_an_api_key_alone_is_enough_and_asks_sts_nothing(monkeypatch, tmp_path):
    key = {"AWS_BEARER_TOKEN_BEDROCK": "the key"}
    with loopback_aws(monkeypatch, tmp_path, keys=key) as aws:
        session = bh.connect("live")
        assert aws.requests == []
    assert "account of an API key" in repr(session)
    monkeypatch.delenv("AWS_ENDPOINT_URL")  # boto3 sends an API key over TLS only
    seen = answer_unsent(session, lambda request: SAID_HI)
    assert session.client("bedrock-runtime").converse(**HI)["stopReason"] == "end_turn"
    assert seen[0].headers["Authorization"] == b"Bearer the key"


def test_an_api_key_beside_other_keys_is_what_signs_so_no_account_is_claimed(
    aws, monkeypatch
):
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "key of another account")
    assert bh.connect("live").account == "of an API key"
    assert aws.requests == []


def test_a_budget_is_on_from_the_start(live):
    assert "$0.000000 of $1.00" in repr(live)
    assert "Account changes allowed: none." in repr(live)


def test_a_web_identity_still_signs_in_behind_the_guard(aws, monkeypatch, tmp_path):
    without_aws(monkeypatch, tmp_path)
    (tmp_path / "token").write_text("a.b.c")
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/r")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    session = bh.connect("live")
    assert session.account == "…9012"
    assert b"AssumeRoleWithWebIdentity" in aws.requests[0][2]
