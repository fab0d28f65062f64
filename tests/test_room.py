"""A host's settings for a whole room, and who decides when several do."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bedrock_helpers as bh
from bedrock_helpers.room import ROOM_FILE, Room, read_room, settle
from tests.loopback_aws import without_aws

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    without_aws(monkeypatch, tmp_path)


@pytest.fixture
def room(monkeypatch, tmp_path):
    """Write a room's file and let the variable name it."""

    def write(text):
        path = tmp_path / "tuesday.toml"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("BEDROCK_ROOM", str(path))
        return path

    return write


# What a room decides


def test_a_file_decides_mode_region_and_budget_and_the_session_says_so(room, aws):
    room('name = "Tuesday"\nmode = "live"\nregion_name = "eu-west-1"\nbudget_usd = 0.5')
    session = bh.connect()
    assert (session.mode, session.region_name) == ("live", "eu-west-1")
    assert session.meter.limit_usd == Decimal("0.5")
    last = repr(session).splitlines()[-1]
    assert last == (
        "Tuesday: the mode, Region and budget are from tuesday.toml (BEDROCK_ROOM)."
    )


def test_a_variable_alone_does_so_too_offline(monkeypatch):
    settings = "name='Room 2' mode=offline region_name=eu-central-1 budget_usd=0.25"
    monkeypatch.setenv("BEDROCK_ROOM", settings)
    session = bh.connect()
    assert (session.mode, session.region_name) == ("offline", "eu-central-1")
    assert "$0.25" in repr(session)
    assert "Room 2: the mode, Region and budget are from BEDROCK_ROOM." in repr(session)


def test_a_variable_may_be_longer_than_a_file_s_name(monkeypatch):
    monkeypatch.setenv("BEDROCK_ROOM", f"mode=offline name={'long' * 100}")
    assert read_room().name == "long" * 100


def test_a_room_without_a_name_that_sets_one_thing(monkeypatch):
    monkeypatch.setenv("BEDROCK_ROOM", "region_name=eu-central-1")
    shown = repr(bh.connect())
    assert shown.endswith("\nWorkshop room: the Region is from BEDROCK_ROOM.")


def test_without_a_room_nothing_is_said_of_one(monkeypatch):
    monkeypatch.setenv("BEDROCK_ROOM", " ")
    assert read_room() is None
    assert "oom" not in repr(bh.connect())


def test_paths_are_taken_from_the_file_s_folder(room, tmp_path):
    room('progress_folder = "seats"\nmodel_server = "/srv/model.json"')
    found = read_room()
    assert found.progress_folder == str(tmp_path / "seats")
    assert found.model_server == "/srv/model.json"


def test_a_file_at_the_top_of_a_checkout_is_found(tmp_path):
    """A copy of the module in a checkout of its own, as an editable install is."""
    package = tmp_path / "bedrock_helpers"
    package.mkdir()
    for name in ("__init__.py", "room.py", "exact_numbers.py"):
        source = (REPOSITORY / "bedrock_helpers" / name).read_text(encoding="utf-8")
        (package / name).write_text("" if name == "__init__.py" else source)
    (tmp_path / ROOM_FILE).write_text('mode = "live"\n', encoding="utf-8")

    def found():
        code = "from bedrock_helpers.room import read_room; print(read_room())"
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, env={})
        return done.stdout.decode().strip()

    assert found() == "None"  # a room.toml in a folder of packages is no host's
    (tmp_path / "pyproject.toml").write_text("")
    assert found().startswith("Room(source='room.toml', name=None, mode='live'")


# Who goes first


def test_an_argument_goes_before_the_room(monkeypatch, aws):
    monkeypatch.setenv("BEDROCK_ROOM", "mode=live region_name=eu-west-1 budget_usd=2")
    session = bh.connect("live", region_name="us-west-2", budget_usd=3)
    assert session.region_name == "us-west-2"
    assert session.meter.limit_usd == 3
    assert "oom" not in repr(session)


def test_a_cell_that_says_offline_takes_nothing_from_the_room(monkeypatch):
    monkeypatch.setenv("BEDROCK_ROOM", "mode=live region_name=eu-west-1 budget_usd=2")
    session = bh.connect("offline", as_of=bh.catalog.LAUNCH_DAY)
    assert (session.mode, session.region_name) == ("offline", "us-east-1")
    assert session.meter.limit_usd is None


