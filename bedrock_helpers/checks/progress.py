"""Progress through the course: every exercise and every prediction there is."""

from dataclasses import dataclass

from bedrock_helpers.checks.course_contents import lessons
from bedrock_helpers.checks.plain_words import one_line
from bedrock_helpers.checks.predictions import is_same

#: What is shown before an exercise that was passed, tried, or neither.
MARKS = {"passed": "✓", "tried": "✗", "not tried yet": "○"}


@dataclass(frozen=True)
class Exercise:
    """
    One exercise as far as a learner has come.

    Attributes
    ----------
    name : str
    state : {"passed", "tried", "not tried yet"}
    day : str
        When it was passed (UTC), if that is known; else empty.
    """

    name: str
    state: str
    day: str = ""


@dataclass(frozen=True)
class Guess:
    """
    One prediction as far as it was made: what was guessed, what happened.

    Attributes
    ----------
    name : str
    words : str
    is_made, is_right : bool
    """

    name: str
    words: str
    is_made: bool
    is_right: bool


class Progress:
    """
    Checks passed and predictions made; shown as a page, or as its words.

    Attributes
    ----------
    checks : dict of str to bool
        Exercise name to whether it was ever passed.
    predictions : dict of str to dict
        Prediction name to ``guess`` and, once revealed, ``actual`` and ``right``.
    passed_on : dict of str to str
        Exercise name to the day (UTC) it was first passed. Days before the course
        kept them are missing.
    last_day : str or None
        The day (UTC) of the last check or prediction.
    problems : tuple of str
        What is wrong with the file, in sentences; empty when nothing is.
    """

    def __init__(
        self,
        checks=None,
        predictions=None,
        *,
        passed_on=None,
        last_day=None,
        problems=(),
    ):
        self.checks = checks or {}
        self.predictions = predictions or {}
        self.passed_on = passed_on or {}
        self.last_day = last_day
        self.problems = tuple(problems)

    def exercise(self, name):
        """
        How far one exercise has come.

        Returns
        -------
        Exercise

        Examples
        --------
        >>> Progress({"01-form": False}).exercise("01-form").state
        'tried'
        """
        if self.checks.get(name) is True:
            return Exercise(name, "passed", one_line(self.passed_on.get(name, ""), 10))
        return Exercise(name, "tried" if name in self.checks else "not tried yet")

    def guess(self, name):
        """
        How far one prediction has come.

        Returns
        -------
        Guess

        Examples
        --------
        >>> Progress(predictions={"it": {"guess": 1, "actual": 2}}).guess("it").words
        'guessed 1, it is 2'
        """
        if name not in self.predictions:
            return Guess(name, "no guess yet", False, False)
        made = self.predictions[name]
        if not isinstance(made, dict) or "guess" not in made:
            return Guess(name, f"guessed {one_line(made)}", True, False)
        words = f"guessed {one_line(made['guess'])}"
        if "actual" not in made:
            return Guess(name, f"{words}, not compared yet", True, False)
        right = made.get("right", is_same(made["guess"], made["actual"])) is True
        words += f", it is {one_line(made['actual'])}" + (": right" if right else "")
        return Guess(name, words, True, right)

    def by_lesson(self):
        """
        Every notebook with its exercises and predictions, made or not.

        Returns
        -------
        list of (Lesson, list of Exercise, list of Guess)

        Examples
        --------
        >>> lesson, exercises, guesses = Progress().by_lesson()[0]
        >>> exercises[0]
        Exercise(name='01-which-id', state='not tried yet', day='')
        """
        return [
            (
                lesson,
                [self.exercise(name) for name in lesson.exercises],
                [self.guess(name) for name in lesson.predictions],
            )
            for lesson in lessons()
        ]

    def of_other_editions(self):
        """
        What this edition of the course does not have: kept, and not counted.

        Returns
        -------
        (list of Exercise, list of Guess)

        Examples
        --------
        >>> Progress({"99-later": True}).of_other_editions()[0][0].name
        '99-later'
        """
        known = {name for lesson in lessons() for name in lesson.exercises}
        asked = {name for lesson in lessons() for name in lesson.predictions}
        return (
            [self.exercise(name) for name in self.checks if name not in known],
            [self.guess(name) for name in self.predictions if name not in asked],
        )

    def counts(self):
        """
        How much of the whole course is done.

        Returns
        -------
        dict of str to int
            ``passed`` of ``exercises``; of ``predictions``, how many were ``made``
            and ``right``.

        Examples
        --------
        >>> Progress({"01-form": True}).counts()["passed"]
        1
        """
        rows = self.by_lesson()
        done = [one for _, exercises, _ in rows for one in exercises]
        guesses = [one for *_, guesses in rows for one in guesses]
        return {
            "passed": sum(one.state == "passed" for one in done),
            "exercises": len(done),
            "made": sum(one.is_made for one in guesses),
            "right": sum(one.is_right for one in guesses),
            "predictions": len(guesses),
        }

    def record(self, name, folder="."):
        """
        Write a completion record: a file to send, and a page to keep.

        Parameters
        ----------
        name : str
            What the record calls you. Nothing else in it says who you are.
        folder : str or pathlib.Path
            Where both files go.

        Returns
        -------
        CompletionRecord
            Usable as the path of the file to send.

        Raises
        ------
        ValueError
            If the name is empty or no text, or there is no such folder.
        OSError
            If the folder cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Progress({"01-form": True}).record("Ada", folder).path.name
        'completion_ada.json'
        """
        from bedrock_helpers.checks.completion import write_record

        return write_record(self, name, folder)

    def __repr__(self):
        """Counts first; then every exercise and prediction, by notebook."""
        lines = [*self.problems, counted(self.counts())]
        for lesson, exercises, guesses in self.by_lesson():
            lines += ["", _heading(lesson, exercises)]
            lines += _lines(exercises, guesses)
        others = self.of_other_editions()
        if any(others):
            lines += ["", "From another edition of the course, kept and not counted"]
            lines += _lines(*others)
        return "\n".join(lines)

    def _repr_html_(self):
        """The same as a page."""
        from bedrock_helpers.checks.progress_page import page_of

        return page_of(self)


def counted(counts):
    """
    The whole course in one line.

    Examples
    --------
    >>> counted(Progress().counts()).split(":")[0]
    'Exercises passed'
    """
    return (
        f"Exercises passed: {counts['passed']} of {counts['exercises']}. "
        f"Predictions made: {counts['made']} of {counts['predictions']}, "
        f"right: {counts['right']}."
    )


def _heading(lesson, exercises):
    passed = sum(one.state == "passed" for one in exercises)
    return f"{lesson.title}: {passed} of {len(exercises)}"


def _lines(exercises, guesses):
    for one in exercises:
        day = f", {one.day}" if one.day else ""
        yield f"  {MARKS[one.state]} {one_line(one.name)}{day}"
    for guess in guesses:
        yield f"  ? {one_line(guess.name)}: {guess.words}"
