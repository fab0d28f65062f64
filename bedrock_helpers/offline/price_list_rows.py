"""What AWS's price list says of Bedrock, from the prices of ``data/prices.json``.

Usage types are those of the records kept by aws-samples/sample-bedrock-spend-budget-
guardrails (read from AWS in May 2026) and of price files quoted in public tests up to
October 2026; the unit "1M tokens" of AmazonBedrockFoundationModels is that of
September 2026. Where no record of a model was seen, its usage type is formed like
those of its neighbours.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from bedrock_helpers import catalog
from bedrock_helpers.data_files import load_json
from bedrock_helpers.offline.price_list_record import MARKETPLACE, OWN, Row, record_of
from bedrock_helpers.price_list_names import (
    EDITION,
    NAMES,
    price_region,
    without_version,
)

#: Makers whose models AWS Marketplace bills, so that the second part lists them.
_BILLED_BY_MARKETPLACE = ("AI21 Labs", "Anthropic", "Cohere", "Writer")
_OWN_USAGE = {
    "input": "input-tokens",
    "output": "output-tokens",
    "cache_read": "cache-read-input-token-count",
    "cache_write_5m": "cache-write-input-token-count",
    "cache_write_1h": "cache-write-1h-input-token-count",
}
_OWN_INFERENCE = {
    "input": "Input tokens",
    "output": "Output tokens",
    "cache_read": "Prompt cache read input tokens",
    "cache_write_5m": "Prompt cache write input tokens",
    "cache_write_1h": "Prompt cache write input tokens",
}
#: Up to Claude 4.6, and of other makers; then the newer form.
_OLD_USAGE = {
    "input": "InputTokenCount",
    "output": "OutputTokenCount",
    "cache_read": "CacheReadInputTokenCount",
    "cache_write_5m": "CacheWriteInputTokenCount",
    "cache_write_1h": "CacheWrite1hInputTokenCount",
}
_NEW_USAGE = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cache_read": "cache_read_tokens",
    "cache_write_5m": "cache_write_tokens",
    "cache_write_1h": "cache_write_tokens_1h",
}
_IN_THE_OLD_FORM = ("anthropic.claude-sonnet-4-6", "anthropic.claude-opus-4-6-v1")
_COMMITMENTS = {
    0: ("NoCommit", "NoCommit", "no commit"),
    1: ("1month", "1MonthCommit", "1 month"),
    6: ("6months", "6MonthsCommit", "6 months"),
}


@dataclass(frozen=True)
class Charge:
    """One price of the file: of which id, for what, and in dollars."""

    model: object
    is_global: bool
    tier: str
    kind: str
    is_long: bool
    usd_per_million: Decimal


@lru_cache(maxsize=64)
def products(service_code, region_name):
    """
    The records of one part of the price list about one Region, by their SKU.

    Parameters
    ----------
    service_code : str
        ``"AmazonBedrock"`` or ``"AmazonBedrockFoundationModels"``.
    region_name : str

    Returns
    -------
    tuple of dict
        Shared between callers: do not change them.

    Examples
    --------
    >>> found = products("AmazonBedrock", "us-east-1")
    >>> sorted(found[0])[:3]
    ['product', 'publicationDate', 'serviceCode']
    """
    rows = [row for row in _rows(region_name) if row.service_code == service_code]
    found = [record_of(row, region_name) for row in rows]
    return tuple(sorted(found, key=lambda record: record["product"]["sku"]))


def _rows(region_name):
    for model in catalog.all_models():
        if not model.ended_by(catalog.AS_OF):
            yield from map(_token_row, _charges(model, region_name))
    for record in load_json("prices.json")["provisioned"]:
        where = record["region_name"]
        if region_name in ((where,) if where else catalog.LAUNCH_REGIONS):
            yield from _provisioned_rows(record)


def _charges(model, region_name):
    """Every price that callers of a model from one Region pay."""
    routes = {False: _regional_id(model, region_name)}
    if region_name in model.profiles.get("global", ()):
        routes[True] = f"global.{model.model_id}"
    for is_global, model_id in routes.items():
        record = _prices().get(model_id, {})
        for tier, prices in record.get("usd_per_million", {}).items():
            yield from _of_kinds(model, is_global, tier, False, prices)
        long = record.get("long_context", {}).get("usd_per_million", {})
        yield from _of_kinds(model, is_global, "default", True, long)


def _of_kinds(model, is_global, tier, is_long, prices):
    for kind, usd in prices.items():
        if kind != "output" or Decimal(usd):  # embeddings put nothing out
            yield Charge(model, is_global, tier, kind, is_long, Decimal(usd))


@cache
def _prices():
    return {record["model_id"]: record for record in load_json("prices.json")["today"]}


def _regional_id(model, region_name):
    """The priced id whose price is this Region's: bare, or of a geography."""
    places = {f"{g}.{model.model_id}": r for g, r in model.profiles.items()}
    places.pop(f"global.{model.model_id}", None)
    places = {model.model_id: model.on_demand_regions, **places}
    here = [i for i, r in places.items() if region_name in r and i in _prices()]
    own = [i for i in here if price_region(places[i]) == region_name]
    return next(iter(own + here), None)


