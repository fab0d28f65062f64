"""Requests as moto wants them, and its answers.

moto stores and gives back; whether a caller may do something is not asked of it. It
must hold the account already: :meth:`.aws_services.AwsServices.opened`.
"""

import re
from urllib.parse import parse_qsl

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders

from bedrock_helpers.offline.account import ACCOUNT_ID
from bedrock_helpers.offline.errors import Refusal, not_offline
from bedrock_helpers.offline.http_reply import Reply
from bedrock_helpers.offline.identity import LEARNER, LEARNER_KEY

_NAME = re.compile(r"[\w+=,.@-]+", re.ASCII)
_XML = re.compile("[\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
_BAD_NAME = (
    "The specified value for {field} is invalid. It must contain only alphanumeric "
    "characters and/or the following: +=,.@_-"
)
_SIGNED_WITH = re.compile("(?<=Credential=)[^/]+")
#: Of the request as it came; moto makes its own.
_LEFT_OUT = ("host", "content-length", "transfer-encoding")


def ask_moto(call):
    """
    Answer one request by what moto keeps.

    Parameters
    ----------
    call : bedrock_helpers.offline.service_call.ServiceCall

    Returns
    -------
    bedrock_helpers.offline.http_reply.Reply

    Raises
    ------
    Refusal
        If moto cannot do it, or fails.
    """
    from moto.core.models import botocore_stubber

    _check_texts(call)
    wanted = f"do {call.action} of {call.service}"
    request = AWSPreparedRequest(
        call.method, call.url, moto_headers(call), call.body, False
    )
    try:
        status, headers, body = botocore_stubber.process_request(request)
    except NotImplementedError:
        raise not_offline(wanted) from None
    except Exception as error:  # moto's own, of any kind: never shown as a traceback
        why = f"{type(error).__name__}: {error}"
        raise not_offline(f"{wanted} with these parameters ({why})") from error
    body = body.encode() if isinstance(body, str) else body
    if status == 404 and body == b"Not yet implemented":
        raise not_offline(wanted)
    return Reply(status, {k.lower(): str(v) for k, v in headers.items()}, body)


def _check_texts(call):
    """Refuse names IAM does not take, and what no reply in XML could hold."""
    if call.service not in ("iam", "ec2"):
        return
    for field, text in parse_qsl((call.body or b"").decode("utf-8", "replace")):
        is_name = call.service == "iam" and field.endswith("Name")
        if not (_NAME if is_name else _XML).fullmatch(text):
            shown = field[0].lower() + field[1:]
            raise Refusal("ValidationError", 400, _BAD_NAME.format(field=shown))


def moto_headers(call):
    """
    The headers of a request as moto wants them: account and caller are in there.

    Parameters
    ----------
    call : bedrock_helpers.offline.service_call.ServiceCall

    Returns
    -------
    botocore.compat.HTTPHeaders
    """
    headers = HTTPHeaders()
    for name, value in call.headers.items():
        if name.lower() not in _LEFT_OUT:
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            headers[name] = text
    if call.caller == LEARNER:  # whatever key a client of the server has
        signed = _SIGNED_WITH.sub(LEARNER_KEY, headers["Authorization"])
        headers.replace_header("Authorization", signed)
    headers["x-moto-account-id"] = ACCOUNT_ID
    return headers
