"""Reading AWS's price list, and finding which ids its records charge for."""

import json
import re
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field

from bedrock_helpers.price_list_names import (
    NAMES,
    SERVICE_CODES,
    price_region,
    without_version,
)
from tools.refresh_catalogue.price_rows import NotKept, NotUnderstood, read_row

#: Where the list is asked for; it tells the prices of every Region.
ENDPOINT_REGION = "us-east-1"


class UnknownName(NotUnderstood):
    """A record is read, and of none of the known models, or of several."""


@dataclass
class Told:
    """
    What the price list tells.

    Attributes
    ----------
    tokens : dict
        Id to (tier, kind, whether for long prompts) to its PriceRow.
    hours : dict
        (model id, Region, months) to its PriceRow.
    regions : list of str
        The Regions whose prices were read.
    not_kept : Counter
        What is understood and left out, by reason.
    problems : Counter
        Records that are not understood, or name no known model, by what is wrong.
    """

    tokens: dict = field(default_factory=dict)
    hours: dict = field(default_factory=dict)
    regions: list = field(default_factory=list)
    not_kept: Counter = field(default_factory=Counter)
    problems: Counter = field(default_factory=Counter)


def callable_from(models):
    """
    Every id that can be called, and from which Regions.

    Parameters
    ----------
    models : list of dict
        Records of data/models.json.

    Returns
    -------
    dict of str to list
    """
    found = {}
    for model in models:
        if "bedrock-runtime" in model["endpoints"]:
            found[model["model_id"]] = model["on_demand_regions"]
            for geography, regions in model["profiles"].items():
                found[f"{geography}.{model['model_id']}"] = regions
    return {model_id: regions for model_id, regions in found.items() if regions}


def read_prices(session, models, regions):
    """
    Ask the price list for the Regions in which some id's price is read.

    Parameters
    ----------
    session : boto3.Session
    models : list of dict
        Records of data/models.json.
    regions : collection of str
        Only of these.

    Returns
    -------
    Told

    Raises
    ------
    botocore.exceptions.ClientError, BotoCoreError
        If the list cannot be read.
    """
    told = Told()
    places = {i: price_region(r) for i, r in callable_from(models).items()}
    told.regions = [r for r in regions if r in places.values()]
    names = _Names(models)
    with closing(session.client("pricing", region_name=ENDPOINT_REGION)) as pricing:
        for region_name in told.regions:
            for code in SERVICE_CODES:
                for record in _records(pricing, code, region_name):
                    _take(told, record, names, places)
    told.hours = _uncontradicted(told.hours)
    told.tokens = {i: _uncontradicted(rows) for i, rows in told.tokens.items()}
    return told


def _uncontradicted(rows):
    return {key: row for key, row in rows.items() if row is not None}


def _records(pricing, code, region_name):
    here = {"Type": "TERM_MATCH", "Field": "regionCode", "Value": region_name}
    pages = pricing.get_paginator("get_products").paginate(
        ServiceCode=code, Filters=[here], FormatVersion="aws_v1"
    )
    for page in pages:
        yield from map(json.loads, page.get("PriceList", ()))


def _take(told, record, names, places):
    try:
        row = read_row(record)
        model_id = names.find(row)
    except NotKept as why:
        told.not_kept[str(why)] += 1
    except UnknownName as why:
        told.problems[str(why)] += 1
    except NotUnderstood as why:
        usage = record["product"]["attributes"].get("usagetype", "")
        told.problems[f"{usage}: {why}"] += 1
    else:
        if row.kind == "provisioned":
            _keep(told, told.hours, (model_id, row.region_name, row.months), row)
            return
        for called in _ids(model_id, row, places):
            prices = told.tokens.setdefault(called, {})
            _keep(told, prices, (row.tier, row.kind, row.is_long), row)


def _keep(told, prices, key, row):
    """Keep a price; of two that contradict each other, neither."""
    known = prices.setdefault(key, row)
    if known is not None and known.usd != row.usd:
        prices[key] = None
        both = f"{known.usd} in {known.source}, and {row.usd} in {row.source}"
        told.problems[f"two prices: {both}"] += 1


def _ids(model_id, row, places):
    """The ids of a model whose price this record is: read in its Region."""
    for called, region_name in places.items():
        geography, _, bare = called.partition(".")
        if called == model_id:
            geography, bare = "", called
        is_its_own = bare == model_id and region_name == row.region_name
        if is_its_own and (geography == "global") == row.is_global:
            yield called


class _Names:
    """Finds the one model that the names of a record mean."""

    def __init__(self, models):
        used = [model for model in models if callable_from([model])]
        self._indexes = [_by_name(used), _by_name(models)]

    def find(self, row):
        """The model's id; :class:`UnknownName` if it is none, or several."""
        shown = " or ".join(map(repr, row.names))
        for index in self._indexes:
            meant = [index.get(_key(name), set()) for name in row.names]
            found = set().union(*meant)
            if len(found) == 1:
                return found.pop()
            if found:
                raise UnknownName(f"{shown} may be {' or '.join(sorted(found))}")
        raise UnknownName(f"no known model is called {shown}")


def _by_name(models):
    found = {}
    for model in models:
        for name in _names(model):
            found.setdefault(_key(name), set()).add(model["model_id"])
    return found


def _names(model):
    model_id = model["model_id"]
    yield from (model_id, without_version(model_id))
    yield from filter(None, NAMES.get(model_id, ()))
    if model["name"]:
        yield from (model["name"], f"{model['provider']} {model['name']}")


def _key(name):
    return re.sub("[^a-z0-9]", "", name.casefold())
