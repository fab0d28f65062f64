"""Numbers that notebook 03's prose repeats are those of the data, computed here."""

import numpy as np
import pytest

import bedrock_helpers as bh
from bedrock_helpers import parameters, sampling
from bedrock_helpers.checks import inference
from bedrock_helpers.distributions import next_tokens
from bedrock_helpers.families.lookup import one_of_each
from bedrock_helpers.offline.local_model import local_model
from tests.notebooks.prose import prose_of

HOOFS = "I hear the hoof beats of"
AFTER_A = next_tokens(f"{HOOFS} a")
STORY = next_tokens("Once upon a time there was a")
DAY = bh.catalog.LAUNCH_DAY
THEN = one_of_each(DAY)
GOAL = 0.5
#: A prompt long enough for the order of sums to show.
LONGER = [str(number) for number in range(1, 101)]


def grown(*tokens):
    start, chance = HOOFS, 1
    for token in tokens:
        chance *= next_tokens(start).probability_of(token)
        start += token
    return chance


def reaches_the_goal(**settings):
    return AFTER_A.probability_of(" horse", **settings) >= GOAL


def horses_per_unicorn(temperature):
    animals = (" horse", " unic")
    one, other = (AFTER_A.probability_of(a, temperature=temperature) for a in animals)
    return one / other


def left_of(probabilities, top_p):
    return np.count_nonzero(sampling.keep_top_p(probabilities, top_p))


def warmest(model_id, day=None):
    return parameters.by_role(model_id, day)["temperature"].maximum


def arrows(family):
    table = parameters.table([THEN[family]], days=(DAY, None))
    return sum("→" in told for told in table.iloc[0])


@pytest.fixture(scope="module")
def prose():
    return prose_of("03_inference_parameters.ipynb")


@pytest.mark.parametrize(
    "words",
    [
        f"It knows {STORY.ids.size:,} *tokens*",
        f"the other {STORY.ids.size - 1:,} tokens",
        f"About {grown(' a', ' horse') / grown(' a', ' unic', 'orn'):.0f} horses",
        f"about {horses_per_unicorn(1):.0f} to 1 at temperature 1",
        f"up to temperature {warmest(bh.catalog.GPT_OSS_20B)} in its own body",
        f"{warmest(THEN['cohere-command'], DAY)} for Cohere's Command",
        f"Our own small model, reading the {len(LONGER)} numbers",
    ],
)
def test_the_prose_says_what_the_data_say(prose, words):
    assert words in prose


def test_the_higher_the_temperature_the_fewer_horses_for_one_unicorn():
    ratios = [horses_per_unicorn(t) for t in (0.5, 1, 1.5, 2)]
    assert ratios == sorted(ratios, reverse=True)


def test_the_unicorn_rises_with_temperature_and_falls_again_below_where_it_was():
    own, warm, hot = (
        AFTER_A.probability_of(" unic", temperature=t) for t in (1, 1.5, 2)
    )
    assert hot < own < warm


def test_each_slider_reaches_the_goal_where_the_prose_says():
    assert reaches_the_goal(temperature=0.55)
    assert not reaches_the_goal(temperature=0.6)
    assert [reaches_the_goal(top_k=k) for k in (3, 4)] == [True, False]
    assert [reaches_the_goal(top_p=p) for p in (0.19, 0.2)] == [True, False]
    assert left_of(np.exp(AFTER_A.logprobs), 0.19) == 3


def test_top_p_after_the_temperature_leaves_ten_times_as_many_as_before_it():
    first = left_of(sampling.apply_temperature(AFTER_A.logprobs, 1.5), 0.5)
    then = left_of(sampling.apply_temperature(AFTER_A.logprobs, 1), 0.5)
    assert round(first / then) == 10


def test_arithmetic_alone_moves_a_logarithm_by_more_than_the_lead_of_the_first(prose):
    ids = [n for n, _ in local_model().tokens(" ".join(LONGER))]
    whole = _likeliest(ids, cache_prompt=False)
    for end in range(1, len(ids)):  # then a token at a time
        _likeliest(ids[:end], cache_prompt=end > 1)
    by_token = _likeliest(ids, cache_prompt=True)
    both = whole.keys() & by_token.keys()
    moved = max(abs(whole[token] - by_token[token]) for token in both)
    assert moved > STORY.logprobs[0] - STORY.logprobs[1]
    assert "has moved a logarithm by more than that lead" in prose


def _likeliest(ids, **more):
    body = {"prompt": ids, "max_tokens": 1, "temperature": 0, "logprobs": 50}
    reply = local_model().complete({**body, "id_slot": 0, **more})
    entry = reply["choices"][0]["logprobs"]["content"][0]
    return {one["id"]: one["logprob"] for one in entry["top_logprobs"]}


def test_one_start_is_nearly_sure_and_the_other_open_to_some_two_hundred():
    sure, open_ = (
        sampling.effective_choices(np.exp(next_tokens(start).logprobs))
        for start in ("1, 2, 3, 4, 5, ", STORY.prompt)
    )
    assert round(sure) == 1
    assert 200 < open_ < 230


def test_the_arrows_are_three_for_titan_and_two_for_claude(prose):
    assert "Three arrows for Titan, two for Claude." in prose
    counts = {family: arrows(family) for family in THEN}
    expected = {"titan-text": 3, "claude-text": 2}
    assert counts == dict.fromkeys(THEN, 0) | expected


def test_the_defaults_the_prose_names_are_those_of_both_days(prose):
    families = ("titan-text", "claude-text")
    then, later = (
        [parameters.by_role(THEN[f], day)["temperature"].default for f in families]
        for day in (DAY, None)
    )
    assert f"had {then[0]} (Titan) or {then[1]} (Claude) on the overview's" in prose
    assert f"and {later[0]} or {later[1]} by the later pages" in prose


def test_the_exercises_tell_the_numbers_their_checks_use(prose):
    for letter, (model_id, config) in inference.REQUESTS.items():
        name = bh.catalog.get(model_id).name
        shown = str(config).replace("'", '"')
        assert f"| {letter} | {name} | `{shown}` |" in prose
    first, *rest = inference.LISTED.split("\n")
    assert " ".join([first, *rest]) in prose
    assert f"leaves `{inference.FIRST}` and nothing else" in prose
