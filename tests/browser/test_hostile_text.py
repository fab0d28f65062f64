"""Texts of a model that would rather be markup, in every lab in a real JupyterLab."""

import pytest
from playwright.sync_api import expect

from tests.browser import hostile_notebook
from tests.browser.hostile_notebook import GOOD, LINE, MARKUP, RIGHT_TO_LEFT, SIGNS
from tests.browser.lab_pages import SLOW, handle, press, save_look, wait_until_idle

#: Where a lab shows what was said, by the names of the panes.
PANES = {
    "StreamWatch": ["reply"],
    "ParameterLab": ["answer", "reasoning"],
    "StopLab": ["reply"],
    "TokenLab": ["the reply, token by token"],
}
#: The lab of tokens shows what cannot be seen by its number.
CODES = (
    "[U+001B][31mred[U+001B][0m",
    "a[U+0000]b[U+007F]",
    "half\N{REPLACEMENT CHARACTER}",
)
#: What only a text that is no text could have made.
MADE_BY_TEXT = (
    "img, script, iframe, i, [onload]:not(style), [onerror], [onmouseover], svg[onload]"
)
FITS = """lab => {
    const output = lab.closest(".jp-OutputArea-output");
    return [output.scrollWidth - output.clientWidth,
            document.documentElement.scrollWidth - innerWidth];
}"""


@pytest.fixture
def hostile(run_notebook, lab_folder, request):
    """The hostile notebook, run."""
    path = lab_folder / "notebooks" / "hostile_text.ipynb"
    if not path.exists():
        hostile_notebook.write(path)
    notebook = run_notebook(path.name)
    yield notebook
    save_look(notebook.page, request.node.name)


def lab_of(hostile, name):
    return hostile.lab(hostile_notebook.code_of(name))


def pane(lab, name):
    return lab.get_by_role("region", name=name).first


def run(lab, prompt):
    """Run it, and wait until nothing of the run before is shown any more."""
    panes = lab.get_by_role("region")
    said = panes.and_(lab.locator(":not(:has(pre))"))  # a call stays as it is
    said.evaluate_all("panes => panes.forEach(pane => { pane.dataset.old = 1; })")
    lab.get_by_label("prompt").fill(prompt)
    press(lab, "Run")
    expect(lab.locator("[data-old]")).to_have_count(0, timeout=SLOW)
    wait_until_idle(lab.page)


def expect_only_text(lab):
    """Nothing was executed, made or pushed out of its place."""
    assert lab.page.evaluate("window.hacked") is None
    expect(lab.locator(MADE_BY_TEXT)).to_have_count(0)
    expect(lab.locator("b").get_by_text("out", exact=True)).to_have_count(0)
    assert max(lab.evaluate(FITS)) <= 0


@pytest.mark.parametrize("name", PANES)
def test_markup_and_control_characters_are_shown_as_text(hostile, name):
    lab = lab_of(hostile, name)
    run(lab, "short")
    signs = CODES if name == "TokenLab" else SIGNS.values()
    said = pane(lab, PANES[name][0])
    for text in (*MARKUP, *signs):
        expect(said).to_contain_text(text, timeout=SLOW)
    for other in PANES[name][1:]:
        expect(pane(lab, other)).to_contain_text(MARKUP[0])
    expect_only_text(lab)


@pytest.mark.parametrize("name", PANES)
def test_text_from_right_to_left_turns_nothing_around_it(hostile, name):
    lab = lab_of(hostile, name)
    run(lab, "short")
    said = pane(lab, PANES[name][0])
    expect(said).to_contain_text("txt.exe", timeout=SLOW)
    turned = RIGHT_TO_LEFT in said.text_content()
    assert turned == (name != "TokenLab")  # which shows a sign in its place
    expect(said).to_have_css("unicode-bidi", "isolate")


@pytest.mark.parametrize("name", PANES)
def test_a_hundred_kilobytes_on_one_line_stay_in_their_pane(hostile, name):
    lab = lab_of(hostile, name)
    run(lab, "line")
    said = pane(lab, PANES[name][0])
    most = 2000 if name == "TokenLab" else len(LINE)
    expect(said).to_contain_text(LINE[:most], timeout=SLOW)
    expect_only_text(lab)
    assert said.bounding_box()["height"] < 500
    assert said.evaluate("e => e.scrollWidth <= e.clientWidth")


