"""Labs of two prompts on a few items, and functions like a learner's."""

import itertools

import pandas as pd
from botocore.exceptions import ClientError

from bedrock_helpers.labs.prompt_lab import PromptLab
from bedrock_helpers.scoring import one_of

PLAIN = "{text} Good or bad?"
ONE_WORD = "{text} Good or bad? One word."
ITEMS = pd.DataFrame(
    {
        "id": range(1, 9),
        "text": ["I love it", "It broke", *(f"Fine, {n}" for n in range(6))],
        "label": ["good", "bad", *["good"] * 6],
    }
)
score = one_of(["good", "bad"])


def reply(text):
    """What boto3 returns for a reply with this text."""
    usage = {"inputTokens": 1000, "outputTokens": 10, "totalTokens": 1010}
    return {"output": {"message": {"content": [{"text": text}]}}, "usage": usage}


def answer(prompt):
    """One word where one is asked for; all it has read as good but "broke"."""
    said = "bad" if "broke" in prompt else "good"
    return reply(said if "One word" in prompt else f"It is {said}.")


def refused(code="ValidationException"):
    return ClientError({"Error": {"Code": code, "Message": "No."}}, "Converse")


def failing(error, after):
    """A function that answers so often and then raises."""
    number = itertools.count(1)

    def ask(prompt):
        if next(number) > after:
            raise error
        return answer(prompt)

    return ask


def lab_with(ask=answer, prompts=(PLAIN, ONE_WORD), items=ITEMS, **more):
    return PromptLab(ask, items, score, prompts, **more)
