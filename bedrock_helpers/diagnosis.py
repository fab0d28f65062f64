"""From an error to its cause and cure, told apart from those that look like it."""

import re
from dataclasses import dataclass

from botocore.exceptions import (
    ClientError,
    ConnectionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    ReadTimeoutError,
    TokenRetrievalError,
)

from bedrock_helpers.data_files import load_json

_CLIENT_SIDE = (
    (
        NoCredentialsError,
        "boto3 found no credentials",
        'bh.connect("live") lists the ways to provide them',
    ),
    (NoRegionError, "boto3 knows no Region", 'bh.connect(region_name="us-east-1")'),
    (
        ParamValidationError,
        "boto3 refused the call before sending it: a name, a type or a minimum",
        "correct what the message names",
    ),
    (
        TokenRetrievalError,
        "the sign-in behind your profile has run out",
        "aws sso login",
    ),
    (
        ReadTimeoutError,
        "no answer within the client's read timeout (60 s unless set)",
        "stream the reply, or Config(read_timeout=…)",
    ),
    (
        ConnectionError,
        "no connection: no network, a proxy, or a Region without Bedrock",
        "check the network and session.region_name",
    ),
)
_BY_CODE = {
    "AccessDeniedException": (
        "a policy does not allow this (IAM, an SCP or an endpoint policy)",
        "allow the action the message names on both profile and model ARNs",
    ),
    "InvalidSignatureException": (
        "the signature does not match: a wrong secret key or a wrong clock",
        "set this machine's clock, then check the keys",
    ),
    "RequestExpired": (
        "this machine's clock is wrong by more than a few minutes",
        "set the clock (turn on network time)",
    ),
    "ValidationException": (
        "the service refused a value of the request",
        "correct what the message names",
    ),
    "NotAvailableOffline": (
        "the offline Bedrock does not have this; AWS does",
        'bh.connect("live"), with an account',
    ),
}


@dataclass(frozen=True)
class Diagnosis:
    """What lies behind an error, and the next thing to type."""

    error: str
    cause: str
    cure: str

    def __repr__(self):
        """Three lines to read aloud."""
        return f"{self.error}\n  cause: {self.cause}\n  cure:  {self.cure}"


def explain(error):
    """
    Name the cause and the cure of an error of boto3 or of Bedrock.

    Parameters
    ----------
    error : Exception

    Returns
    -------
    Diagnosis

    Examples
    --------
    >>> from botocore.exceptions import NoRegionError
    >>> explain(NoRegionError())
    NoRegionError
      cause: boto3 knows no Region
      cure:  bh.connect(region_name="us-east-1")
    """
    if isinstance(error, ClientError):
        return _of_reply(error.response["Error"])
    for kind, cause, cure in _CLIENT_SIDE:
        if isinstance(error, kind):
            return Diagnosis(type(error).__name__, cause, cure)
    return Diagnosis(
        type(error).__name__, str(error).split("\n")[0], "read the message above"
    )


def _of_reply(reply):
    code, text = reply.get("Code", "Unknown"), reply.get("Message", "")
    for record in load_json("errors.json")["errors"].values():
        if record["code"] == code and "cause" in record and _says(record, text):
            return Diagnosis(code, record["cause"], record["cure"])
    unknown = ("an error this course does not know", "read the message; search for it")
    return Diagnosis(code, *_BY_CODE.get(code, unknown))


def _says(record, text):
    """Whether a message is of a record's wording, whatever fills its blanks."""
    parts = re.split(r"\{\w+\}", _plain(record["text"]).rstrip("."))
    pattern = ".*".join(re.escape(part) for part in parts)
    return re.search(pattern, _plain(text)) is not None


def _plain(text):
    return text.replace("’", "'")
