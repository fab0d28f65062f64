"""Cache points in real calls: usage, streams, native bodies, and refusals."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from bedrock_helpers import catalog
from bedrock_helpers.data_files import load_json
from bedrock_helpers.offline.cache_points import read_plan
from bedrock_helpers.offline.errors import Refusal
from tests.offline.desk import (
    GPT_OSS,
    HAIKU,
    MICRO,
    assistant,
    headers,
    open_desk,
    tokens,
    tool,
    user,
)
from tests.offline.programs import REPOSITORY
from tests.offline.provocations import purchase

POINT = {"cachePoint": {"type": "default"}}
HOUR = {"cachePoint": {"type": "default", "ttl": "1h"}}
SONNET = "us.anthropic.claude-sonnet-4-6"  # from 1,024 tokens on
SONNET_5_5 = "us.anthropic.claude-sonnet-5-5"  # from 512 on
OPUS_4_1 = "us.anthropic.claude-opus-4-1-20250805-v1:0"  # five minutes only
#: About 1,060 of SmolLM2's tokens.
RULES = " ".join(f"Rule {n}: be brief." for n in range(130))
#: About 570.
FEWER = " ".join(RULES.split(" ")[: 70 * 4])
RECORDS = load_json("prompt_caching.json")["models"]
CACHE_FIELDS = ("cacheReadInputTokens", "cacheWriteInputTokens")


def asked(*system, model=MICRO, **more):
    """A short question after a system's rules."""
    rules = [{"text": s} if isinstance(s, str) else s for s in system]
    question = {"messages": [user("Hi")], "inferenceConfig": tokens(1)}
    return {"modelId": model, "system": rules, **question, **more}


def usage(desk, *system, **more):
    return desk.call("Converse", **asked(*system, **more))["usage"]


def read_and_written(used):
    return tuple(used[name] for name in CACHE_FIELDS)


@pytest.fixture(scope="module")
def plain(ready):
    """Tokens of the question with its rules, without a cache point."""
    return usage(ready, RULES)["inputTokens"]


# In Converse


def test_the_first_call_writes_the_second_reads_and_a_late_one_writes_again(plain):
    desk = open_desk()
    first, second = usage(desk, RULES, POINT), usage(desk, RULES, POINT)
    read, written = read_and_written(first)
    assert read == 0 and 1000 <= written < plain
    assert first["cacheDetails"] == [{"ttl": "5m", "inputTokens": written}]
    assert read_and_written(second) == (written, 0)
    assert "cacheDetails" not in second
    for used in (first, second):
        assert used["inputTokens"] == plain - written
        assert used["totalTokens"] == plain + used["outputTokens"]
    desk.session.offline.pass_time(minutes=4)
    assert read_and_written(usage(desk, RULES, POINT)) == (written, 0)
    desk.session.offline.pass_time(minutes=6)
    assert read_and_written(usage(desk, RULES, POINT)) == (0, written)


def test_a_prefix_too_short_is_no_error_and_is_not_cached(ready):
    for _ in range(2):
        assert read_and_written(usage(ready, "Be brief.", POINT)) == (0, 0)


def test_without_a_cache_point_usage_says_nothing_of_a_cache(ready):
    assert not set(CACHE_FIELDS) & usage(ready, "Be brief.").keys()


def test_every_account_has_a_cache_of_its_own():
    used = [usage(open_desk(), RULES, POINT) for _ in range(2)]
    assert used[0] == used[1]


def test_a_stream_says_it_in_its_metadata():
    desk = open_desk()
    streamed = [
        list(desk.call("ConverseStream", **asked(RULES, POINT))["stream"])[-1]
        for _ in range(2)
    ]
    first, second = (event["metadata"]["usage"] for event in streamed)
    assert read_and_written(second) == read_and_written(first)[::-1] != (0, 0)


def test_a_profile_of_the_same_model_reads_the_same_cache():
    desk = open_desk()
    written = read_and_written(usage(desk, RULES, POINT))[1]
    through = usage(desk, RULES, POINT, model=f"us.{MICRO}")
    assert read_and_written(through) == (written, 0)


def test_messages_and_tools_are_cached_too():
    desk = open_desk()
    talk = [user(FEWER, POINT), assistant("Yes."), user("Why?", POINT)]
    tools = {"tools": [tool(description="Rule 1: be brief."), POINT]}
    said = {"model": SONNET_5_5, "messages": talk, "toolConfig": tools}
    first = usage(desk, "Be brief.", POINT, **said)
    second = usage(desk, "Be brief.", POINT, **said)
    assert read_and_written(second) == (first["cacheWriteInputTokens"], 0)
    other = {**said, "toolConfig": {"tools": [tool("f"), POINT]}}
    assert usage(desk, "Be brief.", POINT, **other)["cacheReadInputTokens"] == 0


