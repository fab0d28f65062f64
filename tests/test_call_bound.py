"""The most a call can cost is never less than what it costs."""

import io
import json
from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import given

import bedrock_helpers as bh
from bedrock_helpers.call_bound import ADDED_TOKENS, upper_bound
from bedrock_helpers.call_cost import actual_usd

MODEL = bh.catalog.NOVA_LITE
HAIKU = bh.catalog.CLAUDE_HAIKU_4_5
LONG = "us.anthropic.claude-haiku-5-5"
WINDOW = bh.catalog.get(MODEL).context_window_tokens
LARGEST = bh.catalog.get(MODEL).max_output_tokens
LAUNCH = bh.catalog.LAUNCH_DAY


def asking(*blocks, **more):
    messages = [{"role": "user", "content": list(blocks)}]
    limits = {"inferenceConfig": {"maxTokens": 1}}
    return {"modelId": MODEL, "messages": messages, **limits, **more}


def native(model_id=MODEL, **body):
    return {"modelId": model_id, "body": json.dumps(body)}


@given(st.text())
def test_input_is_at_least_its_bytes_and_what_the_service_adds(text):
    bound = upper_bound(asking({"text": text}))
    size = len(text.encode(errors="replace"))
    assert bound.input_tokens >= size + ADDED_TOKENS
    assert "bytes" in bound.counted


@given(
    text=st.text(max_size=50),
    model_id=st.sampled_from([MODEL, HAIKU, LONG, "openai.gpt-oss-20b-1:0"]),
    most=st.integers(1, 9000),
    share=st.floats(0, 1),
    kinds=st.lists(st.sampled_from(["inputTokens", "cacheWriteInputTokens"])),
)
def test_no_reply_within_the_limits_of_a_call_costs_more_than_its_bound(
    text, model_id, most, share, kinds
):
    blocks = [{"text": text}]
    if kinds and model_id != MODEL and "gpt" not in model_id:
        blocks.append({"cachePoint": {"type": "default", "ttl": "1h"}})
    request = asking(*blocks, modelId=model_id, inferenceConfig={"maxTokens": most})
    bound = upper_bound(request)
    into = "cacheWriteInputTokens" if len(blocks) > 1 else "inputTokens"
    usage = {"inputTokens": 0, "outputTokens": int(most * share)}
    usage[into] = bound.input_tokens
    details = [{"ttl": "1h", "inputTokens": bound.input_tokens}]
    usage |= {"cacheDetails": details} if len(blocks) > 1 else {}
    assert actual_usd(request, {"usage": usage}) <= bound.usd


@pytest.mark.parametrize(
    "block",
    [
        {"image": {"format": "png", "source": {"bytes": b"tiny"}}},
        {"image": {"format": "png", "source": {"bytes": io.BytesIO(b"x" * 9)}}},
        {"document": {"format": "pdf", "name": "d", "source": {"bytes": b"%PDF"}}},
        {"video": {"format": "mp4", "source": {"s3Location": {"uri": "s3://b/k"}}}},
        {"toolResult": {"toolUseId": "1", "content": [{"image": {}}]}},
        {"guardContent": {"image": {"format": "png", "source": {"bytes": b"x"}}}},
    ],
    ids=lambda block: next(iter(block)),
)
def test_what_bytes_do_not_measure_counts_as_the_whole_window(block):
    bound = upper_bound(asking({"text": "What is it?"}, block))
    assert bound.input_tokens == WINDOW
    assert "the whole window" in bound.counted


@pytest.mark.parametrize(
    "body",
    [
        io.BytesIO(b"x" * 5),
        json.dumps({"content": [{"type": "image"}]}),
        json.dumps({"content": [{"type": "document"}]}).encode(),
        b'{"messages": [{"content": [{"video": {}}]}]}',
    ],
    ids=["a file", "an image", "a document", "a video"],
)
def test_a_body_that_bytes_do_not_measure_counts_as_the_whole_window(body):
    assert upper_bound({"modelId": MODEL, "body": body}).input_tokens == WINDOW


