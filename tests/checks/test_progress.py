"""Progress shows every exercise and every prediction there is, made or not."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

import bedrock_helpers as bh
from bedrock_helpers.checks import exercises
from bedrock_helpers.checks.course_contents import lessons
from bedrock_helpers.checks.progress import Progress
from bedrock_helpers.checks.progress_file import note

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
FILES = {
    lesson.key: next(
        path
        for path in NOTEBOOKS.glob("*.ipynb")
        if path.name.startswith(lesson.key) or lesson.key in path.name
    )
    for lesson in lessons()
}


@pytest.fixture(autouse=True)
def file(monkeypatch, tmp_path):
    monkeypatch.setenv("BEDROCK_PROGRESS_FILE", str(tmp_path / "progress.json"))


def sources(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells]


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.key)
def test_titles_exercises_and_predictions_are_those_of_the_notebook(lesson):
    texts = sources(FILES[lesson.key])
    assert texts[0].splitlines()[0] == f"# {lesson.title}"
    code = "\n".join(texts)
    assert set(re.findall(r'bh\.check\("([^"]+)"', code)) == set(lesson.exercises)
    assert tuple(re.findall(r'bh\.predict\("([^"]+)"', code)) == lesson.predictions


def test_every_exercise_and_every_notebook_that_asks_something_is_in_the_list():
    listed = [name for lesson in lessons() for name in lesson.exercises]
    assert listed == list(exercises.names())
    asking = {
        path.name
        for path in NOTEBOOKS.glob("*.ipynb")
        if re.search(r"bh\.(check|predict)\(", "\n".join(sources(path)))
    }
    assert {path.name for path in FILES.values()} == asking


def test_before_anything_was_done_every_exercise_is_not_tried_yet():
    words = repr(bh.progress())
    total = len(exercises.names())
    assert words.startswith(f"Exercises passed: 0 of {total}. Predictions made: 0 of ")
    assert words.count("○") == total
    assert words.count("no guess yet") == sum(len(one.predictions) for one in lessons())


def test_passed_tried_and_not_tried_are_counted_by_notebook():
    note("checks", "01-which-id", True)
    note("checks", "01-form", False)
    day = bh.progress().passed_on["01-which-id"]
    lines = repr(bh.progress()).splitlines()
    start = lines.index("01 · Set-up and model access: 1 of 4")
    assert lines[start + 1 : start + 5] == [
        f"  ✓ 01-which-id, {day}",
        "  ✗ 01-form",
        "  ○ 01-proof",
        "  ○ 01-causes",
    ]
    assert bh.progress().counts()["passed"] == 1


def test_predictions_are_shown_with_guess_and_outcome_and_a_wrong_one_is_no_failure():
    one, two = lessons()[0].predictions
    bh.predict(one, 40).compare(134)
    bh.predict(two, False).compare(False)
    words = repr(bh.progress())
    assert f"  ? {one}: guessed 40, it is 134\n" in words
    assert f"  ? {two}: guessed False, it is False: right\n" in words
    assert "✗" not in words
    counts = bh.progress().counts()
    assert (counts["made"], counts["right"]) == (2, 1)


def test_a_guess_not_compared_yet_and_one_of_an_older_file_are_shown():
    one, two = lessons()[0].predictions
    older = Progress(predictions={one: {"guess": 1, "actual": 1}, two: {"guess": 2}})
    assert older.guess(one).is_right
    assert older.guess(two).words == "guessed 2, not compared yet"


def test_what_another_edition_asked_is_kept_and_not_counted():
    note("checks", "99-later", True)
    note("predictions", "of another edition", {"guess": 1})
    words = repr(bh.progress())
    assert "From another edition of the course, kept and not counted" in words
    assert "  ✓ 99-later" in words
    assert bh.progress().counts()["passed"] == 0
    assert "99-later" in bh.progress()._repr_html_()


class Reader(HTMLParser):
    """The tags, the headings of rows and the text of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.said = [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.said.append(data)


def test_the_page_says_what_the_words_say():
    bh.predict(lessons()[0].predictions[0], 40).compare(134)
    note("checks", "01-form", True)
    note("checks", "02-room", False)
    text = "".join(Reader(bh.progress()._repr_html_()).said)
    for word in ("Exercises passed: 1 of", "guessed 40, it is 134", "✓ 01-form passed"):
        assert word in text
    assert "✗ 02-room tried" in text
    assert "A wrong prediction is no failure." in text
    assert all(name in text for name in exercises.names())
    assert all(lesson.title in text for lesson in lessons())


def test_two_pages_of_the_same_progress_are_the_same():
    assert bh.progress()._repr_html_() == bh.progress()._repr_html_()


HOSTILE = '<script>alert(1)</script><img src=x onerror="x">$\\href{javascript:x}{y}$'


def test_names_and_guesses_are_text_on_the_page():
    note("checks", HOSTILE, True)
    bh.predict(HOSTILE, HOSTILE).compare(HOSTILE)
    page = Reader(bh.progress()._repr_html_())
    assert HOSTILE in "".join(page.said)
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img", "a"})
    assert "mathjax_ignore" in page.tags[0][1]["class"]


PARTS = st.dictionaries(
    st.text(), st.none() | st.booleans() | st.text() | st.integers(), max_size=4
)


@given(PARTS, PARTS, PARTS)
def test_the_page_of_any_progress_has_only_the_pages_own_tags(checks, guesses, days):
    page = Reader(Progress(checks, guesses, passed_on=days)._repr_html_())
    own = {tag for tag, _ in Reader(Progress()._repr_html_()).tags}
    assert {tag for tag, _ in page.tags} <= own
    assert all(
        set(attributes) <= {"class", "style", "scope", "dir"}
        for _, attributes in page.tags
    )
