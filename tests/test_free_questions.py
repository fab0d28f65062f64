"""What the meter asks Bedrock, for nothing: a count, and a profile's model."""

import io
import json
from urllib.parse import unquote, urlsplit

import pytest

import bedrock_helpers as bh
from bedrock_helpers.call_bound import upper_bound
from tests.loopback_aws import SAID_HI, answer_unsent
from tests.metered import HI, HI_HAIKU, MODEL, only_row, runtime
from tests.offline.people import allow, document, new_user

HAIKU = bh.catalog.CLAUDE_HAIKU_4_5
PROFILE = HI_HAIKU["modelId"]
#: More than a call of 12 counted tokens can cost, less than an estimated one.
LIMIT = upper_bound(HI_HAIKU, input_tokens=12).usd
ARN = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc"


def counting(session, tokens=12):
    """Answer calls, and CountTokens with a number; the requests that came."""

    def answer(request):
        if request.url.endswith("/count-tokens"):
            return {} if tokens is None else {"inputTokens": tokens}
        return SAID_HI

    session.meter.limit_usd = LIMIT
    return answer_unsent(session, answer)


def paths(requests):
    return [unquote(urlsplit(request.url).path) for request in requests]


# CountTokens


def test_where_the_estimate_would_pass_the_budget_bedrock_counts(session):
    seen = counting(session)
    assert upper_bound(HI_HAIKU).usd > LIMIT
    runtime(session).converse(**HI_HAIKU)
    assert paths(seen) == [f"/model/{HAIKU}/count-tokens", f"/model/{PROFILE}/converse"]
    usage = bh.pricing.cost_of(SAID_HI["usage"], PROFILE)
    assert session.meter.spent_usd == usage
    assert only_row(session.meter)["calls"] == 1


def test_what_it_counts_is_what_the_model_reads(session):
    seen = counting(session)
    asked = {
        **HI_HAIKU,
        "system": [{"text": "Be brief."}],
        "requestMetadata": {"a": "b"},
        "additionalModelRequestFields": {"top_k": 5},
    }
    runtime(session).converse(**asked)
    counted = json.loads(seen[0].body)["input"]["converse"]
    names = ("messages", "system", "additionalModelRequestFields")
    assert counted == {name: asked[name] for name in names}


def test_a_native_body_is_counted_too(session):
    seen = counting(session)
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 100}
    body |= {"messages": [{"role": "user", "content": "Hi"}]}
    runtime(session).invoke_model(modelId=PROFILE, body=json.dumps(body))
    assert paths(seen) == [f"/model/{HAIKU}/count-tokens", f"/model/{PROFILE}/invoke"]


def test_a_count_that_passes_the_budget_stops_the_call_and_is_named(session):
    seen = counting(session, tokens=13)
    with pytest.raises(bh.BudgetExceeded) as caught:
        runtime(session).converse(**HI_HAIKU)
    assert "(13 tokens of input, counted by CountTokens; 100 of out" in str(
        caught.value
    )
    assert len(seen) == 1


def test_while_the_estimate_fits_nothing_is_asked(session):
    seen = counting(session)
    session.meter.limit_usd = upper_bound(HI_HAIKU).usd
    runtime(session).converse(**HI_HAIKU)
    assert len(seen) == 1


def test_where_no_count_could_help_nothing_is_asked(session):
    seen = counting(session)
    session.meter.limit_usd = upper_bound(HI_HAIKU, input_tokens=0).usd / 2
    with pytest.raises(bh.BudgetExceeded, match="estimated from its bytes"):
        runtime(session).converse(**HI_HAIKU)
    assert seen == []


@pytest.mark.parametrize(
    "more",
    [
        {"modelId": MODEL, "inferenceConfig": {"maxTokens": 1000}},
        {"outputConfig": {"textFormat": {"type": "json_schema", "structure": {}}}},
    ],
    ids=["a model without CountTokens", "what it does not count"],
)
def test_where_there_is_no_count_the_estimate_holds(session, more):
    seen = counting(session)
    request = {**HI_HAIKU, **more}
    session.meter.limit_usd = upper_bound(request).usd - LIMIT / 1000
    if "outputConfig" in more:
        schema = {"jsonSchema": {"schema": "{}", "name": "x"}}
        more["outputConfig"]["textFormat"]["structure"] = schema
    with pytest.raises(bh.BudgetExceeded, match="estimated from its bytes"):
        runtime(session).converse(**request)
    assert seen == []


def test_a_body_that_is_a_file_is_not_counted(session):
    seen = counting(session)
    body = io.BytesIO(b'{"max_tokens": 5}')
    with pytest.raises(bh.BudgetExceeded, match="the whole window"):
        runtime(session).invoke_model(modelId=PROFILE, body=body)
    assert seen == []


def test_where_it_may_not_be_asked_the_estimate_holds(session, aws):
    session.meter.limit_usd = LIMIT
    aws.fail_next(403, "AccessDeniedException")
    client = runtime(session, endpoint_url=aws.url)
    with pytest.raises(bh.BudgetExceeded, match="estimated from its bytes"):
        client.converse(**HI_HAIKU)
    assert [path.rpartition("/")[2] for path in aws.paths] == ["count-tokens"]


