"""The lab of two prompts in a real JupyterLab: typed, tried and run by keyboard."""

import nbformat
import pandas as pd
import pytest
from playwright.sync_api import expect

from bedrock_helpers.data_files import data_path
from tests.browser.hostile_notebook import (
    KERNELSPEC,
    LINE,
    MARKUP,
    RIGHT_TO_LEFT,
    SIGNS,
)
from tests.browser.lab_pages import (
    SLOW,
    controls_of,
    expect_stillness,
    handle,
    many_keys,
    press,
    readout,
    save_look,
    set_readout,
    unnamed_controls,
)

HOSTILE = [*MARKUP, *SIGNS, RIGHT_TO_LEFT]
TEXTS = pd.read_csv(data_path("reviews.csv"))["text"].tolist()
PLAIN = "{text} Is that positive or negative?"
ONE_WORD = "{text} Positive or negative? Answer in one word."
FITS = """lab => {
    const output = lab.closest(".jp-OutputArea-output");
    return output.scrollWidth - output.clientWidth;
}"""

_START = """
import pandas as pd

import bedrock_helpers as bh
from bedrock_helpers.data_files import data_path
from bedrock_helpers.labs.prompt_lab import PromptLab
from bedrock_helpers.scoring import one_of

reviews = pd.read_csv(data_path("reviews.csv"))
score = one_of(["positive", "negative"])
bedrock = bh.connect("offline").client("bedrock-runtime")

def ask(prompt):
    return bedrock.converse(
        modelId=bh.catalog.NOVA_MICRO,
        messages=[{"role": "user", "content": [{"text": prompt}]}],
        inferenceConfig={"maxTokens": 8, "temperature": 0},
    )
"""
_OFFLINE = f"""
offline = PromptLab(ask, reviews, score, ({PLAIN!r}, {ONE_WORD!r}), count=2,
                    model_id=bh.catalog.NOVA_MICRO)
offline
"""
_READER = f"""
def reader(prompt):
    if "break" in prompt:
        raise bh.BudgetExceeded("no more <i>money</i>")
    bad = any(word in prompt for word in ("leaks", "shrank", "Terrible", "cracked"))
    said = "negative" if bad else "positive"
    said = said if "one word" in prompt else f"I would say it is {{said}}."
    message = {{"content": [{{"text": said}}]}}
    usage = {{"inputTokens": 20, "outputTokens": 2, "totalTokens": 22}}
    return {{"output": {{"message": message}}, "usage": usage}}

reading = PromptLab(reader, reviews, score, ({PLAIN!r}, {ONE_WORD!r}))
reading
"""
_HOSTILE = f"""
texts = {HOSTILE!a}

def hostile_ask(prompt):
    if "refuse" in prompt:
        raise ValueError("".join(texts))
    said = "x" * 100_000 if "line" in prompt else "".join(texts)
    return {{"output": {{"message": {{"content": [{{"text": said}}]}}}}}}

one = pd.DataFrame({{"text": ["".join(texts[:6])], "label": ["positive"], texts[0]: 1}})
hostile = PromptLab(hostile_ask, one, score, ("{{text}}", "line {{text}}"))
hostile
"""
CELLS = {"offline": _OFFLINE, "reading": _READER, "hostile": _HOSTILE}


@pytest.fixture
def notebook(run_notebook, lab_folder, request):
    """A notebook with the lab, on the offline Bedrock and on functions, run."""
    path = lab_folder / "notebooks" / "prompt_lab.ipynb"
    if not path.exists():
        write(path)
    notebook = run_notebook(path.name)
    yield notebook
    save_look(notebook.page, request.node.name)


def write(path):
    codes = [_START, *CELLS.values()]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(code.strip()) for code in codes]
    )
    notebook.metadata["kernelspec"] = KERNELSPEC  # else JupyterLab asks for one
    nbformat.write(notebook, path)


def lab_of(notebook, name):
    return notebook.lab(f"{name} = PromptLab(")


