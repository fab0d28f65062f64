"""The single tokens of a reply: Jurassic-2's and Cohere Command's, in one shape."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

_JURASSIC = '"topKReturn": 5'
_COHERE = '"return_likelihoods": "GENERATION"'
_PARSE = 'return json.loads(raw["body"].read())'
_UNREADABLE = (KeyError, IndexError, TypeError, AttributeError)
#: What cannot be seen, or turns the text around it, as something to see.
_HIDDEN = (0xAD, 0x61C, 0xFEFF, *range(0x200B, 0x2010), *range(0x2028, 0x202F))
_HIDDEN += (*range(0x2060, 0x2070),)
_JOINERS = (0x200C, 0x200D)  # emoji and several scripts are written with them
_SIGNS = {code: f"[U+{code:04X}]" for code in _HIDDEN if code not in _JOINERS}
_SIGNS |= {code: "\ufffd" for code in range(0xD800, 0xE000)}  # half a character
_SIGNS |= {code: f"[U+{code:04X}]" for code in (*range(32), *range(0x7F, 0xA0))}
_SIGNS |= {ord("\n"): "⏎", ord("\t"): "⇥"}


@dataclass(frozen=True)
class Token:
    """
    One token of a reply.

    Attributes
    ----------
    text : str
        As it stands in the reply, with its spaces.
    logprob : float
        The natural logarithm of its probability.
    alternatives : tuple of (str, float)
        The likeliest tokens at its place with their logarithms; empty where the
        reply names none.

    Examples
    --------
    >>> round(Token(" cold", -0.693147).probability, 3)
    0.5
    """

    text: str
    logprob: float
    alternatives: tuple = ()

    @property
    def probability(self):
        """From 0 to 1."""
        return probability(self.logprob)


def probability(logprob):
    """
    The probability of a natural logarithm.

    Examples
    --------
    >>> probability(0.0), probability(float("-inf"))
    (1.0, 0.0)
    """
    return math.exp(min(0.0, logprob))


def percent(logprob):
    """
    A probability to read, from its natural logarithm.

    Examples
    --------
    >>> percent(-0.5), percent(-6.0), percent(-20.0)
    ('60.7 %', '0.25 %', 'under 0.01 %')
    """
    return percent_of(probability(logprob))


def percent_of(share):
    """
    A probability to read, without false zeros.

    Examples
    --------
    >>> percent_of(0.25), percent_of(0.00053), percent_of(1e-9), percent_of(0.0)
    ('25.0 %', '0.05 %', 'under 0.01 %', '0 %')
    """
    hundredths = 100 * share
    if hundredths == 0:
        return "0 %"
    if hundredths < 0.01:
        return "under 0.01 %"
    return f"{hundredths:.1f} %" if hundredths >= 1 else f"{hundredths:.2f} %"


def perplexity(tokens):
    """
    How unsure the model was, token for token; None where there is no token.

    It is ``exp`` of the mean of ``-logprob``: 1 for a reply without any doubt.

    Examples
    --------
    >>> round(perplexity([Token("a", -0.693147), Token("b", -0.693147)]), 3)
    2.0
    """
    if not tokens:
        return None
    try:
        return math.exp(-math.fsum(token.logprob for token in tokens) / len(tokens))
    except OverflowError:
        return math.inf


def signs(text):
    """
    A text in one line, in which nothing is hidden.

    Line breaks, tabs and what turns text around become signs; spaces do where
    there is nothing else.

    Examples
    --------
    >>> signs("the end" + chr(10)), signs("  ")
    ('the end⏎', '␣␣')
    """
    if text and not text.strip():
        text = text.replace(" ", "␣")
    return text.translate(_SIGNS)


def quoted(text, most=24):
    """
    A short text in one line, between quotes that show its spaces.

    Examples
    --------
    >>> quoted(" cold"), quoted("abcdefgh", most=4), quoted("")
    ('› cold‹', '›abcd…‹', '(no text)')
    """
    short = text[:most] + ("…" if len(text) > most else "")
    return f"›{signs(short)}‹" if text else "(no text)"


def tokens_of(answer):
    """
    The tokens of a reply's parsed body; of several generations, the first one's.

    Parameters
    ----------
    answer : dict
        Of Jurassic-2 or Cohere Command, as ``json.loads`` gives it.

    Returns
    -------
    list of Token
        Their texts, joined, are the reply.

    Raises
    ------
    ValueError
        For another body, or one that tells no tokens: with the line to type.

    Examples
    --------
    >>> likely = [{"token": " cold", "likelihood": -0.25}]
    >>> tokens_of({"generations": [{"text": " cold", "token_likelihoods": likely}]})
    [Token(text=' cold', logprob=-0.25, alternatives=())]
    """
    readers = {"completions": _of_jurassic, "generations": _of_command}
    kind = isinstance(answer, Mapping) and next(filter(answer.get, readers), None)
    if not kind:
        raise ValueError(_other_body(answer))
    try:
        return readers[kind](answer[kind][0])
    except _UNREADABLE as problem:
        raise ValueError(
            f"{kind}[0] has another shape than Jurassic-2's or Cohere Command's "
            f"({type(problem).__name__}: {problem}); give the body as it came: {_PARSE}"
        ) from problem


def _other_body(answer):
    if not isinstance(answer, Mapping):
        return f"ask returned a {type(answer).__name__}, no parsed body; {_PARSE}"
    if "body" in answer:
        return f"ask returned invoke_model's whole reply; its body is needed: {_PARSE}"
    keys = ", ".join(sorted(map(str, answer))) or "nothing"
    return (
        f"no reply of Jurassic-2 or Cohere Command, which alone tell their tokens: it "
        f"has {keys[:200]}. Ask Jurassic-2 with {_JURASSIC} in the body, or Cohere "
        f"Command with {_COHERE}"
    )


def _of_jurassic(completion):
    data = completion["data"]
    told = data.get("tokens")
    if told is None:
        raise ValueError(
            f"this reply of Jurassic-2 has no tokens; put {_JURASSIC} into the body"
        )
    texts = _as_written(data["text"], told)
    return [_jurassic_token(*pair) for pair in zip(texts, told, strict=True)]


def _as_written(text, told):
    """What each token wrote, cut from the reply: there a mark is not yet a space."""
    ranges = [token.get("textRange") or {"start": 0, "end": 0} for token in told]
    cut = [text[part["start"] : part["end"]] for part in ranges]
    if "".join(cut) == text:
        return cut
    return [_unmarked(token["generatedToken"]["token"]) for token in told]


def _jurassic_token(text, token):
    top = token.get("topTokens") or ()
    others = tuple((_unmarked(one["token"]), _log(one["logprob"])) for one in top)
    return Token(text, _log(token["generatedToken"]["raw_logprob"]), others)


def _unmarked(token):
    return token.replace("▁", " ").replace("<|newline|>", "\n")


def _of_command(generation):
    told = generation.get("token_likelihoods")
    if told is None:
        raise ValueError(
            f"this reply of Cohere Command tells no tokens; put {_COHERE} into the body"
        )
    replied = _without_prompt(told, generation["text"])
    return [Token(one["token"], _log(one["likelihood"])) for one in replied]


def _without_prompt(told, text):
    """Only the reply's tokens: "ALL" tells those of the prompt before them."""
    whole = "".join(one["token"] for one in told)
    before = len(whole) - len(text)
    if not whole.endswith(text):
        return told
    position = 0
    for number, one in enumerate(told):
        if position >= before:
            return told[number:]
        position += len(one["token"])
    return []


def _log(value):
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or math.isnan(value):
        raise TypeError(f"{value!r} is no log-probability")
    return float(value)
