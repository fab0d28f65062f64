"""A notebook in JupyterLab, run whole, and hands for the labs in it."""

import json
import os
import re
from pathlib import Path

from playwright.sync_api import expect

ALL_RAN = """() => {
    const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")];
    return prompts.every(prompt => /\\[\\d+\\]/.test(prompt.textContent));
}"""
#: How many times an element's inside changes within some milliseconds.
CHANGES = """(element, wait) => new Promise(resolve => {
    let count = 0;
    const options = {
        subtree: true, childList: true, characterData: true, attributes: true,
    };
    const observer = new MutationObserver(changes => { count += changes.length; });
    observer.observe(element, options);
    setTimeout(() => { observer.disconnect(); resolve(count); }, wait);
})"""
UNNAMED = """controls => controls.filter(control => {
    const row = control.closest(".widget-inline-hbox");
    const label = row && row.querySelector(".widget-label");
    const isShown = label && label.checkVisibility() && label.textContent.trim();
    const named = [...(control.labels || [])].some(named => named.textContent.trim());
    return !isShown && !named && !control.ariaLabel && !control.innerText.trim();
}).map(control => control.outerHTML)"""
#: A kernel that reads a prompt loads the small model first.
SLOW = 30_000  # milliseconds


def clear_outputs(path):
    """Empty a notebook of outputs, so that a stored one is not taken for a new one."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def wait_for_kernel(page):
    """Wait until an opened notebook can be run."""
    # A cell run before the kernel is connected does nothing, and does not say so.
    # Only the status bar tells: the notebook's own indicator starts out as idle.
    page.locator("#jp-main-statusbar", has_text="| Idle").wait_for(timeout=60_000)
    page.locator(".jp-CodeCell").first.wait_for(state="attached", timeout=60_000)


def save_look(page, name):
    """Save what a page shows to $BROWSER_SCREENSHOTS, if that is set."""
    if folder := os.environ.get("BROWSER_SCREENSHOTS"):
        words = re.sub(r"\W+", "_", name)
        page.screenshot(path=Path(folder) / f"{words}.png")


class NotebookPage:
    """A notebook opened in JupyterLab."""

    def __init__(self, page, server, path):
        self.page, self.script_errors = page, []
        page.on("pageerror", lambda error: self.script_errors.append(str(error)))
        clear_outputs(path)
        self.cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        page.goto(server.url(path.relative_to(server.folder).as_posix()))
        wait_for_kernel(page)

    def run_all(self):
        """Run ▸ Run All Cells, and wait until all of them have run."""
        choose(self.page, "Run", "Run All Cells")
        self.page.wait_for_function(ALL_RAN, timeout=60_000)
        self.wait_until_idle()

    def wait_until_idle(self):
        """Wait until the kernel has nothing to do."""
        wait_until_idle(self.page)

    def cell(self, number):
        """A cell by its place in the notebook."""
        return self.page.locator(f'.jp-Cell[data-windowed-list-index="{number}"]')

    def errors(self):
        """The error outputs: the place of the cell, and the text."""
        shown = '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]'
        return [
            (number, text)
            for number in range(len(self.cells))
            for text in self.cell(number).locator(shown).all_text_contents()
        ]

    def cell_with(self, code):
        """The first cell with this code."""
        number = next(
            number
            for number, cell in enumerate(self.cells)
            if cell["cell_type"] == "code" and code in "".join(cell["source"])
        )
        return self.cell(number)

    def lab(self, code):
        """The lab that the cell with this code shows, scrolled to."""
        cell = self.cell_with(code)
        cell.scroll_into_view_if_needed()
        lab = cell.locator(".jp-OutputArea-output > .widget-vbox")
        expect(lab).to_be_visible(timeout=SLOW)
        lab.scroll_into_view_if_needed()
        return lab


def wait_until_idle(page):
    """Wait until the kernel of a page's notebook has nothing to do."""
    bar = page.locator("#jp-main-statusbar")
    expect(bar).to_contain_text("| Idle", timeout=SLOW)


def choose(page, *path):
    """Choose from JupyterLab's menus."""
    for name in path:
        items = page.locator(".lm-MenuBar-itemLabel, .lm-Menu-itemLabel")
        items.get_by_text(name, exact=True).last.click()


def row(lab, name):
    """The row of a control, by the name that stands before it."""
    label = lab.page.locator(".widget-label").get_by_text(name, exact=True)
    return lab.locator(".widget-inline-hbox").filter(has=label)


def handle(lab, name):
    """The handle of a slider, which takes keys."""
    return row(lab, name).locator(".noUi-handle")


def readout(lab, name):
    """The number beside a slider."""
    return row(lab, name).locator(".widget-readout").inner_text().replace(",", "")


def set_readout(lab, name, value):
    """Type a number beside a slider."""
    box = row(lab, name).locator(".widget-readout")
    box.fill(str(value))
    box.press("Enter")


def drag(lab, name, share):
    """Drag a slider with the mouse to a share of its track."""
    handle(lab, name).scroll_into_view_if_needed()
    start = handle(lab, name).bounding_box()
    track = row(lab, name).locator(".noUi-base").bounding_box()
    mouse, y = lab.page.mouse, start["y"] + start["height"] / 2
    mouse.move(start["x"] + start["width"] / 2, y)
    mouse.down()
    mouse.move(track["x"] + share * track["width"], y, steps=8)
    mouse.up()


def press(lab, name):
    """Press a button with the keyboard."""
    button = lab.get_by_role("button", name=name, exact=True)
    button.focus()
    lab.page.keyboard.press("Enter")


def many_keys(lab, name, count):
    """Press arrow keys on a slider as fast as can be: forth, and half of it back."""
    handle(lab, name).focus()
    for number in range(count):
        key = "ArrowLeft" if number % 3 == 2 else "ArrowRight"
        lab.page.keyboard.press(key)


def expect_stillness(element, milliseconds=700):
    """Nothing in an element changes any more."""
    assert element.evaluate(CHANGES, milliseconds) == 0


def controls_of(lab):
    """What can be worked by hand, in its order."""
    kinds = ("input", "select", "textarea", "button", "[role=slider]")
    kinds += ("[contenteditable=true]",)
    return lab.locator(", ".join(f"{kind}:visible:enabled" for kind in kinds))


def unnamed_controls(lab):
    """The controls that neither have a name nor stand beside one that is shown."""
    return controls_of(lab).evaluate_all(UNNAMED)
