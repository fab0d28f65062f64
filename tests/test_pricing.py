"""The bill of a call is exact, and agrees with bills worked out by hand."""

from decimal import Decimal
from fractions import Fraction

import hypothesis.strategies as st
import pytest
from hypothesis import given

import bedrock_helpers as bh
from bedrock_helpers import catalog, pricing

NOVA_MICRO = "amazon.nova-micro-v1:0"
HAIKU = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
HAIKU_EVERYWHERE = "global.anthropic.claude-haiku-4-5-20251001-v1:0"
HAIKU_55 = "us.anthropic.claude-haiku-5-5"
GPT_OSS = "openai.gpt-oss-20b-1:0"
TOKENS = st.integers(0, 90_000)
IDS = st.sampled_from(pricing.known_ids())


def tokens(inputs=0, outputs=0, **more):
    return {"inputTokens": inputs, "outputTokens": outputs, **more}


def by_hand(*terms):
    """Dollars of (tokens, dollars per million) pairs, in exact fractions."""
    return sum(n * Fraction(price) for n, price in terms) / 1_000_000


# Worked by hand, one for each thing that is charged for. The prices stand here a
# second time on purpose: a wrong price in the data must fail a test.
WRITTEN_5M = [{"ttl": "5m", "inputTokens": 4_000}]
WRITTEN_BOTH = [
    {"ttl": "1h", "inputTokens": 3_000},
    {"ttl": "5m", "inputTokens": 1_000},
]
WORKED = {
    "input and output": (
        (tokens(1_200, 300), NOVA_MICRO, {}),
        by_hand((1_200, "0.035"), (300, "0.14")),
    ),
    "batch": (
        (tokens(1_200, 300), NOVA_MICRO, {"tier": "batch"}),
        by_hand((1_200, "0.0175"), (300, "0.07")),
    ),
    "flex": (
        (tokens(10_000, 500), GPT_OSS, {"tier": "flex"}),
        by_hand((10_000, "0.035"), (500, "0.15")),
    ),
    "priority": (
        (tokens(10_000, 500), GPT_OSS, {"tier": "priority"}),
        by_hand((10_000, "0.1225"), (500, "0.525")),
    ),
    "a profile of one geography": (
        (tokens(2_000, 100), HAIKU, {}),
        by_hand((2_000, "1.1"), (100, "5.5")),
    ),
    "the global profile": (
        (tokens(2_000, 100), HAIKU_EVERYWHERE, {}),
        by_hand((2_000, "1"), (100, "5")),
    ),
    "a cache read": (
        (tokens(50, 100, cacheReadInputTokens=4_000), HAIKU, {}),
        by_hand((50, "1.1"), (100, "5.5"), (4_000, "0.11")),
    ),
    "a cache write, its time not told": (
        (tokens(50, 100, cacheWriteInputTokens=4_000), HAIKU, {}),
        by_hand((50, "1.1"), (100, "5.5"), (4_000, "1.375")),
    ),
    "a cache write for five minutes": (
        (
            tokens(50, 0, cacheWriteInputTokens=4_000, cacheDetails=WRITTEN_5M),
            HAIKU,
            {},
        ),
        by_hand((50, "1.1"), (4_000, "1.375")),
    ),
    "cache writes for an hour and for five minutes": (
        (
            tokens(0, 0, cacheWriteInputTokens=4_000, cacheDetails=WRITTEN_BOTH),
            HAIKU,
            {},
        ),
        by_hand((3_000, "2.2"), (1_000, "1.375")),
    ),
    "a cache write that is free": (
        (tokens(50, 10, cacheWriteInputTokens=4_000), NOVA_MICRO, {}),
        by_hand((50, "0.035"), (10, "0.14")),
    ),
    "a prompt at the limit of the ordinary price": (
        (tokens(100_000, 10), HAIKU_55, {}),
        by_hand((100_000, "0.11"), (10, "0.55")),
    ),
    "a long prompt": (
        (tokens(100_001, 10), HAIKU_55, {}),
        by_hand((100_001, "0.55"), (10, "2.75")),
    ),
    "a prompt that is long by what the cache holds": (
        (tokens(1_000, 10, cacheReadInputTokens=100_000), HAIKU_55, {}),
        by_hand((1_000, "0.55"), (10, "2.75"), (100_000, "0.055")),
    ),
    "an embedding": (
        (tokens(8_000, 0), "amazon.titan-embed-text-v2:0", {}),
        by_hand((8_000, "0.02")),
    ),
    "launch day": (
        (tokens(1_000, 1_000), "anthropic.claude-v2", {"on": "2023-09-28"}),
        by_hand((1_000, "11.02"), (1_000, "32.68")),
    ),
}


