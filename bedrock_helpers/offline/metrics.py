"""A call to Bedrock as samples of the metrics Bedrock gives to CloudWatch.

Every metric comes by ``ModelId``, the id as it was called, and once more without a
dimension: the console's "Across all model IDs". Those of a call that asks for a service
tier come by ``ModelId``, ``ServiceTier`` and ``ResolvedServiceTier`` too. All are
stamped with the minute, and none is given where there is nothing to count: CloudWatch
then has no data, which is not the same as 0.
"""

import re
import threading
from collections import Counter

from bedrock_helpers import catalog
from bedrock_helpers.data_files import load_json
from bedrock_helpers.offline.metric_statistics import Sample

NAMESPACE = "AWS/Bedrock"
#: Codes of throttling: neither invocations nor errors.
THROTTLED = ("ThrottlingException",)
#: Claude before 3.7, whose output counts once against the quota; later it counts five
#: times (AWS Bedrock User Guide, quotas-token-burndown, 2026).
_CLAUDE_BEFORE_3_7 = re.compile(
    r"anthropic\.claude-(v\d|instant|3-(haiku|sonnet|opus|5-))"
)
_LATER_CLAUDE = "anthropic.claude-"
BURNDOWN_RATE = 5
#: What the delivery of invocation logs is told by.
DELIVERY_METRICS = tuple(
    f"ModelInvocation{what}Delivery{how}"
    for what in ("LogsCloudWatch", "LogsS3", "LargeDataS3")
    for how in ("Success", "Failure")
)


def metric_facts():
    """
    Every metric by its name: units, what it counts, source.

    Examples
    --------
    >>> metric_facts()["TimeToFirstToken"]["api_unit"]
    'Milliseconds'
    """
    return {record["name"]: record for record in load_json("observed.json")["metrics"]}


def burndown_rate(model_id):
    """
    How many tokens of quota one output token takes.

    Parameters
    ----------
    model_id : str
        An id, an inference profile's id, or the ARN of either.

    Examples
    --------
    >>> burndown_rate("us.anthropic.claude-haiku-4-5-20251001-v1:0")
    5
    >>> burndown_rate("amazon.nova-micro-v1:0")
    1
    """
    if _LATER_CLAUDE not in model_id or _CLAUDE_BEFORE_3_7.search(model_id):
        return 1
    return BURNDOWN_RATE


def _quota_tokens(record, base_id):
    """Tokens that count against the tokens-per-minute quota once a call has ended."""
    output = (record.output_tokens or 0) * burndown_rate(base_id)
    return (record.input_tokens or 0) + record.cache_write_tokens + output


def metric_values(record, base_id=None):
    """
    The metrics of one call.

    Parameters
    ----------
    record : bedrock_helpers.offline.call_record.CallRecord
        Of an invocation that has ended.
    base_id : str, optional
        The id of the model it is of, where ``model_id`` does not say it.

    Returns
    -------
    dict of str to float
        By metric; only what there is to count.
    """
    if record.error_code in THROTTLED:
        return {"InvocationThrottles": 1}
    if record.error_code is not None:
        side = "Server" if record.status >= 500 else "Client"
        return {f"Invocation{side}Errors": 1}
    base_id = base_id or record.model_id
    counted = {
        "Invocations": 1,
        "InvocationLatency": record.latency_ms,
        "TimeToFirstToken": record.first_token_ms,
        "InputTokenCount": record.input_tokens,
        "OutputTokenCount": record.output_tokens,
        "OutputImageCount": record.images or None,
        "CacheReadInputTokens": record.cache_read_tokens or None,
        "CacheWriteInputTokens": record.cache_write_tokens or None,
        "EstimatedTPMQuotaUsage": _quota_tokens(record, base_id) or None,
        "LegacyModelInvocations": 1 if _is_legacy(base_id) else None,
    }
    return {name: value for name, value in counted.items() if value is not None}


def _is_legacy(model_id):
    _, bare = catalog.split_profile_id(model_id.rpartition("/")[2])
    try:
        return catalog.get(bare).status == "LEGACY"
    except catalog.UnknownModelError:
        return False


def dimension_sets(record):
    """
    The combinations of dimensions a call's metrics are published under.

    Returns
    -------
    list of dict of str to str
    """
    by_model = {"ModelId": record.model_id}
    sets = [by_model, {}]
    if record.service_tier:
        served = record.resolved_tier or record.service_tier
        tiers = {"ServiceTier": record.service_tier, "ResolvedServiceTier": served}
        sets.append({**by_model, **tiers})
    return sets


class BedrockMetrics:
    """
    The samples of one account's calls in one Region.

    A minute's equal values are one sample with their count, so there are far fewer
    samples than calls, and they stay when the records of old calls are dropped.
    """

    def __init__(self):
        self._counts = {}
        self._lock = threading.Lock()

    def add(self, record, base_id=None):
        """
        Count a call that has ended.

        Parameters
        ----------
        record : bedrock_helpers.offline.call_record.CallRecord
            Of an invocation.
        base_id : str, optional
            As for :func:`metric_values`.
        """
        values = metric_values(record, base_id).items()
        minute = _minute(record.time)
        with self._lock:
            for dimensions in dimension_sets(record):
                self._of(dimensions, minute).update(values)

    def add_delivery(self, name, time):
        """Count the delivery of an invocation log, by one of DELIVERY_METRICS."""
        with self._lock:
            self._of({}, _minute(time))[name, 1] += 1

    def _of(self, dimensions, minute):
        """How often each metric had each value in one minute."""
        minutes = self._counts.setdefault(_key(dimensions), {})
        return minutes.setdefault(minute, Counter())

    def samples(self, name, dimensions, since=None):
        """
        The samples of one metric.

        Parameters
        ----------
        name : str
        dimensions : dict of str to str
            They must be exactly those of the metric.
        since : datetime.datetime, optional
            Those of earlier minutes are left out.

        Returns
        -------
        list of bedrock_helpers.offline.metric_statistics.Sample
        """
        with self._lock:
            counted = [
                (minute, value, count)
                for minute, counts in self._counts.get(_key(dimensions), {}).items()
                if since is None or minute >= since
                for (counted_name, value), count in counts.items()
                if counted_name == name
            ]
        unit = metric_facts()[name]["api_unit"] if counted else None
        return [
            Sample(minute, value * count, unit, count, value, value)
            for minute, value, count in counted
        ]

    def listed(self):
        """Every metric that has a sample: ``(name, dimensions)``, as ListMetrics."""
        with self._lock:
            found = {
                (name, dimensions): None
                for dimensions, minutes in self._counts.items()
                for counts in minutes.values()
                for name, _ in counts
            }
        return [(name, dict(dimensions)) for name, dimensions in found]


def _key(dimensions):
    return tuple(sorted(dimensions.items()))


def _minute(time):
    return time.replace(second=0, microsecond=0)
