"""Break-even points: worked out by hand, and equal on both sides."""

from dataclasses import replace
from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import given

from bedrock_helpers import catalog, pricing
from bedrock_helpers.break_even import (
    break_even_requests,
    cache_reads_to_break_even,
    provisioned_break_even_share,
    provisioned_monthly_usd,
)
from bedrock_helpers.workload import Workload, monthly_usd
from tests.test_workload import HAIKU, NOVA, WORKLOADS

INSTANT, DAY = "anthropic.claude-instant-v1", "2023-09-28"
CACHING = [
    price
    for price in map(pricing.price_of, pricing.known_ids())
    if price.usd_per_million_cache_read is not None
    and price.usd_per_million_cache_write_5m is not None
]
CLAUDES = [price for price in CACHING if "anthropic." in price.model_id]
TOKENS = st.integers(1, 10**7)


def priced(plain, read, written):
    """Haiku's price with other numbers."""
    return replace(
        pricing.price_of(HAIKU),
        usd_per_million_input=Decimal(plain),
        usd_per_million_cache_read=Decimal(read),
        usd_per_million_cache_write_5m=Decimal(written),
    )


def test_claude_s_caches_pay_with_the_first_and_the_second_read():
    # Haiku 4.5: written for five minutes 1.25, for an hour 2.00, read 0.10, plain 1.00.
    # One read: 1.25 + 0.10 = 1.35 < 2.00. An hour: 2.00 + 0.10 = 2.10 > 2.00, and
    # with a second read 2.00 + 0.20 = 2.20 < 3.00.
    haiku = pricing.price_of(catalog.CLAUDE_HAIKU_4_5)
    assert cache_reads_to_break_even(haiku) == 1
    assert cache_reads_to_break_even(haiku, "1h") == 2


@pytest.mark.parametrize("price", CLAUDES, ids=lambda price: price.model_id)
def test_every_claude_s_five_minutes_pay_with_the_first_read(price):
    assert cache_reads_to_break_even(price) == 1


@pytest.mark.parametrize("price", CACHING, ids=lambda price: price.model_id)
def test_one_read_fewer_would_not_have_paid(price):
    reads = cache_reads_to_break_even(price)
    plain, written = price.usd_per_million_input, price.usd_per_million_cache_write_5m

    def saved(count):
        cached = written + count * price.usd_per_million_cache_read
        return (1 + count) * plain - cached

    assert saved(reads) >= 0
    assert reads == 0 or saved(reads - 1) < 0


def test_a_cache_that_costs_nothing_to_write_pays_at_once():
    assert cache_reads_to_break_even(priced("0.06", "0.015", "0")) == 0


def test_a_cache_that_reads_no_cheaper_never_pays():
    assert cache_reads_to_break_even(priced("1", "1", "1.25")) is None


def test_a_read_that_makes_it_equal_counts():
    # 1.5 + 0.5 = 2 × 1.
    assert cache_reads_to_break_even(priced("1", "0.5", "1.5")) == 1


def test_a_model_without_cache_prices_is_an_error_and_so_is_another_ttl():
    with pytest.raises(pricing.UnknownPriceError, match="openai.gpt-oss-20b-1:0"):
        cache_reads_to_break_even(pricing.price_of(catalog.GPT_OSS_20B))
    with pytest.raises(ValueError, match="ttl='1d': a cache is kept '5m' or '1h'"):
        cache_reads_to_break_even(pricing.price_of(HAIKU), "1d")


def test_a_unit_s_share_by_hand():
    # Claude Instant on launch day: 1.63 and 5.51 dollars a million tokens. A minute of
    # 300,000 in and 60,000 out costs 0.489 + 0.3306 = 0.8196, an hour 49.176.
    price = pricing.price_of(INSTANT, on=DAY)
    share = provisioned_break_even_share(
        price,
        pricing.provisioned_usd_per_hour(INSTANT, months=1),  # 39.60
        input_tokens_per_minute=300_000,
        output_tokens_per_minute=60_000,
    )
    assert share * Decimal("49.176") == pytest.approx(Decimal("39.60"))


