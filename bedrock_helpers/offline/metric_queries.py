"""A list of metrics and expressions, as GetMetricData and alarms have it."""

import re
from collections import Counter

from bedrock_helpers.data_files import load_json
from bedrock_helpers.offline.errors import not_offline, worded
from bedrock_helpers.offline.metric_math import ExpressionError, evaluate, ids_in
from bedrock_helpers.offline.metric_statistics import (
    by_period,
    first_period,
    grid,
    is_period,
    is_statistic,
    statistic,
)
from bedrock_helpers.offline.time_series import Series

_ID = re.compile(r"[a-z][A-Za-z0-9_]{0,254}")
_ELSEWHERE = re.compile(r"\s*SELECT\s|.*\bSEARCH\s*\(", re.IGNORECASE | re.DOTALL)


def metric_refusal(key, **values):
    """
    A refusal of CloudWatch's or CloudTrail's, by its key in ``data/observed.json``.

    Examples
    --------
    >>> metric_refusal("no_statistic").code
    'InvalidParameterCombination'
    """
    wordings = {w["key"]: w for w in load_json("observed.json")["wordings"]}
    return worded(wordings[key], **values)


class MetricQueries:
    """
    The queries of one request.

    Parameters
    ----------
    queries : list of dict
        MetricDataQuery structures.
    samples_of : callable
        From namespace, name, dimensions, unit (or None) and a time, before which
        samples are not needed, to a list of samples.
    start, end : datetime.datetime

    Raises
    ------
    Refusal
        For Ids, periods and statistics CloudWatch does not take.
    """

    def __init__(self, queries, samples_of, start, end):
        self._samples_of, self._start, self._end = samples_of, start, end
        self._found, self._asked = {}, set()
        _check_ids(queries)
        for place, query in enumerate(queries, start=1):
            _check(query, place)
        self._queries = {query["Id"]: query for query in queries}

    def series(self, query_id):
        """
        What one query gives.

        Returns
        -------
        Series or list of Series
        """
        if query_id in self._asked and query_id not in self._found:
            raise metric_refusal("circular_ids")
        self._asked.add(query_id)
        if query_id not in self._found:
            query = self._queries[query_id]
            is_metric = "MetricStat" in query
            read = self._metric if is_metric else self._expression
            self._found[query_id] = read(query)
        return self._found[query_id]

    def samples(self, query_id):
        """The samples of a metric by the period they fall into."""
        stat = self._queries[query_id]["MetricStat"]
        metric, period = stat["Metric"], int(stat["Period"])
        dimensions = {d["Name"]: d["Value"] for d in metric.get("Dimensions") or ()}
        named = metric["Namespace"], metric["MetricName"], dimensions
        since = first_period(self._start, period)
        samples = self._samples_of(*named, stat.get("Unit"), since)
        return by_period(samples, self._start, self._end, period)

    def _metric(self, query):
        stat, period = query["MetricStat"], int(query["MetricStat"]["Period"])
        values = (
            (at, statistic(inside, stat["Stat"]))
            for at, inside in self.samples(query["Id"]).items()
        )
        known = {at: value for at, value in values if value is not None}
        times = tuple(grid(self._start, self._end, period))
        label = query.get("Label") or stat["Metric"]["MetricName"]
        return Series(known, period, times, label)

    def _expression(self, query):
        expression = query["Expression"]
        if _ELSEWHERE.match(expression):
            raise not_offline("run a SELECT or SEARCH over metrics; name each metric")
        metrics = [i for i, q in self._queries.items() if "MetricStat" in q]
        try:
            named = {name for name in ids_in(expression) if name in self._queries}
            known = {name: self.series(name) for name in named}
            if "METRICS" in expression:
                known |= {name: self.series(name) for name in metrics}
            among = {name: known[name] for name in metrics if name in known}
            return evaluate(expression, known, among)
        except ExpressionError as wrong:
            values = {"id": query["Id"], "problem": str(wrong)}
            raise metric_refusal("bad_expression", **values) from None

    def results(self):
        """
        Id, label and series of everything that is to be returned, in order.

        Yields
        ------
        tuple of (str, str, Series)
        """
        for query_id, query in self._queries.items():
            found = self.series(query_id)
            if query.get("ReturnData") is False:
                continue
            label = query.get("Label") or query_id
            if isinstance(found, list):
                for one in found:
                    yield query_id, f"{label} {one.label}".strip(), one
            else:
                is_metric = "MetricStat" in query
                yield query_id, found.label if is_metric else label, found


def _check_ids(queries):
    ids = [query["Id"] for query in queries]
    for query_id in ids:
        if not _ID.fullmatch(query_id):
            raise metric_refusal("bad_id", id=query_id)
    if any(count > 1 for count in Counter(ids).values()):
        raise metric_refusal("repeated_id")


def _check(query, place):
    if not query.get("MetricStat") and not query.get("Expression"):
        raise metric_refusal("no_metric_stat", place=place)
    if query.get("MetricStat"):
        check_statistic(query["MetricStat"]["Stat"])
        check_period(int(query["MetricStat"]["Period"]))


def check_period(seconds):
    """Refuse a period CloudWatch does not take."""
    if not is_period(seconds):
        raise metric_refusal("bad_period", period=seconds)


def check_statistic(name):
    """Refuse a statistic CloudWatch does not know, or that is not played."""
    if re.fullmatch(r"(tm|wm|tc|ts|pr|TM|WM|TC|TS|PR)\W?[\d.:%()]+|IQM|iqm", name):
        raise not_offline(f"compute the statistic {name}; it has percentiles, as p90")
    if not is_statistic(name):
        raise metric_refusal("bad_statistic", statistic=name)
