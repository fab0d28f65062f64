"""How far two clocks are apart, and whom a refusal blames."""

import datetime

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

import bedrock_helpers as bh
from bedrock_helpers.data_files import load_json
from bedrock_helpers.preflight.clock import (
    MOST_SECONDS,
    blames_clock,
    clock,
    time_of,
)

NOON = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)


def off_by(seconds, **options):
    return clock(NOON, NOON + datetime.timedelta(seconds=seconds), **options)


@given(st.integers(-MOST_SECONDS, MOST_SECONDS))
def test_up_to_five_minutes_will_do(seconds):
    assert off_by(seconds).works


@given(st.integers(MOST_SECONDS + 1, 10**8), st.sampled_from([-1, 1]))
def test_beyond_them_it_says_which_way(seconds, sign):
    finding = off_by(sign * seconds)
    assert not finding.works
    assert finding.error.endswith("ahead" if sign > 0 else "behind")


def test_five_minutes_are_what_the_offline_service_refuses_by():
    assert (
        f"- {MOST_SECONDS // 60} min."
        in load_json("errors.json")["errors"]["clock_behind"]["text"]
    )


def test_what_is_refused_for_its_time_is_the_clock_even_within_five_minutes():
    assert not off_by(290, refused=True).works
    assert "AWS does not say" in clock(None, NOON, refused=True).error


@pytest.mark.parametrize(
    ("code", "message", "blamed"),
    [
        ("SignatureDoesNotMatch", "Signature expired: 1 is now earlier than 2", True),
        ("InvalidSignatureException", "Signature not yet current: 1 is still", True),
        ("RequestTimeTooSkewed", "The difference is too large.", True),
        ("SignatureDoesNotMatch", "The request signature we calculated", False),
        ("ExpiredToken", "The security token included is expired", False),
    ],
)
def test_whom_a_refusal_blames(code, message, blamed):
    error = ClientError({"Error": {"Code": code, "Message": message}}, "Converse")
    assert blames_clock(error) is blamed


def test_a_refusal_tells_the_services_time():
    session = bh.connect("offline")
    session.offline.set_clock(minutes_ahead=20)
    with pytest.raises(ClientError) as refused:
        session.client("bedrock").list_foundation_models()
    ours = datetime.datetime.now(datetime.UTC)
    finding = clock(time_of(refused.value.response), ours, refused=True)
    assert finding.error == "it is 20 min behind"


def dated(words):
    return {"ResponseMetadata": {"HTTPHeaders": {"date": words}}}


def test_a_reply_without_a_date_tells_no_time():
    assert time_of({}) is None
    assert time_of(dated("yesterday")) is None
    no_month = "Signature expired: 1 is now earlier than 2 (20131308T001612Z - 5 min.)"
    assert time_of({"Error": {"Message": no_month}}) is None


def test_a_date_without_a_time_zone_is_in_utc():
    assert time_of(dated("Wed, 25 Nov 2026 12:00:00 -0000")) == NOON
    assert time_of(dated("Wed, 25 Nov 2026 13:00:00 +0100")) == NOON
