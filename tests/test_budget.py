"""A session's budget: set aside before a call, settled after it."""

from decimal import Decimal

import pytest
from botocore.config import Config
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
from bedrock_helpers.budget import Budget
from bedrock_helpers.call_cost import most_usd
from tests.budgeted import COUNTED, HI, MODEL, SPENT_ON_HI, runtime
from tests.loopback_aws import (
    SAID_HI,
    Answer,
    answer_unsent,
)

TWICE = Config(retries={"total_max_attempts": 2, "mode": "standard"})


# Before and after a call


def test_while_a_call_is_on_its_way_the_most_it_can_cost_is_set_aside(session):
    during = []

    def answer(request):
        during.append(session.budget.spent_usd)
        return SAID_HI

    answer_unsent(session, answer)
    runtime(session).converse(**HI)
    assert during == [most_usd(HI)]


def test_after_a_call_its_reported_tokens_are_what_was_spent(session):
    answer_unsent(session, lambda request: SAID_HI)
    runtime(session).converse(**HI)
    runtime(session).converse(**HI)
    assert session.budget.spent_usd == 2 * SPENT_ON_HI


def test_a_reply_that_cost_more_than_was_set_aside_is_counted_in_full(session):
    dear = {"inputTokens": 1_000_000, "outputTokens": 0, "totalTokens": 1_000_000}
    answer_unsent(session, lambda request: {**SAID_HI, "usage": dear})
    runtime(session).converse(**HI)
    assert session.budget.spent_usd == Decimal("0.035")


def test_a_priority_call_is_counted_at_the_priority_price_afterwards_too(session):
    answer_unsent(session, lambda request: SAID_HI)
    runtime(session).converse(**HI, serviceTier={"type": "priority"})
    assert session.budget.spent_usd == SPENT_ON_HI * Decimal("1.75")


def test_invoke_model_is_settled_from_the_headers_of_its_reply(aws):
    session = bh.connect("live")
    aws.answers.append(Answer(headers=COUNTED))
    runtime(session).invoke_model(modelId=MODEL, body=b"{}")
    assert session.budget.spent_usd == bh.pricing.cost_usd(MODEL, 7, 3)


def test_invoke_model_without_counts_stays_at_the_most_it_can_cost(aws):
    session = bh.connect("live")
    runtime(session).invoke_model(modelId=MODEL, body=b"{}")
    assert session.budget.spent_usd == most_usd({"modelId": MODEL, "body": b"{}"})


def test_a_stream_stays_at_the_most_it_can_cost(aws):
    session = bh.connect("live")
    events = ("content-type", "application/vnd.amazon.eventstream")
    aws.answers.append(Answer(body=b"", headers=(events,)))
    stream = runtime(session).converse_stream(**HI)["stream"]
    assert list(stream) == []
    assert session.budget.spent_usd == most_usd(HI)


def test_an_offline_session_practises_the_same_budget():
    session = bh.connect("offline", budget_usd="0.01")
    request = {**HI, "inferenceConfig": {"maxTokens": 1}}
    usage = runtime(session).converse(**request)["usage"]
    cost = bh.pricing.cost_usd(MODEL, usage["inputTokens"], usage["outputTokens"])
    assert session.budget.spent_usd == cost > 0


# Calls that fail


def test_a_call_the_service_refuses_costs_nothing(aws):
    session = bh.connect("live")
    aws.fail_next(400, "ValidationException")
    with pytest.raises(ClientError):
        runtime(session).converse(**HI)
    assert session.budget.spent_usd == 0


def test_a_retried_call_is_paid_once(aws):
    session = bh.connect("live")
    aws.fail_next(429, "ThrottlingException")
    reply = runtime(session, TWICE).converse(**HI)
    assert reply["ResponseMetadata"]["RetryAttempts"] == 1
    assert session.budget.spent_usd == SPENT_ON_HI


@pytest.mark.parametrize(
    "error", [EndpointConnectionError, ConnectTimeoutError, NoCredentialsError]
)
def test_a_call_that_never_arrived_costs_nothing(session, error):
    def answer(request):
        raise error(endpoint_url="https://x", error="no")

    if error is NoCredentialsError:
        session._session.set_credentials(None, None)
        session._session._credentials = None
        session._session.get_component("credential_provider").providers.clear()
    answer_unsent(session, answer)
    with pytest.raises(error):
        runtime(session).converse(**HI)
    assert session.budget.spent_usd == 0


