"""What every test of the project runs under."""

import os
from importlib.metadata import version

import pytest
from hypothesis import HealthCheck, settings

# The same examples on every machine: a failure in CI is a failure at home.
settings.register_profile(
    "course",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("course")

_SHOWN = ("boto3", "botocore", "nbval", "ipykernel")


def pytest_report_header():
    """The versions that decide what the outputs look like."""
    return "with: " + ", ".join(f"{name} {version(name)}" for name in _SHOWN)


_YOURS = ("AWS_", "BEDROCK_")


@pytest.fixture(autouse=True)
def _nothing_of_yours(monkeypatch, tmp_path):
    """No variable of yours reaches a test, no test reaches your progress.

    What a doctest sets in the environment ends with it.
    """
    for name in [n for n in os.environ if n.startswith(_YOURS)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BEDROCK_ROOM", "")  # nor a room.toml of yours
    monkeypatch.setenv("BEDROCK_PROGRESS_FILE", str(tmp_path / "progress.json"))
    yield
    for name in [n for n in os.environ if n.startswith(_YOURS)]:
        del os.environ[name]
