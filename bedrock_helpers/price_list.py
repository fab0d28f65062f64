"""The rows of ``data/prices.json``: what is charged per million tokens, image or hour.

Bare ids have their price in the United States; a profile's id has its own. Other
Regions can cost more: they are not in the file.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import cache

from bedrock_helpers import catalog
from bedrock_helpers.data_files import load_json

#: The service tiers of the API that have a public price, and batch inference.
TIERS = ("default", "flex", "priority", "batch")
#: ARNs that end in the id they are charged by.
_ARN = re.compile(r"arn:aws:bedrock:[^:]+:\d*:(foundation-model|inference-profile)/")


class UnknownPriceError(LookupError):
    """No price is known for what was asked; the message names what is known."""


@dataclass(frozen=True)
class Price:
    """
    What one id costs at one tier, in US dollars per million tokens.

    Attributes
    ----------
    model_id : str
        As called.
    tier : str
        One of :data:`TIERS`.
    usd_per_million_input, usd_per_million_output : decimal.Decimal
    usd_per_million_cache_read : decimal.Decimal or None
        For input tokens found in the prompt cache; None where it is not known.
    usd_per_million_cache_write_5m, usd_per_million_cache_write_1h : Decimal or None
        For input tokens put into the cache for five minutes or an hour.
    above_prompt_tokens : int
        Prompts longer than this have this price; 0 for the ordinary price.
    source, as_of : str
    """

    model_id: str
    tier: str
    usd_per_million_input: Decimal
    usd_per_million_output: Decimal
    usd_per_million_cache_read: Decimal | None
    usd_per_million_cache_write_5m: Decimal | None
    usd_per_million_cache_write_1h: Decimal | None
    above_prompt_tokens: int
    source: str
    as_of: str


def price_of(model_id, *, tier="default", on=None, prompt_tokens=0):
    """
    The price of one id, exactly as it is called.

    Parameters
    ----------
    model_id : str
        A bare id or an inference profile id (they can differ in price), or the
        ARN of either.
    tier : {"default", "flex", "priority", "batch"}
        The ``serviceTier`` of a call, or ``"batch"`` for batch inference.
    on : str, optional
        ``"2023-09-28"`` for launch day's prices; today's, if left out.
    prompt_tokens : int
        All input tokens of the request, cached ones too. Some models charge every
        token of a long prompt more.

    Returns
    -------
    Price

    Raises
    ------
    UnknownPriceError
        If there is none; a price is never guessed.

    Examples
    --------
    >>> price_of("amazon.nova-micro-v1:0").usd_per_million_output
    Decimal('0.14')
    >>> price_of("anthropic.claude-v2", on="2023-09-28").usd_per_million_output
    Decimal('32.68')
    """
    row = _row(model_id, _day(on))
    values, above = _values(row, tier), 0
    long = row.get("long_context")
    if long and prompt_tokens > long["above_prompt_tokens"]:
        above = long["above_prompt_tokens"]
        values = _long_values(row, tier)
    decimals = {f"usd_per_million_{kind}": values.get(kind) for kind in _KINDS}
    return Price(
        row["model_id"],
        tier,
        **{name: v if v is None else Decimal(v) for name, v in decimals.items()},
        above_prompt_tokens=above,
        source=_source(row["source"]),
        as_of=row["as_of"],
    )


_KINDS = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")


def tiers_of(model_id, *, on=None):
    """
    The tiers whose price is known for an id.

    Parameters
    ----------
    model_id : str
    on : str, optional

    Returns
    -------
    tuple of str

    Raises
    ------
    UnknownPriceError

    Examples
    --------
    >>> tiers_of("openai.gpt-oss-20b-1:0")
    ('default', 'flex', 'priority', 'batch')
    """
    known = _row(model_id, _day(on))["usd_per_million"]
    return tuple(tier for tier in TIERS if tier in known)


def long_prompt_tokens(model_id):
    """
    The prompt length above which an id has another price.

    Parameters
    ----------
    model_id : str

    Returns
    -------
    int or None
        Tokens; None where every prompt has the same price.

    Raises
    ------
    UnknownPriceError

    Examples
    --------
    >>> long_prompt_tokens("us.anthropic.claude-haiku-5-5")
    100000
    """
    long = _row(model_id, _day(None)).get("long_context")
    return long["above_prompt_tokens"] if long else None


def known_ids(*, on=None):
    """
    The ids whose price is known, sorted.

    Parameters
    ----------
    on : str, optional
        ``"2023-09-28"`` for launch day; today, if left out.

    Returns
    -------
    list of str

    Examples
    --------
    >>> "amazon.nova-micro-v1:0" in known_ids()
    True
    """
    return sorted(_rows(_day(on)))


def _day(on):
    """The list of the file that holds a day's prices."""
    if on is None or str(on) in (catalog.AS_OF, load_json("prices.json")["as_of"]):
        return "today"
    if str(on) == catalog.LAUNCH_DAY:
        return "launch_day"
    raise ValueError(
        f"on={on!r}: prices are known for {catalog.LAUNCH_DAY!r}, and for today when "
        f"it is left out. Type: on={catalog.LAUNCH_DAY!r}"
    )


@cache
def _rows(day):
    return {row["model_id"]: row for row in load_json("prices.json")[day]}


def _row(model_id, day):
    called = model_id.rpartition("/")[2] if _ARN.match(model_id) else model_id
    if called in _rows(day):
        return _rows(day)[called]
    day_words, argument = "", ""
    if day == "launch_day":
        day_words, argument = f" on {catalog.LAUNCH_DAY}", f'on="{catalog.LAUNCH_DAY}"'
    raise UnknownPriceError(
        f"No price is known for {model_id!r}{day_words}, and none is guessed."
        f"{nearest(called, _rows(day))} A session with a budget calls only models "
        f"whose price is known: type bh.pricing.known_ids({argument})"
    )


def nearest(called, known):
    """A sentence that names the known ids nearest to one, or nothing."""
    near = get_close_matches(called, set(known), n=2, cutoff=0.4)
    return f" Known near it: {', '.join(near)}." if near else ""


def _values(row, tier):
    if tier in row["usd_per_million"]:
        return row["usd_per_million"][tier]
    known = ", ".join(map(repr, row["usd_per_million"]))
    raise UnknownPriceError(
        f"No price is known for {row['model_id']!r} at tier {tier!r}, and none is "
        f"guessed. Known for it: {known}. For the standard price leave the tier out."
    )


def _long_values(row, tier):
    if tier == "default":
        return row["long_context"]["usd_per_million"]
    raise UnknownPriceError(
        f"No price is known for prompts of {row['model_id']!r} above "
        f"{row['long_context']['above_prompt_tokens']:,} tokens at tier {tier!r}. "
        "Shorten the prompt, or leave the tier out."
    )


def _source(names):
    legend = load_json("prices.json")["sources"]
    return "; ".join(legend[name] for name in names.split(", "))
