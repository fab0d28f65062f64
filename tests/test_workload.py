"""A month of a workload: worked out by hand, and for any workload at all."""

from dataclasses import replace
from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given

from bedrock_helpers import catalog, pricing
from bedrock_helpers.workload import (
    Workload,
    monthly_usd,
    per_thousand_requests_usd,
    request_kinds,
)

NOVA = catalog.NOVA_MICRO
HAIKU = f"us.{catalog.CLAUDE_HAIKU_4_5}"
#: Most of a long prompt is the same in every request.
CACHED = Workload(1000, 5000, 200, cached_share=0.8)
SHARES = st.decimals(0, 1, places=3)
WORKLOADS = st.builds(
    Workload,
    requests_per_day=st.integers(1, 10**7),
    input_tokens=st.integers(1, 50_000),
    output_tokens=st.integers(0, 10_000),
    cached_share=SHARES,
    batch_share=SHARES,
    cache_writes_per_day=st.integers(0, 500),
)


def test_a_month_by_hand():
    # Nova Micro: 1,000 × 0.035 + 200 × 0.14 = 35 + 28 = 63 dollars a million requests;
    # 5,000 a day are 150,000 a month: 0.15 × 63 = 9.45.
    assert monthly_usd(Workload(5000, 1000, 200), NOVA) == Decimal("9.45")
    assert per_thousand_requests_usd(Workload(5000, 1000, 200), NOVA) == Decimal(
        "0.063"
    )


def test_a_month_with_batch_by_hand():
    # Four in ten at half the price: 9.45 × (0.6 + 0.4 / 2) = 9.45 × 0.8 = 7.56.
    load = Workload(5000, 1000, 200, batch_share=0.4)
    assert monthly_usd(load, NOVA) == Decimal("7.56")


def test_a_month_with_a_cache_by_hand():
    # Haiku 4.5 (us), per million: input 1.10, output 5.50, write 1.375, read 0.11.
    # Each request: 1,000 fresh × 1.10 + 200 × 5.50 = 2,200 millionths of a dollar.
    # 24 write 4,000 × 1.375 = 5,500 more, 976 read 4,000 × 0.11 = 440 more:
    # 24 × 7,700 + 976 × 2,640 = 2,761,440 a day; 30 days: 82.8432.
    assert monthly_usd(CACHED, HAIKU) == Decimal("82.8432")
    # Without a cache: 1,000 × (5,000 × 1.10 + 1,100) = 6.60 a day.
    assert monthly_usd(replace(CACHED, cached_share=0), HAIKU) == Decimal(198)


def test_where_there_are_fewer_requests_than_writes_every_request_writes():
    # 10 × 7,700 millionths × 30 = 2.31, dearer than the 1.98 without a cache.
    few = replace(CACHED, requests_per_day=10)
    assert monthly_usd(few, HAIKU) == Decimal("2.31")
    assert [kind.name for kind in request_kinds(few)] == ["cache write"]


def test_what_is_sent_as_batch_uses_no_cache():
    batch = replace(CACHED, batch_share=1)
    usage = {"inputTokens": 5000, "outputTokens": 200}
    assert [(k.name, k.usage) for k in request_kinds(batch)] == [("batch", usage)]
    assert monthly_usd(batch, HAIKU) == Decimal(99)  # half of 198


def test_launch_day_has_its_own_prices():
    # Claude v2: 1,000 × 11.02 + 200 × 32.68 = 17,556 dollars a million requests.
    load = Workload(1000, 1000, 200)
    month = monthly_usd(load, "anthropic.claude-v2", on="2023-09-28")
    assert month == Decimal("526.68")


def test_a_long_prompt_has_the_price_of_long_prompts():
    model_id = "us.anthropic.claude-haiku-5-5"
    limit = pricing.long_prompt_tokens(model_id)
    short, long = (
        monthly_usd(Workload(1, tokens, 0), model_id) for tokens in (limit, limit + 1)
    )
    prices = [
        pricing.price_of(model_id, prompt_tokens=tokens).usd_per_million_input
        for tokens in (limit, limit + 1)
    ]
    assert short * 1_000_000 == 30 * limit * prices[0]
    assert long * 1_000_000 == 30 * (limit + 1) * prices[1]
    assert prices[1] > prices[0]


