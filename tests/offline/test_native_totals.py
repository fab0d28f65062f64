"""Token counts around a native reply: in headers and in a stream's metrics."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline.native_totals import (
    reply_headers,
    token_counts,
    token_metrics,
)
from bedrock_helpers.offline.prompt_cache import CacheUse

counts = st.integers(0, 10_000)
uses = st.none() | st.builds(CacheUse, counts, st.dictionaries(st.just("5m"), counts))
answers = st.builds(
    SimpleNamespace, input_tokens=counts, output_tokens=counts, cached=uses
)


@given(answers)
def test_headers_and_metrics_hold_the_same_numbers(answer):
    headers = reply_headers(token_counts(answer), {})
    assert list(map(int, headers.values())) == list(token_metrics(answer).values())
    assert all(name.endswith("-token-count") for name in headers)


@given(answers)
def test_a_cache_is_spoken_of_only_where_one_was_asked_for(answer):
    spoken = [name for name in token_metrics(answer) if name.startswith("cache")]
    assert len(spoken) == (2 if answer.cached else 0)


def test_the_tier_and_latency_asked_for_are_repeated_and_nothing_else():
    asked = {"serviceTier": "flex", "performanceConfigLatency": "standard"}
    assert reply_headers({}, {**asked, "accept": "*/*"}) == {
        "x-amzn-bedrock-service-tier": "flex",
        "x-amzn-bedrock-performanceconfig-latency": "standard",
    }
