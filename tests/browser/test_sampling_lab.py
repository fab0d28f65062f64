"""The sampling lab in a real JupyterLab: its sliders, its prompt, its draws."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

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

CODE = "lab = SamplingLab("
PROMPT = "I hear the hoof beats of a"
REST = {"temperature": 1, "top-k (0: off)": 0, "top-p": 1}
SHOT = "sampling_lab.png"
#: Remembers, with the lab, the words of every chart shown from now on.
WATCH_CHARTS = """lab => {
    lab.chartsSeen = new Set();
    const before = lab.querySelector("svg[role=img]").textContent;
    new MutationObserver(() => {
        const chart = lab.querySelector("svg[role=img]");
        if (chart.textContent !== before) lab.chartsSeen.add(chart.textContent);
    }).observe(lab, {subtree: true, childList: true});
}"""


def state(lab):
    """The beginning of the chart's name, from the numbers beside the sliders."""
    temperature, top_k, top_p = (float(readout(lab, name)) for name in REST)
    return (
        f"SamplingLab: temperature {temperature:g}, top-k {top_k:g}, top-p {top_p:g}: "
    )


def chart(lab):
    return lab.locator('svg[role="img"]')


def expect_chart_of_the_sliders(lab):
    starts = re.compile(f"^{re.escape(state(lab))}")
    expect(chart(lab)).to_have_attribute("aria-label", starts, timeout=SLOW)


def rows(lab):
    """The words of the chart's rows, without its head."""
    return chart(lab).locator("g:has(rect)").all_text_contents()


def show_prompt(lab, prompt):
    """Have a prompt read."""
    lab.get_by_label("prompt").fill(prompt)
    reading = lab.get_by_text("when you stop typing")
    reading.wait_for(timeout=SLOW)
    reading.wait_for(state="hidden", timeout=SLOW)
    expect(lab.get_by_role("alert")).to_have_count(0)


def at_rest(lab):
    """The lab with the lesson's prompt and all sliders at rest."""
    if lab.get_by_label("prompt").input_value() != PROMPT:
        show_prompt(lab, PROMPT)
    for name, value in REST.items():
        set_readout(lab, name, value)
    expect_chart_of_the_sliders(lab)
    return lab


@pytest.fixture
def lab(notebook_03):
    return at_rest(notebook_03.lab(CODE))


def test_an_arrow_key_on_the_temperature_changes_chart_and_summary(lab):
    before, words = chart(lab).text_content(), lab.inner_text()
    handle(lab, "temperature").press("ArrowRight")
    expect(row(lab, "temperature").locator(".widget-readout")).to_have_text("1.05")
    expect_chart_of_the_sliders(lab)
    assert chart(lab).text_content() != before and lab.inner_text() != words
    expect(lab.get_by_text("Effective choices")).to_contain_text("before: 331.8")


@pytest.mark.parametrize("key", ["ArrowUp", "ArrowLeft", "PageDown", "Home"])
def test_every_key_of_a_slider_moves_it_and_not_the_notebook(lab, key):
    focused = handle(lab, "temperature")
    focused.press(key)
    assert readout(lab, "temperature") != "1.00"
    expect_chart_of_the_sliders(lab)
    expect(focused).to_be_focused()


def test_top_k_dragged_by_mouse_cuts_off_rows_and_says_so_in_words(lab):
    drag(lab, "top-k (0: off)", 0.05)
    expect_chart_of_the_sliders(lab)
    kept = int(readout(lab, "top-k (0: off)"))
    assert 2 <= kept <= 8
    cut = chart(lab).locator("line[stroke-dasharray]")
    expect(cut).to_have_count(1)
    expect(chart(lab).locator("text").get_by_text("top-k", exact=True)).to_be_visible()
    for number, words in enumerate(rows(lab)[:-1]):
        is_out = "✕" in words and "excluded by top-k" in words
        assert is_out == (number >= kept), words


def test_top_p_dragged_by_mouse_cuts_off_rows_and_says_so_in_words(lab):
    drag(lab, "top-p", 0.25)
    expect_chart_of_the_sliders(lab)
    assert 0.2 < float(readout(lab, "top-p")) < 0.3
    expect(chart(lab).get_by_text("top-p", exact=True)).to_be_visible()
    words = rows(lab)
    assert "excluded" not in words[0] and "excluded by top-p" in words[8]
    assert "✕" in words[8]


