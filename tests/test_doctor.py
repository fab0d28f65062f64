"""The doctor tries everything, and crashes on nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import bedrock_helpers as bh
from tests.loopback_aws import loopback_aws, without_aws

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    without_aws(monkeypatch, tmp_path)


def bad(report):
    return [finding for finding in report.findings if not finding.works]


def test_offline_everything_works():
    report = bh.doctor()
    assert report.works, report
    assert repr(report).splitlines()[-1] == "Everything works."
    assert len(report.findings) == 9 + 2 + len(bh.catalog.LESSON_MODELS)


def test_its_lines_are_the_same_on_every_machine_and_its_details_are_not():
    report = bh.doctor()
    assert " ms" not in repr(report)
    assert " ms" in report.details
    assert " tokens/s" in report.details


def test_on_a_new_account_it_names_the_form():
    report = bh.doctor(bh.connect("offline", account="new"))
    assert [finding.what for finding in bad(report)] == [
        "one token from Claude Haiku 4.5 (offline, us-east-1)"
    ]
    assert "use-case form" in repr(report)
    assert "put_use_case_for_model_access" in repr(report)
    assert "1 to look at." in repr(report)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("no_access", "the model has not been granted"),
        ("expired_token", "temporary credentials have run out"),
        ("account_restricted", "ask AWS Support"),
    ],
)
def test_a_fault_of_the_account_is_named(kind, words):
    session = bh.connect("offline")
    session.offline.fail_next(kind, times=50)
    assert words in repr(bh.doctor(session))


def test_a_region_without_a_model_is_named():
    report = bh.doctor(bh.connect("offline", region_name="ap-south-2"))
    assert "cannot be called from ap-south-2" in repr(report)


def test_live_without_credentials_is_a_finding_and_no_crash(monkeypatch, tmp_path):
    with loopback_aws(monkeypatch, tmp_path, keys={}) as aws:
        report = bh.doctor("live")
        assert aws.requests == []
    assert [finding.what for finding in bad(report)] == ["connect('live')"]
    assert "aws configure" in repr(report)


def test_a_mode_there_is_not_is_a_finding_too():
    assert "it is 'offline' or 'live'" in repr(bh.doctor("aws"))


def test_live_it_asks_each_lesson_model_for_one_token(monkeypatch, tmp_path):
    with loopback_aws(monkeypatch, tmp_path) as aws:
        report = bh.doctor("live")
        bodies = [body for _, path, body in aws.requests if "/converse" in path]
    assert report.works, report
    assert len(bodies) == len(bh.catalog.LESSON_MODELS)
    assert all(b'"maxTokens": 1' in body for body in bodies)


def in_a_new_process(weights, session="offline"):
    """A local model is loaded once a process: another one needs a new process."""
    environment = {**os.environ, "BEDROCK_LOCAL_MODEL": str(weights)}
    code = f"import bedrock_helpers as bh; print(bh.doctor({session!r}))"
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=REPOSITORY,
    ).stdout


def test_without_weights_it_says_what_to_type():
    printed = in_a_new_process("/nowhere.gguf")
    assert "'/nowhere.gguf', which is not a file. Unset it." in printed


def test_weights_that_cannot_be_read_are_a_finding_and_no_crash(tmp_path):
    (tmp_path / "broken.gguf").write_bytes(b"not a model")
    printed = in_a_new_process(tmp_path / "broken.gguf", "aws")
    assert "✗ the small local model writes fast enough" in printed
