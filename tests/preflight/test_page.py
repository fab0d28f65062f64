"""The page to paste: what is on it, and what is not."""

import getpass
import socket
from pathlib import Path

import pytest

import bedrock_helpers as bh
from bedrock_helpers.checks.progress_place import progress_path
from bedrock_helpers.preflight.page import page, without_names
from bedrock_helpers.preflight.report import Finding, Report
from tests.loopback_aws import Answer, loopback_aws

KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLETOKEN"
API_KEY = "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t"
ACCOUNT = "123456789012"
PERSON = "ann.example"


@pytest.fixture
def planted(monkeypatch, tmp_path):
    """Everything that must not be on the page, where it comes from in real life."""
    home = tmp_path / PERSON
    home.mkdir()
    for name in ("USER", "LOGNAME", "USERNAME", "JUPYTERHUB_USER", "BEDROCK_SEAT"):
        monkeypatch.setenv(name, PERSON)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    monkeypatch.setattr(socket, "gethostname", lambda: "anns-laptop.example.org")
    assert getpass.getuser() == PERSON
    return home


def message(home):
    return (
        f"User: arn:aws:iam::{ACCOUNT}:user/{PERSON} with {KEY}, {SECRET}, {TOKEN} or "
        f"{API_KEY} may not read {home}/course/file in /data/{PERSON}.json of account "
        f"{ACCOUNT} on anns-laptop or anns-laptop.example.org; ask "
        f"{PERSON}@example.org or https://{PERSON}:{SECRET}@proxy.example"
    )


def test_nothing_on_it_says_who_or_where_this_is(planted):
    words = message(planted)
    findings = [
        Finding("a tick", True, words),
        Finding("a cross", False, words, words, words, words),
        Finding(words, False, words),
    ]
    written = page(Report(findings))
    hidden = (KEY, SECRET, TOKEN, API_KEY, ACCOUNT, PERSON, "anns-laptop")
    assert [word for word in hidden if word in written] == []
    assert "~/course/file" in written
    assert "…9012" in written


def test_a_whole_page_of_a_live_account_has_none_of_it(planted, monkeypatch):
    with loopback_aws(monkeypatch, planted) as aws:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
        monkeypatch.setenv("BEDROCK_SEAT", PERSON)
        monkeypatch.setenv("BEDROCK_PROGRESS_FILE", f"/nowhere/{PERSON}/progress.json")
        text = f"User: arn:aws:iam::{ACCOUNT}:user/{PERSON} is not authorized"
        session = bh.connect("live")
        sts = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>{}</Message>"
        body = f"{sts.format(text)}</Error></ErrorResponse>".encode()
        aws.answers.append(Answer(403, body))
        aws.fail_next(403, "AccessDeniedException", text)
        written = bh.doctor(session).page
    assert "AccessDeniedException" in written
    assert written.count("(caller)") == 2
    assert [
        word for word in (KEY, ACCOUNT, PERSON, "anns-laptop") if word in written
    ] == []
    assert str(Path.home()) not in written


def test_of_a_long_name_nothing_is_left_beside_a_short_one(monkeypatch):
    monkeypatch.setenv("USER", "ann")
    monkeypatch.setenv("LOGNAME", "ann.example")
    monkeypatch.setattr(socket, "gethostname", lambda: "anns-laptop.example.org")
    text = "/data/ann.example.json and /data/ann/x on anns-laptop.example.org"
    assert without_names(text) == "/data/(name).json and /data/(name)/x on (computer)"


def test_the_name_of_a_seat_is_found_as_its_progress_file_spells_it(monkeypatch):
    monkeypatch.setenv("BEDROCK_SEAT", "Ann Example")
    monkeypatch.setenv("BEDROCK_PROGRESS_FILE", "")
    monkeypatch.setenv("BEDROCK_ROOM", "progress_folder=/nowhere/seats")
    path = str(progress_path())
    assert "Ann" in path
    assert without_names(path) == "/nowhere/seats/(name).json"


def test_capitals_hide_nothing(monkeypatch):
    monkeypatch.setenv("USER", "Ann")
    assert without_names("/data/ann/x") == "/data/(name)/x"


def test_what_hides_nothing_stays_as_it_is():
    text = "Python 3.11.7, 134 models, 2026-11-25, arn:aws:bedrock:us-east-1::x"
    assert without_names(text) == text


def test_it_begins_with_the_course_the_machine_and_the_room(monkeypatch):
    monkeypatch.setenv("BEDROCK_ROOM", "name=Tuesday mode=offline budget_usd=0.50")
    head = page(Report()).splitlines()
    assert head[0].startswith(f"Bedrock course {bh.__version__}, pre-flight of 20")
    assert head[0].endswith(" UTC")
    assert "Python 3." in head[1]
    assert "GB free" in head[2]
    assert head[3].startswith("room Tuesday (BEDROCK_ROOM): mode offline, budget 0.50")


def test_it_ends_with_the_verdict():
    found = [Finding("one", True, "1"), Finding("two", False, "it is 3")]
    assert page(Report(found)).splitlines()[-5:] == [
        "✓ one: 1",
        "✗ two",
        "    said:  it is 3",
        "",
        "1 to look at.",
    ]


def test_a_line_to_type_is_on_one_line_however_long():
    line = "python -m pip install " + "--no-deps " * 30
    written = page(Report([Finding("x", False, "", "bad", "it is", line)]))
    assert f"    cure:  {line}" in written
