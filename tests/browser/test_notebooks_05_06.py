"""Notebooks 05 and 06 in a real JupyterLab: what raises, and the labs of 05."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab_pages import SLOW, handle, save_look

RAISED = {
    "05_pricing.ipynb": ["BudgetExceeded"],
    "06_security.ipynb": ["AccessDeniedException", "AccessDeniedException"],
}
CHART = 'svg[role="img"]'


@pytest.mark.parametrize("name", RAISED)
def test_every_cell_runs_and_only_what_is_meant_to_raise_does(run_notebook, name):
    notebook = run_notebook(name)
    classes = [re.findall(r"^(\w+): .+", t, re.M)[-1] for _, t in notebook.errors()]
    assert classes == RAISED[name]
    assert notebook.script_errors == []
    tagged = [
        number
        for number, cell in enumerate(notebook.cells)
        if "raises-exception" in cell["metadata"].get("tags", ())
    ]
    assert [number for number, _ in notebook.errors()] == tagged


@pytest.mark.parametrize(
    ("code", "slider"),
    [
        ("weighing = ThresholdLab(", "examples in its prompt"),
        ("costing = CostLab(", "share sent as batch"),
    ],
)
def test_a_slider_of_05_changes_its_chart(run_notebook, code, slider, request):
    lab = run_notebook("05_pricing.ipynb").lab(code)
    chart = lab.locator(CHART)
    before = chart.get_attribute("aria-label")
    handle(lab, slider).press("ArrowLeft")
    expect(chart).not_to_have_attribute("aria-label", before, timeout=SLOW)
    save_look(lab.page, request.node.name)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("05_pricing.ipynb", "session.meter.figure()"),
        ("05_pricing.ipynb", "careful = bh.connect"),
        ("06_security.ipynb", "records = [json.loads"),
        ("06_security.ipynb", "no_streams = "),
        ("06_security.ipynb", "account_checklist(session)"),
    ],
)
def test_what_a_cell_shows_is_seen(run_notebook, name, code, request):
    cell = run_notebook(name).cell_with(code)
    cell.scroll_into_view_if_needed()
    expect(cell.locator(".jp-OutputArea-output").first).to_be_visible()
    save_look(cell.page, request.node.name)
