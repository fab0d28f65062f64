"""What was measured a moment ago, shown to the one who measured it and kept nowhere.

A stored notebook is compared with every fresh run of it. Times differ from run to
run, so they are shown in a widget, whose contents no notebook keeps; kept is only a
line that says so.
"""

import pandas as pd
from ipywidgets import HTML

from bedrock_helpers.labs.panes import shown

_FRAME = (
    "<style>.shown-now th, .shown-now td {{padding: 1px 10px; text-align: right}}"
    "</style><figure class='shown-now' style='margin: 0; padding: 4px 10px; "
    "border-left: 4px solid #2a5d9f'><figcaption>measured just now, on this machine"
    "</figcaption>{}</figure>"
)


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
        super().__init__(_FRAME.format(_html(thing)))

    def __repr__(self):
        """Say where the numbers are; the same words after every run."""
        return "(measured just now: shown while the kernel runs, not stored)"


def _html(thing):
    if isinstance(thing, pd.Series):
        thing = thing.to_frame()
    if isinstance(thing, pd.DataFrame):
        return thing.to_html(border=0, float_format="{:,.1f}".format)
    if hasattr(thing, "svg"):
        return thing.svg()
    return f"<pre>{shown(str(thing))}</pre>"