@given(TOKENS, TOKENS, st.decimals("0.01", 1000, places=2))
def test_at_that_share_of_an_hour_tokens_and_unit_cost_the_same(tokens, out, hour_usd):
    price = pricing.price_of(INSTANT, on=DAY)
    rates = {"input_tokens_per_minute": tokens, "output_tokens_per_minute": out}
    share = provisioned_break_even_share(price, hour_usd, **rates)
    usage = {"inputTokens": 60 * tokens, "outputTokens": 60 * out}
    full_hour = pricing.cost_of(usage, INSTANT, on=DAY)
    assert share * full_hour == pytest.approx(hour_usd)


@given(TOKENS, TOKENS)
def test_a_faster_unit_pays_sooner_and_a_dearer_one_later(tokens, more):
    price = pricing.price_of(INSTANT, on=DAY)

    def share(usd, count):
        rates = {"input_tokens_per_minute": count, "output_tokens_per_minute": 0}
        return provisioned_break_even_share(price, usd, **rates)

    assert share(40, tokens + more) < share(40, tokens) < share(41, tokens)


@pytest.mark.parametrize(
    ("hour_usd", "tokens", "out", "told"),
    [
        (-1, 1, 1, "usd_per_hour=-1"),
        (1, -1, 1, "input_tokens_per_minute=-1"),
        (1, 1, "lots", "output_tokens_per_minute='lots'"),
        (1, 0, 0, "cost nothing"),
    ],
)
def test_impossible_units_are_refused(hour_usd, tokens, out, told):
    rates = {"input_tokens_per_minute": tokens, "output_tokens_per_minute": out}
    price = pricing.price_of(INSTANT, on=DAY)
    with pytest.raises(ValueError, match=told):
        provisioned_break_even_share(price, hour_usd, **rates)


def test_a_unit_s_month_by_hand():
    # 39.60 an hour × 720 hours = 28,512; with six months' term 22 × 720 = 15,840.
    assert provisioned_monthly_usd(INSTANT, months=1) == 28_512
    assert provisioned_monthly_usd(INSTANT, months=6, units=2) == 2 * 15_840


def test_the_requests_that_pay_for_a_unit_by_hand():
    # A request of 1,000 + 200 tokens costs 1,630 + 1,102 = 2,732 millionths; in 30
    # days a daily request costs 0.08196 dollars: 28,512 / 0.08196 = 347,877.0.
    load = Workload(1, 1000, 200)
    unit = provisioned_monthly_usd(INSTANT, months=1)
    assert round(break_even_requests(load, INSTANT, unit, on=DAY)) == 347_877


@given(WORKLOADS, st.integers(1, 10**6))
def test_at_the_break_even_both_plans_cost_the_same(load, fixed_usd):
    requests = break_even_requests(load, HAIKU, fixed_usd)
    at = replace(load, requests_per_day=requests)
    assert monthly_usd(at, HAIKU) == pytest.approx(Decimal(fixed_usd))
    assert requests == break_even_requests(load, fixed_usd, HAIKU)


@given(WORKLOADS)
def test_two_models_do_not_cross_where_nothing_is_cached(load):
    assert break_even_requests(replace(load, cached_share=0), NOVA, HAIKU) is None


def test_two_models_can_cross_where_one_pays_more_for_writing_its_cache():
    # Output is nothing here and all input cached. Sonnet 4.5 (us) writes at 4.125 and
    # reads at 0.33; Fable 5.1 (us) writes at 13.75 and reads at 0.275: dearer while
    # most requests write, cheaper once most read. With 24 writes a day they are equal
    # at 24 × (13.75 − 0.275 − 4.125 + 0.33) / (0.33 − 0.275) = 4,224 requests.
    sonnet = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    fable = "us.anthropic.claude-fable-5-1"
    load = Workload(1, 5000, 0, cached_share=1)
    crossing = break_even_requests(load, sonnet, fable)
    months = [
        monthly_usd(replace(load, requests_per_day=crossing), one)
        for one in (sonnet, fable)
    ]
    assert months[0] == pytest.approx(months[1])
    assert round(crossing) == 4224


def test_two_sums_a_month_never_cross():
    assert break_even_requests(Workload(1, 1, 1), 100, 200) is None
