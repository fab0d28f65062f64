"""A streamed reply that tells the meter its token counts as they are read."""

import json

from botocore.eventstream import EventStream

#: The key under which InvokeModel's last chunk has its counts.
METRICS = "amazon-bedrock-invocationMetrics"
#: The names of the counts there, by Converse's.
_COUNTS = {
    "inputTokens": "inputTokenCount",
    "outputTokens": "outputTokenCount",
    "cacheReadInputTokens": "cacheReadInputTokenCount",
    "cacheWriteInputTokens": "cacheWriteInputTokenCount",
}


class MeteredStream(EventStream):
    """
    botocore's stream itself; what it yields and raises is unchanged.

    Parameters
    ----------
    stream : botocore.eventstream.EventStream
        The stream whose place it takes.
    reported : callable
        Called with a usage, as Converse reports it, and the service tier the
        stream names or None, before the event that holds them is given out.
    """

    def __init__(self, stream, reported):
        vars(self).update(vars(stream))
        self._reported = reported

    def __iter__(self):
        for event in super().__iter__():
            usage = usage_in(event)
            if usage:
                self._reported(usage, event.get("metadata", {}).get("serviceTier"))
            yield event


def usage_in(event):
    """
    The token counts an event of a stream brings, or None.

    Parameters
    ----------
    event : dict
        Of ConverseStream or InvokeModelWithResponseStream.

    Returns
    -------
    dict or None
        As Converse reports it.

    Examples
    --------
    >>> usage_in({"messageStop": {"stopReason": "end_turn"}})
    >>> last = {METRICS: {"inputTokenCount": 5, "outputTokenCount": 2}}
    >>> usage_in({"chunk": {"bytes": json.dumps(last).encode()}})
    {'inputTokens': 5, 'outputTokens': 2}
    """
    if "metadata" in event:
        return event["metadata"].get("usage")
    raw = event.get("chunk", {}).get("bytes", b"")
    if METRICS.encode() not in raw:
        return None
    try:
        metrics = json.loads(raw)[METRICS]
    except (ValueError, KeyError, TypeError):  # the model's own words
        return None
    return {name: metrics[key] for name, key in _COUNTS.items() if key in metrics}
