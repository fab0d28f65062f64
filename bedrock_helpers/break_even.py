"""Where one way of paying begins to cost less than another.

Each formula follows from setting two costs equal; its derivation stands in its
docstring. Prices are :class:`bedrock_helpers.pricing.Price`; results are exact
(``decimal.Decimal``). A model unit's throughput, which no price list says, is an
assumption of yours and an argument here.
"""

from decimal import Decimal
from math import ceil

from bedrock_helpers.exact_numbers import exact, require_at_least_0
from bedrock_helpers.month_line import crossing, month_line
from bedrock_helpers.other_prices import provisioned_usd_per_hour
from bedrock_helpers.pricing import UnknownPriceError
from bedrock_helpers.workload import DAYS_PER_MONTH

_MILLION = Decimal(1_000_000)
_MINUTES_PER_HOUR, _HOURS_PER_DAY = 60, 24


def cache_reads_to_break_even(price, ttl="5m"):
    """
    After how many reads a cached text has cost no more than one sent anew each time.

    A text of T tokens that is written once and read r times costs T (w + r c), with
    w and c the prices of writing and reading; sent anew 1 + r times it costs
    T (1 + r) p, with p the price of input. Both are equal at r = (w - p) / (p - c).
    Claude's five-minute cache writes at 1.25 p and reads at 0.1 p: r = 0.28, so the
    first read pays. Its one-hour cache writes at 2 p: r = 1.11, so the second does.

    Parameters
    ----------
    price : Price
    ttl : {"5m", "1h"}
        How long the cache is kept after a write or a read.

    Returns
    -------
    int or None
        The least whole number of reads; 0 where writing costs no more than input.
        None where reading costs no less than input.

    Raises
    ------
    UnknownPriceError
        Where the price of writing or reading is not known.
    ValueError
        For another ttl.

    Examples
    --------
    >>> from bedrock_helpers import catalog, pricing
    >>> haiku = pricing.price_of(catalog.CLAUDE_HAIKU_4_5)
    >>> cache_reads_to_break_even(haiku), cache_reads_to_break_even(haiku, "1h")
    (1, 2)
    """
    if ttl not in ("5m", "1h"):
        raise ValueError(f"ttl={ttl!r}: a cache is kept '5m' or '1h'. Type: ttl='1h'")
    written = getattr(price, f"usd_per_million_cache_write_{ttl}")
    read, plain = price.usd_per_million_cache_read, price.usd_per_million_input
    if written is None or read is None:
        raise UnknownPriceError(
            f"No price of writing ({ttl}) and reading the cache is known for "
            f"{price.model_id!r}, and none is guessed. Its prices: "
            f'type bh.pricing.price_of("{price.model_id}")'
        )
    if read >= plain:
        return 0 if written <= plain and read == plain else None
    return max(0, ceil((written - plain) / (plain - read)))


def provisioned_break_even_share(
    price, usd_per_hour, *, input_tokens_per_minute, output_tokens_per_minute
):
    """
    How busy a model unit has to be to cost no more than paying by the token.

    In an hour a busy unit does 60 times its tokens a minute; paid by the token these
    cost 60 (i p + o q), with p and q the prices of input and output. The unit costs
    its hour however busy it is, so both are equal at a share of that hour's cost by
    the token: usd_per_hour / (60 (i p + o q)).

    Parameters
    ----------
    price : Price
        What the model costs by the token.
    usd_per_hour : decimal.Decimal
        Of one model unit.
    input_tokens_per_minute, output_tokens_per_minute : int
        What one unit does when it is busy all the time, at your mix of input and
        output: your assumption or measurement, since AWS does not publish it.

    Returns
    -------
    decimal.Decimal
        0.4 means: from 40 % of the time on. Above 1 a unit never pays.

    Raises
    ------
    ValueError
        For a value below 0, or where the tokens cost nothing.

    Examples
    --------
    >>> from bedrock_helpers import pricing
    >>> price = pricing.price_of("anthropic.claude-instant-v1", on="2023-09-28")
    >>> share = provisioned_break_even_share(price, Decimal("39.6"),
    ...     input_tokens_per_minute=300_000, output_tokens_per_minute=60_000)
    >>> round(share, 3)
    Decimal('0.805')
    """
    given = "input_tokens_per_minute=300_000, output_tokens_per_minute=60_000"
    require_at_least_0("usd_per_hour", usd_per_hour, 'Decimal("39.6")')
    require_at_least_0("input_tokens_per_minute", input_tokens_per_minute, given)
    require_at_least_0("output_tokens_per_minute", output_tokens_per_minute, given)
    minute = (
        exact(input_tokens_per_minute) * price.usd_per_million_input
        + exact(output_tokens_per_minute) * price.usd_per_million_output
    ) / _MILLION
    if not minute:
        raise ValueError(
            f"{input_tokens_per_minute} and {output_tokens_per_minute} tokens a minute "
            f"cost nothing, so no share of an hour is worth a unit. Type: {given}"
        )
    return exact(usd_per_hour) / (_MINUTES_PER_HOUR * minute)


def provisioned_monthly_usd(model_id, *, months, units=1, region_name="us-east-1"):
    """
    What model units of provisioned throughput cost in 30 days, used or not.

    Parameters
    ----------
    model_id, months, region_name
        As for :func:`bedrock_helpers.pricing.provisioned_usd_per_hour`.
    units : int

    Returns
    -------
    decimal.Decimal
        US dollars.

    Raises
    ------
    UnknownPriceError

    Examples
    --------
    >>> provisioned_monthly_usd("anthropic.claude-instant-v1", months=1)
    Decimal('28512.0')
    """
    hour = provisioned_usd_per_hour(model_id, months=months, region_name=region_name)
    return units * DAYS_PER_MONTH * _HOURS_PER_DAY * hour


def break_even_requests(workload, first, second, *, on=None):
    """
    At how many requests a day two plans cost the same.

    Parameters
    ----------
    workload : Workload
        The shape of the requests; its own number of them does not matter.
    first, second : str, int or decimal.Decimal
        A model's id, priced by its tokens, or what a plan costs a month however
        much it is used, in US dollars.
    on : str, optional
        ``"2023-09-28"`` for launch day's prices.

    Returns
    -------
    decimal.Decimal or None
        Below it the one with the lower start is cheaper, above it the other. None
        where the two never cross. Two models never do at equal shape, since both
        lines start at nothing, unless cache writes weigh on one more than on the
        other.

    Raises
    ------
    UnknownPriceError
        As :func:`bedrock_helpers.workload.monthly_usd`.

    Examples
    --------
    >>> from bedrock_helpers.workload import Workload
    >>> load = Workload(5000, 1000, 200)
    >>> unit = provisioned_monthly_usd("anthropic.claude-instant-v1", months=1)
    >>> round(break_even_requests(
    ...     load, "anthropic.claude-instant-v1", unit, on="2023-09-28"))
    347877
    >>> both = "amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0"
    >>> print(break_even_requests(load, *both))
    None
    """
    lines = (month_line(workload, plan, on=on) for plan in (first, second))
    return crossing(*lines)