@pytest.mark.parametrize("error", [ReadTimeoutError, ConnectionClosedError])
def test_a_call_that_brought_no_answer_may_have_cost_its_most(session, error):
    def answer(request):
        raise error(endpoint_url="https://x", error="slow")

    answer_unsent(session, answer)
    with pytest.raises(error):
        runtime(session).converse(**HI)
    assert session.budget.spent_usd == most_usd(HI)


def test_a_retry_after_no_answer_counts_both_attempts(session):
    answers = [ReadTimeoutError(endpoint_url="https://x", error="slow"), SAID_HI]

    def answer(request):
        if isinstance(answers[0], Exception):
            raise answers.pop(0)
        return answers[0]

    answer_unsent(session, answer)
    runtime(session, TWICE).converse(**HI)
    assert session.budget.spent_usd == most_usd(HI) + SPENT_ON_HI


def test_a_retry_that_could_pass_the_budget_is_not_sent(session):
    session.budget.limit_usd = most_usd(HI)

    def answer(request):
        raise ReadTimeoutError(endpoint_url="https://x", error="slow")

    seen = answer_unsent(session, answer)
    with pytest.raises(bh.BudgetExceeded):
        runtime(session, TWICE).converse(**HI)
    assert len(seen) == 1
    assert session.budget.spent_usd == most_usd(HI)


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
def test_what_boto3_itself_refuses_stays_boto3s_error_and_costs_nothing(session, wrong):
    seen = answer_unsent(session, lambda request: SAID_HI)
    with pytest.raises(ParamValidationError):
        runtime(session).converse(**wrong)
    assert seen == []
    assert session.budget.spent_usd == 0


def test_a_presigned_address_sets_nothing_aside(session):
    runtime(session).generate_presigned_url("converse", Params=HI)
    assert session.budget.spent_usd == 0


# What is not sent


def test_a_call_that_could_pass_the_budget_is_not_sent(aws):
    session = bh.connect("live", budget_usd="0.0001")
    aws.requests.clear()
    with pytest.raises(bh.BudgetExceeded) as caught:
        runtime(session).converse(**{**HI, "inferenceConfig": {"maxTokens": 1000}})
    words = str(caught.value)
    assert MODEL in words
    assert "$0.000100 of the $0.000100 budget is left" in words
    assert "maxTokens" in words
    assert aws.requests == []
    assert session.budget.spent_usd == 0


def test_a_call_that_just_fits_is_sent(aws):
    session = bh.connect("live", budget_usd=most_usd(HI))
    runtime(session).converse(**HI)
    with pytest.raises(bh.BudgetExceeded):
        runtime(session).converse(**HI)


@pytest.mark.parametrize("limits", [{"maxTokens": 5}, {}])
def test_an_unknown_price_stops_the_call_and_names_the_nearest(aws, limits):
    session = bh.connect("live")
    aws.requests.clear()
    near = {**HI, "modelId": "us.amazon.nova-micro-v2:0", "inferenceConfig": limits}
    with pytest.raises(bh.pricing.UnknownPriceError) as caught:
        runtime(session).converse(**near)
    assert "us.amazon.nova-micro-v1:0" in str(caught.value)
    assert aws.requests == []


def test_an_ended_model_costs_nothing_so_its_refusal_can_be_seen():
    session = bh.connect("offline", budget_usd="0.000001")
    with pytest.raises(ClientError, match="end of its life"):
        runtime(session).converse(**{**HI, "modelId": "amazon.titan-text-express-v1"})
    assert session.budget.spent_usd == 0


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


# The limit


@pytest.mark.parametrize("limit", [0, -1, "nan", float("nan"), "inf", "abc", "", True])
def test_a_limit_that_is_no_number_above_0_is_refused(limit):
    with pytest.raises(ValueError, match="a number above 0, in dollars"):
        Budget(limit)


@pytest.mark.parametrize("mode", ["offline", "live"])
def test_connect_refuses_such_a_limit_too(aws, mode):
    with pytest.raises(ValueError, match="budget_usd=0: a number above 0"):
        bh.connect(mode, budget_usd=0)


@pytest.mark.parametrize(
    ("limit", "shown"), [(1, "$1.00"), ("0.0001", "$0.000100"), (2.5, "$2.50")]
)
def test_a_limit_is_shown_to_the_cent_or_finer(limit, shown):
    assert repr(Budget(limit)) == f"Budget: $0.000000 of {shown} spent or set aside"