@pytest.fixture
def lab(notebook):
    """The lab that reads reviews, with its first prompts and item."""
    lab = lab_of(notebook, "reading")
    set_readout(lab, "item shown", 2)
    set_readout(lab, "item shown", 1)
    set_readout(lab, "items to run", 4)
    expect(lab.get_by_text("8 calls", exact=True)).to_be_visible(timeout=SLOW)
    write_prompt(lab, "A", PLAIN)
    write_prompt(lab, "B", ONE_WORD)
    return lab


def write_prompt(lab, name, template):
    """Write a prompt, and wait until it is shown filled in: only then it is run."""
    prompt(lab, name).fill(template)
    filled = pane(lab, f"prompt {name}, filled in")
    words = template.replace("{text}", TEXTS[0])
    expect(filled).to_have_text(words, timeout=SLOW)


def prompt(lab, name):
    return lab.get_by_label(f"prompt {name}", exact=True)


def pane(lab, name):
    return lab.get_by_role("region", name=name)


def table(lab, caption):
    return lab.locator("table").filter(has_text=caption)


def wait_for_end(lab, words):
    expect(lab.get_by_role("status")).to_contain_text(words, timeout=SLOW)
    expect(lab.get_by_role("button", name="Run", exact=True)).to_be_enabled(
        timeout=SLOW
    )


def test_a_prompt_typed_by_keyboard_is_filled_in_while_it_is_typed(lab):
    field = prompt(lab, "A")
    field.fill("")
    field.press_sequentially("Sort {")
    expect(lab.get_by_role("alert")).to_contain_text("stands alone", timeout=SLOW)
    field.press_sequentially("text}!")
    filled = pane(lab, "prompt A, filled in")
    expect(filled).to_have_text(f"Sort {TEXTS[0]}!", timeout=SLOW)
    expect(lab.get_by_role("alert")).to_have_count(0)
    field.press_sequentially(" {size}")
    expect(lab.get_by_role("alert")).to_contain_text("for 'size'", timeout=SLOW)
    expect(field).to_be_focused()


def test_try_by_keyboard_shows_both_answers_with_who_answered(notebook):
    lab = lab_of(notebook, "offline")
    press(lab, "Try")
    wait_for_end(lab, "Asked both prompts for item 1.")
    for name in "AB":
        expect(pane(lab, f"answer of {name}")).not_to_be_empty()
    expect(lab.get_by_text("Answered by")).to_have_count(2)
    expect(lab.get_by_text("(offline)")).to_have_count(2)


def test_a_run_on_the_offline_bedrock_has_scores_and_costs(notebook):
    lab = lab_of(notebook, "offline")
    press(lab, "Run")
    wait_for_end(lab, "Asked both prompts about 2 items.")
    scores = table(lab, "Scores")
    expect(scores.locator("tbody tr")).to_have_count(2)
    expect(scores).to_contain_text("2 of 2")
    expect(table(lab, "items asked about").locator("tbody tr")).to_have_count(2)


def test_another_prompt_typed_and_run_changes_answers_and_scores(lab):
    press(lab, "Run")
    wait_for_end(lab, "Asked both prompts about 4 items.")
    line = table(lab, "Scores").locator("tbody tr").first
    expect(line).to_contain_text("0 (0.0 %)")
    rows = table(lab, "items asked about")
    expect(rows.locator("tbody tr").first).to_contain_text("not valid")
    prompt(lab, "A").press("End")
    lab.page.keyboard.type(" Answer in one word.")
    filled = pane(lab, "prompt A, filled in")
    expect(filled).to_contain_text("negative? Answer in one word.", timeout=SLOW)
    expect(lab).to_contain_text("The prompts have changed since this run")
    press(lab, "Run")
    expect(line).not_to_contain_text("0 (0.0 %)", timeout=SLOW)
    expect(lab).not_to_contain_text("The prompts have changed since this run")
    expect(rows.locator("tbody tr").first).to_contain_text("valid, right")
    expect(lab.get_by_text("neither on")).to_be_visible()


