"""Right and wrong answers to the exercises of notebook 05."""

from decimal import Decimal

RIGHT = {
    "05-thousand-calls": [2.75, Decimal("2.75"), 2.7501],
    "05-threshold": [84, 84.0, Decimal(84)],
    "05-right-answer": [0.035, Decimal("0.021") / Decimal("0.6")],
    "05-cache": [Decimal("0.0935"), 0.0935, 0.0934],
    "05-half-a-year": [192_192, 192192.0, Decimal(192192)],
    "05-quota": [120, 120.0],
}
WRONG = {
    "05-thousand-calls": [
        (0.00275, "that is one call"),
        (275, "in cents"),
        (2.5, "the bare id's price"),
        (8.47, "swapped"),
        (3, "less than that"),
        (1, "more than that"),
        ("2.75", "a number of dollars"),
        (float("nan"), "a number of dollars"),
        (True, "a number of dollars"),
    ],
    "05-threshold": [
        (83, "near: there both cost the same"),
        (120, "fewer than that"),
        (5, "more than that. What does one more example cost"),
        (-3, "a number of examples"),
        ("84", "a number of examples"),
    ],
    "05-right-answer": [
        (0.001667, "leaves out the looking"),
        (0.021, "that is any answer"),
        (0.021667, "the wrong ones are looked at, too"),
        (0.0126, "divide by the share"),
        (1, "less than that"),
        ("3.5 cents", "a number of dollars"),
    ],
    "05-cache": [
        (0.022, "with the cache; what does it save"),
        (0.1155, "without the cache"),
        (0.0976, "a write for five minutes"),
        (0.099, "now the write"),
        (1, "less than that"),
        (None.__class__, "a number of dollars"),
    ],
    "05-half-a-year": [
        (96_096, "one unit; there are two"),
        (345_946, "the one-month term"),
        (8008, "one hour a day"),
        (1, "more than that"),
        ([1], "a number of dollars"),
    ],
    "05-quota": [
        (150, "leaves out maxTokens"),
        (66, "counts the output five-fold"),
        (100, "more than that"),
        (121, "fewer than that"),
        ("120", "a number of calls"),
    ],
}
