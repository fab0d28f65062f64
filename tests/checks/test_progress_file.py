"""The progress file is never in the way, never half written and never emptied."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

import bedrock_helpers as bh
from bedrock_helpers.checks.progress_file import (
    damaged_beside,
    merged,
    note,
    read_content,
    today,
)
from bedrock_helpers.preflight.progress_kept import progress_kept

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def file(monkeypatch, tmp_path):
    path = tmp_path / "progress.json"
    monkeypatch.setenv("BEDROCK_PROGRESS_FILE", str(path))
    return path


DAMAGED = [
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b'{"checks": 1, "predictions": 2}',
    b'{"checks": "ab", "predictions": "cd"}',
    b'{"checks": {}, "predictions": {}, "passed_on": []}',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"checks": {}, "predictions": {"deep": ' + b"[" * 300 + b"]" * 300 + b"}}",
    b'{"checks": {"a": ' + b"1" * 5000 + b"}}",
]


@pytest.mark.parametrize("content", DAMAGED, ids=lambda content: repr(content[:20]))
def test_a_damaged_file_is_set_aside_as_it_was_and_said(file, content):
    file.write_bytes(content)
    assert "The progress file progress.json is" in repr(bh.progress())
    assert file.read_bytes() == content
    note("checks", "a", True)
    assert bh.progress().checks == {"a": True}
    aside = file.with_name("progress.json.damaged")
    assert damaged_beside(file) == [aside]
    assert aside.read_bytes() == content
    assert "kept as progress.json.damaged" in repr(bh.progress())


def test_a_second_damaged_file_does_not_take_the_place_of_the_first(file):
    for content in ("one", "two"):
        file.write_text(content)
        note("checks", "a", True)
    assert [path.read_text() for path in damaged_beside(file)] == ["one", "two"]


@pytest.mark.parametrize("content", ["", " \n", "{}", '{"checks": {}}'])
def test_an_empty_file_is_in_order(file, content):
    file.write_text(content)
    note("checks", "a", True)
    assert bh.progress().checks == {"a": True}
    assert list(file.parent.iterdir()) == [file]


def test_a_folder_in_the_files_place_is_left_alone_and_said(file):
    file.mkdir()
    assert "is not a file: nothing is kept" in repr(bh.progress())
    note("checks", "a", True)
    assert bh.progress().checks == {}
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_pipe_in_the_files_place_does_not_make_a_check_wait(file):
    os.mkfifo(file)
    note("checks", "a", True)
    assert "is not a file" in repr(bh.progress())
    assert file.is_fifo()


def test_a_folder_that_is_not_there_is_no_error(monkeypatch, tmp_path):
    monkeypatch.setenv("BEDROCK_PROGRESS_FILE", str(tmp_path / "no" / "p.json"))
    note("checks", "a", True)
    assert bh.progress().checks == {}


def test_a_place_that_may_not_be_looked_at_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("BEDROCK_PROGRESS_FILE", str(tmp_path / ("long" * 100)))
    note("checks", "a", True)
    assert "cannot be read (File name too long): nothing is kept" in repr(bh.progress())
    assert "File name too long" in progress_kept().cause


def test_the_file_of_an_older_course_keeps_all_it_has(file):
    old = {"checks": {"01-form": True, "00-gone": True}, "predictions": {"p": 1}}
    file.write_text(json.dumps(old | {"from_later": [1]}))
    note("checks", "01-form", True)
    note("checks", "01-proof", False)
    kept = json.loads(file.read_text())
    assert kept["checks"] == old["checks"] | {"01-proof": False}
    assert kept["predictions"] == old["predictions"]
    assert kept["from_later"] == [1]
    assert kept["passed_on"] == {}  # it passed on a day that nobody kept


def test_the_day_of_the_first_pass_is_kept(file):
    before = today()
    note("checks", "a", False)
    assert bh.progress().passed_on == {}
    note("checks", "a", True)
    kept = json.loads(file.read_text())
    assert before <= kept["passed_on"]["a"] <= today()
    file.write_text(json.dumps(kept | {"passed_on": {"a": "2026-01-31"}}))
    note("checks", "a", True)
    assert bh.progress().passed_on == {"a": "2026-01-31"}
    assert before <= bh.progress().last_day <= today()


def test_what_was_passed_once_stays_passed():
    note("checks", "a", True)
    note("checks", "a", False)
    assert bh.progress().checks == {"a": True}


def test_what_json_cannot_hold_is_kept_as_its_text_and_what_is_long_is_shortened():
    circle = {}
    circle["itself"] = circle
    note("predictions", "odd", {"guess": circle, "actual": "x" * 10_000})
    kept = bh.progress().predictions["odd"]
    assert kept["guess"] == str(circle)
    assert len(kept["actual"]) == 500


def test_a_number_of_numpys_is_kept_as_a_number():
    np = pytest.importorskip("numpy")
    note("predictions", "p", {"guess": np.int64(3), "actual": np.float64(0.5)})
    assert bh.progress().predictions == {"p": {"guess": 3, "actual": 0.5}}


def test_threads_writing_at_once_lose_nothing_and_readers_see_whole_files(file):
    note("checks", "first", True)
    seen, finished = [], threading.Event()

    def write(number):
        for turn in range(10):
            note("checks", f"{number}-{turn}", True)

    def read():
        while not finished.is_set():
            seen.append(json.loads(file.read_text(encoding="utf-8")))

    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    reader = threading.Thread(target=read)
    [thread.start() for thread in (reader, *writers)]
    [thread.join() for thread in writers]
    finished.set()
    reader.join()
    assert len(bh.progress().checks) == 41
    assert seen
    assert all({"checks", "predictions"} <= set(stored) for stored in seen)
    assert list(file.parent.iterdir()) == [file]


WRITES = """
import sys
from bedrock_helpers.checks.progress_file import note
print("ready", flush=True)
sys.stdin.readline()
for turn in range(20):
    note("checks", f"{sys.argv[1]}-{turn}", turn % 2 == 0)
    note("predictions", f"{sys.argv[1]}-{turn}", {"guess": turn})
