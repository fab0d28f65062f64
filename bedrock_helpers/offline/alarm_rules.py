"""What PutMetricAlarm asks for: checked, and as a rule that can be evaluated."""

from bedrock_helpers.offline.alarms import OPERATORS, TREATMENTS, Point, Rule, window
from bedrock_helpers.offline.errors import not_offline
from bedrock_helpers.offline.metric_queries import (
    MetricQueries,
    check_statistic,
    metric_refusal,
)

_SHORT_PERIODS_S = (10, 20, 30)
_DAY_S, _WEEK_S, _HOUR_S = 86_400, 604_800, 3600
_NOT_PLAYED = (
    "ThresholdMetricId",
    "WarmUpConfiguration",
    "EvaluationCriteria",
    "EvaluationInterval",
)
_NEEDED = ("ComparisonOperator", "EvaluationPeriods", "Threshold")
_OF_ONE_METRIC = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period")


def check_alarm(asked):
    """
    Refuse an alarm that CloudWatch, or the offline Bedrock, does not take.

    Parameters
    ----------
    asked : dict
        Parameters of PutMetricAlarm.

    Raises
    ------
    Refusal
    """
    for name in _NOT_PLAYED:
        if asked.get(name):
            raise not_offline(f"play {name} of an alarm; leave it out")
    if asked.get("EvaluationWindow", {}).get("WallClockWindow"):
        raise not_offline("play a wall clock window; alarms here have a sliding one")
    for name in _NEEDED:
        if asked.get(name) is None:
            raise metric_refusal("alarm_lacks", name=name)
    if asked["ComparisonOperator"] not in OPERATORS:
        raise not_offline(f"compare by {asked['ComparisonOperator']}")
    option = asked.get("TreatMissingData", TREATMENTS[0])
    if option not in TREATMENTS:
        raise metric_refusal("alarm_missing_data", option=option)
    if asked.get("Metrics"):
        _check_metrics(asked)
    else:
        _check_one_metric(asked)
    _check_counts(asked)


def _check_metrics(asked):
    for name in _OF_ONE_METRIC:
        if asked.get(name):
            raise metric_refusal("alarm_two_kinds", name=name)
    if len(_returning(asked["Metrics"])) != 1:
        raise metric_refusal("alarm_returns")


def _check_one_metric(asked):
    name = asked.get("ExtendedStatistic") or asked.get("Statistic")
    if not name or not asked.get("MetricName") or not asked.get("Period"):
        raise metric_refusal("alarm_without_statistic")
    check_statistic(name)


def _check_counts(asked):
    periods, period = asked["EvaluationPeriods"], period_of(asked)
    wanted = asked.get("DatapointsToAlarm")
    if wanted is not None and not 1 <= wanted <= periods:
        raise metric_refusal("alarm_datapoints", most=periods)
    if period not in _SHORT_PERIODS_S and (period <= 0 or period % 60):
        raise metric_refusal("alarm_period")
    if period < _HOUR_S and periods * period > _DAY_S:
        raise metric_refusal("alarm_too_long")
    if periods * period > _WEEK_S:
        raise metric_refusal("alarm_too_long_hourly")


def _returning(queries):
    return [query for query in queries if query.get("ReturnData") is not False]


def period_of(asked):
    """The period of an alarm in seconds: of several metrics, the longest."""
    if not asked.get("Metrics"):
        return int(asked["Period"])
    stats = [query["MetricStat"] for query in asked["Metrics"] if "MetricStat" in query]
    return max((int(stat["Period"]) for stat in stats), default=60)


def rule_of(asked):
    """
    The rule of an alarm that was checked.

    Examples
    --------
    >>> asked = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 1000.0,
    ...     "EvaluationPeriods": 1, "Period": 3600, "Statistic": "Sum"}
    >>> rule_of(asked).treat_missing
    'missing'
    """
    return Rule(
        asked["ComparisonOperator"],
        asked["Threshold"],
        period_of(asked),
        asked["EvaluationPeriods"],
        asked.get("DatapointsToAlarm"),
        asked.get("TreatMissingData", TREATMENTS[0]),
        asked.get("Statistic"),
        asked.get("Unit"),
    )


def _queries_of(asked):
    if asked.get("Metrics"):
        return asked["Metrics"]
    metric = {name: asked[name] for name in ("Namespace", "MetricName")}
    stat = {
        "Metric": {**metric, "Dimensions": asked.get("Dimensions", [])},
        "Period": asked["Period"],
        "Stat": asked.get("ExtendedStatistic") or asked["Statistic"],
    }
    unit = {"Unit": asked["Unit"]} if asked.get("Unit") else {}
    return [{"Id": "m1", "MetricStat": {**stat, **unit}}]


def points_of(asked, samples_of, now):
    """
    The periods an alarm looks at, the latest first.

    Parameters
    ----------
    asked : dict
        Parameters of PutMetricAlarm.
    samples_of : callable
        As for :class:`bedrock_helpers.offline.metric_queries.MetricQueries`.
    now : datetime.datetime

    Returns
    -------
    list of bedrock_helpers.offline.alarms.Point

    Raises
    ------
    Refusal
        For an expression that cannot be computed or gives several series.
    """
    rule = rule_of(asked)
    start, end = window(rule, now)
    queries = MetricQueries(_queries_of(asked), samples_of, start, end)
    wanted = _returning(_queries_of(asked))[0]
    series = queries.series(wanted["Id"])
    if isinstance(series, list):
        raise metric_refusal("alarm_many_series")
    inside = queries.samples(wanted["Id"]) if "MetricStat" in wanted else {}
    times = sorted(series.times)[-rule.range :]
    return [_point(at, series, inside.get(at)) for at in reversed(times)]


def _point(at, series, samples):
    count = float(sum(sample.count for sample in samples)) if samples else None
    return Point(at, series.values.get(at), count)
