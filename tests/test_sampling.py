"""Temperature, top-k and top-p: by properties, by hand, and against llama.cpp."""

import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers import sampling
from bedrock_helpers.distributions import next_tokens
from bedrock_helpers.offline.local_model import local_model

PROMPT = "I hear the hoof beats of a"
#: In thousandths: equals are equal, and what differs still differs as a probability.
thousandths = st.integers(-40_000, 0).map(lambda number: number / 1000)
logprobs = st.lists(thousandths, min_size=1, max_size=40)
temperatures = st.one_of(st.just(0), st.floats(0.01, 5))
top_ks = st.integers(0, 50)
top_ps = st.floats(0, 1)


def by_hand(logprobs, temperature, top_k, top_p):
    """The same, said another way: one token after the other, in plain Python."""
    ranked = sorted(range(len(logprobs)), key=lambda i: (-logprobs[i], i))
    if temperature == 0:
        ranked = ranked[:1]
    divisor = temperature or 1
    best = logprobs[ranked[0]]
    weights = {i: math.exp((logprobs[i] - best) / divisor) for i in ranked}
    ranked = ranked[: top_k or None]
    total, held, kept = math.fsum(weights[i] for i in ranked), 0.0, []
    for i in ranked:
        kept.append(i)
        held += weights[i] / total
        if held >= top_p - 1e-9:
            break
    kept = ranked if top_p == 1 else kept
    total = math.fsum(weights[i] for i in kept)
    return [weights[i] / total if i in kept else 0.0 for i in range(len(logprobs))]


@given(logprobs, temperatures, top_ks, top_ps)
def test_it_agrees_with_the_three_steps_done_token_by_token(values, t, k, p):
    found = sampling.distribution(values, t, k, p)
    expected = by_hand(values, t, k, p)
    # Where a sum meets top-p to the last digit, one token more or less is right too.
    if np.count_nonzero(found) != np.count_nonzero(expected):
        found = sampling.distribution(values, t, k, min(p + 1e-12, 1))
        expected = by_hand(values, t, k, min(p + 1e-12, 1))
    assert found == pytest.approx(expected, abs=1e-9)


@given(logprobs, temperatures, top_ks, top_ps)
def test_the_probabilities_sum_to_one_and_none_is_negative(values, t, k, p):
    found = sampling.distribution(values, t, k, p)
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()


@given(logprobs, temperatures, top_ks, top_ps)
def test_a_likelier_token_never_becomes_the_less_likely(values, t, k, p):
    found = sampling.distribution(values, t, k, p)
    in_order = found[np.argsort(-np.array(values), kind="stable")]
    assert (np.diff(in_order) <= 1e-12).all()


@given(logprobs, st.floats(0.01, 2), st.floats(0.01, 2))
def test_warmer_is_never_more_certain(values, one, other):
    cooler, warmer = sorted((one, other))
    cool = sampling.entropy_bits(sampling.apply_temperature(values, cooler))
    warm = sampling.entropy_bits(sampling.apply_temperature(values, warmer))
    assert cool <= warm + 1e-9


@given(logprobs, st.integers(1, 50))
def test_top_k_leaves_no_more_than_k(values, k):
    cut = sampling.keep_top_k(np.exp(values), k)
    assert np.count_nonzero(cut) <= k


@given(logprobs, top_ps)
def test_top_p_leaves_the_smallest_set_that_holds_p(values, p):
    own = sampling.apply_temperature(values, 1)
    kept = own[sampling.keep_top_p(own, p) > 0]
    assert kept.sum() >= p - 1e-6
    assert kept.sum() - kept.min() < p + 1e-6 or len(kept) == 1


@given(logprobs, st.floats(-100, 100))
def test_a_constant_added_to_every_logarithm_changes_nothing(values, constant):
    moved = np.array(values) + constant
    same = sampling.apply_temperature(values, 0.7)
    assert sampling.apply_temperature(moved, 0.7) == pytest.approx(same, abs=1e-9)


@given(logprobs)
def test_a_temperature_near_zero_is_greedy_without_overflow(values):
    best = values.index(max(values))
    for temperature in (0, 1e-308, 1e-199, 1e-12):
        found = sampling.apply_temperature(values, temperature)
        equals = [v for v in values if max(values) - v < 1e-9]
        if temperature == 0 or len(equals) == 1:
            assert found[best] == 1


def test_exact_fractions_come_out_of_a_table_done_with_fractions():
    table = [Fraction(6, 10), Fraction(3, 10), Fraction(1, 10)]
    squares = [share**2 for share in table]
    expected = [float(square / sum(squares)) for square in squares]
    found = sampling.distribution(np.log([float(s) for s in table]), temperature=0.5)
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("top_p", "left"), [(0.4, 1), (0.41, 2), (0.7, 2), (0.9, 3), (1, 4), (0, 1)]
)
def test_top_p_counts_as_one_does_by_hand(top_p, left):
    kept = sampling.keep_top_p([0.4, 0.3, 0.2, 0.1], top_p)
    assert np.count_nonzero(kept) == left


