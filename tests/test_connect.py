"""The one line before plain boto3: which mode, which day, which errors."""

import boto3
import pytest

import bedrock_helpers as bh
from tests.loopback_aws import without_aws, write_config


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    without_aws(monkeypatch, tmp_path)
    return tmp_path


def test_left_alone_it_is_offline_and_a_real_boto3_session():
    session = bh.connect()
    assert session.mode == "offline"
    assert isinstance(session, boto3.Session)


def test_live_is_a_real_boto3_session_too(aws):
    session = bh.connect("live")
    assert session.mode == "live"
    assert isinstance(session, boto3.Session)


@pytest.mark.parametrize(
    ("variable", "mode", "chosen"),
    [
        ("live", None, "live"),
        ("live", "offline", "offline"),
        ("offline", "live", "live"),
        ("", None, "offline"),
    ],
)
def test_the_argument_decides_then_the_variable(
    aws, monkeypatch, variable, mode, chosen
):
    monkeypatch.setenv("BEDROCK_MODE", variable)
    assert bh.connect(mode).mode == chosen


def test_a_wrong_mode_is_named():
    with pytest.raises(ValueError, match="mode='aws': it is 'offline' or 'live'"):
        bh.connect("aws")


def test_a_wrong_variable_is_named_as_the_variable(monkeypatch):
    monkeypatch.setenv("BEDROCK_MODE", "Live")
    with pytest.raises(ValueError, match="BEDROCK_MODE='Live'"):
        bh.connect()


def test_another_day_is_an_error_that_names_the_two():
    with pytest.raises(ValueError) as caught:
        bh.connect("offline", as_of="2024-06-01")
    assert bh.catalog.LAUNCH_DAY in str(caught.value)
    assert bh.catalog.AS_OF in str(caught.value)


@pytest.mark.parametrize("day", [bh.catalog.LAUNCH_DAY, bh.catalog.AS_OF])
def test_the_two_days_can_be_lived_in(day):
    session = bh.connect("offline", as_of=day)
    assert session.offline.day == day
    assert f"the day is {day}" in repr(session)


@pytest.mark.parametrize("wrong", [{"as_of": "2023-09-28"}, {"account": "new"}])
def test_what_describes_the_offline_bedrock_is_refused_live(aws, wrong):
    with pytest.raises(ValueError, match="a live account is as it is"):
        bh.connect("live", **wrong)
    assert aws.requests == []


def test_another_kind_of_account_is_an_error():
    with pytest.raises(ValueError, match="'ready', 'new' or 'signed-out'"):
        bh.connect("offline", account="old")


def test_offline_ignores_profiles_variables_and_files(monkeypatch, home):
    write_config(home, "[default]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_PROFILE", "ghost")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    session = bh.connect("offline", profile_name="another ghost")
    assert session.region_name == "us-east-1"
    listed = session.client("bedrock").list_foundation_models()
    assert listed["modelSummaries"]


def test_the_region_is_the_one_asked_for(aws):
    for mode in ("offline", "live"):
        session = bh.connect(mode, region_name="eu-west-1")
        assert session.client("bedrock").meta.region_name == "eu-west-1"
        assert "eu-west-1" in repr(session)


def test_showing_an_offline_session_says_that_nothing_is_billed():
    shown = repr(bh.connect(account="new"))
    assert shown.startswith("Bedrock session: OFFLINE, us-east-1, the day is")
    assert "account new" in shown
    assert "no AWS, no bill" in shown


def test_showing_a_live_session_says_so_first(aws):
    assert repr(bh.connect("live")).startswith("Bedrock session: LIVE, us-east-1")


def test_an_offline_session_has_a_budget_only_when_asked():
    assert bh.connect().meter.limit_usd is None
    assert bh.connect(budget_usd=2).meter.limit_usd == 2
    assert "$2.00" in repr(bh.connect(budget_usd=2))
    assert "Meter" not in repr(bh.connect())


def test_offline_and_live_sessions_live_side_by_side(aws):
    live, offline = bh.connect("live"), bh.connect("offline")
    aws.requests.clear()
    offline.client("bedrock").list_foundation_models()
    assert aws.requests == []
    live.client("bedrock").list_foundation_models()
    assert aws.paths == ["/foundation-models"]


# Keys of somebody else


KEYS = {"AccessKeyId": "AKIDOTHER", "SecretAccessKey": "s", "SessionToken": "t"}


def test_live_the_keys_that_are_given_sign(aws):
    session = bh.connect("live", credentials=KEYS)
    found = session.get_credentials()
    given = found.access_key, found.secret_key, found.token
    assert given == tuple(KEYS.values())


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({"AccessKeyId": "A"}, "these have AccessKeyId"),
        ({"Credentials": KEYS}, "these have Credentials"),
        ({"AccessKeyId": "A", "SecretAccessKey": None}, "AccessKeyId, SecretAccessKey"),
        ("AKIDOTHER", "these have str"),
        ({}, "these have dict"),
    ],
)
def test_credentials_of_another_shape_are_refused_in_both_modes(aws, wrong, found):
    for mode in ("offline", "live"):
        with pytest.raises(ValueError) as no:
            bh.connect(mode, credentials=wrong)
        assert found in str(no.value)
        assert 'credentials=reply["Credentials"]' in str(no.value)
    assert aws.requests == []


@pytest.mark.parametrize(
    "other", [{"as_of": "2023-09-28"}, {"account": "new"}, {"profile_name": "p"}]
)
def test_credentials_come_with_their_own_account(aws, other):
    for mode in ("offline", "live"):
        with pytest.raises(ValueError, match="come with the account they were made in"):
            bh.connect(mode, credentials=KEYS, **other)
    assert aws.requests == []


def test_an_api_key_beside_other_keys_is_refused(aws, monkeypatch):
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "key")
    with pytest.raises(ValueError, match="del os.environ"):
        bh.connect("live", credentials=KEYS)
    assert aws.requests == []
