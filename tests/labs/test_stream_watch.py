"""The lab that watches a stream arrive, worked from code."""

import pytest

import bedrock_helpers as bh
from bedrock_helpers.labs.stream_watch import StreamWatch


def bonjour(prompt):
    yield from ("Bon", "jour")


@pytest.fixture
def watch():
    return StreamWatch(bonjour, "Greet me.")


def test_before_it_is_run_nothing_has_arrived(watch):
    assert watch.first_text_ms is None
    assert watch.ticks.value == "Nothing has arrived yet."
    assert repr(watch) == "StreamWatch: 0 pieces arrived, 0 characters"


def test_it_shows_the_text_and_a_tick_for_every_piece(watch):
    watch.start()
    assert "Bonjour</div>" in watch.text.value
    assert watch.ticks.value.count("<line") == 1 + 2  # the line of time, two ticks
    assert watch.ticks.value.count("#d33") == 1
    assert "first text after" in watch.ticks.value


def test_its_button_does_the_same(watch):
    watch.run.click()
    assert repr(watch) == "StreamWatch: 2 pieces arrived, 7 characters"


def test_times_rise_from_the_first_piece_to_the_last(watch):
    watch.start()
    assert 0 <= watch.first_text_ms == watch.arrivals_ms[0] <= watch.arrivals_ms[1]


def test_every_piece_is_shown_before_the_next_one_is_asked_for():
    seen = []

    def ask(prompt):
        for piece in "abc":
            yield piece
            seen.append(watch.text.value)

    watch = StreamWatch(ask)
    watch.start()
    texts = ("a", "ab", "abc")
    assert all(f"{t}</div>" in shown for t, shown in zip(texts, seen, strict=True))


def test_it_asks_with_the_prompt_of_its_field():
    asked = []
    watch = StreamWatch(lambda prompt: asked.append(prompt) or iter([]), "One")
    watch.start()
    watch.prompt.value = "Two"
    watch.start()
    assert asked == ["One", "Two"]


def test_what_a_model_said_is_never_html():
    watch = StreamWatch(lambda prompt: iter(["<script>alert(1)</script>", "&amp;"]))
    watch.start()
    assert "<script>" not in watch.text.value
    assert "&lt;script&gt;" in watch.text.value and "&amp;amp;" in watch.text.value


def test_a_control_character_is_shown_and_does_nothing():
    watch = StreamWatch(lambda prompt: iter(["\x1b[31mred"]))
    watch.start()
    assert "␛[31mred</div>" in watch.text.value


def test_an_error_appears_in_the_lab_with_what_had_arrived_and_it_can_run_again():
    def ask(prompt):
        yield "half"
        raise ValueError("<b>broken</b>")

    watch = StreamWatch(ask)
    watch.start()
    assert "half" in watch.text.value
    assert "Error. ValueError: &lt;b&gt;broken&lt;/b&gt;" in watch.text.value
    assert repr(watch) == "StreamWatch: stopped by ValueError: <b>broken</b>"
    assert not watch.run.disabled


def test_an_empty_piece_is_no_text():
    watch = StreamWatch(lambda prompt: iter(["", "a", ""]))
    watch.start()
    assert repr(watch) == "StreamWatch: 1 pieces arrived, 1 characters"


def test_a_second_run_begins_anew(watch):
    watch.start()
    watch.start()
    assert repr(watch) == "StreamWatch: 2 pieces arrived, 7 characters"


def test_a_broken_stream_of_bedrock_is_told_in_the_lab():
    session = bh.connect("offline")
    runtime = session.client("bedrock-runtime")

    def ask(prompt):
        message = {"role": "user", "content": [{"text": prompt}]}
        model_id = bh.catalog.NOVA_MICRO
        reply = runtime.converse_stream(modelId=model_id, messages=[message])
        for event in reply["stream"]:
            if "contentBlockDelta" in event:
                yield event["contentBlockDelta"]["delta"]["text"]

    session.offline.fail_next("stream_broken")
    watch = StreamWatch(ask, "Hello")
    watch.start()
    assert watch.error.startswith("EventStreamError")
    assert len(watch.arrivals_ms) <= 3


def test_its_words_are_dark_on_white_whatever_the_theme(watch):
    watch.start()
    assert 'fill="#fff"' in watch.ticks.value.partition("<line")[0]
    assert 'fill="#222">first text after' in watch.ticks.value
