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
from bedrock_helpers.checks.collected_files import read_folder
from bedrock_helpers.checks.progress import Progress
from bedrock_helpers.checks.progress_file import note
from bedrock_helpers.checks.roll_up import (
    by_exercise,
    main,
    roll_up,
    stuck_on,
    write_csv,
)

REPOSITORY = Path(__file__).parents[2]
PREDICTION = "models in one Region"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "sent"
    folder.mkdir()
    return folder


def put(folder, name, content):
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def progress_with(*passed, tried=(), **more):
    return Progress(dict.fromkeys(tried, False) | dict.fromkeys(passed, True), **more)


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


RECORD = {
    "kind": "bedrock course: completion record",
    "name": "Ada",
    "checks": {},
    "counts": {"made": 0, "right": 0, "predictions": 12},
}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no JSON, or was cut short"),
        (b'{"kind": "bedrock course: completion rec', "no JSON, or was cut short"),
        (b"\xff\xfe\x00", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"7", "neither a record nor a progress file"),
        (b'{"name": "Ada"}', "neither a record nor a progress file"),
        (b'{"checks": []}', "its checks are not what the course writes"),
        (b'{"checks": {"a": "yes"}}', "its check 'a' is neither true nor false"),
        (b'{"checks": {}, "passed_on": 7}', "its passed_on are not"),
        (json.dumps(RECORD | {"name": " "}).encode(), "it has no name"),
        (json.dumps(RECORD | {"name": ["x"]}).encode(), "it has no name"),
        (json.dumps(RECORD | {"counts": {}}).encode(), "its counts are not"),
        (
            json.dumps(
                RECORD | {"counts": {**RECORD["counts"], "made": True}}
            ).encode(),
            "its counts are not",
        ),
        (
            json.dumps({"checks": {str(n): True for n in range(2000)}}).encode(),
            "its checks are not",
        ),
        (b'{"checks": {}}' + b" " * 1_000_000, "larger than 1,000,000 bytes"),
    ],
    ids=lambda value: repr(value[:30]),
)
def test_what_is_no_such_file_is_said_with_the_reason(folder, content, reason):
    progress_with("01-form").record("Bo", folder)
    (folder / "odd.json").write_bytes(content)
    table = roll_up(folder)
    assert list(table.index) == ["Bo"]
    (said,) = table.attrs["said"]
    assert said.startswith("odd.json: not counted: ")
    assert reason in said


def test_folders_links_and_pipes_are_not_read(folder, tmp_path):
    secret = put(tmp_path, "secret.json", {"checks": {"01-form": True}})
    (folder / "folder.json").mkdir()
    (folder / "link.json").symlink_to(secret)
    os.mkfifo(folder / "pipe.json")
    table = roll_up(folder)
    assert len(table) == 0
    assert [line.split(":")[0] for line in table.attrs["said"]] == [
        "folder.json",
        "link.json",
        "pipe.json",
    ]


def test_other_files_are_passed_over_without_a_word(folder):
    record = progress_with().record("Ada", folder)
    (folder / "notes.txt").write_text("hello")
    (folder / "row2.json.lock").touch()
    assert record.page.exists()
    assert roll_up(folder).attrs["said"] == []


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
    assert "cannot be written" in capsys.readouterr().err


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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=10,
)
LIKE_A_RECORD = st.fixed_dictionaries(
    {"kind": st.just(RECORD["kind"]) | JSON, "checks": JSON},
    optional={
        "name": st.text(min_size=1) | JSON,
        "counts": st.just(RECORD["counts"]) | JSON,
        "passed_on": st.dictionaries(st.text(), st.dates().map(str) | JSON) | JSON,
        "predictions": st.dictionaries(st.just(PREDICTION), JSON) | JSON,
        "last_day": st.dates().map(str) | JSON,
        "course_version": JSON,
    },
)
LIKE_ONE_IN_ORDER = LIKE_A_RECORD.map(
    lambda content: (
        {"passed_on": {}, "predictions": {}}
        | {name: part for name, part in content.items() if isinstance(part, dict)}
        | {"checks": {"01-form": True}, "last_day": content.get("last_day")}
    )
)
SENT = (LIKE_A_RECORD | LIKE_ONE_IN_ORDER | JSON).map(json.dumps) | st.text()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SENT, max_size=4))
def test_whatever_is_sent_every_file_is_a_row_or_said(folder, sent):
    for left in folder.iterdir():
        left.unlink()
    for number, text in enumerate(sent):
        (folder / f"{number}.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    rows, said = read_folder(folder)
    assert len(rows) + len(said) == len(sent)
    table = roll_up(folder)
    assert isinstance(table.to_string() + table._repr_html_(), str)
    assert by_exercise(folder).to_numpy().sum() == len(rows) * len(exercises.names())
    write_csv(table, os.devnull)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(), min_size=1).filter(lambda name: name.split()))
def test_any_name_that_a_record_takes_is_rolled_up_under_it(folder, name):
    for left in folder.iterdir():
        left.unlink()
    record = progress_with("01-form").record(name, folder)
    (person,) = roll_up(folder).index
    stored = json.loads(record.path.read_text(encoding="utf-8"))["name"]
    assert person == stored or person.endswith("…")
