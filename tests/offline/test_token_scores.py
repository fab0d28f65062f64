"""Log-probabilities of tokens, against the whole distribution llama.cpp gives."""

import math
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedrock_helpers.offline.completion_request import Generation
from bedrock_helpers.offline.local_model import local_model
from bedrock_helpers.offline.parameters import Sampling
from bedrock_helpers.offline.token_scores import characters, draw, score

VOCABULARY = 49_152
GREEDY, ANY = Sampling(3, 0, 1), Sampling(3, 1, 1)
LONG = "The ship of the harbour left at nine, and nobody saw it again. " * 5


def ids_of(text, **more):
    """The numbers of a text's tokens."""
    return [number for number, _ in local_model().tokens(text, **more)]


HEAD = ids_of("<|im_start|>user\n", special=True)


def distribution(ids, fresh):
    """Every token's log-probability after some; a full stop is drawn, unread."""
    body = {
        "prompt": ids,
        "samplers": ["top_k"],
        "top_k": 1,
        "max_tokens": 1,
        "logit_bias": [[ids_of(".")[0], 100]],
        "logprobs": VOCABULARY,
        "cache_prompt": not fresh,
        "id_slot": 1,
    }
    result = local_model().complete(body)
    (entry,) = result["choices"][0]["logprobs"]["content"]
    found = {one["id"]: one["logprob"] for one in entry["top_logprobs"]}
    assert len(found) == VOCABULARY
    assert math.fsum(map(math.exp, found.values())) == pytest.approx(1, abs=1e-3)
    return found


def looked_up(before, ids):
    """Each token's log-probability, its prefix read token after token."""
    return [
        distribution([*before, *ids[:place]], fresh=place == 0)[number]
        for place, number in enumerate(ids)
    ]


def numbers(scored):
    """The log-probabilities of scored tokens."""
    return [logprob for _, logprob, _ in scored]


def scored(text, alternatives=0):
    """A text's tokens after the head of a user's turn, scored."""
    engine = local_model()
    return score(engine, HEAD, engine.tokens(text), alternatives)


# Given tokens


def test_a_given_token_is_worth_what_the_whole_distribution_says():
    text = "Café日🎉"
    expected = looked_up(HEAD, ids_of(text))
    assert numbers(scored(text)) == pytest.approx(expected, abs=1e-3)


def test_alternatives_are_the_heads_of_the_distribution():
    whole = sorted(distribution(HEAD, fresh=True).values(), reverse=True)
    ((_, _, top),) = scored("A", alternatives=5)
    assert [p for _, p in top] == pytest.approx(whole[:5], abs=1e-3)


def test_the_same_text_scores_the_same_whatever_was_asked_before():
    first = numbers(scored(LONG))
    ids = [*HEAD, *ids_of(LONG)]
    draw(local_model(), ids, GREEDY)
    list(local_model().stream(ids, GREEDY, Generation()))
    assert numbers(scored(LONG)) == first


def test_the_same_text_scores_the_same_in_two_threads_and_beside_streams():
    alone, found = numbers(scored(LONG)), []
    threads = [
        threading.Thread(target=lambda: found.append(numbers(scored(LONG))))
        for _ in "ab"
    ]
    for thread in threads:
        thread.start()
    for _ in range(5):  # the same text, read at once, in whichever slot is free
        ids = [*HEAD, *ids_of(LONG)]
        assert list(local_model().stream(ids, GREEDY, Generation()))
    for thread in threads:
        thread.join()
    assert found == [alone, alone]


# Drawn tokens


@pytest.mark.parametrize(
    ("question", "sampling"),
    [("Name a colour.", ANY), ("Say Déjà vu. Only that: Déjà vu", GREEDY)],
)
def test_a_drawn_token_is_worth_what_the_whole_distribution_says(question, sampling):
    end = ids_of("<|im_end|>\n<|im_start|>assistant\n", special=True)
    prompt = [*HEAD, *ids_of(question), *end]
    account, tokens = draw(local_model(), prompt, sampling)
    assert b"".join(data for data, _, _ in tokens).decode() == account["content"]
    known = {data: number for number, data in local_model().tokens(account["content"])}
    ids = [known[data] for data, _, _ in tokens if data in known]
    if len(ids) == len(tokens):  # else it drew another spelling of the same text
        expected = looked_up(prompt, ids)
        assert numbers(tokens) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("most", (1, 2, 3, 4, 5))
def test_a_character_cut_by_the_limit_is_left_out(most):
    prompt = ids_of("🎉🦜🎉🦜🎉🦜🎉🦜🎉")
    account, tokens = draw(local_model(), prompt, Sampling(most, 0, 1))
    told = "".join(token["token"] for token in characters(tokens))
    assert told == account["content"].rstrip("\ufffd")
    assert account["tokens_predicted"] == most


def test_a_stop_sequence_cuts_the_token_it_begins_in():
    prompt = ids_of("One, two, three, four,")
    whole = draw(local_model(), prompt, Sampling(8, 0, 1))[0]["content"]
    stop = whole[3:7]
    account, tokens = draw(local_model(), prompt, Sampling(8, 0, 1, 0, (stop,)))
    assert account["stopping_word"] == stop
    told = b"".join(data for data, _, _ in tokens).decode()
    assert told == account["content"] == whole[: whole.index(stop)]


# Characters


@settings(max_examples=40)
@given(st.text(max_size=30), st.randoms(use_true_random=False))
def test_tokens_that_split_characters_rebuild_the_text(text, drawn):
    data, parts = text.encode(), []
    while data:
        size = drawn.randint(1, 5)
        parts.append((data[:size], -1.0, []))
        data = data[size:]
    told = characters(parts)
    assert "".join(token["token"] for token in told) == text
    assert math.fsum(t["logprob"] for t in told) == -len(parts)


ODD = ["<|im_end|>", "▁", "\u0301", "\u200d", "\u202e", "a\r\n\tb", "日本", "🏳️‍🌈", "ﷺ"]


@settings(max_examples=30)
@given(st.lists(st.sampled_from(ODD) | st.text(max_size=9), min_size=1).map("".join))
def test_a_texts_tokens_rebuild_it(text):
    parts = [(data, 0.0, []) for _, data in local_model().tokens(text)]
    told = "".join(token["token"] for token in characters(parts))
    assert told == (text if parts else "")


def test_bytes_the_model_has_no_token_for_are_told_with_their_neighbours():
    for text in ("\x04a\x13b\x16", "a\U00040000b", "\U00040000"):
        parts = scored(text)
        assert "".join(token["token"] for token in characters(parts)) == text
    assert scored("\x04") == []