@pytest.mark.parametrize("name", ["StreamWatch", "ParameterLab", "StopLab"])
def test_a_long_pane_is_scrolled_by_arrow_keys(hostile, name):
    lab = lab_of(hostile, name)
    run(lab, "line")
    said = pane(lab, PANES[name][0])
    said.focus()
    for _ in range(3):
        hostile.page.keyboard.press("ArrowDown")
    hostile.page.wait_for_function("document.activeElement.scrollTop > 0")
    expect(said).to_be_focused()


@pytest.mark.parametrize("name", PANES)
def test_an_error_s_words_are_text_too_and_the_lab_goes_on(hostile, name):
    lab = lab_of(hostile, name)
    run(lab, "error")
    alert = lab.get_by_role("alert")
    for text in (*MARKUP, *SIGNS.values()):
        expect(alert).to_contain_text(text, timeout=SLOW)
    expect_only_text(lab)
    run(lab, "good")
    expect(pane(lab, PANES[name][0])).to_contain_text(GOOD, timeout=SLOW)
    expect(alert).to_have_count(0)


def test_what_stands_beside_a_text_is_text_too(hostile):
    parameters, ends = lab_of(hostile, "ParameterLab"), lab_of(hostile, "StopLab")
    for lab in (parameters, ends):
        run(lab, "short")
    row = parameters.locator("tbody tr").last
    expect(row).to_contain_text(MARKUP[1], timeout=SLOW)
    expect(row).to_contain_text(MARKUP[0])  # as its stop reason
    expect(ends.get_by_role("status")).to_contain_text(MARKUP[0], timeout=SLOW)
    expect(ends.locator("table")).to_contain_text(MARKUP[0])
    expect_only_text(parameters)
    expect_only_text(ends)


def test_the_alternatives_of_a_token_are_text(hostile):
    lab = lab_of(hostile, "TokenLab")
    run(lab, "short")
    token = lab.locator(".bh-tokens-token").first
    expect(token).to_have_text(MARKUP[0], timeout=SLOW)
    token.hover()
    popup = token.evaluate("e => getComputedStyle(e, '::after').content")
    assert MARKUP[1][:10] in popup.replace("\\", "")
    assert MARKUP[0][:20] in token.get_attribute("aria-label")
    expect_only_text(lab)


@pytest.mark.parametrize("text", [*MARKUP[:3], RIGHT_TO_LEFT])
def test_a_hostile_prompt_is_typed_and_gone_on_with(hostile, text):
    lab = lab_of(hostile, "SamplingLab")
    lab.get_by_label("prompt").fill(text)
    reading = lab.get_by_text("when you stop typing")
    reading.wait_for(timeout=SLOW)
    reading.wait_for(state="hidden", timeout=SLOW)
    expect(lab.get_by_text("read just now")).to_be_visible()
    expect_only_text(lab)


def test_a_prompt_of_a_hundred_kilobytes_is_refused_in_words(hostile):
    lab = lab_of(hostile, "SamplingLab")
    chart = lab.locator('svg[role="img"]').text_content()
    lab.get_by_label("prompt").fill(LINE)
    expect(lab.get_by_role("alert")).to_contain_text("Error.", timeout=SLOW)
    expect_only_text(lab)
    assert lab.locator('svg[role="img"]').text_content() == chart


def test_a_hostile_vocabulary_is_shown_letter_by_letter(hostile):
    lab = lab_of(hostile, "vocabulary")
    chart = lab.locator('svg[role="img"]')
    for text in (*MARKUP, "\x1b[31mred"):
        expect(chart).to_contain_text(repr(text)[:12])
    expect(lab).to_contain_text("<b>test</b>")
    before = chart.text_content()
    handle(lab, "temperature").press("ArrowRight")
    expect(chart).not_to_have_text(before)
    press(lab, "draw 100")
    expect(chart).to_contain_text("drawn")
    expect_only_text(lab)
