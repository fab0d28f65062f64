"""What a session spent: set aside before a call under a budget, settled after it."""

import json
from decimal import Decimal

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

import bedrock_helpers as bh
from bedrock_helpers.call_bound import upper_bound
from bedrock_helpers.meter import Meter
from tests.loopback_aws import (
    SAID_HI,
    Answer,
    answer_unsent,
)
from tests.metered import (
    COUNTED,
    HI,
    MODEL,
    MOST_ON_HI,
    SPENT_AS_COUNTED,
    SPENT_ON_HI,
    TWICE,
    answer_with_stream,
    only_row,
    runtime,
)

#: A model without a known price of cache writes.
HI_TO_LITE = {**HI, "modelId": "amazon.nova-lite-v1:0"}

LAUNCH = bh.catalog.LAUNCH_DAY
UNKNOWN = "us.amazon.nova-micro-v2:0"


@pytest.fixture(params=["budget", "no budget"])
def either(request, session):
    """A session with a budget of a dollar, then one with none."""
    if request.param == "no budget":
        session.meter.limit_usd = None
    return session


# Before and after a call


def test_while_a_call_is_on_its_way_the_most_it_can_cost_is_counted(either):
    during = []

    def answer(request):
        during.append((either.meter.spent_usd, only_row(either.meter)))
        return SAID_HI

    answer_unsent(either, answer)
    runtime(either).converse(**HI)
    ((spent, row),) = during
    assert spent == MOST_ON_HI
    assert row["usd_upper_bound"] == row["usd"] == float(MOST_ON_HI)
    assert row["counts_from"] == "not reported 1"
    assert only_row(either.meter)["usd_upper_bound"] == 0


def test_after_a_call_its_reported_tokens_are_what_was_spent(either):
    answer_unsent(either, lambda request: SAID_HI)
    runtime(either).converse(**HI)
    runtime(either).converse(**HI)
    assert either.meter.spent_usd == 2 * SPENT_ON_HI


def test_a_reply_that_cost_more_than_was_set_aside_is_counted_in_full(either):
    dear = {"inputTokens": 1_000_000, "outputTokens": 0, "totalTokens": 1_000_000}
    answer_unsent(either, lambda request: {**SAID_HI, "usage": dear})
    runtime(either).converse(**HI)
    assert either.meter.spent_usd == Decimal("0.035")


def test_a_learner_who_changes_a_reply_changes_no_sum(either):
    answer_unsent(either, lambda request: SAID_HI)
    reply = runtime(either).converse(**HI)
    reply["usage"]["inputTokens"] = 10**9
    assert either.meter.spent_usd == SPENT_ON_HI


def test_a_tier_is_counted_apart_and_at_its_price(either):
    model_id = bh.catalog.GPT_OSS_20B
    answer_unsent(either, lambda request: SAID_HI)
    for tier in ({}, {"serviceTier": {"type": "priority"}}):
        runtime(either).converse(**{**HI, "modelId": model_id}, **tier)
    usage = SAID_HI["usage"]
    costs = [
        bh.pricing.cost_of(usage, model_id, tier=t) for t in ("default", "priority")
    ]
    assert either.meter.spent_usd == sum(costs)
    table = either.meter.table()
    assert table["tier"].tolist() == ["default", "priority"]
    assert table["usd"].tolist() == [float(cost) for cost in costs]


def test_invoke_model_is_settled_from_the_headers_of_its_reply(aws):
    session = bh.connect("live")
    aws.answers.append(Answer(headers=COUNTED))
    runtime(session).invoke_model(modelId=MODEL, body=b"{}")
    assert session.meter.spent_usd == SPENT_AS_COUNTED
    assert only_row(session.meter)["counts_from"] == "headers 1"


def test_a_body_of_json_text_is_settled_like_bytes(aws):
    session = bh.connect("live")
    aws.answers.append(Answer(headers=COUNTED))
    runtime(session).invoke_model(modelId=MODEL, body=json.dumps({"a": "é"}))
    assert session.meter.spent_usd == SPENT_AS_COUNTED


def test_invoke_model_without_counts_stays_at_the_most_it_can_cost(aws):
    session = bh.connect("live")
    runtime(session).invoke_model(modelId=MODEL, body=b"{}")
    row = only_row(session.meter)
    assert row["usd"] == row["usd_upper_bound"] > 0
    assert row["counts_from"] == "not reported 1"


def test_offline_calls_are_counted_without_being_asked():
    session = bh.connect("offline")
    usage = runtime(session).converse(**short(HI))["usage"]
    assert session.meter.spent_usd == bh.pricing.cost_of(usage, MODEL) > 0
    assert session.meter.limit_usd is None


def short(request):
    return {**request, "inferenceConfig": {"maxTokens": 1}}


