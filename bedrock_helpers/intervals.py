"""How sure a measured share is, and whether two prompts differ by more than chance.

Both treat the items as drawn at random from all that could have come: what they
say holds for more items of the same kind, not for other kinds.
"""

import math
from operator import index
from statistics import NormalDist


def wilson(successes, trials, confidence=0.95):
    """
    Wilson's interval for a share: where the true one plausibly is.

    It stays within 0 and 1, and is right for few items and for shares near 0 or 1.

    Parameters
    ----------
    successes, trials : int
    confidence : float
        How often, over many such samples, the interval holds the true share.

    Returns
    -------
    tuple of float
        Its lower and its upper end.

    Raises
    ------
    ValueError
        For no trials at all, more successes than trials, or another confidence
        than one between 0 and 1.

    Examples
    --------
    >>> low, high = wilson(45, 72)
    >>> round(low, 3), round(high, 3)
    (0.51, 0.728)
    >>> round(wilson(0, 10)[1], 3)  # none of ten: yet it may well be one in four
    0.278
    """
    successes, trials = index(successes), index(trials)
    _check_share(successes, trials, confidence)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / trials
    middle = share + z * z / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    low = (middle - half) / scale if successes else 0.0
    high = (middle + half) / scale if successes < trials else 1.0
    return max(low, 0.0), min(high, 1.0)


def _check_share(successes, trials, confidence):
    if trials == 0:
        raise ValueError(
            "0 of 0: no items, so nothing to tell a share from. Answer at least one "
            "first: results = evaluation.run(ask, template, items, score)"
        )
    if not 0 <= successes <= trials:
        raise ValueError(
            f"{successes} of {trials}: successes are from 0 to the number of trials. "
            "Type: wilson(45, 72)"
        )
    if not 0 < confidence < 1:
        raise ValueError(
            f"confidence={confidence}: it is between 0 and 1. Type: confidence=0.95"
        )


def mcnemar(only_first, only_second):
    """
    McNemar's exact test: how often chance alone parts two equals as far as this.

    Only the items on which the two differ count. Were the two equally good, each
    of those would be won by either like the toss of a coin.

    Parameters
    ----------
    only_first, only_second : int
        On how many items the one was right and the other was not.

    Returns
    -------
    float
        The two-sided p-value; 1 where they differ on no item.

    Raises
    ------
    ValueError
        For a number below 0.

    Examples
    --------
    >>> round(mcnemar(12, 3), 4)
    0.0352
    >>> mcnemar(5, 0)  # even five of five could be chance, one time in sixteen
    0.0625
    """
    only_first, only_second = index(only_first), index(only_second)
    if min(only_first, only_second) < 0:
        raise ValueError(
            f"{only_first} against {only_second}: numbers of items, 0 or more. "
            "Type: mcnemar(12, 3)"
        )
    tosses, fewer = only_first + only_second, min(only_first, only_second)
    one_tail = sum(math.comb(tosses, heads) for heads in range(fewer + 1))
    return min(1.0, 2 * one_tail / 2**tosses)
