"""The price list: what GetProducts says of Bedrock, in a session and over HTTP."""

import json
from decimal import Decimal

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.validate import ParamValidator

import bedrock_helpers as bh
from bedrock_helpers.offline.price_list_api import REGIONS
from bedrock_helpers.offline.router import service_model
from bedrock_helpers.offline.server import serve
from tests.offline.desk import HAIKU, MICRO, open_desk
from tests.offline.over_http import clients

OWN, MARKETPLACE = "AmazonBedrock", "AmazonBedrockFoundationModels"


def match(field, value, kind="TERM_MATCH"):
    return {"Type": kind, "Field": field, "Value": value}


VIRGINIA = match("regionCode", "us-east-1")


@pytest.fixture(scope="module", params=["in process", "over HTTP"])
def pricing(request):
    """boto3's client of the offline price list."""
    if request.param == "in process":
        yield open_desk().client("pricing")
        return
    with serve() as server, clients(server) as client:
        yield client("pricing")


def products(pricing, code, *filters, **more):
    """Every record that GetProducts finds, page by page."""
    pages = pricing.get_paginator("get_products").paginate(
        ServiceCode=code, Filters=list(filters), **more
    )
    return [json.loads(text) for page in pages for text in page["PriceList"]]


def usd_by_usage(records):
    """Usage type to (unit, price) of records that have one price each."""
    found = {}
    for record in records:
        (term,) = record["terms"]["OnDemand"].values()
        (price,) = term["priceDimensions"].values()
        usage = record["product"]["attributes"]["usagetype"]
        found[usage] = price["unit"], Decimal(price["pricePerUnit"]["USD"])
    return found


def refused(pricing, operation, **asked):
    with pytest.raises(pricing.exceptions.ClientError) as caught:
        getattr(pricing, operation)(**asked)
    return caught.value


def test_a_models_prices_are_those_of_the_helpers(pricing):
    found = usd_by_usage(products(pricing, OWN, VIRGINIA, match("model", "Nova Micro")))
    price, batch = bh.pricing.price_of(MICRO), bh.pricing.price_of(MICRO, tier="batch")
    per_thousand = {
        "USE1-NovaMicro-input-tokens": price.usd_per_million_input,
        "USE1-NovaMicro-output-tokens": price.usd_per_million_output,
        "USE1-NovaMicro-cache-read-input-token-count": (
            price.usd_per_million_cache_read
        ),
        "USE1-NovaMicro-cache-write-input-token-count": (
            price.usd_per_million_cache_write_5m
        ),
        "USE1-NovaMicro-input-tokens-batch": batch.usd_per_million_input,
        "USE1-NovaMicro-output-tokens-batch": batch.usd_per_million_output,
    }
    per_hour = {
        f"USE1-NovaMicro-ProvisionedThroughput-{term}-ModelUnits": (
            bh.pricing.provisioned_usd_per_hour(MICRO, months=months)
        )
        for term, months in (("NoCommit", 0), ("1month", 1), ("6months", 6))
    }
    expected = {u: ("1K tokens", usd / 1000) for u, usd in per_thousand.items()}
    assert found == expected | {u: ("hour", usd) for u, usd in per_hour.items()}


def test_a_marketplace_model_has_a_price_for_its_geography_and_one_for_the_world(
    pricing,
):
    name = match("servicename", "Claude Haiku 4.5 (Amazon Bedrock Edition)")
    found = usd_by_usage(products(pricing, MARKETPLACE, VIRGINIA, name))
    routes = {"": HAIKU, "_Global": HAIKU.replace("us.", "global.", 1)}
    for suffix, model_id in routes.items():
        price = bh.pricing.price_of(model_id)
        usage = f"USE1-MP:USE1_OutputTokenCount{suffix}-Units"
        assert found[usage] == ("1M tokens", price.usd_per_million_output)
    assert (
        found["USE1-MP:USE1_OutputTokenCount-Units"]
        > (found["USE1-MP:USE1_OutputTokenCount_Global-Units"])
    )


