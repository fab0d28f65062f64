"""Replies of AWS's query protocol, in which STS and IAM answer: XML."""

import re
from xml.sax.saxutils import escape

from bedrock_helpers.offline.http_reply import Reply

#: Of the services that answer so, by what requests are signed for.
NAMESPACES = {
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
    "monitoring": "http://monitoring.amazonaws.com/doc/2010-08-01/",
}
#: What XML cannot hold, escaped or not.
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def result(action, values, namespace):
    """
    The reply to one action.

    Parameters
    ----------
    action : str
        Such as ``"GetCallerIdentity"``.
    values : dict
        Names to texts, or to dicts of the same kind.
    namespace : str
        One of ``NAMESPACES``.

    Returns
    -------
    bedrock_helpers.offline.http_reply.Reply

    Examples
    --------
    >>> b"<Arn>a &amp; b</Arn>" in result("Get", {"Arn": "a & b"}, "urn:x").body
    True
    """
    reply = Reply(200, {})
    metadata = {"ResponseMetadata": {"RequestId": reply.request_id}}
    inside = elements({action + "Result": values, **metadata})
    return xml_reply(reply, _element(action + "Response", inside, namespace))


def error(refusal, namespace):
    """The reply that says a refusal."""
    reply = Reply(refusal.status, {})
    sender = {"Type": "Sender", "Code": refusal.code, "Message": refusal.text}
    inside = elements({"Error": sender, "RequestId": reply.request_id})
    return xml_reply(reply, _element("ErrorResponse", inside, namespace))


def elements(values):
    """Nested names and texts as XML elements."""
    return "".join(
        f"<{name}>{elements(v) if isinstance(v, dict) else escape(v)}</{name}>"
        for name, v in values.items()
    )


def xml_reply(reply, text):
    """Give a reply its body: a text of XML, without what XML cannot hold."""
    reply.headers["content-type"] = "text/xml"
    reply.body = _NO_XML.sub("?", text).encode()
    reply.headers["content-length"] = str(len(reply.body))
    return reply


def _element(name, inside, namespace):
    return f'<{name} xmlns="{namespace}">{inside}</{name}>'
