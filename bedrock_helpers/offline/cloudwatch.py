"""CloudWatch: moto takes the requests in and keeps alarms, data and dashboards.

What moto lacks is here: Bedrock's own metrics, periods that begin where AWS lets them,
percentiles, metric math, and alarms that are evaluated. moto is imported with this
module, which is imported when CloudWatch is first asked for.
"""

from moto.cloudwatch.exceptions import CloudWatchException
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.request import Request
from moto.core.responses import ActionResult, EmptyResult

from bedrock_helpers.offline.account import ACCOUNT_ID
from bedrock_helpers.offline.alarm_keeping import (
    Alarms,
    described,
    is_described,
    is_told,
)
from bedrock_helpers.offline.errors import Refusal, not_offline
from bedrock_helpers.offline.http_reply import Reply
from bedrock_helpers.offline.metric_answers import (
    check_statistics,
    datapoint,
    is_wanted,
    metric,
    result,
)
from bedrock_helpers.offline.metric_queries import MetricQueries, metric_refusal
from bedrock_helpers.offline.metric_source import MetricSource, utc
from bedrock_helpers.offline.metric_statistics import by_period
from bedrock_helpers.offline.next_tokens import take_page

#: What can be asked of it.
OPERATIONS = (
    "DeleteAlarms",
    "DeleteDashboards",
    "DescribeAlarmHistory",
    "DescribeAlarms",
    "DescribeAlarmsForMetric",
    "DisableAlarmActions",
    "EnableAlarmActions",
    "GetDashboard",
    "GetMetricData",
    "GetMetricStatistics",
    "ListDashboards",
    "ListMetrics",
    "ListTagsForResource",
    "PutDashboard",
    "PutMetricAlarm",
    "PutMetricData",
    "SetAlarmState",
    "TagResource",
    "UntagResource",
)
_LISTED, _DESCRIBED = 500, 100


def answer(call, services):
    """
    Answer one request to CloudWatch.

    Parameters
    ----------
    call : bedrock_helpers.offline.aws_services.ServiceCall
    services : bedrock_helpers.offline.aws_services.AwsServices

    Returns
    -------
    bedrock_helpers.offline.http_reply.Reply

    Raises
    ------
    Refusal
        For what can not be done offline.
    """
    if call.action not in OPERATIONS:
        known = ", ".join(OPERATIONS)
        raise not_offline(f"do {call.action} of CloudWatch; it can do: {known}")
    with services.opened(call.seed):
        handler = _CloudWatch(services.observed, call.now)
        status, headers, body = handler.dispatch_one(_for_moto(call))
        if call.action in ("PutMetricAlarm", "DeleteAlarms"):
            _watch(services, handler.region)
    body = body.encode() if isinstance(body, str) else body
    return Reply(status, {k.lower(): str(v) for k, v in headers.items()}, body)


def _for_moto(call):
    headers = {
        name: value.decode("latin-1") if isinstance(value, bytes) else value
        for name, value in call.headers.items()
        if name.lower() != "content-length"
    }
    headers["x-moto-account-id"] = ACCOUNT_ID
    return Request.from_primitives(call.method, call.url, headers, call.body or b"")


def _watch(services, region_name):
    """While a Region has alarms, every call of a model there is looked at."""
    observed = services.observed

    def evaluate(now):
        with services.opened() as backend:
            kept = backend("cloudwatch", region_name)
            _alarms(kept, observed, region_name, now).evaluate()

    with services.opened() as backend:
        if backend("cloudwatch", region_name).alarms:
            observed.alarm_watchers[region_name] = evaluate
        else:
            observed.alarm_watchers.pop(region_name, None)


def _alarms(backend, observed, region_name, now):
    source = MetricSource(backend.metric_data, observed.metrics(region_name))
    return Alarms(backend, observed.alarm_history(region_name), source.samples, now)


def _paged(name, found, wanted, size, wrong="alarms_token", **more):
    """One page of what was found."""
    question = {k: v for k, v in wanted.items() if k not in ("NextToken", "MaxRecords")}
    token, of = wanted.get("NextToken"), repr(question)
    page, token = take_page(found, token, size, of, wrong)
    following = {"NextToken": token} if token else {}
    return ActionResult({name: page, **more, **following})


