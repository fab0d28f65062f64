"""The participants' page in a real JupyterLab, from the first cell to the record."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.lab_pages import SLOW, handle, row, save_look

NAME = "workshop/participant.ipynb"
HOSTILE = "<img src=x onerror=alert(1)> $x^2$"


@pytest.fixture(scope="module")
def participant(run_notebook):
    """The page, run whole; what the tests before did to it is still there."""
    return run_notebook(NAME)


@pytest.fixture(autouse=True)
def look(participant, request):
    yield
    save_look(participant.page, request.node.name)


def output(participant, code):
    """What the cell with this code shows, scrolled to."""
    cell = participant.cell_with(code)
    cell.scroll_into_view_if_needed()
    return cell.locator(".jp-OutputArea-output").first


def replace_and_run(participant, code, line, new_line):
    """Put a line in another's place, as a participant types it, and run the cell."""
    cell = participant.cell_with(code)
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-line", has_text=line).first.click(position={"x": 5, "y": 5})
    for key in ("Home", "Shift+End"):
        participant.page.keyboard.press(key)
    participant.page.keyboard.insert_text(new_line)
    participant.page.keyboard.press("Shift+Enter")
    participant.wait_until_idle()
    return cell


def test_every_cell_runs_and_nothing_raises(participant):
    assert participant.errors() == []
    assert participant.script_errors == []


def test_the_session_and_the_doctor_say_who_answers_and_what_works(participant):
    expect(output(participant, "session = bh.connect()")).to_contain_text("OFFLINE")
    expect(output(participant, "bh.doctor(session)")).to_contain_text("✓ progress")


def test_the_page_to_paste_is_shown(participant):
    page = output(participant, "ShownNow(report.page)")
    expect(page).to_contain_text("Bedrock course")
    expect(page).to_contain_text("Everything works.")


def test_the_browser_answers_the_widget_check(participant):
    answered = output(participant, "WidgetCheck()").get_by_role("status")
    expect(answered).to_have_text("✓ the browser answered: widgets render")


def test_dragging_the_slider_reaches_the_goal_and_python(participant):
    lab = participant.lab("SamplingLab(")
    expect(lab).to_contain_text("not yet")
    for _ in range(18):
        handle(lab, "temperature").press("ArrowLeft")
    expect(row(lab, "temperature").locator(".widget-readout")).to_have_text("0.10")
    expect(lab).to_contain_text("reached", timeout=SLOW)
    code = "moved = lab.temperature.value"
    cell = replace_and_run(
        participant, code, "moved = ", "moved = lab.temperature.value != 1"
    )
    expect(cell).to_contain_text("Python saw it move.", timeout=SLOW)


def test_the_progress_page_is_shown_whole_and_a_guess_is_no_formula(participant):
    page = output(participant, "bh.progress()")
    expect(page).to_contain_text("Exercises passed: 0 of ")
    expect(page).to_contain_text("Appendix · The error gallery")
    made = f"bh.predict('p', {HOSTILE!r}); display(bh.progress())"
    cell = replace_and_run(participant, "bh.progress()", "bh.progress()", made)
    expect(cell.locator("table").last).to_contain_text(HOSTILE, timeout=SLOW)
    assert cell.locator("mjx-container, .jp-OutputArea img").count() == 0


def test_a_name_makes_a_record_and_a_page_beside_the_notebook(
    participant, lab_folder, browser
):
    code = "my_name = ..."
    expect(output(participant, code)).to_contain_text("No record yet")
    cell = replace_and_run(participant, code, "my_name = ", 'my_name = "Ada <b>L</b>"')
    expect(cell).to_contain_text("send this file to your host", timeout=SLOW)
    folder = lab_folder / "notebooks" / "workshop"
    record = folder / "completion_ada_b_l_b.json"
    assert json.loads(record.read_text(encoding="utf-8"))["name"] == "Ada <b>L</b>"
    kept = browser.new_page()
    kept.goto(record.with_suffix(".html").as_uri())
    expect(kept.locator("body")).to_contain_text("of Ada <b>L</b>, on ")
    assert kept.locator("b").count() == 0
    save_look(kept, "completion_record")
    kept.close()
