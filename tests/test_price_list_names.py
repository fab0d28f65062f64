"""How the price list names models and Regions."""

import pytest

from bedrock_helpers import catalog
from bedrock_helpers.price_list_names import (
    BILLING_CODES,
    NAMES,
    price_region,
    without_version,
)


def test_every_name_is_of_a_model_of_the_catalogue():
    assert all(catalog.get(model_id).model_id == model_id for model_id in NAMES)


@pytest.mark.parametrize("position", [0, 1])
def test_no_two_models_share_a_name(position):
    names = [both[position] for both in NAMES.values() if both[position]]
    assert len(names) == len(set(names))


def test_every_region_of_the_catalogue_has_a_billing_code_of_its_own():
    assert catalog.regions() <= BILLING_CODES.keys()
    assert len(set(BILLING_CODES.values())) == len(BILLING_CODES)


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        (["us-west-2", "us-east-1"], "us-east-1"),
        ({"eu-central-1", "eu-west-1", "eu-north-1"}, "eu-west-1"),
        (("sa-east-1", "il-central-1"), "il-central-1"),
    ],
)
def test_a_price_is_read_in_the_first_region_of_a_fixed_order(regions, expected):
    assert price_region(regions) == expected


@pytest.mark.parametrize(
    ("model_id", "expected"),
    [
        ("amazon.nova-micro-v1:0", "amazon.nova-micro"),
        ("openai.gpt-oss-20b-1:0", "openai.gpt-oss-20b"),
        ("anthropic.claude-opus-4-6-v1", "anthropic.claude-opus-4-6-v1"),
        ("deepseek.v3.2", "deepseek.v3.2"),
    ],
)
def test_a_version_is_what_a_colon_is_in(model_id, expected):
    assert without_version(model_id) == expected