def _token_row(charge):
    name = _marketplace_name(charge.model)
    return _marketplace_row(charge, name) if name else _own_row(charge)


def _marketplace_name(model):
    """The name in the list's second part; None for models of the first."""
    name = NAMES.get(model.model_id, ("", ""))[0] or model.name
    if model.provider == "OpenAI" and "gpt-oss" not in model.model_id:
        return f"OpenAI {name}"
    return name if model.provider in _BILLED_BY_MARKETPLACE else None


def _own_row(charge):
    model, kind, tier = charge.model, charge.kind, charge.tier
    name, short = NAMES.get(model.model_id, ("", ""))
    faster = f"-{tier}" if tier in ("flex", "priority") else ""
    batch = "-batch" if tier == "batch" else ""
    route = "-cross-region-global" if charge.is_global else ""
    long = "-long-context" if charge.is_long else ""
    slug = short or without_version(model.model_id)
    attributes = {
        "feature": "Batch Inference" if batch and not route else "On-demand Inference",
        "inferenceType": _OWN_INFERENCE[kind] + faster.replace("-", " "),
    }
    if not (model.provider == "Amazon" and "embed" in model.model_id):
        attributes["model"] = name or model.name or slug
    if model.provider != "Amazon":
        attributes["provider"] = model.provider
    usage = f"{slug}-{_OWN_USAGE[kind]}{long}{faster}{route}{batch}"
    return Row(OWN, usage, "1K tokens", charge.usd_per_million / 1000, attributes)


def _marketplace_row(charge, name):
    old = charge.model.model_id in _IN_THE_OLD_FORM or charge.model.model_id != (
        without_version(charge.model.model_id)
    )
    tier = {"default": "standard"}.get(charge.tier, charge.tier)
    parts = [(_OLD_USAGE if old else _NEW_USAGE)[charge.kind]]
    parts += [("LCtx" if old else "long_ctx")] if charge.is_long else []
    parts += [("Global" if old else "global")] if charge.is_global else []
    parts += [tier.title()] if old and tier != "standard" else []
    parts += [] if old else [tier]
    route = "Global" if charge.is_global else "Regional"
    what = _OWN_INFERENCE[charge.kind].removeprefix("Prompt ").title()
    about = f"Million {what} {tier.title()} {route}"
    named = {"servicename": name + EDITION}
    usd = charge.usd_per_million
    return Row(MARKETPLACE, "_".join(parts), "1M tokens", usd, named, about)


def _provisioned_rows(record):
    model = catalog.get(record["model_id"])
    own, commit, term = _COMMITMENTS[record["commitment_months"]]
    usd = Decimal(record["usd_per_model_unit_hour"])
    name, short = NAMES.get(model.model_id, ("", ""))
    if name and model.provider in _BILLED_BY_MARKETPLACE:
        usage = f"ProvisionedThroughput_{commit}_ModelUnits_Usage"
        about = f"Provisioned Throughput Hourly Price ({term.title()})"
        named = {"servicename": name + EDITION}
        yield Row(MARKETPLACE, usage, "hour", usd, named, about)
    elif short:
        usage = f"{short}-ProvisionedThroughput-{own}-ModelUnits"
        feature = f"Provisioned Throughput Inference - {term}"
        attributes = {"feature": feature, "model": name, "modelUnit": name}
        yield Row(OWN, usage, "hour", usd, attributes)
