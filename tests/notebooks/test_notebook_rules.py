"""Every notebook keeps the rules of the house."""

import json
from pathlib import Path

import pytest

from tests.notebooks import rules_of_code, rules_of_outputs, rules_of_text

REPOSITORY = Path(__file__).resolve().parent.parent.parent
FOLDER = REPOSITORY / "notebooks"
IGNORED = Path(__file__).with_name("ignored_outputs.txt")

NUMBERED = sorted(FOLDER.glob("[0-9][0-9]_*.ipynb"))
APPENDICES = [FOLDER / "error_gallery.ipynb"]
LESSONS = NUMBERED + APPENDICES
SOLUTIONS = sorted(FOLDER.glob("solutions/*.ipynb"))
#: The host's and the participants' pages: no lessons, as the playground is none.
WORKSHOP = sorted(FOLDER.glob("workshop/*.ipynb"))
EVERY = sorted({*FOLDER.glob("*.ipynb"), *SOLUTIONS, *WORKSHOP})

RULES_FOR_EVERY_NOTEBOOK = [
    rules_of_code.has_one_mode_tag,
    rules_of_code.has_only_known_tags,
    rules_of_code.has_no_cell_too_long,
    rules_of_code.has_mostly_short_cells,
    rules_of_code.has_no_long_lines,
    rules_of_code.has_nothing_nbval_trips_over,
    rules_of_code.has_no_trailing_semicolon,
    rules_of_code.has_no_raw_model_ids,
    rules_of_code.has_models_only_from_the_catalogue,
    rules_of_outputs.has_counts_from_one,
    rules_of_outputs.has_no_foreign_account,
    rules_of_outputs.has_no_leaks,
    rules_of_outputs.has_no_stderr,
    rules_of_outputs.has_no_widget_state,
    rules_of_outputs.has_short_tracebacks,
    rules_of_outputs.has_errors_only_on_purpose,
    rules_of_outputs.has_errors_read_aloud,
    rules_of_text.alternates_text_and_code,
]
RULES_FOR_LESSONS = [
    rules_of_text.has_thirty_to_sixty_cells,
    rules_of_text.opens_with_a_promise,
    rules_of_text.names_its_gotchas,
    rules_of_text.says_what_is_next,
]


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def shown(path):
    return str(path.relative_to(FOLDER))


def name_of(rule):
    return rule.__name__


def complain(path, found):
    return f"\n{shown(path)}:\n  " + "\n  ".join(found)


@pytest.mark.parametrize("rule", RULES_FOR_EVERY_NOTEBOOK, ids=name_of)
@pytest.mark.parametrize("path", EVERY, ids=shown)
def test_every_notebook(path, rule):
    found = rule(read(path))
    assert not found, complain(path, found)


@pytest.mark.parametrize("rule", RULES_FOR_LESSONS, ids=name_of)
@pytest.mark.parametrize("path", LESSONS, ids=shown)
def test_every_lesson(path, rule):
    found = rule(read(path))
    assert not found, complain(path, found)


@pytest.mark.parametrize("path", LESSONS, ids=shown)
def test_every_lesson_has_solutions_that_differ_only_in_exercises(path):
    twin = FOLDER / "solutions" / path.name
    assert twin.exists(), f"notebooks/solutions/{path.name} is missing"
    found = rules_of_text.differs_from_twin(read(path), read(twin))
    assert not found, complain(path, found)


def test_every_solutions_notebook_has_its_lesson():
    assert {path.name for path in SOLUTIONS} <= {path.name for path in LESSONS}


def test_lessons_are_numbered_without_gaps():
    numbers = [int(path.name[:2]) for path in NUMBERED]
    assert numbers == list(range(1, len(numbers) + 1))


def test_outputs_are_ignored_only_where_a_reason_is_written_down():
    tagged = {
        (shown(path), identity)
        for path in EVERY
        for identity in rules_of_outputs.ignored_outputs(read(path))
    }
    lines = IGNORED.read_text(encoding="utf-8").splitlines()
    listed = [line.split(maxsplit=2) for line in lines if line and line[0] != "#"]
    assert [line for line in listed if len(line) < 3] == [], "a line has no reason"
    assert {(path, identity) for path, identity, _ in listed} == tagged
