"""A meter under many calls at once, in every order."""

import json
import sys
import threading
from decimal import Decimal
from functools import partial
from types import SimpleNamespace

import hypothesis.strategies as st
import pytest
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    EventStreamError,
    ReadTimeoutError,
)
from botocore.hooks import HierarchicalEmitter
from hypothesis import given, settings

import bedrock_helpers as bh
from bedrock_helpers.call_bound import upper_bound
from bedrock_helpers.call_cost import actual_usd, usage_usd
from bedrock_helpers.data_files import load_json
from bedrock_helpers.meter import Meter
from bedrock_helpers.metered_stream import usage_in
from tests.loopback_aws import SAID_HI, answer_unsent
from tests.metered import HI, MODEL, MOST_ON_HI, SPENT_ON_HI, runtime

THREADS = 8


@pytest.fixture(autouse=True)
def _many_switches():
    """Let threads take turns far more often than they do by themselves."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


def at_once(jobs):
    """Run every job in a thread of its own, all let go together."""
    start = threading.Barrier(len(jobs))

    def run(job):
        start.wait()
        job()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]


def test_many_threads_never_pass_the_budget_between_them(session):
    session.meter.limit_usd = 3 * MOST_ON_HI
    highest, refused = [], []

    def answer(request):
        highest.append(session.meter.spent_usd)
        return SAID_HI

    def ask():
        for _ in range(5):
            try:
                client.converse(**HI)
            except bh.BudgetExceeded:
                refused.append(1)

    seen = answer_unsent(session, answer)
    client = runtime(session)
    at_once([ask] * THREADS)
    assert max(highest) <= session.meter.limit_usd
    assert len(seen) + len(refused) == 40
    assert session.meter.spent_usd == len(seen) * SPENT_ON_HI


# Steps of single calls, one after the other in any order


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
        return upper_bound(self.request).usd if self.outcome == "lost" else 0

    def answered(self):
        status = 200 if self.outcome == "answered" else 400
        http = AWSResponse("https://x", status, {}, None)
        given = {"inputTokens": 5, "outputTokens": self.tokens}
        parsed = {"usage": given} if status == 200 else {}
        self.emit("after-call", http_response=http, parsed=parsed, context=self.context)
        return bh.pricing.cost_of(given, MODEL) if status == 200 else 0


OUTCOMES = st.sampled_from(["answered", "refused", "lost", "unsent"])
JOURNEYS = st.lists(
    st.tuples(OUTCOMES, st.integers(1, 5000), st.floats(0, 1)),
    min_size=1,
    max_size=12,
)


@given(
    calls=JOURNEYS, cents=st.integers(1, 40), order=st.randoms(use_true_random=False)
)
def test_whatever_the_interleaving_spent_never_passes_the_limit(calls, cents, order):
    meter, events = Meter(Decimal(cents) / 10_000), HierarchicalEmitter()
    meter.watch(SimpleNamespace(events=events))
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
        assert paid <= meter.spent_usd <= meter.limit_usd
    assert meter.spent_usd == paid


# Whole calls of the offline Bedrock, on many threads

STORED = load_json("lesson_replies.json")["replies"]
LESSON = next(r["request"] for r in STORED if "request" in r)
BODY = json.dumps(next(r["body"] for r in STORED if "body" in r))
LAUNCH = bh.catalog.LAUNCH_DAY
HAIKU = bh.catalog.id_for(bh.catalog.CLAUDE_HAIKU_4_5)
#: Known, unknown, and one that has ended.
IDS = (MODEL, f"us.{MODEL}", "amazon.nova-micro-v9:0", "amazon.titan-text-lite-v1")
IDS_THEN = ("anthropic.claude-v2", "anthropic.claude-v9")
#: Without a stream; with one that is read, left half-way, at once, or closed.
WAYS = ("whole", "read", "half", "left", "closed")


def plans(ids):
    """Calls for every thread."""
    calls = st.tuples(st.sampled_from(WAYS), st.sampled_from(ids))
    if MODEL in ids:  # CountTokens may lower what a stream is left at
        calls |= st.just(("whole", HAIKU))
    return st.lists(st.lists(calls, max_size=4), min_size=THREADS, max_size=THREADS)


def arguments(way, model_id, on):
    """What to call, and with what."""
    if on == LAUNCH:
        name = "invoke_model" + "_with_response_stream" * (way != "whole")
        return name, {"modelId": model_id, "body": BODY}
    return "converse" + "_stream" * (way != "whole"), {"modelId": model_id, **LESSON}


def paid(way, request, reply, on):
    """What a call cost by what its caller was told."""
    if way == "whole":
        return actual_usd(request, reply, on=on)
    most = upper_bound(request, on=on).usd
    stream = reply["stream"] if "stream" in reply else reply["body"]
    if way == "left":
        return most
    if way == "read":
        try:
            return usage_usd(request, usage_in(list(stream)[-1]), on=on)
        except EventStreamError:
            return most
    next(iter(stream))
    if way == "closed":
        stream.close()
    return most


class Caller:
    """Makes calls, and keeps what each cost and how many requests it was."""

    def __init__(self, session, on):
        self.client, self.on = runtime(session), on
        self.client.meta.events.register_first("needs-retry", again_at_once)
        self.paid, self.requests = [], []

    def call(self, way, model_id):
        name, request = arguments(way, model_id, self.on)
        try:
            reply = getattr(self.client, name)(**request)
            attempts = reply["ResponseMetadata"]["RetryAttempts"] + 1
            self.paid.append(paid(way, request, reply, self.on))
        except ClientError as error:
            attempts = error.response["ResponseMetadata"]["RetryAttempts"] + 1
        except (bh.BudgetExceeded, bh.pricing.UnknownPriceError):
            attempts = 0
        self.requests.append(attempts)


def again_at_once(response, attempts, **_):
    """Retry a throttled call twice, without the wait that boto3 makes."""
    if response and response[0].status_code == 429 and attempts < 3:
        return 0.0


def check_on_threads(on, plan, budget, throttled, broken):
    session = bh.connect("offline", as_of=on, budget_usd=budget)
    if on == LAUNCH:
        session.offline.grant_access()
    sent, spent = [], []

    def see(request, **_):
        if not request.url.endswith("/count-tokens"):
            sent.append(request.url)
            spent.append(session.meter.spent_usd)

    session.events.register_first("before-send", see)
    caller = Caller(session, on)
    if throttled:
        session.offline.fail_next("ThrottlingException", throttled)
    if broken:
        session.offline.fail_next("stream_throttled", broken)
    at_once([partial(run_all, caller, calls) for calls in plan])
    assert session.meter.spent_usd == sum(caller.paid)
    assert len(sent) == sum(caller.requests)
    assert session.meter.table()["calls"].sum() == sum(map(bool, caller.requests))
    if budget is not None:
        assert max([*spent, session.meter.spent_usd]) <= budget


def run_all(caller, calls):
    for way, model_id in calls:
        caller.call(way, model_id)


FAULTS = {"throttled": st.integers(0, 6), "broken": st.integers(0, 3)}
BUDGETS = st.none() | st.integers(1, 1000).map(lambda n: Decimal(n) / 100_000)
BUDGETS_THEN = st.none() | st.integers(1, 1000).map(lambda n: Decimal(n) / 1000)


@settings(max_examples=15, deadline=None)
@given(plan=plans(IDS), budget=BUDGETS, **FAULTS)
def test_on_many_threads_the_sum_is_that_of_the_replies(
    plan, budget, throttled, broken
):
    check_on_threads(None, plan, budget, throttled, broken)


@settings(max_examples=15, deadline=None)
@given(plan=plans(IDS_THEN), budget=BUDGETS_THEN, **FAULTS)
def test_so_it_is_with_native_calls_on_launch_day(plan, budget, throttled, broken):
    check_on_threads(LAUNCH, plan, budget, throttled, broken)
