"""Right and wrong answers to the exercises of notebook 04."""

import pandas as pd

from bedrock_helpers.data_files import data_path

_REVIEWS = pd.read_csv(data_path("reviews.csv"))
_HELD_OUT = _REVIEWS[_REVIEWS["split"] == "held_out"].copy()
_TAGGED = "Positive or negative?\n<review>{text}</review>\nOne word:"
_LABEL = {"enum": ["positive", "negative"]}
_STARS = {"type": "integer", "minimum": 1, "maximum": 5}
_SCHEMA = {
    "type": "object",
    "properties": {"label": _LABEL, "stars": _STARS},
    "required": ["label", "stars"],
    "additionalProperties": False,
}


def replied(replies):
    """Results of a run over the held-out reviews."""
    return _HELD_OUT.assign(reply=list(replies), correct=True)


def without(key):
    return {name: value for name, value in _SCHEMA.items() if name != key}


_LABELS = _HELD_OUT["label"].tolist()
RIGHT = {
    "04-template": [
        _TAGGED,
        "positive/negative: <r> {text} </r>",
        'positive/negative: <user-review id="1">{text}</user-review>',
    ],
    "04-interval": [0.73, 0.731],
    "04-held-out": [
        replied(_LABELS),
        replied([f" {label.title()}.\n" for label in _LABELS]),
        replied([*_LABELS[:44], *["It is."] * 4]).sample(frac=1, random_state=1),
    ],
    "04-schema": [_SCHEMA],
    "04-same-rows": ["AC", "ca", ["A", "C"]],
    "04-defences": ["CD", {"C", "D"}],
}
WRONG = {
    "04-template": [
        ("Positive or negative?", "{text} stands 0 times"),
        ("positive, negative {text} {text}", "{text} stands 2 times"),
        ("Is it positive? <r>{text}</r>", "does not say the label negative"),
        ("positive or negative? {text}", "should stand between tags"),
        ('{"positive", "negative"} <r>{text}</r>', "it cannot be filled"),
        (7, "it should be a template"),
    ],
    "04-interval": [
        (60 / 72, "the share that was seen"),
        (0.9, "that is the high end"),
        (0.5, "gives both ends"),
        (73, "one share from 0 to 1"),
        ("0.73", "one share from 0 to 1"),
        ((0.73, 0.9), "of the two ends, the first"),
    ],
    "04-held-out": [
        (replied(["This review is positive."] * 48), "0 of 48 replies are one of"),
        (replied(["positive"] * 48), "the form is there, but 24 of 48 are right"),
        (pd.concat([replied(_LABELS)] * 2), "48 held-out reviews, and no others"),
        (replied(_LABELS).head(40), "should cover the 48 held-out reviews"),
        (_HELD_OUT, "what evaluation.run returned"),
        (0.9, "what evaluation.run returned"),
    ],
    "04-schema": [
        (without("additionalProperties"), "it takes a field more"),
        (without("type"), "it takes a list"),
        (
            {**_SCHEMA, "properties": {"label": {"type": "string"}, "stars": _STARS}},
            "it takes another label",
        ),
        (
            {**_SCHEMA, "properties": {"label": _LABEL, "stars": {"enum": [1, 5]}}},
            "it refuses {'label': 'positive', 'stars': 2}",
        ),
        ({"$ref": "#/$defs/x"}, "it cannot be used"),
        (without("required"), "it takes no label"),
        (
            {**_SCHEMA, "properties": {"label": _LABEL, "stars": {"type": "integer"}}},
            "it takes six stars",
        ),
        (
            {**_SCHEMA, "properties": {"label": _LABEL, "stars": {"type": "string"}}},
            "it refuses {'label': 'positive', 'stars': 1}",
        ),
        ({"type": "objekt"}, "it is no JSON schema"),
        ("{}", "it should be a dict"),
    ],
    "04-same-rows": [
        ("AB", "they find 3 and 0 rows"),
        ("AD", "not the same"),
        ("ABC", "two of the letters"),
        ("AX", "two of the letters"),
        (2, "two of the letters"),
    ],
    "04-defences": [
        ("A", "A is a request to the model"),
        ("ABCD", "A is a request to the model"),
        ("BC", "B is a request to the model"),
        ("C", "one more limits the damage"),
        ("", "one more limits the damage"),
        ("E", "it should be letters"),
        (7, "it should be letters"),
    ],
}
