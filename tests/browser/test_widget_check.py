"""The widget check in a real JupyterLab: only a browser can answer it."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.lab_pages import wait_for_kernel, wait_until_idle

NAME = "widget_check.ipynb"
CELLS = (
    "from bedrock_helpers.preflight.widget_check import WidgetCheck\n"
    "check = WidgetCheck()\n"
    "check",
    "check.answered",
)


@pytest.fixture
def cells(page, lab_server, lab_folder):
    """A notebook with the check in its first cell, opened; neither cell has run."""
    made = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate(CELLS)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": made,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = lab_folder / "notebooks" / NAME
    path.write_text(json.dumps(notebook), encoding="utf-8")
    page.goto(lab_server.url(f"notebooks/{NAME}"))
    wait_for_kernel(page)
    return page.locator(".jp-CodeCell")


def run(page, cell):
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")


def test_the_browser_answers_and_the_kernel_hears_it(page, cells):
    run(page, cells.nth(0))
    status = cells.nth(0).get_by_role("status")
    expect(status).to_have_text(
        "✓ the browser answered: widgets render", timeout=60_000
    )
    wait_until_idle(page)
    run(page, cells.nth(1))
    expect(cells.nth(1).locator(".jp-OutputArea-output")).to_have_text("True")
