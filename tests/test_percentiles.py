"""Percentiles: silent below their sample size, and covering as often as they say."""

import math

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from scipy import stats

from bedrock_helpers.percentiles import percentile, samples_needed

SHARES = (0.5, 0.9, 0.95, 0.99)
REPETITIONS = 4000


@pytest.mark.parametrize(
    ("share", "needed"), [(0.5, 6), (0.9, 29), (0.95, 59), (0.99, 299)]
)
def test_the_samples_needed_are_the_known_ones(share, needed):
    assert samples_needed(share) == needed


@pytest.mark.parametrize("share", SHARES[1:])
def test_the_samples_needed_are_log_of_the_miss_over_log_of_the_share(share):
    assert samples_needed(share) - 1 < math.log(0.05) / math.log(share)
    assert samples_needed(share) >= math.log(0.05) / math.log(share)


@given(st.floats(0.5, 0.999), st.floats(0.5, 0.99))
def test_with_the_samples_needed_the_coverage_is_what_was_asked_for(share, confidence):
    """Just above one half too, where values must lie on both sides."""
    needed = samples_needed(share, confidence)
    found = percentile(range(needed), share, confidence)
    assert found.coverage >= confidence - 1e-9


@pytest.mark.parametrize(("share", "value"), [(0.55, 55), (0.95, 95), (0.7, 70)])
def test_the_value_is_the_smallest_with_that_share_at_or_below_it(share, value):
    assert percentile(range(1, 101), share).value == value


@pytest.mark.parametrize("share", SHARES)
def test_one_sample_too_few_gives_nothing(share):
    needed = samples_needed(share)
    assert percentile(range(needed - 1), share) is None
    assert percentile(range(needed), share) is not None


def test_no_sample_gives_nothing():
    assert percentile([], 0.5) is None


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("factor", [1, 1.5, 3])
def test_the_coverage_is_at_least_that_asked_for_and_that_of_the_binomial(
    share, factor
):
    samples = math.ceil(factor * samples_needed(share))
    found = percentile(range(1, samples + 1), share)
    lower, upper = found.low, found.high  # values are ranks here
    binomial = stats.binom(samples, share)
    assert found.coverage == pytest.approx(
        binomial.cdf(upper - 1) - binomial.cdf(lower - 1), abs=1e-9
    )
    assert found.coverage >= 0.95


@pytest.mark.parametrize(
    "law",
    [stats.expon(), stats.lognorm(0.6), stats.uniform()],
    ids=["exponential", "log-normal", "uniform"],
)
@pytest.mark.parametrize("share", [0.5, 0.95])
def test_in_a_simulation_the_interval_covers_at_its_rate(law, share):
    """Within four standard errors of the rate it states, for three laws."""
    samples = 2 * samples_needed(share)
    draws = law.rvs((REPETITIONS, samples), random_state=np.random.default_rng(7))
    found = [percentile(row, share) for row in draws]
    covered = np.mean([f.low <= law.ppf(share) <= f.high for f in found])
    stated = found[0].coverage
    error = math.sqrt(stated * (1 - stated) / REPETITIONS)
    assert covered == pytest.approx(stated, abs=4 * error)
    assert covered >= 0.95 - 4 * error


@given(
    st.lists(st.floats(-1e9, 1e9), min_size=60, max_size=200),
    st.sampled_from([0.5, 0.9, 0.95]),
)
def test_it_lies_within_its_interval_and_is_one_of_the_values(values, share):
    found = percentile(values, share)
    assert found.low <= found.value <= found.high
    assert found.value in values
    assert found.samples == len(values)
    assert sum(value <= found.value for value in values) >= share * len(values)


@given(st.lists(st.floats(0, 1e6), min_size=59, max_size=90), st.randoms())
def test_the_order_of_the_values_does_not_matter(values, random):
    shuffled = random.sample(values, len(values))
    assert percentile(shuffled, 0.95) == percentile(values, 0.95)


@pytest.mark.parametrize("share", [0, 0.2, 1, 1.5, 95, -1])
def test_a_share_out_of_range_says_what_to_type(share):
    with pytest.raises(ValueError, match="such as share=0.95"):
        percentile([1.0], share)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_out_of_range_says_what_to_type(confidence):
    with pytest.raises(ValueError, match="such as confidence=0.95"):
        samples_needed(0.95, confidence)


@pytest.mark.parametrize("value", [float("nan"), pd.NA, None, "1"])
def test_a_value_that_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="dropna"):
        percentile([1.0, value], 0.5)


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_of_values_that_are_often_equal_the_interval_covers_at_least_as_often(share):
    """Times are rounded, so there are ties: the true value is the smallest with it."""
    true = stats.poisson(3).ppf(share)
    shape = REPETITIONS, samples_needed(share)
    draws = stats.poisson(3).rvs(shape, random_state=np.random.default_rng(11))
    found = [percentile(row, share) for row in draws]
    covered = np.mean([f.low <= true <= f.high for f in found])
    assert covered >= found[0].coverage
