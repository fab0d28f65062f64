"""STS, as far as a live session asks it: GetCallerIdentity."""

import re
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from bedrock_helpers.offline.account import ACCOUNT_ID
from bedrock_helpers.offline.errors import not_offline
from bedrock_helpers.offline.http_reply import Reply

#: The made-up caller, in the account of AWS's own documentation examples.
CALLER_ARN = f"arn:aws:iam::{ACCOUNT_ID}:user/learner"
_USER_ID = "AIDACKCEVSQ6C2EXAMPLE"
#: What XML cannot hold, escaped or not.
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"


def answer(body):
    """
    Answer one request of STS's query protocol.

    Parameters
    ----------
    body : bytes
        A form, such as ``Action=GetCallerIdentity&Version=2011-06-15``.

    Returns
    -------
    Reply
    """
    form = parse_qs((body or b"").decode("utf-8", "replace"))
    action = form.get("Action", ["nothing"])[0]
    if action != "GetCallerIdentity":
        return _error(
            not_offline(f"do STS's {action}; of STS it has GetCallerIdentity")
        )
    who = {"Arn": CALLER_ARN, "UserId": _USER_ID, "Account": ACCOUNT_ID}
    return _xml(200, action + "Response", _elements({action + "Result": who}))


def _error(refusal):
    error = {"Type": "Sender", "Code": refusal.code, "Message": refusal.text}
    return _xml(refusal.status, "ErrorResponse", _elements({"Error": error}))


def _elements(values):
    return "".join(
        f"<{name}>{_elements(v) if isinstance(v, dict) else escape(v)}</{name}>"
        for name, v in values.items()
    )


def _xml(status, root, inside):
    reply = Reply(status, {"content-type": "text/xml"})
    metadata = _elements({"ResponseMetadata": {"RequestId": reply.request_id}})
    text = f'<{root} xmlns="{_NAMESPACE}">{inside}{metadata}</{root}>'
    reply.body = _NO_XML.sub("?", text).encode()
    reply.headers["content-length"] = str(len(reply.body))
    return reply
