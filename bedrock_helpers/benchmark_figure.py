"""A plot that says in words what it shows, and has its numbers as a table."""

import re
from html import escape
from io import StringIO

import matplotlib
from matplotlib.figure import Figure

from bedrock_helpers.answered_by import LIVE, made_just_now

#: The same drawing on every machine: text stays text, ids come from the content.
_SVG = {"svg.fonttype": "none", "svg.hashsalt": "benchmark", "font.size": 10}
_WIDTH_IN, _HEIGHT_IN = 8.0, 4.2
#: Told apart without colours too: by line and by mark.
COLORS = ("#2a5d9f", "#b3261e", "#2e7d32", "#7b4fa3", "#8a5a00", "#444444")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
MARKS = ("o", "s", "^", "D", "v", "P")


class BenchmarkFigure(Figure):
    """
    A matplotlib figure with a sentence and a table for readers without pictures.

    Jupyter shows it as SVG, whose title is the sentence; in plain text it is the
    sentence and the table. It never touches ``pyplot``.

    Parameters
    ----------
    title : str
        What is shown.
    measured : str
        What was measured, where and when; stands below.
    panels : int
        Drawings side by side.

    Attributes
    ----------
    words : str
        The sentence.
    table : pandas.DataFrame or None
        The numbers that are drawn.
    """

    def __init__(self, title="", measured="", panels=1):
        super().__init__(figsize=(_WIDTH_IN, _HEIGHT_IN), layout="constrained")
        self.words, self.table = f"{title}. {measured}", None
        self.suptitle(title, fontsize=11, fontweight="bold")
        self.supxlabel(measured, fontsize=8, color="#444444")
        self.panels = [self.add_subplot(1, panels, n + 1) for n in range(panels)]
        for axes in self.panels:
            axes.spines[["top", "right"]].set_visible(False)
            axes.grid(color="#dddddd", linewidth=0.6)
            axes.set_axisbelow(True)

    def __repr__(self):
        """Show the sentence, and the table below it."""
        table = "" if self.table is None else f"\n{self.table.to_string()}"
        return self.words + table

    __str__ = __repr__

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/svg+xml": self.svg(), "text/plain": repr(self)}

    def svg(self):
        """
        The picture alone.

        Returns
        -------
        str
            SVG with the sentence as its title.
        """
        drawn = StringIO()
        with matplotlib.rc_context(_SVG):
            self.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
        svg = re.sub(r"\A.*?<svg", "<svg", drawn.getvalue(), flags=re.DOTALL)
        svg = re.sub(r" *<metadata>.*?</metadata>\n", "", svg, flags=re.DOTALL)
        said = escape(self.words)
        head = f'<svg role="img" aria-label="{said}"'
        return re.sub(r"<svg([^>]*)>", rf"{head}\1><title>{said}</title>", svg, count=1)


def measured_words(*tables):
    """
    What was measured in runs: whose calls, where, with what, and when.

    Parameters
    ----------
    *tables : pandas.DataFrame
        Of :func:`bedrock_helpers.benchmark.run` or ``load``.

    Returns
    -------
    str

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"model_id": ["amazon.nova-micro-v1:0"], "error": "",
    ...     "answered_by": "SmolLM2-135M on this machine, just now (offline)"})
    >>> table.attrs["about"] = {"measured_on": "2026-11-25T09:00:00+00:00",
    ...     "machine": "Linux x86_64, 2 CPUs", "region_name": "us-east-1"}
    >>> measured_words(table)
    'SmolLM2-135M through the offline Bedrock, Linux x86_64, 2 CPUs,
    2026-11-25: no speed of AWS'
    """
    abouts = [table.attrs.get("about", {}) for table in tables]
    days = sorted({about.get("measured_on", "day unknown")[:10] for about in abouts})
    answerers = {who for t in tables for who in t["answered_by"] if who}
    ids = list(dict.fromkeys(one for t in tables for one in t["model_id"]))
    said = [_who(who, ids, abouts) for who in sorted(answerers)] or ["no call answered"]
    note = "" if answerers <= {LIVE} else ": no speed of AWS"
    return f"{'; '.join(said)}, {' and '.join(days)}{note}"


def _who(words, ids, abouts):
    if words == LIVE:
        regions = sorted({about.get("region_name", "") for about in abouts})
        return f"{', '.join(ids)} on Amazon Bedrock, {', '.join(regions)}"
    if not made_just_now(words):
        return f"left out: {words}"
    machines = sorted({about.get("machine", "") for about in abouts})
    model = words.partition(" on this machine")[0]
    return f"{model} through the offline Bedrock, {', '.join(machines)}"
