"""Temperature, top-k and top-p on log-probabilities, exactly and in this order.

Makers do not publish the order in which they apply the three: temperature, then
top-k, then top-p is the convention of this course, and what the offline Bedrock
asks llama.cpp for. Each cut works on what the one before has left, scaled to sum
to 1 again.
"""

import math

import numpy as np

#: 0.4 + 0.3 + 0.2 is a little less than 0.9 to a computer; top-p 0.9 means the three.
_ROUNDING = 1e-9
#: Below it, 1 / temperature is no number any more: greedy.
_COLDEST = 1e-200


def apply_temperature(logprobs, temperature):
    """
    Probabilities at a temperature: each to the power 1 / temperature, scaled to 1.

    Parameters
    ----------
    logprobs : array_like
        Natural logarithms of the model's probabilities; they need not sum to 1.
    temperature : float
        1 leaves the model's own, 0 is greedy (the likeliest alone, the first of
        several equals), more than 1 evens out.

    Returns
    -------
    numpy.ndarray
        Probabilities, in the order given.

    Raises
    ------
    ValueError
        For a temperature below 0, and for no or impossible log-probabilities.

    Examples
    --------
    >>> half_and_quarters = np.log([0.5, 0.25, 0.25])
    >>> apply_temperature(half_and_quarters, 0)
    array([1., 0., 0.])
    >>> apply_temperature(half_and_quarters, 0.5).round(3)
    array([0.667, 0.167, 0.167])
    """
    values = _checked(logprobs)
    if not 0 <= temperature < math.inf:
        raise ValueError(
            f"temperature={temperature}: it is 0 or more. Type: temperature=1"
        )
    shifted = values - values.max()  # the likeliest is 0: nothing overflows
    if temperature < _COLDEST:
        powers = np.zeros_like(shifted)
        powers[shifted.argmax()] = 1
    else:
        powers = np.exp(shifted / temperature)
    return powers / powers.sum()


def _checked(logprobs):
    values = np.asarray(logprobs, dtype=float)
    if values.size == 0 or not math.isfinite(values.max()):
        raise ValueError(
            "These are no log-probabilities: at least one must be a number, and none "
            "nan or inf. Type: np.log(probabilities)"
        )
    return values


def keep_top_k(probabilities, top_k):
    """
    Keep the k likeliest, scaled to sum to 1.

    Parameters
    ----------
    probabilities : array_like
    top_k : int
        0 keeps all. Of equals at the cut, those that come first are kept.

    Returns
    -------
    numpy.ndarray
        0 where a token is excluded.

    Raises
    ------
    ValueError
        For a number below 0 or not whole.

    Examples
    --------
    >>> keep_top_k([0.5, 0.25, 0.125, 0.125], 2).round(3)
    array([0.667, 0.333, 0.   , 0.   ])
    """
    values = _scaled(probabilities)
    if not (top_k >= 0 and float(top_k).is_integer()):
        raise ValueError(
            f"top_k={top_k}: it is a whole number, 0 for no cut. Type: top_k=50"
        )
    if top_k == 0 or top_k >= values.size:
        return values
    return _kept(values, _descending(values)[: int(top_k)])


def keep_top_p(probabilities, top_p):
    """
    Keep the likeliest until they hold top_p together, scaled to sum to 1.

    The token that reaches top_p is kept too, and always the likeliest.

    Parameters
    ----------
    probabilities : array_like
        Summing to 1, or scaled to it first.
    top_p : float
        From 0 (the likeliest alone) to 1 (all).

    Returns
    -------
    numpy.ndarray
        0 where a token is excluded.

    Raises
    ------
    ValueError
        For a number outside 0 to 1.

    Examples
    --------
    >>> keep_top_p([0.5, 0.25, 0.125, 0.125], 0.6).round(3)
    array([0.667, 0.333, 0.   , 0.   ])
    """
    values = _scaled(probabilities)
    if not 0 <= top_p <= 1:
        raise ValueError(f"top_p={top_p}: it is from 0 to 1. Type: top_p=0.9")
    if top_p == 1:
        return values
    order = _descending(values)
    together = values[order].cumsum()
    count = 1 + int(np.searchsorted(together, top_p - _ROUNDING))
    return _kept(values, order[:count])


def _scaled(probabilities):
    values = np.asarray(probabilities, dtype=float)
    if not (values >= 0).all() or not 0 < values.sum() < math.inf:
        raise ValueError(
            "These are no probabilities: none may be below 0 or nan, and one must be "
            "above 0. Type: apply_temperature(logprobs, 1)"
        )
    return values / values.sum()


def _descending(values):
    return np.argsort(-values, kind="stable")


def _kept(values, places):
    kept = np.zeros_like(values)
    kept[places] = values[places]
    return kept / kept.sum()


def distribution(logprobs, temperature=1, top_k=0, top_p=1):
    """
    What the next token is drawn from: temperature, then top-k, then top-p.

    Parameters
    ----------
    logprobs : array_like
        The model's log-probabilities of every token.
    temperature : float
    top_k : int
        0 for no cut.
    top_p : float
        1 for no cut.

    Returns
    -------
    numpy.ndarray
        Probabilities, in the order given.

    Raises
    ------
    ValueError
        As the three steps do.

    Examples
    --------
    >>> animals = np.log([0.6, 0.3, 0.09, 0.01])
    >>> distribution(animals, temperature=0.5, top_k=3, top_p=0.9).round(3)
    array([0.8, 0.2, 0. , 0. ])
    """
    warmed = apply_temperature(logprobs, temperature)
    return keep_top_p(keep_top_k(warmed, top_k), top_p)


def entropy_bits(probabilities):
    """
    How uncertain a draw is, in bits: 0 for one sure outcome.

    Examples
    --------
    >>> entropy_bits([0.25, 0.25, 0.25, 0.25])
    2.0
    """
    values = _scaled(probabilities)
    possible = values[values > 0]
    return float(-(possible * np.log2(possible)).sum()) + 0.0


def effective_choices(probabilities):
    """
    How many equally likely outcomes would be as uncertain: 2 to the entropy.

    Examples
    --------
    >>> effective_choices([0.5, 0.5, 0])
    2.0
    """
    return 2 ** entropy_bits(probabilities)


def draw(probabilities, count, seed=None):
    """
    Draw outcomes at random, each by its probability.

    Parameters
    ----------
    probabilities : array_like
        Scaled to sum to 1.
    count : int
    seed : int, optional
        The same seed draws the same.

    Returns
    -------
    numpy.ndarray
        Their places, 0 for the first.

    Examples
    --------
    >>> draw([0, 1], 3, seed=7)
    array([1, 1, 1])
    """
    values = _scaled(probabilities)
    return np.random.default_rng(seed).choice(values.size, size=count, p=values)
