"""Runs side by side, as HTML and as text."""

from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

from bedrock_helpers.labs.parameter_run import ParameterRun
from bedrock_helpers.labs.runs_table import Figure, cost_words, runs_html, runs_text

RUN = ParameterRun(
    model_id="amazon.nova-micro-v1:0",
    settings={"temperature": 0.9, "stop_sequences": ("\n",)},
    request={},
    text="Bonjour",
    reasoning="",
    stop_reason="end_turn",
    input_tokens=1200,
    output_tokens=3,
    cost_usd=Decimal("0.00004242"),
    latency_ms=1234.5,
    first_text_ms=67.8,
    answered_by="SmolLM2-135M on this machine, just now (offline)",
)
BROKEN = replace(
    RUN,
    text="Bon",
    reasoning="Hm …",
    stop_reason=None,
    input_tokens=None,
    output_tokens=None,
    cost_usd=None,
    first_text_ms=None,
    problem="EventStreamError: <b>broken</b>",
)


class Tags(HTMLParser):
    def __init__(self, source):
        super().__init__()
        self.names, self.text = [], ""
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data):
        self.text += data


def test_a_row_has_everything_of_a_run():
    text = Tags(runs_html([RUN])).text
    told = ["amazon.nova-micro-v1:0", "temperature 0.9, stop_sequences ['\\n']"]
    told += ["end_turn", "1,200", "USD 0.00004242", "1,234 ms", "68 ms", "Bonjour"]
    assert all(words in text for words in [*told, RUN.answered_by])
    assert "latency, our own clock" in text


def test_every_cell_stands_under_a_head():
    names = Tags(runs_html([RUN, BROKEN])).names
    heads = names[: names.index("tbody")].count("th")
    assert names.count("td") + names.count("th") - heads == 2 * heads


def test_a_broken_run_is_marked_in_words_and_so_is_what_it_lacks():
    text = Tags(runs_html([BROKEN])).text
    told = ["Incomplete. EventStreamError: <b>broken</b>", "none: the stream broke"]
    told += ["not known: no token counts", "none came", "4 characters of reasoning"]
    assert all(words in text for words in told)


def test_hostile_text_is_only_text():
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>\x1b[31m\u202e"
    page = Tags(runs_html([replace(RUN, text=hostile, answered_by=hostile)]))
    assert not {"script", "img"} & set(page.names)
    assert "<script>alert(1)</script>" in page.text
    assert "\x1b" not in page.text


def test_costs_are_exact_and_an_unknown_price_is_told():
    assert cost_words(replace(RUN, cost_usd=Decimal("1E-7"))) == "USD 0.0000001"
    assert cost_words(replace(RUN, cost_usd=Decimal(0))) == "USD 0"
    assert cost_words(replace(RUN, cost_usd=Decimal(100))) == "USD 100"
    assert cost_words(replace(RUN, cost_usd=None)) == "no price known"


def test_the_figure_has_call_and_runs_without_times_and_repeats_exactly():
    figure = Figure('reply = f("<b>")', [RUN, BROKEN])
    other = [replace(run, latency_ms=1, first_text_ms=2) for run in (RUN, BROKEN)]
    assert figure._repr_html_() == Figure('reply = f("<b>")', other)._repr_html_()
    page = Tags(figure._repr_html_())
    assert 'reply = f("<b>")' in page.text and "Bonjour" in page.text
    assert " ms" not in page.text and " ms" not in repr(figure)
    assert RUN.answered_by in page.text and RUN.answered_by in repr(figure)


def test_as_text_each_answer_has_its_own_line():
    first, answer, *rest = runs_text([RUN, BROKEN]).split("\n")
    assert first.startswith("1. model: amazon.nova-micro-v1:0; set: temperature 0.9")
    assert answer == f"{RUN.answered_by}: 'Bonjour'"
    assert "Incomplete. EventStreamError" in "\n".join(rest)
