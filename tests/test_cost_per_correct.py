"""What a right answer costs, and from which number of examples on."""

from dataclasses import replace
from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import given

from bedrock_helpers import pricing
from bedrock_helpers.cost_per_correct import (
    ExampleTask,
    cost_per_correct_usd,
    examples_threshold,
)

V2 = pricing.price_of("anthropic.claude-v2", on="2023-09-28")
INSTANT = pricing.price_of("anthropic.claude-instant-v1", on="2023-09-28")
SQL = ExampleTask(500, 150, 100)
ACCURACIES = st.decimals("0.01", 1, places=2)
TASKS = st.builds(
    ExampleTask,
    base_tokens=st.integers(0, 10_000),
    example_tokens=st.integers(1, 2000),
    output_tokens=st.integers(1, 2000),
    hours_per_example=st.decimals(0, 10, places=2),
    usd_per_hour=st.integers(0, 300),
    calls=st.integers(1, 10**8),
    checking_usd=st.decimals(0, 1, places=3),
)


def test_a_right_answer_by_hand():
    # Three in four are right: four calls of 0.003 give three: 0.012 / 3 = 0.004.
    assert cost_per_correct_usd(Decimal("0.003"), 0.75) == Decimal("0.004")
    # With 0.01 to check each, and 60 dollars of work over 10,000 calls (0.006 each):
    # 0.019 a call; half are right: 0.038.
    one = cost_per_correct_usd(
        Decimal("0.003"), 0.5, checking_usd=0.01, setup_usd=60, calls=10_000
    )
    assert one == Decimal("0.038")


def test_an_example_by_hand():
    # 150 tokens × 1.63 = 244.5 millionths; a quarter of an hour at 60 dollars is 15,
    # over 100,000 calls 150 millionths.
    task = replace(SQL, hours_per_example=0.25, usd_per_hour=60, calls=100_000)
    assert task.example_usd(INSTANT.usd_per_million_input) == Decimal("0.0003945")
    # 500 × 1.63 + 100 × 5.51 = 1,366 millionths without examples.
    assert task.call_usd(INSTANT) == Decimal("0.001366")
    assert task.call_usd(INSTANT, 2) == Decimal("0.002155")


def test_the_threshold_by_hand():
    # Claude v2: 500 × 11.02 + 100 × 32.68 = 8,778 millionths, right nine times in ten.
    # Instant, right three times in four, may cost 8,778 × 0.75 / 0.9 = 7,315. It costs
    # 1,366 without examples and 244.5 more with each: (7,315 − 1,366) / 244.5 = 24.33.
    found = examples_threshold(SQL, V2, INSTANT, dear_accuracy=0.9, cheap_accuracy=0.75)
    assert found == pytest.approx(Decimal(5949) / Decimal("244.5"))


def test_a_developer_s_hours_bring_the_threshold_down():
    # Each example now adds 244.5 + 150 = 394.5: 5,949 / 394.5 = 15.08.
    task = replace(SQL, hours_per_example=0.25, usd_per_hour=60, calls=100_000)
    found = examples_threshold(
        task, V2, INSTANT, dear_accuracy=0.9, cheap_accuracy=0.75
    )
    assert found == pytest.approx(Decimal(5949) / Decimal("394.5"))


def both(task, accuracies, cheap_examples, dear_examples=0):
    return [
        cost_per_correct_usd(
            task.call_usd(price, count), accuracy, checking_usd=task.checking_usd
        )
        for price, count, accuracy in (
            (V2, dear_examples, accuracies[0]),
            (INSTANT, cheap_examples, accuracies[1]),
        )
    ]


@given(TASKS, ACCURACIES, ACCURACIES, st.integers(0, 20))
def test_at_the_threshold_both_cost_the_same_and_past_it_the_dear_one_less(
    task, dear, cheap, dear_examples
):
    threshold = examples_threshold(
        task,
        V2,
        INSTANT,
        dear_accuracy=dear,
        cheap_accuracy=cheap,
        dear_examples=dear_examples,
    )
    if threshold >= 0:
        equal = both(task, (dear, cheap), threshold, dear_examples)
        assert equal[0] == pytest.approx(equal[1])
    past = both(task, (dear, cheap), max(threshold, 0) + 1, dear_examples)
    assert past[0] < past[1]


@given(TASKS, ACCURACIES, st.decimals("0.01", "0.5", places=2))
def test_the_better_the_cheap_model_the_later_the_threshold(task, dear, cheap):
    def threshold(accuracy):
        shares = {"dear_accuracy": dear, "cheap_accuracy": accuracy}
        return examples_threshold(task, V2, INSTANT, **shares)

    assert threshold(cheap + Decimal("0.1")) > threshold(cheap)


@given(TASKS, st.integers(1, 100))
def test_more_calls_to_spread_the_hours_over_never_bring_the_threshold_forward(
    task, times
):
    shares = {"dear_accuracy": 0.9, "cheap_accuracy": 0.9}
    few = examples_threshold(task, V2, INSTANT, **shares)
    many = examples_threshold(
        replace(task, calls=times * task.calls), V2, INSTANT, **shares
    )
    assert many >= few


def test_a_cheap_model_that_is_hardly_ever_right_loses_without_any_example():
    found = examples_threshold(SQL, V2, INSTANT, dear_accuracy=0.9, cheap_accuracy=0.05)
    assert found < 0


def test_examples_that_cost_nothing_have_no_threshold():
    free = replace(SQL, example_tokens=0)
    shares = {"dear_accuracy": 0.9, "cheap_accuracy": 0.5}
    assert examples_threshold(free, V2, INSTANT, **shares) is None


@given(ACCURACIES, ACCURACIES)
def test_a_more_accurate_model_never_costs_more_per_right_answer(one, other):
    low, high = sorted([one, other])
    call_usd = Decimal("0.01")
    assert cost_per_correct_usd(call_usd, high) <= cost_per_correct_usd(call_usd, low)


@pytest.mark.parametrize("accuracy", [0, -0.1, 1.1, 75, float("nan"), "good"])
def test_an_accuracy_is_a_share_above_nothing(accuracy):
    with pytest.raises(ValueError, match="a share above 0 and up to 1 is wanted"):
        cost_per_correct_usd(1, accuracy)
    with pytest.raises(ValueError, match="cheap_accuracy="):
        examples_threshold(SQL, V2, INSTANT, dear_accuracy=0.9, cheap_accuracy=accuracy)


@pytest.mark.parametrize(
    ("name", "value"),
    [("checking_usd", -1), ("setup_usd", "dear"), ("calls", 0), ("calls", -1)],
)
def test_other_impossible_values_are_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"{name}={value!r}: a number"):
        cost_per_correct_usd(1, 0.5, **{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("base_tokens", -1), ("hours_per_example", -1), ("calls", 0), ("calls", None)],
)
def test_an_impossible_task_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"{name}={value!r}: a number"):
        replace(SQL, **{name: value})
