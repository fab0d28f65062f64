"""One record of AWS's price list, read: what it charges for, and how much.

A record is described by its usage type, some attributes and its unit, and each kind
of record in its own way. What is not understood is refused, never guessed: the words
of a usage type must all be known, what says the tier must agree, and the unit must be
one of those seen.

Read in records kept by aws-samples/sample-bedrock-spend-budget-guardrails (May 2026;
its doc of 2026-07-30) and quoted in public code up to October 2026: scttfrdmn/cultivar
(tiers, units, bedrock-mantle), stdapi-ai/stdapi.ai (batch), grafana/cloudcost-exporter
(AWS Marketplace's names).
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bedrock_helpers.price_list_names import EDITION, SERVICE_CODES

_MARKETPLACE = SERVICE_CODES[1]
_OWN_USAGE = re.compile(
    r"[A-Z]+\d?-(?P<name>.+?)-(?P<rest>(?:(?:text|speech)-)?(?:input|output|cache)-.+"
    r"|ProvisionedThroughput-.+)"
)
_MARKETPLACE_USAGE = re.compile(r"(?:[A-Z]+\d?-MP:)?[A-Z]+\d?_(?P<rest>.+)-Units")
_WORD = re.compile(r"LCtx|[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|\d+[a-z]*")
_TIERS = {"flex", "priority", "batch"}
_LONG = {"lctx", "long", "ctx", "context"}
_CACHE = {"cache", "read", "write", "prompt"}
#: Words that change nothing: a price of the list is for a million (or 1000) tokens.
_PLAIN = {"token", "tokens", "count", "million", "text", "standard", "input", "output"}
_ROUTE = {"global", "cross", "region"}
_KNOWN = _TIERS | _LONG | _CACHE | _PLAIN | _ROUTE | {"1h"}
_NOT_TEXT = {"image", "images", "audio", "video", "speech", "document", "second"}
_SCALE = {"1K tokens": Decimal(1000), "1M tokens": Decimal(1)}
_MONTHS = {
    "nocommit": 0,
    "no commit": 0,
    "1month": 1,
    "1 month commit": 1,
    "6months": 6,
    "6 months commit": 6,
}


class NotKept(Exception):
    """The record is understood, and charges for what data/prices.json leaves out."""


class NotUnderstood(Exception):
    """The record is not understood."""


@dataclass(frozen=True)
class PriceRow:
    """
    What one record charges.

    Attributes
    ----------
    names : tuple of str
        What it calls the model, the surest name first.
    region_name : str
    kind : str
        ``"input"``, ``"output"``, ``"cache_read"``, ``"cache_write_5m"``,
        ``"cache_write_1h"``, or ``"provisioned"``.
    usd : decimal.Decimal
        Per million tokens; of provisioned throughput, per model unit and hour.
    tier : str
        ``"default"``, ``"flex"``, ``"priority"`` or ``"batch"``.
    is_global, is_long : bool
        For calls through a global profile; for long prompts.
    months : int
        Of provisioned throughput: the commitment.
    source : str
        The usage type, and the version of the list.
    """

    names: tuple
    region_name: str
    kind: str
    usd: Decimal
    tier: str
    is_global: bool
    is_long: bool
    months: int
    source: str


def read_row(record):
    """
    Read one record.

    Parameters
    ----------
    record : dict
        A member of ``PriceList``, decoded.

    Returns
    -------
    PriceRow

    Raises
    ------
    NotKept, NotUnderstood
        Both say why.
    """
    attributes = record["product"]["attributes"]
    usage = attributes.get("usagetype", "")
    _check_feature(attributes)
    unit, price = _unit_and_price(record)
    is_marketplace = record["serviceCode"] == _MARKETPLACE
    name, rest, words = _words(usage, unit, is_marketplace)
    is_hourly = bool({"provisioned", "provisionedthroughput"} & set(words))
    if is_hourly:
        kind, tier, usd = "provisioned", "default", _per_hour(price, unit)
    else:
        kind, tier = _kind(words), _tier(words, attributes)
        usd = _per_million(price, unit, is_marketplace)
        _check_not_free(kind, usd)
    return PriceRow(
        names=_names(attributes, name),
        region_name=attributes.get("regionCode", ""),
        kind=kind,
        usd=usd,
        tier=tier,
        is_global="global" in words,
        is_long=bool(_LONG & set(words)),
        months=_months(rest, words) if is_hourly else 0,
        source=f"{usage}, {record['serviceCode']} of {record.get('version', '?')[:8]}",
    )


def _check_feature(attributes):
    """Customised models and the like are sold by other prices."""
    feature = attributes.get("feature", "").casefold().replace(" ", "")
    inference = ("", "on-demandinference", "batchinference")
    if feature not in inference and not feature.startswith("provisionedthroughput"):
        raise NotKept(f"feature {attributes['feature']!r}")
    if "latency optimized" in attributes.get("model", "").casefold():
        raise NotKept("latency-optimised inference")


def _unit_and_price(record):
    dimensions = [
        dimension
        for term in record["terms"].get("OnDemand", {}).values()
        for dimension in term["priceDimensions"].values()
    ]
    if len(dimensions) != 1:
        raise NotUnderstood(f"{len(dimensions)} prices in one record")
    try:
        price = Decimal(dimensions[0]["pricePerUnit"]["USD"])
    except (KeyError, InvalidOperation):
        raise NotUnderstood("a price that is no number of US dollars") from None
    if not price.is_finite() or price < 0:
        raise NotUnderstood(f"the price {price}")
    return dimensions[0].get("unit", ""), price


def _words(usage, unit, is_marketplace):
    """The model's short name, what follows it, and its words in small letters."""
    if "-mantle-" in usage:
        raise NotKept("bedrock-mantle, an endpoint with prices of its own")
    pattern = _MARKETPLACE_USAGE if is_marketplace else _OWN_USAGE
    match = pattern.fullmatch(usage)
    if match is None and "token" not in unit and unit not in ("hour", "Units"):
        raise NotKept(f"charged by the {unit or 'unnamed unit'}")
    if match is None:
        raise NotUnderstood("a usage type of another form")
    words = [word.casefold() for word in _WORD.findall(match["rest"])]
    if not is_marketplace:
        words = match["rest"].casefold().split("-")
    _check_words(words, unit)
    return ("" if is_marketplace else match["name"]), match["rest"], words


