"""A figure says what was measured, as a table too, and draws the same twice."""

import subprocess
import sys
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from bedrock_helpers.answered_by import LIVE
from bedrock_helpers.benchmark_figure import BenchmarkFigure, measured_words

SMALL = "SmolLM2-135M on this machine, just now (offline)"
STORED = "a recording of SmolLM2-135M (offline)"


def calls(*answerers, model_id="amazon.nova-micro-v1:0", day="2026-11-25", **about):
    table = pd.DataFrame({"answered_by": answerers, "model_id": model_id, "error": ""})
    known = {"region_name": "eu-west-1", "machine": "Linux x86_64, 2 CPUs"}
    table.attrs["about"] = {"measured_on": f"{day}T01:02:03+00:00", **known, **about}
    return table


def test_a_live_run_names_model_region_and_day():
    words = measured_words(calls(LIVE, LIVE))
    expected = "amazon.nova-micro-v1:0 on Amazon Bedrock, eu-west-1, 2026-11-25"
    assert words == expected


def test_an_offline_run_names_the_small_model_and_no_region():
    words = measured_words(calls(SMALL))
    assert "SmolLM2-135M through the offline Bedrock, Linux x86_64, 2 CPUs" in words
    assert words.endswith("2026-11-25: no speed of AWS")
    assert "nova" not in words and "eu-west-1" not in words


def test_another_local_model_is_named():
    told = "Other-7B on this machine, just now (offline)"
    assert measured_words(calls(told)).startswith("Other-7B through the offline")


def test_stored_replies_are_said_to_be_left_out():
    words = measured_words(calls(SMALL, STORED))
    assert "left out: a recording of SmolLM2-135M (offline)" in words


def test_several_runs_name_every_model_and_day_once():
    one, other = calls(LIVE), calls(LIVE, model_id="a.b", day="2026-11-26")
    words = measured_words(one, other, one)
    assert words == (
        "amazon.nova-micro-v1:0, a.b on Amazon Bedrock, eu-west-1, "
        "2026-11-25 and 2026-11-26"
    )


def test_calls_that_all_failed_are_not_given_to_anybody():
    assert measured_words(calls("")).startswith("no call answered, 2026")


@pytest.fixture
def figure():
    figure = BenchmarkFigure("Speed & <cost>", 'of "this"')
    figure.panels[0].plot([1, 2], [3, 4])
    figure.table = pd.DataFrame({"ms": [12, 34]}, index=["p50", "p95"])
    return figure


def test_the_picture_is_well_formed_and_its_title_is_the_sentence(figure):
    root = ET.fromstring(figure.svg())
    assert root.get("role") == "img"
    title = root.find("{http://www.w3.org/2000/svg}title").text
    assert title == root.get("aria-label") == 'Speed & <cost>. of "this"'


def test_the_picture_is_the_same_every_time_and_holds_no_date(figure):
    assert figure.svg() == figure.svg()
    assert "dc:date" not in figure.svg() and "http://matplotlib" not in figure.svg()


def test_in_plain_text_it_is_the_sentence_and_the_table(figure):
    shown = figure._repr_mimebundle_()
    assert set(shown) == {"image/svg+xml", "text/plain"}
    assert shown["text/plain"].splitlines() == [
        'Speed & <cost>. of "this"',
        "     ms",
        "p50  12",
        "p95  34",
    ]
    assert repr(figure) == str(figure) == shown["text/plain"]


def test_text_of_the_picture_stays_text(figure):
    assert "of &quot;this&quot;</text>" in figure.svg().replace(
        '"this"', "&quot;this&quot;"
    )


def test_neither_it_nor_the_plots_load_pyplot():
    code = (
        "import sys, bedrock_helpers.benchmark_plots; "
        "print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "False"
