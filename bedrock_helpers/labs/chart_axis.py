"""An axis of a chart: from where to where, and the round numbers on it."""

import math
from dataclasses import dataclass

_MOST_TICKS = 6


@dataclass(frozen=True)
class Axis:
    """
    What an axis shows, and from where to where.

    Attributes
    ----------
    label : str
    low, high : float
    is_log : bool
        Whether equal steps are equal factors; then both ends are above 0.

    Examples
    --------
    >>> Axis("tokens", 0, 1000).ticks
    (0, 200, 400, 600, 800, 1000)
    >>> Axis("tokens", 10, 1000, is_log=True).share(100)
    0.5
    """

    label: str
    low: float
    high: float
    is_log: bool = False

    @property
    def ticks(self):
        """The round numbers on it."""
        return _log_ticks(self) if self.is_log else _linear_ticks(self)

    def share(self, value):
        """How far along the axis a value is, 0 to 1 within it."""
        if self.is_log:
            value, low, high = (math.log10(v) for v in (value, self.low, self.high))
        else:
            low, high = self.low, self.high
        return (value - low) / (high - low)


def axis_for(label, values, *, is_log=False):
    """
    An axis that some values fit on: from 0, or in whole powers of ten.

    Parameters
    ----------
    label : str
    values : iterable of float
        0 or more, with one above it; on a logarithmic axis all are above 0.
    is_log : bool

    Returns
    -------
    Axis

    Examples
    --------
    >>> axis_for("USD", [3, 870], is_log=True)
    Axis(label='USD', low=1.0, high=1000.0, is_log=True)
    >>> axis_for("USD", [0.003, 0.0087]).high
    0.01
    """
    values = list(values)
    most = max(values)
    if is_log:
        low = 10.0 ** math.floor(math.log10(min(values)) + 1e-9)
        high = 10.0 ** math.ceil(math.log10(most) - 1e-9)
        return Axis(label, low, max(high, 10 * low), is_log=True)
    step = _step(most)
    return Axis(label, 0.0, step * math.ceil(most / step - 1e-9))


def _linear_ticks(axis):
    step = _step(axis.high - axis.low)
    first, last = math.ceil(axis.low / step - 1e-9), math.floor(axis.high / step + 1e-9)
    return tuple(_round(number * step) for number in range(first, last + 1))


def _step(span):
    """A round step, so that a span has a handful of ticks."""
    power = 10.0 ** math.floor(math.log10(span / _MOST_TICKS))
    fits = (power * factor for factor in (1, 2, 5, 10))
    return _round(next(step for step in fits if span / step <= _MOST_TICKS + 1e-9))


def _log_ticks(axis):
    first = math.ceil(math.log10(axis.low) - 1e-9)
    last = math.floor(math.log10(axis.high) + 1e-9)
    factors = (1, 2, 5) if last - first < 2 else (1,)
    every = math.ceil((last - first) / 8) or 1
    ticks = [
        _round(f * 10.0**p) for p in range(first, last + 1, every) for f in factors
    ]
    return tuple(t for t in ticks if axis.low * 0.999 <= t <= axis.high * 1.001)


def _round(number):
    """Without what binary fractions leave behind, such as 0.30000000000000004."""
    value = float(f"{number:.12g}")
    return int(value) if value.is_integer() else value
