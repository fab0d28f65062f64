"""What is shown now is there for the one who measured, and leaves only a line."""

import pandas as pd
import pytest

from bedrock_helpers.benchmark_figure import BenchmarkFigure
from bedrock_helpers.shown_now import ShownNow


@pytest.mark.parametrize(
    ("thing", "seen"),
    [
        (pd.DataFrame({"ms": [12.345]}, index=["first"]), "12.3"),
        (pd.Series({"first": 12.345}, name="ms"), "12.3"),
        (BenchmarkFigure("Speed", "of this"), "<svg"),
        ("0.4 s", "0.4 s"),
        (0.5, "0.5"),
    ],
    ids=["table", "series", "figure", "text", "number"],
)
def test_it_shows_tables_figures_and_texts(thing, seen):
    widget = ShownNow(thing)
    assert seen in widget.value
    widget.close()


def test_its_words_are_the_same_whatever_it_shows():
    first, second = ShownNow("0.1 s"), ShownNow("0.2 s")
    assert repr(first) == repr(second)
    assert "not stored" in repr(first) and "0.1" not in repr(first)


@pytest.mark.parametrize("thing", ["<script>", pd.DataFrame({"<script>": ["<b>"]})])
def test_what_a_model_said_stays_text(thing):
    assert "<script>" not in ShownNow(thing).value
