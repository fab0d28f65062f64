"""Any value becomes one line that moves no cursor and turns no text around."""

import unicodedata

import hypothesis.strategies as st
from hypothesis import given

from bedrock_helpers.checks.plain_words import one_line


class Shy:
    """Something that cannot be shown."""

    def __str__(self):
        raise RuntimeError("no")


def test_what_cannot_be_shown_is_named_by_its_kind():
    assert one_line(Shy()) == "(Shy)"
    assert one_line(10**5000) == "(int)"


def test_text_that_would_turn_around_what_follows_does_not():
    assert one_line("a\u202eb\u2066c") == "a\ufffdb\ufffdc"


def test_letters_of_any_script_stay():
    for name in ("Zoë", "שָׁלוֹם", "नमस्ते", "👩‍🏫", "محمد"):
        assert one_line(name) == name


@given(st.text(st.characters()))
def test_no_control_character_and_no_line_break_is_left(text):
    line = one_line(text)
    kinds = {unicodedata.category(sign) for sign in line}
    assert kinds.isdisjoint({"Cc", "Cs", "Zl", "Zp"})
    assert len(line) <= 120
    assert line.encode("utf-8").decode("utf-8") == line
