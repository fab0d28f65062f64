"""Wilson's interval and McNemar's test: against SciPy, by definition, at the edges."""

import math
from itertools import product
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from bedrock_helpers.intervals import mcnemar, wilson

shares = st.integers(1, 5000).flatmap(
    lambda trials: st.tuples(st.integers(0, trials), st.just(trials))
)
confidences = st.floats(0.01, 0.999)
counts = st.integers(0, 400)


def of_scipy(successes, trials, confidence=0.95):
    test = binomtest(successes, trials)
    return tuple(test.proportion_ci(confidence_level=confidence, method="wilson"))


def test_every_share_of_up_to_forty_items_has_the_interval_that_scipy_gives():
    for trials in range(1, 41):
        for successes in range(trials + 1):
            expected = of_scipy(successes, trials)
            assert wilson(successes, trials) == pytest.approx(expected, abs=1e-12)


@given(shares, confidences)
def test_any_share_at_any_confidence_has_the_interval_that_scipy_gives(share, level):
    expected = of_scipy(*share, level)
    assert wilson(*share, level) == pytest.approx(expected, abs=1e-9)


@given(shares, confidences)
def test_at_its_ends_the_measured_share_is_z_standard_errors_away(share, level):
    successes, trials = share
    z = NormalDist().inv_cdf((1 + level) / 2)
    for end in wilson(*share, level):
        if 0 < end < 1:
            error = math.sqrt(end * (1 - end) / trials)
            away = abs(successes / trials - end)
            assert away == pytest.approx(z * error, rel=1e-6, abs=1e-9)


@given(shares, confidences)
def test_it_holds_the_measured_share_and_stays_a_share(share, level):
    low, high = wilson(*share, level)
    assert 0 <= low <= share[0] / share[1] <= high <= 1


@given(shares)
def test_failures_have_the_mirror_image_of_the_interval_of_successes(share):
    successes, trials = share
    low, high = wilson(trials - successes, trials)
    assert wilson(successes, trials) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(shares)
def test_four_times_the_items_at_the_same_share_tell_more(share):
    successes, trials = share
    low, high = wilson(successes, trials)
    closer_low, closer_high = wilson(4 * successes, 4 * trials)
    assert closer_high - closer_low < high - low


@pytest.mark.parametrize("trials", [1, 7, 1_000_000])
def test_none_and_all_end_exactly_at_nought_and_one(trials):
    assert wilson(0, trials)[0] == 0 < wilson(0, trials)[1] < 1
    assert wilson(trials, trials)[1] == 1 > wilson(trials, trials)[0] > 0


def test_numbers_of_numpy_and_pandas_are_taken():
    assert wilson(np.int64(3), np.int64(4)) == wilson(3, 4)
    assert mcnemar(np.int64(3), np.int64(4)) == mcnemar(3, 4)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0, 0), "0 of 0: no items.*evaluation.run"),
        ((5, 4), "5 of 4: successes are from 0"),
        ((-1, 4), "-1 of 4"),
        ((1, 4, 95), "confidence=95: it is between 0 and 1"),
        ((1, 4, math.nan), "confidence=nan"),
        ((1, 4, 1), "confidence=1"),
    ],
)
def test_what_is_no_share_is_refused_with_what_is_allowed(arguments, words):
    with pytest.raises(ValueError, match=words):
        wilson(*arguments)


@pytest.mark.parametrize("function", [wilson, mcnemar])
def test_half_an_item_is_refused(function):
    with pytest.raises(TypeError, match="float"):
        function(2.5, 4)


def test_every_split_of_few_items_has_the_p_value_that_scipy_gives():
    for first, second in product(range(25), repeat=2):
        if first + second:
            expected = binomtest(first, first + second).pvalue
            assert mcnemar(first, second) == pytest.approx(expected, rel=1e-9)


@given(counts, counts)
def test_any_split_has_the_p_value_that_scipy_gives(first, second):
    if first + second:
        expected = binomtest(first, first + second).pvalue
        assert mcnemar(first, second) == pytest.approx(expected, rel=1e-6, abs=1e-300)


@pytest.mark.parametrize(("first", "second"), [(0, 0), (3, 0), (1, 4), (5, 5), (2, 9)])
def test_it_counts_what_tossing_every_coin_in_every_way_counts(first, second):
    tosses = first + second
    gap = abs(first - second)
    heads = [sum(faces) for faces in product((0, 1), repeat=tosses)]
    as_far = [h for h in heads if abs(h - (tosses - h)) >= gap]
    assert mcnemar(first, second) == len(as_far) / len(heads)


@given(counts, counts)
def test_which_prompt_comes_first_changes_nothing(first, second):
    assert mcnemar(first, second) == mcnemar(second, first)


def test_no_difference_at_all_and_a_very_great_one_have_a_p_value_too():
    assert mcnemar(0, 0) == 1
    assert mcnemar(4, 4) == 1
    assert 0 <= mcnemar(5000, 0) < 1e-300


def test_a_number_below_nought_is_refused():
    with pytest.raises(ValueError, match="-1 against 3: numbers of items, 0 or more"):
        mcnemar(-1, 3)
