"""What a call costs, from its token counts and dated, sourced prices.

Sums are exact (``decimal.Decimal``); nothing is rounded before it is shown. The
prices are those of ``data/prices.json``; see :mod:`bedrock_helpers.price_list`.
"""

from dataclasses import dataclass
from decimal import Decimal

from bedrock_helpers.other_prices import image_usd, provisioned_usd_per_hour
from bedrock_helpers.price_list import (
    TIERS,
    Price,
    UnknownPriceError,
    known_ids,
    long_prompt_tokens,
    price_of,
    tiers_of,
)

__all__ = [
    "TIERS",
    "CostLine",
    "Price",
    "UnknownPriceError",
    "cost_lines",
    "cost_of",
    "image_usd",
    "known_ids",
    "long_prompt_tokens",
    "price_of",
    "provisioned_usd_per_hour",
    "table",
    "tiers_of",
]
_MILLION = Decimal(1_000_000)
_WRITTEN_FOR = {"5m": "cache_write_5m", "1h": "cache_write_1h"}


@dataclass(frozen=True)
class CostLine:
    """
    One line of a call's bill.

    Attributes
    ----------
    kind : str
        ``"input"``, ``"output"``, ``"cache_read"``, ``"cache_write_5m"`` or
        ``"cache_write_1h"``.
    tokens : int
    usd_per_million : decimal.Decimal
    """

    kind: str
    tokens: int
    usd_per_million: Decimal

    @property
    def usd(self):
        """What the line comes to, in US dollars."""
        return self.tokens * self.usd_per_million / _MILLION


def cost_lines(usage, model_id, *, tier="default", on=None):
    """
    The bill of one call, line by line.

    Parameters
    ----------
    usage : dict
        As Converse reports it: ``inputTokens`` (without those of the cache),
        ``outputTokens`` and, with a prompt cache, ``cacheReadInputTokens``,
        ``cacheWriteInputTokens`` and ``cacheDetails``. Writes that ``cacheDetails``
        does not tell apart count as those of five minutes, the default.
    model_id : str
        The id as called.
    tier : {"default", "flex", "priority", "batch"}
    on : str, optional
        ``"2023-09-28"`` for launch day's prices.

    Returns
    -------
    tuple of CostLine
        Input and output always; the cache where it was used.

    Raises
    ------
    UnknownPriceError
        For an id, a tier or a kind of token without a known price.
    ValueError
        For a usage without token counts, or with a negative one.

    Examples
    --------
    >>> usage = {"inputTokens": 1000, "outputTokens": 200}
    >>> for line in cost_lines(usage, "amazon.nova-micro-v1:0"):
    ...     print(line.kind, line.tokens, line.usd)
    input 1000 0.000035
    output 200 0.000028
    """
    counts = _counts(usage)
    prompt_tokens = sum(counts.values()) - counts["output"]
    price = price_of(model_id, tier=tier, on=on, prompt_tokens=prompt_tokens)
    return tuple(
        CostLine(kind, tokens, _known(price, kind)) for kind, tokens in counts.items()
    )


def cost_of(usage, model_id, *, tier="default", on=None):
    """
    What one call costs: the sum of its :func:`cost_lines`.

    Parameters
    ----------
    usage, model_id, tier, on
        As for :func:`cost_lines`.

    Returns
    -------
    decimal.Decimal
        US dollars, exact.

    Raises
    ------
    UnknownPriceError, ValueError
        As :func:`cost_lines`.

    Examples
    --------
    >>> usage = {"inputTokens": 1000, "outputTokens": 200}
    >>> cost_of(usage, "amazon.nova-micro-v1:0")
    Decimal('0.000063')
    >>> cost_of(usage, "amazon.nova-micro-v1:0", tier="batch")
    Decimal('0.0000315')
    """
    lines = cost_lines(usage, model_id, tier=tier, on=on)
    return sum((line.usd for line in lines), Decimal(0))


def table(model_ids=None, *, on=None):
    """
    Prices side by side, per million tokens.

    Parameters
    ----------
    model_ids : list of str, optional
        All that are known, if left out.
    on : str, optional
        ``"2023-09-28"`` for launch day's prices.

    Returns
    -------
    pandas.DataFrame
        A row for each id, in dollars as floats, for reading; ``cost_of`` is exact.
        Empty where no price is known.

    Raises
    ------
    UnknownPriceError

    Examples
    --------
    >>> table(["amazon.nova-micro-v1:0"])[["input", "output", "batch input"]]
                             input  output  batch input
    model_id
    amazon.nova-micro-v1:0   0.035    0.14       0.0175
    """
    import pandas

    ids = known_ids(on=on) if model_ids is None else model_ids
    rows = {model_id: _shown(model_id, on) for model_id in ids}
    frame = pandas.DataFrame.from_dict(rows, orient="index")
    return frame.rename_axis("model_id")


def _shown(model_id, on):
    price = price_of(model_id, on=on)
    kinds = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")
    row = {kind.replace("_", " "): _float(price, kind) for kind in kinds}
    for tier in ("flex", "priority", "batch"):
        known = tier in tiers_of(model_id, on=on)
        tiered = price_of(model_id, tier=tier, on=on) if known else None
        row |= {f"{tier} {k}": _float(tiered, k) for k in ("input", "output")}
    return row | {"as_of": price.as_of}


def _float(price, kind):
    value = price and getattr(price, f"usd_per_million_{kind}")
    return float("nan") if value is None else float(value)


def _counts(usage):
    """Tokens by kind; the kinds of the cache only where there are any."""
    try:
        counts = {"input": usage["inputTokens"], "output": usage["outputTokens"]}
    except (KeyError, TypeError):
        raise ValueError(
            f"usage={usage!r}: it needs inputTokens and outputTokens, as in a reply "
            'of Converse. Type: cost_of(reply["usage"], model_id)'
        ) from None
    cached = {"cache_read": usage.get("cacheReadInputTokens", 0), **_writes(usage)}
    counts |= {kind: tokens for kind, tokens in cached.items() if tokens}
    if any(tokens < 0 for tokens in counts.values()):
        raise ValueError(f"usage={usage!r}: token counts are 0 or more.")
    return counts


def _writes(usage):
    """Tokens written to the cache, by how long they are kept."""
    written = dict.fromkeys(_WRITTEN_FOR.values(), 0)
    for detail in usage.get("cacheDetails", ()):
        written[_WRITTEN_FOR[detail["ttl"]]] += detail["inputTokens"]
    told_apart = sum(written.values())
    written["cache_write_5m"] += usage.get("cacheWriteInputTokens", 0) - told_apart
    return written


def _known(price, kind):
    value = getattr(price, f"usd_per_million_{kind}")
    if value is not None:
        return value
    raise UnknownPriceError(
        f"No price is known for {kind.replace('_', ' ')} tokens of "
        f"{price.model_id!r} at tier {price.tier!r}, and none is guessed. Its known "
        f'prices: type bh.pricing.price_of("{price.model_id}")'
    )
