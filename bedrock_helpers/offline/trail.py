"""CloudTrail's event history: an event for every call to Amazon Bedrock.

Shape: the records AWS and others publish (AWS Bedrock User Guide, "Monitor Amazon
Bedrock API calls using CloudTrail", mirror of 2026; Sysdig, 2024-05; further records of
2024 to 2026 in public repositories). Prompts and answers are never in it. CloudTrail
takes up to 15 minutes to show an event; here it is there at once.
"""

import datetime
import json
import uuid

from bedrock_helpers.offline.account import ACCOUNT_ID
from bedrock_helpers.offline.http_reply import Reply
from bedrock_helpers.offline.metric_queries import metric_refusal
from bedrock_helpers.offline.next_tokens import take_page
from bedrock_helpers.offline.shown_parameters import is_read_only
from bedrock_helpers.offline.signature import read_signature

EVENT_SOURCE = "bedrock.amazonaws.com"
#: Data events: a trail can keep them, the event history never has them.
DATA_EVENTS = ("ApplyGuardrail",)
_VERSION = "1.11"
_KEPT = datetime.timedelta(days=90)
_PAGE = 50
#: What boto3 agrees on with AWS. Offline nothing is encrypted, for nothing is sent.
_TLS = {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256"}
#: What CloudTrail calls these codes.
_CODES = {"AccessDeniedException": "AccessDenied"}


def event_record(record):
    """
    One call as CloudTrail writes it.

    Parameters
    ----------
    record : bedrock_helpers.offline.call_record.CallRecord

    Returns
    -------
    dict
        The JSON of ``CloudTrailEvent``.
    """
    error = {}
    if record.error_code:
        code = _CODES.get(record.error_code, record.error_code)
        error = {"errorCode": code, "errorMessage": record.error_text}
    return {
        "eventVersion": _VERSION,
        "userIdentity": _identity(record),
        "eventTime": f"{record.time:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": EVENT_SOURCE,
        "eventName": record.operation,
        "awsRegion": record.region_name,
        "sourceIPAddress": record.source_ip,
        "userAgent": record.user_agent,
        **error,
        "requestParameters": record.parameters or None,
        "responseElements": record.response,
        **_additional(record),
        "requestID": record.request_id,
        "eventID": event_id(record),
        "readOnly": is_read_only(record.service, record.operation),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT_ID,
        "eventCategory": "Management",
        "tlsDetails": {**_TLS, "clientProvidedHostHeader": record.host},
    }


def _additional(record):
    """What Bedrock adds: the tokens of an answered call, and that a key was an API key.

    Tokens: AWS Security Blog, "Incident response guide for AWS CloudTrail
    investigations, part 2", and records of 2026; the user guide's sample has none.
    """
    told = {"callWithBearerToken": True} if record.is_api_key else {}
    if record.is_invocation and record.succeeded:
        counts = record.input_tokens, record.output_tokens
        named = zip(("inputTokens", "outputTokens"), counts, strict=True)
        told |= {name: count for name, count in named if count is not None}
    return {"additionalEventData": told} if told else {}


def event_id(record):
    """The id of a call's event: always the same for one request."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, record.request_id))


def _identity(record):
    caller = record.caller
    who = {
        "type": "AssumedRole" if caller.role_arn else "IAMUser",
        "principalId": caller.user_id,
        "arn": caller.arn,
        "accountId": ACCOUNT_ID,
        "accessKeyId": record.access_key,
    }
    if not caller.role_arn:
        return {**who, "userName": user_name(caller)}
    issuer = {
        "type": "Role",
        "principalId": caller.user_id.partition(":")[0],
        "arn": caller.role_arn,
        "accountId": ACCOUNT_ID,
        "userName": caller.role_arn.rpartition("/")[2],
    }
    return {**who, "sessionContext": {"sessionIssuer": issuer}}


def user_name(caller):
    """
    What LookupEvents calls a caller: a user's name, or that of a role's session.

    Examples
    --------
    >>> from bedrock_helpers.offline.identity import LEARNER
    >>> user_name(LEARNER)
    'learner'
    """
    return caller.arn.rpartition("/")[2]


def _event(record):
    """One call as LookupEvents lists it."""
    return {
        "EventId": event_id(record),
        "EventName": record.operation,
        "ReadOnly": str(is_read_only(record.service, record.operation)).lower(),
        "AccessKeyId": record.access_key,
        "EventTime": record.time.timestamp() // 1,
        "EventSource": EVENT_SOURCE,
        "Username": user_name(record.caller),
        "Resources": [],
        "CloudTrailEvent": json.dumps(event_record(record), separators=(",", ":")),
    }


#: Lookup attributes, and what they are compared with; no event here names resources.
_ATTRIBUTES = {
    "EventId": event_id,
    "EventName": lambda record: record.operation,
    "ReadOnly": lambda r: str(is_read_only(r.service, r.operation)).lower(),
    "Username": lambda record: user_name(record.caller),
    "ResourceType": lambda record: None,
    "ResourceName": lambda record: None,
    "EventSource": lambda record: EVENT_SOURCE,
    "AccessKeyId": lambda record: record.access_key,
}


def lookup_events(call, services):
    """
    Answer CloudTrail's LookupEvents.

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
        For an attribute, time range or token CloudTrail does not take.
    """
    asked = json.loads(call.body or b"{}")
    start, end = _time_range(asked, call.now)
    key, value = _attribute(asked)
    found = [
        record
        for record in services.observed.records(_region_of(call))
        if record.operation not in DATA_EVENTS
        and start <= record.time.timestamp() <= end
        and (key is None or _ATTRIBUTES[key](record) == value)
    ]
    question = {k: v for k, v in asked.items() if k not in ("NextToken", "MaxResults")}
    of = json.dumps(question, sort_keys=True)
    page, token = take_page(found[::-1], asked.get("NextToken"), _size(asked), of)
    answer = {"Events": [_event(record) for record in page]}
    body = json.dumps({**answer, **({"NextToken": token} if token else {})}).encode()
    headers = {"content-type": "application/x-amz-json-1.1"}
    return Reply(200, {**headers, "content-length": str(len(body))}, body)


def _region_of(call):
    return read_signature(call.headers).region


def _time_range(asked, now):
    if asked.get("EventCategory") is not None:
        given = asked["EventCategory"]
        if given != "insight":
            raise metric_refusal("lookup_category", given=given)
        return 1, 0  # of insights there are none
    earliest, latest = (now - _KEPT).timestamp(), now.timestamp()
    start = asked.get("StartTime", earliest)
    end = asked.get("EndTime", max(latest, start))
    if start > end:
        raise metric_refusal("lookup_range")
    return max(start, earliest), end


def _attribute(asked):
    given = asked.get("LookupAttributes") or []
    if not given:
        return None, None
    key = given[0].get("AttributeKey")
    if len(given) > 1 or key not in _ATTRIBUTES:
        raise metric_refusal("lookup_attribute", names=", ".join(_ATTRIBUTES))
    return key, given[0].get("AttributeValue")


def _size(asked):
    size = asked.get("MaxResults", _PAGE)
    if not 1 <= size <= _PAGE:
        raise metric_refusal("lookup_results", given=size)
    return size
