"""The checks of notebook 04. Each gives None, or words that lead on."""

import re
from collections.abc import Iterable, Mapping
from numbers import Real

LABELS = ("positive", "negative")
#: The exercise about an interval: so many right of so many.
RIGHT, ASKED = 60, 72
#: What the held-out reviews must show, of all of them.
LEAST_VALID, LEAST_RIGHT = 0.9, 0.7
#: Four queries on the shop; two of them find the same rows.
QUERIES = {
    "A": "SELECT name, country FROM customers WHERE city IS NULL",
    "B": "SELECT name, country FROM customers WHERE city = NULL",
    "C": "SELECT country, name FROM customers WHERE city IS NULL ORDER BY name",
    "D": "SELECT DISTINCT country FROM customers WHERE city IS NULL",
}
#: Of four defences, those that hold when the model obeys the attacker.
HOLD = {"C", "D"}
_GOOD = [{"label": label, "stars": n} for label in LABELS for n in range(1, 6)]
_BAD = {
    "a list": [],
    "a text": "positive",
    "another label": {"label": "mixed", "stars": 3},
    "the label neutral": {"label": "neutral", "stars": 3},
    "null for a label": {"label": None, "stars": 3},
    "stars as text": {"label": "positive", "stars": "5"},
    "six stars": {"label": "positive", "stars": 6},
    "no stars at all": {"label": "positive", "stars": 0},
    "half a star": {"label": "positive", "stars": 4.5},
    "no label": {"stars": 3},
    "no number of stars": {"label": "positive"},
    "a field more": {"label": "positive", "stars": 5, "reason": "nice"},
}


def template(answer):
    """Does this template name both labels, and mark where the review stands?"""
    if not isinstance(answer, str):
        return 'it should be a template, a text with {text} in it: "... {text} ..."'
    if answer.count("{text}") != 1:
        return f"{{text}} stands {answer.count('{text}')} times in it; once is wanted."
    missing = [label for label in LABELS if label not in answer.lower()]
    if missing:
        return f"it does not say the label {missing[0]}: how should the model know?"
    if not re.search(r"<([\w-]+)[^<>]*>\s*\{text\}\s*</\1>", answer):
        return "the review should stand between tags: <review>{text}</review>"
    from bedrock_helpers.prompt_template import fill

    try:
        fill(answer, {"text": "Fine {so far}."})
    except ValueError as problem:
        return f"it cannot be filled: {problem}"
    return None


def interval(answer):
    """Is this the low end of the interval?"""
    if isinstance(answer, bool) or not isinstance(answer, Real) or not 0 <= answer <= 1:
        return "it should be one share from 0 to 1: of the two ends, the first."
    from bedrock_helpers.intervals import wilson

    low, high = wilson(RIGHT, ASKED)
    if abs(answer - RIGHT / ASKED) < 0.005:
        return "that is the share that was seen; how low may the true one be?"
    if abs(answer - high) < 0.005:
        return "that is the high end."
    if abs(answer - low) >= 0.005:
        return f"wilson({RIGHT}, {ASKED}) gives both ends."
    return None


def held_out(answer):
    """Do these results on the held-out reviews reach what is asked?"""
    import pandas as pd

    if not isinstance(answer, pd.DataFrame) or "reply" not in answer:
        return "it should be what evaluation.run returned."
    wanted = _held_out_labels()
    if "id" not in answer or sorted(answer["id"]) != sorted(wanted):
        return f"it should cover the {len(wanted)} held-out reviews, and no others."
    return _reached([str(reply) for reply in answer["reply"]], answer["id"].map(wanted))


def _held_out_labels():
    import pandas as pd

    from bedrock_helpers.data_files import data_path

    reviews = pd.read_csv(data_path("reviews.csv"))
    kept = reviews[reviews["split"] == "held_out"]
    return dict(zip(kept["id"], kept["label"], strict=True))


def _reached(replies, labels):
    """What the replies themselves show, scored anew."""
    from bedrock_helpers.scoring import one_of

    score = one_of(LABELS)
    items = [{"label": label} for label in labels]
    scores = [score(*pair) for pair in zip(replies, items, strict=True)]
    count = len(scores)
    valid = sum(one.valid for one in scores)
    right = sum(one.correct for one in scores)
    if valid < LEAST_VALID * count:
        return f"{valid} of {count} replies are one of the two words; 9 in 10 should."
    if right < LEAST_RIGHT * count:
        return f"the form is there, but {right} of {count} are right; 7 in 10 should."
    return None


def schema(answer):
    """Does this JSON schema take what is right, and nothing else?"""
    if not isinstance(answer, Mapping):
        return 'it should be a dict: {"type": "object", ...}'
    import jsonschema

    try:
        jsonschema.Draft202012Validator.check_schema(dict(answer))
    except jsonschema.SchemaError as problem:
        return f"it is no JSON schema: {problem.message}"
    fits = jsonschema.Draft202012Validator(dict(answer)).is_valid
    try:
        refused = [good for good in _GOOD if not fits(good)]
        taken = [name for name, bad in _BAD.items() if fits(bad)]
    except Exception as problem:  # a $ref that leads nowhere
        return f"it cannot be used: {problem}"
    if refused:
        return f"it refuses {refused[0]}, but should take it."
    return f"it takes {taken[0]}: {_BAD[taken[0]]}." if taken else None


def same_rows(answer):
    """Which two queries find the same rows?"""
    letters = _letters(answer)
    if letters is None or len(letters) != 2:
        return 'it should be two of the letters, such as "AB".'
    from bedrock_helpers.safe_sql import run_select
    from bedrock_helpers.same_result import same_result
    from bedrock_helpers.shop import open_shop

    shop = open_shop()
    first, second = (run_select(shop, QUERIES[letter]) for letter in sorted(letters))
    if not same_result(first, second):
        return f"they find {len(first)} and {len(second)} rows, not the same."
    return None


def defences(answer):
    """Which defences limit the damage when the model obeys the attacker?"""
    letters = _letters(answer)
    if letters is None:
        return 'it should be letters of the list, such as "AB".'
    if letters - HOLD:
        one = min(letters - HOLD)
        return f"{one} is a request to the model; this one obeys the attacker."
    if letters != HOLD:
        return "one more limits the damage, whatever the model says."
    return None


def _letters(answer):
    if isinstance(answer, str):
        answer = re.findall(r"\w", answer.upper())
    if not isinstance(answer, Iterable):
        return None
    found = list(answer)
    if not all(isinstance(one, str) and one in QUERIES for one in found):
        return None
    return set(found)
