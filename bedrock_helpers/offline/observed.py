"""What every call to the offline Bedrock leaves behind: one small record.

Metrics, CloudTrail events and invocation logs are all made of these records, so they
agree with each other. A call is recorded when its operation is known: a request that
was not signed, or asks for what nobody has, leaves nothing. Nor does one the offline
Bedrock cannot play, for AWS would have answered it.

A stream is in the list from its first byte on; its tokens are known when it has been
read to the end. One that is closed before is an invocation without tokens.
"""

import threading
from collections import deque

from bedrock_helpers.offline.exchange import Exchange
from bedrock_helpers.offline.log_delivery import LogDelivery
from bedrock_helpers.offline.metrics import BedrockMetrics

#: Of a session that goes on for long, the oldest records are dropped: the trail and
#: ``session.offline.calls`` lose them, the metrics do not.
MOST_RECORDS = 50_000


def observe(services, account):
    """
    Begin to watch an account.

    Parameters
    ----------
    services : bedrock_helpers.offline.aws_services.AwsServices
        It gets the records as its ``observed``.
    account : bedrock_helpers.offline.account.Account

    Returns
    -------
    Observed
    """

    def base_id(model_id):
        profile = account.application_profiles.get(model_id)
        bought = account.provisioned_models.get(model_id)
        return profile.source if profile else bought.model_id if bought else model_id

    services.observed = observed = Observed(base_id)
    LogDelivery(services, observed, account.logging)
    return observed


class Observed:
    """
    The records of one offline account, oldest first.

    Parameters
    ----------
    base_id : callable
        From a ``modelId`` as called to one that says which model it is.

    Attributes
    ----------
    calls : collections.deque of CallRecord
        The latest ``MOST_RECORDS``.
    after_call : list of callable
        Each is called with an :class:`Exchange` when a call has ended.
    keeps_bodies : callable
        Whether the bodies of a Region's invocations are kept until they end.
    alarm_watchers : dict of str to callable
        By Region: called with the time of every call of a model that has ended.
    """

    def __init__(self, base_id):
        self.calls = deque(maxlen=MOST_RECORDS)
        self.after_call = []
        self.keeps_bodies = lambda region_name: False
        self.base_id = base_id
        self.alarm_watchers = {}
        self._metrics = {}
        self._alarm_history = {}
        self._lock = threading.Lock()

    def every_call(self):
        """The records of all Regions, oldest first."""
        with self._lock:
            return list(self.calls)

    def records(self, region_name):
        """The records of one Region, oldest first."""
        return [one for one in self.every_call() if one.region_name == region_name]

    def metrics(self, region_name):
        """The metrics of one Region."""
        with self._lock:
            return self._metrics.setdefault(region_name, BedrockMetrics())

    def alarm_history(self, region_name):
        """What happened to the alarms of one Region: a list to add to."""
        return self._alarm_history.setdefault(region_name, [])

    def add(self, record):
        """Put a record at the end of the list."""
        with self._lock:
            self.calls.append(record)

    def note_delivery(self, record, what, succeeded):
        """
        Count the delivery of an invocation log.

        Parameters
        ----------
        record : CallRecord
        what : str
            ``"LogsS3"``, ``"LogsCloudWatch"`` or ``"LargeDataS3"``.
        succeeded : bool
        """
        name = f"ModelInvocation{what}Delivery{'Success' if succeeded else 'Failure'}"
        self.metrics(record.region_name).add_delivery(name, record.time)

    def ended(self, exchange):
        """
        Count a call that has ended, log it, and look at the alarms of its Region.

        Parameters
        ----------
        exchange : Exchange
        """
        record = exchange.record
        if record.is_invocation:
            base_id = self.base_id(record.model_id)
            self.metrics(record.region_name).add(record, base_id)
        for act in self.after_call:
            act(exchange)
        watch = self.alarm_watchers.get(record.region_name)
        if watch is not None and record.is_invocation:
            watch(record.time)

    def begin(self, url, headers, now):
        """
        Begin to watch one request.

        Parameters
        ----------
        url : str
        headers : mapping
        now : datetime.datetime
            By the service's clock.

        Returns
        -------
        Exchange
        """
        return Exchange(self, url, headers, now)