@pytest.mark.parametrize(
    ("share", "model_id", "on"),
    [
        ({"cached_share": 0.5}, catalog.GPT_OSS_20B, None),
        ({"cached_share": 0.5}, "anthropic.claude-v2", "2023-09-28"),
        ({"batch_share": 0.5}, "anthropic.claude-v2", "2023-09-28"),
        ({}, "nobody.knows-me", None),
    ],
)
def test_a_share_without_a_known_price_is_an_error(share, model_id, on):
    with pytest.raises(pricing.UnknownPriceError, match="none is guessed"):
        monthly_usd(Workload(1000, 1000, 100, **share), model_id, on=on)


@given(WORKLOADS)
def test_the_kinds_are_all_the_requests_and_each_has_all_its_tokens(load):
    kinds = request_kinds(load)
    assert sum(kind.requests_per_day for kind in kinds) == load.requests_per_day
    assert all(kind.requests_per_day > 0 for kind in kinds)
    for kind in kinds:
        cached = kind.usage.get("cacheReadInputTokens", 0)
        cached += kind.usage.get("cacheWriteInputTokens", 0)
        assert kind.usage["inputTokens"] + cached == load.input_tokens


@given(WORKLOADS)
def test_a_month_is_the_bills_of_all_its_requests(load):
    bills = [
        kind.requests_per_day * line.usd
        for kind in request_kinds(load)
        for line in pricing.cost_lines(kind.usage, HAIKU, tier=kind.tier)
    ]
    assert monthly_usd(load, HAIKU) == pytest.approx(30 * sum(bills))


@given(
    WORKLOADS,
    st.sampled_from(["requests_per_day", "input_tokens", "output_tokens"]),
    st.integers(1, 1000),
)
def test_more_of_anything_never_costs_less(load, name, more):
    larger = replace(load, **{name: getattr(load, name) + more})
    if name == "input_tokens":  # the same tokens are cached, the others are not
        same = Decimal(load.cached_tokens) / larger.input_tokens
        larger = replace(larger, cached_share=same)
        assume(larger.cached_tokens == load.cached_tokens)
    assert monthly_usd(larger, HAIKU) >= monthly_usd(load, HAIKU)


@given(WORKLOADS, SHARES)
def test_more_as_batch_never_costs_more_without_a_cache(load, share):
    small, large = sorted([load.batch_share, share])
    uncached = replace(load, cached_share=0)
    months = [
        monthly_usd(replace(uncached, batch_share=one), HAIKU) for one in (small, large)
    ]
    assert months[1] <= months[0]


@given(WORKLOADS, SHARES)
def test_a_larger_cached_share_never_costs_more_once_it_is_written(load, share):
    small, large = sorted([load.cached_share, share])
    written = replace(load, cache_writes_per_day=0)
    months = [
        monthly_usd(replace(written, cached_share=one), HAIKU) for one in (small, large)
    ]
    assert months[1] <= months[0]


@given(WORKLOADS, st.integers(0, 500))
def test_more_writes_of_claude_s_cache_never_cost_less(load, more):
    writes = load.cache_writes_per_day + more
    larger = replace(load, cache_writes_per_day=writes)
    assert monthly_usd(larger, HAIKU) >= monthly_usd(load, HAIKU)


@given(WORKLOADS, st.integers(2, 100))
def test_without_a_cache_so_many_times_the_requests_cost_so_many_times_as_much(
    load, times
):
    load = replace(load, cached_share=0)
    larger = replace(load, requests_per_day=times * load.requests_per_day)
    assert monthly_usd(larger, NOVA) == pytest.approx(times * monthly_usd(load, NOVA))


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("requests_per_day", 0, "a number above 0"),
        ("requests_per_day", -5, "a number above 0"),
        ("requests_per_day", float("nan"), "a number above 0"),
        ("requests_per_day", float("inf"), "a number above 0"),
        ("requests_per_day", "many", "a number above 0"),
        ("input_tokens", -1, "a whole number"),
        ("input_tokens", 10.5, "a whole number"),
        ("output_tokens", None, "a whole number"),
        ("cached_share", 1.5, "a share from 0 to 1"),
        ("cached_share", 80, "a share from 0 to 1"),
        ("batch_share", -0.1, "a share from 0 to 1"),
        ("cache_writes_per_day", -1, "a number, 0 or more"),
    ],
)
def test_an_impossible_workload_is_refused_with_its_value_and_what_to_type(
    field, value, wanted
):
    with pytest.raises(ValueError) as caught:
        replace(Workload(1000, 1000, 100), **{field: value})
    assert f"{field}={value!r}: {wanted}" in str(caught.value)
    assert "Type: Workload(" in str(caught.value)


def test_a_workload_is_not_changed_by_asking_what_it_costs():
    load = Workload(1000, 1000, 100)
    monthly_usd(load, NOVA)
    assert load == Workload(1000, 1000, 100)
