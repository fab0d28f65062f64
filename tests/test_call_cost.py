"""What a call cost, by what its reply reports."""

import json
from decimal import Decimal

import pytest

import bedrock_helpers as bh
from bedrock_helpers.call_cost import actual_usd, usage_of

MODEL = bh.catalog.NOVA_LITE
HAIKU = bh.catalog.CLAUDE_HAIKU_4_5
GPT = bh.catalog.GPT_OSS_20B
LAUNCH = bh.catalog.LAUNCH_DAY
USAGE = {"inputTokens": 1000, "outputTokens": 200}


def asking(model_id=MODEL, **more):
    messages = [{"role": "user", "content": [{"text": "Hi"}]}]
    return {"modelId": model_id, "messages": messages, **more}


def headed(**counts):
    """A reply of InvokeModel with counts in its headers."""
    names = {k.replace("_", "-"): str(v) for k, v in counts.items()}
    headers = {f"x-amzn-bedrock-{k}-token-count": v for k, v in names.items()}
    return {"ResponseMetadata": {"HTTPHeaders": headers}}


def test_a_reply_costs_what_its_usage_costs():
    cost = actual_usd(asking(), {"usage": USAGE})
    assert cost == bh.pricing.cost_of(USAGE, MODEL) == Decimal("0.000108")


def test_the_counts_of_invoke_model_are_in_its_headers():
    reply = headed(input=1000, output=200)
    assert actual_usd({"modelId": MODEL, "body": "{}"}, reply) == Decimal("0.000108")


@pytest.mark.parametrize(
    "reply",
    [{"stream": object()}, {"body": object()}, headed(input=5), {"usage": {}}, {}],
    ids=["stream", "body", "input only", "empty usage", "nothing"],
)
def test_a_reply_that_reports_no_tokens_has_no_cost_yet(reply):
    assert actual_usd(asking(), reply) is None


def test_an_embedding_is_paid_by_its_input_alone():
    titan = {"modelId": "amazon.titan-embed-text-v2:0", "body": "{}"}
    assert usage_of(titan, headed(input=5)) == {"inputTokens": 5, "outputTokens": 0}
    assert actual_usd(titan, headed(input=1_000_000)) == Decimal("0.02")


# The prompt cache


def test_cached_tokens_have_their_own_prices():
    usage = {
        **USAGE,
        "cacheReadInputTokens": 1000,
        "cacheWriteInputTokens": 500,
        "cacheDetails": [{"ttl": "5m", "inputTokens": 500}],
    }
    price = bh.pricing.price_of(HAIKU)
    more = 1000 * price.usd_per_million_cache_read
    more += 500 * price.usd_per_million_cache_write_5m
    plain = actual_usd(asking(HAIKU), {"usage": USAGE})
    assert actual_usd(asking(HAIKU), {"usage": usage}) - plain == more / 1_000_000


@pytest.mark.parametrize(
    ("asked", "kind"),
    [({"ttl": "1h"}, "cache_write_1h"), ({"type": "ephemeral"}, "cache_write_5m")],
)
def test_headers_do_not_say_for_how_long_but_the_request_does(asked, kind):
    body = json.dumps({"cache_control": asked})
    reply = headed(input=0, output=0, cache_write_input=1_000_000)
    paid = actual_usd({"modelId": HAIKU, "body": body.encode()}, reply)
    assert paid == getattr(bh.pricing.price_of(HAIKU), f"usd_per_million_{kind}")


def test_a_kind_of_token_without_a_known_price_is_an_error():
    usage = {**USAGE, "cacheWriteInputTokens": 5}
    with pytest.raises(bh.pricing.UnknownPriceError):
        actual_usd(asking(), {"usage": usage})


# How it is paid


@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize("tier", ["default", "flex", "priority"])
def test_a_tier_is_paid_at_its_price(tier, nested):
    request = asking(GPT, serviceTier={"type": tier} if nested else tier)
    expected = bh.pricing.cost_of(USAGE, GPT, tier=tier)
    assert actual_usd(request, {"usage": USAGE}) == expected


def test_the_tier_that_served_the_call_is_the_one_that_is_paid():
    reply = {"usage": USAGE, "serviceTier": {"type": "default"}}
    request = asking(GPT, serviceTier={"type": "priority"})
    assert actual_usd(request, reply) == bh.pricing.cost_of(USAGE, GPT)


@pytest.mark.parametrize(
    "more",
    [
        {"performanceConfig": {"latency": "optimized"}},
        {"performanceConfigLatency": "optimized"},
    ],
)
def test_optimised_latency_has_prices_that_are_not_known(more):
    with pytest.raises(bh.pricing.UnknownPriceError, match="leave it out"):
        actual_usd(asking(**more), {"usage": USAGE})


def test_launch_day_had_prices_of_its_own():
    request = {"modelId": "anthropic.claude-v2", "body": "{}"}
    paid = actual_usd(request, headed(input=1000, output=1000), on=LAUNCH)
    assert paid == Decimal("0.01102") + Decimal("0.03268")


def test_tokens_of_provisioned_throughput_cost_nothing_more():
    arn = "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc"
    assert actual_usd(asking(arn), {"usage": USAGE}) == 0


# Pictures

SDXL = "stability.stable-diffusion-xl-v1"
SIZE = {"width": 1024, "height": 1024}


@pytest.mark.parametrize(
    ("asked", "usd"),
    [
        ({**SIZE, "steps": 30}, "0.04"),
        ({**SIZE, "steps": 30, "samples": 2}, "0.08"),
        ({**SIZE, "steps": 51}, "0.08"),
        ({"width": 1536, "height": 640}, "0.08"),
        ({}, "0.04"),
        ({"steps": "many", "samples": 0}, "0.08"),
        ([], "0.04"),
    ],
    ids=str,
)
def test_pictures_are_paid_by_the_piece_their_size_and_their_steps(asked, usd):
    request = {"modelId": SDXL, "body": json.dumps(asked)}
    assert actual_usd(request, {"body": object()}) == Decimal(usd)


def test_the_first_sdxl_made_pictures_of_512_pixels():
    request = {"modelId": "stability.stable-diffusion-xl-v0", "body": "{}"}
    assert actual_usd(request, {}, on=LAUNCH) == Decimal("0.018")


def test_other_models_of_pictures_make_one_a_call():
    request = {"modelId": "stability.stable-image-core-v1:1", "body": "{}"}
    assert actual_usd(request, {}) == Decimal("0.04")
