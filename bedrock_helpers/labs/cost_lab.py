"""A lab on what a workload costs a month, with several models side by side."""

import ipywidgets

from bedrock_helpers import catalog
from bedrock_helpers.labs.cost_picture import (
    FEWEST,
    MOST,
    cost_picture,
    units_of,
    units_source,
)
from bedrock_helpers.labs.cost_rows import (
    cost_code,
    cost_row,
    name_of,
    reckoning,
    rows_words,
    shape_words,
    sources_words,
    table_cells,
)
from bedrock_helpers.labs.count_control import CountControl
from bedrock_helpers.labs.explained import failure_pane, status_pane
from bedrock_helpers.labs.own_keys import own_keys
from bedrock_helpers.labs.panes import code_pane, shown
from bedrock_helpers.labs.usd_words import usd_words
from bedrock_helpers.labs.word_table import table_html
from bedrock_helpers.other_prices import provisioned_ids
from bedrock_helpers.pricing import known_ids, price_of
from bedrock_helpers.workload import Workload

#: So many lines can be told apart.
MOST_MODELS = 8
_TODAY = (catalog.NOVA_MICRO, catalog.NOVA_LITE, catalog.GPT_OSS_20B)
_TODAY += (f"us.{catalog.CLAUDE_HAIKU_4_5}",)
_LAUNCH = ("anthropic.claude-v2", "anthropic.claude-instant-v1")
_LAUNCH += ("cohere.command-text-v14", "amazon.titan-text-express-v1")
#: A cache of five minutes cannot lapse more often in a day.
_MOST_WRITES = 24 * 60 // 5
_LABELS = {"description_width": "14em"}
_ONE = "of one request, on average"