def _check_words(words, unit):
    found = set(words)
    if found & {"reserved", "tpm"}:
        raise NotKept("reserved capacity")
    if "latency" in found:
        raise NotKept("latency-optimised inference")
    if found & _NOT_TEXT:
        raise NotKept("pictures, sound and video")
    if "custom" in found or "customization" in found:
        raise NotKept("customised models")
    if {"cache", "write", "30m"} <= found:
        raise NotKept("cache writes kept for 30 minutes")
    if found & {"provisioned", "provisionedthroughput"}:
        return
    if "token" not in unit and unit != "Units":
        raise NotKept(f"charged by the {unit or 'unnamed unit'}")
    if not found <= _KNOWN:
        raise NotUnderstood(f"the words {', '.join(sorted(found - _KNOWN))}")


def _kind(words):
    if "cache" in words and ("read" in words) != ("write" in words):
        if "read" in words:
            return "cache_read"
        return "cache_write_1h" if "1h" in words else "cache_write_5m"
    if "cache" not in words and ("input" in words) != ("output" in words):
        return "input" if "input" in words else "output"
    raise NotUnderstood("neither input nor output, or both")


def _tier(words, attributes):
    """The tier, which up to four places tell; they must agree."""
    inference = attributes.get("inferenceType", "").casefold().split()
    if _NOT_TEXT & set(inference):
        raise NotKept("pictures, sound and video")
    told = _TIERS & {*words, *inference}
    if "batch" in attributes.get("feature", "").casefold():
        told |= {"batch"}
    named = attributes.get("service_tier", "").casefold()
    if named not in ("", "standard", "default", *_TIERS):
        raise NotKept(f"service tier {named!r}")
    told |= {named} & _TIERS
    if len(told) > 1:
        raise NotUnderstood(f"the tiers {' and '.join(sorted(told))} at once")
    return next(iter(told), "default")


def _per_million(price, unit, is_marketplace):
    if is_marketplace and unit == "Units":  # of tokens, a million
        return price
    if unit not in _SCALE:
        raise NotUnderstood(f"the unit {unit!r}")
    return price * _SCALE[unit]


def _per_hour(price, unit):
    if unit not in ("hour", "Units"):
        raise NotUnderstood(f"the unit {unit!r}")
    return price


def _check_not_free(kind, usd):
    """AWS lists some cache writes at nothing; other zeros are placeholders."""
    if usd == 0 and not kind.startswith("cache_write"):
        raise NotUnderstood(f"{kind} at no price")


def _months(rest, words):
    text = rest.casefold() if "-" in rest else " ".join(words)
    for name, months in _MONTHS.items():
        if name in text:
            return months
    raise NotUnderstood(f"the commitment {rest!r}")


def _names(attributes, short_name):
    listed = attributes.get("model") or attributes.get("titanModel")
    if not short_name:
        listed = attributes.get("servicename", "").removesuffix(EDITION)
    return tuple(name for name in (short_name, listed) if name)
