"""The lab of parameters in a real JupyterLab: any model, its controls, its runs."""

import re

import pytest
from playwright.sync_api import expect

import bedrock_helpers as bh
from bedrock_helpers.labs.model_choice import called_as
from tests.browser.lab_pages import (
    SLOW,
    drag,
    expect_stillness,
    handle,
    many_keys,
    press,
    readout,
    row,
    set_readout,
)

CODE = "controls = ParameterLab("
MICRO, HAIKU = bh.catalog.NOVA_MICRO, called_as(bh.catalog.CLAUDE_HAIKU_4_5)
TAKES_NONE = next(
    called_as(model.model_id)
    for model in bh.catalog.all_models()
    if model.chat and model.sampling == "none" and "us-east-1" in model.regions
)
ROLES = ("max_tokens", "temperature", "top_p", "top_k")


def call(lab):
    return lab.get_by_role("region", name="the call of Converse").locator("pre")


def body(lab):
    return lab.get_by_role("region", name="the model's own body").locator("pre")


def runs(lab):
    return lab.locator("tbody tr")


def tick(lab, role):
    return lab.get_by_label(f"set {role}", exact=True)


def choose_model(lab, model_id):
    """Choose a model in the menu."""
    labels = lab.locator("option").all_text_contents()
    labels = [text.replace("\N{NO-BREAK SPACE}", " ") for text in labels]
    (place,) = [n for n, text in enumerate(labels) if f": {model_id} " in f"{text} "]
    lab.get_by_label("model", exact=True).select_option(index=place)
    expect(call(lab)).to_contain_text(f'modelId="{model_id}"')


def run(lab):
    """Run by the keyboard, and wait until the run has ended."""
    count = runs(lab).count()
    press(lab, "Run")
    expect(runs(lab)).to_have_count(count + 1, timeout=SLOW)
    expect(lab.get_by_role("button", name="Run", exact=True)).to_be_enabled()


@pytest.fixture
def lab(notebook_03):
    """The lab with Nova Micro, and nothing set but a low token limit."""
    lab = notebook_03.lab(CODE)
    choose_model(lab, MICRO)
    for role in (*ROLES, "stop_sequences"):
        tick(lab, role).set_checked(role == "max_tokens")
    set_readout(lab, "max_tokens", 8)
    expect(call(lab)).to_contain_text('inferenceConfig={"maxTokens": 8}')
    return lab


def test_keys_on_the_menu_choose_models_and_leave_the_notebook_alone(notebook_03, lab):
    menu = lab.get_by_label("model", exact=True)
    menu.focus()
    for key in ("Home", "ArrowDown", "ArrowDown", "d", "d", "a", "x"):
        menu.press(key)
    expect(menu).to_be_focused()
    expect(call(lab)).not_to_contain_text(f'modelId="{MICRO}"')
    cells = notebook_03.page.locator(".jp-Cell")
    expect(cells).to_have_count(len(notebook_03.cells))


def test_temperature_then_top_p_leaves_one_on_claude_and_the_note_says_so(lab):
    choose_model(lab, HAIKU)
    handle(lab, "temperature").press("ArrowLeft")
    expect(tick(lab, "temperature")).to_be_checked()
    expect(call(lab)).to_contain_text('"temperature": 0.99')
    handle(lab, "top_p").press("ArrowLeft")
    expect(tick(lab, "temperature")).not_to_be_checked()
    expect(lab.get_by_role("status")).to_contain_text(
        "temperature is unset: this model takes only one of temperature and top_p."
    )
    expect(call(lab)).to_contain_text('"topP": 0.99')
    expect(call(lab)).not_to_contain_text("temperature")


@pytest.mark.parametrize("role", ["temperature", "top_p", "top_k"])
def test_every_move_of_a_slider_changes_both_calls(lab, role):
    calls, bodies = {call(lab).text_content()}, {body(lab).text_content()}
    for key in ("ArrowLeft", "ArrowLeft", "Home"):
        before = call(lab).text_content()
        handle(lab, role).press(key)
        expect(call(lab)).not_to_have_text(before)
        calls.add(call(lab).text_content())
        bodies.add(body(lab).text_content())
    assert len(calls) == len(bodies) == 4


