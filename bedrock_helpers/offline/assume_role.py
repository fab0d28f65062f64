"""STS's AssumeRole: temporary keys, for callers whom a role trusts.

Rules: AWS STS API Reference, AssumeRole (weekly mirror of the AWS documentation,
2026). Of a role that does not exist AWS says no more than of one that trusts others
(github.com/HackTricks-wiki/hacktricks-cloud, "AWS IAM & STS unauthenticated enum").
"""

import datetime
from urllib.parse import parse_qsl

from bedrock_helpers.offline import query_xml
from bedrock_helpers.offline.caller_policies import policies_of
from bedrock_helpers.offline.errors import Refusal, not_offline
from bedrock_helpers.offline.iam import Request
from bedrock_helpers.offline.iam_patterns import Context
from bedrock_helpers.offline.iam_policy import read_policy
from bedrock_helpers.offline.iam_refusals import iam_refusal
from bedrock_helpers.offline.iam_trust import may_assume
from bedrock_helpers.offline.router import service_model
from bedrock_helpers.offline.shapes import check

_PLAYED = {"RoleArn", "RoleSessionName", "Policy", "DurationSeconds", "ExternalId"}
_CONDITION_KEYS = "RoleSessionName", "ExternalId"
_PROTOCOL = {"Action", "Version"}
#: Quoted in github.com/99designs/aws-vault/issues/263 (2019-06-24).
_CHAINED = (
    "The requested DurationSeconds exceeds the 1 hour session limit for roles "
    "assumed by role chaining."
)
#: Quoted in github.com/hashicorp/terraform-provider-aws and others.
_TOO_LONG = (
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
)
_HOUR_S = 3600


def assume_role(call, services):
    """
    Answer AssumeRole.

    Parameters
    ----------
    call : bedrock_helpers.offline.aws_services.ServiceCall
    services : bedrock_helpers.offline.aws_services.AwsServices

    Returns
    -------
    bedrock_helpers.offline.http_reply.Reply

    Raises
    ------
    Refusal
        ``AccessDenied`` (403) for a role that does not trust the caller or does not
        exist; ``ValidationError`` (400) for values that are not allowed.
    """
    asked = _parameters(call.body)
    policies = policies_of(call.caller, services)
    with services.opened(call.seed) as backend:
        role = _trusting_role(backend("iam"), asked, call.caller, policies)
        seconds = _duration_s(asked, role, call.caller)
        session = backend("sts").assume_role(
            region_name="us-east-1",
            role_session_name=asked["RoleSessionName"],
            role_arn=role.arn,
            policy=asked.get("Policy"),
            duration=seconds,
            external_id=asked.get("ExternalId"),
        )
        ends = call.now + datetime.timedelta(seconds=seconds)
        session.expiration = ends.replace(tzinfo=None)
        session.issued = call.now.replace(microsecond=0)
        services.note_issued(session.access_key_id)
        return _reply(session, ends)


def _parameters(body):
    form = dict(parse_qsl((body or b"").decode("utf-8", "replace")))
    asked = {name: text for name, text in form.items() if name not in _PROTOCOL}
    for name in sorted(set(asked) - _PLAYED):
        raise not_offline(f"use {name} in AssumeRole; it takes {', '.join(_PLAYED)}")
    if asked.get("DurationSeconds", "").isdecimal():
        asked["DurationSeconds"] = int(asked["DurationSeconds"])
    check(service_model("sts").operation_model("AssumeRole").input_shape, asked)
    if "Policy" in asked:
        read_policy(asked["Policy"], "session")
    return asked


def _trusting_role(iam, asked, caller, policies):
    """The role, if there is one and it may be assumed by this caller."""
    arn = asked["RoleArn"]
    role = next((one for one in iam.roles.values() if one.arn == arn), None)
    if role is not None:
        trust = read_policy(role.assume_role_policy_document, "trust")
        keys = {f"sts:{name}": asked.get(name) for name in _CONDITION_KEYS}
        known = Context({**caller.condition_keys, **keys})
        request = Request("sts:AssumeRole", arn, known, caller.arn)
        if may_assume(trust, request, policies).allowed:
            return role
    raise iam_refusal("may_not_assume", caller=caller.arn, role=arn)


def _duration_s(asked, role, caller):
    seconds = asked.get("DurationSeconds", _HOUR_S)
    if seconds > int(role.max_session_duration or _HOUR_S):
        raise Refusal("ValidationError", 400, _TOO_LONG)
    if caller.role_arn and seconds > _HOUR_S:
        raise Refusal("ValidationError", 400, _CHAINED)
    return seconds


def _reply(session, ends):
    credentials = {
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.secret_access_key,
        "SessionToken": session.session_token,
        "Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    user = {"AssumedRoleId": session.user_id, "Arn": session.arn}
    values = {"Credentials": credentials, "AssumedRoleUser": user}
    return query_xml.result("AssumeRole", values, query_xml.NAMESPACES["sts"])
