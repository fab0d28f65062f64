"""The host's notebook of accounts and costs, run whole in JupyterLab in Chromium."""

import re

from playwright.sync_api import expect

from tests.browser.lab_pages import SLOW, save_look

NAME = "workshop/accounts_and_costs.ipynb"
RAISED = ["AccessDeniedException", "ClientError", "AccessDeniedException"]


def test_every_cell_runs_and_only_what_is_meant_to_raise_does(run_notebook):
    notebook = run_notebook(NAME)
    classes = [re.findall(r"^(\w+): .+", t, re.M)[-1] for _, t in notebook.errors()]
    assert classes == RAISED
    assert notebook.script_errors == []


def test_what_its_tables_show_is_seen(run_notebook, request):
    cell = run_notebook(NAME).cell_with("rows = usage")
    cell.page.set_viewport_size({"width": 1280, "height": 3000})
    cell.page.mouse.move(700, 500)
    cell.page.mouse.wheel(0, -100_000)  # to the top
    table = cell.locator("table")
    expect(table).to_be_in_viewport(timeout=SLOW)
    expect(table).to_contain_text("$")
    save_look(cell.page, request.node.name)