def test_a_field_edited_by_hand_is_an_input_of_one_s_own(lab):
    field = lab.get_by_label("text", exact=True)
    field.fill("It leaks, in one word.")
    filled = pane(lab, "prompt A, filled in")
    expect(filled).to_contain_text("It leaks, in one word. Is", timeout=SLOW)
    press(lab, "Try")
    wait_for_end(lab, "Asked both prompts for item 1.")
    expect(pane(lab, "answer of A")).to_have_text("negative")
    expect(lab.get_by_text("not scored, an input of your own")).to_have_count(2)
    handle(lab, "item shown").press("ArrowRight")
    expect(field).to_have_value(TEXTS[1], timeout=SLOW)
    expect(lab).to_contain_text("before your last change")


def test_an_error_is_text_with_its_cure_and_nothing_typed_is_lost(lab):
    write_prompt(lab, "B", "break {text}")
    press(lab, "Run")
    alert = lab.get_by_role("alert")
    expect(alert).to_contain_text("BudgetExceeded: no more <i>money</i>", timeout=SLOW)
    expect(lab.get_by_text("Cure:")).to_be_visible()
    expect(lab).to_contain_text("Partial: A was asked about 4 of 4 items, B about 0.")
    expect(prompt(lab, "B")).to_have_value("break {text}")
    write_prompt(lab, "B", ONE_WORD)
    press(lab, "Run")
    expect(alert).to_have_count(0, timeout=SLOW)


def test_hostile_answers_items_and_errors_are_shown_as_text(notebook):
    lab = lab_of(notebook, "hostile")
    press(lab, "Try")
    wait_for_end(lab, "Asked both prompts for item 1.")
    press(lab, "Run")
    wait_for_end(lab, "Asked both prompts about 1 item.")
    for text in (*MARKUP, *SIGNS.values()):
        expect(pane(lab, "answer of A")).to_contain_text(text)
    expect(pane(lab, "answer of B")).to_have_text(LINE)
    expect(pane(lab, "prompt A, filled in")).to_contain_text(MARKUP[0])
    expect(table(lab, "items asked about")).to_contain_text(MARKUP[1])
    prompt(lab, "A").fill("refuse")
    expect(pane(lab, "prompt A, filled in")).to_have_text("refuse", timeout=SLOW)
    press(lab, "Try")
    expect(lab.get_by_role("alert")).to_contain_text(MARKUP[0], timeout=SLOW)
    assert lab.page.evaluate("window.hacked") is None
    expect(
        lab.locator("img, script, iframe, i, svg, [onload]:not(style)")
    ).to_have_count(0)
    assert lab.evaluate(FITS) <= 0


@pytest.mark.parametrize("name", CELLS)
def test_every_control_has_a_name_and_tab_reaches_it(notebook, name):
    lab = lab_of(notebook, name)
    assert unnamed_controls(lab) == []
    assert lab.locator('.widget-label[title="null"]:visible').count() == 0
    controls = controls_of(lab)
    controls.first.focus()
    reached = 1
    for _ in range(40):
        lab.page.keyboard.press("Tab")
        reached += controls.and_(lab.page.locator(":focus")).count()
    assert reached == controls.count()


@pytest.mark.parametrize("keys", [["ArrowUp"], ["Home"], ["d", "d"], ["b"]])
def test_keys_on_a_slider_button_or_pane_do_nothing_to_the_notebook(
    notebook, lab, keys
):
    button = lab.get_by_role("button", name="Run", exact=True)
    shown = pane(lab, "prompt A, filled in")
    for focused in (handle(lab, "item shown"), button, shown):
        focused.focus()
        for key in keys:
            lab.page.keyboard.press(key)
        expect(focused).to_be_focused()
    expect(notebook.page.locator(".jp-CodeCell")).to_have_count(1 + len(CELLS))


def test_hundreds_of_quick_keys_leave_the_last_item_and_nothing_follows(notebook, lab):
    many_keys(lab, "item shown", 200)
    last = int(readout(lab, "item shown"))
    assert last > 30
    filled = PLAIN.format(text=TEXTS[last - 1])
    expect(pane(lab, "prompt A, filled in")).to_have_text(filled, timeout=SLOW)
    notebook.wait_until_idle()
    expect(lab.get_by_label("text", exact=True)).to_have_value(TEXTS[last - 1])
    expect_stillness(lab)
