"""What a call costs, from token counts and dated, sourced prices.

Prices are those of ``data/prices.json``: standard tier, on demand. Sums are
exact (``decimal.Decimal``); nothing is rounded before it is shown.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import cache

from bedrock_helpers.data_files import load_json

#: ARNs that end in the id they are charged by.
_ARN = re.compile(r"arn:aws:bedrock:[^:]+:\d*:(foundation-model|inference-profile)/")
_MILLION = Decimal(1_000_000)


class UnknownPriceError(LookupError):
    """No price is known for that id; the message names the nearest known ones."""

@dataclass(frozen=True)
class Price:
    """One id's price, in US dollars per million tokens, with its source."""

    model_id: str
    usd_per_million_input: Decimal
    usd_per_million_output: Decimal
    source: str
    as_of: str


@cache
def _prices():
    found = {}
    for record in load_json("prices.json")["prices"]:
        values = {k: Decimal(v) if k[:4] == "usd_" else v for k, v in record.items()}
        found[record["model_id"]] = Price(**values)
    return found


def price_of(model_id):
    """
    The price of one id, exactly as it is called.

    Parameters
    ----------
    model_id : str
        A bare id or an inference profile id (they can differ in price), or the
        ARN of either.

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
    """
    called = model_id.rpartition("/")[2] if _ARN.match(model_id) else model_id
    if called in _prices():
        return _prices()[called]
    near = get_close_matches(called, _prices(), n=2, cutoff=0.4)
    hint = f" Known near it: {', '.join(near)}." if near else ""
    raise UnknownPriceError(
        f"No price is known for {model_id!r}, and none is guessed.{hint} A session "
        "with a budget calls only models whose price is known: type "
        "bh.pricing.known_ids()"
    )


def known_ids():
    """
    The ids whose price is known, sorted.

    Returns
    -------
    list of str

    Examples
    --------
    >>> "amazon.nova-micro-v1:0" in known_ids()
    True
    """
    return sorted(_prices())


def cost_usd(model_id, input_tokens, output_tokens):
    """
    What so many tokens cost.

    Parameters
    ----------
    model_id : str
        The id as called.
    input_tokens, output_tokens : int

    Returns
    -------
    decimal.Decimal
        US dollars.

    Raises
    ------
    UnknownPriceError

    Examples
    --------
    >>> cost_usd("amazon.nova-micro-v1:0", 1_000_000, 0)
    Decimal('0.035')
    """
    price = price_of(model_id)
    spent = (
        input_tokens * price.usd_per_million_input
        + output_tokens * price.usd_per_million_output
    )
    return spent / _MILLION
