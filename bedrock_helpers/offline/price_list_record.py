"""One record of AWS's price list, as GetProducts gives it in JSON.

The shape is that of records kept by aws-samples/sample-bedrock-spend-budget-guardrails
(lambda/test/fixtures/pricing, read from AWS in May 2026) and quoted in
github.com/aws/aws-cli/issues/9567 (June 2025).
"""

import base64
import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from bedrock_helpers.data_files import load_json
from bedrock_helpers.offline.router import builtin_loader
from bedrock_helpers.price_list_names import BILLING_CODES, SERVICE_CODES

OWN, MARKETPLACE = SERVICE_CODES
_OFFER_TERM = {OWN: "JRTCKXETXF", MARKETPLACE: "4799GE89SK"}
_RATE = "6YS6EN2CT7"
#: "EU (Ireland)" in the price list, "Europe (Ireland)" in botocore.
_EU = (
    "eu-central-1",
    "eu-north-1",
    "eu-south-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
)


@dataclass(frozen=True)
class Row:
    """
    One product of the list, before it is put into a Region.

    Attributes
    ----------
    service_code : str
        Which part of the list has it.
    usage : str
        Its usage type without the Region's code.
    unit : str
    usd : decimal.Decimal
        US dollars per unit.
    attributes : dict of str to str
        What tells it apart.
    about : str
        Description; left out, it is formed from the price.
    """

    service_code: str
    usage: str
    unit: str
    usd: Decimal
    attributes: dict = field(default_factory=dict)
    about: str = ""


def record_of(row, region_name):
    """
    A product in one Region, as a record of the list.

    Parameters
    ----------
    row : Row
    region_name : str

    Returns
    -------
    dict
    """
    code = BILLING_CODES[region_name]
    usage = f"{code}-{row.usage}"
    if row.service_code == MARKETPLACE:
        usage = f"{code}-MP:{code}_{row.usage}-Units"
    attributes = _attributes(row, usage, region_name)
    sku = _sku(row.service_code, usage, attributes["servicename"])
    day = load_json("prices.json")["as_of"]
    product = {"attributes": attributes, "sku": sku}
    if row.service_code == OWN:
        product = {"productFamily": "Amazon Bedrock", **product}
    return {
        "product": product,
        "serviceCode": row.service_code,
        "terms": {"OnDemand": _on_demand(row, sku, usage, region_name, day)},
        "version": day.replace("-", "") + "000000",
        "publicationDate": f"{day}T00:00:00Z",
    }


def _attributes(row, usage, region_name):
    own = {"servicecode": OWN, "servicename": "Amazon Bedrock"}
    return {
        "regionCode": region_name,
        "usagetype": usage,
        "locationType": "AWS Region",
        "location": _location(region_name),
        "operation": "",
        **(own if row.service_code == OWN else {}),
        **row.attributes,
    }


def _on_demand(row, sku, usage, region_name, day):
    usd = f"{row.usd:.10f}"
    term = _OFFER_TERM[row.service_code]
    rate = f"{sku}.{term}.{_RATE}"
    place = _location(region_name)
    about = f"${row.usd.normalize():f} per {row.unit} for {usage} in {place}"
    if row.about:
        about = f"AWS Marketplace software usage|{region_name}|{row.about}"
    dimension = {
        "unit": row.unit,
        "endRange": "Inf",
        "description": about,
        "appliesTo": [],
        "rateCode": rate,
        "beginRange": "0",
        "pricePerUnit": {"USD": usd},
    }
    return {
        f"{sku}.{term}": {
            "priceDimensions": {rate: dimension},
            "sku": sku,
            "effectiveDate": f"{day[:8]}01T00:00:00Z",
            "offerTermCode": term,
            "termAttributes": {},
        }
    }


def _sku(*parts):
    digest = hashlib.sha256("|".join(parts).encode()).digest()
    return base64.b32encode(digest).decode()[:16]


@cache
def _location(region_name):
    """A Region's name as the price list has it: "US East (N. Virginia)"."""
    regions = builtin_loader().load_data("endpoints")["partitions"][0]["regions"]
    name = regions[region_name]["description"]
    return name.replace("Europe", "EU") if region_name in _EU else name
