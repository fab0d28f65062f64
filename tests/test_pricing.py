"""Prices are those of the data, and sums are exact."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from bedrock_helpers import pricing

DATA = Path(__file__).resolve().parent.parent / "data" / "prices.json"
RECORDS = json.loads(DATA.read_text(encoding="utf-8"))["prices"]
IDS = st.sampled_from([record["model_id"] for record in RECORDS])
TOKENS = st.integers(0, 10**9)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["model_id"])
def test_a_price_is_what_the_data_says(record):
    price = pricing.price_of(record["model_id"])
    assert str(price.usd_per_million_input) == record["usd_per_million_input"]
    assert str(price.usd_per_million_output) == record["usd_per_million_output"]
    assert (price.source, price.as_of) == (record["source"], record["as_of"])


@given(IDS, TOKENS, TOKENS)
def test_a_cost_is_exact(model_id, tokens_in, tokens_out):
    price = pricing.price_of(model_id)
    exact = (
        tokens_in * Fraction(price.usd_per_million_input)
        + tokens_out * Fraction(price.usd_per_million_output)
    ) / 1_000_000
    cost = pricing.cost_usd(model_id, tokens_in, tokens_out)
    assert isinstance(cost, Decimal)
    assert Fraction(cost) == exact


@given(IDS, st.lists(st.tuples(TOKENS, TOKENS), max_size=20))
def test_many_calls_cost_what_their_tokens_cost_together(model_id, calls):
    together = pricing.cost_usd(
        model_id, sum(i for i, _ in calls), sum(o for _, o in calls)
    )
    assert sum(pricing.cost_usd(model_id, *call) for call in calls) == together


@given(IDS, TOKENS, TOKENS, st.integers(0, 1000))
def test_so_many_times_the_tokens_cost_so_many_times_as_much(model_id, i, o, times):
    once = pricing.cost_usd(model_id, i, o)
    assert pricing.cost_usd(model_id, times * i, times * o) == times * once


@given(IDS, TOKENS, TOKENS)
def test_more_tokens_never_cost_less(model_id, i, o):
    less = pricing.cost_usd(model_id, i, o)
    assert pricing.cost_usd(model_id, i + 1, o) > less
    assert pricing.cost_usd(model_id, i, o + 1) > less


def test_nothing_costs_nothing():
    assert pricing.cost_usd("amazon.nova-micro-v1:0", 0, 0) == 0


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("us.amazon.nova-micro-v2:0", "us.amazon.nova-micro-v1:0"),
        ("amazon.nova-lite", "amazon.nova-lite-v1:0"),
    ],
)
def test_an_unknown_price_is_an_error_that_names_the_nearest(asked, near):
    with pytest.raises(pricing.UnknownPriceError) as caught:
        pricing.cost_usd(asked, 1, 1)
    assert str(caught.value).startswith(f"No price is known for {asked!r},")
    assert near in str(caught.value)


@given(st.text())
def test_an_id_is_priced_or_refused_never_guessed(text):
    try:
        assert pricing.price_of(text).model_id == text
    except pricing.UnknownPriceError as error:
        assert repr(text) in str(error)


def test_a_bare_id_and_its_profiles_can_differ_in_price():
    bare = pricing.price_of("anthropic.claude-haiku-4-5-20251001-v1:0")
    profile = pricing.price_of("us.anthropic.claude-haiku-4-5-20251001-v1:0")
    assert profile.usd_per_million_input > bare.usd_per_million_input
