"""Refusals as other AWS services send them: each protocol has its own form.

Codes: "Common error types" of each service's API reference. Quoted from the live
services: InvalidClientTokenId (github.com/aws-azure-login/aws-azure-login/issues/251,
2022-11-02), UnrecognizedClientException with status 400
(github.com/maxbanton/cwh/issues/119, 2023-04-11).
"""

import json

from bedrock_helpers.offline import query_xml
from bedrock_helpers.offline.errors import Refusal
from bedrock_helpers.offline.http_reply import Reply, error_reply

#: Amazon Bedrock's code for it, then what the query protocol calls it.
_QUERY_CODES = {
    "UnrecognizedClientException": "InvalidClientTokenId",
    "ExpiredTokenException": "ExpiredToken",
    "InvalidSignatureException": "SignatureDoesNotMatch",
    "MissingAuthenticationTokenException": "MissingAuthenticationToken",
    "IncompleteSignatureException": "IncompleteSignature",
    "ValidationException": "ValidationError",
}
_S3_ERRORS = {
    "UnrecognizedClientException": Refusal(
        "InvalidAccessKeyId",
        403,
        "The AWS Access Key Id you provided does not exist in our records.",
    ),
    "ExpiredTokenException": Refusal(
        "ExpiredToken", 400, "The provided token has expired."
    ),
}
_NOT_YOU = Refusal(
    "AuthFailure",
    401,
    "AWS was not able to validate the provided access credentials",
)
_EC2_ERRORS = {
    "UnrecognizedClientException": _NOT_YOU,
    "InvalidSignatureException": _NOT_YOU,
    "ExpiredTokenException": Refusal("RequestExpired", 400, "Request has expired."),
}
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/x-amz-json-1.1"
_OURS = 501


def error_reply_of(service, refusal, headers, method="POST"):
    """
    A refusal as one service sends it.

    Parameters
    ----------
    service : str
        What the request was signed for, such as ``"iam"``; empty if not known, then
        its content type tells the protocol.
    refusal : Refusal
        With the code Amazon Bedrock has for it.
    headers : mapping
        Of the request: CloudWatch answers as it was asked.
    method : str
        S3 answers ``HEAD`` without a body.

    Returns
    -------
    bedrock_helpers.offline.http_reply.Reply

    Examples
    --------
    >>> no = Refusal("ExpiredTokenException", 403, "expired")
    >>> b"<Code>ExpiredToken</Code>" in error_reply_of("iam", no, {}).body
    True
    """
    if service == "bedrock":
        return error_reply(refusal)
    if service.startswith("s3"):
        reply = _s3(_S3_ERRORS.get(refusal.code) or _renamed(refusal))
        reply.body = b"" if method == "HEAD" else reply.body
        return reply
    if service == "ec2":
        return _ec2(_EC2_ERRORS.get(refusal.code) or _renamed(refusal))
    if _content_type(headers).startswith("application/x-amz-json"):
        return _json(refusal)
    if service in query_xml.NAMESPACES or _content_type(headers).startswith(_FORM):
        namespace = query_xml.NAMESPACES.get(service, "")
        return query_xml.error(_renamed(refusal), namespace)
    return error_reply(refusal)


def _renamed(refusal):
    code = _QUERY_CODES.get(refusal.code, refusal.code)
    return Refusal(code, refusal.status, refusal.text)


def _content_type(headers):
    kind = headers.get("Content-Type") or ""
    return kind.decode("latin-1") if isinstance(kind, bytes) else kind


def _json(refusal):
    body = json.dumps({"__type": refusal.code, "message": refusal.text}).encode()
    status = refusal.status if refusal.status == _OURS else 400
    return Reply(
        status, {"content-type": _JSON, "x-amzn-errortype": refusal.code}, body
    )


def _s3(refusal):
    reply = Reply(refusal.status, {})
    said = {"Code": refusal.code, "Message": refusal.text}
    inside = query_xml.elements({**said, "RequestId": reply.request_id})
    return query_xml.xml_reply(reply, f"<Error>{inside}</Error>")


def _ec2(refusal):
    reply = Reply(refusal.status, {})
    error = {"Error": {"Code": refusal.code, "Message": refusal.text}}
    inside = query_xml.elements({"Errors": error, "RequestID": reply.request_id})
    return query_xml.xml_reply(reply, f"<Response>{inside}</Response>")
