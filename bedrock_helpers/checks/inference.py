"""The checks of notebook 03. Each gives None, or words that lead on."""

import re
from collections.abc import Iterable, Mapping
from numbers import Real

from botocore.exceptions import BotoCoreError, ClientError

from bedrock_helpers import catalog
from bedrock_helpers.connect import connect

#: The table of the exercise done by hand: top-k 3, then top-p 0.6.
BY_HAND = {
    "horses": 0.50,
    "zebras": 0.25,
    "camels": 0.15,
    "giants": 0.08,
    "unicorns": 0.02,
}
_TOP_K, _TOP_P, _ASKED = 3, 0.6, "zebras"
#: The exercise of five tokens.
PROMPT, _WANTED = "I hear the hoof beats of a", 5
#: The list of the exercise about stop sequences, and what is to be left of it.
LISTED, FIRST = "1. Nose\n2. Ears\n3. Tail", "1. Nose"
_ALSO = "1. Two 2-litre cans\n2. A pan", "1. Two 2-litre cans"
_HAIKU = f"us.{catalog.CLAUDE_HAIKU_4_5}"
_TOP_K_WANTED = 20
_SAY_HI = [{"role": "user", "content": [{"text": "Hi"}]}]


def by_hand(answer):
    """Is this what top-k and top-p leave to zebras?"""
    if isinstance(answer, bool) or not isinstance(answer, Real) or answer > 1:
        return "it should be a number from 0 to 1."
    from bedrock_helpers import sampling  # NumPy, only when it is needed

    own, place = list(BY_HAND.values()), list(BY_HAND).index(_ASKED)
    cut = sampling.keep_top_k(own, _TOP_K)
    right = sampling.keep_top_p(cut, _TOP_P)[place]
    missteps = {
        own[place]: "that is its share before any cut.",
        cut[place]: "that is after top-k; top-p cuts again, and scales again.",
    }
    if abs(answer - right) < 0.005:
        return None
    for value, words in missteps.items():
        if abs(answer - value) < 0.005:
            return words
    return "first keep three and scale, then add up until 0.6, and scale again."


def five_tokens(answer):
    """Does this top_p, alone, leave five tokens?"""
    if isinstance(answer, bool) or not isinstance(answer, Real):
        return "it should be a number from 0 to 1, such as 0.5."
    if not 0 <= answer <= 1:
        return f"top_p is from 0 to 1; {answer} is not."
    from bedrock_helpers import distributions, sampling

    logprobs = distributions.next_tokens(PROMPT).logprobs
    left = int((sampling.distribution(logprobs, top_p=float(answer)) > 0).sum())
    if left != _WANTED:
        more = "lower" if left > _WANTED else "higher"
        return f"that leaves {left:,} of 49,152; {_WANTED} are wanted. Try {more}."
    return None


def top_k_in_place(answer):
    """Is this a request for Claude Haiku 4.5 with top-k 20, that Bedrock takes?"""
    if not isinstance(answer, dict):
        return "it should be a dict of arguments: {'argument': value, ...}"
    if "modelId" in answer:
        return "leave modelId out: it is Claude Haiku 4.5's."
    problem = _refusal({"inferenceConfig": {"maxTokens": 1}, **answer})
    if problem:
        return problem
    extra = answer.get("additionalModelRequestFields") or {}
    if "top_k" not in extra:
        return "Bedrock takes it, but no top-k is in it."
    if extra["top_k"] != _TOP_K_WANTED:
        return f"Bedrock takes it, but its top-k is {extra['top_k']}, not 20."
    return None


def _refusal(arguments):
    given = {"messages": _SAY_HI, "modelId": _HAIKU, **arguments}
    try:
        connect("offline").client("bedrock-runtime").converse(**given)
    except ClientError as error:
        return f"Bedrock refuses it: {error.response['Error']['Message']}"
    except BotoCoreError as error:
        return f"boto3 refuses it: {' '.join(str(error).split())}"
    except (TypeError, AttributeError, RecursionError) as error:
        return f"boto3 cannot send it: {error}"
    return None


#: Four requests: model, and its inferenceConfig.
REQUESTS = {
    "A": (catalog.NOVA_MICRO, {"temperature": 0.9, "topP": 0.5}),
    "B": (_HAIKU, {"temperature": 0.9, "topP": 0.5}),
    "C": (_HAIKU, {"topP": 0.5}),
    "D": (catalog.NOVA_MICRO, {"temperature": 1.2}),
}


def refused(answer):
    """Which of the four requests does Bedrock refuse?"""
    if isinstance(answer, str):
        answer = re.findall(r"\w", answer.upper())
    letters = list(answer) if isinstance(answer, Iterable) else [answer]
    if not all(isinstance(one, str) and one in REQUESTS for one in letters):
        return 'it should be letters, such as "AC".'
    missing = 0
    for letter, (model_id, config) in REQUESTS.items():
        problem = _refusal(
            {"modelId": model_id, "inferenceConfig": {"maxTokens": 1, **config}}
        )
        if not problem and letter in letters:
            return f"{letter} is taken: its model allows this."
        missing += bool(problem and letter not in letters)
    return f"{missing} more of them refused. Whose?" if missing else None


def _end(text, stops):
    """Where a text ends: before the sequence that is complete first."""
    found = [(text.find(stop), len(stop)) for stop in stops if stop in text]
    first = min(found, key=lambda place: (sum(place), place), default=(len(text), 0))
    return first[0]


def first_line(answer):
    """Do these stop sequences leave the first line?"""
    if isinstance(answer, str | Mapping) or not isinstance(answer, Iterable):
        return 'it should be a list of strings: ["..."].'
    stops = list(answer)
    if not all(isinstance(stop, str) and stop for stop in stops):
        return "every stop sequence is a string with something in it."
    if not all(stop.strip() for stop in stops):
        return "Claude refuses a sequence of white space alone: add what follows it."
    for text, first in ((LISTED, FIRST), _ALSO):
        left = text[: _end(text, stops)]
        if left != first:
            shown = left.replace("\n", "⏎")
            return f"of {text.splitlines()[0]!r} and so on that leaves {shown!r}."
    return None
