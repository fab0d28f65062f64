"""A price is the file's, or an error that says what is known."""

import json
from decimal import Decimal
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from bedrock_helpers import catalog, price_list

DATA = Path(__file__).resolve().parent.parent / "data" / "prices.json"
FILE = json.loads(DATA.read_text(encoding="utf-8"))
DAYS = {"today": None, "launch_day": catalog.LAUNCH_DAY}
ROWS = [(day, row) for day in DAYS for row in FILE[day]]
LONG = [row for row in FILE["today"] if "long_context" in row]
KINDS = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")


def values_of(price):
    found = {kind: getattr(price, f"usd_per_million_{kind}") for kind in KINDS}
    return {kind: str(value) for kind, value in found.items() if value is not None}


@pytest.mark.parametrize(("day", "row"), ROWS, ids=lambda v: str(v)[:40])
def test_a_price_is_what_the_data_says(day, row):
    for tier, values in row["usd_per_million"].items():
        price = price_list.price_of(row["model_id"], tier=tier, on=DAYS[day])
        assert values_of(price) == values
        assert price.above_prompt_tokens == 0
        named = [FILE["sources"][name] for name in row["source"].split(", ")]
        assert (price.source, price.as_of) == ("; ".join(named), row["as_of"])


@pytest.mark.parametrize("row", LONG, ids=lambda row: row["model_id"])
def test_a_long_prompt_has_its_price_from_the_first_token_above(row):
    limit = row["long_context"]["above_prompt_tokens"]
    assert price_list.long_prompt_tokens(row["model_id"]) == limit
    at = price_list.price_of(row["model_id"], prompt_tokens=limit)
    above = price_list.price_of(row["model_id"], prompt_tokens=limit + 1)
    assert values_of(at) == row["usd_per_million"]["default"]
    assert values_of(above) == row["long_context"]["usd_per_million"]
    assert above.above_prompt_tokens == limit


@pytest.mark.parametrize("row", LONG, ids=lambda row: row["model_id"])
def test_a_long_prompt_never_costs_less_a_token(row):
    ordinary, long = row["usd_per_million"]["default"], row["long_context"]
    for kind, value in long["usd_per_million"].items():
        assert Decimal(value) >= Decimal(ordinary.get(kind, 0))


def test_a_long_prompt_at_another_tier_has_no_known_price():
    both = next(row for row in LONG if "batch" in row["usd_per_million"])
    limit = both["long_context"]["above_prompt_tokens"]
    with pytest.raises(price_list.UnknownPriceError, match="Shorten the prompt"):
        price_list.price_of(both["model_id"], tier="batch", prompt_tokens=limit + 1)


def test_most_prompts_have_one_price_however_long():
    assert price_list.long_prompt_tokens("amazon.nova-micro-v1:0") is None
    price = price_list.price_of("amazon.nova-micro-v1:0", prompt_tokens=10**9)
    assert price == price_list.price_of("amazon.nova-micro-v1:0")


def test_a_price_without_a_tier_names_those_that_are_known():
    with pytest.raises(price_list.UnknownPriceError) as caught:
        price_list.price_of("us.anthropic.claude-sonnet-5-5", tier="flex")
    assert "at tier 'flex'" in str(caught.value)
    assert "Known for it: 'default'" in str(caught.value)


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("us.amazon.nova-micro-v2:0", "us.amazon.nova-micro-v1:0"),
        ("amazon.nova-lite", "amazon.nova-lite-v1:0"),
    ],
)
def test_an_unknown_price_is_an_error_that_names_the_nearest(asked, near):
    with pytest.raises(price_list.UnknownPriceError) as caught:
        price_list.price_of(asked)
    assert str(caught.value).startswith(f"No price is known for {asked!r},")
    assert near in str(caught.value)


def test_a_price_that_launch_day_does_not_know_names_the_day_and_its_ids():
    with pytest.raises(price_list.UnknownPriceError) as caught:
        price_list.price_of("amazon.nova-micro-v1:0", on="2023-09-28")
    assert "'amazon.nova-micro-v1:0' on 2023-09-28, and none" in str(caught.value)
    line = str(caught.value).rpartition("type bh.pricing.")[2]
    assert eval(line, {"known_ids": price_list.known_ids})


@given(st.text(), st.sampled_from(list(DAYS.values())))
def test_an_id_is_priced_or_refused_never_guessed(text, on):
    try:
        assert price_list.price_of(text, on=on).model_id == text
    except price_list.UnknownPriceError as error:
        assert repr(text) in str(error)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0",
        "arn:aws:bedrock:us-east-1:111122223333:inference-profile/"
        "us.amazon.nova-micro-v1:0",
    ],
)
def test_an_arn_has_the_price_of_the_id_it_ends_in(arn):
    assert price_list.price_of(arn).model_id == arn.rpartition("/")[2]


def test_a_bare_id_and_its_profiles_can_differ_in_price():
    bare = price_list.price_of("anthropic.claude-haiku-4-5-20251001-v1:0")
    profile = price_list.price_of("us.anthropic.claude-haiku-4-5-20251001-v1:0")
    assert profile.usd_per_million_input > bare.usd_per_million_input


@pytest.mark.parametrize("day", DAYS)
def test_known_ids_are_all_that_have_a_price(day):
    ids = price_list.known_ids(on=DAYS[day])
    assert ids == sorted(row["model_id"] for row in FILE[day])


def test_the_catalogues_own_day_is_today():
    today = price_list.price_of("amazon.nova-micro-v1:0")
    assert price_list.price_of("amazon.nova-micro-v1:0", on=catalog.AS_OF) == today


def test_another_day_is_refused_with_the_two_that_are_known():
    with pytest.raises(ValueError, match="'2023-09-28', and for today when") as caught:
        price_list.price_of("amazon.nova-micro-v1:0", on="2024-05-01")
    assert str(caught.value).startswith("on='2024-05-01'")


def test_todays_models_had_no_price_on_launch_day():
    with pytest.raises(price_list.UnknownPriceError):
        price_list.price_of("amazon.nova-micro-v1:0", on=catalog.LAUNCH_DAY)


@pytest.mark.parametrize("row", FILE["today"], ids=lambda row: row["model_id"])
def test_the_tiers_of_an_id_are_those_with_a_price(row):
    assert set(price_list.tiers_of(row["model_id"])) == set(row["usd_per_million"])