@pytest.mark.parametrize("counted", [None, 12])
def test_what_a_system_tool_finds_counts_as_the_whole_window(counted):
    tools = {"tools": [{"systemTool": {"name": "nova_grounding"}}]}
    for request in (asking(toolConfig=tools), native(toolConfig=tools)):
        assert upper_bound(request, input_tokens=counted).input_tokens == WINDOW


@pytest.mark.parametrize(
    "body",
    [
        r'{"messages": [{"content": [{"type": "\u0069mage"}]}]}',
        r'{"messages": [{"content": [{"\u0069mage": {}}]}]}',
        r'{"messages": [{"content": [{"\u0069mage": {}}], "content": []}]}',
        json.dumps({"content": [{"type": "image"}]}).encode("utf-16"),
        '{"content": [{"type": "image"}]',
    ],
    ids=["a type", "a name", "a name given twice", "UTF-16", "no JSON"],
)
def test_media_are_found_however_the_body_spells_them(body):
    assert upper_bound({"modelId": MODEL, "body": body}).input_tokens == WINDOW


def test_a_body_that_only_quotes_a_kind_is_measured_in_bytes():
    body = native(messages=[{"content": [{"text": 'Say "image".'}]}])
    assert upper_bound(body).input_tokens < WINDOW


def test_media_in_additional_fields_are_found():
    fields = {"messages": [{"content": [{"type": "image"}]}]}
    request = asking({"text": "Hi"}, additionalModelRequestFields=fields)
    assert upper_bound(request).input_tokens == WINDOW


def test_a_body_that_is_a_file_is_not_read():
    body = io.BytesIO(b"{}")
    upper_bound({"modelId": MODEL, "body": body})
    assert body.tell() == 0


def test_a_count_takes_the_place_of_the_estimate():
    request = asking({"image": {"format": "png", "source": {"bytes": b"tiny"}}})
    bound = upper_bound(request, input_tokens=12)
    assert (bound.input_tokens, bound.counted) == (12, "counted by CountTokens")
    usage = {"inputTokens": 12, "outputTokens": 1}
    assert bound.usd == bh.pricing.cost_of(usage, MODEL)


# The prompt cache


def with_mark(place, **mark):
    point = {"cachePoint": {"type": "default", **mark}}
    block = {"text": "Hi"}
    if place == "messages":
        return asking(block, point, modelId=HAIKU)
    more = (
        {"system": [point]} if place == "system" else {"toolConfig": {"tools": [point]}}
    )
    return asking(block, modelId=HAIKU, **more)


def input_price(request):
    bound = upper_bound(request, input_tokens=1_000_000)
    output = bh.pricing.price_of(HAIKU).usd_per_million_output
    return bound.usd - bound.output_tokens * output / 1_000_000


@pytest.mark.parametrize("place", ["messages", "system", "tools"])
def test_with_a_cache_point_all_input_counts_as_written_to_the_cache(place):
    price = bh.pricing.price_of(HAIKU)
    assert input_price(asking(modelId=HAIKU)) == price.usd_per_million_input
    assert input_price(with_mark(place)) == price.usd_per_million_cache_write_5m
    hour = with_mark(place, ttl="1h")
    assert input_price(hour) == price.usd_per_million_cache_write_1h


def test_cache_control_in_a_native_body_is_such_a_mark():
    request = native(HAIKU, max_tokens=1, system=[{"cache_control": {"ttl": "1h"}}])
    price = bh.pricing.price_of(HAIKU)
    assert input_price(request) == price.usd_per_million_cache_write_1h


@pytest.mark.parametrize("name", ["cache_control", r"\u0063ache_control"])
def test_a_mark_is_found_however_the_body_spells_it(name):
    mark = r'{"ttl": "\u0031h"}'
    body = f'{{"max_tokens": 1, "system": [{{"{name}": {mark}}}]}}'
    price = bh.pricing.price_of(HAIKU)
    found = input_price({"modelId": HAIKU, "body": body})
    assert found == price.usd_per_million_cache_write_1h


