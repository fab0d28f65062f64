"""From a key press on a slider to a changed chart, in JupyterLab in Chromium."""

import json
import tempfile
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from tests.benchmarks.turns import Result, at_least, ratio
from tests.browser.conftest import (
    QUIET_BROWSER,
    find_browser,
    running_lab,
)
from tools.refresh_notebooks import KERNELSPEC

#: A frame on a screen of 60 Hz.
FRAME_MS, TIMES_FASTER = 16, 5
TURNS, PRESSES = 8, 10
LAB = """
from bedrock_helpers.labs.sampling_lab import SamplingLab
SamplingLab("I hear the hoof beats of a")
"""
INTERACT = """
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatSlider, interact
from bedrock_helpers import sampling
from bedrock_helpers.distributions import next_tokens
%matplotlib inline
after = next_tokens("I hear the hoof beats of a")
own, places = np.exp(after.logprobs), np.arange(13)
labels = [repr(after.text(place)) for place in range(12)] + ["others"]

def bars_of(probabilities):
    return [*probabilities[:12], probabilities[12:].sum()]

def draw(temperature):
    left = sampling.distribution(after.logprobs, temperature)
    plt.figure(figsize=(8, 3.5))
    plt.barh(places, bars_of(own), fill=False)
    plt.barh(places, bars_of(left), height=0.4)
    plt.yticks(places, labels)
    plt.gca().invert_yaxis()
    plt.show()

interact(draw, temperature=FloatSlider(value=1, min=0, max=2, step=0.05))
None
"""
#: Notes when a key goes down, and when anything in the cell's output has changed.
WATCH = """
(output) => {
  window.took = null;
  addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
  const drawn = (m) => [...m.addedNodes].some(
    (node) => node.nodeName === "svg" || node.querySelector?.("svg, img"));
  new MutationObserver((changes) => {
    if (window.took === null && changes.some(drawn))
      window.took = performance.now() - window.pressed;
  }).observe(output, {childList: true, subtree: true});
}
"""


def measure():
    """Two lines; not measured where there is no Chromium."""
    names = ("slider to changed chart, SamplingLab", "`interact` + matplotlib / it")
    if find_browser() is None:
        yield Result(names[0], "no Chromium", f"≤ {FRAME_MS} ms", None)
        yield Result(names[1], "no Chromium", f"≥ {TIMES_FASTER}×", None)
        return
    ours, theirs = _in_turns()
    ms = median(ours)
    yield Result(names[0], f"{ms:.1f} ms", f"≤ {FRAME_MS} ms", ms <= FRAME_MS)
    note = f" ({median(theirs):.0f} ms / {ms:.0f} ms)"
    yield at_least(names[1], ratio(theirs, ours), TIMES_FASTER, note)


def _in_turns():
    """Median milliseconds of each turn, of both."""
    with _notebooks({"lab": LAB, "interact": INTERACT}) as pages:
        turns = [[_presses(page, turn) for page in pages] for turn in range(TURNS + 1)]
    return zip(*turns[1:], strict=True)  # the first turn only warms up


def _presses(page, turn):
    page.bring_to_front()
    page.locator(".noUi-handle").first.focus()
    taken = []
    for _ in range(PRESSES):
        page.evaluate("window.took = null")
        page.keyboard.press("ArrowLeft" if turn % 2 else "ArrowRight")
        page.wait_for_function("window.took !== null", polling="raf")
        taken.append(page.evaluate("window.took"))
    return median(taken)


@contextmanager
def _notebooks(codes):
    """Pages of JupyterLab, one a notebook, its cell run and watched."""
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch) / "notebooks"
        folder.mkdir()
        for name, code in codes.items():
            (folder / f"{name}.ipynb").write_text(_notebook(code), encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=find_browser(), headless=True, args=QUIET_BROWSER
        )
        with running_lab(folder, Path(scratch)) as server:
            yield [_opened(browser, server, name) for name in codes]
            browser.close()


def _notebook(code):
    cell = {"cell_type": "code", "id": "one", "metadata": {}, "outputs": []}
    cell |= {"execution_count": None, "source": code.strip()}
    notebook = {"cells": [cell], "metadata": {"kernelspec": KERNELSPEC}}
    return json.dumps({**notebook, "nbformat": 4, "nbformat_minor": 5})


def _opened(browser, server, name):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(server.url(f"{name}.ipynb"))
    page.locator("#jp-main-statusbar", has_text="| Idle").wait_for(timeout=60_000)
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    page.locator(".noUi-handle").first.wait_for(timeout=60_000)
    output = page.locator(".jp-CodeCell .jp-OutputArea").first
    output.locator("svg, img").first.wait_for(timeout=60_000)
    output.evaluate(WATCH)
    return page
