"""Exercise checks: they grade a request, a number or a decision, never a text."""

from dataclasses import dataclass

from bedrock_helpers.checks import (
    benchmarking,
    costs,
    gallery,
    inference,
    invoke,
    prompting,
    security,
    setup,
)
from bedrock_helpers.checks.progress_file import note

_CHECKS = {
    "01-which-id": setup.which_id,
    "01-form": setup.form,
    "01-proof": setup.proof,
    "01-causes": setup.causes,
    "02-native-body": invoke.native_body,
    "02-read-safely": invoke.read_safely,
    "02-patience": invoke.patient,
    "02-room": invoke.room,
    "03-by-hand": inference.by_hand,
    "03-five-tokens": inference.five_tokens,
    "03-top-k": inference.top_k_in_place,
    "03-refused": inference.refused,
    "03-first-line": inference.first_line,
    "04-template": prompting.template,
    "04-interval": prompting.interval,
    "04-held-out": prompting.held_out,
    "04-schema": prompting.schema,
    "04-same-rows": prompting.same_rows,
    "04-defences": prompting.defences,
    "05-thousand-calls": costs.thousand_calls,
    "05-threshold": costs.threshold,
    "05-right-answer": costs.right_answer,
    "05-cache": costs.cache,
    "05-half-a-year": costs.half_a_year,
    "05-quota": costs.quota,
    "06-policy": security.policy,
    "06-long-keys": security.long_keys,
    "06-denied": security.denied_callers,
    "06-alarm": security.throttle_alarm,
    "06-guardrail": security.guardrail,
    "06-links": security.safe_link,
    "06-checklist": security.checklist,
    "07-time-per-token": benchmarking.time_per_token,
    "07-p99": benchmarking.calls_for_p99,
    "07-under-way": benchmarking.under_way,
    "07-choice": benchmarking.choice,
    "gallery-letters": gallery.letters,
    "gallery-may-use": gallery.may_use,
}


def names():
    """
    Every exercise there is, in the course's order.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> names()[0]
    '01-which-id'
    """
    return tuple(_CHECKS)


@dataclass(frozen=True)
class Verdict:
    """Whether an answer passed (None: no answer yet), and what to think about."""

    name: str
    passed: bool | None
    words: str

    def __repr__(self):
        """One line to read; a circle where there is no answer yet."""
        mark = {True: "✓", False: "✗", None: "○"}[self.passed]
        return f"{mark} {self.name}: {self.words}"


def check(name, answer):
    """
    Check an answer to an exercise and remember the result.

    Parameters
    ----------
    name : str
        The exercise, as its cell names it.
    answer : object
        ``...`` or None means "not answered yet", which is no failure.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If there is no such exercise.

    Examples
    --------
    >>> check("01-which-id", ...)
    ○ 01-which-id: not answered yet. Change the marked line, then run this cell.
    """
    if name not in _CHECKS:
        known = ", ".join(_CHECKS)
        raise ValueError(f"No exercise {name!r}. There are: {known}.")
    if answer is ... or answer is None:
        words = "not answered yet. Change the marked line, then run this cell."
        return Verdict(name, None, words)
    problem = _CHECKS[name](answer)
    note("checks", name, problem is None)
    return Verdict(name, problem is None, problem or "that is it.")
