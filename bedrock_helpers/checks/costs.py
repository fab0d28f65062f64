"""The checks of notebook 05. Each gives None, or words that lead on."""

from decimal import Decimal, InvalidOperation
from numbers import Real

from bedrock_helpers import catalog
from bedrock_helpers.other_prices import provisioned_usd_per_hour
from bedrock_helpers.price_list import price_of
from bedrock_helpers.pricing import cost_of

_HAIKU = f"us.{catalog.CLAUDE_HAIKU_4_5}"
_INSTANT = "anthropic.claude-instant-v1"
_MILLION = 1_000_000
#: The exercise of a thousand calls: tokens read and written by each.
CALLS, EACH = 1000, {"inputTokens": 1500, "outputTokens": 200}
#: The exercise of the threshold: tokens without examples, of one, of a reply.
BASE, EXAMPLE, WRITTEN = 100, 40, 25
#: The exercise of a right answer: a call, a look at it, and the share that is right.
CALL_USD, LOOK_USD, SHARE = Decimal("0.001"), Decimal("0.02"), Decimal("0.6")
#: The exercise of the cache: tokens of the system prompt, and reads in the hour.
SYSTEM, READS = 5000, 20
#: The exercise of half a year: model units and days.
UNITS, DAYS = 2, 182
#: The exercise of the quota, a minute, and each call's tokens.
QUOTA, PROMPT, MAX_TOKENS = 300_000, 2000, 500


def _number(answer):
    """The answer as a Decimal, or None where it is not a finite number."""
    if isinstance(answer, bool) or not isinstance(answer, Real | Decimal):
        return None
    try:
        number = Decimal(str(answer))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _dollars(answer, right, missteps):
    """None if the answer is right to half a per cent; else what it looks like."""
    number = _number(answer)
    if number is None:
        return "it should be a number of dollars, such as 1.5."
    if _near(number, right):
        return None
    for value, words in missteps:
        if _near(number, value):
            return words
    return f"{'less' if number > right else 'more'} than that."


def _near(number, value):
    return abs(number - value) <= abs(value) / 200


def thousand_calls(answer):
    """Is this what a thousand calls of Claude Haiku 4.5 cost?"""
    right = CALLS * cost_of(EACH, _HAIKU)
    swapped = {"inputTokens": 200, "outputTokens": 1500}
    return _dollars(
        answer,
        right,
        [
            (right / CALLS, "that is one call."),
            (right * 100, "that is in cents."),
            (
                CALLS * cost_of(EACH, catalog.CLAUDE_HAIKU_4_5),
                "that is the bare id's price; the id in HAIKU is a profile's.",
            ),
            (CALLS * cost_of(swapped, _HAIKU), "read and written are swapped."),
        ],
    )


def _threshold():
    """The number of examples at which both calls cost the same."""
    without = {"inputTokens": BASE, "outputTokens": WRITTEN}
    difference = cost_of(without, _HAIKU) - cost_of(without, catalog.GPT_OSS_20B)
    one = {"inputTokens": EXAMPLE, "outputTokens": 0}
    return difference / cost_of(one, catalog.GPT_OSS_20B)


def threshold(answer):
    """Is this the first whole number of examples at which gpt-oss costs more?"""
    number = _number(answer)
    if number is None or number < 0:
        return "it should be a number of examples, such as 12."
    equal = _threshold()
    right = int(equal) + 1
    if number == right:
        return None
    if abs(number - equal) < 1:
        return "near: there both cost the same. The next whole number costs more."
    more = "fewer" if number > right else "more"
    return f"{more} than that. What does one more example cost with gpt-oss?"


def right_answer(answer):
    """Is this what a right answer costs, when every answer is looked at?"""
    return _dollars(
        answer,
        (CALL_USD + LOOK_USD) / SHARE,
        [
            (CALL_USD / SHARE, "that leaves out the looking."),
            (CALL_USD + LOOK_USD, "that is any answer; only some are right."),
            (
                CALL_USD / SHARE + LOOK_USD,
                "the wrong ones are looked at, too: divide the whole.",
            ),
            ((CALL_USD + LOOK_USD) * SHARE, "divide by the share, not multiply."),
        ],
    )


def cache(answer):
    """Is this what a cache of an hour saves?"""
    price = price_of(_HAIKU)
    plain, read = price.usd_per_million_input, price.usd_per_million_cache_read
    hour = price.usd_per_million_cache_write_1h
    short = price.usd_per_million_cache_write_5m
    without = (READS + 1) * SYSTEM * plain / _MILLION
    cached = SYSTEM * (hour + READS * read) / _MILLION
    five_minutes = SYSTEM * (short + READS * read) / _MILLION
    return _dollars(
        answer,
        without - cached,
        [
            (cached, "that is what it costs with the cache; what does it save?"),
            (without, "that is what it costs without the cache."),
            (
                without - five_minutes,
                "that is with a write for five minutes; an hour's is dearer.",
            ),
            (
                READS * SYSTEM * (plain - read) / _MILLION,
                "the reads are right; now the write, which costs more than plain.",
            ),
        ],
    )


def half_a_year(answer):
    """Is this the bill of provisioned throughput for six months?"""
    hour = provisioned_usd_per_hour(_INSTANT, months=6)
    right = UNITS * DAYS * 24 * hour
    dearer = provisioned_usd_per_hour(_INSTANT, months=1)
    return _dollars(
        answer,
        right,
        [
            (right / UNITS, "that is one unit; there are two."),
            (
                UNITS * DAYS * 24 * dearer,
                "that is at the price of the one-month term.",
            ),
            (right / 24, "that is one hour a day: it bills day and night."),
        ],
    )


def quota(answer):
    """Is this how many calls can begin at one moment?"""
    number = _number(answer)
    if number is None:
        return "it should be a number of calls, such as 40."
    right = QUOTA // (PROMPT + MAX_TOKENS)
    missteps = {
        QUOTA // PROMPT: "that leaves out maxTokens, which is reserved, too.",
        QUOTA // (PROMPT + 5 * MAX_TOKENS): (
            "that counts the output five-fold: this is done at the end, not at "
            "the start."
        ),
    }
    if number == right:
        return None
    more = "fewer" if number > right else "more"
    return missteps.get(number, f"{more} than that. What does one call reserve?")