def test_where_no_price_of_writing_is_known_it_counts_twice_the_input_price():
    marked = asking({"text": "Hi"}, {"cachePoint": {"type": "default"}})
    price = bh.pricing.price_of(MODEL)
    assert price.usd_per_million_cache_write_5m is None
    bound = upper_bound(marked, input_tokens=1_000_000)
    one = price.usd_per_million_output / 1_000_000
    assert bound.usd - one == 2 * price.usd_per_million_input


def test_where_writing_costs_less_than_reading_plainly_the_plain_price_counts():
    model_id = bh.catalog.NOVA_MICRO
    price = bh.pricing.price_of(model_id)
    assert price.usd_per_million_cache_write_5m < price.usd_per_million_input
    marked = asking({"cachePoint": {"type": "default"}}, modelId=model_id)
    plain = asking(modelId=model_id)
    assert upper_bound(marked, input_tokens=9) == upper_bound(plain, input_tokens=9)


# Long prompts


def test_a_prompt_that_may_be_long_counts_at_the_price_of_long_prompts():
    above = bh.pricing.long_prompt_tokens(LONG)
    short = upper_bound(asking(modelId=LONG), input_tokens=above)
    longer = upper_bound(asking(modelId=LONG), input_tokens=above + 1)
    assert longer.usd > 2 * short.usd
    by_bytes = upper_bound(asking({"text": "x" * above}, modelId=LONG))
    price = bh.pricing.price_of(LONG, prompt_tokens=above + 1)
    assert by_bytes.usd > above * price.usd_per_million_input / 1_000_000


# Output


@pytest.mark.parametrize(
    "extra",
    [
        {"max_tokens": 9000},
        {"inferenceConfig": {"max_new_tokens": 9000}},
        {"maxTokens": 1},
    ],
)
def test_a_limit_hidden_in_additional_fields_is_not_trusted(extra):
    hidden = asking({"text": "Hi"}, additionalModelRequestFields=extra)
    assert upper_bound(hidden).output_tokens == LARGEST


@pytest.mark.parametrize(
    ("fields", "replies"),
    [
        ({"n": 50, "num_generations": 5}, 50),
        ({"num_generations": 5}, 5),
        ({"numResults": 2.5}, 3),
        ({"n": 0}, 1),
        ({"n": "4"}, 1),
        ({"n": True}, 1),
    ],
)
def test_several_replies_count_wherever_they_are_asked_for(fields, replies):
    converse = asking({"text": "Hi"}, additionalModelRequestFields=fields)
    assert upper_bound(converse).output_tokens == replies
    body = native(inferenceConfig={"maxTokens": 1}, **fields)
    assert upper_bound(body).output_tokens == replies


@pytest.mark.parametrize(
    ("request_", "most"),
    [
        (native(inferenceConfig={"maxTokens": 1, "max_new_tokens": 5000}), 5000),
        (native(inferenceConfig={"maxTokens": 5000, "max_new_tokens": 1}), 5000),
        (native(inferenceConfig={"maxTokens": 1}, max_new_tokens=5000), 5000),
        (native(inferenceConfig={"max_new_tokens": 1}), LARGEST),
        (
            native("openai.gpt-oss-20b-1:0", max_completion_tokens=1, max_tokens=50),
            50,
        ),
    ],
)
def test_of_several_limits_the_largest_counts(request_, most):
    assert upper_bound(request_).output_tokens == most


def test_an_unset_limit_counts_as_the_models_own():
    unset = {**asking({"text": "Hi"}), "inferenceConfig": {}}
    assert upper_bound(unset).output_tokens == LARGEST


