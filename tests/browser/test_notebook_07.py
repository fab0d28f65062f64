"""Notebook 07 in a real JupyterLab: its plots, and what was measured just now."""

import pytest
from playwright.sync_api import expect

NAME = "07_benchmarks.ipynb"
#: Each plot, and words of the table that has its numbers.
PLOTS = {
    "latency_distribution": "slowest",
    "first_token_against_input": "input tokens",
    "throughput_against_concurrency": "tokens a second",
    "cost_against_speed": "usd per 1,000",
}


@pytest.fixture
def notebook(run_notebook):
    return run_notebook(NAME)


def test_every_cell_runs(notebook):
    assert notebook.errors() == []
    assert notebook.script_errors == []


@pytest.mark.parametrize("plot", PLOTS)
def test_a_plot_is_seen_and_its_numbers_stand_below_it(notebook, plot):
    cell = notebook.cell_with(f"plots.{plot}(")
    cell.scroll_into_view_if_needed()
    picture = cell.locator(".jp-RenderedSVG img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 500
    expect(cell.locator(".jp-RenderedHTMLCommon table")).to_contain_text(PLOTS[plot])


def test_what_was_measured_just_now_is_seen_in_its_frame(notebook):
    codes = ["".join(c["source"]) for c in notebook.cells if c["cell_type"] == "code"]
    measuring = [code for code in codes if "\nShownNow(" in code]
    assert len(measuring) == 5
    for code in measuring:
        cell = notebook.cell_with(code)
        cell.scroll_into_view_if_needed()
        frame = cell.locator(".shown-now")
        expect(frame).to_contain_text("measured just now, on this machine")
        expect(frame.locator("td").first).to_be_visible()
