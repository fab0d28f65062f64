"""What the course asks of a learner: exercises and predictions, by notebook."""

from dataclasses import dataclass

from bedrock_helpers.checks import exercises


@dataclass(frozen=True)
class Lesson:
    """
    One notebook with what it asks.

    Attributes
    ----------
    key : str
        What the names of its exercises begin with: ``"01"`` or ``"gallery"``.
    title : str
        As its first line has it.
    exercises : tuple of str
    predictions : tuple of str
        What ``bh.predict`` calls them.
    """

    key: str
    title: str
    exercises: tuple
    predictions: tuple


#: Titles and predictions as the notebooks have them: a wheel comes without these.
_NOTEBOOKS = {
    "01": (
        "01 · Set-up and model access",
        "models in one Region",
        "a call of 2023 works today",
    ),
    "02": ("02 · Invoke basics", "input tokens of turn two"),
    "03": ("03 · Inference parameters", "horses for one unicorn at temperature 2"),
    "04": ("04 · Prompt engineering", "valid replies of 72, asked for one word"),
    "05": (
        "05 · Pricing",
        "such calls for one dollar",
        "examples for Instant to cost as much",
        "dollars for a forgotten weekend",
    ),
    "06": ("06 · Security",),
    "07": (
        "07 · Benchmarks",
        "the slowest call, times the quickest",
        "calls at a time from which nothing is gained",
    ),
    "gallery": (
        "Appendix · The error gallery",
        "retries when the day is used up",
        "causes behind ValidationException",
    ),
}


def lessons():
    """
    Every notebook that asks something, in the course's order.

    Returns
    -------
    list of Lesson

    Examples
    --------
    >>> first = lessons()[0]
    >>> first.title, len(first.exercises), len(first.predictions)
    ('01 · Set-up and model access', 4, 2)
    """
    return [
        Lesson(
            key,
            title,
            tuple(n for n in exercises.names() if n.startswith(f"{key}-")),
            tuple(predictions),
        )
        for key, (title, *predictions) in _NOTEBOOKS.items()
    ]
