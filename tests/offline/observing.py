"""Asking CloudWatch, CloudTrail and the logs of a session, with plain boto3."""

import datetime
import gzip
import json

HOUR = datetime.timedelta(hours=1)
STREAM = "aws/bedrock/modelinvocations"


def last_hours(hours=1):
    """``StartTime`` and ``EndTime`` of the hours up to now."""
    now = datetime.datetime.now(datetime.UTC)
    return {"StartTime": now - hours * HOUR, "EndTime": now + HOUR}


def by(**dimensions):
    """``Dimensions`` of CloudWatch."""
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def datapoints(session, name, statistic="Sum", **dimensions):
    """The datapoints of one of Bedrock's metrics, minute by minute."""
    reply = session.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Bedrock",
        MetricName=name,
        Dimensions=by(**dimensions),
        Period=60,
        Statistics=[statistic],
        **last_hours(),
    )
    return reply["Datapoints"]


def total(session, name, **dimensions):
    """The sum of one of Bedrock's metrics."""
    return sum(point["Sum"] for point in datapoints(session, name, **dimensions))


def metric(name, stat="Sum", period=3600, query_id="m1", **dimensions):
    """A query of GetMetricData for one of Bedrock's metrics."""
    named = {"Namespace": "AWS/Bedrock", "MetricName": name}
    wanted = {"Metric": {**named, "Dimensions": by(**dimensions)}}
    return {"Id": query_id, "MetricStat": {**wanted, "Period": period, "Stat": stat}}


def metric_data(session, *queries, **more):
    """The results of GetMetricData, by their Ids."""
    reply = session.client("cloudwatch").get_metric_data(
        MetricDataQueries=list(queries), **{**last_hours(), **more}
    )
    return {result["Id"]: result for result in reply["MetricDataResults"]}


def events(session, **asked):
    """All events of LookupEvents, page by page, the newest first."""
    pages = session.client("cloudtrail").get_paginator("lookup_events")
    return [event for page in pages.paginate(**asked) for event in page["Events"]]


def trail(session, **asked):
    """What CloudTrail wrote of every call, the newest first."""
    return [json.loads(event["CloudTrailEvent"]) for event in events(session, **asked)]


def log_to_bucket(session, name="calls", **config):
    """Have invocations logged into a new bucket."""
    session.client("s3").create_bucket(Bucket=name)
    config = {"s3Config": {"bucketName": name}, **config}
    session.client("bedrock").put_model_invocation_logging_configuration(
        loggingConfig=config
    )


def objects(session, name="calls"):
    """What a bucket holds: bytes by key."""
    s3 = session.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=name)
    keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
    return {key: s3.get_object(Bucket=name, Key=key)["Body"].read() for key in keys}


def unpacked(raw):
    """The JSON of a gzip object, a record a line."""
    return [json.loads(line) for line in gzip.decompress(raw).splitlines()]


def logged(session, name="calls"):
    """The invocation logs in a bucket, the oldest first."""
    found = objects(session, name)
    return [
        record
        for key, raw in sorted(found.items())
        if key.endswith(".json.gz") and "/data/" not in key
        for record in unpacked(raw)
    ]


def log_stream(session, group):
    """The invocation logs in a log group."""
    pages = session.client("logs").get_paginator("filter_log_events")
    found = pages.paginate(logGroupName=group, logStreamNames=[STREAM])
    return [json.loads(e["message"]) for page in found for e in page["events"]]


def to_a_full_minute(session):
    """Let the service's time pass to the beginning of the next minute."""
    now = datetime.datetime.now(datetime.UTC)
    seconds = 60 - now.second - now.microsecond / 1e6
    session.offline.pass_time(seconds / 60)
