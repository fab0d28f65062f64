"""Amounts in words: rounded when shown, and only then."""

from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import given

from bedrock_helpers.labs.usd_words import amount, count_words, usd_words


@pytest.mark.parametrize(
    ("usd", "said"),
    [
        ("0", "0"),
        ("9.45", "9.45"),
        ("28512", "28,512.00"),
        ("0.063", "0.063"),
        ("0.5", "0.5"),
        ("0.00006349", "0.0000635"),
        ("0.9996", "1.00"),
        ("1E-9", "0.000000001"),
    ],
)
def test_amounts_are_easy_to_read(usd, said):
    assert amount(Decimal(usd)) == said
    assert usd_words(Decimal(usd)) == f"USD {said}"


@given(st.decimals("0.0000001", 10**9, places=9))
def test_what_is_said_is_near_what_is_meant(usd):
    said = Decimal(amount(usd).replace(",", ""))
    assert abs(said - usd) <= max(usd * Decimal("0.006"), Decimal("1e-12"))


@given(st.integers(0, 10**12))
def test_counts_have_commas(number):
    assert int(count_words(number).replace(",", "")) == number
