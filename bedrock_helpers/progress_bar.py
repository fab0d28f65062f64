"""A bar that shows how many calls have been made, in a notebook."""

import sys
from contextlib import contextmanager

from ipywidgets import IntProgress


class _Bar(IntProgress):
    """A bar whose trace in a stored notebook is the same after every run."""

    def __repr__(self):
        return f"{self.max} items, one call each"


@contextmanager
def progress_bar(count, wanted=True):
    """
    Give the function to call after each item; in a notebook it moves a bar.

    Parameters
    ----------
    count : int
        How many items there are.
    wanted : bool

    Yields
    ------
    callable
        To be called in the thread that opened it; outside a notebook it does
        nothing.

    Examples
    --------
    >>> with progress_bar(2) as advance:
    ...     advance()
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if not wanted or not hasattr(shell, "kernel"):
        yield lambda: None
        return
    from IPython.display import display

    bar = _Bar(max=count, description=f"0 of {count}")

    def advance():
        with bar.hold_sync():
            bar.value += 1
            bar.description = f"{bar.value} of {count}"

    try:
        display(bar)
        yield advance
    finally:
        for part in (bar, bar.layout, bar.style):
            part.close()