@pytest.mark.parametrize("code", [OWN, MARKETPLACE])
def test_a_record_has_the_shape_of_aws_own(pricing, code):
    for record in products(pricing, code, VIRGINIA):
        assert record["serviceCode"] == code
        product, attributes = record["product"], record["product"]["attributes"]
        assert ("productFamily" in product) == (code == OWN)
        assert attributes["usagetype"].startswith("USE1-")
        assert attributes["location"] == "US East (N. Virginia)"
        ((key, term),) = record["terms"]["OnDemand"].items()
        assert key == f"{product['sku']}.{term['offerTermCode']}"
        ((rate, price),) = term["priceDimensions"].items()
        assert rate == price["rateCode"] == f"{key}.6YS6EN2CT7"
        assert (price["beginRange"], price["endRange"]) == ("0", "Inf")


def test_no_two_records_share_a_sku(pricing):
    skus = [
        record["product"]["sku"]
        for code in (OWN, MARKETPLACE)
        for record in products(pricing, code, VIRGINIA)
    ]
    assert len(set(skus)) == len(skus) > 500


def test_replies_are_of_the_output_shapes(pricing):
    asked = {
        "GetProducts": {"ServiceCode": OWN, "Filters": [VIRGINIA], "MaxResults": 2},
        "DescribeServices": {"ServiceCode": OWN},
        "GetAttributeValues": {"ServiceCode": OWN, "AttributeName": "location"},
    }
    for name, parameters in asked.items():
        reply = pricing._make_api_call(name, parameters)
        metadata = reply.pop("ResponseMetadata")
        assert metadata["HTTPStatusCode"] == 200 and metadata["RequestId"]
        shape = service_model("pricing").operation_model(name).output_shape
        report = ParamValidator().validate(reply, shape)
        assert not report.has_errors(), report.generate_report()


def test_a_page_has_at_most_a_hundred_records_or_as_many_as_asked_for(pricing):
    asked = {"ServiceCode": OWN, "Filters": [VIRGINIA]}
    assert len(pricing.get_products(**asked)["PriceList"]) == 100
    assert len(pricing.get_products(**asked, MaxResults=3)["PriceList"]) == 3


def test_pages_are_a_part_each_of_the_whole(pricing):
    whole = products(pricing, OWN, VIRGINIA)
    small = {"PaginationConfig": {"PageSize": 7}}
    assert products(pricing, OWN, VIRGINIA, **small) == whole
    assert len(whole) > 200


@pytest.mark.parametrize("token", ["x", "ZnJvbTow", "ZnJvbTo5OTk5OQ==", "YTpi", "é"])
def test_a_token_that_was_not_given_is_refused(pricing, token):
    asked = {"ServiceCode": OWN, "Filters": [VIRGINIA], "NextToken": token}
    error = refused(pricing, "get_products", **asked)
    assert type(error).__name__ == "InvalidNextTokenException"


@pytest.mark.parametrize(
    ("each", "count"),
    [
        (match("MODEL", "nova MICRO"), 9),
        (match("model", "Nova Micro", "EQUALS"), 9),
        (match("model", "nova micro", "EQUALS"), 0),
        (match("usagetype", "NovaMicro-output", "CONTAINS"), 2),
        (match("model", "Nova"), 0),
        (match("instanceType", "t3.micro"), 0),
    ],
)
def test_filters_compare_attributes(pricing, each, count):
    assert len(products(pricing, OWN, VIRGINIA, each)) == count


def test_the_service_code_is_a_field_too(pricing):
    whole = products(pricing, OWN, VIRGINIA)
    assert products(pricing, OWN, VIRGINIA, match("ServiceCode", OWN)) == whole
    assert products(pricing, OWN, VIRGINIA, match("ServiceCode", MARKETPLACE)) == []


def test_filters_must_all_hold(pricing):
    micro, batch = match("model", "Nova Micro"), match("feature", "Batch Inference")
    both = products(pricing, OWN, VIRGINIA, micro, batch)
    assert usd_by_usage(both).keys() == {
        "USE1-NovaMicro-input-tokens-batch",
        "USE1-NovaMicro-output-tokens-batch",
    }


def test_without_a_region_it_tells_of_all(pricing):
    found = products(pricing, OWN, match("model", "Nova Micro"))
    regions = {record["product"]["attributes"]["regionCode"] for record in found}
    assert {"us-east-1", "eu-west-1", "ap-northeast-1"} <= regions