def test_sliders_are_dragged_by_mouse_and_boxes_unset_them(lab):
    drag(lab, "temperature", 0.25)
    shown = float(readout(lab, "temperature"))
    assert 0.2 < shown < 0.3
    expect(call(lab)).to_contain_text(f'"temperature": {shown:g}')
    tick(lab, "temperature").click()
    expect(call(lab)).not_to_contain_text("temperature")
    expect(tick(lab, "temperature")).not_to_be_checked()


def test_prompt_and_stop_sequences_typed_are_in_the_call(lab):
    prompt = lab.get_by_label("prompt")
    prompt.fill('Say "a" & <b>.')
    expect(call(lab)).to_contain_text(r'[{"text": "Say \"a\" & <b>."}]')
    prompt.fill("Name a sea.")
    lab.get_by_label("stop_sequences", exact=True).last.fill("END\n" + r"\n")
    expect(call(lab)).to_contain_text(r'"stopSequences": ["END", "\n"]')
    expect(tick(lab, "stop_sequences")).to_be_checked()


def test_a_model_that_takes_none_says_so_and_its_controls_are_off(lab):
    handle(lab, "temperature").press("ArrowLeft")
    choose_model(lab, TAKES_NONE)
    for role in ("temperature", "top_p", "top_k"):
        expect(tick(lab, role)).to_be_disabled()
        expect(row(lab, role).locator("[disabled]")).not_to_have_count(0)
        words = row(lab, role).locator("..")
        expect(words).to_contain_text("this model takes none")
    expect(lab.get_by_role("status")).to_contain_text("is put aside")
    expect(call(lab)).not_to_contain_text("temperature")


def test_a_retired_model_s_refusal_is_text_with_its_cause_and_the_lab_goes_on(lab):
    choose_model(lab, "anthropic.claude-v2")
    press(lab, "Run")
    refusal = lab.get_by_role("alert")
    expect(refusal).to_contain_text("ResourceNotFoundException", timeout=SLOW)
    expect(lab.get_by_text("Cause:").locator("..")).to_contain_text("end of life")
    choose_model(lab, MICRO)
    run(lab)
    expect(refusal).to_have_count(0)


def test_an_answer_streams_and_stands_in_the_table_with_its_facts(lab):
    lab.get_by_label("prompt").fill("Name a river.")
    run(lab)
    answer = lab.get_by_role("region", name="answer").inner_text()
    assert answer
    ended = re.compile(r"Ended with (max_tokens|end_turn)\.")  # drawn at random
    expect(lab.get_by_text(ended)).to_contain_text("Answered by")
    last = runs(lab).last
    for words in (MICRO, "max_tokens 8", "USD 0.00000", "ms", "Answered by", answer):
        expect(last).to_contain_text(words)
    head = lab.locator("thead")
    for words in ("input tokens", "output tokens", "cost", "latency", "answer"):
        expect(head).to_contain_text(words)


def test_another_temperature_gives_another_answer(lab):
    answers = set()
    for temperature in (0, 0.35, 1):
        set_readout(lab, "temperature", temperature)
        expect(call(lab)).to_contain_text(f'"temperature": {temperature}')
        run(lab)
        answers.add(lab.get_by_role("region", name="answer").inner_text())
    assert len(answers) > 1


def test_the_copy_button_copies_the_call(lab):
    handle(lab, "top_k").press("Home")
    expect(call(lab)).to_contain_text('"topK": 0')
    button = lab.get_by_role("region", name="the call of Converse").locator("button")
    button.focus()
    lab.page.keyboard.press("Enter")
    expect(button).to_have_text("copied")
    copied = lab.page.evaluate("navigator.clipboard.readText()")
    assert copied == call(lab).text_content() and '"topK": 0' in copied


def test_runs_are_cleared_by_keyboard(lab):
    run(lab)
    press(lab, "Clear runs")
    expect(runs(lab)).to_have_count(0)
    expect(lab.get_by_text("No runs yet.")).to_be_visible()


def test_hundreds_of_quick_keys_leave_the_last_state_and_nothing_follows(
    notebook_03, lab
):
    many_keys(lab, "top_k", 300)
    last = int(readout(lab, "top_k"))
    expect(call(lab)).to_contain_text(f'"topK": {last}}}', timeout=SLOW)
    notebook_03.wait_until_idle()
    expect(call(lab)).to_contain_text(f'"topK": {last}}}')
    expect_stillness(lab)
