"""A lab on when a dearer model costs less per right answer than a cheaper one."""

import ipywidgets

from bedrock_helpers import catalog
from bedrock_helpers.cost_per_correct import ExampleTask
from bedrock_helpers.labs.cost_rows import name_of, sources_words
from bedrock_helpers.labs.count_control import CountControl
from bedrock_helpers.labs.explained import failure_pane, status_pane
from bedrock_helpers.labs.own_keys import own_keys
from bedrock_helpers.labs.panes import code_pane, shown
from bedrock_helpers.labs.threshold_picture import (
    SHOWN_EXAMPLES,
    Contender,
    Contest,
    contest_code,
    contest_picture,
)
from bedrock_helpers.pricing import price_of

_WIDE = ipywidgets.Layout(width="42em")
_LABELS = {"description_width": "14em"}


class ThresholdLab(ipywidgets.VBox):
    """
    A dear model against a cheap one that needs more examples in its prompt.

    Accuracies, examples, hours and rates are assumptions: put your own in. Prices
    and models are launch day's, those of the overview's own case (natural language
    to SQL with Claude v2 or Claude Instant), unless you say otherwise.

    Parameters
    ----------
    dear, cheap : str
        Ids of models.
    on : str, optional
        The day of the prices; None for today's.
    base_tokens, output_tokens : int
        Of the prompt without examples, and of an answer.
    dear_examples : int
        Examples in the dear model's prompt.
    checking_usd : float
        What finding out costs, for each answer, whether it is right.

    Attributes
    ----------
    dear_accuracy, cheap_accuracy : ipywidgets.FloatSlider
        The share of right answers, with the examples each is given.
    examples : ipywidgets.IntSlider
        In the cheap model's prompt.
    example_tokens : ipywidgets.IntSlider
    hours_per_example, usd_per_hour : ipywidgets.FloatSlider
        A developer's time to write and try one, and what it costs.
    calls : CountControl
        Over how many calls that time is spread.
    verdict, chart, call, message : ipywidgets.HTML
    contest : Contest
        What the sliders say; ``lab.contest.threshold`` is exact.
    code : str
        The same computation as Python.

    Raises
    ------
    UnknownPriceError
        If the price of one of the two is not known.

    Examples
    --------
    >>> lab = ThresholdLab()
    >>> lab.cheap_accuracy.value, lab.hours_per_example.value = 0.75, 0
    >>> round(lab.contest.threshold, 1)
    Decimal('24.3')
    >>> lab
    ThresholdLab: equal at 24.3 examples; at 20 Claude v2 0.00975, Claude Instant ...
    """

    def __init__(
        self,
        dear="anthropic.claude-v2",
        cheap="anthropic.claude-instant-v1",
        *,
        on=catalog.LAUNCH_DAY,
        base_tokens=500,
        output_tokens=100,
        dear_examples=0,
        checking_usd=0,
    ):
        self._ids, self._on, self._dear_examples = (dear, cheap), on, dear_examples
        self._prices = [price_of(model_id, on=on) for model_id in self._ids]
        self._names = [name_of(model_id) for model_id in self._ids]
        self._tokens = {"base_tokens": base_tokens, "output_tokens": output_tokens}
        self._checking_usd = checking_usd
        self._make_controls()
        panes = [ipywidgets.HTML() for _ in range(4)]
        self.verdict, self.message, self.chart, self.call = panes
        self._update()
        for slider in self._sliders:
            slider.observe(self._update, "value")
        super().__init__([*self._sliders, *panes, own_keys()])

    def _make_controls(self):
        whole, broken = ipywidgets.IntSlider, ipywidgets.FloatSlider
        dear, cheap = self._names
        self.dear_accuracy = _accuracy_slider(dear, 0.9)
        self.cheap_accuracy = _accuracy_slider(cheap, 0.8)
        self.examples = _slider(whole, "examples in its prompt", 20, SHOWN_EXAMPLES, 1)
        self.example_tokens = _slider(whole, "tokens an example", 150, 1000, 10)
        self.hours_per_example = _slider(broken, "hours an example", 0.25, 4, 0.05)
        self.usd_per_hour = _slider(broken, "USD an hour", 60, 300, 5)
        self.calls = CountControl(
            "calls in all", 100_000, 100, 10**8, "the hours are spread over them"
        )
        accuracies = (self.dear_accuracy, self.cheap_accuracy)
        work = (self.hours_per_example, self.usd_per_hour, self.calls)
        self._sliders = (*accuracies, self.examples, self.example_tokens, *work)

    def __repr__(self):
        """Say what a right answer costs with both, and where they are equal."""
        return f"ThresholdLab: {self.contest.words()}"

    @property
    def contest(self):
        """What the sliders say."""
        task = ExampleTask(
            **self._tokens,
            example_tokens=self.example_tokens.value,
            hours_per_example=self.hours_per_example.value,
            usd_per_hour=self.usd_per_hour.value,
            calls=self.calls.value,
            checking_usd=self._checking_usd,
        )
        accuracies = self.dear_accuracy.value, self.cheap_accuracy.value
        counts = self._dear_examples, self.examples.value
        given = zip(self._names, self._prices, accuracies, counts, strict=True)
        return Contest(task, *(Contender(*one) for one in given))

    @property
    def code(self):
        """The same computation as Python."""
        return contest_code(self.contest, self._on)

    def figure(self):
        """
        The chart with what it assumes as a picture, for readers without a kernel.

        Returns
        -------
        IPython.display.SVG
        """
        from IPython.display import SVG

        contest = self.contest
        notes = [contest.verdict, *contest.assumed(), self._sources()]
        return SVG(contest_picture(contest, repr(self), notes))

    def _sources(self):
        return sources_words(self._ids, self._on)

    def _update(self, _=None):
        """Work out everything anew; what goes wrong is told in the lab."""
        try:
            contest = self.contest
            said = f"<b>{shown(contest.verdict)}</b> {shown(self._sources())}"
            self.verdict.value = status_pane(said)
            self.chart.value = contest_picture(contest, repr(self))
            self.call.value = code_pane(self.code, "the same as Python")
            self.message.value = ""
        except Exception as problem:
            self.message.value = failure_pane(problem)


def _accuracy_slider(name, value):
    return ipywidgets.FloatSlider(
        value,
        min=0.05,
        max=1,
        step=0.01,
        description=f"right: {name}",
        tooltip="the share of its answers that is right: your assumption",
        layout=_WIDE,
        style=_LABELS,
    )


def _slider(kind, description, value, most, step):
    return kind(
        value,
        min=0,
        max=most,
        step=step,
        description=description,
        tooltip="your assumption",  # without one, ipywidgets shows "null"
        layout=_WIDE,
        style=_LABELS,
    )
