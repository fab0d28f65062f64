"""A lab to set sampling parameters by hand, see both calls, and compare replies."""

import copy
import time

import ipywidgets

from bedrock_helpers import catalog
from bedrock_helpers.answered_by import answered_by
from bedrock_helpers.converse_parameters import (
    ROLES,
    converse_exclusions,
    converse_request,
    converse_specs,
)
from bedrock_helpers.labs.call_code import converse_code, invoke_code
from bedrock_helpers.labs.explained import explained, failure_pane, status_pane
from bedrock_helpers.labs.model_choice import ModelChoice
from bedrock_helpers.labs.own_keys import own_keys
from bedrock_helpers.labs.panes import code_pane, shown, text_pane
from bedrock_helpers.labs.parameter_controls import NumberControl
from bedrock_helpers.labs.parameter_run import Pace, StreamReading, said
from bedrock_helpers.labs.runs_table import Figure, runs_html, setting_words
from bedrock_helpers.labs.strings_control import StringsControl

_SIDE_BY_SIDE = {"display": "flex", "flex_flow": "row wrap"}


class ParameterLab(ipywidgets.VBox):
    """
    A model, a prompt and its parameters; the calls they make; replies side by side.

    Parameters
    ----------
    ask : callable
        Your own function: takes the request, a dict, and returns what
        ``bedrock.converse_stream(**request)`` returns.
    prompt : str
        What stands in the prompt field first.
    model_id : str
    models : sequence of str, optional
        Ids to choose from; otherwise every chat model of the catalogue.
    clock : callable
        Gives seconds; its differences are shown as latency.

    Attributes
    ----------
    model : ModelChoice
    prompt : ipywidgets.Textarea
    max_tokens, temperature, top_p, top_k, stop_sequences : ParameterControl
        ``lab.temperature.value = 0.9`` sets one, ``= None`` unsets it.
    note : ipywidgets.HTML
        What the last change did to other settings.
    call, body : ipywidgets.HTML
        The call of Converse, and of InvokeModel in the model's own shape.
    call_code, body_code : str
        The same as Python.
    run, clear : ipywidgets.Button
        ``run`` does the same as :meth:`start`.
    answer, runs_table : ipywidgets.HTML
    runs : list of ParameterRun
    error : str
        What went wrong in the last run, empty when nothing did.

    Examples
    --------
    >>> events = [
    ...     {"contentBlockDelta": {"delta": {"text": "Bonjour"}}},
    ...     {"messageStop": {"stopReason": "end_turn"}},
    ... ]
    >>> lab = ParameterLab(lambda request: {"stream": events}, "Greet me.")
    >>> lab.temperature.value = 0.9
    >>> lab.start()
    >>> lab
    ParameterLab: amazon.nova-micro-v1:0, temperature 0.9, 1 run
    >>> lab.runs[0].text
    'Bonjour'
    """

    def __init__(
        self,
        ask,
        prompt="",
        model_id=catalog.NOVA_MICRO,
        models=None,
        *,
        clock=time.perf_counter,
    ):
        self._ask, self._clock = ask, clock
        self.runs, self.error = [], ""
        self.model = ModelChoice(model_id, models)
        self.prompt = _prompt_field(prompt)
        self._make_controls()
        self._make_panes()
        self._make_buttons()
        self._offer()
        self._listen()
        super().__init__(self._rows())

    def _make_controls(self):
        self.max_tokens = NumberControl("max_tokens", whole=True)
        self.temperature = NumberControl("temperature")
        self.top_p = NumberControl("top_p")
        self.top_k = NumberControl("top_k", whole=True)
        self.stop_sequences = StringsControl("stop_sequences")
        self._controls = {role: getattr(self, role) for role in ROLES}

    def _make_panes(self):
        half = {"width": "32em", "flex": "1 1 32em"}
        self.call = ipywidgets.HTML(layout=ipywidgets.Layout(**half))
        self.body = ipywidgets.HTML(layout=ipywidgets.Layout(**half))
        self.note = ipywidgets.HTML(
            status_pane(""), layout=ipywidgets.Layout(min_height="2em")
        )
        self.answer = ipywidgets.HTML(text_pane("", "answer"))
        self.runs_table = ipywidgets.HTML(runs_html([]))

    def _make_buttons(self):
        self.run = ipywidgets.Button(
            description="Run", tooltip="Send the request and watch the answer arrive"
        )
        self.clear = ipywidgets.Button(
            description="Clear runs", tooltip="Empty the comparison of runs"
        )

    def _listen(self):
        self.model.observe(self._model_changed, "value")
        self.prompt.observe(self._update, "value")
        for control in self._controls.values():
            control.on_change = self._control_changed
        self.run.on_click(lambda _: self.start())
        self.clear.on_click(lambda _: self._clear_runs())

    def _rows(self):
        calls = ipywidgets.Box(
            [self.call, self.body], layout=ipywidgets.Layout(**_SIDE_BY_SIDE)
        )
        buttons = ipywidgets.HBox([self.run, self.clear])
        settings = [self.model, self.prompt, *self._controls.values(), self.note]
        panes = [calls, buttons, self.answer, self.runs_table]
        return [*settings, *panes, own_keys()]

    def __repr__(self):
        """Say what is set and how many runs there are; times differ."""
        count = f"{len(self.runs)} run{'' if len(self.runs) == 1 else 's'}"
        parts = [self.model.value, setting_words(self.settings), count]
        if self.error:
            parts.append(f"stopped by {self.error.partition(':')[0]}")
        return f"ParameterLab: {', '.join(parts)}"

    @property
    def settings(self):
        """What is set: role to value."""
        values = {role: control.value for role, control in self._controls.items()}
        return {role: value for role, value in values.items() if value is not None}

    @property
    def request(self):
        """What Run sends: the arguments of converse_stream."""
        return converse_request(self.model.value, self.prompt.value, **self.settings)

    @property
    def call_code(self):
        """The call of Converse as Python."""
        return converse_code(self.request)

    @property
    def body_code(self):
        """The call of InvokeModel, with the model's own body, as Python."""
        return invoke_code(self.model.value, self.prompt.value, self.settings)

    def start(self):
        """Send the request, show the answer as it comes, and add it to the runs."""
        if self.run.disabled:
            return
        self.run.disabled, self.error = True, ""
        request = copy.deepcopy(self.request)
        reading = StreamReading(request, self.settings, self._clock)
        try:
            reading.follow(self._ask, Pace(lambda: self._draw(reading), self._clock))
        except Exception as problem:
            reading.problem = problem
            self.error = said(problem)
        finally:
            self.run.disabled = False
            self._finish(reading)

    def figure(self):
        """
        The call and the runs, without times, for readers without a kernel.

        Returns
        -------
        Figure
            Shown by Jupyter as HTML; printed as plain text.
        """
        return Figure(self.call_code, self.runs)

    def _offer(self):
        """Make the controls those of the chosen model; say what that changed."""
        specs = {spec.role: spec for spec in converse_specs(self.model.value)}
        told = []
        for role, control in self._controls.items():
            told += control.offer(specs.get(role), self.model.value)
        self._say(told + self._exclude())
        self._update()

    def _model_changed(self, change):
        self._offer()

    def _control_changed(self, control):
        self._say(self._exclude(control.role))
        self._update()

    def _exclude(self, kept=None):
        """Unset what may not stand beside the one kept."""
        told = []
        for roles in converse_exclusions(self.model.value):
            given = [role for role in ROLES if role in roles & self.settings.keys()]
            for role in given:
                if role != (kept if kept in given else given[0]):
                    self._controls[role].unset()
                    pair = " and ".join(r for r in ROLES if r in roles)
                    told.append(
                        f"{role} is unset: this model takes only one of {pair}."
                    )
        return told

    def _say(self, sentences):
        self.note.value = status_pane(shown(" ".join(sentences)))

    def _update(self, change=None):
        self.call.value = code_pane(self.call_code, "the call of Converse")
        self.body.value = code_pane(self.body_code, "the model's own body, InvokeModel")

    def _draw(self, reading):
        self.answer.value = _arriving(reading, "Arriving …")

    def _finish(self, reading):
        """Show how it ended; keep what came of a reply."""
        failed = failure_pane(reading.problem) if reading.problem else ""
        if reading.reply is None:
            self.answer.value = failed
            return
        run = reading.record()
        self.runs.append(run)
        ending = f"Ended with {run.stop_reason}."
        if run.is_complete:
            failed = f"<p>{explained({'stopReason': run.stop_reason})}</p>"
        else:
            ending = "Incomplete: the stream broke before its end."
            failed = failed or f"<p>{explained([])}</p>"  # no event says why
        self.answer.value = _arriving(reading, ending) + failed
        self.runs_table.value = runs_html(self.runs)

    def _clear_runs(self):
        self.runs.clear()
        self.runs_table.value = runs_html(self.runs)


def _prompt_field(prompt):
    return ipywidgets.Textarea(
        value=prompt,
        description="prompt",
        style={"description_width": "8em"},
        layout=ipywidgets.Layout(width="52em", height="4em"),
    )


def _arriving(reading, state):
    """Who answers, how far it is, and what has come: reasoning apart from text."""
    who = shown(f"{state} Answered by {answered_by(reading.reply)}.")
    thought = reading.reasoning
    apart = f"<p>Reasoning, {len(thought):,} characters:</p>" if thought else ""
    apart += text_pane(thought, "reasoning") if thought else ""
    return f"<p>{who}</p>{apart}{text_pane(reading.text, 'answer')}"
