"""The playground in a real JupyterLab: run whole, every lab tried by hand."""

import pytest
from playwright.sync_api import expect

from tests.browser.lab_pages import (
    SLOW,
    controls_of,
    drag,
    expect_stillness,
    handle,
    press,
    readout,
    unnamed_controls,
)

LABS = {
    "SamplingLab": "words = SamplingLab(",
    "ParameterLab": "models = ParameterLab(",
    "StopLab": "ends = StopLab(",
    "TokenLab": "tokens = TokenLab(",
    "PromptLab": "prompts = PromptLab(",
    "StreamWatch": "watch = StreamWatch(",
    "CostLab": "costs = CostLab(",
    "ThresholdLab": "dearer = ThresholdLab(",
}


def pane(lab, name):
    return lab.get_by_role("region", name=name)


def expect_change(element, act):
    """Doing something changes what an element says; the new words."""
    before = element.text_content()
    act()
    expect(element).not_to_have_text(before, timeout=SLOW)
    return element.text_content()


def test_every_cell_runs_without_an_error(playground):
    assert playground.errors() == [] and playground.script_errors == []
    for code in LABS.values():
        lab = playground.lab(code)
        expect(lab).to_be_in_viewport()
        expect(lab.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("name", ["temperature", "top-k (0: off)", "top-p"])
def test_sampling_moves_by_keyboard_and_by_mouse(playground, name):
    lab = playground.lab(LABS["SamplingLab"])
    chart = lab.locator('svg[role="img"]')
    key = "ArrowLeft" if name == "top-p" else "ArrowRight"
    expect_change(chart, lambda: handle(lab, name).press(key))
    expect_change(chart, lambda: drag(lab, name, 0.3))
    expect_change(chart, lambda: press(lab, "draw 100"))


@pytest.mark.parametrize("role", ["max_tokens", "temperature", "top_p", "top_k"])
def test_parameters_move_by_keyboard_and_by_mouse(playground, role):
    lab = playground.lab(LABS["ParameterLab"])
    call = pane(lab, "the call of Converse").locator("pre")
    expect_change(call, lambda: handle(lab, role).press("ArrowLeft"))
    expect_change(call, lambda: drag(lab, role, 0.002 if role == "max_tokens" else 0.4))
    expect(call).to_contain_text(f": {float(readout(lab, role)):g}")


def test_an_answer_of_the_chosen_parameters_arrives(playground):
    lab = playground.lab(LABS["ParameterLab"])
    drag(lab, "max_tokens", 0.001)
    expect_change(pane(lab, "answer"), lambda: press(lab, "Run"))
    expect(lab.locator("tbody tr")).to_have_count(1, timeout=SLOW)


def test_ends_move_by_keyboard_and_by_mouse_and_runs_end_there(playground):
    lab = playground.lab(LABS["StopLab"])
    call = pane(lab, "the call it sends").locator("pre")
    expect_change(call, lambda: handle(lab, "maxTokens").press("ArrowRight"))
    expect_change(call, lambda: drag(lab, "maxTokens", 0.03))
    expect_change(lab.get_by_role("status"), lambda: press(lab, "Run"))
    # Drawn at random: it may end by itself before the limit.
    expect(lab.get_by_role("status")).to_contain_text("stopReason", timeout=SLOW)
    expect_change(call, lambda: lab.get_by_label("stop at").fill(r"\n"))


def test_tokens_of_a_reply_appear_and_are_pointed_at(playground):
    lab = playground.lab(LABS["TokenLab"])
    expect_change(lab.get_by_role("status"), lambda: press(lab, "Run"))
    token = lab.locator(".bh-tokens-token").nth(2)
    token.hover(timeout=SLOW)
    shown = "token => getComputedStyle(token, '::after').content"
    assert "all others" in token.evaluate(shown)


def test_a_stream_is_watched_and_its_first_piece_is_told_by_more_than_colour(
    playground,
):
    lab = playground.lab(LABS["StreamWatch"])
    lab.get_by_label("prompt").fill("Say hello.")
    press(lab, "Run")
    expect(lab.get_by_role("img")).to_contain_text("first text after", timeout=SLOW)
    expect(lab.get_by_role("button", name="Run")).to_be_enabled(timeout=SLOW)
    assert pane(lab, "reply").inner_text()
    ticks = lab.locator("svg line")
    lengths = ticks.evaluate_all(
        "all => all.map(t => t.y2.baseVal.value - t.y1.baseVal.value)"
    )
    assert lengths[1] > max(lengths[2:])  # after the line of time


@pytest.mark.parametrize("name", LABS)
def test_every_control_of_a_lab_has_a_name(playground, name):
    lab = playground.lab(LABS[name])
    assert controls_of(lab).count() >= 2
    assert unnamed_controls(lab) == []
    assert lab.locator('.widget-label[title="null"]:visible').count() == 0


@pytest.mark.parametrize("name", LABS)
def test_tab_reaches_every_control_of_a_lab(playground, name):
    lab = playground.lab(LABS[name])
    controls = controls_of(lab)
    controls.first.focus()
    for number in range(controls.count()):
        expect(controls.nth(number)).to_be_focused()
        tab_on(playground.page, lab)


def tab_on(page, lab):
    """Tab to the lab's next control, over the panes that only scroll."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if controls_of(lab).and_(page.locator(":focus")).count():
            return
        if not lab.locator(":focus").count():
            return


def test_after_all_this_no_lab_moves_by_itself(playground):
    playground.wait_until_idle()
    for code in LABS.values():
        expect_stillness(playground.lab(code), 300)
    assert playground.script_errors == []
