"""What the tests of live mode and of the meter share."""

import boto3
import pytest

import bedrock_helpers as bh
from bedrock_helpers.meter import Meter
from tests.loopback_aws import loopback_aws, without_aws


@pytest.fixture
def aws(monkeypatch, tmp_path):
    """Every AWS service at one loopback address, signed for with dummy keys."""
    with loopback_aws(monkeypatch, tmp_path) as server:
        yield server


@pytest.fixture
def live(aws):
    """A live session that has asked who it is already."""
    session = bh.connect("live")
    aws.requests.clear()
    return session


@pytest.fixture
def session(monkeypatch, tmp_path):
    """A plain boto3 session with a budget of a dollar."""
    without_aws(monkeypatch, tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://127.0.0.1:1")  # nobody answers
    session = boto3.Session("AKIDEXAMPLE", "secret", region_name="us-east-1")
    session.meter = Meter(1)
    session.meter.watch(session)
    return session
