"""Predict, then run: a guess is written down before the answer is seen."""

from numbers import Number

from bedrock_helpers.checks.plain_words import one_line
from bedrock_helpers.checks.progress_file import note


class Prediction:
    """
    A guess waiting for its answer. Made by :func:`predict`.

    Attributes
    ----------
    name : str
    guess : object
        What was guessed; None or ``...`` when nothing was yet.
    """

    def __init__(self, name, guess):
        self.name = name
        self.guess = None if guess is ... else guess

    def __repr__(self):
        """Say what was written down."""
        if self.guess is None:
            return f"{self.name}: no guess yet. Put one in place of the dots."
        guess = one_line(self.guess)
        return f"{self.name}: your guess is {guess}. Now run the next cell."

    def compare(self, actual):
        """
        Set the guess beside what happened.

        Parameters
        ----------
        actual : object

        Returns
        -------
        str
            One line; for numbers it says by how much.

        Examples
        --------
        >>> print(Prediction("models", 100).compare(134))
        You guessed 100; it is 134: 34 too few.
        """
        if self.guess is None:
            return f"It is {actual}. (You made no guess.)"
        right = is_same(self.guess, actual)
        result = {"guess": self.guess, "actual": actual, "right": right}
        note("predictions", self.name, result)
        said = f"You guessed {one_line(self.guess)}; it is {actual}"
        return said + (": right." if right else _how_far(self.guess, actual))


def is_same(guess, actual):
    """
    Whether two values of any kind are equal; arrays that do not say are not.

    Examples
    --------
    >>> is_same(1, 1.0)
    True
    """
    try:
        return bool(guess == actual)
    except Exception:
        return False


def _how_far(guess, actual):
    if _is_number(guess) and _is_number(actual):
        try:
            away = float(guess) - float(actual)
        except OverflowError:
            return ": too many by more digits than fit here."
        return f": {abs(away):.10g} too {'many' if away > 0 else 'few'}."
    if _is_number(actual):
        return ". A number would say by how much."
    return ". Worth a moment's thought: why?"


def _is_number(value):
    return isinstance(value, Number) and not isinstance(value, bool | complex)


def predict(name, guess):
    """
    Write a guess down before the answer is seen.

    Parameters
    ----------
    name : str
        What is being guessed.
    guess : object
        A number, a word, True or False; ``...`` for none yet.

    Returns
    -------
    Prediction

    Examples
    --------
    >>> predict("models in us-east-1", 40)
    models in us-east-1: your guess is 40. Now run the next cell.
    """
    prediction = Prediction(name, guess)
    if prediction.guess is not None:
        note("predictions", name, {"guess": prediction.guess})
    return prediction
