"""Pictures by size and steps, throughput by the hour; nothing guessed."""

from decimal import Decimal

import pytest

from bedrock_helpers import other_prices
from bedrock_helpers.price_list import UnknownPriceError

SDXL_08 = "stability.stable-diffusion-xl-v0"
CLAUDE_21 = "anthropic.claude-v2:1"


@pytest.mark.parametrize(
    ("asked", "usd"),
    [
        ({"width_px": 512, "height_px": 512, "steps": 50}, "0.018"),
        ({"width_px": 512, "height_px": 512, "steps": 51}, "0.036"),
        ({"width_px": 512, "height_px": 576, "steps": 30}, "0.036"),
        ({"width_px": 1024, "steps": 150}, "0.072"),
        ({}, "0.072"),
    ],
)
def test_a_picture_costs_by_its_longer_side_and_its_steps(asked, usd):
    assert other_prices.image_usd(SDXL_08, **asked) == Decimal(usd)


@pytest.mark.parametrize("asked", [{}, {"width_px": 1536, "steps": 30}], ids=str)
def test_where_no_row_fits_the_dearest_price_holds(asked):
    sdxl_1 = "stability.stable-diffusion-xl-v1"
    assert other_prices.image_usd(sdxl_1, **asked) == Decimal("0.08")


def test_many_pictures_cost_many_times_one():
    one = other_prices.image_usd("stability.stable-image-core-v1:1")
    assert other_prices.image_usd("stability.stable-image-core-v1:1", 7) == 7 * one


def test_an_unknown_picture_names_the_nearest():
    with pytest.raises(UnknownPriceError, match="stability.stable-image-core-v1:1"):
        other_prices.image_usd("stability.stable-image-core-v2:0")


@pytest.mark.parametrize(
    ("months", "region", "usd"),
    [
        (1, "us-east-1", "63"),
        (6, "us-east-1", "34.99"),
        (1, "eu-central-1", "149.4"),
        (6, "ap-northeast-1", "90.97"),
    ],
)
def test_an_hour_of_throughput_costs_by_term_and_region(months, region, usd):
    price = other_prices.provisioned_usd_per_hour(
        CLAUDE_21, months=months, region_name=region
    )
    assert price == Decimal(usd)


@pytest.mark.parametrize(("months", "usd"), [(0, "60.5"), (1, "55"), (6, "30.25")])
def test_the_shorter_the_term_the_dearer_the_hour(months, usd):
    hour = other_prices.provisioned_usd_per_hour(
        "amazon.nova-micro-v1:0", months=months
    )
    assert hour == Decimal(usd)


def test_a_price_of_every_region_is_that_of_any():
    prices = {
        other_prices.provisioned_usd_per_hour(
            "cohere.command-text-v14", months=1, region_name=region
        )
        for region in ("us-east-1", "eu-west-3")
    }
    assert prices == {Decimal("39.6")}


@pytest.mark.parametrize(
    "asked",
    [{"months": 3}, {"months": 1, "region_name": "sa-east-1"}, {"months": 0}],
)
def test_an_unknown_term_or_region_says_what_is_known(asked):
    with pytest.raises(UnknownPriceError, match="Known: 1, 6 months in .*us-east-1"):
        other_prices.provisioned_usd_per_hour(CLAUDE_21, **asked)


def test_claude_v2_has_no_row_of_its_own_and_none_is_lent_to_it():
    with pytest.raises(UnknownPriceError, match="anthropic.claude-v2:1"):
        other_prices.provisioned_usd_per_hour("anthropic.claude-v2", months=1)


def test_every_known_id_has_a_price():
    for model_id in other_prices.provisioned_ids():
        assert other_prices.provisioned_usd_per_hour(model_id, months=1) > 0
