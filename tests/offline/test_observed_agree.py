"""500 mixed calls on 8 threads: everybody tells the same, to the call and the token.

What the clients saw is the yardstick for metrics, trail, logs and the meter.
"""

import json
import random
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from botocore.exceptions import ClientError

from tests.offline.desk import GPT_OSS, HAIKU, MICRO, Desk, open_desk, tokens, user
from tests.offline.observing import (
    events,
    log_stream,
    log_to_bucket,
    logged,
    metric,
    metric_data,
)
from tests.offline.people import as_user, new_user
from tests.offline.provocations import logging_to
from tests.offline.test_logging_config import PUT, logger
from tests.offline.test_metric_queries import two_days

CALLS, THREADS, THROTTLED = 500, 8, 60
MODELS = (MICRO, HAIKU, GPT_OSS)
SONNET = "us.anthropic.claude-sonnet-4-6"  # caches from 1,024 tokens on
PREFIX = {"text": "A long story. " * 270}
TOKENS = (
    "inputTokens",
    "outputTokens",
    "cacheReadInputTokens",
    "cacheWriteInputTokens",
)
METRICS = dict(
    zip(
        TOKENS,
        (
            "InputTokenCount",
            "OutputTokenCount",
            "CacheReadInputTokens",
            "CacheWriteInputTokens",
        ),
        strict=True,
    )
)


@dataclass
class Seen:
    """What a client saw of one call."""

    operation: str
    model: str
    request_id: str
    user: str
    code: str | None = None
    usage: dict | None = None  # None: its stream was closed before its end


# The calls


def talk(model, text, most):
    return {
        "modelId": model,
        "messages": [user(text)],
        "inferenceConfig": tokens(most),
    }


def native(model, text, most):
    if model == HAIKU:
        body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": most}
        messages = [{"role": "user", "content": text}]
    else:
        body = {"inferenceConfig": {"maxTokens": most}}
        messages = [user(text)]
    return {"modelId": model, "body": json.dumps({**body, "messages": messages})}


def converse(desk, model, *how):
    reply = desk.call("Converse", **talk(model, *how))
    return reply, reply["usage"]


def converse_stream(desk, model, *how):
    reply = desk.call("ConverseStream", **talk(model, *how))
    return reply, list(reply["stream"])[-1]["metadata"]["usage"]


def closed_stream(desk, model, *how):
    reply = desk.call("ConverseStream", **talk(model, *how))
    next(iter(reply["stream"]))
    reply["stream"].close()
    return reply, None


def invoke(desk, model, *how):
    reply = desk.call("InvokeModel", **native(model, *how))
    begin = "x-amzn-bedrock-"
    sent = reply["ResponseMetadata"]["HTTPHeaders"]
    names = {"inputTokens": "input-token-count", "outputTokens": "output-token-count"}
    return reply, {key: int(sent[begin + name]) for key, name in names.items()}


def invoke_stream(desk, model, *how):
    reply = desk.call("InvokeModelWithResponseStream", **native(model, *how))
    last = json.loads(list(reply["body"])[-1]["chunk"]["bytes"])
    metrics = last["amazon-bedrock-invocationMetrics"]
    names = {"inputTokens": "inputTokenCount", "outputTokens": "outputTokenCount"}
    return reply, {key: metrics[name] for key, name in names.items()}


def cached(desk, model, *how):
    point = {"cachePoint": {"type": "default"}}
    asked = {"messages": [user(PREFIX, point, {"text": how[0]})]}
    reply = desk.call("Converse", **{**talk(SONNET, *how), **asked})
    return reply, reply["usage"]


def invalid(desk, model, *how):
    too_hot = {"inferenceConfig": {"temperature": 0.5, "topP": 0.5}}
    return desk.call("Converse", **{**talk(HAIKU, *how), **too_hot}), {}


def unknown(desk, model, *how):
    return desk.call("Converse", **talk("no.model", *how)), {}