def test_an_hour_and_five_minutes_in_one_request():
    desk = open_desk()
    system = (FEWER, HOUR, "Be kind, too.", POINT)
    used = usage(desk, *system, model=SONNET_5_5)
    assert [d["ttl"] for d in used["cacheDetails"]] == ["1h", "5m"]
    assert (
        sum(d["inputTokens"] for d in used["cacheDetails"])
        == (used["cacheWriteInputTokens"])
    )
    desk.session.offline.pass_time(minutes=30)
    later = usage(desk, *system, model=SONNET_5_5)
    assert read_and_written(later) == tuple(
        d["inputTokens"] for d in used["cacheDetails"]
    )


def test_a_claude_that_has_no_hour_keeps_it_for_five_minutes():
    used = usage(open_desk(), RULES, HOUR, model=OPUS_4_1)
    assert [d["ttl"] for d in used["cacheDetails"]] == ["5m"]


# In native bodies


def claude(system, ttl=None, **more):
    """A body of Claude's own, the rules of whose system are to be cached."""
    control = {"type": "ephemeral", **({"ttl": ttl} if ttl else {})}
    rules = {"type": "text", "text": system, "cache_control": control}
    start = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 1}
    return {
        **start,
        "system": [rules],
        "messages": [{"role": "user", "content": "Hi"}],
        **more,
    }


def invoked(desk, body, model=SONNET):
    """The reply, and the body within it."""
    reply = desk.call("InvokeModel", modelId=model, body=json.dumps(body))
    return reply, json.loads(reply["body"].read())


def counted(reply):
    """The numbers of the headers, by what they count."""
    start, end = "x-amzn-bedrock-", "-token-count"
    return {
        name.removeprefix(start).removesuffix(end): int(value)
        for name, value in headers(reply).items()
        if name.startswith(start) and name.endswith(end)
    }


