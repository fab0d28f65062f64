"""Predict, then run: a guess is kept, and set beside what happened."""

from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

import bedrock_helpers as bh


@pytest.fixture(autouse=True)
def progress_file(monkeypatch, tmp_path):
    monkeypatch.setenv("BEDROCK_PROGRESS_FILE", str(tmp_path / "progress.json"))


def test_a_guess_is_written_down_before_the_answer_is_seen():
    guess = bh.predict("models", 40)
    assert repr(guess) == "models: your guess is 40. Now run the next cell."
    assert bh.progress().predictions == {"models": {"guess": 40}}


@pytest.mark.parametrize("nothing", [..., None])
def test_no_guess_yet_is_no_error_and_is_not_written_down(nothing):
    guess = bh.predict("models", nothing)
    assert "no guess yet" in repr(guess)
    assert guess.compare(7) == "It is 7. (You made no guess.)"
    assert bh.progress().predictions == {}


@pytest.mark.parametrize(
    ("guess", "actual", "words"),
    [
        (40, 40, "it is 40: right."),
        (40, 134, "it is 134: 94 too few."),
        (1234567, 1, "it is 1: 1234566 too many."),
        (0.5, 0.25, "0.25 too many."),
        (0.01, Decimal("0.03"), "0.02 too few."),
        (True, False, "Worth a moment's thought"),
        (True, True, "right."),
        ("Paris", "Paris", "right."),
        ("Paris", "Rome", "Worth a moment's thought"),
        (1, "one", "Worth a moment's thought"),
        (10**400, 1, "too many by more digits than fit here"),
    ],
)
def test_the_guess_is_set_beside_what_happened(guess, actual, words):
    line = bh.predict("it", guess).compare(actual)
    assert line.startswith(f"You guessed {str(guess)[:100]}")
    assert f"; it is {actual}" in line
    assert words in line


def test_what_happened_is_remembered_beside_the_guess():
    bh.predict("it", 1).compare(2)
    kept = {"guess": 1, "actual": 2, "right": False}
    assert bh.progress().predictions == {"it": kept}


def test_values_that_cannot_be_compared_are_not_right():
    np = pytest.importorskip("numpy")
    assert "Worth a moment" in bh.predict("it", np.ones(2)).compare(np.ones(2))
    assert bh.progress().predictions["it"]["right"] is False


def test_a_guess_of_thousands_of_digits_is_no_error():
    assert "your guess is (int)" in repr(bh.predict("it", 10**5000))
    assert bh.progress().predictions == {"it": {"guess": "(int)"}}


def test_a_guess_json_cannot_hold_is_kept_as_its_text():
    bh.predict("odd", {("a", "b"): 1}).compare({1, 2})
    assert "odd" in bh.progress().predictions


GUESSES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.tuples(), inner),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GUESSES, GUESSES)
def test_whatever_is_guessed_there_is_one_line_and_a_readable_file(guess, actual):
    assert bh.predict("it", guess).compare(actual).startswith(("You guessed", "It is"))
    assert isinstance(bh.progress().predictions, dict)
