"""Whole next-token distributions: those stored, and those read from the model."""

import math

import numpy as np
import pytest

from bedrock_helpers import distributions
from bedrock_helpers.distributions import next_tokens, stored_prompts
from bedrock_helpers.offline.local_model import MODEL_VARIABLE, local_model
from bedrock_helpers.offline.token_scores import next_logprobs
from tools import store_distributions

HOOF_BEATS = "I hear the hoof beats of"


@pytest.mark.parametrize("prompt", stored_prompts())
def test_a_stored_distribution_is_whole_and_in_order(prompt):
    stored = next_tokens(prompt)
    assert stored.made_by == "stored"
    assert sorted(stored.ids) == list(range(49_152))
    assert np.exp(stored.logprobs).sum() == pytest.approx(1, abs=0.002)
    assert (np.diff(stored.logprobs) <= 0).all()


@pytest.mark.parametrize("prompt", stored_prompts())
def test_what_is_stored_is_what_the_model_says_today(prompt):
    ids = [number for number, _ in local_model().tokens(prompt)]
    vocabulary, logprobs = next_logprobs(local_model(), ids)
    stored = next_tokens(prompt)
    assert vocabulary == stored.vocabulary
    head = stored.ids[:200]
    # Another processor adds in another order; half precision has three digits.
    assert np.array(logprobs)[head] == pytest.approx(stored.logprobs[:200], abs=0.15)


def test_the_prompts_of_the_command_are_those_that_are_stored():
    assert list(stored_prompts()) == list(store_distributions.PROMPTS)


def test_another_prompt_is_read_from_the_model_just_now():
    found = next_tokens("The opposite of hot is")
    assert found.made_by == "SmolLM2-135M"
    assert np.exp(found.logprobs).sum() == pytest.approx(1, abs=0.001)
    assert found.text(0).startswith(" ")


def test_a_token_is_found_by_its_text_and_has_the_probability_of_its_place():
    hoofs = next_tokens(f"{HOOF_BEATS} wild")
    place = hoofs.place_of(" geese")
    assert hoofs.text(place) == " geese"
    own = math.exp(hoofs.logprobs[place]) / np.exp(hoofs.logprobs).sum()
    assert hoofs.probability_of(" geese") == pytest.approx(own)
    assert hoofs.probability_of(" horses", temperature=0) == 1


@pytest.mark.parametrize("text", [" unicorns", "", " horse drawn", "ééé"])
def test_a_text_of_several_tokens_is_refused_with_where_to_look(text):
    with pytest.raises(ValueError, match="is not one token.*table"):
        next_tokens(HOOF_BEATS).probability_of(text)


def test_the_table_shows_the_likeliest_and_takes_the_three_parameters():
    table = next_tokens(HOOF_BEATS).table(3, top_k=2)
    assert table["token"].tolist() == ["' the'", "' a'", "' those'"]
    assert table["probability"].tolist()[2] == 0
    assert table["probability"].sum() == pytest.approx(1)


def test_an_empty_prompt_is_refused():
    with pytest.raises(ValueError, match="nothing to go on with"):
        next_tokens("")


def test_a_prompt_that_takes_long_to_read_is_refused_with_the_limit():
    with pytest.raises(ValueError, match=r"has 600 tokens.*may have 500"):
        next_tokens(" hoof" * 600)


def test_special_tokens_have_words_and_torn_characters_a_sign():
    hoofs = next_tokens(HOOF_BEATS)
    texts = {int(number): hoofs.text(place) for place, number in enumerate(hoofs.ids)}
    assert texts[2] == "⟨turn ends⟩"
    assert texts[9] == "⟨special 9⟩"
    assert all(texts.values())


def test_a_model_of_your_own_is_named_and_what_is_stored_stays_smollm2_s(
    monkeypatch, tmp_path
):
    local_model()  # the process's one model; only its name is another now
    monkeypatch.setenv(MODEL_VARIABLE, str(tmp_path / "mine.gguf"))
    read = next_tokens("A prompt of this test alone")
    assert (read.made_by, read.model_name) == ("mine", "mine")
    assert read.text(int(np.flatnonzero(read.ids == 2)[0])) == "⟨special 2⟩"
    assert next_tokens(HOOF_BEATS).model_name == "SmolLM2-135M"


@pytest.mark.parametrize("prompt", ["\n", "naïve 🦄", "<|im_start|>", "\u202edrah"])
def test_odd_prompts_are_read_like_any_other(prompt):
    assert len(next_tokens(prompt).ids) == len(distributions.stored_vocabulary())
