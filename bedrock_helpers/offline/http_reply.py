"""An HTTP reply, and how botocore takes it in."""

import base64
import datetime
import io
import json
import time
import uuid
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache

from botocore.awsrequest import AWSResponse

#: Says who answered; replies that no model made say "offline".
ANSWERED_BY = "x-bedrock-offline-answered-by"
#: Names the local model, where it answered.
MODEL = "x-bedrock-offline-model"
_ERROR_NAMESPACE = "http://internal.amazon.com/coral/com.amazon.bedrock/"


@dataclass
class Reply:
    """
    What goes back over HTTP.

    Attributes
    ----------
    status : int
    headers : dict of str to str
    body : bytes
        Empty when ``pieces`` carries an event stream.
    pieces : iterator of bytes or None
        An event stream, one message a piece.
    cancel : callable or None
        Called when the stream is closed before its end.
    values : dict or None
        What a body of JSON says.
    """

    status: int
    headers: dict
    body: bytes = b""
    pieces: object = None
    cancel: object = None
    values: dict | None = None
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def all_headers(self):
        """Headers every AWS reply has, and this reply's own."""
        return {
            "date": _date(int(time.time())),
            "x-amzn-requestid": self.request_id,
            ANSWERED_BY: "offline",
            **self.headers,
        }


@lru_cache(maxsize=1)
def _date(second):
    return formatdate(second, usegmt=True)


def json_reply(operation, values, headers=None):
    """
    A reply whose body is JSON, by the operation's output shape.

    Parameters
    ----------
    operation : botocore.model.OperationModel
    values : dict
    headers : dict, optional

    Returns
    -------
    Reply
    """
    body = _ENCODER.encode(values).encode()
    common = {"content-type": "application/json", "content-length": str(len(body))}
    status = operation.http.get("responseCode", 200)
    return Reply(status, {**common, **(headers or {})}, body, values=values)


def stream_reply(pieces, headers=None, cancel=None):
    """A reply that is an event stream; ``pieces`` yields its messages."""
    common = {"content-type": "application/vnd.amazon.eventstream"}
    return Reply(200, {**common, **(headers or {})}, pieces=pieces, cancel=cancel)


def error_reply(refusal, headers=None):
    """A refusal as AWS's rest-json services send one."""
    body = json.dumps({"message": refusal.text}).encode()
    common = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "x-amzn-errortype": f"{refusal.code}:{_ERROR_NAMESPACE}",
    }
    return Reply(refusal.status, {**common, **(headers or {})}, body)


def _wire(value):
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    raise TypeError(f"{value!r} cannot be sent as JSON")


#: Made once: json.dumps would make one for every reply.
_ENCODER = json.JSONEncoder(default=_wire)


class _Bytes(io.BytesIO):
    """A finished body, read the way botocore reads urllib3's responses."""

    def stream(self, amount=4096, decode_content=None):
        while chunk := self.read(amount):
            yield chunk


class _Pieces:
    """A body that is still being made, read piece by piece."""

    def __init__(self, reply):
        self._pieces, self._cancel = reply.pieces, reply.cancel

    def stream(self, amount=None, decode_content=None):
        yield from self._pieces

    def close(self):
        """Stop what is being made, also while another thread is reading it."""
        if self._cancel is not None:
            self._cancel()
        try:
            self._pieces.close()
        except ValueError:  # being read: the reader comes to the end by itself
            pass


def to_botocore(reply, url):
    """
    A reply as the response object botocore's HTTP layer would have made.

    Parameters
    ----------
    reply : Reply
    url : str

    Returns
    -------
    botocore.awsrequest.AWSResponse
    """
    raw = _Bytes(reply.body) if reply.pieces is None else _Pieces(reply)
    return AWSResponse(url, reply.status, reply.all_headers(), raw)
