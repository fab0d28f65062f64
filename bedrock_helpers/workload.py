"""What a workload costs a month.

A month has 30 days. The requests are of up to four kinds, each with its tokens as
Converse would report them, and priced by :func:`bedrock_helpers.pricing.cost_of`:
those that write the prompt cache, those that read it, those without a cache, and
those sent as batch. Sums are exact (``decimal.Decimal``).
"""

from dataclasses import dataclass
from decimal import Decimal

from bedrock_helpers.exact_numbers import exact, is_count, require, require_at_least_0
from bedrock_helpers.pricing import cost_of

DAYS_PER_MONTH = 30
#: Fields of a workload by what they count.
SHARES, TOKENS = ("cached_share", "batch_share"), ("input_tokens", "output_tokens")
_TYPE = "Workload(5000, 1200, 300, cached_share=0.5, batch_share=0.2)"


@dataclass(frozen=True)
class Workload:
    """
    So many requests a day of one shape: every field is an assumption of yours.

    Attributes
    ----------
    requests_per_day : int, float or decimal.Decimal
        Above 0.
    input_tokens, output_tokens : int
        Of one request, on average. Input counts the cached tokens too.
    cached_share : float
        The share, 0 to 1, of the input tokens that is the same in every request and
        marked to be cached. Requests sent as batch use no cache: AWS's guide to
        prompt caching says that batch inference has none.
    batch_share : float
        The share, 0 to 1, of the requests that can wait and are sent as batch.
    cache_writes_per_day : int or float
        How often the cached part is written anew; all other requests read it. Every
        read keeps a five-minute cache alive for five more minutes (AWS's guide to
        prompt caching), so this counts the pauses longer than that. One an hour
        unless you say otherwise; where there are fewer requests than writes, each
        request writes.

    Raises
    ------
    ValueError
        For a value outside these ranges.

    Examples
    --------
    >>> Workload(5000, 1200, 300, cached_share=0.5).cached_tokens
    600
    """

    requests_per_day: float
    input_tokens: int
    output_tokens: int
    cached_share: float = 0.0
    batch_share: float = 0.0
    cache_writes_per_day: float = 24

    def __post_init__(self):
        value = self.requests_per_day
        require("requests_per_day", value, "a number above 0", lambda n: n > 0, _TYPE)
        require_at_least_0("cache_writes_per_day", self.cache_writes_per_day, _TYPE)
        for name in TOKENS:
            whole = "a whole number, 0 or more,"
            require(name, getattr(self, name), whole, is_count, _TYPE)
        for name in SHARES:
            share = "a share from 0 to 1"
            require(name, getattr(self, name), share, lambda n: 0 <= n <= 1, _TYPE)

    @property
    def cached_tokens(self):
        """The input tokens of one request in the cached part, to the whole token."""
        return round(exact(self.cached_share) * int(self.input_tokens))


@dataclass(frozen=True)
class RequestKind:
    """
    Requests of a workload that are billed alike.

    Attributes
    ----------
    name : str
        ``"on demand"``, ``"cache write"``, ``"cache read"`` or ``"batch"``.
    requests_per_day : decimal.Decimal
    usage : dict
        The tokens of one of them, as Converse reports them.
    tier : str
        The tier they are priced at.
    """

    name: str
    requests_per_day: Decimal
    usage: dict
    tier: str = "default"


def request_kinds(workload):
    """
    The kinds of requests a workload has.

    Parameters
    ----------
    workload : Workload

    Returns
    -------
    tuple of RequestKind
        Only those that occur.

    Examples
    --------
    >>> load = Workload(1000, 1200, 300, cached_share=0.5, batch_share=0.2)
    >>> for kind in request_kinds(load):
    ...     print(kind.name, int(kind.requests_per_day), kind.usage)
    cache write 24 {'inputTokens': 600, 'outputTokens': 300,
                    'cacheWriteInputTokens': 600}
    cache read 776 {'inputTokens': 600, 'outputTokens': 300,
                    'cacheReadInputTokens': 600}
    batch 200 {'inputTokens': 1200, 'outputTokens': 300}
    """
    every_day = exact(workload.requests_per_day)
    batch = every_day * exact(workload.batch_share)
    whole, cached = int(workload.input_tokens), workload.cached_tokens
    plain = {"inputTokens": whole, "outputTokens": int(workload.output_tokens)}
    fresh = plain | {"inputTokens": whole - cached}
    wanted = exact(workload.cache_writes_per_day) if cached else Decimal(0)
    writes = min(wanted, every_day - batch)
    others = every_day - batch - writes
    reads = fresh | {"cacheReadInputTokens": cached}
    kinds = (
        RequestKind("cache write", writes, fresh | {"cacheWriteInputTokens": cached}),
        RequestKind("cache read", others, reads)
        if cached
        else RequestKind("on demand", others, plain),
        RequestKind("batch", batch, plain, "batch"),
    )
    return tuple(kind for kind in kinds if kind.requests_per_day)


def monthly_usd(workload, model_id, *, on=None):
    """
    What a workload costs in 30 days.

    Parameters
    ----------
    workload : Workload
    model_id : str
        The id as called.
    on : str, optional
        ``"2023-09-28"`` for launch day's prices.

    Returns
    -------
    decimal.Decimal
        US dollars, exact.

    Raises
    ------
    UnknownPriceError
        For an id without a known price, a batch share without a batch price, or a
        cached share without prices of the cache.

    Examples
    --------
    >>> load = Workload(5000, 1000, 200)  # 150,000 requests a month
    >>> monthly_usd(load, "amazon.nova-micro-v1:0").normalize()
    Decimal('9.45')
    """
    daily = (
        kind.requests_per_day * cost_of(kind.usage, model_id, tier=kind.tier, on=on)
        for kind in request_kinds(workload)
    )
    return DAYS_PER_MONTH * sum(daily, Decimal(0))


def per_thousand_requests_usd(workload, model_id, *, on=None):
    """
    What a thousand requests of a workload cost on average.

    Parameters
    ----------
    workload, model_id, on
        As for :func:`monthly_usd`.

    Returns
    -------
    decimal.Decimal
        US dollars.

    Raises
    ------
    UnknownPriceError
        As :func:`monthly_usd`.

    Examples
    --------
    >>> load = Workload(5000, 1000, 200)
    >>> per_thousand_requests_usd(load, "amazon.nova-micro-v1:0").normalize()
    Decimal('0.063')
    """
    requests = DAYS_PER_MONTH * exact(workload.requests_per_day)
    return 1000 * monthly_usd(workload, model_id, on=on) / requests
