"""What was measured a moment ago, shown to the one who measured it and kept nowhere.

A stored notebook is compared with every fresh run of it. Times differ from run to
run, so they are shown in a widget, whose contents no notebook keeps; kept is only a
line that says so.
"""

import pandas as pd
from ipywidgets import HTML

from bedrock_helpers.labs.panes import shown


class ShownNow(HTML):
    """
    A plot, a table or a text that is not stored with the notebook.

    Parameters
    ----------
    thing : BenchmarkFigure, pandas.DataFrame, pandas.Series or str
        What was just measured.

    Examples
    --------
    >>> ShownNow("0.4 s")
    (measured just now: shown while the kernel runs, not stored)
    """

    def __init__(self, thing):
        super().__init__(_html(thing))

    def __repr__(self):
        """Say where the numbers are; the same words after every run."""
        return "(measured just now: shown while the kernel runs, not stored)"


def _html(thing):
    if isinstance(thing, pd.Series):
        thing = thing.to_frame()
    if isinstance(thing, pd.DataFrame):
        return thing.to_html(
            border=0, classes="dataframe", float_format="{:,.1f}".format
        )
    if hasattr(thing, "svg"):
        return thing.svg()
    return f"<pre>{shown(str(thing))}</pre>"
