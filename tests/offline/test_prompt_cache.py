"""The prompt cache: what a request reads, what it writes, and for how long."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers import catalog
from bedrock_helpers.offline.cache_points import read_plan
from bedrock_helpers.offline.prompt_cache import CacheUse, PromptCache
from tests.offline.desk import open_desk, user

SONNET = catalog.get("anthropic.claude-sonnet-4-6")  # from 1,024 tokens on
NOVA = catalog.get(catalog.NOVA_MICRO)  # 1,000 to 20,000
HERE = ("us-east-1", "a model")
NOW = datetime.datetime(2026, 10, 27, 12)
POINT = {"cachePoint": {"type": "default"}}
HOUR = {"cachePoint": {"type": "default", "ttl": "1h"}}


def minutes(count):
    return datetime.timedelta(minutes=count)


def texts(*said):
    return [{"text": text} for text in said]


def asking(*blocks, model=SONNET):
    """The plan of one message."""
    return read_plan({"messages": [user(*blocks)]}, model)


def test_what_was_written_is_read_the_next_time():
    cache, plan = PromptCache(), asking("a", POINT)
    assert cache.use(plan, [2000], HERE, NOW) == CacheUse(0, {"5m": 2000})
    assert cache.use(plan, [2000], HERE, NOW) == CacheUse(2000)


@pytest.mark.parametrize(
    ("model", "tokens", "is_cached"),
    [
        (SONNET, 1023, False),
        (SONNET, 1024, True),
        (SONNET, 100_000, True),
        (NOVA, 999, False),
        (NOVA, 1000, True),
        (NOVA, 20_000, True),
        (NOVA, 20_001, False),
    ],
)
def test_too_short_and_too_long_a_prefix_is_not_cached(model, tokens, is_cached):
    cache, plan = PromptCache(), asking("a", POINT, model=model)
    for _ in range(2):
        use = cache.use(plan, [tokens], HERE, NOW)
    assert use == CacheUse(tokens * is_cached)


OTHER_PREFIXES = {
    "another text": {"messages": [user("b", POINT)]},
    "another role before": {
        "messages": [user("x"), {"role": "assistant", "content": texts("a") + [POINT]}]
    },
    "the same text as the system's": {
        "system": [*texts("a"), POINT],
        "messages": [user("a")],
    },
    "a system before": {"system": texts("s"), "messages": [user("a", POINT)]},
    "a tool before": {
        "toolConfig": {"tools": [{"toolSpec": {"name": "f", "inputSchema": {}}}]},
        "messages": [user("a", POINT)],
    },
}


@pytest.mark.parametrize("other", OTHER_PREFIXES)
def test_another_prefix_is_not_read(other):
    cache = PromptCache()
    cache.use(asking("a", POINT), [2000], HERE, NOW)
    plan = read_plan(OTHER_PREFIXES[other], SONNET)
    assert cache.use(plan, [2000], HERE, NOW) == CacheUse(0, {"5m": 2000})


@pytest.mark.parametrize("place", [("eu-west-1", "a model"), ("us-east-1", "another")])
def test_regions_and_models_have_caches_of_their_own(place):
    cache, plan = PromptCache(), asking("a", POINT)
    cache.use(plan, [2000], HERE, NOW)
    assert cache.use(plan, [2000], place, NOW).read_tokens == 0


def test_what_comes_after_the_point_does_not_matter():
    cache = PromptCache()
    cache.use(asking("a", POINT, "b"), [2000], HERE, NOW)
    assert cache.use(asking("a", POINT, "c"), [2000], HERE, NOW) == CacheUse(2000)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=12))
def test_every_hit_keeps_it_for_five_minutes_more(pauses):
    cache, plan, now = PromptCache(), asking("a", POINT), NOW
    cache.use(plan, [2000], HERE, now)
    for pause in pauses:
        now += minutes(pause)
        hit = cache.use(plan, [2000], HERE, now).read_tokens == 2000
        assert hit == (pause < 5)


@given(st.integers(0, 200))
def test_an_hours_point_keeps_for_an_hour(pause):
    cache, plan = PromptCache(), asking("a", HOUR)
    assert cache.use(plan, [2000], HERE, NOW) == CacheUse(0, {"1h": 2000})
    hit = cache.use(plan, [2000], HERE, NOW + minutes(pause)).read_tokens
    assert bool(hit) == (pause < 60)


def test_two_points_write_the_whole_once_each_part_for_its_time():
    plan = asking("a", HOUR, "b", POINT)
    cache = PromptCache()
    use = cache.use(plan, [2000, 2500], HERE, NOW)
    assert use == CacheUse(0, {"1h": 2000, "5m": 500})
    assert cache.use(plan, [2000, 2500], HERE, NOW) == CacheUse(2500)
    later = cache.use(plan, [2000, 2500], HERE, NOW + minutes(10))
    assert later == CacheUse(2000, {"5m": 500})


def test_a_growing_conversation_reads_what_it_had_and_writes_what_is_new():
    """Claude finds the earlier prefix though no point stands there any more."""
    cache = PromptCache()
    cache.use(asking("a", "b", POINT), [2000], HERE, NOW)
    longer = asking("a", "b", "c", "d", POINT)
    assert cache.use(longer, [2600], HERE, NOW) == CacheUse(2000, {"5m": 600})


@pytest.mark.parametrize(
    ("blocks_since", "model", "is_read"),
    [(20, SONNET, True), (21, SONNET, False), (1, NOVA, False)],
)
def test_claude_looks_back_over_twenty_blocks_and_nova_over_none(
    blocks_since, model, is_read
):
    cache = PromptCache()
    cache.use(asking("a", POINT, model=model), [2000], HERE, NOW)
    since = [f"b{n}" for n in range(blocks_since)]
    plan = asking("a", *since, POINT, model=model)
    assert bool(cache.use(plan, [3000], HERE, NOW).read_tokens) == is_read


def test_a_point_where_it_stood_before_is_read_however_far_back():
    cache = PromptCache()
    cache.use(asking("a", POINT, model=NOVA), [2000], HERE, NOW)
    plan = asking("a", POINT, "b", POINT, model=NOVA)
    use = cache.use(plan, [2000, 2100], HERE, NOW)
    assert use == CacheUse(2000, {"5m": 100})


counts = st.integers(0, 30_000)


@given(counts, st.dictionaries(st.sampled_from(["5m", "1h"]), counts), counts, counts)
def test_usage_adds_up_and_lists_the_longest_time_first(read, written, fresh, made):
    use = CacheUse(read, written)
    whole = read + sum(written.values()) + fresh
    usage = use.usage(whole, made)
    assert usage["inputTokens"] == fresh
    assert usage["totalTokens"] == whole + made
    assert usage["cacheReadInputTokens"] == read
    assert usage["cacheWriteInputTokens"] == sum(written.values())
    details = usage.get("cacheDetails", [])
    assert {d["ttl"]: d["inputTokens"] for d in details} == {
        ttl: tokens for ttl, tokens in written.items() if tokens
    }
    assert [d["ttl"] for d in details] == sorted(d["ttl"] for d in details)


def test_a_prefix_counted_longer_than_its_prompt_leaves_no_negative_tokens():
    usage = CacheUse(1001).usage(1000, 5)
    assert (usage["inputTokens"], usage["totalTokens"]) == (0, 1006)


def test_time_passes_for_a_year_at_most_and_never_back():
    offline = open_desk().session.offline
    offline.pass_time(minutes=1)
    for wrong in (-1, 366 * 24 * 60, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="a year in all"):
            offline.pass_time(minutes=wrong)
