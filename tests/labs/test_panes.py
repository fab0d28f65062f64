"""Panes of the labs, given texts that would rather be something else."""

import pytest

from bedrock_helpers.labs.panes import code_pane, error_pane, shown, text_pane
from tests.labs.html_parts import HOSTILE, read_html, tags, text_of

HOSTILE_IDS = range(len(HOSTILE))


def visible(text):
    """A text whose control characters are their pictures."""
    pictures = {code: 0x2400 + code for code in range(32)} | {0x7F: 0x2421}
    return text.translate(pictures)


@pytest.mark.parametrize("text", HOSTILE, ids=HOSTILE_IDS)
def test_a_text_is_read_letter_by_letter_and_is_nothing_else(text):
    assert text_of(shown(text)) == visible(text)
    assert tags(shown(text)) == set()
    assert tags(text_pane(text, "reply")) == {"div"}
    assert text_of(text_pane(text, "reply")) == visible(text)


def test_half_a_character_becomes_a_sign_that_a_message_can_carry():
    assert shown("a\ud83eb") == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize("text", HOSTILE, ids=HOSTILE_IDS)
def test_an_error_s_words_are_text_and_say_that_they_are_an_error(text):
    pane = error_pane(ValueError(text))
    assert tags(pane) == {"p"}
    assert text_of(pane) == "Error. ValueError: " + visible(text)
    assert read_html(pane)[0][0][1]["role"] == "alert"


@pytest.mark.parametrize("text", HOSTILE, ids=HOSTILE_IDS)
def test_code_stands_alone_in_its_pre_from_which_it_is_copied(text):
    pane = code_pane(text, "the call")
    assert tags(pane) == {"div", "b", "button", "pre"}
    assert pane.split("<pre", 1)[1].count("<") == 2  # its end and the div's
    assert text_of(pane) == "the call copy" + visible(text)


@pytest.mark.parametrize("pane", [text_pane, code_pane])
def test_quotes_in_a_label_stay_in_the_label(pane):
    label = """the "reply" of <b>Claude</b>' onclick='x"""
    elements, _ = read_html(pane("text", label))
    assert elements[0][1]["aria-label"] == label
    assert not any("onclick" in found for tag, found in elements if tag != "button")


def test_line_breaks_and_tabs_of_a_text_are_kept():
    assert shown("a\n\tb") == "a\n\tb"
    assert "white-space:pre-wrap" in text_pane("", "reply")


def test_text_from_right_to_left_turns_nothing_outside_its_box():
    style = read_html(text_pane("\u202eabc", "reply"))[0][0][1]["style"]
    assert "unicode-bidi:isolate" in style


def test_one_line_of_100_kb_is_wrapped_and_scrolls():
    style = read_html(text_pane("x" * 100_000, "reply"))[0][0][1]["style"]
    assert "overflow-wrap:anywhere" in style and "overflow:auto" in style


def test_a_box_of_text_can_be_reached_and_scrolled_with_the_keyboard():
    assert read_html(text_pane("text", "reply"))[0][0][1]["tabindex"] == "0"
    pre = dict(read_html(code_pane("code", "call"))[0])["pre"]
    assert pre["tabindex"] == "0"


@pytest.mark.parametrize("pane", [text_pane, code_pane])
def test_words_are_broken_only_where_no_space_is(pane):
    assert "word-break:normal;overflow-wrap:anywhere" in pane("text", "label")


@pytest.mark.parametrize("pane", [text_pane, code_pane])
def test_a_pane_in_focus_keeps_the_keys_that_jupyterlab_would_take(pane):
    focusable = [
        found for _, found in read_html(pane("", ""))[0] if "tabindex" in found
    ]
    assert [found["data-lm-suppress-shortcuts"] for found in focusable] == ["true"]
