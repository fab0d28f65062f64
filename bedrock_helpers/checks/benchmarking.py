"""The checks of notebook 07. Each gives None, or words that lead on."""

import math
from numbers import Real

from bedrock_helpers.percentiles import samples_needed

#: The exercise of the time per token: a stream, in ms since the call was sent.
SENT_AT, FIRST_AT, LAST_AT, ENDED_AT = 0, 420, 1980, 2010
PIECES, OUTPUT_TOKENS = 14, 40
_PIECES, _TOKENS = (PIECES, PIECES - 1), (OUTPUT_TOKENS, OUTPUT_TOKENS - 1)
#: The exercise of the percentile.
SHARE = 0.99
#: The exercise of Little's law: requests a second, and seconds each is under way.
ARRIVALS_PER_S, LATENCY_S, TOKENS_EACH = 12, 2.5, 200
#: The exercise of the choice. Invented: models that do not exist.
CANDIDATES = {
    "A": {"correct": 9, "asked": 10, "p95_ms": 700, "calls": 60, "usd_per_1000": 0.02},
    "B": {
        "correct": 84,
        "asked": 100,
        "p95_ms": 900,
        "calls": 80,
        "usd_per_1000": 0.11,
    },
    "C": {
        "correct": 86,
        "asked": 100,
        "p95_ms": 600,
        "calls": 40,
        "usd_per_1000": 0.05,
    },
    "D": {"correct": 92, "asked": 100, "p95_ms": 950, "calls": 75, "usd_per_1000": 0.3},
    "E": {
        "correct": 88,
        "asked": 100,
        "p95_ms": 1900,
        "calls": 90,
        "usd_per_1000": 0.06,
    },
}
FLOOR, LONGEST_MS = 0.75, 1000


def _number(answer):
    """The answer as a float, or None where it is not a finite number."""
    if isinstance(answer, bool) or not isinstance(answer, Real):
        return None
    try:
        number = float(answer)
    except (OverflowError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _near(number, value):
    return abs(number - value) <= abs(value) / 200


def time_per_token(answer):
    """Is this the time per output token of the stream?"""
    number = _number(answer)
    if number is None:
        return "it should be a number of milliseconds, such as 25."
    writing = LAST_AT - FIRST_AT
    right = writing / (OUTPUT_TOKENS - 1)
    if _near(number, right):
        return None
    waited = "that has the wait for the first token in it."
    counted = "that counts pieces; a piece can hold several tokens."
    ended = "that goes on to the end of the stream; the last piece came before it."
    missteps = {
        **{time / n: waited for time in (ENDED_AT, LAST_AT) for n in _TOKENS},
        **{time / n: counted for time in (LAST_AT, writing) for n in _PIECES},
        **{(ENDED_AT - FIRST_AT) / n: ended for n in _TOKENS},
        writing: "so long it wrote all of them; the time of one is asked for.",
        1000 / right: "that is tokens a second; the time of one is asked for.",
        writing / OUTPUT_TOKENS: "near: between 40 tokens there are 39 gaps.",
    }
    for value, words in missteps.items():
        if abs(number - value) < 0.05:
            return words
    if _near(number * 1000, right):
        return "that is in seconds; milliseconds are asked for."
    return f"{'less' if number > right else 'more'} than that. Which gaps are there?"


def calls_for_p99(answer):
    """Is this the fewest calls from which a p99 may be printed?"""
    number = _number(answer)
    if number is None or number < 1:
        return "it should be a number of calls, such as 59."
    needed = samples_needed(SHARE)
    if number == needed:
        return None
    if number > needed:
        return "fewer are enough: what is the smallest n with 0.99 to the n below 5 %?"
    if number > needed - 1:
        return "nearly: there are whole calls only, and one less is one too few."
    below = f"{100 * SHARE**number:.4g} %"
    return f"more: of {number:g} calls, all lie below the p99 in {below} of such tests."


def under_way(answer):
    """Is this the mean number of calls under way?"""
    number = _number(answer)
    if number is None:
        return "it should be a number of calls, such as 8."
    right = ARRIVALS_PER_S * LATENCY_S
    if _near(number, right):
        return None
    missteps = {
        ARRIVALS_PER_S / LATENCY_S: "multiply: each stays that long.",
        ARRIVALS_PER_S: "so many begin each second; how long does each stay?",
        right * TOKENS_EACH: "that is tokens; calls are asked for.",
    }
    for value, words in missteps.items():
        if _near(number, value):
            return words
    return f"{'fewer' if number > right else 'more'} than that."


def choice(answer):
    """Is this the cheapest candidate of which enough is shown?"""
    name = answer.strip().upper() if isinstance(answer, str) else ""
    if name not in CANDIDATES:
        return f"it should be one of {', '.join(CANDIDATES)}."
    one = CANDIDATES[name]
    if problem := _unfit(one):
        return f"{name}: {problem}"
    fit = [c for c in CANDIDATES.values() if not _unfit(c)]
    if one["usd_per_1000"] > min(c["usd_per_1000"] for c in fit):
        return f"{name} will do, and so will a cheaper one."
    return None


def _unfit(one):
    """Why a candidate will not do, or an empty text."""
    from bedrock_helpers.intervals import wilson

    low, _ = wilson(one["correct"], one["asked"])
    if low < FLOOR:
        share = one["correct"] / one["asked"]
        return f"{share:.0%}, of {one['asked']}; where does the interval begin?"
    if one["calls"] < samples_needed(0.95):
        return f"a p95 from {one['calls']} calls shows nothing."
    if one["p95_ms"] > LONGEST_MS:
        return f"its p95 is above {LONGEST_MS:,} ms."
    return ""