def test_launch_day_is_counted_at_its_own_prices():
    session = bh.connect("offline", as_of=LAUNCH)
    session.offline.grant_access()
    body = {"prompt": "\n\nHuman: Hi\n\nAssistant:", "max_tokens_to_sample": 1}
    reply = runtime(session).invoke_model(
        modelId="anthropic.claude-v2", body=json.dumps(body)
    )
    headers = reply["ResponseMetadata"]["HTTPHeaders"]
    counts = [
        int(headers[f"x-amzn-bedrock-{k}-token-count"]) for k in ("input", "output")
    ]
    usd = counts[0] * Decimal("0.00001102") + counts[1] * Decimal("0.00003268")
    assert session.meter.spent_usd == usd > 0


def test_pictures_are_counted_by_what_was_asked_for():
    session = bh.connect("offline", as_of=LAUNCH)
    session.offline.grant_access()
    body = json.dumps({"text_prompts": [{"text": "A horse"}], "steps": 10})
    runtime(session).invoke_model(modelId="stability.stable-diffusion-xl-v0", body=body)
    row = only_row(session.meter)
    assert session.meter.spent_usd == Decimal("0.018")
    assert (row["price"], row["counts_from"]) == ("per picture", "request 1")


def test_each_session_has_a_meter_of_its_own():
    one, other = bh.connect("offline"), bh.connect("offline")
    runtime(one).converse(**short(HI))
    assert other.meter.spent_usd == 0


# Calls that fail


def test_a_call_the_service_refuses_costs_nothing(aws):
    session = bh.connect("live")
    aws.fail_next(400, "ValidationException")
    with pytest.raises(ClientError):
        runtime(session).converse(**HI)
    assert session.meter.spent_usd == 0
    row = only_row(session.meter)
    assert (row["calls"], row["failed_calls"], row["counts_from"]) == (1, 1, "-")


def test_a_retried_call_is_paid_once(aws):
    session = bh.connect("live")
    aws.fail_next(429, "ThrottlingException")
    reply = runtime(session, TWICE).converse(**HI)
    assert reply["ResponseMetadata"]["RetryAttempts"] == 1
    assert session.meter.spent_usd == SPENT_ON_HI
    row = only_row(session.meter)
    assert (row["calls"], row["failed_calls"]) == (1, 0)


@pytest.mark.parametrize(
    "error", [EndpointConnectionError, ConnectTimeoutError, NoCredentialsError]
)
def test_a_call_that_never_arrived_costs_nothing(either, error):
    def answer(request):
        raise error(endpoint_url="https://x", error="no")

    if error is NoCredentialsError:
        either._session.set_credentials(None, None)
        either._session._credentials = None
        either._session.get_component("credential_provider").providers.clear()
    answer_unsent(either, answer)
    with pytest.raises(error):
        runtime(either).converse(**HI)
    assert either.meter.spent_usd == 0


@pytest.mark.parametrize("error", [ReadTimeoutError, ConnectionClosedError])
def test_a_call_that_brought_no_answer_may_have_cost_its_most(either, error):
    def answer(request):
        raise error(endpoint_url="https://x", error="slow")

    answer_unsent(either, answer)
    with pytest.raises(error):
        runtime(either).converse(**HI)
    assert either.meter.spent_usd == MOST_ON_HI
    row = only_row(either.meter)
    assert row["usd_upper_bound"] == float(MOST_ON_HI)
    assert (row["calls"], row["failed_calls"]) == (1, 1)


def test_an_interrupted_call_may_have_cost_its_most(either):
    def answer(request):
        raise KeyboardInterrupt

    answer_unsent(either, answer)
    with pytest.raises(KeyboardInterrupt):
        runtime(either).converse(**HI)
    assert either.meter.spent_usd == MOST_ON_HI


def test_an_answer_that_breaks_off_may_have_cost_its_most(either):
    answer_with_stream(either, b"{", ReadTimeoutError(endpoint_url="x", error="slow"))
    with pytest.raises(ReadTimeoutError):
        runtime(either).converse(**HI)
    assert either.meter.spent_usd == MOST_ON_HI


def test_an_answer_without_sense_may_have_cost_its_most(aws):
    session = bh.connect("live")
    aws.answers.append(Answer(body=b'{"output": '))
    runtime(session).converse(**HI)
    assert session.meter.spent_usd == MOST_ON_HI


def test_a_retry_after_no_answer_counts_both_attempts(either):
    answers = [ReadTimeoutError(endpoint_url="https://x", error="slow"), SAID_HI]

    def answer(request):
        if isinstance(answers[0], Exception):
            raise answers.pop(0)
        return answers[0]

    answer_unsent(either, answer)
    runtime(either, TWICE).converse(**HI)
    assert either.meter.spent_usd == MOST_ON_HI + SPENT_ON_HI
    row = only_row(either.meter)
    assert row["usd_upper_bound"] == float(MOST_ON_HI)
    assert row["counts_from"] == "not reported 1, reply 1"