def test_an_answer_without_a_number_is_none(session):
    seen = counting(session, tokens=None)
    with pytest.raises(bh.BudgetExceeded, match="estimated from its bytes"):
        runtime(session).converse(**HI_HAIKU)
    assert len(seen) == 1


def test_it_is_asked_in_the_region_and_at_the_address_of_the_call(session):
    seen = counting(session)
    where = {"region_name": "us-west-2", "endpoint_url": "https://vpce.example/x"}
    runtime(session, **where).converse(**HI_HAIKU)
    assert seen[0].url.startswith("https://vpce.example/x/model/")
    assert "us-west-2/bedrock/aws4_request" in seen[0].headers["Authorization"].decode()


def test_offline_a_count_lets_a_call_pass_that_the_estimate_would_stop():
    text = "In one sentence: what is Amazon Bedrock?"
    stored = {
        "modelId": PROFILE,
        "messages": [{"role": "user", "content": [{"text": text}]}],
        "inferenceConfig": {"maxTokens": 60, "temperature": 0},
    }
    limit = upper_bound(stored, input_tokens=40).usd
    session = bh.connect("offline", budget_usd=limit)
    assert upper_bound(stored).usd > limit
    usage = runtime(session).converse(**stored)["usage"]
    assert session.meter.spent_usd == bh.pricing.cost_of(usage, PROFILE)


# Application inference profiles


def profiled(session, *regions, model_id=HAIKU):
    """Answer calls, and GetInferenceProfile; the requests that came."""
    arns = [f"arn:aws:bedrock:{r}::foundation-model/{model_id}" for r in regions]

    def answer(request):
        if "/inference-profiles/" in request.url:
            return {"models": [{"modelArn": arn} for arn in arns]}
        return SAID_HI

    return answer_unsent(session, answer)


@pytest.mark.parametrize(
    ("regions", "charged"),
    [
        (["us-east-1"], HAIKU),
        (["us-east-1", "us-east-2", "us-west-2"], f"us.{HAIKU}"),
        (["us-east-1", ""], f"global.{HAIKU}"),
        (["us-east-1", "eu-west-1"], f"global.{HAIKU}"),
    ],
)
def test_an_application_profile_has_the_price_of_what_it_was_made_from(
    session, regions, charged
):
    seen = profiled(session, *regions)
    for _ in range(2):
        runtime(session).converse(**{**HI, "modelId": ARN})
    usd = 2 * bh.pricing.cost_of(SAID_HI["usage"], charged)
    assert session.meter.spent_usd == usd
    assert only_row(session.meter)["model_id"] == ARN
    asked = [path for path in paths(seen) if "inference-profiles" in path]
    assert asked == [f"/inference-profiles/{ARN}"]  # once


def test_a_profile_of_regions_that_the_catalogue_does_not_know_has_no_price(session):
    session.meter.limit_usd = None
    profiled(session, "us-east-1", "eu-west-1", model_id=MODEL)
    runtime(session).converse(**{**HI, "modelId": ARN})
    assert only_row(session.meter)["price"] == "unknown"


def test_a_profile_that_may_not_be_looked_up_has_no_price(aws, live):
    aws.fail_next(403, "AccessDeniedException")
    with pytest.raises(bh.pricing.UnknownPriceError):
        runtime(live).converse(**{**HI, "modelId": ARN})
    assert [unquote(path) for path in aws.paths] == [f"/inference-profiles/{ARN}"]
    live.meter.limit_usd = None
    runtime(live).converse(**{**HI, "modelId": ARN})
    assert only_row(live.meter)["price"] == "unknown"


def test_a_profile_may_be_looked_up_as_soon_as_it_is_allowed():
    owner = bh.connect("offline")
    source = {"copyFrom": f"arn:aws:bedrock:us-east-1::foundation-model/{MODEL}"}
    made = owner.client("bedrock").create_inference_profile(
        inferenceProfileName="p", modelSource=source
    )
    denied = allow("bedrock:GetInferenceProfile") | {"Effect": "Deny"}
    keys = new_user(owner, "ana", document(allow("bedrock:*")), document(denied))
    ana = bh.connect("offline", credentials=keys, budget_usd=1)
    request = {**HI, "modelId": made["inferenceProfileArn"]}
    with pytest.raises(bh.pricing.UnknownPriceError):
        runtime(ana).converse(**request)
    owner.client("iam").delete_user_policy(UserName="ana", PolicyName="p1")
    usage = runtime(ana).converse(**request)["usage"]
    assert ana.meter.spent_usd == bh.pricing.cost_of(usage, MODEL)


def test_provisioned_throughput_is_counted_and_paid_by_the_hour(session):
    answer_unsent(session, lambda request: SAID_HI)
    arn = "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abcdefghijkl"
    runtime(session).converse(**{**HI, "modelId": arn})
    row = only_row(session.meter)
    assert (row["usd"], row["input_tokens"], row["price"]) == (0, 10, "per hour")
