"""The lab of ends in a real JupyterLab: limits and sequences, by keyboard and mouse."""

import re

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
    set_readout,
)

CODE = "ends = StopLab("


def call(lab):
    return lab.get_by_role("region", name="the call it sends").locator("pre")


def verdict(lab):
    return lab.get_by_role("status")


def run(lab):
    """Run by the keyboard, and wait until the run is in the table."""
    last = lab.locator("table tr").last.inner_text()
    press(lab, "Run")
    expect(lab.locator("table tr").last).not_to_have_text(
        last, timeout=SLOW, use_inner_text=True
    )


@pytest.fixture
def lab(notebook_03):
    """The lab without sequences, with its first prompt."""
    lab = notebook_03.lab(CODE)
    lab.get_by_label("prompt").fill("Name three fruits, numbered.")
    lab.get_by_label("stop at").fill("")
    set_readout(lab, "maxTokens", 60)
    expect(call(lab)).to_contain_text('inferenceConfig={"maxTokens": 60}')
    return lab


def test_a_sequence_typed_changes_the_verdict_from_limit_to_sequence(lab):
    set_readout(lab, "maxTokens", 9)
    run(lab)
    expect(verdict(lab)).to_contain_text("stopReason max_tokens")
    rows = lab.locator("table tr").count()
    lab.get_by_label("stop at").press_sequentially("2.")
    expect(call(lab)).to_contain_text('"stopSequences": ["2."]')
    run(lab)
    expect(verdict(lab)).to_contain_text("stopReason stop_sequence")
    expect(lab.locator("table tr")).to_have_count(rows + 1)
    reply = lab.get_by_role("region", name="reply")
    expect(reply).to_have_text(re.compile(r"^1\. \w+\s+2\.▮$"))  # Nova keeps it


def test_the_limit_moves_by_arrow_keys_and_the_reply_with_it(lab):
    set_readout(lab, "maxTokens", 3)
    run(lab)
    short = lab.get_by_role("region", name="reply").inner_text()
    for _ in range(4):
        handle(lab, "maxTokens").press("ArrowRight")
    expect(call(lab)).to_contain_text('"maxTokens": 7')
    run(lab)
    longer = lab.get_by_role("region", name="reply").inner_text()
    assert longer.startswith(short.rstrip("▮")) and len(longer) > len(short)
    expect(verdict(lab)).to_contain_text("Tokens: 7 of the 7 allowed.")


def test_the_limit_dragged_by_mouse_is_in_the_call(lab):
    drag(lab, "maxTokens", 0.5)
    assert 90 < int(readout(lab, "maxTokens")) < 110
    expect(call(lab)).to_contain_text(f'"maxTokens": {readout(lab, "maxTokens")}')


def test_bedrock_s_refusal_appears_in_the_lab_and_it_goes_on(lab):
    lab.get_by_label("prompt").fill("")
    press(lab, "Run")
    expect(lab.get_by_role("alert")).to_contain_text("Exception", timeout=SLOW)
    lab.get_by_label("prompt").fill("Name a fruit.")
    run(lab)
    expect(lab.get_by_role("alert")).to_have_count(0)


def test_hundreds_of_quick_keys_leave_the_last_state_and_nothing_follows(
    notebook_03, lab
):
    many_keys(lab, "maxTokens", 300)
    last = readout(lab, "maxTokens")
    expect(call(lab)).to_contain_text(f'"maxTokens": {last}}}', timeout=SLOW)
    notebook_03.wait_until_idle()
    expect(call(lab)).to_contain_text(f'"maxTokens": {last}}}')
    expect_stillness(lab)
