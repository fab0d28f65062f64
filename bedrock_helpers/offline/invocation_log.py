"""Invocation logs: what a model was asked and answered, as Bedrock writes it.

Shape: AWS Bedrock User Guide, "Monitor model invocation using CloudWatch Logs and
Amazon S3" (mirror of 2026-07), and records of 2024 to 2026 that public repositories
quote, among them elastic/integrations' test data. Models that cache prompts have the
counts of the cache also where they are 0 (records of 2025-03 and 2026-04), calls of a
geography's profile the Region that served them also where it is the caller's (a query's
result of 2025-08, github.com/ZainZia0341/Lambda-Artillery-loadTest).
"""

import base64
import hashlib
import json
from dataclasses import dataclass

from bedrock_helpers import catalog
from bedrock_helpers.offline.account import ACCOUNT_ID
from bedrock_helpers.offline.cache_points import takes_cache_points
from bedrock_helpers.offline.logged_output import logged_output

#: Bodies that are longer stand in an S3 object of their own.
LARGEST_INLINE_BYTES = 100 * 1024
#: What of a conversation's request is in ``inputBodyJson``.
_ASKED = (
    "messages",
    "system",
    "inferenceConfig",
    "toolConfig",
    "outputConfig",
    "additionalModelRequestFields",
    "additionalModelResponseFieldPaths",
)
_JSON = "application/json"


@dataclass(frozen=True)
class Bodies:
    """
    What was asked and answered, as JSON values.

    Attributes
    ----------
    request, answer : object
        None where nothing may be logged.
    metadata : dict
        The caller's ``requestMetadata``.
    latency : str or None
        The ``performanceConfig`` asked for.
    is_routed : bool
        Whether a profile that spans Regions was called.
    may_cache : bool
        Whether the model caches prompts.
    """

    request: object
    answer: object
    metadata: dict
    latency: str | None
    is_routed: bool = False
    may_cache: bool = False


def bodies_of(exchange, config, base_id):
    """
    The bodies of an invocation that has ended.

    Parameters
    ----------
    exchange : bedrock_helpers.offline.observed.Exchange
    config : dict
        The LoggingConfig.
    base_id : str
        An id that says which model was called.

    Returns
    -------
    Bodies
    """
    asked = exchange.request
    metadata = asked.get("requestMetadata") or {}
    latency = asked.get("performanceConfig", {}).get("latency")
    latency = latency or asked.get("performanceConfigLatency")
    geography, bare_id = catalog.split_profile_id(base_id.rpartition("/")[2])
    bodies = None, None
    if exchange.record.succeeded and _is_delivered(config, bare_id):
        bodies = _request(asked), logged_output(exchange)
    about = bool(geography), takes_cache_points(bare_id)
    return Bodies(*bodies, _as_object(metadata), latency, *about)


def _request(asked):
    if "body" in asked:
        return json.loads(asked["body"])
    return {name: asked[name] for name in _ASKED if name in asked}


def _as_object(metadata):
    """Of InvokeModel it is a header, so a text."""
    return json.loads(metadata) if isinstance(metadata, str) else metadata


def _is_delivered(config, model_id):
    """Whether the bodies of this kind of model are to be logged."""
    try:
        outputs = catalog.get(model_id).output_modalities
    except catalog.UnknownModelError:
        outputs = ("TEXT",)
    kind = next((k for k in ("EMBEDDING", "IMAGE") if k in outputs), "TEXT")
    return config.get(f"{kind.lower()}DataDeliveryEnabled", True)


def log_record(record, bodies, put_large):
    """
    One record of the schema ModelInvocationLog, 1.0.

    Parameters
    ----------
    record : bedrock_helpers.offline.call_record.CallRecord
    bodies : Bodies
    put_large : callable
        From ``"input"`` or ``"output"`` and bytes to the S3 path they were put to, or
        None where there is no place for large bodies.

    Returns
    -------
    dict
    """
    metadata = {"requestMetadata": bodies.metadata} if bodies.metadata else {}
    performance = {"performanceConfig": {"latency": bodies.latency}}
    served_in = {"inferenceRegion": record.region_name}
    was_routed = bodies.is_routed and not record.error_code
    return {
        "timestamp": f"{record.time:%Y-%m-%dT%H:%M:%SZ}",
        "accountId": ACCOUNT_ID,
        "region": record.region_name,
        "requestId": record.request_id,
        "operation": record.operation,
        "modelId": record.model_id,
        **metadata,
        "input": _input(record, bodies, put_large),
        "output": _side("output", record, bodies.answer, put_large),
        "identity": {"arn": record.caller.arn},
        **(served_in if was_routed else {}),
        **({"errorCode": record.error_code} if record.error_code else {}),
        **(performance if bodies.latency else {}),
        "schemaType": "ModelInvocationLog",
        "schemaVersion": "1.0",
    }


def _input(record, bodies, put_large):
    told = _side("input", record, bodies.request, put_large)
    cached = {
        "cacheReadInputTokenCount": record.cache_read_tokens,
        "cacheWriteInputTokenCount": record.cache_write_tokens,
    }
    return {**told, **(cached if told and bodies.may_cache else {})}


def _side(name, record, body, put_large):
    """``input`` or ``output``: both are empty when the call failed."""
    if record.error_code:
        return {}
    count = getattr(record, f"{name}_tokens")
    counted = {} if count is None else {f"{name}TokenCount": count}
    return {f"{name}ContentType": _JSON, **_body(name, body, put_large), **counted}


def _body(name, body, put_large):
    if body is None:
        return {}
    raw = json.dumps(body, default=_text, separators=(",", ":")).encode()
    if len(raw) <= LARGEST_INLINE_BYTES:
        return {f"{name}BodyJson": json.loads(raw)}
    path = put_large(name, raw)
    return {f"{name}BodyS3Path": path} if path else {}


def _text(raw):
    return base64.b64encode(raw).decode()


def folder(prefix, region_name, time):
    """
    Where the logs of one hour are in a bucket.

    Examples
    --------
    >>> import datetime
    >>> folder("logs", "us-east-1", datetime.datetime(2026, 11, 24, 9))
    'logs/AWSLogs/111122223333/BedrockModelInvocationLogs/us-east-1/2026/11/24/09'
    """
    begin = f"{prefix.rstrip('/')}/" if prefix else ""
    place = f"AWSLogs/{ACCOUNT_ID}/BedrockModelInvocationLogs/{region_name}"
    return f"{begin}{place}/{time:%Y/%m/%d/%H}"


def file_name(record):
    """
    The name of a record's object: its time, and sixteen hexadecimal digits.

    They come of the request's id, so two records never share a name.
    """
    digits = hashlib.sha256(record.request_id.encode()).hexdigest()[:16]
    milliseconds = record.time.microsecond // 1000
    return f"{record.time:%Y%m%dT%H%M%S}{milliseconds:03}Z_{digits}.json.gz"
