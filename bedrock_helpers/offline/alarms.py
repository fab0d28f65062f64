"""When a CloudWatch alarm changes its state, and what it says then.

Rules: Amazon CloudWatch User Guide, "Alarm evaluation", "Alarm evaluation window" and
"Configuring how CloudWatch alarms treat missing data" (weekly mirror of the AWS
documentation, 2026), whose tables are tests here.

CloudWatch evaluates a sliding window at the end of every minute. Here the window ends
with the minute that is running, so that an alarm is seen to fire at once. How many
extra periods it looks back CloudWatch does not say: here two of five minutes, one of
ten, and none of a longer period.
"""

import datetime
import operator
from dataclasses import dataclass

from bedrock_helpers.offline.alarm_words import (
    ALARM,
    INSUFFICIENT,
    OK,
    TREATED,
    reason,
    reason_data,
)

_MINUTE = datetime.timedelta(minutes=1)
_EXTRA_PERIODS, _EXTRA_S = 2, 600
_COMPARISONS = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
#: Values of TreatMissingData, and of ComparisonOperator as far as it is played.
TREATMENTS, OPERATORS = ("missing", "ignore", *TREATED), tuple(_COMPARISONS)


@dataclass(frozen=True)
class Rule:
    """
    What an alarm watches for.

    Attributes
    ----------
    operator : str
        A ComparisonOperator.
    threshold : float
    period_s : int
    evaluation_periods : int
    datapoints_to_alarm : int or None
        None: as many as there are evaluation periods.
    treat_missing : str
        ``missing``, ``ignore``, ``breaching`` or ``notBreaching``.
    statistic : str or None
        Of an alarm on one metric.
    unit : str or None
    """

    operator: str
    threshold: float
    period_s: int
    evaluation_periods: int
    datapoints_to_alarm: int | None = None
    treat_missing: str = "missing"
    statistic: str | None = None
    unit: str | None = None

    @property
    def needed(self):
        """Breaching datapoints that make an alarm."""
        return self.datapoints_to_alarm or self.evaluation_periods

    @property
    def range(self):
        """Periods looked at, in case some of the latest are missing."""
        extra = min(_EXTRA_PERIODS, _EXTRA_S // self.period_s)
        return self.evaluation_periods + extra

    def is_breaching(self, value):
        """Whether a value is on the wrong side of the threshold."""
        return _COMPARISONS[self.operator](value, self.threshold)


@dataclass(frozen=True)
class Point:
    """
    One period of what an alarm watches.

    Attributes
    ----------
    time : datetime.datetime
        Its beginning.
    value : float or None
        None: no data.
    count : float or None
        Samples in it, of an alarm on one metric.
    """

    time: datetime.datetime
    value: float | None = None
    count: float | None = None


def window(rule, now):
    """
    The time range an alarm looks at.

    Returns
    -------
    tuple of datetime.datetime
        Start, and end: that of the minute now running.

    Examples
    --------
    >>> noon = datetime.datetime(2026, 11, 24, 12, 0, 30)
    >>> start, end = window(Rule("GreaterThanThreshold", 1000, 3600, 1), noon)
    >>> str(start), str(end)
    ('2026-11-24 11:01:00', '2026-11-24 12:01:00')
    """
    end = now.replace(second=0, microsecond=0) + _MINUTE
    return end - rule.range * datetime.timedelta(seconds=rule.period_s), end


@dataclass(frozen=True)
class Verdict:
    """
    What an evaluation comes to.

    Attributes
    ----------
    state : str or None
        None: the alarm keeps its state.
    reason : str
    data : str
        JSON, as StateReasonData.
    """

    state: str | None
    reason: str = ""
    data: str = ""


def judge(rule, points, now):
    """
    Evaluate an alarm.

    Parameters
    ----------
    rule : Rule
    points : list of Point
        All periods of its range, the latest first.
    now : datetime.datetime

    Returns
    -------
    Verdict

    Examples
    --------
    >>> rule = Rule("GreaterThanThreshold", 1000.0, 3600, 1)
    >>> now = datetime.datetime(2026, 11, 24, 12)
    >>> judge(rule, [Point(datetime.datetime(2026, 11, 24, 11, 1), 1234.0)], now).reason
    'Threshold Crossed: 1 datapoint [1234.0 (24/11/26 11:01:00)] was greater than the \
threshold (1000.0).'
    """
    real = [p for p in points if p.value is not None][: rule.evaluation_periods]
    state = _state(rule, points, real)
    if state is None:
        return Verdict(None)
    looked_at = real or points[: rule.evaluation_periods]
    return Verdict(state, reason(rule, state, real), reason_data(rule, looked_at, now))


def _state(rule, points, real):
    breaching = sum(rule.is_breaching(point.value) for point in real)
    filled = rule.evaluation_periods - len(real)
    if filled == 0 or breaching >= rule.needed:
        return ALARM if breaching >= rule.needed else OK
    if rule.treat_missing in TREATED:
        as_breaching = filled if rule.treat_missing == "breaching" else 0
        return ALARM if breaching + as_breaching >= rule.needed else OK
    is_ignored = rule.treat_missing == "ignore"
    if not real:
        return None if is_ignored else INSUFFICIENT
    if _only_old_breaches(rule, points, real):
        return None if is_ignored else ALARM
    return OK


def _only_old_breaches(rule, points, real):
    """All there is breaches, and the oldest is as old as an alarm needs datapoints."""
    oldest = points.index(real[-1])
    all_breach = all(rule.is_breaching(point.value) for point in real)
    return all_breach and oldest >= rule.needed - 1
