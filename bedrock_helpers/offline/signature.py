"""Who a request comes from: its AWS signature, version 4, or its API key."""

import datetime
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from bedrock_helpers.offline.errors import refusal

#: How far a request's time may be from the service's.
TOLERANCE = datetime.timedelta(minutes=5)
_SIGNED = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=([^,/\s]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)"
    r"/aws4_request,\s*SignedHeaders=([:a-z0-9;_-]+),\s*Signature=([0-9a-f]{64})"
)
#: What S3's clients send in place of a body's hash.
_NOT_HASHED = ("UNSIGNED-PAYLOAD", "STREAMING-")
#: Of the query of an API key's address: added when the rest was signed.
_NOT_SIGNED = re.compile("X-Amz-Signature=|Version=")
_STAMP = "%Y%m%dT%H%M%SZ"
_STAMPED = re.compile(r"\d{8}T\d{6}Z", re.ASCII)


@dataclass(frozen=True)
class Signature:
    """
    What a request's ``Authorization`` header says.

    Attributes
    ----------
    access_key : str
    region, service : str
        What it was signed for; empty with an API key.
    signed_headers : tuple of str
    value : str
        The signature, in hexadecimal.
    api_key : str
        Of ``Authorization: Bearer …``; then all others are empty. Not shown.
    """

    access_key: str = ""
    region: str = ""
    service: str = ""
    signed_headers: tuple = ()
    value: str = ""
    api_key: str = field(default="", repr=False)


def read_signature(headers):
    """
    Read the ``Authorization`` header.

    Parameters
    ----------
    headers : mapping
        With names of any case.

    Returns
    -------
    Signature

    Raises
    ------
    Refusal
        If there is none, or one that is neither a signature nor an API key.

    Examples
    --------
    >>> read_signature({"Authorization": "Bearer abc"}).api_key
    'abc'
    """
    given = _text(headers.get("Authorization"))
    if not given:
        raise refusal("missing_token")
    scheme, _, rest = given.partition(" ")
    if scheme == "Bearer" and rest.strip():
        return Signature(api_key=rest.strip())
    match = _SIGNED.fullmatch(given)
    if match is None:
        raise refusal("incomplete_signature", given=given[:200])
    access_key, _, region, service, signed, value = match.groups()
    return Signature(access_key, region, service, tuple(signed.split(";")), value)


def token_of(headers):
    """
    The session token of temporary keys; empty for others.

    Examples
    --------
    >>> token_of({"X-Amz-Security-Token": b"abc"})
    'abc'
    """
    return _text(headers.get("X-Amz-Security-Token"))


def _text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value or ""


def check_clock(headers, now):
    """
    Refuse a signature made more than five minutes before or after now.

    Parameters
    ----------
    headers : mapping
    now : datetime.datetime
        In UTC.

    Raises
    ------
    Refusal
    """
    stamp = _text(headers.get("X-Amz-Date"))
    try:
        signed = time_of(stamp)
    except ValueError:
        raise refusal("incomplete_signature", given=f"X-Amz-Date={stamp!r}") from None
    if abs(signed - now) <= TOLERANCE:
        return
    key = "clock_behind" if signed < now else "clock_ahead"
    limit = now - TOLERANCE if signed < now else now + TOLERANCE
    raise refusal(
        key, signed=stamp, limit=limit.strftime(_STAMP), now=now.strftime(_STAMP)
    )


def time_of(stamp):
    """
    The time of a stamp; ``strptime`` takes far longer.

    Examples
    --------
    >>> time_of("20261124T040000Z").isoformat()
    '2026-11-24T04:00:00+00:00'
    """
    if not _STAMPED.fullmatch(stamp):
        raise ValueError(stamp)
    return datetime.datetime.fromisoformat(stamp)


def check_secret(signature, secret, method, url, headers, body):
    """
    Refuse a request that was not signed with one secret key.

    Parameters
    ----------
    signature : Signature
    secret : str
    method, url : str
        The address as the client sent it, for it is part of what is signed.
    headers : mapping
    body : bytes

    Raises
    ------
    Refusal
    """
    if signature.api_key:
        if not hmac.compare_digest(signature.api_key.encode(), secret.encode()):
            raise refusal("invalid_api_key")
        return
    claimed = _text(headers.get("X-Amz-Content-SHA256"))
    if signature.service == "s3" and claimed.startswith(_NOT_HASHED):
        claimed = ""
    if claimed and claimed != hashlib.sha256(body).hexdigest():
        raise refusal("wrong_signature")
    expected = _expected(signature, secret, method, url, headers, body)
    if not hmac.compare_digest(expected, signature.value):
        raise refusal("wrong_signature")


def check_presigned(signature, secret, url):
    """
    Refuse an address that was not signed with one secret key, as API keys hold one.

    Parameters
    ----------
    signature : Signature
        As its query has it.
    secret : str
    url : str

    Raises
    ------
    Refusal
        ``AccessDeniedException`` (403).
    """
    parts = urlsplit(url)
    fields = [one for one in parts.query.split("&") if not _NOT_SIGNED.match(one)]
    signed_url = parts._replace(query="&".join(fields)).geturl()
    stamp = dict(parse_qsl(parts.query))["X-Amz-Date"]
    headers = {"X-Amz-Date": stamp}
    if not hmac.compare_digest(
        _expected(signature, secret, "POST", signed_url, headers, b"").encode(),
        signature.value.encode(),
    ):
        raise refusal("invalid_api_key")


class _AsSigned(SigV4Auth):
    """botocore's signer for the headers a client signed, and no other."""

    def headers_to_sign(self, request):
        return request.headers


class _AsSignedForS3(_AsSigned, S3SigV4Auth):
    """The same for S3, which signs a path as it is sent."""


def _expected(signature, secret, method, url, headers, body):
    """The signature botocore itself gives the same request."""
    credentials = Credentials(signature.access_key, secret)
    kind = _AsSignedForS3 if signature.service == "s3" else _AsSigned
    signer = kind(credentials, signature.service, signature.region)
    names = signature.signed_headers
    signed = {name: _signed_value(headers, name, url) for name in names}
    request = AWSRequest(method, url, headers=signed, data=body)
    request.context["timestamp"] = _text(headers.get("X-Amz-Date"))
    canonical = signer.canonical_request(request)
    return signer.signature(signer.string_to_sign(request, canonical), request)


def _signed_value(headers, name, url):
    """A header's value; over HTTP/2, ``Host`` is called ``:authority``."""
    if name in ("host", ":authority"):  # boto3 itself sends none
        return _text(headers.get("Host")) or urlsplit(url).netloc
    return _text(headers.get(name))
