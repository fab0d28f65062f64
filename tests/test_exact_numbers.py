"""Numbers as exact decimals."""

from decimal import Decimal

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from bedrock_helpers.exact_numbers import exact, is_count, require_at_least_0


@given(st.integers())
def test_whole_numbers_and_decimals_stay_what_they_are(number):
    assert exact(number) == number
    assert exact(Decimal(number)) == number


def test_a_fraction_is_what_it_is_written_as():
    assert exact(0.1) + exact(0.2) == exact(0.3)
    assert exact(np.float64(0.25)) == exact("0.25") == Decimal("0.25")
    assert exact(np.int64(7)) == 7


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), "x", None, [1]])
def test_what_is_no_number_from_0_on_is_refused_by_name(value):
    with pytest.raises(ValueError, match="tokens=.*0 or more, is wanted. Type: this"):
        require_at_least_0("tokens", value, "this")


@given(st.integers(0, 10**9))
def test_a_count_is_whole(number):
    assert is_count(Decimal(number))
    assert not is_count(Decimal(number) + Decimal("0.5"))
    assert not is_count(Decimal(-number - 1))
