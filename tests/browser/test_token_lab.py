"""The lab of tokens in a real JupyterLab: gone through by Tab, and pointed at."""

import pytest
from playwright.sync_api import expect

from tests.browser.lab_pages import SLOW, press

CODE = "tokens = TokenLab("
#: What the popup of a token shows, and how far from the edges of the output it is.
POPUP = """token => {
    const style = getComputedStyle(token, "::after");
    const frame = token.closest(".bh-tokens").getBoundingClientRect();
    const area = token.closest(".jp-OutputArea").getBoundingClientRect();
    const right = frame.right - 1 - parseFloat(style.right);
    const bottom = frame.bottom - 1 - parseFloat(style.bottom);
    return {
        words: style.content,
        gaps: [
            area.right - right, right - parseFloat(style.width) - area.left,
            area.bottom - bottom, bottom - parseFloat(style.height) - area.top,
        ],
    };
}"""


def tokens(lab):
    return lab.locator(".bh-tokens-token")


@pytest.fixture
def lab(notebook_03):
    """The lab with a reply, the pointer elsewhere."""
    lab = notebook_03.lab(CODE)
    notebook_03.page.mouse.move(0, 0)
    if lab.get_by_label("prompt").input_value() != "Hoofs are":
        lab.get_by_label("prompt").fill("Hoofs are")
        press(lab, "Run")
    reply = lab.get_by_role("region", name="the reply, token by token")
    expect(reply).to_contain_text("Hoofs", timeout=SLOW)
    expect(tokens(lab)).to_have_count(30)
    return lab


def expect_popup(token):
    """The popup names the token and its alternatives, in the lab's own frame."""
    popup = token.evaluate(POPUP)
    assert token.text_content().strip() in popup["words"]
    assert "all others" in popup["words"] and popup["words"].count("%") >= 6
    assert min(popup["gaps"]) >= 0


def test_another_prompt_run_by_keyboard_gives_other_tokens_and_numbers(lab):
    before = lab.get_by_role("status").inner_text()
    lab.get_by_label("prompt").fill("Count from one to ten.")
    lab.get_by_label("prompt").press("Tab")
    lab.page.keyboard.press("Enter")
    expect(lab.get_by_role("status")).not_to_have_text(before, use_inner_text=True)
    expect(lab.get_by_role("status")).to_contain_text("perplexity", timeout=SLOW)
    expect(tokens(lab).first).to_be_visible()


def test_tab_goes_to_the_first_token_and_its_alternatives_appear(lab):
    assert tokens(lab).first.evaluate(POPUP)["words"] == "none"
    lab.get_by_role("button", name="Run").focus()
    lab.page.keyboard.press("Tab")
    expect(tokens(lab).first).to_be_focused()
    expect_popup(tokens(lab).first)
    lab.page.keyboard.press("Tab")
    expect_popup(tokens(lab).nth(1))
    assert tokens(lab).first.evaluate(POPUP)["words"] == "none"


@pytest.mark.parametrize("place", [0, 14, 29])
def test_pointing_at_a_token_shows_its_alternatives(lab, place):
    token = tokens(lab).nth(place)
    token.hover()
    expect_popup(token)


def test_a_screen_reader_is_told_the_same(lab):
    for name in tokens(lab).evaluate_all("all => all.map(t => t.ariaLabel)"):
        assert "%; likeliest: " in name


def test_levels_differ_in_their_lines_and_the_legend_names_them(lab):
    legend = lab.locator(".bh-tokens-legend span")
    lines = legend.evaluate_all(
        """all => all.map(sample => {
            const style = getComputedStyle(sample);
            const colour = style.borderBottomColor;
            const seen = colour !== "rgba(0, 0, 0, 0)";
            return seen && [style.borderBottomStyle, style.borderBottomWidth].join();
        })"""
    )
    assert len(set(map(str, lines))) == len(lines) == 6
    for words, name in zip(
        legend.all_inner_texts(),
        ("no line", "thin line", "dots", "dashes", "thick line", "double line"),
        strict=True,
    ):
        assert name in words