def test_each_cut_works_on_what_the_one_before_has_left():
    table = np.log([0.4, 0.3, 0.2, 0.1])
    # Of the first two, scaled, the likeliest holds 0.57: top-p 0.5 is met by it alone.
    assert sampling.distribution(table, top_k=2, top_p=0.5).tolist() == [1, 0, 0, 0]
    assert np.count_nonzero(sampling.keep_top_p([0.4, 0.3, 0.2, 0.1], 0.5)) == 2


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"temperature": -1}, "temperature=-1: it is 0 or more"),
        ({"temperature": math.nan}, "temperature=nan"),
        ({"temperature": math.inf}, "temperature=inf"),
        ({"top_k": -3}, "top_k=-3: it is a whole number"),
        ({"top_k": 2.5}, "top_k=2.5"),
        ({"top_k": math.inf}, "top_k=inf"),
        ({"top_k": math.nan}, "top_k=nan"),
        ({"top_p": 1.01}, "top_p=1.01: it is from 0 to 1"),
        ({"top_p": math.nan}, "top_p=nan"),
    ],
)
def test_a_value_out_of_range_is_refused_with_what_is_allowed(settings, words):
    with pytest.raises(ValueError, match=words):
        sampling.distribution([0.0, -1.0], **settings)


@pytest.mark.parametrize("values", [[], [math.nan], [-math.inf], [math.inf, 0]])
def test_what_are_no_log_probabilities_is_refused(values):
    with pytest.raises(ValueError, match="no log-probabilities"):
        sampling.distribution(values)


@pytest.mark.parametrize("values", [[], [0, 0], [-1, 2], [math.nan, 1], [math.inf, 1]])
@pytest.mark.parametrize(
    "step",
    [
        lambda values: sampling.keep_top_k(values, 1),
        lambda values: sampling.keep_top_p(values, 0.5),
        sampling.entropy_bits,
        lambda values: sampling.draw(values, 3),
    ],
)
def test_what_are_no_probabilities_is_refused(step, values):
    with pytest.raises(ValueError, match="no probabilities"):
        step(values)


def test_an_impossible_token_stays_impossible():
    found = sampling.distribution([0.0, -math.inf], temperature=5)
    assert found.tolist() == [1, 0]


@given(st.integers(1, 64))
def test_equal_choices_are_counted_as_what_they_are(count):
    even = np.full(count, 1 / count)
    assert sampling.effective_choices(even) == pytest.approx(count)


def test_the_same_seed_draws_the_same_and_another_seed_does_not():
    even = np.full(1000, 0.001)
    first, again = (sampling.draw(even, 50, seed=1) for _ in range(2))
    assert first.tolist() == again.tolist()
    assert first.tolist() != sampling.draw(even, 50, seed=2).tolist()


CHAIN = ["temperature", "top_k", "top_p"]
SETTINGS = [
    {"temperature": 1, "top_k": 0, "top_p": 1},
    {"temperature": 0.3, "top_k": 0, "top_p": 1},
    {"temperature": 1.7, "top_k": 12, "top_p": 1},
    {"temperature": 1.4, "top_k": 30, "top_p": 0.8},
    {"temperature": 0.8, "top_k": 0, "top_p": 0.3},
    {"temperature": 1, "top_k": 1, "top_p": 0.1},
]


def ask_llama_cpp(**more):
    ids = [number for number, _ in local_model().tokens(PROMPT)]
    body = {"prompt": ids, "max_tokens": 1, "min_p": 0, "samplers": CHAIN}
    fresh = {"id_slot": 0, "cache_prompt": False}
    return local_model().complete({**body, **fresh, **more})


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_llama_cpp_samples_from_the_same_probabilities(settings):
    reply = ask_llama_cpp(**settings, seed=1, logprobs=30, post_sampling_probs=True)
    theirs = reply["choices"][0]["logprobs"]["content"][0]["top_probs"]
    theirs = {bytes(t["bytes"]): t["prob"] for t in theirs if t["prob"] > 1e-6}
    hoofs = next_tokens(PROMPT)
    ours = sampling.distribution(hoofs.logprobs, **settings)
    for data, probability in theirs.items():
        # Theirs is read anew each time, and ours is stored with about three digits.
        here = ours[hoofs.place_of(data.decode())]
        assert here == pytest.approx(probability, rel=0.05, abs=1e-4)
    if len(theirs) < 30:
        assert np.count_nonzero(ours) == len(theirs)


def test_what_llama_cpp_draws_with_many_seeds_is_spread_as_computed():
    settings, draws = {"temperature": 1.2, "top_k": 8, "top_p": 0.9}, 400
    replies = (ask_llama_cpp(**settings, seed=seed) for seed in range(draws))
    counts = Counter(reply["choices"][0]["text"] for reply in replies)
    hoofs = next_tokens(PROMPT)
    computed = sampling.distribution(hoofs.logprobs, **settings)
    expected = {hoofs.text(i): draws * p for i, p in enumerate(computed) if p > 0}
    assert counts.keys() <= expected.keys()
    chi_square = sum((counts[t] - e) ** 2 / e for t, e in expected.items())
    # With 7 places, a right computation passes this in 999 of 1,000 sets of seeds.
    assert len(expected) == 7
    assert chi_square < 22.46