@pytest.mark.parametrize(
    ("request_", "on", "most"),
    [
        (native(HAIKU, max_tokens=7), None, 7),
        (native(f"us.{HAIKU}", max_tokens=7), None, 7),
        (native(MODEL, inferenceConfig={"maxTokens": 7}), None, 7),
        (native("openai.gpt-oss-20b-1:0", max_completion_tokens=7), None, 7),
        (native("openai.gpt-oss-20b-1:0", max_completion_tokens=7, n=3), None, 21),
        (native("anthropic.claude-v2", max_tokens_to_sample=7), LAUNCH, 7),
        (
            native(
                "amazon.titan-text-express-v1",
                textGenerationConfig={"maxTokenCount": 7},
            ),
            LAUNCH,
            7,
        ),
        (
            native("cohere.command-text-v14", max_tokens=7, num_generations=4),
            LAUNCH,
            28,
        ),
        (native("ai21.j2-mid-v1", maxTokens=7, numResults=2), LAUNCH, 14),
    ],
    ids=lambda value: value["modelId"] if isinstance(value, dict) else None,
)
def test_the_limit_in_a_native_body_is_read(request_, on, most):
    assert upper_bound(request_, on=on).output_tokens == most


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"[1]",
        b"{}",
        b'{"inferenceConfig": 5}',
        b'{"inferenceConfig": {"maxTokens": "9"}}',
        b'{"inferenceConfig": {"maxTokens": -9}}',
        b'{"inferenceConfig": {"maxTokens": true}}',
    ],
)
def test_without_a_limit_to_read_a_native_body_counts_as_the_models_own(body):
    assert upper_bound({"modelId": MODEL, "body": body}).output_tokens == LARGEST


def test_an_embedding_has_no_output():
    bound = upper_bound(native("amazon.titan-embed-text-v2:0", inputText="Hi"))
    assert bound.output_tokens == 0 < bound.usd


# How it is paid


def test_a_tier_counts_at_its_own_price():
    model_id = bh.catalog.GPT_OSS_20B
    plain = upper_bound(asking({"text": "Hi"}, modelId=model_id)).usd
    for tier, dearer in (("flex", False), ("priority", True)):
        nested = asking({"text": "Hi"}, modelId=model_id, serviceTier={"type": tier})
        flat = asking({"text": "Hi"}, modelId=model_id, serviceTier=tier)
        assert (upper_bound(nested).usd > plain) is dearer
        assert (upper_bound(flat).usd > plain) is dearer


@pytest.mark.parametrize(
    "more",
    [
        {"serviceTier": {"type": "reserved"}},
        {"serviceTier": "reserved"},
        {"performanceConfig": {"latency": "optimized"}},
        {"performanceConfigLatency": "optimized"},
        {"modelId": "us.amazon.nova-micro-v2:0"},
    ],
)
def test_a_way_of_calling_without_a_known_price_is_an_error(more):
    with pytest.raises(bh.pricing.UnknownPriceError):
        upper_bound(asking({"text": "Hi"}, **more))


@pytest.mark.parametrize("kind", ["", "us."])
def test_an_arn_counts_as_its_id(kind):
    resource = "inference-profile" if kind else "foundation-model"
    arn = f"arn:aws:bedrock:us-east-1:{'1' * 12 * bool(kind)}:{resource}/{kind}{MODEL}"
    plain = asking({"text": "Hi"}, modelId=kind + MODEL)
    assert upper_bound({**plain, "modelId": arn}) == upper_bound(plain)


def test_provisioned_throughput_costs_nothing_more_by_the_call():
    arn = "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc"
    assert upper_bound(asking({"text": "Hi"}, modelId=arn)).usd == 0


def test_a_model_that_ended_only_refuses_but_had_its_price_on_launch_day():
    request = native("anthropic.claude-v2", prompt="Hi", max_tokens_to_sample=1000)
    assert upper_bound(request).usd == 0
    bound = upper_bound(request, on=LAUNCH)
    assert bound.usd > bh.pricing.cost_of(
        {"inputTokens": 0, "outputTokens": 1000}, "anthropic.claude-v2", on=LAUNCH
    )


@pytest.mark.parametrize(
    ("steps", "samples", "usd"), [(30, 1, "0.04"), (80, 1, "0.08"), (30, 3, "0.12")]
)
def test_a_picture_has_a_price_of_its_own(steps, samples, usd):
    size = {"width": 1024, "height": 1024}
    model_id = "stability.stable-diffusion-xl-v1"
    request = native(model_id, steps=steps, samples=samples, **size)
    assert upper_bound(request, on=LAUNCH).usd == Decimal(usd)
