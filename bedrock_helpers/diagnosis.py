"""From an error, or a reply, to its cause and cure, told apart from its likes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError, EventStreamError

from bedrock_helpers.causes import (
    BROKEN_CONNECTION,
    BY_CODE,
    CLIENT_SIDE,
    STOP_REASONS,
    UNKNOWN_STOP,
)
from bedrock_helpers.data_files import load_json

_THROTTLED_STREAM = (
    "the stream was throttled half-way; what arrived is incomplete",
    "boto3 retries no stream that has begun: throw the part away, wait, call again",
)
_OTHER_CLIENT = (
    "the other client has it, or it is misspelt",
    'session.client("bedrock") lists, session.client("bedrock-runtime") calls models',
)
_NO_TEXT = (
    "this block is no text: a reply may begin with reasoning or a tool call",
    'take the blocks of which "text" in block is true',
)


@dataclass(frozen=True)
class Diagnosis:
    """
    What lies behind an error or a reply, and the next thing to type.

    Attributes
    ----------
    error : str
        The error's code or class; of a reply ``stopReason`` and what it is.
    cause, cure : str
    """

    error: str
    cause: str
    cure: str

    def __repr__(self):
        """Three lines to read aloud."""
        return f"{self.error}\n  cause: {self.cause}\n  cure:  {self.cure}"


def explain(error):
    """
    Name the cause and the cure of an error of boto3 or of Bedrock, or of a reply.

    Parameters
    ----------
    error : Exception, dict, list or str
        What was raised; or what Converse replied, whose ``stopReason`` is read. Of
        a stream that is its ``messageStop``, or the list of its events. Of a message
        in a log, its text.

    Returns
    -------
    Diagnosis
        Of a reply in which nothing is wrong it says so.

    Examples
    --------
    >>> from botocore.exceptions import NoRegionError
    >>> explain(NoRegionError())
    NoRegionError
      cause: boto3 knows no Region
      cure:  bh.connect(region_name="us-east-1")
    >>> explain({"stopReason": "max_tokens"})
    stopReason max_tokens
      cause: the reply is cut off: it reached maxTokens, or the model's own limit
      cure:  raise maxTokens, or ask for a shorter answer
    >>> explain({"stopReason": "end_turn"})
    stopReason end_turn
      cause: nothing is wrong: the model had finished
      cure:  none is needed
    """
    if isinstance(error, Mapping):
        return _of_reply(error)
    if isinstance(error, list | tuple):
        return _of_events(error)
    if isinstance(error, str):
        return _of_text(error)
    if isinstance(error, ClientError):
        return _of_client_error(error)
    return _of_exception(error)


def _of_exception(error):
    for kind, cause, cure in CLIENT_SIDE:
        if isinstance(error, kind):
            return Diagnosis(type(error).__name__, cause, cure)
    if type(error).__module__ == "urllib3.exceptions":  # not imported for this alone
        return Diagnosis(type(error).__name__, *BROKEN_CONNECTION)
    if isinstance(error, KeyError) and error.args == ("text",):
        return Diagnosis("KeyError: 'text'", *_NO_TEXT)
    if isinstance(error, AttributeError) and re.match("'Bedrock", str(error)):
        return Diagnosis("AttributeError", *_OTHER_CLIENT)
    if not isinstance(error, BaseException):
        kind = f"{type(error).__name__}, no error and no reply"
        return Diagnosis(kind, "there is nothing to explain", "bh.explain(error)")
    first_line = str(error).strip().split("\n")[0]
    return Diagnosis(
        type(error).__name__, first_line or "it says nothing", "read the message above"
    )


def _of_reply(reply):
    """A reply that came; the event of a stream may be given whole."""
    if isinstance(reply.get("Error"), Mapping):  # error.response
        return _of_refusal(reply["Error"])
    reply = reply.get("messageStop", reply)
    if not isinstance(reply, Mapping) or "stopReason" not in reply:
        return Diagnosis(
            "no stopReason",
            "this is no reply of Converse",
            "give converse's reply, or a stream's messageStop; InvokeModel's "
            "body has a reason of its own",
        )
    reason = reply["stopReason"]
    found = STOP_REASONS.get(str(reason), UNKNOWN_STOP)
    return Diagnosis(f"stopReason {reason}", *found)


def _of_events(events):
    """The events of a stream that was read: only its end tells whether it is whole."""
    for event in events:
        if isinstance(event, Mapping) and "messageStop" in event:
            return _of_reply(event)
    return Diagnosis(
        "no messageStop",
        "the stream did not come to its end; what arrived is incomplete",
        "throw the partial text away and call again",
    )


def _of_text(text):
    for record in _refusals():
        if "cause" in record and _says(record, text):
            return Diagnosis(record["code"], record["cause"], record["cure"])
    unknown = "no message of Bedrock that this course knows"
    return Diagnosis("a text", unknown, "give the error itself: bh.explain(error)")


def _of_client_error(error):
    found = _of_refusal(error.response.get("Error", {}))
    if isinstance(error, EventStreamError) and found.error == "ThrottlingException":
        return Diagnosis(found.error, *_THROTTLED_STREAM)
    return found


def _of_refusal(reply):
    code, text = reply.get("Code") or "Unknown", reply.get("Message") or ""
    code = code[:1].upper() + code[1:]  # inside a stream it starts in lower case
    for record in _refusals():
        if record["code"] == code and "cause" in record and _says(record, text):
            return Diagnosis(code, record["cause"], record["cure"])
    unknown = ("an error this course does not know", "read the message; search for it")
    return Diagnosis(code, *BY_CODE.get(code, unknown))


def _refusals():
    """Every refusal that is known: Bedrock's own, then IAM's."""
    for name in ("errors.json", "iam_errors.json"):
        yield from load_json(name)["errors"].values()


def _says(record, text):
    """Whether a message is of a record's wording, whatever fills its blanks."""
    parts = re.split(r"\{\w+\}", _plain(record["text"]).rstrip("."))
    pattern = ".*".join(re.escape(part) for part in parts)
    return re.search(pattern, _plain(text), re.DOTALL) is not None


def _plain(text):
    return text.replace("’", "'")
