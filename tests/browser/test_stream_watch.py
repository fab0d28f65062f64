"""The stream lab in a real JupyterLab: typed into, pressed, and looked at."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab_pages import clear_outputs

NOTEBOOK = "02_invoke_basics.ipynb"


def only_the_lab(path):
    """Keep the cells the lab needs: the first connection, and the lab itself."""
    clear_outputs(path)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    wanted = ("import bedrock_helpers as bh", "ASK = (", "session = bh.connect()")
    wanted += ("def streamed(", "StreamWatch(")
    notebook["cells"] = [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        and any(text in "".join(cell["source"]) for text in wanted)
    ]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return len(notebook["cells"])


@pytest.fixture
def lab(page, lab_folder, open_notebook):
    """The notebook's lab, run and on the screen."""
    count = only_the_lab(lab_folder / "notebooks" / NOTEBOOK)
    open_notebook(NOTEBOOK)
    page.locator(".jp-CodeCell").first.locator(".cm-content").click()
    for _ in range(count):
        page.keyboard.press("Shift+Enter")
    found = page.locator(".jp-OutputArea-output .widget-vbox")
    expect(found).to_be_visible(timeout=60_000)
    expect(found.locator("svg")).to_be_visible(timeout=60_000)
    return found


def test_a_prompt_typed_and_run_with_the_keyboard_streams_its_reply(page, lab):
    recorded = lab.locator(".widget-html").first
    before = recorded.inner_text()
    lab.locator("textarea").fill("Write <i>one</i> line about a fox.")
    lab.locator("textarea").press("Tab")
    page.keyboard.press("Enter")
    expect(recorded).not_to_have_text(before, timeout=60_000, use_inner_text=True)
    expect(lab.locator("button")).to_be_enabled(timeout=60_000)
    words = lab.locator("svg text").text_content()
    told = re.fullmatch(r"first text after \d+ ms, (\d+) pieces in \d+ ms", words)
    assert lab.locator("svg line").count() == int(told[1]) + 1  # and the line of time
    assert recorded.inner_text() not in ("", before)
    assert lab.locator("i").count() == 0