def test_two_regions_at_once_are_none(pricing):
    assert products(pricing, OWN, VIRGINIA, match("regionCode", "eu-west-1")) == []


def test_the_services_are_told_with_their_attributes(pricing):
    services = {
        service["ServiceCode"]: service["AttributeNames"]
        for service in pricing.describe_services()["Services"]
    }
    assert services.keys() == {OWN, MARKETPLACE}
    assert {"model", "inferenceType", "feature"} <= set(services[OWN])
    assert "model" not in services[MARKETPLACE]
    (one,) = pricing.describe_services(ServiceCode=OWN)["Services"]
    assert one == {"ServiceCode": OWN, "AttributeNames": services[OWN]}


def test_an_attributes_values_are_told_once_each(pricing):
    reply = pricing.get_attribute_values(ServiceCode=OWN, AttributeName="feature")
    values = [value["Value"] for value in reply["AttributeValues"]]
    assert {"Batch Inference", "On-demand Inference"} <= set(values)
    assert values == sorted(set(values))


def test_a_missing_service_code_is_refused_in_awss_words(pricing):
    error = refused(pricing, "get_products", ServiceCode="")
    assert type(error).__name__ == "InvalidParameterException"
    expected = "Input Parameters are invalid. serviceCode cannot be null or empty"
    assert error.response["Error"]["Message"] == expected
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_page_too_large_is_refused(pricing):
    error = refused(pricing, "get_products", ServiceCode=OWN, MaxResults=101)
    assert type(error).__name__ == "InvalidParameterException"
    assert "101" in str(error)


@pytest.mark.parametrize(
    ("operation", "asked", "words"),
    [
        ("get_products", {"ServiceCode": "AmazonEC2"}, "'AmazonEC2'"),
        ("describe_services", {"ServiceCode": "AmazonEC2"}, "'AmazonEC2'"),
        (
            "list_price_lists",
            {"ServiceCode": OWN, "EffectiveDate": 0, "CurrencyCode": "USD"},
            "ListPriceLists of the price list; it has GetProducts",
        ),
        (
            "get_products",
            {
                "ServiceCode": OWN,
                "Filters": [VIRGINIA, match("model", "a,b", "ANY_OF")],
            },
            "filter by ANY_OF",
        ),
    ],
)
def test_what_it_does_not_have_it_says(pricing, operation, asked, words):
    error = refused(pricing, operation, **asked)
    assert error.response["Error"]["Code"] == "NotAvailableOffline"
    assert words in error.response["Error"]["Message"]


def test_an_unknown_attribute_is_refused_with_those_there_are(pricing):
    asked = {"ServiceCode": OWN, "AttributeName": "nope"}
    error = refused(pricing, "get_attribute_values", **asked)
    assert "inferenceType" in error.response["Error"]["Message"]


def test_it_is_served_where_aws_serves_it():
    session = open_desk().session
    assert tuple(sorted(REGIONS)) == tuple(
        sorted(session.get_available_regions("pricing"))
    )
    for region_name in REGIONS:
        client = session.client("pricing", region_name=region_name)
        assert client.describe_services()["Services"]
    elsewhere = session.client("pricing", region_name="us-west-2")
    with pytest.raises(EndpointConnectionError, match="api.pricing.us-west-2"):
        elsewhere.describe_services()


def test_over_http_another_region_is_told_where_it_is_served():
    with serve() as server, clients(server) as client:
        error = refused(client("pricing", "us-west-2"), "describe_services")
    assert 'region_name="us-east-1"' in error.response["Error"]["Message"]


def test_launch_days_list_is_not_made_up():
    error = refused(open_desk("launch").client("pricing"), "describe_services")
    assert 'bh.pricing.table(on="2023-09-28")' in error.response["Error"]["Message"]


def test_a_body_that_is_no_json_is_refused():
    with serve() as server, clients(server) as client:
        pricing = client("pricing")
        pricing.meta.events.register("before-sign", _spoil)
        error = refused(pricing, "get_products", ServiceCode=OWN)
    assert error.response["Error"]["Code"] == "SerializationException"


def _spoil(request, **_):
    request.data = b"{"
