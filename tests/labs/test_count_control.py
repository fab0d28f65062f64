"""A count by slider, by field and from code."""

import hypothesis.strategies as st
import pytest
from hypothesis import given
from traitlets import TraitError

from bedrock_helpers.labs.count_control import CountControl, round_numbers

ENDS = st.tuples(st.integers(1, 1000), st.integers(1001, 10**8))


@pytest.fixture
def requests():
    return CountControl("requests", 5000, 10, 1_000_000, "a day")


def test_the_slider_goes_from_round_number_to_round_number(requests):
    seen = []
    requests.observe(lambda change: seen.append(change.new), "value")
    for _ in range(3):
        requests.slider.value += 1
    assert seen == [6000, 8000, 10_000]
    assert requests.typed.value == 10_000


def test_any_number_can_be_typed_and_the_slider_stands_near_it(requests):
    requests.typed.value = 5400
    assert requests.value == 5400
    place = requests.slider.value
    requests.slider.value += 1
    assert requests.value == 6000
    assert requests.slider.value == place + 1


@given(st.integers(10, 1_000_000))
def test_a_number_from_code_is_kept_as_it_is_and_told_once(number):
    requests = CountControl("requests", 5000, 10, 1_000_000, "a day")
    seen = []
    requests.observe(lambda change: seen.append(change.new), "value")
    requests.value = number
    assert requests.value == requests.typed.value == number
    assert seen == ([] if number == 5000 else [number])


@pytest.mark.parametrize(
    ("number", "end"), [(0, 10), (9, 10), (-5, 10), (1_000_001, 1_000_000)]
)
def test_a_number_out_of_range_is_refused_and_nothing_changes(requests, number, end):
    with pytest.raises(
        TraitError, match=f"requests={number}: .*from 10 to 1,000,000"
    ) as (refused):
        requests.value = number
    assert str(refused.value).endswith(f"Set: .value = {end}")
    assert requests.value == requests.typed.value == 5000


@given(ENDS)
def test_round_numbers_reach_from_end_to_end_in_small_steps(ends):
    found = round_numbers(*ends)
    assert (found[0], found[-1]) == ends
    assert found == sorted(set(found))
    inner = [n for n in found if n >= 10][1:-1]
    factors = [b / a for a, b in zip(inner, inner[1:], strict=False)]
    assert max(factors, default=1) < 1.34
    assert all(n == float(f"{n:.2g}") for n in found[1:-1])


def test_both_parts_have_a_name_and_a_tooltip(requests):
    assert (requests.slider.description, requests.typed.description) == (
        *("requests", "exactly"),
    )
    assert requests.slider.tooltip == "a day"
    assert requests.typed.tooltip == "10 to 1,000,000"
    assert repr(requests) == "requests: 5,000 (10 to 1,000,000)"
