"""Notebook 03 in a real JupyterLab: run whole, and every lab of it looked at."""

import pytest
from playwright.sync_api import expect

LABS = {
    "SamplingLab": "lab = SamplingLab(",
    "ParameterLab": "controls = ParameterLab(",
    "StopLab": "ends = StopLab(",
    "TokenLab": "tokens = TokenLab(",
}


def test_every_cell_runs_and_only_the_errors_of_the_lesson_appear(notebook_03):
    meant = [
        number
        for number, cell in enumerate(notebook_03.cells)
        if "raises-exception" in cell["metadata"].get("tags", [])
    ]
    assert [number for number, _ in notebook_03.errors()] == meant
    assert notebook_03.script_errors == []


def test_every_cell_has_run_after_the_one_above_it(notebook_03):
    prompts = notebook_03.page.locator(".jp-CodeCell .jp-InputPrompt")
    count = [cell["cell_type"] for cell in notebook_03.cells].count("code")
    expect(prompts).to_have_text([f"[{number}]:" for number in range(1, count + 1)])


@pytest.mark.parametrize("name", LABS)
def test_every_lab_is_there_and_shows_no_error(notebook_03, name):
    lab = notebook_03.lab(LABS[name])
    expect(lab).to_be_in_viewport()
    expect(lab.get_by_role("alert")).to_have_count(0)
    expect(notebook_03.page.get_by_text("Error displaying widget")).to_have_count(0)


@pytest.mark.parametrize("name", LABS)
def test_the_still_figure_of_a_lab_stands_beside_it(notebook_03, name):
    figures = {
        "SamplingLab": ("other.figure()", "img, svg"),
        "ParameterLab": (LABS["ParameterLab"], "pre"),
        "StopLab": (LABS["StopLab"], "table"),
        "TokenLab": (LABS["TokenLab"], "img, svg"),
    }
    code, element = figures[name]
    cell = notebook_03.cell_with(code)
    cell.scroll_into_view_if_needed()
    output = cell.locator(".jp-OutputArea-output:not(:has(.jupyter-widgets))")
    expect(output.locator(element).first).to_be_visible()
