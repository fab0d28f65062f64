"""AWS Price List: what the ``pricing`` client asks, as far as it concerns Bedrock.

GetProducts, DescribeServices and GetAttributeValues, in the JSON protocol of
botocore's service model. The list itself is :mod:`.price_list_rows`.
"""

import base64
import json

from bedrock_helpers import catalog
from bedrock_helpers.offline import price_list_rows
from bedrock_helpers.offline.errors import Refusal, not_offline
from bedrock_helpers.offline.http_reply import Reply
from bedrock_helpers.offline.router import service_model
from bedrock_helpers.offline.shapes import check
from bedrock_helpers.offline.strict_json import read_json
from bedrock_helpers.price_list_names import SERVICE_CODES

#: Where AWS serves the price list, whichever Region it is asked about.
REGIONS = ("us-east-1", "eu-central-1", "ap-south-1")
_PAGE = 100
_FORMAT = "aws_v1"
_JSON = "application/x-amz-json-1.1"
#: Quoted in github.com/aws/aws-sdk-js/issues/3329 (2020-06-28).
_INVALID = "Input Parameters are invalid. "
#: How an attribute is compared with a filter's value: TERM_MATCH whatever the case, as
#: aws-samples/sample-bedrock-spend-budget-guardrails found (2026-07-30).
_COMPARE = {
    "TERM_MATCH": lambda found, value: found.casefold() == value.casefold(),
    "EQUALS": lambda found, value: found == value,
    "CONTAINS": lambda found, value: value in found,
}


def answer(headers, body, region_name, day):
    """
    Answer one request to the price list.

    Parameters
    ----------
    headers : mapping
        ``X-Amz-Target`` names the operation.
    body : bytes or None
    region_name : str
        Where the request is sent.
    day : str
        The day of the account.

    Returns
    -------
    Reply
    """
    try:
        values = _answer(headers, body, region_name, day)
    except Refusal as stop:
        values = {"__type": stop.code, "Message": stop.text}
        return _reply(stop.status, values)
    return _reply(200, values)


def _answer(headers, body, region_name, day):
    target = headers.get("X-Amz-Target") or b""
    target = target.decode("latin-1") if isinstance(target, bytes) else target
    name = target.rpartition(".")[2]
    if region_name not in REGIONS:
        places = ", ".join(REGIONS)
        raise not_offline(
            f"serve the price list in {region_name}; like AWS's, it is in {places}. "
            'Type: session.client("pricing", region_name="us-east-1")'
        )
    if name not in _OPERATIONS:
        known = ", ".join(_OPERATIONS)
        raise not_offline(f"do {name or 'nothing'} of the price list; it has {known}")
    if day == catalog.LAUNCH_DAY:
        raise not_offline(
            f"show the price list of {day}: how it looked is not known. Its prices: "
            f'type bh.pricing.table(on="{day}")'
        )
    return _OPERATIONS[name](_parameters(name, body))


def _parameters(name, body):
    try:
        given = read_json(body or b"{}")
    except ValueError:
        raise Refusal("SerializationException", 400, "") from None
    shape = service_model("pricing").operation_model(name).input_shape
    if isinstance(given, dict) and "ServiceCode" in shape.required_members:
        if not given.get("ServiceCode"):
            raise _invalid("serviceCode cannot be null or empty")
    try:
        return check(shape, given)
    except Refusal as broken:
        raise _invalid(broken.text) from None


def _invalid(text):
    return Refusal("InvalidParameterException", 400, _INVALID + text)


def _get_products(asked):
    code = _known_code(asked["ServiceCode"])
    found = [
        product
        for region_name in _regions(asked.get("Filters", ()))
        for product in price_list_rows.products(code, region_name)
        if all(_matches(product, each) for each in asked.get("Filters", ()))
    ]
    page, more = _page(found, asked)
    price_list = [json.dumps(p, separators=(",", ":")) for p in page]
    return {"FormatVersion": _FORMAT, "PriceList": price_list, **more}


def _regions(filters):
    """The Regions whose products can pass the filters; without one, all."""
    asked = [
        each["Value"].casefold()
        for each in filters
        if each["Field"].casefold() == "regioncode"
        and each["Type"] in ("TERM_MATCH", "EQUALS")
    ]
    return sorted(catalog.regions() & set(asked) if asked else catalog.regions())


def _matches(product, asked):
    if asked["Type"] not in _COMPARE:
        known = ", ".join(_COMPARE)
        raise not_offline(f"filter by {asked['Type']}; it knows {known}")
    found = _attributes(product).get(asked["Field"].casefold())
    return found is not None and _COMPARE[asked["Type"]](found, asked["Value"])


def _attributes(product):
    given = product["product"]["attributes"]
    lowered = {name.casefold(): value for name, value in given.items()}
    return {"servicecode": product["serviceCode"], **lowered}


def _describe_services(asked):
    if asked.get("ServiceCode"):
        codes = [_known_code(asked["ServiceCode"])]
    else:
        codes = list(SERVICE_CODES)
    services = [
        {"ServiceCode": code, "AttributeNames": sorted(_names_and_values(code))}
        for code in codes
    ]
    page, more = _page(services, asked)
    return {"FormatVersion": _FORMAT, "Services": page, **more}


def _get_attribute_values(asked):
    values = _names_and_values(_known_code(asked["ServiceCode"]))
    name = asked["AttributeName"]
    if name not in values:
        known = ", ".join(sorted(values))
        raise _invalid(f"There is no attribute {name!r}; there are {known}")
    page, more = _page([{"Value": v} for v in sorted(values[name])], asked)
    return {"AttributeValues": page, **more}


def _names_and_values(code):
    found = {}
    for region_name in catalog.regions():
        for product in price_list_rows.products(code, region_name):
            for name, value in product["product"]["attributes"].items():
                found.setdefault(name, set()).add(value)
    return found


def _known_code(code):
    if code in SERVICE_CODES:
        return code
    known = " and ".join(SERVICE_CODES)
    raise not_offline(f"price {code!r}; of AWS's price list it has {known}")


def _page(found, asked):
    """One page of what was found, and the token of the next."""
    start = _start(asked.get("NextToken"), len(found))
    end = start + asked.get("MaxResults", _PAGE)
    token = base64.b64encode(f"from:{end}".encode()).decode()
    return found[start:end], {"NextToken": token} if end < len(found) else {}


def _start(token, count):
    if token is None:
        return 0
    try:
        text = base64.b64decode(token.encode(), validate=True).decode()
        start = int(text.removeprefix("from:"))
    except ValueError:
        start, text = 0, ""
    if text.startswith("from:") and 0 < start < count:
        return start
    text = "The pagination token is invalid. Try again without a pagination token."
    raise Refusal("InvalidNextTokenException", 400, text)


def _reply(status, values):
    body = json.dumps(values).encode()
    return Reply(
        status, {"content-type": _JSON, "content-length": str(len(body))}, body
    )


_OPERATIONS = {
    "GetProducts": _get_products,
    "DescribeServices": _describe_services,
    "GetAttributeValues": _get_attribute_values,
}