class CostLab(ipywidgets.VBox):
    """
    A workload by sliders, and what it costs a month with each chosen model.

    Parameters
    ----------
    model_ids : sequence of str, optional
        What is chosen first, as called; otherwise the lessons' models, or on launch
        day four of that day.
    on : str, optional
        ``"2023-09-28"`` for launch day's prices.

    Attributes
    ----------
    models : ipywidgets.SelectMultiple
        ``lab.models.value = (id, id)`` chooses.
    requests_per_day, input_tokens, output_tokens : CountControl
    cached_share, batch_share : ipywidgets.FloatSlider
        From 0 to 1.
    cache_writes_per_day : ipywidgets.IntSlider
    provisioned : ipywidgets.Checkbox
        Whether model units of provisioned throughput are drawn too; offered where a
        chosen model has a known price of it.
    months : ipywidgets.Dropdown
        Their term, 0 for none.
    unit_tokens_per_minute : CountControl
        What one model unit does: an assumption, since AWS does not publish it.
    chart, table, summary, call, message : ipywidgets.HTML
    rows : list of CostRow
    workload : Workload
    code : str
        The same computation as Python.

    Raises
    ------
    UnknownPriceError
        If a model of ``model_ids`` has no known price.

    Examples
    --------
    >>> lab = CostLab(["amazon.nova-micro-v1:0"])
    >>> lab.requests_per_day.value, lab.input_tokens.value = 5000, 1000
    >>> lab.output_tokens.value = 200
    >>> lab
    CostLab: Nova Micro 9.45, in USD a month; 5,000 requests a day, 1,000 + 200 tokens
    """

    def __init__(self, model_ids=None, on=None):
        self._on = on
        default = _TODAY if on is None else _LAUNCH
        chosen = tuple(default if model_ids is None else model_ids)
        self._make_controls(chosen)
        panes = [ipywidgets.HTML() for _ in range(5)]
        self.summary, self.message, self.chart, self.table, self.call = panes
        self._update()
        units = (self.provisioned, self.months, self.unit_tokens_per_minute)
        for control in (self.models, *self._sliders, *units):
            control.observe(self._update, "value")
        shown_rows = [self.models, _hint(), *self._sliders, *units, *panes]
        super().__init__([*shown_rows, own_keys()])

    def _make_controls(self, chosen):
        self.models = _menu(chosen, self._on)
        self.requests_per_day = CountControl(
            "requests a day", 5000, FEWEST, MOST, "all days alike"
        )
        self.input_tokens = CountControl("input tokens", 1000, 10, 10**6, _ONE)
        self.output_tokens = CountControl("output tokens", 200, 1, 10**5, _ONE)
        self.cached_share = _share_slider("cached share of input")
        self.batch_share = _share_slider("share sent as batch")
        self.cache_writes_per_day = ipywidgets.IntSlider(
            24,
            1,
            _MOST_WRITES,
            description="cache writes a day",
            tooltip="how often the cache had lapsed",  # without one: "null"
            **_look(),
        )
        self._sliders = (
            self.requests_per_day,
            self.input_tokens,
            self.output_tokens,
            self.cached_share,
            self.batch_share,
            self.cache_writes_per_day,
        )
        self._make_unit_controls()

    def _make_unit_controls(self):
        self.provisioned = ipywidgets.Checkbox(
            description="draw provisioned throughput",
            tooltip="model units, paid for by the hour",
            layout=ipywidgets.Layout(width="40em"),
            style=_LABELS,
        )
        self.months = ipywidgets.Dropdown(
            options=[("none", 0), ("1 month", 1), ("6 months", 6)],
            value=1,
            description="a unit's term",
            tooltip="of provisioned throughput",
            style=_LABELS,
        )
        self.unit_tokens_per_minute = CountControl(
            "a unit's tokens a minute", 100_000, 1000, 10**7, "in and out together"
        )

    def __repr__(self):
        """Say what the month costs with each model, then the workload."""
        return f"CostLab: {rows_words(self.rows)}; {shape_words(self.workload)}"

    @property
    def workload(self):
        """What the sliders say."""
        return Workload(
            requests_per_day=self.requests_per_day.value,
            input_tokens=self.input_tokens.value,
            output_tokens=self.output_tokens.value,
            cached_share=self.cached_share.value,
            batch_share=self.batch_share.value,
            cache_writes_per_day=self.cache_writes_per_day.value,
        )

    @property
    def code(self):
        """The same computation as Python."""
        return cost_code(self.workload, self.rows, self._on)

    def figure(self):
        """
        The chart with all costs as a picture, for readers without a kernel.

        Returns
        -------
        IPython.display.SVG or IPython.display.Markdown
            Words where there is no chart.
        """
        from IPython.display import SVG, Markdown

        chart = self._picture(self._notes())
        return SVG(chart) if chart else Markdown(shown(repr(self)))

    def _update(self, _=None):
        """Work out everything anew; what goes wrong is told in the lab."""
        try:
            self._work_out()
            self.message.value = self._remark()
        except Exception as problem:
            self.message.value = failure_pane(problem)

    def _work_out(self):
        workload, chosen = self.workload, self.models.value[:MOST_MODELS]
        self.rows = [cost_row(workload, one, self._on) for one in chosen]
        self._show_unit_controls()
        self.chart.value = self._picture()
        table = table_html(table_cells(self.rows), "What a month costs")
        self.table.value = f"{table}<p>{shown(self._sources())}</p>"
        self.call.value = code_pane(self.code, "the same as Python")
        self.summary.value = self._summary()

    def _show_unit_controls(self):
        sold = any(row.model_id in provisioned_ids() for row in self.rows)
        drawn = sold and self.provisioned.value
        for control, is_shown in (
            (self.provisioned, sold),
            (self.months, drawn),
            (self.unit_tokens_per_minute, drawn),
        ):
            control.layout.display = None if is_shown else "none"

    @property
    def _units(self):
        if not self.provisioned.value:
            return []
        tokens = self.unit_tokens_per_minute.value
        return units_of(self.rows, self.workload, self.months.value, tokens)

    def _picture(self, notes=()):
        units, title = self._units, repr(self)
        return cost_picture(self.rows, units, self.workload, title, notes, self._on)

    def _notes(self):
        notes = [f"{row.name}: {row.unknown or _costs(row)}" for row in self.rows]
        return [*notes, self._sources()]

    def _sources(self):
        tokens = sources_words([row.model_id for row in self.rows], self._on)
        return f"{tokens} {units_source(self._units)}".strip()

    def _remark(self):
        if not self.rows:
            return status_pane("Choose a model, or several: hold Ctrl or ⌘.")
        if all(row.unknown for row in self.rows):
            return status_pane("No line to draw: see the table for what is not known.")
        if self.provisioned.value and not self._units:
            return status_pane("No price of a model unit is known for this term.")
        left_out = len(self.models.value) - len(self.rows)
        many = f"Shown are {MOST_MODELS} models; {left_out} more are chosen."
        return status_pane(many if left_out else "")

    def _summary(self):
        known = [row for row in self.rows if not row.unknown]
        if not known:
            return ""
        cheapest = min(known, key=lambda row: row.month_usd)
        lines = "<br>".join(map(shown, reckoning(self.workload, cheapest, self._on)))
        month = usd_words(cheapest.month_usd)
        told = f"Cheapest: <b>{shown(cheapest.name)}, {month} a month</b>."
        return status_pane(f"{told} That is<br>{lines}")


def _costs(row):
    month, thousand = usd_words(row.month_usd), usd_words(row.thousand_usd)
    return f"{month} a month, {thousand} per 1,000 requests"


def _menu(chosen, on):
    """All ids that are priced by tokens in and out, the chosen ones on top."""
    for model_id in chosen:
        price_of(model_id, on=on)  # one without a price is told at once
    ids = [i for i in known_ids(on=on) if price_of(i, on=on).usd_per_million_output]
    ids = list(dict.fromkeys([*chosen, *sorted(ids, key=lambda i: (name_of(i), i))]))
    return ipywidgets.SelectMultiple(
        options=[(f"{name_of(i)}: {i}", i) for i in ids],
        value=chosen,
        rows=7,
        description="models",
        tooltip="the ids to call",
        layout=ipywidgets.Layout(width="52em"),
        style=_LABELS,
    )


def _hint():
    return ipywidgets.HTML(
        f"Several models: Ctrl or ⌘ and a click, or Shift and the arrow keys; up to "
        f"{MOST_MODELS}. Every slider is an assumption of yours."
    )


def _share_slider(description):
    return ipywidgets.FloatSlider(
        0.0,
        min=0,
        max=1,
        step=0.05,
        description=description,
        tooltip="0: none, 1: all",
        **_look(),
    )


def _look():
    """A layout for each slider alone: some of them are hidden at times."""
    return {"layout": ipywidgets.Layout(width="40em"), "style": _LABELS}
