"""A rule that cannot fail is worth nothing: each is shown a notebook that breaks it."""

import pytest

from tests.notebooks import rules_of_code, rules_of_outputs, rules_of_text
from tests.notebooks.test_notebook_rules import (
    RULES_FOR_EVERY_NOTEBOOK,
    RULES_FOR_LESSONS,
    name_of,
)

OPENING = "# 1. Setup\n\nYou will connect. About 30 minutes; live it costs $0.01."


def markdown(text):
    return {"cell_type": "markdown", "id": "m", "metadata": {}, "source": [text]}


def code(source, outputs=(), tags=("live",), count=1):
    return {
        "cell_type": "code",
        "id": "c",
        "metadata": {"tags": list(tags)},
        "execution_count": count,
        "source": [source],
        "outputs": list(outputs),
    }


def prints(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": [text]}


def raises(*traceback):
    return {
        "output_type": "error",
        "ename": "ValueError",
        "evalue": "no",
        "traceback": list(traceback or ["ValueError: no"]),
    }


def notebook_of(*cells):
    return {"cells": [*cells], "metadata": {}}


def good_lesson():
    """A lesson that keeps every rule."""
    error = code("bad()", [raises()], ["offline", "raises-exception"])
    cells = [markdown(OPENING), error, markdown("It says no.")]
    for count in range(2, 17):
        cells.append(code("x = 1", [prints("111122223333")], count=count))
        cells.append(markdown("Good."))
    cells += [markdown("**Gotchas**: some."), markdown("## What's next\n\n02")]
    return notebook_of(*cells)


def only(source, **more):
    """A notebook of one code cell."""
    return notebook_of(code(source, **more))


LONG_DICT = "body = {\n" + '    "a": 1,\n' * 30 + "}"
LONG_CODE = "x = 1\n" * 21
STATES = {"cells": [], "metadata": {"widgets": {}}}
VIEW = {
    "output_type": "display_data",
    "data": {rules_of_outputs.WIDGET_VIEW: {"model_id": "1"}},
}
BAD = [
    (rules_of_code.has_one_mode_tag, only("x", tags=[])),
    (rules_of_code.has_one_mode_tag, only("x", tags=["live", "offline"])),
    (rules_of_code.has_only_known_tags, only("x", tags=["live", "exercize"])),
    (rules_of_code.has_no_cell_too_long, only(LONG_CODE)),
    (rules_of_code.has_no_cell_too_long, only(LONG_DICT + "\n" + LONG_CODE)),
    (rules_of_code.has_no_cell_too_long, only("")),
    (rules_of_code.has_mostly_short_cells, only("x = 1\n" * 9)),
    (rules_of_code.has_no_long_lines, only("x = " + "1" * 76)),
    (rules_of_code.has_nothing_nbval_trips_over, only("@interact(x=1)\ndef f(x): 0")),
    (rules_of_code.has_nothing_nbval_trips_over, only("@widgets.interact\ndef f(): 0")),
    (rules_of_code.has_nothing_nbval_trips_over, only("clear_output()")),
    (rules_of_code.has_nothing_nbval_trips_over, only("display(x, display_id=True)")),
    (rules_of_code.has_nothing_nbval_trips_over, only("table.style.hide()")),
    (rules_of_code.has_nothing_nbval_trips_over, only("with out:\n    print(1)")),
    (rules_of_code.has_nothing_nbval_trips_over, only("with lab.output:\n    f()")),
    (rules_of_code.has_nothing_nbval_trips_over, only("%pip install boto3")),
    (rules_of_code.has_nothing_nbval_trips_over, only("!pip install boto3")),
    (rules_of_code.has_no_trailing_semicolon, only("plot(x);\n")),
    (rules_of_code.has_no_raw_model_ids, only('f("amazon.nova-micro-v1:0")')),
    (rules_of_code.has_no_raw_model_ids, only('f(f"us.anthropic.claude-{x}")')),
    (rules_of_code.has_no_raw_model_ids, only('a = {"m": "arn:x/openai.gpt-oss"}')),
    (rules_of_code.has_models_only_from_the_catalogue, only('MODEL = "my-model"')),
    (rules_of_code.has_models_only_from_the_catalogue, only('OLD_MODEL = "x"')),
    (rules_of_outputs.has_counts_from_one, only("x", count=None)),
    (rules_of_outputs.has_counts_from_one, only("x", count=2)),
    (
        rules_of_outputs.has_no_foreign_account,
        only("x", outputs=[prints("123456789012")]),
    ),
    (
        rules_of_outputs.has_no_foreign_account,
        only("x", outputs=[prints("::210987654321:r")]),
    ),
    (
        rules_of_outputs.has_no_foreign_account,
        only("x", outputs=[prints("course-bedrock-logs-123456789012")]),
    ),
    (rules_of_outputs.has_no_leaks, only("x", outputs=[prints("AKIA" + "Q7" * 8)])),
    (rules_of_outputs.has_no_leaks, only("x", outputs=[prints("ASIA" + "Q7" * 8)])),
    (rules_of_outputs.has_no_leaks, only("x", outputs=[prints("ABSK" + "Qm9" * 8)])),
    (rules_of_outputs.has_no_leaks, only("x", outputs=[prints("IQoJb3JpZ2luX2Vj")])),
    (rules_of_outputs.has_no_leaks, only("x", outputs=[prints("/home/ann/course")])),
    (rules_of_outputs.has_no_leaks, only("x", outputs=[prints("/tmp/x.json")])),
    (rules_of_outputs.has_no_leaks, only("x", outputs=[prints("<Lab at 0x7f00>")])),
    (
        rules_of_outputs.has_no_leaks,
        only("x", outputs=[prints("Traceback (most recent call last)")]),
    ),
    (rules_of_outputs.has_no_stderr, only("x", outputs=[prints("careful", "stderr")])),
    (rules_of_outputs.has_no_widget_state, STATES),
    (rules_of_outputs.has_no_widget_state, only("x", outputs=[VIEW])),
    (
        rules_of_outputs.has_short_tracebacks,
        only("x", outputs=[raises("File x", "no")]),
    ),
    (rules_of_outputs.has_errors_only_on_purpose, only("x", outputs=[raises()])),
    (rules_of_outputs.has_errors_only_on_purpose, only("x", tags=["raises-exception"])),
    (rules_of_outputs.has_errors_read_aloud, only("x", tags=["raises-exception"])),
    (rules_of_text.alternates_text_and_code, notebook_of(*[code("x")] * 3)),
    (rules_of_text.has_thirty_to_sixty_cells, notebook_of(*[code("x")] * 29)),
    (rules_of_text.has_thirty_to_sixty_cells, notebook_of(*[code("x")] * 61)),
    (rules_of_text.opens_with_a_promise, only("x")),
    (
        rules_of_text.opens_with_a_promise,
        notebook_of(markdown(OPENING.replace("You will", "Some may"))),
    ),
    (
        rules_of_text.opens_with_a_promise,
        notebook_of(markdown(OPENING.replace("minutes", ""))),
    ),
    (
        rules_of_text.opens_with_a_promise,
        notebook_of(markdown(OPENING.replace("costs", ""))),
    ),
    (rules_of_text.names_its_gotchas, notebook_of(markdown("none"))),
    (rules_of_text.says_what_is_next, notebook_of(markdown("Next"), markdown("end"))),
]


@pytest.mark.parametrize(
    "rule", RULES_FOR_EVERY_NOTEBOOK + RULES_FOR_LESSONS, ids=name_of
)
def test_a_good_lesson_keeps(rule):
    assert rule(good_lesson()) == []


@pytest.mark.parametrize(
    ("rule", "notebook"), BAD, ids=lambda x: getattr(x, "__name__", "")
)
def test_a_bad_notebook_breaks(rule, notebook):
    assert rule(notebook)


def test_every_rule_is_shown_a_bad_notebook():
    assert {rule for rule, _ in BAD} == {*RULES_FOR_EVERY_NOTEBOOK, *RULES_FOR_LESSONS}


def test_a_long_request_dict_is_no_long_cell():
    assert rules_of_code.has_no_cell_too_long(only(LONG_DICT)) == []


@pytest.mark.parametrize(
    "source", ["bh.families.anthropic.build(x)", 'url = "bedrock.amazonaws.com"']
)
def test_what_is_no_model_id_may_stay(source):
    assert rules_of_code.has_no_raw_model_ids(only(source)) == []


@pytest.mark.parametrize(
    "text", ["0.123456789012", "8000-123456789012", "1234567890123"]
)
def test_what_is_no_account_number_may_stay(text):
    shown = only("x", outputs=[prints(text)])
    assert rules_of_outputs.has_no_foreign_account(shown) == []


def test_solutions_may_differ_in_exercise_cells_only():
    exercise = code("answer = None", tags=["live", "exercise"])
    solved = code("answer = 42", tags=["live", "exercise"])
    twins = (
        notebook_of(markdown("# 1\n\na"), code("x"), exercise),
        notebook_of(markdown("# 1: answers\n\na"), code("x"), solved),
    )
    assert rules_of_text.differs_from_twin(*twins) == []
    assert rules_of_text.differs_from_twin(twins[0], notebook_of(code("y"), solved))


def test_an_ignored_output_is_found():
    cell = code("x", tags=["live", "nbval-ignore-output"])
    assert rules_of_outputs.ignored_outputs(notebook_of(cell)) == ["c"]
