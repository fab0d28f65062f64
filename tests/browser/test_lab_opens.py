"""The first minute of the course: JupyterLab opens, and the first cell answers."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.lab_pages import clear_outputs

FIRST = "01_setup_and_model_access.ipynb"


@pytest.fixture
def first_notebook(lab_folder, open_notebook):
    """The first notebook, opened without outputs; its cells up to the connection."""
    path = lab_folder / "notebooks" / FIRST
    clear_outputs(path)
    open_notebook(FIRST)
    return cells_to_connect(path)


def cells_to_connect(path):
    """From the first code cell to the one that connects: the type of each cell."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    types = [cell["cell_type"] for cell in cells]
    connects = next(
        position
        for position, cell in enumerate(cells)
        if cell["cell_type"] == "code" and "connect(" in "".join(cell["source"])
    )
    return types[types.index("code") : connects + 1]


def test_shift_enter_runs_the_first_cells_and_the_session_says_offline(
    page, first_notebook
):
    code = page.locator(".jp-CodeCell")
    expect(code.first.locator(".jp-OutputArea-output")).to_have_count(0)
    code.first.locator(".cm-content").click()
    for _ in first_notebook:
        page.keyboard.press("Shift+Enter")
    prompt = code.first.locator(".jp-InputArea-prompt")
    expect(prompt).to_have_text("[1]:", timeout=30_000)
    connects = code.nth(first_notebook.count("code") - 1)
    output = connects.locator(".jp-OutputArea-output").first
    expect(output).to_contain_text("offline", ignore_case=True, timeout=30_000)


def test_nothing_pops_up_before_the_learner(page, first_notebook):
    page.wait_for_timeout(1000)  # a notification comes a moment after the page
    expect(page.locator(".Toastify__toast")).to_have_count(0)
    expect(page.locator(".jp-Dialog")).to_have_count(0)
