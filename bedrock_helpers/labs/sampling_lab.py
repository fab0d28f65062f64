"""A lab for temperature, top-k and top-p on a real model's next token."""

from collections import Counter

import ipywidgets
import numpy as np

from bedrock_helpers import distributions, sampling
from bedrock_helpers.labs.later import Later
from bedrock_helpers.labs.own_keys import own_keys
from bedrock_helpers.labs.panes import error_pane, shown
from bedrock_helpers.labs.token_bars import Bar, drawing
from bedrock_helpers.token_reading import percent_of

SHOWN = 12
DRAWS = 100
#: Seconds without a key before a new prompt is read.
_PAUSE_S = 0.6
_WIDE = ipywidgets.Layout(width="38em")


class SamplingLab(ipywidgets.VBox):
    """
    A prompt, three sliders, and the likeliest next tokens before and after them.

    Parameters
    ----------
    prompt : str
        A text to be gone on with. Those of the lesson are stored; any other is
        read from SmolLM2 on this machine.
    goal : (str, float), optional
        A token, and the probability to bring it to.

    Attributes
    ----------
    prompt : ipywidgets.Text
        A prompt typed here is read after a pause; from code, call :meth:`show`.
    temperature, top_p : ipywidgets.FloatSlider
    top_k : ipywidgets.IntSlider
        0 cuts nothing.
    draw_button : ipywidgets.Button
        The same as calling :meth:`draw`.
    chart, summary, message : ipywidgets.HTML
    probabilities : numpy.ndarray
        What the next token is drawn from, the likeliest first.
    drawn : dict of str to int
        How often each token was drawn; empty after a slider was moved.

    Examples
    --------
    >>> lab = SamplingLab("I hear the hoof beats of")
    >>> lab.temperature.value, lab.top_k.value = 0.5, 2
    >>> lab
    SamplingLab: temperature 0.5, top-k 2, top-p 1: 2 of 49,152 tokens, 0.95 bits
    """

    def __init__(self, prompt="I hear the hoof beats of", goal=None):
        self._goal, self.drawn, self._seed = goal, {}, 0
        self.next_tokens = distributions.next_tokens(prompt)
        if goal is not None:
            self.next_tokens.place_of(goal[0])  # one that is no token is told at once
        self.prompt = ipywidgets.Text(
            prompt, description="prompt", layout=_WIDE, style=_LABELS
        )
        self.temperature = _slider("temperature", 1.0, 2.0, 0.05, "1: as it is")
        self.top_k = ipywidgets.IntSlider(
            0,
            0,
            100,
            description="top-k (0: off)",
            tooltip="so many tokens are kept",
            layout=_WIDE,
            style=_LABELS,
        )
        self.top_p = _slider("top-p", 1.0, 1.0, 0.01, "1: off")
        self.draw_button = ipywidgets.Button(description=f"draw {DRAWS}")
        self.sliders = (self.temperature, self.top_k, self.top_p)
        panes = [ipywidgets.HTML() for _ in range(3)]
        self.summary, self.message, self.chart = panes
        self._later = Later(_PAUSE_S)
        self._listen()
        self._update()
        controls = [self.prompt, *self.sliders, self.draw_button]
        super().__init__([*controls, *panes, own_keys()])

    def _listen(self):
        for slider in self.sliders:
            slider.observe(self._update, "value")
        self.prompt.observe(self._typed, "value")
        self.draw_button.on_click(lambda _: self.draw())

    def __repr__(self):
        """Say the parameters, what is left to draw from, and how uncertain it is."""
        kept = np.count_nonzero(self.probabilities)
        return (
            f"SamplingLab: temperature {self.temperature.value:g}, "
            f"top-k {self.top_k.value}, top-p {self.top_p.value:g}: "
            f"{kept:,} of {self.probabilities.size:,} tokens, "
            f"{sampling.entropy_bits(self.probabilities):.2f} bits"
        )

    def show(self, prompt):
        """
        Read another prompt at once.

        What goes wrong is said in the lab, and the chart stays that of the prompt
        before.

        Parameters
        ----------
        prompt : str
        """
        self._later.forget()
        self.prompt.unobserve(self._typed, "value")
        self.prompt.value = prompt
        self.prompt.observe(self._typed, "value")
        self._read()

    def draw(self):
        """Draw 100 next tokens from what the sliders leave; count them."""
        self._seed += 1
        places = sampling.draw(self.probabilities, DRAWS, self._seed)
        found, counts = np.unique(places, return_counts=True)
        self._counts = dict(zip(found.tolist(), counts.tolist(), strict=True))
        drawn = Counter()  # torn characters look alike: several places, one text
        for place, count in self._counts.items():
            drawn[self.next_tokens.text(place)] += count
        self.drawn = dict(drawn.most_common())
        self._draw_chart()

    def figure(self):
        """
        The chart as a picture, for readers without a kernel.

        Returns
        -------
        IPython.display.SVG
        """
        from IPython.display import SVG

        return SVG(self.chart.value)

    def _typed(self, _):
        self.message.value = "Reading the prompt when you stop typing …"
        self._later.call(self._read)

    def _read(self):
        try:
            self.next_tokens = distributions.next_tokens(self.prompt.value)
        except Exception as error:
            self.message.value = error_pane(error)
            return
        self.message.value = ""
        self._update()

    def _update(self, _=None):
        """Work out everything anew: a slider was moved, or a prompt was read."""
        logprobs = self.next_tokens.logprobs
        warmed = sampling.apply_temperature(logprobs, self.temperature.value)
        cut = sampling.keep_top_k(warmed, self.top_k.value)
        self.probabilities = sampling.keep_top_p(cut, self.top_p.value)
        self._left = [np.count_nonzero(p) for p in (warmed, cut, self.probabilities)]
        self._counts, self.drawn = None, {}
        self._draw_chart()

    def _draw_chart(self):
        own = np.exp(self.next_tokens.logprobs)
        own /= own.sum()
        bars = [self._bar(place, own) for place in range(SHOWN)]
        self.chart.value = drawing([*bars, self._rest(own)], self._cuts(), repr(self))
        self.summary.value = self._summary(own)

    def _bar(self, place, own):
        after = self.probabilities[place]
        label = repr(self.next_tokens.text(place))
        drawn = self._drawn_at([place], after)
        return Bar(label, own[place], after, self._excluded_by(place), *drawn)

    def _excluded_by(self, place):
        """The first of the three that leaves no token at this place."""
        cuts = zip(self._left, _NAMES, strict=True)
        return next((name for left, name in cuts if place >= left), "")

    def _rest(self, own):
        after = self.probabilities[SHOWN:].sum()
        label = f"{own.size - SHOWN:,} others"
        places = [] if self._counts is None else [p for p in self._counts if p >= SHOWN]
        drawn = self._drawn_at(places, after)
        reason = self._excluded_by(SHOWN)
        return Bar(label, own[SHOWN:].sum(), after, reason, *drawn)

    def _drawn_at(self, places, probability):
        if self._counts is None:
            return None, 0.0
        count = sum(self._counts.get(place, 0) for place in places)
        return count, DRAWS * probability

    def _cuts(self):
        """Where the cut-off lines are, of those that fall among the rows."""
        steps = zip(self._left[1:], self._left, _NAMES[1:], strict=False)
        lines = [(left, name) for left, before, name in steps if left < before]
        return [(left, name) for left, name in lines if left <= SHOWN]

    def _summary(self, own):
        before, after = map(sampling.effective_choices, (own, self.probabilities))
        kept = self._left[-1]
        model, read = self.next_tokens.model_name, self.next_tokens.made_by
        source = "stored" if read == distributions.STORED else "read just now"
        return (
            f"<p>Can be drawn: <b>{kept:,}</b> of {own.size:,} tokens. "
            f"Effective choices: <b>{after:,.1f}</b> (before: {before:,.1f}), entropy "
            f"{sampling.entropy_bits(self.probabilities):.2f} bits. "
            f"The distribution of {shown(model)}, {source}.{self._goal_words()}</p>"
        )

    def _goal_words(self):
        if self._goal is None:
            return ""
        token, wanted = self._goal
        try:
            now = self.probabilities[self.next_tokens.place_of(token)]
        except ValueError:
            return ""
        state = "reached ✓" if now >= wanted else "not yet"
        return (
            f"<br><b>Goal:</b> {shown(repr(token))} at {percent_of(wanted)} or more. "
            f"Now {percent_of(now)}: {state}."
        )


_NAMES = ("temperature", "top-k", "top-p")
_LABELS = {"description_width": "8em"}


def _slider(name, value, most, step, tooltip):
    return ipywidgets.FloatSlider(
        value,
        min=0,
        max=most,
        step=step,
        description=name,
        tooltip=tooltip,  # without one, ipywidgets shows "null"
        layout=_WIDE,
        style=_LABELS,
    )