def test_a_retry_that_could_pass_the_budget_is_not_sent(session):
    session.meter.limit_usd = MOST_ON_HI

    def answer(request):
        raise ReadTimeoutError(endpoint_url="https://x", error="slow")

    seen = answer_unsent(session, answer)
    with pytest.raises(bh.BudgetExceeded):
        runtime(session, TWICE).converse(**HI)
    assert len(seen) == 1
    assert session.meter.spent_usd == MOST_ON_HI


@pytest.mark.parametrize(
    "wrong",
    [
        {"messages": HI["messages"]},
        {**HI, "messages": "Hi"},
        {**HI, "inferenceConfig": {"maxTokens": -1_000_000}},
        {**HI, "modelId": None},
    ],
    ids=["no modelId", "messages a text", "fewer than no tokens", "modelId None"],
)
def test_what_boto3_itself_refuses_stays_boto3s_error_and_counts_nothing(either, wrong):
    seen = answer_unsent(either, lambda request: SAID_HI)
    with pytest.raises(ParamValidationError):
        runtime(either).converse(**wrong)
    assert seen == []
    assert either.meter.table().empty


def test_a_presigned_address_counts_nothing(either):
    runtime(either).generate_presigned_url("converse", Params=HI)
    assert either.meter.table().empty


def test_calls_of_other_services_and_operations_count_nothing(live):
    live.client("sts").get_caller_identity()
    live.client("bedrock").list_foundation_models()
    assert live.meter.table().empty


# What is not sent


def test_a_call_that_could_pass_the_budget_is_not_sent(aws):
    session = bh.connect("live", budget_usd="0.0001")
    aws.requests.clear()
    with pytest.raises(bh.BudgetExceeded) as caught:
        runtime(session).converse(**{**HI, "inferenceConfig": {"maxTokens": 1000}})
    words = str(caught.value)
    assert words.startswith(f"Not sent: this call to {MODEL} could cost $0.000196")
    assert "estimated from its bytes, which errs high; 1,000 of output" in words
    assert "$0.000100 of the $0.000100 budget is left" in words
    assert "maxTokens" in words
    assert aws.requests == []
    assert session.meter.table().empty


def test_a_call_that_just_fits_is_sent(aws):
    session = bh.connect("live", budget_usd=MOST_ON_HI)
    runtime(session).converse(**HI)
    with pytest.raises(bh.BudgetExceeded):
        runtime(session).converse(**HI)


def test_a_budget_can_be_set_anew(session):
    answer_unsent(session, lambda request: SAID_HI)
    session.meter.limit_usd = "0.000001"
    with pytest.raises(bh.BudgetExceeded):
        runtime(session).converse(**HI)
    session.meter.limit_usd = None
    runtime(session).converse(**HI)
    session.meter.limit_usd = SPENT_ON_HI + MOST_ON_HI
    runtime(session).converse(**HI)
    with pytest.raises(bh.BudgetExceeded):
        runtime(session).converse(**HI)


def test_pictures_are_told_without_tokens(session):
    session.meter.limit_usd = "0.03"
    model_id = "stability.stable-image-core-v1:1"
    with pytest.raises(bh.BudgetExceeded, match=r"cost \$0.040000, and \$0.03"):
        runtime(session).invoke_model(modelId=model_id, body="{}")


def test_an_ended_model_costs_nothing_so_its_refusal_can_be_seen():
    session = bh.connect("offline", budget_usd="0.000001")
    with pytest.raises(ClientError, match="end of its life"):
        runtime(session).converse(**{**HI, "modelId": "amazon.titan-text-express-v1"})
    assert session.meter.spent_usd == 0


# Prices that are not known


@pytest.mark.parametrize("limits", [{"maxTokens": 5}, {}])
def test_with_a_budget_an_unknown_price_stops_the_call_and_names_the_nearest(
    aws, limits
):
    session = bh.connect("live")
    aws.requests.clear()
    near = {**HI, "modelId": UNKNOWN, "inferenceConfig": limits}
    with pytest.raises(bh.pricing.UnknownPriceError) as caught:
        runtime(session).converse(**near)
    assert "us.amazon.nova-micro-v1:0" in str(caught.value)
    assert aws.requests == []


def test_a_legacy_model_past_its_date_may_still_answer_so_its_price_is_needed(aws):
    overdue = next(
        model
        for model in bh.catalog.all_models()
        if model.status == "LEGACY"
        and model.ended_by(bh.catalog.AS_OF)
        and model.model_id not in bh.pricing.known_ids()
    )
    session = bh.connect("live", allow={"CreateFoundationModelAgreement"})
    with pytest.raises(bh.pricing.UnknownPriceError):
        runtime(session).converse(**{**HI, "modelId": overdue.model_id})