"""


def test_several_kernels_writing_at_once_lose_nothing(file):
    kernels = [
        subprocess.Popen(
            [sys.executable, "-c", WRITES, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
        )
        for number in range(4)
    ]
    assert [kernel.stdout.readline() for kernel in kernels] == ["ready\n"] * 4
    for kernel in kernels:
        kernel.stdin.write("go\n")
        kernel.stdin.flush()
    for kernel in kernels:
        kernel.communicate()
        assert kernel.returncode == 0
    names = {f"{number}-{turn}" for number in range(4) for turn in range(20)}
    assert set(bh.progress().checks) == set(bh.progress().predictions) == names
    assert sum(bh.progress().checks.values()) == 40
    assert list(file.parent.iterdir()) == [file]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)
NAMES = st.sampled_from(["01-form", "02-room", "odd", "__proto__"]) | st.text()
CONTENTS = st.fixed_dictionaries(
    {
        "checks": st.dictionaries(NAMES, st.booleans() | JSON, max_size=4),
        "predictions": st.dictionaries(NAMES, JSON, max_size=4),
        "passed_on": st.dictionaries(NAMES, JSON, max_size=4),
    },
    optional={"last_day": JSON, "from another course": JSON},
)


@given(CONTENTS, CONTENTS)
def test_of_two_files_nothing_is_lost_by_merging(one, two):
    both = merged(one, two)
    assert set(both) == set(one) | set(two)
    for part in ("checks", "predictions", "passed_on"):
        assert set(both[part]) == set(one[part]) | set(two[part])
    for kept in (one, two):
        passed = [name for name, value in kept["checks"].items() if value is True]
        assert all(both["checks"][name] is True for name in passed)
    assert json.dumps(merged(both, both)) == json.dumps(both)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=CONTENTS.map(json.dumps) | JSON.map(json.dumps) | st.text())
def test_whatever_a_file_holds_it_is_shown_and_kept(file, content):
    for left in file.parent.iterdir():
        left.unlink()
    file.write_bytes(content.encode("utf-8", "surrogatepass"))
    before, problem = read_content(file)
    assert isinstance(repr(bh.progress()), str)
    assert isinstance(bh.progress()._repr_html_(), str)
    note("checks", "new", True)
    after, _ = read_content(file)
    assert after["checks"]["new"] is True
    assert json.dumps(after["predictions"]) == json.dumps(before["predictions"])
    assert set(after["checks"]) == set(before["checks"]) | {"new"}
    assert bool(problem) == bool(damaged_beside(file))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text() | st.sampled_from(["\ud800", "\0", "a\x1b[31m"]))
def test_any_name_is_kept_and_shown_without_acting(name):
    note("checks", name, True)
    assert bh.progress().checks[name] is True
    assert not {"\0", "\x1b"} & set(repr(bh.progress()))
