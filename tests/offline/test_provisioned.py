"""Provisioned throughput: bought, called, renamed, and deleted once its term ends."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers import catalog
from bedrock_helpers.offline.provisioned import MODEL_UNITS, add_months
from tests.offline.desk import CLAUDE_V2, MICRO, open_desk, text_of, tokens, user
from tests.offline.provocations import purchase

HERE = "us-east-1"
DAY_MINUTES = 24 * 60
NAMES = ("one", "two", "three", "four")


def buy(desk, **more):
    """Buy one; its ARN."""
    reply = desk.call("CreateProvisionedModelThroughput", **purchase(**more))
    return reply["provisionedModelArn"]


def described(desk, name="mine"):
    return desk.call("GetProvisionedModelThroughput", provisionedModelId=name)


def listed(desk, **filters):
    found = desk.call("ListProvisionedModelThroughputs", **filters)
    return [one["provisionedModelName"] for one in found["provisionedModelSummaries"]]


def code(error):
    return error.response["Error"]["Code"]


@pytest.fixture
def desk():
    """A ready account that has bought nothing yet."""
    return open_desk()


@pytest.fixture(scope="module")
def stocked():
    """An account with four purchases, one hour after the other."""
    desk = open_desk()
    for name in NAMES:
        buy(desk, provisionedModelName=name)
        desk.session.offline.pass_time(minutes=60)
    return desk


# Buying


@pytest.mark.parametrize(
    "variant",
    [m.model_id for m in catalog.all_models() if HERE in m.provisioned_regions],
)
def test_what_the_catalogue_sells_here_can_be_bought(variant, desk):
    arn = buy(desk, modelId=variant)
    found = described(desk, arn)
    model = f"arn:aws:bedrock:{HERE}::foundation-model/{variant}"
    assert found["status"] == "InService"
    assert found["modelArn"] == found["foundationModelArn"] == model
    assert (found["modelUnits"], found["desiredModelUnits"]) == (1, 1)


def test_it_is_bought_by_the_models_arn_too(desk):
    model = f"arn:aws:bedrock:{HERE}::foundation-model/{MICRO}:128k"
    assert described(desk, buy(desk, modelId=model))["modelArn"] == model


@pytest.mark.parametrize("unknown", ["no.such-model", f"{MICRO}:7k", "mine"])
def test_an_unknown_model_is_not_for_sale(unknown, desk):
    error = desk.refused(
        "CreateProvisionedModelThroughput", **purchase(modelId=unknown)
    )
    assert code(error) == "ValidationException"


def test_units_are_for_all_purchases_together_and_come_back_with_each(desk):
    buy(desk, modelUnits=MODEL_UNITS - 1)
    more = purchase(provisionedModelName="more", modelUnits=2)
    error = desk.refused("CreateProvisionedModelThroughput", **more)
    assert code(error) == "ServiceQuotaExceededException"
    desk.call("DeleteProvisionedModelThroughput", provisionedModelId="mine")
    assert buy(desk, **more)


def test_a_token_buys_once_and_boto3_gives_each_call_its_own(desk):
    once = {"clientRequestToken": "a" * 20}
    assert buy(desk, **once) == buy(desk, **once)
    assert listed(desk) == ["mine"]
    desk.refused("CreateProvisionedModelThroughput", **purchase())


def test_every_region_has_purchases_of_its_own():
    desk = open_desk()
    arn = buy(desk)
    abroad = desk.session.client("bedrock", region_name="us-west-2")
    assert (
        abroad.list_provisioned_model_throughputs()["provisionedModelSummaries"] == []
    )
    with pytest.raises(abroad.exceptions.ResourceNotFoundException):
        abroad.get_provisioned_model_throughput(provisionedModelId=arn)


def test_it_was_no_part_of_the_api_on_launch_day(launch):
    error = launch.refused("CreateProvisionedModelThroughput", **purchase())
    assert code(error) == "UnknownOperationException"


# Its term


def test_without_a_commitment_it_can_be_deleted_at_once(desk):
    buy(desk)
    found = described(desk)
    assert "commitmentDuration" not in found
    assert "commitmentExpirationTime" not in found
    desk.call("DeleteProvisionedModelThroughput", provisionedModelId="mine")
    assert listed(desk) == []


@pytest.mark.parametrize(
    ("commitment", "least", "most"), [("OneMonth", 28, 31), ("SixMonths", 181, 184)]
)
def test_with_one_only_once_the_term_is_over(commitment, least, most, desk):
    buy(desk, commitmentDuration=commitment)
    found = described(desk)
    assert found["commitmentDuration"] == commitment
    term = found["commitmentExpirationTime"] - found["creationTime"]
    assert timedelta(days=least) <= term <= timedelta(days=most)
    delete = {"provisionedModelId": "mine"}
    term_minutes = term / timedelta(minutes=1)
    desk.session.offline.pass_time(minutes=term_minutes - DAY_MINUTES)
    error = desk.refused("DeleteProvisionedModelThroughput", **delete)
    assert code(error) == "ConflictException"
    desk.session.offline.pass_time(minutes=DAY_MINUTES)
    desk.call("DeleteProvisionedModelThroughput", **delete)


@given(st.datetimes(), st.integers(1, 24))
def test_months_later_is_the_same_day_or_the_months_last(moment, months):
    if moment.year > 9990:
        return
    later = add_months(moment, months)
    passed = (later.year - moment.year) * 12 + later.month - moment.month
    assert passed == months
    assert later.time() == moment.time()
    tomorrow = later + timedelta(days=1)
    assert later.day == moment.day or tomorrow.day == 1


# Calling it


def test_it_is_called_by_its_arn_and_answers_like_its_model(desk):
    arn = buy(desk)
    asked = {"messages": [user("Name a pier.")], "inferenceConfig": tokens(3)}
    bought = desk.call("Converse", modelId=arn, **asked)
    on_demand = desk.call("Converse", modelId=MICRO, **asked)
    assert bought["usage"] == on_demand["usage"]
    assert text_of(bought)
    events = list(desk.call("ConverseStream", modelId=arn, **asked)["stream"])
    assert events[-1]["metadata"]["usage"] == bought["usage"]
    body = json.dumps({"messages": [user("Hi")], "inferenceConfig": {"maxTokens": 2}})
    reply = desk.call("InvokeModel", modelId=arn, body=body)
    assert json.loads(reply["body"].read())["usage"]["outputTokens"] == 2


def test_a_name_or_a_deleted_arn_calls_nothing(desk):
    arn = buy(desk)
    desk.call("DeleteProvisionedModelThroughput", provisionedModelId=arn)
    for gone in ("mine", arn):
        error = desk.refused("Converse", modelId=gone, messages=[user("Hi")])
        assert code(error) == "ValidationException"


def test_its_variant_is_not_called_on_demand(desk):
    buy(desk)
    asked = {"modelId": f"{MICRO}:128k", "messages": [user("Hi")]}
    assert code(desk.refused("Converse", **asked)) == "ValidationException"


# Listing


def test_the_newest_comes_first_unless_asked_otherwise(stocked):
    assert listed(stocked) == list(NAMES[::-1])
    by_time = {"sortBy": "CreationTime", "sortOrder": "Ascending"}
    assert listed(stocked, **by_time) == list(NAMES)


@given(st.integers(1, 5))
def test_pages_of_any_size_join_to_the_same_list(size):
    desk = open_desk()
    for name in NAMES:
        buy(desk, provisionedModelName=name)
    pages = desk.client("bedrock").get_paginator("list_provisioned_model_throughputs")
    found = [
        one["provisionedModelName"]
        for page in pages.paginate(PaginationConfig={"PageSize": size})
        for one in page["provisionedModelSummaries"]
    ]
    assert found == listed(desk)


def test_filters_keep_what_they_say(stocked):
    assert listed(stocked, nameContains="o") == ["four", "two", "one"]
    assert listed(stocked, statusEquals="Failed") == []
    model = f"arn:aws:bedrock:{HERE}::foundation-model/{MICRO}"
    assert listed(stocked, modelArnEquals=model) == []
    assert len(listed(stocked, modelArnEquals=f"{model}:128k")) == len(NAMES)


def test_times_are_compared(stocked):
    second = described(stocked, "two")["creationTime"]
    minute = timedelta(minutes=1)
    assert listed(stocked, creationTimeAfter=second + minute) == ["four", "three"]
    assert listed(stocked, creationTimeBefore=second - minute) == ["one"]


def test_a_time_that_is_none_is_refused(ready):
    path = "/provisioned-model-throughputs?creationTimeAfter=soon"
    url = f"https://bedrock.{HERE}.amazonaws.com{path}"
    signed = {"Authorization": "Bearer any"}
    reply = ready.session.offline.answer("GET", url, signed, b"")
    assert reply.status == 400 and b"Timestamp" in reply.body


# Changing


def test_only_its_name_can_be_changed(desk):
    arn = buy(desk)
    desk.session.offline.pass_time(minutes=5)
    update = "UpdateProvisionedModelThroughput"
    desk.call(update, provisionedModelId=arn, desiredProvisionedModelName="yours")
    found = described(desk, "yours")
    assert found["provisionedModelArn"] == arn
    assert found["lastModifiedTime"] > found["creationTime"]
    other = {"provisionedModelId": arn, "desiredModelId": "amazon.nova-pro-v1:0:300k"}
    assert code(desk.refused(update, **other)) == "ValidationException"
    buy(desk)
    taken = {"provisionedModelId": arn, "desiredProvisionedModelName": "mine"}
    assert code(desk.refused(update, **taken)) == "ValidationException"


@pytest.mark.parametrize("operation", ["Get", "Update", "Delete"])
def test_what_was_never_bought_is_not_found(operation, ready):
    name = f"{operation}ProvisionedModelThroughput"
    error = ready.refused(name, provisionedModelId="never")
    assert code(error) == "ResourceNotFoundException"


def test_launch_day_models_were_not_sold_so(desk):
    error = desk.refused(
        "CreateProvisionedModelThroughput", **purchase(modelId=CLAUDE_V2)
    )
    assert code(error) == "ValidationException"
