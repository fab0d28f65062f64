"""Failures asked for with ``session.offline.fail_next``."""

import time

import pytest

from bedrock_helpers.offline.errors import known_errors
from tests.offline.desk import MICRO, Desk, open_desk, tokens, user

ASK = {"modelId": MICRO, "messages": [user("Hi there")], "inferenceConfig": tokens(1)}


@pytest.fixture
def desk():
    return open_desk()


@pytest.fixture
def patient(monkeypatch):
    """A desk that tries as often as boto3 does by itself, without the pauses."""
    pauses = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    made = Desk(open_desk().session, retries={"total_max_attempts": 3})
    made.pauses = pauses
    return made


CODES = sorted(
    {
        record["code"]
        for record in known_errors().values()
        if record["http_status"] != 400 and "{" not in record["text"]
    }
    - {"ConflictException", "ModelStreamErrorException"}
)


@pytest.mark.parametrize("code", CODES)
def test_a_failure_may_be_asked_for_by_its_code(code, desk):
    desk.session.offline.fail_next(code)
    assert desk.refused("Converse", **ASK).response["Error"]["Code"] == code
    assert desk.call("Converse", **ASK)["output"]


def test_failures_come_in_the_order_they_were_asked_for(desk):
    desk.session.offline.fail_next("expired_token", times=2)
    desk.session.offline.fail_next("too_many_tokens_per_day")
    codes = [desk.refused("Converse", **ASK).response["Error"]["Code"] for _ in "abc"]
    assert codes == ["ExpiredTokenException"] * 2 + ["ThrottlingException"]
    assert desk.call("Converse", **ASK)


def test_one_case_may_be_asked_for_by_its_key(desk):
    desk.session.offline.fail_next("too_many_tokens_per_day")
    message = desk.refused("Converse", **ASK).response["Error"]["Message"]
    assert "tokens per day" in message


def test_boto3_retries_a_throttled_call_by_itself(patient):
    patient.session.offline.fail_next("ThrottlingException", times=2)
    reply = patient.call("Converse", **ASK)
    assert reply["ResponseMetadata"]["RetryAttempts"] == 2
    assert len(patient.pauses) == 2


def test_boto3_gives_up_when_throttled_too_often(patient):
    patient.session.offline.fail_next("ThrottlingException", times=3)
    error = patient.refused("Converse", **ASK)
    assert error.response["ResponseMetadata"]["RetryAttempts"] == 2
    assert patient.call("Converse", **ASK)


def test_boto3_does_not_retry_what_will_not_get_better(patient):
    patient.session.offline.fail_next("expired_token")
    patient.refused("Converse", **ASK)
    assert patient.pauses == []


def test_the_control_plane_is_left_alone(desk):
    desk.session.offline.fail_next("expired_token")
    assert desk.call("ListFoundationModels")["modelSummaries"]
    assert desk.refused("Converse", **ASK)


def test_a_whole_reply_does_not_use_up_a_broken_stream(desk):
    desk.session.offline.fail_next("stream_broken")
    assert desk.call("Converse", **ASK)
    with pytest.raises(Exception, match="while streaming"):
        list(desk.call("ConverseStream", **ASK)["stream"])


def test_even_a_one_token_stream_breaks(desk):
    desk.session.offline.fail_next("stream_broken", times=2)
    for _ in "ab":
        with pytest.raises(Exception, match="while streaming"):
            list(desk.call("ConverseStream", **ASK)["stream"])
    assert list(desk.call("ConverseStream", **ASK)["stream"])


@pytest.mark.parametrize("kind", ["Throttling", "", "ValidationException", "no_model"])
def test_an_unknown_failure_is_told_which_there_are(kind, desk):
    with pytest.raises(ValueError) as caught:
        desk.session.offline.fail_next(kind)
    assert "ThrottlingException" in str(caught.value)
    assert "stream_broken" in str(caught.value)


@pytest.mark.parametrize("times", [0, -1, 1.5, "2", None])
def test_times_is_a_whole_number_from_one(times, desk):
    with pytest.raises(ValueError, match="whole number"):
        desk.session.offline.fail_next("ThrottlingException", times=times)


def test_a_failure_belongs_to_one_session_only(desk):
    desk.session.offline.fail_next("expired_token")
    assert open_desk().call("Converse", **ASK)
    assert desk.refused("Converse", **ASK)
