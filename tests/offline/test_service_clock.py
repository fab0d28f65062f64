"""The service's clock: set apart from this machine's, and let run."""

import pytest
from botocore.exceptions import ClientError

import bedrock_helpers as bh

YEAR_MINUTES = 366 * 24 * 60


def listed(session):
    return session.client("bedrock").list_guardrails()["guardrails"]


def made_at(session):
    made = session.client("bedrock").create_guardrail(
        name=f"g{len(listed(session))}",
        blockedInputMessaging="no",
        blockedOutputsMessaging="no",
        wordPolicyConfig={"wordsConfig": [{"text": "x"}]},
    )
    return made["createdAt"]


@pytest.mark.parametrize("minutes", [20, -20])
def test_a_clock_set_too_far_apart_refuses_signatures_until_it_is_right(minutes):
    session = bh.connect("offline")
    session.offline.set_clock(minutes_ahead=minutes)
    with pytest.raises(ClientError, match="Signature"):
        listed(session)
    session.offline.set_clock()
    assert listed(session) == []


def test_time_that_passes_adds_up_and_leaves_signatures_valid():
    session = bh.connect("offline")
    before = made_at(session)
    session.offline.pass_time(minutes=40)
    session.offline.pass_time(minutes=20)
    assert 60 <= (made_at(session) - before).total_seconds() / 60 < 61


@pytest.mark.parametrize("minutes", [-1, YEAR_MINUTES + 1, float("nan")])
def test_time_goes_forward_a_year_at_most(minutes):
    offline = bh.connect("offline").offline
    with pytest.raises(ValueError, match="from 0 to 527040 more, a year in all"):
        offline.pass_time(minutes)


def test_after_some_time_only_the_rest_of_the_year_is_left():
    offline = bh.connect("offline").offline
    offline.pass_time(YEAR_MINUTES - 5)
    with pytest.raises(ValueError, match="from 0 to 5 more"):
        offline.pass_time(6)
    offline.pass_time(5)
