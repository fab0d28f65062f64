"""A run sheet's minutes add up, its sections exist, and its answers pass the checks."""

import pytest

from tests.workshop import rules_of_pages, rules_of_sheets
from tests.workshop.guide import GUIDE, PAGES, RUN_SHEETS
from tests.workshop.rules_of_pages import (
    lines_are_not_endless,
    links_lead_somewhere,
    names_no_machine,
)
from tests.workshop.rules_of_sheets import RULES

SHEET = """# Run sheet: an hour, 60 minutes with 10 for lunch

| from | minutes | you | the room | where | everybody sees |
|---|---|---|---|---|---|
| 0:00 | 50 | Talk | `03-by-hand` | BY_HAND | `✓ 03-by-hand: that is it.` |
| 0:50 | 10 | Lunch | Lunch | – | notebook 04 open |

| exercise | right | a common miss | what the check says to it |
|---|---|---|---|
| `03-by-hand` | `0.25 / 0.75` | `0.25 / 0.90` | that is after top-k |

| guess | it is | say |
|---|---|---|
| horses for one unicorn at temperature 2 | 14 | Anything at all |

| when | you see | do |
|---|---|---|
| 0:00 | a red box | read its last line |

**Late?** Drop, in this order: 0:00 talk (50).
""".replace("BY_HAND", "[By hand](../03_inference_parameters.ipynb#1.-By-hand)")


def names(values):
    return [
        value.stem if hasattr(value, "stem") else value.__name__ for value in values
    ]


@pytest.mark.parametrize("rule", RULES, ids=names(RULES))
@pytest.mark.parametrize("sheet", RUN_SHEETS, ids=names(RUN_SHEETS))
def test_a_run_sheet_keeps_every_rule(sheet, rule):
    assert rule(sheet.read_text(encoding="utf-8")) == []


def test_there_is_a_sheet_for_each_length_of_workshop():
    lengths = {"run_sheet_90_minutes", "run_sheet_half_day", "run_sheet_full_day"}
    assert {sheet.stem for sheet in RUN_SHEETS} == lengths


@pytest.mark.parametrize("path", PAGES, ids=names(PAGES))
def test_a_page_links_to_what_is_there(path):
    assert links_lead_somewhere(path.read_text(encoding="utf-8"), path) == []


@pytest.mark.parametrize("path", PAGES, ids=names(PAGES))
def test_a_page_can_be_read_anywhere(path):
    assert names_no_machine(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("sheet", RUN_SHEETS, ids=names(RUN_SHEETS))
def test_a_run_sheet_is_no_book(sheet):
    text = sheet.read_text(encoding="utf-8")
    assert lines_are_not_endless(text) == []
    assert len(text.splitlines()) <= 110


@pytest.mark.parametrize("rule", RULES, ids=names(RULES))
def test_the_small_sheet_keeps_every_rule(rule):
    assert rule(SHEET) == []


@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        ("minutes_add_up", "an hour, 60 minutes", "an hour, 70 minutes"),
        ("minutes_add_up", "| 0:50 | 10 |", "| 0:55 | 10 |"),
        ("minutes_add_up", "with 10 for lunch", "with 20 for lunch"),
        ("every_block_says_all", "| Talk |", "| |"),
        ("every_block_says_all", "| `✓ 03-by-hand: that is it.` |", "| |"),
        ("every_block_says_all", "| Lunch | Lunch |", "| Talk | Lunch |"),
        ("checkpoints_are_shown", "that is it.`", "well done.`"),
        ("answers_pass", "`0.25 / 0.75`", "`0.25 / 0.85`"),
        ("answers_pass", "`0.25 / 0.90`", "`0.25 / 0.75`"),
        ("answers_pass", "that is after top-k", "that is before top-k"),
        ("exercises_have_answers", "| `03-by-hand` | [", "| `03-top-k` | ["),
        ("guesses_are_as_stored", "| 14 |", "| 15 |"),
        ("guesses_are_as_stored", "| horses for", "| camels for"),
        ("times_are_those_of_blocks", "| 0:00 | a red box", "| 0:10 | a red box"),
        ("times_are_those_of_blocks", "0:00 talk (50)", "0:00 talk (40)"),
        ("times_are_those_of_blocks", "Drop, in this order: 0:00 talk (50)", "Hurry"),
    ],
)
def test_a_rule_of_sheets_can_fail(rule, right, wrong):
    assert right in SHEET
    assert getattr(rules_of_sheets, rule)(SHEET.replace(right, wrong, 1))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("links_lead_somewhere", "[x](no_such_page.md)"),
        ("links_lead_somewhere", "[x](../../../elsewhere.md)"),
        ("links_lead_somewhere", "[x](#no-such-heading)"),
        ("links_lead_somewhere", "[x](#in-the-room)"),
        ("links_lead_somewhere", "[x](README.md#no-such-heading)"),
        ("links_lead_somewhere", "[x](../05_pricing.ipynb#9.-No-such-section)"),
        ("links_lead_somewhere", "[x](../05_pricing.ipynb#5.-Then-and-now)"),
        ("lines_are_not_endless", "word " * 50),
        ("names_no_machine", "look into /home/ana/course"),
    ],
)
def test_a_rule_of_pages_can_fail(rule, text):
    arguments = (text,)
    if rule == "links_lead_somewhere":
        arguments += (GUIDE / "README.md",)
    assert getattr(rules_of_pages, rule)(*arguments)
