"""The alarms of one Region: kept in moto, evaluated here, with their history.

Actions (SNS topics and others) are not carried out, so the history has none.
"""

import datetime
import json

from bedrock_helpers.offline.alarm_rules import check_alarm, points_of, rule_of
from bedrock_helpers.offline.alarm_words import INSUFFICIENT, UNCHECKED, stamp
from bedrock_helpers.offline.alarms import judge
from bedrock_helpers.offline.metric_source import utc

_LISTS = ("OKActions", "AlarmActions", "InsufficientDataActions")
_MINUTE = datetime.timedelta(minutes=1)


class Alarms:
    """
    The alarms of one account in one Region.

    Parameters
    ----------
    backend : moto.cloudwatch.models.CloudWatchBackend
    history : list of dict
        Items of DescribeAlarmHistory, oldest first; of deleted alarms too.
    samples_of : callable
        As for :class:`bedrock_helpers.offline.metric_queries.MetricQueries`.
    now : datetime.datetime
    """

    def __init__(self, backend, history, samples_of, now):
        self._kept, self._history = backend.alarms, history
        self._samples_of, self._now = samples_of, now

    def check(self, asked):
        """Refuse what cannot be watched, before it is kept."""
        check_alarm(asked)
        points_of(asked, self._samples_of, self._now)

    def note_put(self, asked, before):
        """
        Complete the alarm moto has just kept.

        Parameters
        ----------
        asked : dict
            Parameters of PutMetricAlarm.
        before : moto.cloudwatch.models.Alarm or None
            The alarm it replaces: its state stays.
        """
        alarm = self._kept[asked["AlarmName"]]
        alarm.asked = {k: v for k, v in asked.items() if k != "Tags"}
        alarm.configuration_updated_timestamp = self._now
        if before is None:
            state = INSUFFICIENT, UNCHECKED, "{}"
            self._set(alarm, *state, transitioned=self._now)
            alarm.held_until = self._now
        else:
            alarm.__dict__.update({k: before.__dict__[k] for k in _STATE})
        self._note_configuration(alarm, "Create" if before is None else "Update")

    def note_deleted(self, alarms):
        """Write down that alarms were deleted."""
        for alarm in alarms:
            self._note_configuration(alarm, "Delete")

    def set_state(self, name, state, reason, data):
        """Set a state by hand: it holds until the next minute's evaluation."""
        alarm = self._kept[name]
        self._change(alarm, state, reason, data or "")
        alarm.held_until = self._now.replace(second=0, microsecond=0) + _MINUTE

    def evaluate(self):
        """Bring every alarm's state up to date."""
        for alarm in self._kept.values():
            if self._now < alarm.held_until:
                continue
            rule = rule_of(alarm.asked)
            points = points_of(alarm.asked, self._samples_of, self._now)
            verdict = judge(rule, points, self._now)
            if verdict.state not in (None, alarm.state_value):
                self._change(alarm, verdict.state, verdict.reason, verdict.data)

    def _set(self, alarm, state, reason, data, transitioned):
        alarm.state_value, alarm.state_reason = state, reason
        alarm.state_reason_data, alarm.state_updated_timestamp = data, self._now
        alarm.state_transitioned = transitioned

    def _change(self, alarm, state, reason, data):
        old = _state_words(alarm)
        same = state == alarm.state_value
        transitioned = alarm.state_transitioned if same else self._now
        before = alarm.state_value
        self._set(alarm, state, reason, data, transitioned)
        said = {"version": "1.0", "oldState": old, "newState": _state_words(alarm)}
        summary = f"Alarm updated from {before} to {state}"
        self._note(alarm, "StateUpdate", summary, said)

    def _note_configuration(self, alarm, kind):
        done = f"{kind.lower()}d"
        shown = {_camel(name): value for name, value in described(alarm).items()}
        said = {"version": "1.0", "type": kind, f"{done}Alarm": shown}
        summary = f'Alarm "{alarm.name}" {done}'
        self._note(alarm, "ConfigurationUpdate", summary, said)

    def _note(self, alarm, kind, summary, data):
        self._history.append(
            {
                "AlarmName": alarm.name,
                "AlarmType": "MetricAlarm",
                "Timestamp": self._now,
                "HistoryItemType": kind,
                "HistorySummary": summary,
                "HistoryData": json.dumps(data, separators=(",", ":"), default=stamp),
            }
        )


_STATE = (
    "state_value",
    "state_reason",
    "state_reason_data",
    "state_updated_timestamp",
    "state_transitioned",
    "held_until",
)


def _state_words(alarm):
    words = {"stateValue": alarm.state_value, "stateReason": alarm.state_reason}
    if alarm.state_reason_data and alarm.state_reason != UNCHECKED:
        words["stateReasonData"] = json.loads(alarm.state_reason_data)
    return words


def _camel(name):
    return "okActions" if name == "OKActions" else name[0].lower() + name[1:]


def described(alarm):
    """
    One alarm as DescribeAlarms shows it.

    Parameters
    ----------
    alarm : moto.cloudwatch.models.Alarm

    Returns
    -------
    dict
    """
    dimensions = {"Dimensions": []} if "MetricName" in alarm.asked else {}
    reason_data = alarm.state_reason_data
    shown = {
        **dict.fromkeys(_LISTS, ()),
        **dimensions,
        **alarm.asked,
        "AlarmArn": alarm.alarm_arn,
        "AlarmConfigurationUpdatedTimestamp": alarm.configuration_updated_timestamp,
        "ActionsEnabled": alarm.actions_enabled,
        "StateValue": alarm.state_value,
        "StateReason": alarm.state_reason,
        "StateUpdatedTimestamp": alarm.state_updated_timestamp,
        "StateTransitionedTimestamp": alarm.state_transitioned,
    }
    has_data = reason_data and reason_data != "{}"
    return {**shown, **({"StateReasonData": reason_data} if has_data else {})}


def is_described(alarm, wanted):
    """Whether DescribeAlarms' filters let an alarm through."""
    names = wanted.get("AlarmNames")
    if names and alarm.name not in names:
        return False
    if not alarm.name.startswith(wanted.get("AlarmNamePrefix", "")):
        return False
    if wanted.get("StateValue", alarm.state_value) != alarm.state_value:
        return False
    prefix, actions = wanted.get("ActionPrefix"), alarm.asked.get("AlarmActions", ())
    return not prefix or any(action.startswith(prefix) for action in actions)


def is_told(item, wanted):
    """Whether DescribeAlarmHistory's filters let an item through."""
    for name in ("AlarmName", "HistoryItemType"):
        if wanted.get(name, item[name]) != item[name]:
            return False
    start, end = wanted.get("StartDate"), wanted.get("EndDate")
    after = start is None or item["Timestamp"] >= utc(start)
    return after and (end is None or item["Timestamp"] <= utc(end))
