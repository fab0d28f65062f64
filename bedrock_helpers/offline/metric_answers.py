"""The parts of CloudWatch's answers about metrics."""

import datetime

from bedrock_helpers.offline.metric_queries import (
    check_period,
    check_statistic,
    metric_refusal,
)
from bedrock_helpers.offline.metric_statistics import statistic

_MOST_DATAPOINTS = 1440


def check_statistics(names, start, end, period):
    """
    Refuse what GetMetricStatistics does not take.

    Parameters
    ----------
    names : list of str
        Statistics and percentiles.
    start, end : datetime.datetime
    period : int
        Seconds.

    Raises
    ------
    Refusal
    """
    if start >= end:
        raise metric_refusal("start_not_before_end")
    if not names:
        raise metric_refusal("no_statistic")
    check_period(period)
    for name in names:
        check_statistic(name)
    asked = -((start - end) // datetime.timedelta(seconds=period))
    if asked > _MOST_DATAPOINTS:
        raise metric_refusal("too_many_datapoints", asked=asked)


def datapoint(at, samples, names, unit):
    """
    One Datapoint of GetMetricStatistics.

    Parameters
    ----------
    at : datetime.datetime
        The beginning of the period.
    samples : list of bedrock_helpers.offline.metric_statistics.Sample
    names : list of str
        Statistics and percentiles.
    unit : str

    Returns
    -------
    dict
    """
    found = {name: statistic(samples, name) for name in names}
    known = {name: value for name, value in found.items() if value is not None}
    extended = {name: value for name, value in known.items() if name.startswith("p")}
    plain = {name: value for name, value in known.items() if name not in extended}
    more = {"ExtendedStatistics": extended} if extended else {}
    return {"Timestamp": at, "Unit": unit, **plain, **more}


def result(query_id, label, series, ascending):
    """One MetricDataResult of GetMetricData."""
    points = sorted(series.values.items(), reverse=not ascending)
    return {
        "Id": query_id,
        "Label": label,
        "Timestamps": [at for at, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "Complete",
    }


def metric(namespace, name, dimensions):
    """
    One Metric of ListMetrics.

    Examples
    --------
    >>> metric("AWS/Bedrock", "Invocations", {"ModelId": "a.b"})["Dimensions"]
    [{'Name': 'ModelId', 'Value': 'a.b'}]
    """
    listed = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return {"Namespace": namespace, "MetricName": name, "Dimensions": listed}


def is_wanted(wanted, namespace, name, dimensions):
    """ListMetrics' filters; a dimension may be asked for without its value."""
    if wanted.get("Namespace", namespace) != namespace:
        return False
    if wanted.get("MetricName", name) != name:
        return False
    return all(
        d["Name"] in dimensions
        and d.get("Value", dimensions[d["Name"]]) == dimensions[d["Name"]]
        for d in wanted.get("Dimensions", [])
    )