OPERATION = {
    converse_stream: "ConverseStream",
    closed_stream: "ConverseStream",
    invoke: "InvokeModel",
    invoke_stream: "InvokeModelWithResponseStream",
}
MODEL = {cached: SONNET, invalid: HAIKU, unknown: "no.model"}
WEIGHTS = {
    converse: 40,
    converse_stream: 25,
    invoke: 20,
    invoke_stream: 15,
    cached: 1,
    closed_stream: 5,
    invalid: 10,
    unknown: 5,
}


def make_call(desk, name, act, model, *how):
    """Make one call; what its client saw."""
    model = MODEL.get(act, model)
    operation = OPERATION.get(act, "Converse")
    try:
        reply, usage = act(desk, model, *how)
    except ClientError as error:
        metadata = error.response["ResponseMetadata"]
        code = error.response["Error"]["Code"]
        return Seen(operation, model, metadata["RequestId"], name, code, {})
    metadata = reply["ResponseMetadata"]
    return Seen(operation, model, metadata["RequestId"], name, None, usage)


def jobs():
    """500 calls in a mixed order, a few of them by somebody who may do nothing."""
    draw = random.Random(7)
    acts = draw.choices(list(WEIGHTS), list(WEIGHTS.values()), k=CALLS)
    for number, act in enumerate(acts):
        how = f"Say {number}.", draw.randint(1, 3)
        yield draw.random() < 0.06, act, draw.choice(MODELS), *how


@dataclass
class Course:
    """The sessions, and what the clients saw of all calls."""

    desk: Desk
    ana: Desk
    seen: list

    def by_model(self, count):
        """A number for each model, added up over its calls; zeros left out."""
        found = Counter()
        for one in self.seen:
            found[one.model] += count(one)
        return {model: number for model, number in found.items() if number}


@pytest.fixture(scope="module")
def course():
    desk = open_desk()
    ana = Desk(as_user(new_user(desk.session)))
    log_everywhere(desk)
    desk.session.offline.fail_next("ThrottlingException", times=THROTTLED)
    desk.client("bedrock-runtime"), ana.client("bedrock-runtime")

    def work(job):
        is_ana, *rest = job
        name = "ana" if is_ana else "learner"
        return make_call(ana if is_ana else desk, name, *rest)

    with ThreadPoolExecutor(THREADS) as pool:
        return Course(desk, ana, list(pool.map(work, jobs())))


def log_everywhere(desk):
    log_to_bucket(desk.session)
    desk.client("logs").create_log_group(logGroupName="calls")
    role = logger(desk.session)
    desk.call(PUT, **logging_to(bucket="calls", group="calls", role=role))


# What the clients saw


def test_there_was_some_of_everything(course):
    assert len(course.seen) == CALLS
    codes = Counter(one.code for one in course.seen)
    assert codes["ThrottlingException"] == THROTTLED
    assert min(codes[c] for c in ("AccessDeniedException", "ValidationException")) > 9
    assert {one.operation for one in course.seen if one.code is None} == {
        "Converse",
        *OPERATION.values(),
    }
    assert any(one.usage is None for one in course.seen)
    assert all(sum(one.usage[t] for one in with_cache(course)) for t in TOKENS)


def with_cache(course):
    return [one for one in course.seen if len(one.usage or ()) >= len(TOKENS)]


# Metrics


def metrics_by_model(course, name):
    models = sorted({one.model for one in course.seen})
    queries = [
        metric(name, "Sum", 172_800, f"m{number}", ModelId=model)
        for number, model in enumerate(models)
    ]
    found = metric_data(course.desk.session, *queries, **two_days())
    values = [sum(found[query["Id"]]["Values"]) for query in queries]
    return {m: value for m, value in zip(models, values, strict=True) if value}


