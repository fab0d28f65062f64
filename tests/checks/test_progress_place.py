"""Where progress is kept: a variable's file, the room's folder, or this folder."""

import json
import os
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

import bedrock_helpers as bh
from bedrock_helpers.checks.progress_file import note
from bedrock_helpers.checks.progress_place import progress_path, seat_name, spare_path


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    """A working folder of its own, without a variable that names the file."""
    for name in ("BEDROCK_PROGRESS_FILE", "JUPYTERHUB_USER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BEDROCK_ROOM", "")
    folder = tmp_path / "working"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def room(monkeypatch, tmp_path):
    """A room with a folder for progress, and the seat called row2."""
    folder = tmp_path / "room"
    folder.mkdir()
    monkeypatch.setenv("BEDROCK_ROOM", f'progress_folder="{folder}"')
    monkeypatch.setenv("BEDROCK_SEAT", "row2")
    return folder


def test_without_any_setting_the_file_is_in_the_working_folder(here):
    note("checks", "a", True)
    assert [path.name for path in here.iterdir()] == [".bedrock_progress.json"]


def test_the_workshops_pages_share_the_file_of_the_lessons(monkeypatch, tmp_path):
    (tmp_path / "notebooks" / "workshop").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "notebooks")
    note("checks", "a", True)
    monkeypatch.chdir(tmp_path / "notebooks" / "workshop")
    assert bh.progress().checks == {"a": True}
    note("checks", "b", True)
    monkeypatch.chdir(tmp_path / "notebooks")
    assert bh.progress().checks == {"a": True, "b": True}


def test_the_variable_goes_before_the_room(monkeypatch, room, tmp_path):
    monkeypatch.setenv("BEDROCK_PROGRESS_FILE", str(tmp_path / "mine.json"))
    assert progress_path() == tmp_path / "mine.json"
    assert spare_path() is None


def test_in_a_room_each_seat_has_a_file(room, monkeypatch):
    note("checks", "a", True)
    monkeypatch.setenv("BEDROCK_SEAT", "row3")
    note("checks", "b", True)
    assert sorted(path.name for path in room.iterdir()) == ["row2.json", "row3.json"]
    assert bh.progress().checks == {"b": True}


def test_on_a_hub_the_seat_is_the_user(room, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    assert progress_path() == room / "row2.json"
    monkeypatch.delenv("BEDROCK_SEAT")
    assert progress_path() == room / "ada.json"


def test_without_a_seat_progress_stays_here(room, monkeypatch):
    monkeypatch.setenv("BEDROCK_SEAT", " ")
    assert progress_path() == Path(".bedrock_progress.json")
    assert spare_path() is None


def test_a_fault_in_the_rooms_settings_stops_no_check(monkeypatch, here):
    monkeypatch.setenv("BEDROCK_ROOM", "mode=lively")
    assert bh.check("01-which-id", "x").passed is False
    assert (here / ".bedrock_progress.json").exists()


def test_a_file_others_of_the_room_may_read_is_as_open_as_any_new_file(room):
    note("checks", "a", True)
    plain = room / "plain"
    plain.touch()
    assert (room / "row2.json").stat().st_mode == plain.stat().st_mode


def test_while_the_rooms_folder_cannot_be_written_progress_stays_here(room, here):
    note("checks", "early", True)
    room.rename(room.with_name("away"))
    note("checks", "during", True)
    note("predictions", "p", {"guess": 1})
    assert bh.progress().checks == {"during": True}
    assert "The room's folder could not be written" in repr(bh.progress())
    assert [path.name for path in here.iterdir()] == [".bedrock_progress.row2.json"]


def test_what_stayed_here_goes_to_the_room_as_soon_as_that_can_be_written(room, here):
    note("checks", "early", True)
    away = room.rename(room.with_name("away"))
    note("checks", "during", True)
    away.rename(room)
    assert bh.progress().checks == {"early": True, "during": True}
    note("checks", "late", False)
    stored = json.loads((room / "row2.json").read_text())
    assert stored["checks"] == {"early": True, "during": True, "late": False}
    assert list(here.iterdir()) == []
    assert "could not be written" not in repr(bh.progress())


def test_a_damaged_file_of_this_folder_is_set_aside_and_not_waited_for(room, here):
    spare = here / ".bedrock_progress.row2.json"
    spare.write_text("{")
    note("checks", "late", True)
    assert bh.progress().checks == {"late": True}
    assert "could not be written" not in repr(bh.progress())
    assert f"is kept as {spare.name}.damaged" in repr(bh.progress())
    assert [path.name for path in here.iterdir()] == [f"{spare.name}.damaged"]


@pytest.mark.parametrize(
    ("seat", "name"),
    [
        ("row2", "row2"),
        ("anna.b@example.org", "anna.b%40example.org"),
        ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"),
        ("..", "%2E."),
        (".hidden", "%2Ehidden"),
        ("C:\\x", "C%3A%5Cx"),
        ("con", "%63on"),
        ("NUL.txt", "%4EUL.txt"),
        ("Zoë 2", "Zo%C3%AB%202"),
    ],
)
def test_a_seats_name_becomes_a_file_name_and_no_path(monkeypatch, seat, name):
    monkeypatch.setenv("BEDROCK_SEAT", seat)
    assert seat_name() == name


SEATS = st.text(
    st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=120
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=SEATS, other=SEATS)
def test_any_two_seats_have_two_files_in_the_rooms_folder(room, one, other):
    paths = {}
    for seat in (one, other):
        os.environ["BEDROCK_SEAT"] = seat
        paths[seat.strip()] = progress_path()
    assert len(set(paths.values())) == len(paths)
    for seat, path in paths.items():
        assert path.parent == (room if seat else Path("."))
        assert len(path.name) < 130
