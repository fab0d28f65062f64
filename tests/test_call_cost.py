"""The most a call can cost is never less than what it costs."""

import io
import json
from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import given

import bedrock_helpers as bh
from bedrock_helpers.call_cost import ADDED_TOKENS, actual_usd, most_usd

MODEL = bh.catalog.NOVA_LITE
WINDOW = bh.catalog.get(MODEL).context_window_tokens
LARGEST = bh.catalog.get(MODEL).max_output_tokens


def asking(*blocks, **more):
    messages = [{"role": "user", "content": list(blocks)}]
    limits = {"inferenceConfig": {"maxTokens": 1}}
    return {"modelId": MODEL, "messages": messages, **limits, **more}


def input_tokens(request, output=1):
    """The input tokens a bound stands for."""
    price = bh.pricing.price_of(MODEL)
    usd = most_usd(request) - output * price.usd_per_million_output / 1_000_000
    return int(usd * 1_000_000 / price.usd_per_million_input)


@given(st.text())
def test_input_is_at_least_its_bytes_and_what_the_service_adds(text):
    request = asking({"text": text})
    assert input_tokens(request) >= len(text.encode(errors="replace")) + ADDED_TOKENS


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
    assert input_tokens(asking({"text": "What is it?"}, block)) == WINDOW


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
    assert input_tokens({"modelId": MODEL, "body": body}, LARGEST) == WINDOW


def test_a_body_that_is_a_file_is_not_read():
    body = io.BytesIO(b"{}")
    most_usd({"modelId": MODEL, "body": body})
    assert body.tell() == 0


@pytest.mark.parametrize(
    "request_",
    [
        asking({"text": "Hi"}, {"cachePoint": {"type": "default"}}),
        asking({"text": "Hi"}, system=[{"cachePoint": {"type": "default"}}]),
        asking({"text": "Hi"}, toolConfig={"tools": [{"cachePoint": {}}]}),
    ],
    ids=["messages", "system", "tools"],
)
def test_a_cache_point_doubles_the_input(request_):
    plain = asking({"text": "Hi"})
    assert input_tokens(request_) > 2 * input_tokens(plain) - 100


def test_cache_control_in_a_native_body_doubles_the_input():
    plain, cached = (
        {"modelId": MODEL, "body": json.dumps({name: {"type": "ephemeral"}})}
        for name in ("something", "cache_control")
    )
    assert input_tokens(cached, LARGEST) >= 2 * input_tokens(plain, LARGEST)


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
    unset = {**asking({"text": "Hi"}), "inferenceConfig": {}}
    assert most_usd(hidden) >= most_usd(unset)


def test_an_unset_limit_counts_as_the_models_own():
    unset = {**asking({"text": "Hi"}), "inferenceConfig": {}}
    one = most_usd(asking({"text": "Hi"}))
    step = bh.pricing.cost_of({"inputTokens": 0, "outputTokens": LARGEST - 1}, MODEL)
    assert most_usd(unset) == pytest.approx(one + step, rel=Decimal("0.01"))


@pytest.mark.parametrize(
    ("tier", "factor"), [("default", "1"), ("flex", "1"), ("priority", "1.75")]
)
def test_a_tier_counts_at_least_its_price_before_and_after(tier, factor):
    reply = {"usage": {"inputTokens": 1, "outputTokens": 1}}
    plain = asking({"text": "Hi"})
    flat = {**plain, "serviceTier": tier}
    nested = {**plain, "serviceTier": {"type": tier}}
    assert most_usd(flat) / most_usd(plain) >= Decimal(factor)
    assert most_usd(nested) / most_usd(plain) >= Decimal(factor)
    paid = actual_usd(nested, reply), actual_usd(plain, reply)
    assert paid[0] == paid[1] * Decimal(factor)


@pytest.mark.parametrize(
    "more",
    [
        {"serviceTier": {"type": "reserved"}},
        {"serviceTier": "reserved"},
        {"performanceConfig": {"latency": "optimized"}},
        {"performanceConfigLatency": "optimized"},
    ],
)
def test_a_way_of_calling_without_a_known_price_is_an_error(more):
    with pytest.raises(bh.pricing.UnknownPriceError, match="Leave both out"):
        most_usd(asking({"text": "Hi"}, **more))


@pytest.mark.parametrize("kind", ["Read", "Write"])
def test_cached_tokens_count_twice_the_input_price(kind):
    usage = {"inputTokens": 1, "outputTokens": 0, f"cache{kind}InputTokens": 10}
    paid = actual_usd(asking({"text": "Hi"}), {"usage": usage})
    assert paid == bh.pricing.cost_of({"inputTokens": 21, "outputTokens": 0}, MODEL)


def test_cached_tokens_in_the_headers_count_too():
    headers = {
        "x-amzn-bedrock-input-token-count": "1",
        "x-amzn-bedrock-output-token-count": "0",
        "x-amzn-bedrock-cache-write-input-token-count": "10",
    }
    reply = {"ResponseMetadata": {"HTTPHeaders": headers}}
    twice = {"inputTokens": 21, "outputTokens": 0}
    assert actual_usd(asking(), reply) == bh.pricing.cost_of(twice, MODEL)


def test_a_reply_that_reports_no_tokens_has_no_cost_yet():
    assert actual_usd(asking(), {"stream": object()}) is None
