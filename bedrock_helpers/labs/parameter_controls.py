"""One parameter as a control: whether it is set, a slider, and its range in words."""

import html
from contextlib import contextmanager

import ipywidgets

_WORDS_WIDTH = "34em"
#: How sliders and fields of parameters are laid out.
LAYOUT = {
    "style": {"description_width": "8em"},
    "layout": ipywidgets.Layout(width="28em", flex="0 0 auto"),
}
#: Where a slider stands while a parameter is unset and no default is published.
_STARTS = {"top_k": 50, "max_tokens": 512}
#: Where a slider ends when the most is not known; code may set more.
_UNKNOWN_MOST = 4096
_STEP = 0.01
_TAKES_NONE = "this model takes none"


class ParameterControl(ipywidgets.HBox):
    """
    What all controls share; see :class:`NumberControl` and strings_control.py.

    Attributes
    ----------
    set : ipywidgets.Checkbox
        Whether the request has the parameter; moving the slider ticks it.
    slider : ipywidgets.Widget
    words : ipywidgets.HTML
        The range and the default, or that the model takes none.
    value : object or None
        None while it is unset. Giving it a value sets it, None unsets it.
    on_change : callable or None
        Called with the control after every change of its value.
    """

    def __init__(self, role, slider):
        self.role, self.spec, self.on_change = role, None, None
        self._offered_id, self._quiet, self._put_aside = "no model", False, False
        self.set = ipywidgets.Checkbox(
            description=f"set {role}",
            indent=False,
            layout=ipywidgets.Layout(width="13em", flex="0 0 auto"),
        )
        self.slider = slider
        self.words = ipywidgets.HTML(layout=ipywidgets.Layout(width=_WORDS_WIDTH))
        self.set.observe(self._report, "value")
        self.slider.observe(self._moved, "value")
        super().__init__([self.set, self.slider, self.words])

    def __repr__(self):
        """The parameter and what it is set to."""
        value = "unset" if self.value is None else repr(self.value)
        return f"{self.role}: {value} ({self.range_words()})"

    @property
    def value(self):
        """What the parameter is set to, or None."""
        return self._read() if self.set.value else None

    @value.setter
    def value(self, value):
        if value is not None:
            value = self._checked(value)
        with self._quietly():
            self._put_aside = False
            if value is not None:
                self._write(value)
            self.set.value = value is not None
        self._report()

    def offer(self, spec, model_id):
        """
        Take on what another model takes; nothing is reported to ``on_change``.

        Parameters
        ----------
        spec : ParameterSpec or None
            None where the model takes none.
        model_id : str
            For messages.

        Returns
        -------
        list of str
            Sentences that say what this changed of a value that was set.
        """
        wanted = self.value is not None or self._put_aside
        was_aside, before = self._put_aside, self._shown() if wanted else None
        self.spec, self._offered_id = spec, model_id
        with self._quietly():
            self._put_aside = wanted and spec is None
            self.set.value = wanted and spec is not None
            self.set.disabled = self.slider.disabled = spec is None
            if spec is not None:
                self._fit(wanted)
        self.words.value = html.escape(self.range_words())
        self.slider.tooltip = self.range_words()  # without one, it would be "null"
        return self._changes(before, was_aside) if wanted else []

    def unset(self):
        """Unset it without a report."""
        with self._quietly():
            self.set.value = False

    def range_words(self):
        """The range and the default in words."""
        return _TAKES_NONE if self.spec is None else self._range_words()

    def _changes(self, before, was_aside):
        if self.spec is None:
            aside = f"{self.role} {before} is put aside: {_TAKES_NONE}."
            return [] if was_aside else [aside]
        after, said = self._shown(), []
        if after != before:
            nearest = f"the nearest this model takes ({self._limits()})"
            said = [f"{self.role} {before} became {after}, {nearest}."]
        elif was_aside:
            said = [f"{self.role} {after} is set again."]
        return said

    def _moved(self, change):
        if self._quiet:
            return
        with self._quietly():
            self.set.value = True
        self._report()

    def _report(self, change=None):
        if not self._quiet and self.on_change:
            self.on_change(self)

    @contextmanager
    def _quietly(self):
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before

    def _refusal(self, value, wanted):
        return ValueError(
            f"{self.role}={value!r}: {wanted}. Type lab.{self.role}.value = "
            f"{self._example()}, or None to leave it out."
        )

    def _checked(self, value):
        if self.spec is None:
            raise ValueError(
                f"{self.role}={value!r}: {self._offered_id} takes no {self.role}. "
                "Choose another model: lab.model.value = …"
            )
        return self._valid(value)


