"""From a metric's samples to the statistics CloudWatch gives of them.

A period begins at the asked start, rounded down to the whole minute (boto3 issue 3457,
read 2026-11-24), not at a round hour. Percentiles are interpolated between the two
nearest values; CloudWatch does not publish how it finds its own.
"""

import datetime
import re
from dataclasses import dataclass

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")
_SHORT_PERIODS_S = (1, 5, 10, 30)
_MINUTE_S = 60


@dataclass(frozen=True)
class Sample:
    """
    One value of a metric, or what is left of several: a statistic set.

    Attributes
    ----------
    time : datetime.datetime
        In UTC.
    total : float
        Their sum.
    unit : str
        As CloudWatch names it, such as ``"Count"``.
    count : float
    minimum, maximum : float
    """

    time: datetime.datetime
    total: float
    unit: str
    count: float
    minimum: float
    maximum: float


def one_value(time, value, unit):
    """
    A sample of one value.

    Examples
    --------
    >>> one_value(datetime.datetime(2026, 11, 24), 12, "Count").maximum
    12
    """
    return Sample(time, value, unit, 1, value, value)


def is_statistic(name):
    """
    Whether a name is a statistic that is played here.

    Examples
    --------
    >>> is_statistic("p99.9"), is_statistic("tm90")
    (True, False)
    """
    return name in _PLAIN or _PERCENTILE.fullmatch(name) is not None


def is_period(seconds):
    """
    Whether CloudWatch takes a number of seconds as a period.

    Examples
    --------
    >>> is_period(300), is_period(45)
    (True, False)
    """
    return seconds in _SHORT_PERIODS_S or (seconds > 0 and seconds % _MINUTE_S == 0)


def statistic(samples, name):
    """
    One statistic of the samples of one period.

    Parameters
    ----------
    samples : list of Sample
        At least one.
    name : str
        ``Sum``, ``Average``, ``Minimum``, ``Maximum``, ``SampleCount``, or a
        percentile such as ``p50``.

    Returns
    -------
    float or None
        None for a percentile of a statistic set, whose values are gone.

    Examples
    --------
    >>> day = datetime.datetime(2026, 11, 24)
    >>> few = [one_value(day, value, "Count") for value in (1, 2, 3, 10)]
    >>> statistic(few, "Average"), statistic(few, "p50")
    (4.0, 2.5)
    """
    if name in _PLAIN:
        return float(_PLAIN[name](samples))
    share = float(_PERCENTILE.fullmatch(name)[1]) / 100
    if any(sample.minimum != sample.maximum for sample in samples):
        return None
    return _percentile(samples, share)


def _percentile(samples, share):
    ordered = sorted(samples, key=lambda sample: sample.minimum)
    values = [s.minimum for s in ordered for _ in range(int(s.count))]
    if not values:
        return None
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return float(values[below] + (values[above] - values[below]) * (place - below))


_PLAIN = {
    "Sum": lambda samples: sum(s.total for s in samples),
    "SampleCount": lambda samples: sum(s.count for s in samples),
    "Minimum": lambda samples: min(s.minimum for s in samples),
    "Maximum": lambda samples: max(s.maximum for s in samples),
    "Average": lambda samples: (
        sum(s.total for s in samples) / sum(s.count for s in samples)
    ),
}


def first_period(start, period_s):
    """
    When the first period of a request begins.

    Parameters
    ----------
    start : datetime.datetime
    period_s : int

    Returns
    -------
    datetime.datetime
        Rounded down to the minute, or to a period shorter than that.

    Examples
    --------
    >>> first_period(datetime.datetime(2026, 11, 24, 10, 7, 31), 3600)
    datetime.datetime(2026, 11, 24, 10, 7)
    """
    step = min(period_s, _MINUTE_S)
    since = start - datetime.datetime(2000, 1, 1, tzinfo=start.tzinfo)
    return start - since % datetime.timedelta(seconds=step)


def by_period(samples, start, end, period_s):
    """
    Samples by the beginning of their period.

    Parameters
    ----------
    samples : iterable of Sample
    start, end : datetime.datetime
        A sample at ``start`` is in, one at ``end`` is not.
    period_s : int

    Returns
    -------
    dict of datetime.datetime to list of Sample
        In order of time, without empty periods.
    """
    first, period = first_period(start, period_s), datetime.timedelta(seconds=period_s)
    found = {}
    for sample in samples:
        if first <= sample.time < end:
            begins = first + (sample.time - first) // period * period
            found.setdefault(begins, []).append(sample)
    return dict(sorted(found.items()))


def grid(start, end, period_s):
    """
    The beginnings of all periods of a time range, also of empty ones.

    Examples
    --------
    >>> day = datetime.datetime(2026, 11, 24)
    >>> len(grid(day, day + datetime.timedelta(hours=1), 300))
    12
    """
    first, period = first_period(start, period_s), datetime.timedelta(seconds=period_s)
    return [first + number * period for number in range(-((first - end) // period))]
