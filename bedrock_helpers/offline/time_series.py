"""Metrics over time, and the functions of metric math on them.

Rules: Amazon CloudWatch User Guide, "Math expressions with metrics" (weekly mirror of
the AWS documentation, 2026). A number is a float, an array of series a list.
"""

import math
import operator
from bisect import bisect
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Series:
    """
    One metric over time.

    Attributes
    ----------
    values : dict of datetime.datetime to float
        By the beginning of the period, in order; empty periods are missing.
    period_s : int
    times : tuple of datetime.datetime
        The beginnings of all periods, empty ones too.
    label : str
    """

    values: dict
    period_s: int
    times: tuple
    label: str = ""


def _divided(left, right):
    return left / right if right else math.nan


def _power(left, right):
    try:
        value = left**right
    except (OverflowError, ZeroDivisionError):
        return math.nan
    return math.nan if isinstance(value, complex) else value


_OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divided,
    "^": _power,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "AND": lambda left, right: left != 0 and right != 0,
    "OR": lambda left, right: left != 0 or right != 0,
}
_OPERATORS |= {"&&": _OPERATORS["AND"], "||": _OPERATORS["OR"]}


def apply(sign, left, right):
    """
    One operator between numbers, series and arrays.

    Parameters
    ----------
    sign : str
        Such as ``"+"`` or ``"<="``; a comparison gives 1 or 0.
    left, right : float or Series or list of Series

    Returns
    -------
    float or Series or list of Series

    Raises
    ------
    TypeError
        Between two arrays, or for a text.
    """
    if isinstance(left, list) and not isinstance(right, list):
        return [apply(sign, one, right) for one in left]
    if isinstance(right, list) and not isinstance(left, list):
        return [apply(sign, left, one) for one in right]
    function = _OPERATORS[sign]
    if isinstance(left, float) and isinstance(right, float):
        return float(function(left, right))
    if isinstance(left, float) and isinstance(right, Series):
        return _mapped(right, lambda value: function(left, value))
    if isinstance(left, Series) and isinstance(right, float):
        return _mapped(left, lambda value: function(value, right))
    if isinstance(left, Series) and isinstance(right, Series):
        return _joined(
            [left, right],
            lambda at: function(left.values.get(at, 0.0), right.values.get(at, 0.0)),
        )
    raise TypeError(sign)


def negative(value):
    """Unary minus."""
    return apply("*", -1.0, value)


def _mapped(series, function):
    changed = ((at, float(function(value))) for at, value in series.values.items())
    return replace(series, values=_finite(changed))


def _joined(several, function):
    """A series with a value wherever one of several has one."""
    times = sorted({at for one in several for at in one.values})
    every = sorted({at for one in several for at in one.times})
    values = _finite((at, float(function(at))) for at in times)
    period = max((one.period_s for one in several), default=60)
    return Series(values, period, tuple(every))


def _finite(pairs):
    return {at: value for at, value in pairs if math.isfinite(value)}


def _aggregate(of_one, of_values):
    """``SUM`` and its like: of one series a number, of an array a series."""

    def aggregate(argument):
        if isinstance(argument, Series):
            return float(of_one(argument))
        if not isinstance(argument, list):
            raise TypeError
        return _joined(
            argument,
            lambda at: of_values(
                [one.values[at] for one in argument if at in one.values], len(argument)
            ),
        )

    return aggregate


def _each(function):
    """A function of one series, or of each of an array."""

    def of(argument, *more):
        if isinstance(argument, list):
            return [function(one, *more) for one in argument]
        if not isinstance(argument, Series):
            raise TypeError
        return function(argument, *more)

    return of


def _fill(series, filler):
    if filler == "LINEAR":
        return _linear(series)
    values, last = {}, math.nan
    for at in series.times:
        if at in series.values:
            last = values[at] = series.values[at]
        elif filler == "REPEAT":
            values[at] = last
        elif isinstance(filler, float):
            values[at] = filler
        elif isinstance(filler, Series):
            values[at] = filler.values.get(at, math.nan)
        else:
            raise TypeError
    return replace(series, values=_finite(values.items()))


def _linear(series):
    known, values = list(series.values), dict(series.values)
    for at in series.times:
        place = bisect(known, at)
        if at not in values and 0 < place < len(known):
            before, after = known[place - 1], known[place]
            share = (at - before) / (after - before)
            step = series.values[after] - series.values[before]
            values[at] = series.values[before] + share * step
    return replace(series, values=dict(sorted(values.items())))


def _if(condition, then, otherwise=None):
    if isinstance(condition, float):
        chosen = then if condition else otherwise
        if not isinstance(chosen, Series):
            raise TypeError
        return chosen
    if not isinstance(condition, Series) or isinstance(then, str | list):
        raise TypeError
    values = (
        (at, _value_at(then if value else otherwise, at))
        for at, value in condition.values.items()
    )
    return replace(condition, values=_finite(values))


def _value_at(chosen, at):
    if chosen is None:
        return math.nan
    return chosen.values.get(at, 0.0) if isinstance(chosen, Series) else float(chosen)


def _period(series):
    if not isinstance(series, Series):
        raise TypeError
    return float(series.period_s)


def _count(series):
    if not isinstance(series, list):
        raise TypeError
    return float(len(series))


#: The functions of metric math that are played here, but for ``METRICS``.
FUNCTIONS = {
    "SUM": _aggregate(
        lambda series: sum(series.values.values()), lambda values, _: sum(values)
    ),
    "AVG": _aggregate(
        lambda series: _divided(sum(series.values.values()), len(series.times)),
        lambda values, count: sum(values) / count,
    ),
    "MIN": _aggregate(
        lambda series: min(series.values.values(), default=math.nan),
        lambda values, _: min(values),
    ),
    "MAX": _aggregate(
        lambda series: max(series.values.values(), default=math.nan),
        lambda values, _: max(values),
    ),
    "DATAPOINT_COUNT": _aggregate(
        lambda series: len(series.values), lambda values, _: len(values)
    ),
    "METRIC_COUNT": _count,
    "PERIOD": _period,
    "FILL": _each(_fill),
    "IF": _if,
    "ABS": _each(lambda series: _mapped(series, abs)),
    "CEIL": _each(lambda series: _mapped(series, math.ceil)),
    "FLOOR": _each(lambda series: _mapped(series, math.floor)),
}
