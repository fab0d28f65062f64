"""Which assumption moves a month most."""

from dataclasses import asdict, replace
from decimal import Decimal

import pytest
from hypothesis import given

from bedrock_helpers import catalog
from bedrock_helpers.sensitivity import sensitivity, swings
from bedrock_helpers.workload import Workload, monthly_usd
from tests.test_workload import HAIKU, NOVA, WORKLOADS


def test_a_fifth_more_and_less_by_hand():
    # 150,000 requests a month: input 0.15 × 35 = 5.25, output 0.15 × 28 = 4.20 dollars.
    # A fifth of the input is 1.05, of the output 0.84, of all 1.89.
    requests, tokens_in, tokens_out = swings(Workload(5000, 1000, 200), NOVA)
    assert (requests.assumption, requests.usd) == ("requests_per_day", Decimal("3.78"))
    assert (tokens_in.assumption, tokens_in.usd) == ("input_tokens", Decimal("2.10"))
    assert (tokens_out.assumption, tokens_out.usd) == ("output_tokens", Decimal("1.68"))
    assert (tokens_in.lower, tokens_in.higher) == (800, 1200)
    assert tokens_in.usd_at_lower == Decimal("8.40")


def test_a_larger_cached_share_makes_the_month_cheaper():
    load = Workload(1000, 5000, 200, cached_share=0.5)
    found = {swing.assumption: swing for swing in swings(load, HAIKU)}
    cached = found["cached_share"]
    assert (cached.lower, cached.higher) == (Decimal("0.4"), Decimal("0.6"))
    assert cached.usd_at_higher < monthly_usd(load, HAIKU) < cached.usd_at_lower
    assert "cache_writes_per_day" in found and "batch_share" not in found


def test_shares_end_at_one():
    load = Workload(1000, 1000, 200, batch_share=0.9)
    found = {swing.assumption: swing for swing in swings(load, HAIKU)}
    assert found["batch_share"].higher == 1


@given(WORKLOADS)
def test_each_swing_changes_one_assumption_and_the_largest_comes_first(load):
    found = swings(load, HAIKU)
    sizes = [swing.usd for swing in found]
    assert sizes == sorted(sizes, reverse=True)
    for swing in found:
        assert swing.value == asdict(load)[swing.assumption]
        at = replace(load, **{swing.assumption: swing.higher})
        assert swing.usd_at_higher == monthly_usd(at, HAIKU)


def test_the_table_says_the_same_in_cents():
    frame = sensitivity(Workload(5000, 1000, 200), NOVA, change=0.1)
    assert list(frame.index) == ["requests_per_day", "input_tokens", "output_tokens"]
    assert frame.loc["input_tokens", "usd_at_lower"] == 8.92  # 9.45 − 0.525, to even
    assert frame.loc["output_tokens", "usd_apart"] == 0.84


def test_another_model_at_the_same_shape_can_turn_on_another_assumption():
    # Nova Micro's output costs 4 times its input, Haiku's 5 times.
    load = Workload(1000, 900, 200)
    second = [swings(load, model_id)[1].assumption for model_id in (NOVA, HAIKU)]
    assert second == ["input_tokens", "output_tokens"]


@pytest.mark.parametrize("change", [0, 1, -0.2, 20, "much"])
def test_a_change_that_is_no_part_is_refused(change):
    with pytest.raises(ValueError, match="between 0 and 1 is wanted. Type: change=0.2"):
        swings(Workload(1000, 1000, 200), catalog.NOVA_LITE, change)