class NumberControl(ParameterControl):
    """
    A number with a slider.

    Parameters
    ----------
    role : str
        ``max_tokens``, ``temperature``, ``top_p`` or ``top_k``.
    whole : bool
        Whether it is an integer.

    Examples
    --------
    >>> from bedrock_helpers.converse_parameters import converse_specs
    >>> control = NumberControl("temperature")
    >>> micro = "amazon.nova-micro-v1:0"
    >>> control.offer(converse_specs(micro)[1], micro)
    []
    >>> control
    temperature: unset (0 to 1; when unset 0.7)
    >>> control.value = 0.9
    >>> control.set.value, control.value
    (True, 0.9)
    """

    def __init__(self, role, *, whole=False):
        if whole:
            slider = ipywidgets.IntSlider(description=role, **LAYOUT)
        else:
            slider = ipywidgets.FloatSlider(description=role, step=_STEP, **LAYOUT)
        self._whole = whole
        super().__init__(role, slider)

    @property
    def _least(self):
        """The least the slider shows: past a limit that is itself not taken."""
        excluded = self.spec.exclusive_minimum
        return self.spec.minimum if excluded is None else excluded + _STEP

    def _read(self):
        return self.slider.value

    def _write(self, value):
        with self.slider.hold_trait_notifications():
            self.slider.max = max(self.slider.max, value)
            self.slider.min = min(self.slider.min, value)
            self.slider.value = value

    def _shown(self):
        return number_words(self.slider.value)

    def _fit(self, wanted):
        value = self.slider.value if wanted else self._start()
        most = self.spec.maximum or max(_UNKNOWN_MOST, value)
        with self.slider.hold_trait_notifications():
            least = value if self._is_above(value) else self._least
            self.slider.min, self.slider.max = min(least, self._least), most
            self.slider.value = min(max(value, least), most)

    def _is_above(self, number):
        """Whether it is not too small."""
        low = self.spec.exclusive_minimum
        return number >= self.spec.minimum if low is None else number > low

    def _start(self):
        if self.spec.default is not None:
            return self.spec.default
        return _STARTS.get(self.role, self.spec.maximum)

    def _valid(self, value):
        try:
            number = int(value) if self._whole else float(value)
        except (TypeError, ValueError, OverflowError):
            number = None
        if isinstance(value, bool | str) or number is None or number != value:
            kind = "a whole number" if self._whole else "a number"
            raise self._refusal(value, f"it takes {kind}, {self._limits()}")
        above = self.spec.maximum is not None and number > self.spec.maximum
        if above or not self._is_above(number):
            raise self._refusal(value, f"{self._offered_id} takes {self._limits()}")
        return number

    def _example(self):
        most = self.spec.maximum
        return self._start() if most is None else min(self._start(), most)

    def _limits(self):
        least, most = number_words(self.spec.minimum), self.spec.maximum
        if most is None:
            return f"{least} or more (the most is not known)"
        if self.spec.exclusive_minimum is not None:
            low = number_words(self.spec.exclusive_minimum)
            return f"more than {low}, at most {number_words(most)}"
        return f"{least} to {number_words(most)}"

    def _range_words(self):
        if self.role == "max_tokens":
            unset = "when unset, the most the model allows (offline 512)"
        elif self.spec.default is None:
            unset = "no default is published"
        else:
            unset = f"when unset {number_words(self.spec.default)}"
        return f"{self._limits()}; {unset}"


def number_words(value):
    """
    A number as it is read.

    Examples
    --------
    >>> number_words(10_000), number_words(0.7)
    ('10,000', '0.7')
    """
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"
