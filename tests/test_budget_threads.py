"""A budget under many calls at once, in every order."""

import json
import threading
from decimal import Decimal
from types import SimpleNamespace

import hypothesis.strategies as st
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import (
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.hooks import HierarchicalEmitter
from hypothesis import given

import bedrock_helpers as bh
from bedrock_helpers.budget import Budget
from bedrock_helpers.call_cost import most_usd
from tests.budgeted import COUNTED, HI, MODEL, SPENT_ON_HI, runtime
from tests.loopback_aws import (
    SAID_HI,
    Answer,
    answer_unsent,
)


def test_many_threads_never_pass_the_budget_between_them(session):
    session.budget.limit_usd = 3 * most_usd(HI)
    highest, refused = [], []

    def answer(request):
        highest.append(session.budget.spent_usd)
        return SAID_HI

    def ask():
        for _ in range(5):
            try:
                client.converse(**HI)
            except bh.BudgetExceeded:
                refused.append(1)

    seen = answer_unsent(session, answer)
    client = runtime(session)
    threads = [threading.Thread(target=ask) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert max(highest) <= session.budget.limit_usd
    assert len(seen) + len(refused) == 40
    assert session.budget.spent_usd == len(seen) * SPENT_ON_HI


class Journey:
    """One call's events, as botocore emits them, a step at a time."""

    def __init__(self, events, request, outcome, tokens):
        self.events, self.request, self.outcome = events, request, outcome
        self.context, self.tokens, self.sent = {}, tokens, False

    def emit(self, event, **details):
        self.events.emit(f"{event}.bedrock-runtime.Converse", **details)

    def depart(self):
        self.emit("before-parameter-build", params=self.request, context=self.context)
        request = AWSRequest(method="POST", url="https://x")
        request.context = self.context
        try:
            self.emit("request-created", request=request)
            self.sent = True
        except bh.BudgetExceeded as error:
            self.emit("after-call-error", context=self.context, exception=error)

    def arrive(self):
        if not self.sent:
            return 0
        if self.outcome in ("answered", "refused"):
            return self.answered()
        error = {"lost": ReadTimeoutError, "unsent": EndpointConnectionError}
        exception = error[self.outcome](endpoint_url="https://x", error="x")
        again = {"context": self.context}
        self.emit("needs-retry", request_dict=again, caught_exception=exception)
        self.emit("after-call-error", context=self.context, exception=exception)
        return most_usd(self.request) if self.outcome == "lost" else 0

    def answered(self):
        status = 200 if self.outcome == "answered" else 400
        http = AWSResponse("https://x", status, {}, None)
        given = {"inputTokens": 5, "outputTokens": self.tokens}
        parsed = {"usage": given} if status == 200 else {}
        self.emit("after-call", http_response=http, parsed=parsed, context=self.context)
        paid = bh.pricing.cost_usd(MODEL, 5, self.tokens)
        return paid if status == 200 else 0


OUTCOMES = st.sampled_from(["answered", "refused", "lost", "unsent"])
CALLS = st.lists(
    st.tuples(OUTCOMES, st.integers(1, 5000), st.floats(0, 1)),
    min_size=1,
    max_size=12,
)


@given(calls=CALLS, cents=st.integers(1, 40), order=st.randoms(use_true_random=False))
def test_whatever_the_interleaving_spent_never_passes_the_limit(calls, cents, order):
    budget, events = Budget(Decimal(cents) / 10_000), HierarchicalEmitter()
    budget.watch(events)
    journeys = [
        Journey(
            events,
            {**HI, "inferenceConfig": {"maxTokens": most}},
            outcome,
            int(most * share),
        )
        for outcome, most, share in calls
    ]
    steps = [journey.depart for journey in journeys]
    paid = Decimal(0)
    while steps:
        step = steps.pop(order.randrange(len(steps)))
        result = step()
        if step.__func__ is Journey.depart:
            steps.append(step.__self__.arrive)
        else:
            paid += result
        assert paid <= budget.spent_usd <= budget.limit_usd
    assert budget.spent_usd == paid


def test_a_body_of_json_text_is_settled_like_bytes(aws):
    session = bh.connect("live")
    aws.answers.append(Answer(headers=COUNTED))
    runtime(session).invoke_model(modelId=MODEL, body=json.dumps({"a": "é"}))
    assert session.budget.spent_usd == bh.pricing.cost_usd(MODEL, 7, 3)


def test_calls_of_other_services_are_left_alone(session):
    request = SimpleNamespace(context={})
    session.events.emit("request-created.kms.CreateKey", request=request)
    assert session.budget.spent_usd == 0