@pytest.mark.parametrize(("asked", "usd"), WORKED.values(), ids=list(WORKED))
def test_a_bill_agrees_with_one_worked_by_hand(asked, usd):
    usage, model_id, how = asked
    cost = pricing.cost_of(usage, model_id, **how)
    assert isinstance(cost, Decimal)
    assert Fraction(cost) == usd


@given(IDS, TOKENS, TOKENS)
def test_a_cost_is_exact(model_id, tokens_in, tokens_out):
    price = pricing.price_of(model_id)
    cost = pricing.cost_of(tokens(tokens_in, tokens_out), model_id)
    assert Fraction(cost) == by_hand(
        (tokens_in, price.usd_per_million_input),
        (tokens_out, price.usd_per_million_output),
    )


@given(st.lists(st.tuples(TOKENS, TOKENS), max_size=20))
def test_many_calls_cost_what_their_tokens_cost_together(calls):
    together = tokens(sum(i for i, _ in calls), sum(o for _, o in calls))
    apart = sum(pricing.cost_of(tokens(*call), NOVA_MICRO) for call in calls)
    assert apart == pricing.cost_of(together, NOVA_MICRO)


@given(st.sampled_from([HAIKU, HAIKU_55]), TOKENS, TOKENS, TOKENS, TOKENS)
def test_a_bill_is_the_sum_of_its_lines(model_id, new, out, read, written):
    usage = tokens(new, out, cacheReadInputTokens=read, cacheWriteInputTokens=written)
    lines = pricing.cost_lines(usage, model_id)
    assert pricing.cost_of(usage, model_id) == sum(line.usd for line in lines)
    assert sum(line.tokens for line in lines) == new + out + read + written


@given(TOKENS, TOKENS)
def test_more_tokens_never_cost_less(i, o):
    less = pricing.cost_of(tokens(i, o), HAIKU_55)
    assert pricing.cost_of(tokens(i + 1, o), HAIKU_55) > less
    assert pricing.cost_of(tokens(i, o + 1), HAIKU_55) > less


def test_nothing_costs_nothing():
    assert pricing.cost_of(tokens(0, 0), NOVA_MICRO) == 0


def test_the_cache_has_lines_only_where_it_was_used():
    unused = tokens(5, 5, cacheReadInputTokens=0, cacheWriteInputTokens=0)
    kinds = [line.kind for line in pricing.cost_lines(unused, HAIKU)]
    assert kinds == ["input", "output"]


def test_a_cache_write_without_a_known_price_is_refused_not_guessed():
    usage = tokens(5, 5, cacheWriteInputTokens=2_000)
    with pytest.raises(pricing.UnknownPriceError, match="cache write 5m tokens of"):
        pricing.cost_of(usage, "amazon.nova-lite-v1:0")


@pytest.mark.parametrize("kind", ["cacheReadInputTokens", "cacheWriteInputTokens"])
def test_the_cache_at_another_tier_has_no_known_price(kind):
    with pytest.raises(pricing.UnknownPriceError, match="at tier 'batch'"):
        pricing.cost_of(tokens(5, 5, **{kind: 9}), HAIKU, tier="batch")


@pytest.mark.parametrize("usage", [{}, {"inputTokens": 3}, {"input": 1}, None, 7])
def test_a_usage_without_counts_says_where_they_come_from(usage):
    with pytest.raises(ValueError, match='Type: cost_of\\(reply\\["usage"\\], model'):
        pricing.cost_of(usage, NOVA_MICRO)


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="0 or more"):
        pricing.cost_of(tokens(-1, 5), NOVA_MICRO)


def test_a_real_reply_can_be_priced():
    asked = {"role": "user", "content": [{"text": "Say hello."}]}
    reply = bh.connect().client("bedrock-runtime").converse(
        modelId=NOVA_MICRO, messages=[asked], inferenceConfig={"maxTokens": 5}
    )
    usage = reply["usage"]
    assert Fraction(pricing.cost_of(usage, NOVA_MICRO)) == by_hand(
        (usage["inputTokens"], "0.035"), (usage["outputTokens"], "0.14")
    )


def test_the_table_shows_the_prices_of_price_of():
    frame = pricing.table([NOVA_MICRO, HAIKU])
    assert frame.loc[HAIKU, "cache write 1h"] == 2.2
    assert frame.loc[NOVA_MICRO, "batch output"] == 0.07
    assert frame.loc[NOVA_MICRO].isna()["flex input"]


def test_the_table_of_all_has_a_row_for_every_id():
    assert list(pricing.table().index) == pricing.known_ids()
    launch = pricing.table(on=catalog.LAUNCH_DAY)
    assert list(launch.index) == pricing.known_ids(on=catalog.LAUNCH_DAY)


def test_a_table_of_nothing_is_empty():
    assert pricing.table([]).empty