def test_the_single_variable_goes_before_the_room(monkeypatch):
    monkeypatch.setenv("BEDROCK_ROOM", "mode=live region_name=eu-west-1")
    monkeypatch.setenv("BEDROCK_MODE", "offline")
    session = bh.connect()
    assert (session.mode, session.region_name) == ("offline", "eu-west-1")


def test_a_live_cell_in_an_offline_room_has_its_region_and_budget(monkeypatch, aws):
    monkeypatch.setenv("BEDROCK_ROOM", "mode=offline region_name=eu-west-1")
    session = bh.connect("live")
    assert (session.mode, session.region_name) == ("live", "eu-west-1")
    assert session.meter.limit_usd == 1
    assert "the Region is from BEDROCK_ROOM" in repr(session)


@given(
    st.fixed_dictionaries(
        {
            "mode": st.sampled_from([None, "offline", "live"]),
            "region_name": st.sampled_from([None, "us-west-2"]),
            "budget_usd": st.sampled_from([None, 0, 2]),
        }
    ),
    st.builds(
        Room,
        source=st.just("room.toml"),
        mode=st.sampled_from([None, "live"]),
        region_name=st.sampled_from([None, "eu-west-1"]),
        budget_usd=st.sampled_from([None, Decimal("0.5")]),
    ),
)
def test_what_was_asked_for_is_never_changed_and_the_words_name_the_rest(asked, room):
    settled, words = settle(room, asked)
    assert {n: settled[n] for n in asked if asked[n] is not None} == {
        n: value for n, value in asked.items() if value is not None
    }
    shown = {"mode": "mode", "region_name": "Region", "budget_usd": "budget"}
    for name, word in shown.items():
        decided = asked[name] is None and getattr(room, name) is not None
        assert (word in words.replace("room.toml", "")) == decided
        if decided:
            assert settled[name] == getattr(room, name)


# Faults, each with what is allowed and the line to type


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('mode = "Live"', "mode='Live': it is 'offline' or 'live'. Type: mode ="),
        ('region_name = "virginia"', "'virginia' is no Region's name. Type: region"),
        ("budget_usd = 0", "budget_usd=0: a number of dollars above 0 is wanted"),
        ('budget_usd = "a dollar"', "budget_usd='a dollar': a number of dollars"),
        ("budget_usd = nan", "a number of dollars above 0 is wanted. Type: budget_usd"),
        ('budget = 1\nmode = "live"', "sets 'budget', which no room has. It may set:"),
        ("mode = live", "is no TOML: .* A line of it looks like"),
        ("name = 7", 'name=7: words in quotes are wanted. Type: name = "…"'),
        ('model_server = ""', "model_server='': words in quotes are wanted"),
    ],
)
def test_a_faulty_file_is_named_with_the_line_to_type(room, text, words):
    room(text)
    with pytest.raises(ValueError, match=r"tuesday\.toml \(BEDROCK_ROOM\)") as caught:
        bh.connect()
    assert caught.match(words)


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("/nowhere/room.toml", "room.toml .* cannot be read: No such file or direc"),
        ("mode=aws", "BEDROCK_ROOM: mode='aws': it is 'offline' or 'live'"),
        ("mode=live live", "BEDROCK_ROOM sets 'live', which no room has"),
        ("name='Tuesday", "No closing quotation. Type: export BEDROCK_ROOM="),
        ("mode=", "BEDROCK_ROOM: mode='': words"),
    ],
)
def test_a_faulty_variable_is_named_too(monkeypatch, variable, words):
    monkeypatch.setenv("BEDROCK_ROOM", variable)
    with pytest.raises(ValueError, match=words):
        bh.connect()


def test_a_file_may_begin_as_windows_editors_let_it(room):
    room("").write_bytes(b'\xef\xbb\xbfmode = "offline"\r\n')
    assert read_room().mode == "offline"


def test_a_file_that_is_no_text_is_named(room):
    room("").write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="cannot be read: it is not UTF-8"):
        read_room()


def test_a_faulty_room_does_not_touch_a_cell_that_says_offline(monkeypatch):
    monkeypatch.setenv("BEDROCK_ROOM", "mode=aws")
    assert bh.connect("offline").mode == "offline"


@given(st.text(max_size=60))
def test_any_variable_is_a_room_or_a_valueerror(text):
    with pytest.MonkeyPatch.context() as patch:
        if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
            return
        patch.setenv("BEDROCK_ROOM", text)
        try:
            room = read_room()
        except ValueError:
            return
    assert room is None or isinstance(room, Room)