def test_temperature_dragged_by_mouse_to_its_end_leaves_one_token(lab):
    drag(lab, "temperature", 0)
    expect_chart_of_the_sliders(lab)
    assert readout(lab, "temperature") == "0.00"
    assert "100.0 %" in rows(lab)[0]
    assert all("excluded by temperature" in words for words in rows(lab)[1:-1])
    expect(lab.get_by_text("Goal:").locator("..")).to_contain_text("reached ✓")


def test_a_hundred_draws_by_keyboard_stand_beside_what_was_expected(lab):
    set_readout(lab, "top-k (0: off)", 3)
    expect_chart_of_the_sliders(lab)
    handle(lab, "top-p").focus()
    lab.page.keyboard.press("Tab")  # the number beside it
    lab.page.keyboard.press("Tab")
    expect(lab.get_by_role("button", name="draw 100")).to_be_focused()
    lab.page.keyboard.press("Enter")
    expect(chart(lab)).to_contain_text("drawn")
    told = [re.search(r"drawn (\d+), expected ([\d.]+)", w) for w in rows(lab)[:3]]
    assert sum(int(match[1]) for match in told) == 100
    assert sum(float(match[2]) for match in told) == pytest.approx(100, abs=0.2)


def test_draws_are_gone_when_a_slider_moves(lab):
    press(lab, "draw 100")
    expect(chart(lab)).to_contain_text("drawn")
    handle(lab, "top-p").press("ArrowLeft")
    expect(chart(lab)).not_to_contain_text("drawn")


def test_a_prompt_of_one_s_own_is_read_after_a_pause(lab):
    before = rows(lab)
    show_prompt(lab, "The opposite of hot is")
    expect(lab.get_by_text("read just now")).to_be_visible(timeout=SLOW)
    assert rows(lab) != before
    handle(lab, "temperature").press("ArrowLeft")
    expect_chart_of_the_sliders(lab)


def test_of_a_prompt_typed_quickly_only_the_whole_is_shown(lab):
    show_prompt(lab, "The capital of Italy is")
    expected = chart(lab).text_content()
    show_prompt(lab, PROMPT)
    lab.evaluate(WATCH_CHARTS)
    field = lab.get_by_label("prompt")
    field.fill("")
    field.press_sequentially("The capital of Italy is")
    expect(chart(lab)).to_have_text(expected, timeout=SLOW)
    assert lab.evaluate("lab => [...lab.chartsSeen]") == [expected]
    expect_stillness(lab, 1000)  # longer than the pause before a prompt is read


def test_an_empty_prompt_says_what_is_wrong_and_the_chart_stays(lab):
    before = chart(lab).text_content()
    lab.get_by_label("prompt").fill("")
    expect(lab.get_by_role("alert")).to_contain_text("Error.", timeout=SLOW)
    assert chart(lab).text_content() == before
    show_prompt(lab, PROMPT)
    expect(chart(lab)).to_have_text(before)


@pytest.mark.parametrize("name", REST)
def test_three_hundred_quick_keys_leave_the_last_state_and_nothing_follows(
    notebook_03, lab, name
):
    if name == "top-p":
        set_readout(lab, name, 0)
    many_keys(lab, name, 300 if name == "temperature" else 100)
    expect_chart_of_the_sliders(lab)
    notebook_03.wait_until_idle()
    expect_chart_of_the_sliders(lab)
    expect_stillness(lab)


def test_quick_moves_of_the_mouse_leave_the_last_state_and_nothing_follows(
    notebook_03, lab
):
    for share in (0.9, 0.1, 0.8, 0.2, 0.7, 0.35):
        drag(lab, "temperature", share)
        drag(lab, "top-p", share)
    notebook_03.wait_until_idle()
    expect_chart_of_the_sliders(lab)
    expect_stillness(lab)


def test_a_picture_of_the_lab_shows_a_cut_and_a_hundred_draws(run_notebook):
    """With $BROWSER_SCREENSHOTS set, it is the one at the top of README."""
    lab = at_rest(run_notebook("03_inference_parameters.ipynb").lab(CODE))
    set_readout(lab, "temperature", 0.7)
    set_readout(lab, "top-k (0: off)", 8)
    expect_chart_of_the_sliders(lab)
    press(lab, "draw 100")
    expect(chart(lab)).to_contain_text("drawn")
    expect(chart(lab)).to_contain_text("excluded by top-k")
    if folder := os.environ.get("BROWSER_SCREENSHOTS"):
        lab.screenshot(path=Path(folder) / SHOT)
