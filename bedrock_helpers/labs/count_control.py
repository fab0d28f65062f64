"""A count over many powers of ten: a slider for round numbers, a field for any."""

from bisect import bisect_left

import ipywidgets
import traitlets

#: About equal factors, and numbers that are easy to say.
_ROUND = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80)


class CountControl(ipywidgets.HBox):
    """
    A whole number, moved by a slider from round number to round number, or typed.

    Parameters
    ----------
    description : str
    value, least, most : int
    tooltip : str

    Attributes
    ----------
    value : int
        Any number in the range, from code too; the slider stands at the nearest
        round one.
    slider : ipywidgets.IntSlider
        Over the places of the round numbers.
    typed : ipywidgets.BoundedIntText

    Examples
    --------
    >>> requests = CountControl("requests", 5000, 10, 1_000_000, "a day")
    >>> requests.slider.value += 1
    >>> requests.value
    6000
    >>> requests.value = 1234
    >>> requests.typed.value
    1234
    """

    value = traitlets.CInt()

    def __init__(self, description, value, least, most, tooltip):
        self._name, self._least, self._most = description, least, most
        self._round, self._quiet = round_numbers(least, most), False
        self.slider = ipywidgets.IntSlider(
            0,
            0,
            len(self._round) - 1,
            description=description,
            tooltip=tooltip,  # without one, ipywidgets shows "null"
            readout=False,
            layout=ipywidgets.Layout(width="36em"),
            style={"description_width": "14em"},
        )
        self.typed = ipywidgets.BoundedIntText(
            value,
            min=least,
            max=most,
            description="exactly",
            tooltip=f"{least:,} to {most:,}",
            layout=ipywidgets.Layout(width="12em"),
            style={"description_width": "4em"},
        )
        super().__init__([self.slider, self.typed], value=value)
        self._follow()
        self.observe(self._follow, "value")
        self.slider.observe(self._slid, "value")
        self.typed.observe(self._was_typed, "value")

    def __repr__(self):
        """The count and its range."""
        return f"{self._name}: {self.value:,} ({self._least:,} to {self._most:,})"

    @traitlets.validate("value")
    def _validate_value(self, proposal):
        if self._least <= proposal.value <= self._most:
            return proposal.value
        nearest = self._least if proposal.value < self._least else self._most
        raise traitlets.TraitError(
            f"{self._name}={proposal.value}: a whole number from {self._least:,} to "
            f"{self._most:,} is wanted. Set: .value = {nearest}"
        )

    def _slid(self, change):
        if not self._quiet:
            self.value = self._round[change.new]

    def _was_typed(self, change):
        if not self._quiet:
            self.value = change.new

    def _follow(self, _=None):
        """Bring slider and field to the value, without an answer from them."""
        place = bisect_left(self._round, self.value)
        near = [n for n in (place - 1, place) if 0 <= n < len(self._round)]
        self._quiet = True
        try:
            self.slider.value = min(
                near, key=lambda n: abs(self._round[n] - self.value)
            )
            self.typed.value = self.value
        finally:
            self._quiet = False


def round_numbers(least, most):
    """
    Whole round numbers in about equal factors, with both ends.

    Examples
    --------
    >>> round_numbers(1, 30)
    [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30]
    """
    found, power = {least, most}, 1
    while power <= most:
        found |= {factor * power // 10 for factor in _ROUND if factor * power % 10 == 0}
        power *= 10
    return sorted(number for number in found if least <= number <= most)
