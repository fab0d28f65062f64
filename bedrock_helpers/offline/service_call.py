"""One request to another AWS service, and what it asks for."""

import datetime
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bedrock_helpers.offline.identity import Caller

_FORM_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
_RPC_ACTION = re.compile(r"/operation/(\w+)$")


@dataclass(frozen=True)
class ServiceCall:
    """
    One request to another service.

    Attributes
    ----------
    service : str
        What it was signed for, such as ``"monitoring"``.
    action : str
        Such as ``"PutMetricData"``; of S3, method and path.
    method, url : str
    headers : mapping
        With names of any case.
    body : bytes or None
    caller : Caller
    now : datetime.datetime
        By the service's clock, in UTC.
    seed : str
        Of the ids it makes: the same for the same calls in the same order.
    """

    service: str
    action: str
    method: str
    url: str
    headers: object
    body: bytes | None
    caller: Caller
    now: datetime.datetime
    seed: str = ""


def action_of(method, url, headers, body):
    """
    What a request asks for, whichever protocol it is in.

    Returns
    -------
    str
        The action's name; method and path where there is none, as in S3.

    Examples
    --------
    >>> action_of("POST", "https://sts/", {}, b"Action=AssumeRole&Version=2011-06-15")
    'AssumeRole'
    >>> action_of("PUT", "https://s3/logs?versioning", {}, None)
    'PUT /logs'
    """
    target = headers.get("X-Amz-Target") or ""
    target = target.decode("latin-1") if isinstance(target, bytes) else target
    if target:
        return target.rpartition(".")[2]
    named = _FORM_ACTION.search(body or b"")
    if named:
        return named[1].decode()
    path = urlsplit(url).path
    named = _RPC_ACTION.search(path)
    return named[1] if named else f"{method} {path}"
