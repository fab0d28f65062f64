"""From an error to its cause and cure, told apart from those that look like it."""

import re
from dataclasses import dataclass

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectionError,
    CredentialRetrievalError,
    LoginError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ReadTimeoutError,
    SSOError,
    TokenRetrievalError,
)

from bedrock_helpers.data_files import load_json
from bedrock_helpers.exceptions import (
    AccountChangeRefused,
    BudgetExceeded,
    NoCredentials,
)
from bedrock_helpers.pricing import UnknownPriceError

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
        (TokenRetrievalError, SSOError, CredentialRetrievalError),
        "the sign-in behind your profile has run out",
        "aws sso login",
    ),
    (LoginError, "the sign-in behind your profile has run out", "aws login"),
    (
        PartialCredentialsError,
        "only half of a key pair was found",
        "set both: the access key id and the secret access key",
    ),
    (
        ConnectionClosedError,
        "the connection broke before an answer came",
        "call again; boto3 has retried already",
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
    (
        NoCredentials,
        "live mode found nothing to sign with",
        "one of the ways the message lists, or stay offline: bh.connect()",
    ),
    (
        AccountChangeRefused,
        "this course sends nothing that changes an account unasked",
        "name the operation as the message shows, if you mean it",
    ),
    (
        BudgetExceeded,
        "the call could have cost more than is left of this session's budget",
        "lower maxTokens, or connect again with a larger budget_usd",
    ),
    (
        UnknownPriceError,
        "a session with a budget calls no model whose price is unknown",
        "choose one of bh.pricing.known_ids()",
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
        return _of_reply(error.response.get("Error", {}))
    for kind, cause, cure in _CLIENT_SIDE:
        if isinstance(error, kind):
            return Diagnosis(type(error).__name__, cause, cure)
    first_line = str(error).strip().split("\n")[0]
    return Diagnosis(
        type(error).__name__, first_line or "it says nothing", "read the message above"
    )


def _of_reply(reply):
    code, text = reply.get("Code") or "Unknown", reply.get("Message") or ""
    code = code[:1].upper() + code[1:]  # inside a stream it starts in lower case
    for record in load_json("errors.json")["errors"].values():
        if record["code"] == code and "cause" in record and _says(record, text):
            return Diagnosis(code, record["cause"], record["cure"])
    unknown = ("an error this course does not know", "read the message; search for it")
    return Diagnosis(code, *_BY_CODE.get(code, unknown))


def _says(record, text):
    """Whether a message is of a record's wording, whatever fills its blanks."""
    parts = re.split(r"\{\w+\}", _plain(record["text"]).rstrip("."))
    pattern = ".*".join(re.escape(part) for part in parts)
    return re.search(pattern, _plain(text), re.DOTALL) is not None


def _plain(text):
    return text.replace("’", "'")
