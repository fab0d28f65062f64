"""Amazon Bedrock's short-term API keys: an address its maker signed, in base64.

What is in one: aws-bedrock-token-generator for Python (AWS, 2025), which makes them.
"""

import base64
import binascii
import datetime
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.signature import (
    TOLERANCE,
    Signature,
    check_presigned,
    time_of,
)

#: How short-term keys begin; long-term ones begin with ABSK.
PREFIX = "bedrock-api-key-"
_ACTION = "CallWithBearerToken"
_LONGEST_S = 12 * 3600


@dataclass(frozen=True)
class ShortTermKey:
    """
    What a short-term API key says.

    Attributes
    ----------
    access_key, token : str
        Of whoever made it; no token with a user's key. The token is not shown.
    """

    access_key: str
    token: str = field(repr=False)
    _url: str = field(repr=False)
    _signature: Signature = field(repr=False)

    def check_secret(self, secret):
        """
        Refuse a key that was not made with one secret.

        Raises
        ------
        Refusal
            ``AccessDeniedException`` (403).
        """
        check_presigned(self._signature, secret, self._url)


def read_short_term(api_key, now):
    """
    Read a short-term API key.

    Parameters
    ----------
    api_key : str
        Beginning with ``PREFIX``.
    now : datetime.datetime
        By the service's clock, in UTC.

    Returns
    -------
    ShortTermKey

    Raises
    ------
    Refusal
        ``AccessDeniedException`` (403) for one that cannot be read or has expired.

    Examples
    --------
    >>> read_short_term("bedrock-api-key-x", datetime.datetime.now(datetime.UTC))
    Traceback (most recent call last):
    bedrock_helpers.offline.errors.Refusal: Authentication failed: Please make sure ...
    """
    try:
        raw = base64.b64decode(api_key.removeprefix(PREFIX), validate=True).decode()
        url = f"https://{raw}"
        asked = dict(parse_qsl(urlsplit(url).query, strict_parsing=True))
        key, _, region, service, _ = asked["X-Amz-Credential"].split("/")
        signed = tuple(asked["X-Amz-SignedHeaders"].split(";"))
        signature = Signature(key, region, service, signed, asked["X-Amz-Signature"])
        is_valid = asked["Action"] == _ACTION and _is_in_time(asked, now)
    except (binascii.Error, ValueError, KeyError):
        raise refusal("invalid_api_key") from None
    if not is_valid or service != "bedrock":
        raise refusal("invalid_api_key")
    return ShortTermKey(key, asked.get("X-Amz-Security-Token", ""), url, signature)


def _is_in_time(asked, now):
    made, seconds = time_of(asked["X-Amz-Date"]), int(asked["X-Amz-Expires"])
    lasts = datetime.timedelta(seconds=min(max(seconds, 0), _LONGEST_S))
    return made - TOLERANCE <= now < made + lasts
