"""What SmolLM2 would write next: its whole distribution over 49,152 tokens.

Those of the lesson's prompts are stored in ``data/distributions/``; any other is
read from the small model on this machine, in about half a second.
"""

from dataclasses import dataclass, field
from functools import cache, lru_cache

import numpy as np

from bedrock_helpers import sampling
from bedrock_helpers.data_files import data_path, load_json

STORED = "stored"
SMOLLM2 = "SmolLM2-135M"
#: Tokens of a prompt that are read in about a second on two cores.
LONGEST_PROMPT_TOKENS = 500
_SPECIAL = {0: "⟨end of text⟩", 1: "⟨turn begins⟩", 2: "⟨turn ends⟩"}


@dataclass(frozen=True)
class NextTokens:
    """
    The next token after a prompt: every token, the likeliest first.

    Attributes
    ----------
    prompt : str
    ids : numpy.ndarray
        The tokens' numbers in SmolLM2's vocabulary.
    logprobs : numpy.ndarray
        Natural logarithms of their probabilities; stored ones are rounded to
        half precision, about three digits.
    vocabulary : list of bytes
        Every token's bytes by its number; special ones are empty.
    made_by : str
        ``"stored"``, or the model that was read just now.
    """

    prompt: str
    ids: np.ndarray = field(repr=False)
    logprobs: np.ndarray = field(repr=False)
    vocabulary: list = field(repr=False)
    made_by: str = STORED

    def text(self, place):
        """
        The token at a place, 0 for the likeliest, as it would be written.

        Bytes that are only part of a character appear as a replacement
        character, special tokens as words in angle brackets.
        """
        number = int(self.ids[place])
        names = _SPECIAL if self.model_name == SMOLLM2 else {}
        special = names.get(number, f"⟨special {number}⟩")
        return self.vocabulary[number].decode(errors="replace") or special

    @property
    def model_name(self):
        """Whose distribution it is."""
        return SMOLLM2 if self.made_by == STORED else self.made_by

    def place_of(self, token):
        """
        Where a token stands, 0 for the likeliest.

        Raises
        ------
        ValueError
            If the text is not one token of the vocabulary.

        Examples
        --------
        >>> next_tokens("I hear the hoof beats of a").place_of(" horse")
        0
        """
        try:
            number = self.vocabulary.index(token.encode() or None)
        except ValueError:
            raise ValueError(
                f"{token!r} is not one token: it is written in several, or the space "
                'before it is missing. Look at next_tokens("…").table()'
            ) from None
        return int(np.flatnonzero(self.ids == number)[0])

    def probability_of(self, token, **settings):
        """
        The probability that the very next token is this text.

        Parameters
        ----------
        token : str
            With the space before it, where there is one: ``" horse"``.
        **settings
            ``temperature``, ``top_k`` and ``top_p``, as
            :func:`bedrock_helpers.sampling.distribution` takes them.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If the text is not one token of the vocabulary.

        Examples
        --------
        >>> hoofs = next_tokens("I hear the hoof beats of a")
        >>> round(hoofs.probability_of(" horse"), 2)
        0.11
        """
        probabilities = sampling.distribution(self.logprobs, **settings)
        return float(probabilities[self.place_of(token)])

    def table(self, count=10, **settings):
        """
        The likeliest tokens and their probabilities.

        Parameters
        ----------
        count : int
        **settings
            As for :meth:`probability_of`.

        Returns
        -------
        pandas.DataFrame

        Examples
        --------
        >>> next_tokens("The capital of France is").table(2)
             token  probability
        0  ' Paris'     0.7...
        1    ' the'     0.06...
        """
        import pandas as pd

        probabilities = sampling.distribution(self.logprobs, **settings)[:count]
        tokens = [repr(self.text(place)) for place in range(len(probabilities))]
        return pd.DataFrame({"token": tokens, "probability": probabilities})


def next_tokens(prompt):
    """
    The distribution of the token after a prompt.

    Parameters
    ----------
    prompt : str
        A text to be gone on with, without any chat format.

    Returns
    -------
    NextTokens

    Raises
    ------
    ValueError
        For an empty prompt, or one of more than 500 tokens.
    NoLocalModel
        If the prompt is not stored and the small model is not installed.

    Examples
    --------
    >>> next_tokens("I hear the hoof beats of").text(0)
    ' the'
    """
    if prompt in stored_prompts():
        return _stored(prompt)
    if not prompt:
        raise ValueError(
            "The prompt is empty: there is nothing to go on with. Give some words, "
            'such as "Once upon a time"'
        )
    return _just_now(prompt)


@cache
def stored_prompts():
    """
    The prompts whose distributions are stored, and the file of each.

    Examples
    --------
    >>> "I hear the hoof beats of" in stored_prompts()
    True
    """
    records = load_json("distributions/index.json")["distributions"]
    return {record["prompt"]: record["file"] for record in records}


@cache
def _stored(prompt):
    with np.load(data_path("distributions/" + stored_prompts()[prompt])) as file:
        logprobs = file["logprobs"].astype(float)
    return _in_order(prompt, logprobs, stored_vocabulary(), STORED)


@lru_cache(maxsize=16)
def _just_now(prompt):
    from bedrock_helpers.offline.local_model import local_model, model_name
    from bedrock_helpers.offline.token_scores import next_logprobs

    engine = local_model()
    ids = [number for number, _ in engine.tokens(prompt)]
    if len(ids) > LONGEST_PROMPT_TOKENS:
        raise ValueError(
            f"The prompt has {len(ids)} tokens; for its distribution it may have "
            f"{LONGEST_PROMPT_TOKENS}. Shorten it."
        )
    vocabulary, logprobs = next_logprobs(engine, ids)
    if vocabulary == stored_vocabulary():  # 3 MB a time
        vocabulary = stored_vocabulary()
    return _in_order(prompt, np.array(logprobs), vocabulary, model_name())


def _in_order(prompt, logprobs, vocabulary, made_by):
    order = np.argsort(-logprobs, kind="stable")
    return NextTokens(prompt, order, logprobs[order], vocabulary, made_by)


@cache
def stored_vocabulary():
    """
    The bytes of every token, in the order of their numbers; special ones are empty.

    Examples
    --------
    >>> len(stored_vocabulary())
    49152
    """
    with np.load(data_path("distributions/vocabulary.npz")) as file:
        text, ends = file["text"].tobytes(), np.cumsum(file["lengths"], dtype=int)
    starts = [0, *ends[:-1].tolist()]
    return [text[a:b] for a, b in zip(starts, ends.tolist(), strict=True)]
