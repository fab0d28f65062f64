"""Invocation logs on their way into S3 and CloudWatch Logs.

A record is there as soon as its call has ended, in S3 in an object of its own; AWS
gathers several and takes minutes.
"""

import gzip
import json

from bedrock_helpers.offline.invocation_log import (
    bodies_of,
    file_name,
    folder,
    log_record,
)

STREAM = "aws/bedrock/modelinvocations"


class LogDelivery:
    """
    Puts records where a logging configuration wants them.

    Parameters
    ----------
    services : bedrock_helpers.offline.aws_services.AwsServices
    observed : bedrock_helpers.offline.observed.Observed
    configs : dict of str to dict
        The LoggingConfig of every Region that has one.
    """

    def __init__(self, services, observed, configs):
        self._services, self._observed, self._configs = services, observed, configs
        observed.keeps_bodies = configs.__contains__
        observed.after_call.append(self.deliver)

    def deliver(self, exchange):
        """Deliver the record of a call that has ended, if it is to be logged."""
        record = exchange.record
        config = self._configs.get(record.region_name)
        if config is None or exchange.request is None or exchange.output is None:
            return
        bodies = bodies_of(exchange, config, self._observed.base_id(record.model_id))
        with self._services.opened(record.request_id) as backend:
            if "s3Config" in config:
                place = _Bucket(self._observed, backend("s3"), config["s3Config"])
                place.put_record(record, bodies)
            if "cloudWatchConfig" in config:
                self._log(record, bodies, config["cloudWatchConfig"], backend)

    def _log(self, record, bodies, config, backend):
        large = config.get("largeDataDeliveryS3Config")
        place = _Bucket(self._observed, backend("s3"), large) if large else None
        put_large = place.putter(record) if place else lambda name, raw: None
        content = log_record(record, bodies, put_large)
        logs, group = backend("logs", record.region_name), config["logGroupName"]
        exists = group in logs.groups
        self._observed.note_delivery(record, "LogsCloudWatch", exists)
        if exists:
            event = {
                "timestamp": int(record.time.timestamp() * 1000),
                "message": json.dumps(content, separators=(",", ":")),
            }
            logs.ensure_log_stream(group, STREAM)
            logs.put_log_events(group, STREAM, [event])


class _Bucket:
    def __init__(self, observed, s3, config):
        self._observed, self._s3 = observed, s3
        self._name, self._prefix = config["bucketName"], config.get("keyPrefix", "")

    def putter(self, record):
        def put_large(name, raw):
            here = folder(self._prefix, record.region_name, record.time)
            key = f"{here}/data/{record.request_id}_{name}.json.gz"
            return self._put(record, key, raw, "LargeDataS3")

        return put_large

    def put_record(self, record, bodies):
        content = log_record(record, bodies, self.putter(record))
        here = folder(self._prefix, record.region_name, record.time)
        line = json.dumps(content, separators=(",", ":")).encode() + b"\n"
        self._put(record, f"{here}/{file_name(record)}", line, "LogsS3")

    def _put(self, record, key, raw, what):
        exists = self._name in self._s3.buckets
        self._observed.note_delivery(record, what, exists)
        if not exists:
            return None
        self._s3.put_object(self._name, key, gzip.compress(raw, mtime=0))
        return f"s3://{self._name}/{key}"
