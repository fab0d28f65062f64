"""What the tests of live mode share."""

import pytest

from tests.loopback_aws import loopback_aws


@pytest.fixture
def aws(monkeypatch, tmp_path):
    """Every AWS service at one loopback address, signed for with dummy keys."""
    with loopback_aws(monkeypatch, tmp_path) as server:
        yield server