def test_without_a_budget_it_is_sent_and_its_dollars_are_unknown_not_0(session):
    session.meter.limit_usd = None
    answer_unsent(session, lambda request: SAID_HI)
    runtime(session).converse(**{**HI, "modelId": UNKNOWN})
    row = only_row(session.meter)
    assert (row["calls"], row["input_tokens"], row["output_tokens"]) == (1, 10, 2)
    assert row["usd"] != row["usd"]  # NaN
    assert row["price"] == "unknown"
    assert repr(session.meter).endswith("no budget; price unknown of 1")


def test_a_lost_call_without_a_price_is_unknown_too(session):
    session.meter.limit_usd = None

    def answer(request):
        raise ReadTimeoutError(endpoint_url="https://x", error="slow")

    answer_unsent(session, answer)
    with pytest.raises(ReadTimeoutError):
        runtime(session).converse(**{**HI, "modelId": UNKNOWN})
    assert only_row(session.meter)["price"] == "unknown"
    assert session.meter.spent_usd == 0


def test_a_kind_of_token_without_a_price_makes_that_call_unknown(session):
    usage = {**SAID_HI["usage"], "cacheWriteInputTokens": 5}
    session.meter.limit_usd = None
    replies = [SAID_HI, {**SAID_HI, "usage": usage}]
    answer_unsent(session, lambda request: replies.pop())
    runtime(session).converse(**HI_TO_LITE)
    runtime(session).converse(**HI_TO_LITE)
    row = only_row(session.meter)
    assert row["price"] == "unknown for 1 of 2"
    said = bh.pricing.cost_of(SAID_HI["usage"], HI_TO_LITE["modelId"])
    assert session.meter.spent_usd == said
    assert row["cache_write_tokens"] == 5


def test_with_a_budget_such_a_call_stays_at_the_most_it_can_cost(session):
    usage = {**SAID_HI["usage"], "cacheWriteInputTokens": 5}
    answer_unsent(session, lambda request: {**SAID_HI, "usage": usage})
    runtime(session).converse(**HI_TO_LITE)
    row = only_row(session.meter)
    most = upper_bound(HI_TO_LITE).usd
    assert row["usd_upper_bound"] == float(most)
    assert (row["counts_from"], row["input_tokens"]) == ("reply 1", 10)


# How it is shown


@pytest.mark.parametrize("limit", [0, -1, "nan", float("nan"), "inf", "abc", "", True])
def test_a_limit_that_is_no_number_above_0_is_refused(limit):
    with pytest.raises(ValueError, match="a number above 0, in dollars"):
        Meter(limit)
    meter = Meter(1)
    with pytest.raises(ValueError, match="a number above 0, in dollars"):
        meter.limit_usd = limit
    assert meter.limit_usd == 1


@pytest.mark.parametrize("mode", ["offline", "live"])
def test_connect_refuses_such_a_limit_too(aws, mode):
    with pytest.raises(ValueError, match="budget_usd=0: a number above 0"):
        bh.connect(mode, budget_usd=0)


@pytest.mark.parametrize(
    ("limit", "shown"), [(1, "$1.00"), ("0.0001", "$0.000100"), (2.5, "$2.50")]
)
def test_a_limit_is_shown_to_the_cent_or_finer(limit, shown):
    told = f"Meter: 0 calls, $0.000000 of {shown} spent or set aside"
    assert repr(Meter(limit)) == told


def test_it_is_shown_in_one_line(either):
    answer_unsent(either, lambda request: SAID_HI)
    runtime(either).converse(**HI)
    of = " of $1.00" if either.meter.limit_usd else ""
    told = f"Meter: 1 call, $0.000001{of} spent or set aside"
    assert repr(either.meter) == told + ("" if of else ", no budget")


def test_the_table_has_a_row_for_each_id_as_called(either):
    answer_unsent(either, lambda request: SAID_HI)
    ids = [MODEL, f"us.{MODEL}", MODEL]
    for model_id in ids:
        runtime(either).converse(**{**HI, "modelId": model_id})
    table = either.meter.table()
    assert table["model_id"].tolist() == [MODEL, f"us.{MODEL}"]
    assert table["calls"].tolist() == [2, 1]
    assert table["input_tokens"].tolist() == [20, 10]
    assert table["usd"].sum() == pytest.approx(float(either.meter.spent_usd))


def test_hundreds_of_calls_are_summed_exactly(session):
    session.meter.limit_usd = None
    answer_unsent(session, lambda request: SAID_HI)
    client = runtime(session)
    for _ in range(300):
        client.converse(**HI)
    assert session.meter.spent_usd == 300 * SPENT_ON_HI
