"""A completion record says what its participant did, and who typed it only by name."""

import json
import os
import re
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

import bedrock_helpers as bh
from bedrock_helpers.checks.progress_file import note, today
from tests.checks.test_progress import HOSTILE, Reader


@pytest.fixture(autouse=True)
def some_progress():
    note("checks", "01-form", True)
    note("checks", "02-room", False)
    bh.predict("models in one Region", "a private thought").compare(134)


def stored(record):
    return json.loads(Path(record).read_text(encoding="utf-8"))


def test_it_writes_a_file_to_send_and_a_page_to_keep(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    record = bh.progress().record("Ada Lovelace", folder)
    assert record.path == folder / "completion_ada_lovelace.json"
    assert record.page == folder / "completion_ada_lovelace.html"
    assert sorted(folder.iterdir()) == sorted([record.path, record.page])
    assert os.fspath(record) == str(record.path)


def test_it_says_what_to_do_next_and_names_no_folder(tmp_path):
    words = repr(bh.progress().record("Ada", tmp_path))
    assert words.splitlines()[0].startswith("Ada: Exercises passed: 1 of ")
    assert "completion_ada.json: send this file to your host." in words
    assert "completion_ada.html: open it in a browser" in words
    assert "no proof of who you are" in words
    assert str(tmp_path) not in words


def test_the_file_has_name_edition_day_and_counts(tmp_path):
    before = today()
    said = stored(bh.progress().record("Ada", tmp_path))
    assert (said["name"], said["course_version"]) == ("Ada", bh.__version__)
    assert before <= said["day"] <= today()
    assert said["counts"] == bh.progress().counts()
    assert said["notebooks"][0]["passed"] == 1
    assert (
        sum(one["exercises"] for one in said["notebooks"])
        == (said["counts"]["exercises"])
    )
    assert said["checks"] == {"01-form": True, "02-room": False}
    assert "proves nobody's identity" in said["about"]


def test_no_guess_and_nothing_of_this_machine_is_in_either_file(tmp_path):
    record = bh.progress().record("Ada", tmp_path)
    for path in (record.path, record.page):
        text = path.read_text(encoding="utf-8")
        assert "private thought" not in text
        assert str(tmp_path) not in text


def test_the_page_shows_the_same_and_loads_nothing(tmp_path):
    page = bh.progress().record("Ada", tmp_path).page.read_text(encoding="utf-8")
    said = "".join(Reader(page).said)
    assert "of Ada, on " in said
    assert "Exercises passed: 1 of" in said
    assert "✓ 01-form passed" in said
    assert "proves nobody's identity" in said
    assert not re.search(r"\b(src|href)=|url\(|@import|https?:", page)
    assert "default-src 'none'" in page


def test_a_name_is_text_on_the_page(tmp_path):
    page = bh.progress().record(HOSTILE, tmp_path).page.read_text(encoding="utf-8")
    read = Reader(page)
    assert HOSTILE in "".join(read.said)
    assert {tag for tag, _ in read.tags}.isdisjoint({"script", "img", "a"})


def test_a_second_record_takes_the_place_of_the_first(tmp_path):
    bh.progress().record("Ada", tmp_path)
    note("checks", "01-proof", True)
    said = stored(bh.progress().record("Ada", tmp_path))
    assert said["counts"]["passed"] == 2
    assert len(list(tmp_path.glob("completion_*"))) == 2


def test_two_people_whose_names_make_one_file_name_both_have_a_record(tmp_path):
    ours = [bh.progress().record(name, tmp_path) for name in ("Ada", "Ada!", "ADA")]
    assert [record.path.name for record in ours] == [
        "completion_ada.json",
        "completion_ada_2.json",
        "completion_ada_3.json",
    ]
    again = bh.progress().record("Ada!", tmp_path)
    assert again.path == ours[1].path
    assert len(list(tmp_path.glob("completion_*"))) == 6


def test_a_file_there_that_is_no_record_is_left_alone(tmp_path):
    (tmp_path / "completion_ada.json").write_text("[notes", encoding="utf-8")
    assert bh.progress().record("Ada", tmp_path).path.name == "completion_ada_2.json"
    assert (tmp_path / "completion_ada.json").read_text(encoding="utf-8") == "[notes"


@pytest.mark.parametrize("name", ["", "  \n", None, 7, ...])
def test_no_name_is_refused_with_the_line_to_type(name, tmp_path):
    with pytest.raises(ValueError, match=r"Type: bh\.progress\(\)\.record\(name="):
        bh.progress().record(name, tmp_path)
    assert list(tmp_path.glob("completion_*")) == []


def test_a_folder_that_is_not_there_is_refused_with_the_line_to_type(tmp_path):
    with pytest.raises(ValueError, match='is no folder that is there.*folder="."'):
        bh.progress().record("Ada", tmp_path / "no")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters(), min_size=1) | st.sampled_from(["../x", "\ud800"]))
def test_any_name_gives_two_files_in_the_folder_and_no_control_characters(
    tmp_path, name
):
    folder = tmp_path / "out"
    folder.mkdir(exist_ok=True)
    if not name.split():
        return
    record = bh.progress().record(name, folder)
    assert record.path.parent == record.page.parent == folder
    assert len(record.path.name.encode()) < 250
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", stored(record)["name"])
    assert record.page.read_text(encoding="utf-8").count("<strong") == 1
    record.path.unlink()
    record.page.unlink()
