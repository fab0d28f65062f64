"""The labs of costs in a real JupyterLab: sliders, menu, chart, table, code."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bedrock_helpers.labs.count_control import round_numbers
from tests.browser.lab_pages import (
    SLOW,
    drag,
    expect_stillness,
    handle,
    many_keys,
    set_readout,
)

COSTS, DEARER = "costs = CostLab(", "dearer = ThresholdLab("
AT_REST = {
    COSTS: "Claude Haiku 4.5 (us) 330.00, in USD a month; 5,000 requests a day",
    DEARER: "equal at 16.3 examples; at 20 Claude v2 0.00975",
}
SHOTS = {COSTS: "cost_lab.png", DEARER: "threshold_lab.png"}
REST = {
    COSTS: {
        "requests a day": 5000,
        "input tokens": 1000,
        "output tokens": 200,
        "cached share of input": 0,
        "share sent as batch": 0,
        "cache writes a day": 24,
    },
    DEARER: {
        "right: Claude v2": 0.9,
        "right: Claude Instant (v1.2)": 0.8,
        "examples in its prompt": 20,
        "tokens an example": 150,
        "hours an example": 0.25,
        "USD an hour": 60,
        "calls in all": 100_000,
    },
}
#: Those with a field for the exact number beside the slider.
COUNTS = ("requests a day", "input tokens", "output tokens", "calls in all")
EVERY_SLIDER = [(code, name) for code, names in REST.items() for name in names]
#: Whether words of a chart lie over each other or outside of it.
OVERLAPS = """svg => {
    const boxes = [...svg.querySelectorAll("text")].map(t => [
        t.textContent, t.getBoundingClientRect()]);
    const outer = svg.getBoundingClientRect(), found = [];
    boxes.forEach(([words, box], n) => {
        if (box.left < outer.left || box.right > outer.right + 0.5) found.push(words);
        for (const [other, one] of boxes.slice(n + 1)) {
            const apart = box.right <= one.left || one.right <= box.left ||
                box.bottom - 3 <= one.top || one.bottom - 3 <= box.top;
            if (!apart) found.push(words + " | " + other);
        }
    });
    return found;
}"""


def chart(lab):
    return lab.locator('svg[role="img"]')


def told(lab):
    return chart(lab).get_attribute("aria-label")


def expect_told(lab, words):
    expect(chart(lab)).to_have_attribute(
        "aria-label", re.compile(re.escape(words)), timeout=SLOW
    )


def change(lab, act):
    """Do something that changes the chart; what it said before and says then."""
    before = told(lab)
    act()
    expect(chart(lab)).not_to_have_attribute("aria-label", before, timeout=SLOW)
    return before, told(lab)


def field(lab, name):
    """The field for a count, beside its slider."""
    label = lab.page.locator(".widget-label").get_by_text(name, exact=True)
    both = lab.locator(".widget-hbox:not(.widget-inline-hbox)").filter(has=label)
    return both.locator("input[type=number]")


def set_value(lab, name, value):
    """Type a number into the field or the readout beside a slider."""
    if name in COUNTS:
        field(lab, name).fill(str(value))
        field(lab, name).press("Enter")
    else:
        set_readout(lab, name, value)


def at_rest(notebook, code):
    lab = notebook.lab(code)
    for name, value in REST[code].items():
        set_value(lab, name, value)
    expect_told(lab, AT_REST[code])
    return lab


@pytest.fixture
def costs(playground):
    return at_rest(playground, COSTS)


@pytest.fixture
def dearer(playground):
    return at_rest(playground, DEARER)


@pytest.mark.parametrize(("code", "name"), EVERY_SLIDER)
def test_every_slider_moves_by_keyboard_and_by_mouse_and_the_chart_with_it(
    playground, code, name
):
    lab = at_rest(playground, code)
    if name == "cache writes a day":
        set_readout(lab, "cached share of input", 0.5)
        expect_told(lab, "50 % cached")
    key = "ArrowRight" if name.startswith(("share", "cached")) else "ArrowLeft"
    change(lab, lambda: handle(lab, name).press(key))
    expect(handle(lab, name)).to_be_focused()
    change(lab, lambda: drag(lab, name, 0.3))


def test_arrows_on_the_requests_change_table_words_and_code_too(costs):
    before = costs.inner_text()
    for requests in ("6000", "8000", "10000"):
        handle(costs, "requests a day").press("ArrowRight")
        expect(field(costs, "requests a day")).to_have_value(requests, timeout=SLOW)
    expect_told(costs, "10,000 requests a day")
    code = costs.get_by_role("region", name="the same as Python")
    expect(code).to_contain_text("requests_per_day=10000,")
    cell = costs.locator("table tr", has_text="Nova Micro").locator("td").first
    expect(cell).to_have_text("18.90")
    assert costs.inner_text() != before


def test_any_number_can_be_typed_and_the_slider_goes_near_it(costs):
    set_value(costs, "requests a day", 123_456)
    expect_told(costs, "123,456 requests a day")
    expect(handle(costs, "requests a day")).to_have_attribute("aria-valuenow", "41.0")
    assert field(costs, "requests a day").input_value() == "123456"


def test_letters_on_sliders_and_menu_do_not_reach_the_notebook(playground, costs):
    cells = playground.page.locator(".jp-Cell").count()
    menu = costs.locator("select").first
    chosen = chosen_in(menu)
    for focused in (handle(costs, "requests a day"), menu):
        focused.focus()
        for key in ("d", "d", "x", "b", "a"):
            playground.page.keyboard.press(key)
    menu.select_option(chosen)
    assert playground.page.locator(".jp-Cell").count() == cells
    expect_told(costs, AT_REST[COSTS])


def chosen_in(menu):
    return menu.evaluate("menu => [...menu.selectedOptions].map(o => o.value)")


def test_models_are_chosen_by_keyboard_and_by_mouse(playground, costs):
    menu = costs.locator("select").first
    before = chosen_in(menu)
    try:
        menu.focus()
        playground.page.keyboard.press("Home")
        expect_told(costs, "CostLab: Nova Micro 9.45, in USD")
        expect(chart(costs).locator("polyline")).to_have_count(2)
        playground.page.keyboard.press("ArrowDown")
        expect_told(costs, "CostLab: Nova Lite 16.20, in USD")
        playground.page.keyboard.press("Shift+ArrowDown")
        expect_told(costs, "CostLab: Nova Lite 16.20, gpt-oss-20b 19.50, in USD")
        menu.locator("option").first.click(modifiers=["Control"])
        expect_told(costs, "Nova Micro 9.45, Nova Lite 16.20, gpt-oss-20b 19.50")
        expect(costs.locator("table tr")).to_have_count(1 + 3)
    finally:
        menu.select_option(before)
    expect_told(costs, "Claude Haiku 4.5 (us) 330.00")


def test_a_share_without_a_price_is_said_in_the_model_s_row(costs):
    set_readout(costs, "cached share of input", 0.5)
    line = costs.locator("table tr", has_text="gpt-oss-20b")
    expect(line).to_contain_text("no cache price known", timeout=SLOW)
    expect_told(costs, "gpt-oss-20b no cache price known")
    expect(costs.get_by_role("alert")).to_have_count(0)


def test_the_threshold_is_a_ring_in_the_chart_and_a_sentence(dearer):
    expect(chart(dearer).locator("circle")).to_have_count(1)
    expect(chart(dearer)).to_contain_text("(1) Equal at 16.3 examples: USD 0.00975.")
    said = dearer.get_by_role("status")
    expect(said).to_contain_text("From 17 examples on Claude v2 costs less")
    set_readout(dearer, "examples in its prompt", 5)
    expect(said).to_contain_text("With the 5 set here Claude Instant", timeout=SLOW)
    set_readout(dearer, "right: Claude Instant (v1.2)", 0.1)
    expect(said).to_contain_text("even against no example", timeout=SLOW)
    expect(chart(dearer).locator("circle")).to_have_count(0)


@pytest.mark.parametrize(
    ("code", "name"), [(COSTS, "requests a day"), (DEARER, "tokens an example")]
)
def test_hundreds_of_quick_keys_leave_the_last_state_and_nothing_follows(
    playground, code, name
):
    lab = at_rest(playground, code)
    many_keys(lab, name, 200)
    place = int(float(handle(lab, name).get_attribute("aria-valuenow")))
    last = round_numbers(10, 1_000_000)[place] if name in COUNTS else place
    python = lab.get_by_role("region", name="the same as Python").locator("pre")
    expect(python).to_contain_text(f"={last},", timeout=SLOW)
    playground.wait_until_idle()
    expect(python).to_contain_text(f"={last},")
    expect_stillness(lab)


@pytest.mark.parametrize("code", SHOTS)
def test_no_words_of_the_chart_lie_over_each_other_or_outside(playground, code):
    """With $BROWSER_SCREENSHOTS set, each lab has a picture taken."""
    lab = at_rest(playground, code)
    for place in (0, 0.5, 1):
        drag(
            lab,
            {COSTS: "requests a day", DEARER: "examples in its prompt"}[code],
            place,
        )
        playground.wait_until_idle()
        assert chart(lab).evaluate(OVERLAPS) == []
    at_rest(playground, code)
    playground.wait_until_idle()
    if folder := os.environ.get("BROWSER_SCREENSHOTS"):
        playground.page.set_viewport_size({"width": 1280, "height": 1700})
        lab.screenshot(path=Path(folder) / SHOTS[code])
        playground.page.set_viewport_size({"width": 1280, "height": 900})
