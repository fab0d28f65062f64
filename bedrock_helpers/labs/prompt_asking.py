"""Calls of the learner's function from a lab: how far they are, what went wrong."""

import time
from contextlib import contextmanager

from bedrock_helpers.labs.explained import failure_pane, status_pane
from bedrock_helpers.labs.parameter_run import Pace, said


class _Slowly(Pace):
    SECONDS = 0.1


class Asking:
    """
    A learner's function with a line that says how many calls were made.

    Parameters
    ----------
    ask : callable
    status : ipywidgets.HTML
        Where the line stands.
    buttons : sequence of ipywidgets.Button
        What cannot be pressed while calls are made.
    clock : callable
        Gives seconds; the line changes no more often than an eye can follow.

    Attributes
    ----------
    error : str
        What ended the last calls before their time, empty when nothing did.

    Examples
    --------
    >>> import ipywidgets
    >>> asking = Asking(str.upper, ipywidgets.HTML(), [])
    >>> with asking.calls(2, "Asked both."):
    ...     asking("hi"), asking.status.value
    ('HI', '<div role="status" style="line-height:1.5">1 of 2 asked</div>')
    >>> asking.status.value
    '<div role="status" style="line-height:1.5">Asked both.</div>'
    """

    def __init__(self, ask, status, buttons, clock=time.perf_counter):
        self._ask, self.status, self._buttons = ask, status, buttons
        self._clock, self.error = clock, ""

    def __call__(self, prompt):
        """Ask, count it, and say how far it is."""
        try:
            return self._ask(prompt)
        except Exception as problem:
            self._failures.append(problem)
            raise
        finally:
            self._asked += 1
            self._slowly()

    @property
    def is_busy(self):
        """Whether calls are being made."""
        return any(button.disabled for button in self._buttons)

    @contextmanager
    def calls(self, count, done):
        """
        Make so many calls, and show whatever goes wrong instead of raising it.

        Parameters
        ----------
        count : int
        done : str
            What the line says when all were made.
        """
        self._asked, self._count, self._failures, self.error = 0, count, [], ""
        self._slowly = _Slowly(self._show_progress, self._clock)
        self._show_progress()
        self._hold(True)
        try:
            yield
            self.status.value = self._ended(done)
        except KeyboardInterrupt:
            self.error = "KeyboardInterrupt: interrupted by hand"
            self.status.value = status_pane(f"Interrupted: {self._progress}")
            raise
        except Exception as problem:
            self.error = said(problem)
            self.status.value = failure_pane(problem) + status_pane(self._progress)
        finally:
            self._hold(False)

    @property
    def _progress(self):
        return f"{self._asked} of {self._count} asked"

    def _show_progress(self):
        self.status.value = status_pane(self._progress)

    def _hold(self, held):
        for button in self._buttons:
            button.disabled = held

    def _ended(self, done):
        """How calls ended that nothing stopped, though some may have failed."""
        if not self._failures:
            return status_pane(done)
        words = (
            f"{done} {len(self._failures)} of {self._count} calls failed, the first:"
        )
        return status_pane(words) + failure_pane(self._failures[0])
