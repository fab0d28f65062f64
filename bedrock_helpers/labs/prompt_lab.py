"""A lab that compares two prompts: on one input by hand, and on many with scores."""

import time

import ipywidgets
from IPython.display import Markdown

from bedrock_helpers import evaluation
from bedrock_helpers.labs.explained import status_pane
from bedrock_helpers.labs.own_keys import own_keys
from bedrock_helpers.labs.panes import shown
from bedrock_helpers.labs.prompt_asking import Asking
from bedrock_helpers.labs.prompt_input import (
    PromptInput,
    check_prompts,
    checked_items,
    variables_html,
)
from bedrock_helpers.labs.prompt_rows import (
    answers_html,
    own_columns,
    right_words,
    row_cells,
    score_cells,
    verdict_words,
)
from bedrock_helpers.labs.word_table import markdown_text, table_html, table_markdown
from bedrock_helpers.scoring import Score

_NONE_YET = "No run yet."
_RUN_BEFORE = "The prompts have changed since this run: scores are of those before."
_ANSWERED_BEFORE = "These are answers to what was asked before your last change."
_SIDE_BY_SIDE = {"display": "flex", "flex_flow": "row wrap", "width": "100%"}
_HALF = {"width": "24em", "flex": "1 1 24em"}


class PromptLab(ipywidgets.VBox):
    """
    Two prompts on the same inputs: the answers to one, and the scores over many.

    Parameters
    ----------
    ask : callable
        Your own function: takes a prompt, returns what ``bedrock.converse(…)``
        returned.
    items : pandas.DataFrame
        Such as reviews: ``{text}`` in a prompt is an item's field ``text``.
    score : callable
        See :mod:`bedrock_helpers.scoring`.
    prompts : tuple of str
        What stands in the two prompt fields first.
    count : int
        How many items a run covers at first.
    model_id : str, optional
        The id that ``ask`` calls, to know what right answers cost.
    columns : sequence of str, optional
        The fields of an item to show beside its replies; otherwise ``text`` and
        ``label``, or all where there are none of these.
    clock : callable
        Gives seconds, to show progress no more often than an eye can follow.

    Attributes
    ----------
    first, second : ipywidgets.Textarea
        Prompt A and prompt B, as templates.
    input : PromptInput
    item : ipywidgets.IntSlider
        Which item is shown, from 1.
    fields : dict
        From a variable of a prompt to the field with its value.
    filled_first, filled_second : ipywidgets.HTML
        The prompts for the fields as they are, or what is wrong with a template.
    count : ipywidgets.IntSlider
    try_one, run : ipywidgets.Button
        They do the same as :meth:`ask_once` and :meth:`start`.
    answers, status, scores, verdict, rows : ipywidgets.HTML
    results : dict
        From "A" and "B" to what ``evaluation.run`` returned in the last run.
    error : str
        What went wrong last, empty when nothing did.

    Examples
    --------
    >>> import pandas as pd
    >>> from bedrock_helpers.scoring import one_of
    >>> def ask(prompt):  # yours: return bedrock.converse(…)
    ...     said = "Yes." if "one word" in prompt else "Yes, it is."
    ...     return {"output": {"message": {"content": [{"text": said}]}}}
    >>> items = pd.DataFrame({"text": ["Nice", "Fine"], "label": "yes"})
    >>> prompts = ("Is it good? {text}", "Good? In one word: {text}")
    >>> lab = PromptLab(ask, items, one_of(["yes", "no"]), prompts)
    >>> lab.start()
    >>> lab
    PromptLab: A 0 of 2 right, B 2 of 2 right
    """

    def __init__(
        self,
        ask,
        items,
        score,
        prompts=("", ""),
        count=8,
        *,
        model_id=None,
        columns=None,
        clock=time.perf_counter,
    ):
        self._score, self._called_id = score, model_id
        self._items = checked_items(items)
        self._columns = own_columns(self._items, columns)
        self.results, self._ran, self._wanted = {}, {}, 0
        self._answered, self._tried = {}, ()
        self.first, self.second = _template("A", prompts[0]), _template("B", prompts[1])
        self.input = PromptInput(self._items)
        self.item = self.input.item
        self.count = _count(count, len(self._items))
        self._make_buttons()
        self._make_panes()
        self._asking = Asking(ask, self.status, [self.try_one, self.run], clock)
        self._listen()
        self._update()
        self._count_changed()
        super().__init__(self._parts())

    def _make_buttons(self):
        self.try_one = ipywidgets.Button(
            description="Try", tooltip="Ask both prompts for the fields shown"
        )
        self.run = ipywidgets.Button(
            description="Run", tooltip="Ask both prompts about the first items"
        )

    def _make_panes(self):
        self.filled_first = ipywidgets.HTML(layout=ipywidgets.Layout(**_HALF))
        self.filled_second = ipywidgets.HTML(layout=ipywidgets.Layout(**_HALF))
        self._calls, self.answers = ipywidgets.HTML(), ipywidgets.HTML()
        self.status = ipywidgets.HTML(status_pane(_NONE_YET))
        self.scores, self.verdict = ipywidgets.HTML(), ipywidgets.HTML()
        self.rows = ipywidgets.HTML()

    def _listen(self):
        self.input.on_change = self._update
        for field in (self.first, self.second):
            field.observe(self._update, "value")
        self.count.observe(self._count_changed, "value")
        self.try_one.on_click(lambda _: self.ask_once())
        self.run.on_click(lambda _: self.start())

    def _parts(self):
        filled = [self.filled_first, self.filled_second]
        side_by_side = ipywidgets.Layout(**_SIDE_BY_SIDE)
        return [
            ipywidgets.Box([self.first, self.second], layout=side_by_side),
            ipywidgets.HTML(variables_html(self._items)),
            self.input,
            ipywidgets.Box(filled, layout=side_by_side),
            ipywidgets.Box(
                [self.try_one, self.count, self.run, self._calls], layout=side_by_side
            ),
            *(self.status, self.answers, self.scores, self.verdict, self.rows),
            own_keys(),
        ]

    def __repr__(self):
        """Say how many each prompt had right."""
        words = right_words(self.results) or "no run yet"
        ended = f"; last error: {self.error.partition(':')[0]}" if self.error else ""
        return f"PromptLab: {words}{ended}"

    @property
    def prompts(self):
        """The two templates as they stand: "A" and "B" to a str."""
        return {"A": self.first.value, "B": self.second.value}

    @property
    def error(self):
        """What went wrong last, empty when nothing did."""
        return self._asking.error

    @property
    def fields(self):
        """From each variable that a prompt uses to the field with its value."""
        return self.input.fields

    def ask_once(self):
        """Ask both prompts for the fields shown, and show the two answers."""
        if self._asking.is_busy:
            return
        answered, item, is_own = {}, self.input.value, self.input.is_own
        score = _unscored if is_own else self._score
        with self._asking.calls(2, f"Asked both prompts for item {self.item.value}."):
            check_prompts(self.prompts, [item])
            for name, template in self.prompts.items():
                answered[name] = self._evaluated(template, [item], score).iloc[0]
                self._answered, self._tried = answered, (self.prompts, item, is_own)
                self._show_answers()

    def start(self):
        """Ask both prompts about the first items, score and compare them."""
        if self._asking.is_busy:
            return
        items = self._items.head(self.count.value)
        done = f"Asked both prompts about {len(items)} item{'s' * (len(items) > 1)}."
        results, ran = {}, self.prompts
        try:
            with self._asking.calls(2 * len(items), done):
                check_prompts(ran, items.to_dict("records"))
                for name, template in ran.items():
                    self._run_into(results, name, template, items)
        finally:
            if results:  # else those of the last run stay
                self.results, self._ran, self._wanted = results, ran, len(items)
                self._show_results()

    def figure(self):
        """
        Scores and rows of the last run for readers without a kernel.

        Returns
        -------
        IPython.display.Markdown
        """
        if not self.results:
            return Markdown(_NONE_YET)
        scores = table_markdown(score_cells(self.results))
        verdict = markdown_text(verdict_words(self.results, self._wanted))
        rows = table_markdown(row_cells(self.results, self._columns))
        return Markdown(f"{scores}\n\n{verdict}\n\n{rows}")

    def _run_into(self, results, name, template, items):
        """Run one prompt; what came is kept even where it ends before its time."""
        try:
            results[name] = self._evaluated(template, items, self._score)
        except BaseException as problem:
            if len(getattr(problem, "results", ())):
                results[name] = problem.results
            raise

    def _evaluated(self, template, items, score):
        options = {"model_id": self._called_id, "show_progress": False}
        return evaluation.run(self._asking, template, items, score, **options)

    def _update(self, _=None):
        """Show what the prompts are now, and say what is of others."""
        self.input.offer(self.prompts.values())
        self.filled_first.value = self.input.filled(self.first.value, "A")
        self.filled_second.value = self.input.filled(self.second.value, "B")
        self._show_answers()
        self._show_verdict()

    def _count_changed(self, _=None):
        self._calls.value = f"{2 * self.count.value} calls"

    def _show_answers(self):
        if not self._answered:
            return
        prompts, item, is_own = self._tried
        is_past = (self.prompts, self.input.value) != (prompts, item)
        note = f"<p>{_ANSWERED_BEFORE}</p>" if is_past else ""
        self.answers.value = note + answers_html(self._answered, is_own)

    def _show_verdict(self):
        note = _RUN_BEFORE if self.results and self.prompts != self._ran else ""
        words = f"{note} {verdict_words(self.results, self._wanted)}".strip()
        self.verdict.value = f"<p>{shown(words)}</p>" if words else ""

    def _show_results(self):
        self._show_verdict()
        self.scores.value = table_html(score_cells(self.results), "Scores")
        cells = row_cells(self.results, self._columns)
        asked, of = len(cells) - 1, max(map(len, self.results.values()))
        which = f"The first {asked} of {of} items" if asked < of else "All items"
        self.rows.value = table_html(cells, f"{which} asked about")


def _template(name, value):
    return ipywidgets.Textarea(
        value=value,
        description=f"prompt {name}",
        layout=ipywidgets.Layout(height="8em", **_HALF),
    )


def _count(count, most):
    return ipywidgets.IntSlider(
        min(count, most),
        1,
        most,
        description="items to run",
        tooltip="how many items a run covers",  # without one it is "null"
        style={"description_width": "8em"},
        layout=ipywidgets.Layout(width="28em"),
    )


def _unscored(text, item):
    """What a reply to an input of the learner's own is worth: nobody knows."""
    return Score(valid=False, correct=False)
