"""What people sent is read with care: every file is a row, or is said with a reason."""

import json
import os

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from bedrock_helpers.checks import exercises
from bedrock_helpers.checks.collected_files import read_folder
from bedrock_helpers.checks.roll_up import by_exercise, roll_up, write_csv
from tests.checks.sent import RECORD, progress_with, put

PREDICTION = "models in one Region"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "sent"
    folder.mkdir()
    return folder


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