def is_client_error(one):
    return one.code not in (None, "ThrottlingException")


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("Invocations", lambda one: one.code is None),
        ("InvocationThrottles", lambda one: one.code == "ThrottlingException"),
        ("InvocationClientErrors", is_client_error),
        ("InvocationServerErrors", lambda one: 0),
    ],
)
def test_metrics_agree_to_the_call(name, count, course):
    assert metrics_by_model(course, name) == course.by_model(count)


@pytest.mark.parametrize("kind", TOKENS)
def test_metrics_agree_to_the_token(kind, course):
    expected = course.by_model(lambda one: (one.usage or {}).get(kind, 0))
    assert metrics_by_model(course, METRICS[kind]) == expected


def test_metrics_of_all_models_are_the_sum_of_each(course):
    for name in ("Invocations", "InputTokenCount", "InvocationThrottles"):
        (whole,) = metric_data(
            course.desk.session, metric(name, "Sum", 172_800), **two_days()
        )["m1"]["Values"]
        assert whole == sum(metrics_by_model(course, name).values())


# CloudTrail


def test_the_trail_agrees_to_the_call_and_the_token(course):
    told = {}
    for event in events(course.desk.session):
        record = json.loads(event["CloudTrailEvent"])
        if record["eventName"].startswith(("Converse", "Invoke")):
            told[record["requestID"]] = (
                record["eventName"],
                record["requestParameters"]["modelId"],
                record["userIdentity"]["userName"],
                record.get("errorCode"),
                record.get("additionalEventData", {}),
            )
    assert told == {
        one.request_id: (
            one.operation,
            one.model,
            one.user,
            trail_code(one.code),
            {kind: one.usage[kind] for kind in TOKENS[:2] if one.usage},
        )
        for one in course.seen
    }


def trail_code(code):
    return "AccessDenied" if code == "AccessDeniedException" else code


# Invocation logs


@pytest.mark.parametrize("where", ["bucket", "log group"])
def test_logs_agree_to_the_call_and_the_token(where, course):
    session = course.desk.session
    records = logged(session) if where == "bucket" else log_stream(session, "calls")
    assert len(records) == len({record["requestId"] for record in records})
    told = {record["requestId"]: of_log(record) for record in records}
    assert told == {
        one.request_id: of_seen(one) for one in course.seen if one.usage is not None
    }


def of_log(record):
    given, made = record["input"], record["output"]
    return (
        record["operation"],
        record["modelId"],
        record["identity"]["arn"].rpartition("/")[2],
        record.get("errorCode"),
        given.get("inputTokenCount", 0),
        made.get("outputTokenCount", 0),
        given.get("cacheReadInputTokenCount", 0),
        given.get("cacheWriteInputTokenCount", 0),
    )


def of_seen(one):
    counts = (one.usage.get(kind, 0) for kind in TOKENS)
    return one.operation, one.model, one.user, one.code, *counts


# The meters


def test_meters_agree_to_the_call_and_the_token(course):
    """A closed stream is a call of which a meter, too, knows no tokens."""
    told = defaultdict(Counter)
    for desk in (course.desk, course.ana):
        for row in desk.session.meter.table().to_dict("records"):
            told[row["model_id"]].update({key: row[key] for key in METERED})
    expected = defaultdict(Counter)
    for one in course.seen:
        expected[one.model].update(metered(one))
    assert told == expected


METERED = {
    "input_tokens": "inputTokens",
    "output_tokens": "outputTokens",
    "cache_read_tokens": "cacheReadInputTokens",
    "cache_write_tokens": "cacheWriteInputTokens",
    "calls": None,
    "failed_calls": None,
}


def metered(one):
    counts = {key: (one.usage or {}).get(kind, 0) for key, kind in METERED.items()}
    return {**counts, "calls": 1, "failed_calls": int(one.code is not None)}


# The list of calls


def test_the_list_of_calls_agrees(course):
    calls = [c for c in course.desk.session.offline.calls if c.is_invocation]
    assert Counter(c.request_id for c in calls) == Counter(
        one.request_id for one in course.seen
    )
    assert all(call.has_ended for call in calls)