class _CloudWatch(CloudWatchResponse):
    """One request to moto's CloudWatch, with what moto lacks."""

    def __init__(self, observed, now):
        super().__init__()
        self._observed, self._now = observed, now

    def dispatch_one(self, request):
        return self._dispatch(request, request.raw_url, request.headers)

    def call_action(self):
        try:
            return super().call_action()
        except Refusal as stop:
            if stop.status != 400:
                raise
            problem = CloudWatchException(stop.code, stop.text)
            return self.serialized(ActionResult(problem))

    @property
    def _source(self):
        bedrock = self._observed.metrics(self.region)
        return MetricSource(self.cloudwatch_backend.metric_data, bedrock)

    @property
    def _alarms(self):
        backend = self.cloudwatch_backend
        return _alarms(backend, self._observed, self.region, self._now)

    # Metrics

    def put_metric_data(self):
        if self._get_param("Namespace").startswith("AWS/"):
            raise metric_refusal("aws_namespace")
        for datum in self._get_param("MetricData", []):
            datum.setdefault("Timestamp", self._now)
        return super().put_metric_data()

    def list_metrics(self):
        wanted = self._get_params()
        listed = self._source.listed()
        found = [metric(*one) for one in listed if is_wanted(wanted, *one)]
        return _paged("Metrics", found, wanted, _LISTED, wrong="metrics_token")

    def get_metric_statistics(self):
        asked = self._get_params()
        start, end = utc(asked["StartTime"]), utc(asked["EndTime"])
        names = asked.get("Statistics", []) + asked.get("ExtendedStatistics", [])
        check_statistics(names, start, end, asked["Period"])
        dimensions = {d["Name"]: d["Value"] for d in asked.get("Dimensions", [])}
        samples = self._source.samples(
            asked["Namespace"], asked["MetricName"], dimensions, asked.get("Unit")
        )
        points = [
            datapoint(at, inside, names, unit)
            for unit in sorted({sample.unit for sample in samples})
            for at, inside in by_period(
                [s for s in samples if s.unit == unit], start, end, asked["Period"]
            ).items()
        ]
        return ActionResult({"Label": asked["MetricName"], "Datapoints": points})

    def get_metric_data(self):
        asked = self._get_params()
        start, end = utc(asked["StartTime"]), utc(asked["EndTime"])
        if start >= end:
            same = "start_equals_end" if start == end else "end_before_start"
            raise metric_refusal(same)
        queries = MetricQueries(
            asked["MetricDataQueries"], self._source.samples, start, end
        )
        ascending = asked.get("ScanBy") == "TimestampAscending"
        results = [
            result(query_id, label, series, ascending)
            for query_id, label, series in queries.results()
        ]
        return ActionResult({"MetricDataResults": results, "Messages": []})

    # Alarms

    def put_metric_alarm(self):
        asked = dict(self._get_params())
        self._alarms.check(asked)
        before = self.cloudwatch_backend.alarms.get(asked["AlarmName"])
        super().put_metric_alarm()
        self._alarms.note_put(asked, before)
        return EmptyResult()

    def describe_alarms(self):
        self._alarms.evaluate()
        wanted = self._get_params()
        alarms = self.cloudwatch_backend.alarms.values()
        kinds = wanted.get("AlarmTypes", ["MetricAlarm"])
        found = [described(a) for a in alarms if is_described(a, wanted)]
        metric_alarms = found if "MetricAlarm" in kinds else []
        size = wanted.get("MaxRecords", _DESCRIBED)
        return _paged("MetricAlarms", metric_alarms, wanted, size, CompositeAlarms=[])

    def describe_alarms_for_metric(self):
        self._alarms.evaluate()
        wanted = self._get_params()
        names = "MetricName", "Namespace"
        found = [
            described(alarm)
            for alarm in self.cloudwatch_backend.alarms.values()
            if all(alarm.asked.get(name) == wanted[name] for name in names)
            and alarm.asked.get("Dimensions", []) == wanted.get("Dimensions", [])
        ]
        return ActionResult({"MetricAlarms": found})

    def describe_alarm_history(self):
        self._alarms.evaluate()
        wanted = self._get_params()
        history = self._observed.alarm_history(self.region)
        found = [item for item in history if is_told(item, wanted)]
        if wanted.get("ScanBy") != "TimestampAscending":
            found.reverse()
        size = wanted.get("MaxRecords", _DESCRIBED)
        return _paged("AlarmHistoryItems", found, wanted, size)

    def delete_alarms(self):
        kept = self.cloudwatch_backend.alarms
        names = self._get_param("AlarmNames", [])
        self._alarms.note_deleted([kept[name] for name in names if name in kept])
        return super().delete_alarms()

    def set_alarm_state(self):
        asked = self._get_params()
        kept = self.cloudwatch_backend.alarms.get(asked["AlarmName"])
        before = dict(kept.__dict__) if kept else {}
        done = super().set_alarm_state()
        kept.__dict__.update(before)
        self._alarms.set_state(
            asked["AlarmName"],
            asked["StateValue"],
            asked["StateReason"],
            asked.get("StateReasonData"),
        )
        return done
