"""What an alarm says of its state: StateReason and StateReasonData.

Wordings are those of alarms that public repositories quote (2019 to 2026, found
2026-11-24).
"""

import json

OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"
UNCHECKED = "Unchecked: Initial alarm creation"
#: How missing datapoints are treated, as an alarm calls it.
TREATED = {"breaching": "Breaching", "notBreaching": "NonBreaching"}
_WAYS = {ALARM: "OK -> ALARM", OK: "ALARM -> OK"}
#: Of more datapoints than these the values come in a sentence of their own.
_LISTED_INLINE = 4
_COMPARED = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}


def reason(rule, state, real):
    """
    StateReason of an alarm that came to a state.

    Parameters
    ----------
    rule : bedrock_helpers.offline.alarms.Rule
    state : str
    real : list of bedrock_helpers.offline.alarms.Point
        The datapoints there were, the latest first.

    Returns
    -------
    str
    """
    periods = rule.evaluation_periods
    if state == INSUFFICIENT:
        return f"Insufficient Data: {_datapoints(periods)} {_be(periods)} unknown."
    shown = [p for p in real if rule.is_breaching(p.value) == (state == ALARM)]
    fill = _fill(rule, periods - len(real))
    if shown:
        return f"Threshold Crossed: {_crossed(rule, state, shown, fill)}."
    received = _datapoints(len(real)) if real else "no datapoints"
    within = f"{periods} period{'' if periods == 1 else 's'}"
    return (
        f"Threshold Crossed: {received} {_be(len(real))} received for {within}{fill}."
    )


def _fill(rule, missing):
    if not missing or rule.treat_missing not in TREATED:
        return ""
    treated = TREATED[rule.treat_missing]
    points = _datapoints(missing, "missing ")
    return f" and {points} {_be(missing)} treated as [{treated}]"


def _crossed(rule, state, shown, fill):
    values = ", ".join(
        f"{java_double(p.value)} ({p.time:%d/%m/%y %H:%M:%S})" for p in shown
    )
    subject = _datapoints(len(shown))
    if rule.datapoints_to_alarm is not None:
        subject = f"{len(shown)} out of the last {rule.evaluation_periods} datapoints"
    inline = f" [{values}]" if len(shown) <= _LISTED_INLINE else ""
    verb = _be(len(shown)) + ("" if state == ALARM else " not")
    limit = f"the threshold ({java_double(rule.threshold)})"
    text = f"{subject}{inline} {verb} {_COMPARED[rule.operator]} {limit}{fill}"
    if not inline:
        text += f". The most recent datapoints which crossed the threshold: [{values}]"
    return text + _minimum(rule, state)


def _minimum(rule, state):
    """What an alarm that counts M out of N adds."""
    if rule.datapoints_to_alarm is None:
        return ""
    back = rule.evaluation_periods - rule.needed + 1
    count = rule.needed if state == ALARM else back
    return f" (minimum {_datapoints(count)} for {_WAYS[state]} transition)"


def _datapoints(count, kind=""):
    return f"{count} {kind}datapoint{'' if count == 1 else 's'}"


def _be(count):
    return "was" if count == 1 else "were"


def java_double(number):
    """
    A number as Java writes it, and so CloudWatch.

    Examples
    --------
    >>> java_double(1234), java_double(12345678), java_double(0.0005)
    ('1234.0', '1.2345678E7', '5.0E-4')
    """
    number = float(number)
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        return repr(number)
    for places in range(1, 18):
        text = f"{number:.{places}e}"
        if float(text) == number:
            break
    digits, _, exponent = text.partition("e")
    return f"{digits}E{int(exponent)}"


def reason_data(rule, points, now):
    """
    StateReasonData: what was looked at, as JSON.

    Parameters
    ----------
    rule : bedrock_helpers.offline.alarms.Rule
    points : list of bedrock_helpers.offline.alarms.Point
        The latest first; without any data, the empty periods.
    now : datetime.datetime

    Returns
    -------
    str
    """
    values = [point.value for point in reversed(points) if point.value is not None]
    data = {"version": "1.0", "queryDate": stamp(now)}
    if values:
        data["startDate"] = stamp(points[-1].time)
    if rule.unit:
        data["unit"] = rule.unit
    if rule.statistic:
        data["statistic"] = rule.statistic
    data |= {
        "period": rule.period_s,
        "recentDatapoints": values,
        "threshold": float(rule.threshold),
        "evaluatedDatapoints": [_evaluated(point) for point in points],
    }
    return json.dumps(data, separators=(",", ":"))


def _evaluated(point):
    found = {"timestamp": stamp(point.time)}
    if point.count is not None:
        found["sampleCount"] = point.count
    return found | ({} if point.value is None else {"value": point.value})


def stamp(time):
    """
    A time as it stands in an alarm's JSON.

    Examples
    --------
    >>> import datetime
    >>> stamp(datetime.datetime(2026, 11, 24, 12, 0, 0, 5000))
    '2026-11-24T12:00:00.005+0000'
    """
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03}+0000"
