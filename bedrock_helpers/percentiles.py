"""Percentiles that say how sure they are, and are silent where they cannot be.

An interval of order statistics holds for every continuous distribution: how many of
n values lie below the true percentile is binomial, whatever the values are (Wilks,
1941, "Determination of sample sizes for setting tolerance limits", Annals of
Mathematical Statistics 12; see also David and Nagaraja, "Order Statistics", chapter
7). The values have to be independent draws of one distribution; calls that queue
behind one another are not quite.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Percentile:
    """
    A percentile, and the interval that holds the true one.

    Attributes
    ----------
    share : float
        0.95 for the 95th percentile.
    value, low, high : float
    samples : int
    coverage : float
        How often such an interval holds the true percentile: at least the
        confidence asked for.
    """

    share: float
    value: float
    low: float
    high: float
    samples: int
    coverage: float


def samples_needed(share, confidence=0.95):
    """
    How many values a percentile needs, so that they lie on both sides of it.

    All n lie below it with the probability share to the n, all above it with
    (1 − share) to the n; together at most 1 − confidence. From about 0.6 on that is
    n ≥ ln(1 − confidence) / ln(share): with fewer, even the largest value is too
    likely to lie below the percentile.

    Parameters
    ----------
    share : float
        Between 0.5 and 1: 0.95 for the 95th percentile.
    confidence : float

    Returns
    -------
    int

    Raises
    ------
    ValueError

    Examples
    --------
    >>> samples_needed(0.95), samples_needed(0.99)
    (59, 299)
    """
    _check(share, confidence)
    count = math.ceil(math.log(1 - confidence, share))
    while share**count + (1 - share) ** count > 1 - confidence:
        count += 1
    return count


def percentile(values, share, confidence=0.95):
    """
    A percentile with its interval, or None where there are too few values.

    Parameters
    ----------
    values : iterable of float
    share : float
        Between 0.5 and 1.
    confidence : float

    Returns
    -------
    Percentile or None

    Raises
    ------
    ValueError
        For a share or a confidence out of range, or a value that is not a number.

    Examples
    --------
    >>> percentile(range(58), 0.95) is None
    True
    >>> found = percentile(range(1, 101), 0.95)
    >>> found.value, found.low, found.high
    (95, 91, 100)
    """
    ranked = _ranked(values)
    samples = len(ranked)
    if samples < samples_needed(share, confidence):
        return None
    lower, upper, coverage = _ranks(samples, share, confidence)
    middle = math.ceil(round(samples * share, 6))  # 100 × 0.55 is a hair above 55
    return Percentile(
        share,
        ranked[middle - 1],
        ranked[lower - 1],
        ranked[upper - 1],
        samples,
        coverage,
    )


def _ranked(values):
    """The values in order, if each is a number."""
    values = list(values)
    if not all(map(_is_number, values)):
        raise ValueError("A value is not a number. Leave it out: values.dropna()")
    return sorted(values)


def _is_number(value):
    try:
        return not math.isnan(value)
    except TypeError:  # pandas' NA, and text
        return False


def _ranks(samples, share, confidence):
    """The two ranks, counted from 1, between which the true percentile lies.

    At most half of what may be missed is missed above; where even the largest value
    misses more than that, it is the upper end. The rest may be missed below.
    """
    below = _cumulative(samples, share)  # below[k]: at most k values lie below it
    missed = 1 - confidence
    upper = next(
        (k for k in range(1, samples + 1) if 1 - below[k - 1] <= missed / 2), samples
    )
    above = 1 - below[upper - 1]
    lower = max(
        (k for k in range(1, upper) if below[k - 1] + above <= missed), default=1
    )
    return lower, upper, below[upper - 1] - below[lower - 1]


def _cumulative(samples, share):
    """The binomial distribution function, summed from its exact logarithms."""
    total, found = 0.0, []
    for k in range(samples + 1):
        log = (
            math.lgamma(samples + 1)
            - math.lgamma(k + 1)
            - math.lgamma(samples - k + 1)
            + k * math.log(share)
            + (samples - k) * math.log1p(-share)
        )
        total += math.exp(log)
        found.append(min(total, 1.0))
    return found


def _check(share, confidence):
    if not 0.5 <= share < 1:
        raise ValueError(f"share={share!r}: from 0.5 to below 1, such as share=0.95")
    if not 0 < confidence < 1:
        raise ValueError(
            f"confidence={confidence!r}: between 0 and 1, such as confidence=0.95"
        )
