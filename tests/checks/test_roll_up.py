"""A host's roll-up counts what people sent, whoever wrote it, and never falls over."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

import bedrock_helpers as bh
from bedrock_helpers.checks import exercises
from bedrock_helpers.checks.progress_file import note
from bedrock_helpers.checks.roll_up import (
    by_exercise,
    main,
    roll_up,
    stuck_on,
)
from tests.checks.sent import RECORD, progress_with, put

REPOSITORY = Path(__file__).parents[2]
PREDICTION = "models in one Region"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "sent"
    folder.mkdir()
    return folder


def test_records_and_progress_files_give_a_row_each(folder, monkeypatch):
    guess = {PREDICTION: {"guess": 1, "actual": 1}}
    ada = progress_with("01-form", "02-room", predictions=guess, last_day="2026-01-02")
    ada.record("Ada", folder)
    monkeypatch.setenv("BEDROCK_PROGRESS_FILE", str(folder / "row%202.json"))
    note("checks", "03-top-k", True)
    note("predictions", PREDICTION, {"guess": 1, "actual": 2, "right": False})
    table = roll_up(folder)
    assert list(table.index) == ["Ada", "row 2"]
    total = f"passed of {len(exercises.names())}"
    assert list(table[total]) == [2, 1]
    assert list(table["01 of 4"]) == [1, 0]
    assert list(table["03 of 5"]) == [0, 1]
    assert list(table["predicted"]) == [1, 1]
    assert list(table["right"]) == [1, 0]
    assert list(table["last day"]) == ["2026-01-02", bh.progress().last_day]
    assert list(table["version"]) == [bh.__version__, ""]
    assert table.attrs["said"] == []


def test_each_exercise_tells_who_passed_tried_and_not(folder):
    progress_with("01-form", tried=["01-proof"]).record("Ada", folder)
    progress_with(tried=["01-form", "01-proof"]).record("Bo", folder)
    table = by_exercise(folder)
    assert list(table.index) == list(exercises.names())
    assert list(table.loc["01-form"]) == [1, 1, 0]
    assert list(table.loc["01-causes"]) == [0, 0, 2]
    assert stuck_on(table) == "Tried and not passed: 01-proof (2), 01-form (1)."


def test_the_rooms_shared_folder_is_rolled_up_as_it_is(folder, monkeypatch):
    monkeypatch.delenv("BEDROCK_PROGRESS_FILE")
    monkeypatch.setenv("BEDROCK_ROOM", f'progress_folder="{folder}"')
    for seat in ("row1", "../Zoë"):
        monkeypatch.setenv("BEDROCK_SEAT", seat)
        bh.check("01-which-id", "x")
    assert sorted(roll_up(folder).index) == ["../Zoë", "row1"]
    assert by_exercise(folder).loc["01-which-id", "tried"] == 2


def test_of_one_persons_files_the_best_counts_and_the_others_are_said(folder):
    def sent(name, person, progress):
        record = progress.record(person, folder)
        record.path.rename(folder / name)

    sent("a.json", "Ada  Lovelace", progress_with("01-form"))
    sent("b.json", "ADA LOVELACE", progress_with("01-form", "01-proof"))
    sent("c.json", "ada lovelace", progress_with("01-form"))
    table = roll_up(folder)
    assert list(table["file"]) == ["b.json"]
    assert [line.split(":")[0] for line in table.attrs["said"]] == ["a.json", "c.json"]
    assert all("b.json is also of" in line for line in table.attrs["said"])


def test_of_two_as_good_the_later_counts(folder):
    for name, day in (("a", "2026-01-01"), ("b", "2026-02-01"), ("c", "2026-01-15")):
        record = progress_with("01-form", last_day=day).record("Ada", folder)
        record.path.rename(folder / f"{name}.json")
    assert list(roll_up(folder)["file"]) == ["b.json"]


FORMULA = '=HYPERLINK("http://127.0.0.1/?"&A1,"click")'
HOSTILE = "\x1b[2J<script>alert(1)</script>\u202e"


def test_a_name_acts_neither_on_a_terminal_nor_on_a_page(folder, capsys):
    put(folder, "a\x1b[31m.json", RECORD | {"name": HOSTILE})
    assert main([str(folder)]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed and "\u202e" not in printed
    assert "<script>" in printed  # text is text on a terminal
    assert "<script>" not in roll_up(folder)._repr_html_()


@pytest.mark.parametrize(
    "name", [FORMULA, "+1", "-1", "@x", "\t=1", " =1", "'=1", "＝1"]
)
def test_a_name_is_no_formula_in_the_csv(folder, tmp_path, name):
    put(folder, "a.json", RECORD | {"name": name})
    path = tmp_path / "room.csv"
    assert main([str(folder), "--csv", str(path)]) == 0
    _, row = csv.reader(path.read_text(encoding="utf-8").splitlines())
    assert row[0].startswith("'")
    assert name.strip().strip("'") in row[0]


def test_the_command_prints_both_tables_and_writes_both(folder, tmp_path, capsys):
    progress_with("01-form", tried=["02-room"]).record("Ada", folder)
    put(folder, "odd.json", 7)
    assert main([str(folder), "--csv", str(tmp_path / "room.csv")]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("People or seats: 1\n")
    for words in ("Ada", "not tried yet", "Tried and not passed: 02-room (1).", "odd"):
        assert words in printed
    written = (tmp_path / "room_exercises.csv").read_text(encoding="utf-8")
    assert "02-room,0,1,0\n" in written


def test_an_empty_folder_is_no_error(folder, capsys):
    assert main([str(folder)]) == 0
    assert capsys.readouterr().out.startswith("People or seats: 0\n")
    assert list(by_exercise(folder)["passed"]) == [0] * len(exercises.names())


@pytest.mark.parametrize("given_folder", ["", " ", "no such folder"])
def test_a_folder_that_is_not_there_is_said_with_the_line_to_type(given_folder, capsys):
    assert main([given_folder]) == 2
    assert "Type: make roll-up FOLDER=" in capsys.readouterr().err


def test_a_csv_that_cannot_be_written_is_said(folder, tmp_path, capsys):
    assert main([str(folder), "--csv", str(tmp_path / "no" / "room.csv")]) == 2
    said = capsys.readouterr().err
    assert "room.csv cannot be written: " in said and "None" not in said
    assert "Type: make roll-up" in said


def test_a_spreadsheet_is_told_that_the_letters_are_utf_8(folder, tmp_path):
    progress_with("01-form").record("Zoë", folder)
    main([str(folder), "--csv", str(tmp_path / "room.csv")])
    assert (tmp_path / "room.csv").read_bytes().startswith(b"\xef\xbb\xbfperson,")


def test_a_folder_may_be_named_from_home(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder.parent))
    progress_with("01-form").record("Ada", folder)
    assert list(roll_up("~/sent").index) == ["Ada"]


def test_it_runs_as_a_module(folder):
    progress_with("01-form").record("Zoë", folder)
    command = [sys.executable, "-m", "bedrock_helpers.checks.roll_up", str(folder)]
    plain = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    run = subprocess.run(
        command, capture_output=True, text=True, cwd=REPOSITORY, env=plain
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("People or seats: 1\n")


def test_the_tables_of_a_room_of_thirty_add_up(folder):
    names = exercises.names()
    for number in range(30):
        passed, tried = names[:number], names[number : number + 2]
        progress_with(*passed, tried=tried).record(f"Seat {number}", folder)
    people, each = roll_up(folder), by_exercise(folder)
    assert len(people) == 30
    assert people.iloc[:, 0].sum() == each["passed"].sum() == sum(range(30))
    assert set(each.sum(axis="columns")) == {30}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(), min_size=1).filter(lambda name: name.split()))
def test_any_name_that_a_record_takes_is_rolled_up_under_it(folder, name):
    for left in folder.iterdir():
        left.unlink()
    record = progress_with("01-form").record(name, folder)
    (person,) = roll_up(folder).index
    stored = json.loads(record.path.read_text(encoding="utf-8"))["name"]
    assert person == stored or person.endswith("…")