def test_claudes_own_usage_and_the_headers_say_it(ready):
    desk = open_desk()
    before = invoked(ready, claude("Be brief."))[1]["usage"]
    assert before["cache_creation_input_tokens"] == 0
    reply, body = invoked(desk, claude(RULES, "1h"))
    first = body["usage"]
    written = first["cache_creation_input_tokens"]
    assert written > 1024 and first["cache_read_input_tokens"] == 0
    by_ttl = {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": written}
    assert first["cache_creation"] == by_ttl
    assert counted(reply) == {
        "input": first["input_tokens"],
        "output": 1,
        "cache-read-input": 0,
        "cache-write-input": written,
    }
    second = invoked(desk, claude(RULES, "1h"))[1]["usage"]
    assert second["cache_read_input_tokens"] == written
    assert second["input_tokens"] == first["input_tokens"]


def test_claudes_stream_says_it_at_its_start_and_in_its_metrics():
    desk = open_desk()
    raw = json.dumps(claude(RULES))
    for _ in range(2):
        streamed = desk.call("InvokeModelWithResponseStream", modelId=SONNET, body=raw)[
            "body"
        ]
        chunks = [json.loads(event["chunk"]["bytes"]) for event in streamed]
    started = chunks[0]["message"]["usage"]
    metrics = chunks[-1]["amazon-bedrock-invocationMetrics"]
    assert started["cache_read_input_tokens"] > 1024
    assert metrics["cacheReadInputTokenCount"] == started["cache_read_input_tokens"]
    assert metrics["cacheWriteInputTokenCount"] == 0
    assert metrics["inputTokenCount"] == started["input_tokens"] < 100


def test_claudes_body_without_marks_says_nothing_of_a_cache(ready):
    body = {**claude("Be brief."), "system": "Be brief."}
    reply, answer = invoked(ready, body)
    assert answer["usage"].keys() == {"input_tokens", "output_tokens"}
    assert counted(reply).keys() == {"input", "output"}


@pytest.mark.parametrize("control", ["5m", {"type": "forever"}, {"ttl": "5m"}, 1])
def test_a_mark_claude_does_not_know_is_refused(control, ready):
    body = claude("a")
    body["system"][0]["cache_control"] = control
    error = ready.refused("InvokeModel", modelId=SONNET, body=json.dumps(body))
    message = error.response["Error"]["Message"]
    assert message.startswith("system.0.cache_control")
    body["system"][0]["cache_control"] = {"type": "ephemeral", "ttl": "9d"}
    error = ready.refused("InvokeModel", modelId=SONNET, body=json.dumps(body))
    assert "ttl" in error.response["Error"]["Message"]


@pytest.mark.parametrize("apart", [True, False])
def test_novas_own_body_takes_a_point_within_a_text_or_after_it(apart):
    desk = open_desk()
    system = [{"text": RULES}, POINT] if apart else [{"text": RULES, **POINT}]
    body = {"system": system, "messages": [user("Hi")]}
    body["inferenceConfig"] = {"maxTokens": 1}
    used = [invoked(desk, body, MICRO)[1]["usage"] for _ in range(2)]
    written = used[0]["cacheWriteInputTokenCount"]
    assert written >= 1000 and used[1]["cacheReadInputTokenCount"] == written
    assert used[0]["totalTokens"] == used[1]["totalTokens"] > written


# What is refused


@pytest.mark.parametrize("model", [GPT_OSS, "us.meta.llama3-3-70b-instruct-v1:0"])
def test_a_model_that_does_not_cache_refuses_as_if_access_were_denied(model, ready):
    error = ready.refused("Converse", **asked("a", POINT, model=model))
    assert error.response["Error"]["Code"] == "AccessDeniedException"
    assert "prompt caching" in error.response["Error"]["Message"]


def test_provisioned_throughput_does_not_cache():
    desk = open_desk()
    arn = desk.call("CreateProvisionedModelThroughput", **purchase())
    arn = arn["provisionedModelArn"]
    assert usage(desk, "a", model=arn)
    error = desk.refused("Converse", **asked("a", POINT, model=arn))
    assert error.response["Error"]["Code"] == "AccessDeniedException"


REFUSED = {
    "five points": (HAIKU, ["a", POINT] * 5, {}, "maximum of 4"),
    "an hour after five minutes": (HAIKU, ["a", POINT, "b", HOUR], {}, "system.1."),
    "an hour of Nova": (MICRO, ["a", HOUR], {}, "Extended TTL"),
    "a point among Nova's tools": (
        MICRO,
        ["a"],
        {"toolConfig": {"tools": [tool(), POINT]}},
        "#/toolConfig/tools/1: extraneous key",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_point_the_model_does_not_take_is_refused(case, ready):
    model, system, more, said = REFUSED[case]
    for operation in ("Converse", "ConverseStream"):
        error = ready.refused(operation, **asked(*system, model=model, **more))
        assert error.response["Error"]["Code"] == "ValidationException"
        assert said in error.response["Error"]["Message"]


def test_four_points_are_taken(ready):
    assert usage(ready, *["a", POINT] * 4, model=HAIKU)["cacheReadInputTokens"] == 0


def test_no_point_stands_right_after_reasoning():
    thought = {"reasoningContent": {"reasoningText": {"text": "Hm."}}}
    model = catalog.get(HAIKU)
    talk = [user("Hi"), assistant(thought, POINT), user("Hi")]
    with pytest.raises(Refusal, match="after reasoning"):
        read_plan({"messages": talk}, model)
    talk = [user("Hi"), assistant(thought, "Yes.", POINT), user("Hi")]
    assert len(read_plan({"messages": talk}, model).points) == 1


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["model_id"])
def test_every_model_of_the_list_is_a_chat_model_of_the_catalogue(record):
    model = catalog.get(record["model_id"])
    assert model.chat and record["minimum_tokens"] < 5000
    assert (model.provider == "Anthropic") == ("tools" in record["fields"])


# Without weights

ASKING = """
import json, sys
import bedrock_helpers as bh
client = bh.connect("offline").client("bedrock-runtime")
request = json.load(sys.stdin)
for _ in range(2):
    reply = client.converse(**request)
    print(json.dumps([bh.answered_by(reply), reply["usage"]]))
"""


def replies(folder, **variables):
    clean = {n: v for n, v in os.environ.items() if not n.startswith("BEDROCK_")}
    done = subprocess.run(
        [sys.executable, "-c", ASKING],
        input=json.dumps(asked(RULES, POINT)),
        env={**clean, "PYTHONPATH": str(folder), **variables},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_recording_has_the_tokens_of_its_prefixes_and_needs_no_weights(tmp_path):
    skip = shutil.ignore_patterns("__pycache__", "recordings")
    for name in ("bedrock_helpers", "data"):
        shutil.copytree(REPOSITORY / name, tmp_path / name, ignore=skip)
    recordings = tmp_path / "data" / "recordings"
    recordings.mkdir()
    path = recordings / "test.jsonl"
    made = replies(tmp_path, BEDROCK_RECORD_TO=str(path))
    lines = path.read_text(encoding="utf-8").splitlines()
    counts = [json.loads(line)["prefix_tokens"] for line in lines]
    assert counts == [[made[0][1]["cacheWriteInputTokens"]]] * 2
    nowhere = {"BEDROCK_LOCAL_MODEL": str(tmp_path / "nowhere.gguf")}
    stored = replies(tmp_path, **nowhere)
    assert [used for _, used in stored] == [used for _, used in made]
    assert stored[0][0] != made[0][0]
