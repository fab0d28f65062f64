"""Progress is a small file, and never in the way."""

import json
import threading

import pytest

import bedrock_helpers as bh
from bedrock_helpers.checks import progress as module
from bedrock_helpers.checks.progress import note, progress_path


@pytest.fixture(autouse=True)
def file(monkeypatch, tmp_path):
    path = tmp_path / "progress.json"
    monkeypatch.setenv("BEDROCK_PROGRESS_FILE", str(path))
    return path


def test_before_anything_was_done_it_is_empty():
    lines = ["Exercises passed: 0 of 0 tried.", "Predictions made: 0."]
    assert repr(bh.progress()).splitlines() == lines


def test_what_was_done_is_counted_then_named():
    note("checks", "b", True)
    note("checks", "a", True)
    note("checks", "c", False)
    note("predictions", "p", {"guess": 1})
    assert repr(bh.progress()).splitlines() == [
        "Exercises passed: 2 of 3 tried.",
        "Predictions made: 1.",
        "  ✓ a",
        "  ✓ b",
    ]


def test_without_the_variable_the_file_is_in_the_working_folder(
    monkeypatch, tmp_path
):
    monkeypatch.delenv("BEDROCK_PROGRESS_FILE")
    monkeypatch.chdir(tmp_path)
    note("checks", "a", True)
    assert (tmp_path / ".bedrock_progress.json").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"checks": {}}',
        b'{"checks": 1, "predictions": 2}',
        b'{"checks": "ab", "predictions": "cd"}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
    ids=lambda content: repr(content[:20]),
)
def test_a_corrupt_file_is_no_error_and_is_written_anew(file, content):
    file.write_bytes(content)
    assert bh.progress().checks == {}
    note("checks", "a", True)
    assert bh.progress().checks == {"a": True}


def test_a_file_that_cannot_be_read_or_written_is_no_error(file):
    file.mkdir()
    assert bh.progress().checks == {}
    note("checks", "a", True)
    assert list(file.parent.iterdir()) == [file]


def test_a_folder_that_is_not_there_is_no_error(monkeypatch, tmp_path):
    monkeypatch.setenv("BEDROCK_PROGRESS_FILE", str(tmp_path / "no" / "p.json"))
    note("checks", "a", True)
    assert bh.progress().checks == {}


def test_a_value_json_cannot_hold_is_kept_as_its_text():
    circle = {}
    circle["itself"] = circle
    note("predictions", "odd", circle)
    assert bh.progress().predictions == {"odd": str(circle)}


def test_writing_at_once_keeps_a_readable_file_at_every_moment(file):
    note("checks", "first", True)
    seen, finished = [], threading.Event()

    def write(number):
        for turn in range(20):
            note("checks", f"{number}-{turn}", True)

    def read():
        while not finished.is_set():
            seen.append(json.loads(file.read_text(encoding="utf-8")))

    writers = [threading.Thread(target=write, args=(n,)) for n in range(6)]
    reader = threading.Thread(target=read)
    [thread.start() for thread in (reader, *writers)]
    [thread.join() for thread in writers]
    finished.set()
    reader.join()
    assert seen
    assert all(set(stored) == {"checks", "predictions"} for stored in seen)
    assert list(file.parent.iterdir()) == [file]


def test_the_place_is_the_one_the_variable_names(file):
    assert progress_path() == file
    assert module.FILE_VARIABLE == "BEDROCK_PROGRESS_FILE"
