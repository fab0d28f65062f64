"""Service Quotas offline: what is known of Bedrock's, and nothing made up."""

import pytest
from botocore.exceptions import ClientError

import bedrock_helpers as bh
from bedrock_helpers.data_files import load_json

KNOWN = [
    record
    for record in load_json("default_quotas.json")["quotas"]
    if record["tokens_per_minute"] is not None
]


@pytest.fixture
def quotas():
    return bh.connect("offline").client("service-quotas")


def refused(call, **asked):
    with pytest.raises(ClientError) as caught:
        call(**asked)
    return caught.value.response["Error"]


def test_an_account_has_the_defaults_that_are_known(quotas):
    found = quotas.list_service_quotas(ServiceCode="bedrock")["Quotas"]
    assert [(q["QuotaCode"], q["Value"]) for q in found] == [
        (record["code"], record["tokens_per_minute"]) for record in KNOWN
    ]
    assert found[0]["QuotaArn"].startswith(
        "arn:aws:servicequotas:us-east-1:111122223333:bedrock/L-"
    )


def test_the_defaults_are_of_no_account(quotas):
    found = quotas.list_aws_default_service_quotas(ServiceCode="bedrock")["Quotas"]
    assert len(found) == len(KNOWN)
    assert ":us-east-1::bedrock/" in found[0]["QuotaArn"]


def test_a_paginator_reads_every_page(quotas):
    pages = quotas.get_paginator("list_service_quotas").paginate(
        ServiceCode="bedrock", PaginationConfig={"PageSize": 1}
    )
    codes = [quota["QuotaCode"] for page in pages for quota in page["Quotas"]]
    assert codes == [record["code"] for record in KNOWN]


def test_one_quota_can_be_asked_for(quotas):
    call, record = quotas.list_service_quotas, KNOWN[-1]
    asked = {"ServiceCode": "bedrock", "QuotaCode": record["code"]}
    (found,) = call(**asked)["Quotas"]
    assert found["QuotaName"] == record["name"]
    assert call(**asked, QuotaAppliedAtLevel="ACCOUNT")["Quotas"] == [found]
    assert call(**asked, QuotaAppliedAtLevel="RESOURCE")["Quotas"] == []
    error = refused(call, **{**asked, "QuotaCode": "L-00000000"})
    assert error["Code"] == "NotAvailableOffline" and record["code"] in error["Message"]


def test_a_token_that_came_with_no_page_is_refused(quotas):
    call = quotas.list_service_quotas
    error = refused(call, ServiceCode="bedrock", NextToken="bm8=")
    assert error["Code"] == "InvalidPaginationTokenException"


def test_other_services_and_regions_are_said_not_to_be_known(quotas):
    error = refused(quotas.list_service_quotas, ServiceCode="ec2")
    assert error["Code"] == "NotAvailableOffline"
    assert "known are some of bedrock in us-east-1" in error["Message"]
    elsewhere = bh.connect("offline", region_name="eu-west-1")
    there = elsewhere.client("service-quotas").list_service_quotas
    assert "bedrock in eu-west-1" in refused(there, ServiceCode="bedrock")["Message"]


def test_what_else_the_service_does_is_refused_by_name(quotas):
    call = quotas.request_service_quota_increase
    code = KNOWN[0]["code"]
    error = refused(call, ServiceCode="bedrock", QuotaCode=code, DesiredValue=1.0)
    assert error["Code"] == "NotAvailableOffline"
    assert "RequestServiceQuotaIncrease of Service Quotas" in error["Message"]
