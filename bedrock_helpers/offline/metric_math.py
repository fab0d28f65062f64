"""CloudWatch's metric math: arithmetic on whole metrics, as GetMetricData takes it.

Rules: Amazon CloudWatch User Guide, "Math expressions with metrics" (weekly mirror of
the AWS documentation, 2026): a value one series lacks counts as 0, and a point that
would divide by zero is left out. Here are the operators, comparisons, ``METRICS``,
and the functions of :mod:`bedrock_helpers.offline.time_series`; an expression with
another of CloudWatch's functions is refused.
"""

import re

from bedrock_helpers.offline.time_series import FUNCTIONS, Series, apply, negative

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^<>(),\[\]]))"
)
#: Weakest first: what binds how strongly.
_LEVELS = (
    ("OR", "||"),
    ("AND", "&&"),
    ("==", "!=", "<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "/"),
)
_WORDS = ("AND", "OR", "REPEAT", "LINEAR")
_DEEPEST = 50
_KINDS = {float: "Scalar", Series: "TimeSeries", list: "TimeSeries[]"}


class ExpressionError(ValueError):
    """An expression CloudWatch would refuse; its text says why."""


def evaluate(expression, known, metrics):
    """
    The series an expression gives.

    Parameters
    ----------
    expression : str
        Such as ``"m1 + 5 * m2"`` or ``"SUM(METRICS())"``.
    known : dict of str to Series
        Metrics and other expressions, by their Id.
    metrics : dict of str to Series
        The metrics alone: what ``METRICS()`` stands for.

    Returns
    -------
    Series or list of Series

    Raises
    ------
    ExpressionError
        For what cannot be read, an unknown Id or function, or a mere number.

    Examples
    --------
    >>> import datetime
    >>> noon = datetime.datetime(2026, 11, 24, 12)
    >>> m1 = Series({noon: 6.0}, 60, (noon,))
    >>> evaluate("m1 / 2 + 1", {"m1": m1}, {"m1": m1}).values[noon]
    4.0
    """
    reader = _Reader(_tokens(expression), known, metrics)
    result = reader.level(0)
    if reader.rest:
        raise ExpressionError("Invalid syntax")
    if isinstance(result, float):
        raise ExpressionError("The result must be a time series, not a number")
    if isinstance(result, str):
        raise ExpressionError("Invalid syntax")
    return result


def ids_in(expression):
    """
    The Ids an expression names.

    Examples
    --------
    >>> ids_in("SUM([m1, m2]) / m1")
    ['m1', 'm2', 'm1']
    """
    names = [text for kind, text in _tokens(expression) if kind == "name"]
    return [name for name in names if name[0].islower()]


def _tokens(expression):
    found, place = [], 0
    while expression[place:].strip():
        match = _TOKEN.match(expression, place)
        if match is None:
            raise ExpressionError("Invalid syntax")
        found.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return found


class _Reader:
    """Reads tokens from left to right, and computes as it goes."""

    def __init__(self, tokens, known, metrics):
        self.rest, self._known, self._metrics = tokens[::-1], known, metrics
        self._depth = 0

    def _next(self, *wanted):
        """The next token's text if it is one of those wanted, else None."""
        if self.rest and self.rest[-1][0] != "text" and self.rest[-1][1] in wanted:
            return self.rest.pop()[1]
        return None

    def _must(self, wanted):
        if self._next(wanted) is None:
            raise ExpressionError("Invalid syntax")

    def level(self, number):
        """An operand of one level's operators, and all that follow on the level."""
        if number == len(_LEVELS):
            return self._signed()
        value = self.level(number + 1)
        while operator := self._next(*_LEVELS[number]):
            value = _checked(apply, operator, value, self.level(number + 1))
        return value

    def _signed(self):
        if self._next("-"):
            return _checked(negative, self._deeper(self._signed))
        base = self._operand()
        if self._next("^"):
            return _checked(apply, "^", base, self._deeper(self._signed))
        return base

    def _deeper(self, read, *arguments):
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpressionError("The expression is nested too deeply")
        value = read(*arguments)
        self._depth -= 1
        return value

    def _operand(self):
        if not self.rest:
            raise ExpressionError("Invalid syntax")
        kind, text = self.rest.pop()
        if kind == "number":
            return float(text)
        if kind == "text":
            return text[1:-1]
        if kind == "name":
            return self._named(text)
        if text == "(":
            value = self._deeper(self.level, 0)
            self._must(")")
            return value
        if text == "[":
            return _flat(self._list("]"))
        raise ExpressionError("Invalid syntax")

    def _list(self, closing):
        items = []
        while not self._next(closing):
            if items:
                self._must(",")
            items.append(self._deeper(self.level, 0))
        return items

    def _named(self, name):
        if self._next("("):
            return self._call(name, self._list(")"))
        if name in self._known:
            return self._known[name]
        if name in _WORDS:
            return name
        raise ExpressionError(f"Unknown identifier '{name}'")

    def _call(self, name, arguments):
        if name == "METRICS":
            return self._chosen(*arguments)
        if name not in FUNCTIONS:
            raise ExpressionError(f"Function '{name}' not found")
        return _checked(FUNCTIONS[name], *arguments)

    def _chosen(self, part="", *more):
        if more or not isinstance(part, str):
            raise ExpressionError("METRICS takes nothing or one string")
        return [series for key, series in self._metrics.items() if part in key]


def _flat(items):
    flat = [one for i in items for one in (i if isinstance(i, list) else [i])]
    if not all(isinstance(one, Series) for one in flat):
        raise ExpressionError("An array holds time series only")
    return flat


def _checked(function, *arguments):
    try:
        return function(*arguments)
    except TypeError:
        shown = ", ".join(_KINDS.get(type(one), "String") for one in arguments)
        raise ExpressionError(f"Unsupported operand types: {shown}") from None
