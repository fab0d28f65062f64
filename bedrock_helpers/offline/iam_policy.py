"""IAM policy documents: read, or refused as AWS refuses them.

Grammar: AWS IAM User Guide, "Grammar of the IAM JSON policy language" (weekly mirror
of the AWS documentation, 2026). Wordings: ``data/errors.json``.
"""

import json
import re
from dataclasses import dataclass

from bedrock_helpers.offline.iam_conditions import Condition, read_operator
from bedrock_helpers.offline.iam_patterns import text_of
from bedrock_helpers.offline.iam_refusals import malformed

#: What a policy is attached to decides what it must and may not say.
KINDS = ("identity", "boundary", "session", "endpoint", "trust")
#: Policies of these kinds name who they are about.
WITH_PRINCIPAL = ("endpoint", "trust")
_VERSIONS = ("2008-10-17", "2012-10-17")
_ELEMENTS = {"Version", "Id", "Statement"}
_PARTS = {"Sid", "Effect", "Condition", "Principal", "NotPrincipal"}
_PARTS |= {"Action", "NotAction", "Resource", "NotResource"}
_PRINCIPALS = {"AWS", "Service", "Federated", "CanonicalUser"}
_SERVICE = re.compile(r"[A-Za-z0-9.-]+")
_SID = re.compile("[0-9A-Za-z]*")


@dataclass(frozen=True)
class Statement:
    """
    One statement, its fields as tuples.

    Attributes
    ----------
    effect : str
        ``"Allow"`` or ``"Deny"``.
    sid : str
        Its ``Sid``, or its place, such as ``"statement 2"``.
    actions, resources : tuple of str
    not_actions, not_resources : bool
        Whether it is about all others.
    principals : dict or None
        ``"AWS"``, ``"Service"`` … to tuples of names; None where none are named.
    not_principals : bool
    conditions : tuple of Condition
    """

    effect: str
    sid: str
    actions: tuple
    not_actions: bool
    resources: tuple
    not_resources: bool
    principals: dict | None
    not_principals: bool
    conditions: tuple


@dataclass(frozen=True)
class Policy:
    """
    One policy that was read.

    Attributes
    ----------
    kind : str
        One of ``KINDS``.
    name : str
        Its ARN, or the name it has where it is embedded.
    statements : tuple of Statement
    variables : bool
        Whether its version reads ``${…}``.
    """

    kind: str
    name: str
    statements: tuple
    variables: bool


def read_policy(document, kind="identity", name=""):
    """
    Read a policy document.

    Parameters
    ----------
    document : str or dict
        JSON, or what JSON says.
    kind : str
        ``"identity"``, ``"boundary"``, ``"session"``, ``"endpoint"`` or ``"trust"``.
    name : str
        Its ARN or name, for messages.

    Returns
    -------
    Policy

    Raises
    ------
    Refusal
        ``MalformedPolicyDocument`` (400), worded as IAM words it.
    ValueError
        For another kind.

    Examples
    --------
    >>> read_policy({"Version": "2012-10-17", "Statement": []}).statements
    Traceback (most recent call last):
    bedrock_helpers.offline.errors.Refusal: Syntax errors in policy.
    """
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: a policy is one of {', '.join(KINDS)}")
    values = _from_json(document)
    _need(not set(values) - _ELEMENTS)
    version = values.get("Version", _VERSIONS[0])
    _need(version in _VERSIONS)
    statements = _as_list(values.get("Statement"))
    _need(statements and all(isinstance(one, dict) for one in statements))
    numbered = enumerate(statements, 1)
    read = tuple(_statement(one, kind, number) for number, one in numbered)
    if kind in ("identity", "boundary") and version != _VERSIONS[1]:
        raise malformed("version")
    _check_sids(statements, kind)
    return Policy(kind, name, read, version == _VERSIONS[1])


def _check_sids(statements, kind):
    sids = [one["Sid"] for one in statements if one.get("Sid")]
    if kind == "identity" and not all(map(_SID.fullmatch, sids)):
        raise malformed("sid")
    if len(sids) != len(set(sids)):
        raise malformed("same_sids")


def _need(condition):
    if not condition:
        raise malformed("syntax")


def _from_json(document):
    if isinstance(document, dict):
        return document
    try:
        values = json.loads(document, object_pairs_hook=_once)
    except (ValueError, TypeError, RecursionError):
        raise malformed("syntax") from None
    _need(isinstance(values, dict))
    return values


def _once(pairs):
    """No element may be there twice."""
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("the same element twice")
    return values


def _as_list(value):
    return value if isinstance(value, list) else [value]


def _texts(value):
    values = _as_list(value)
    _need(all(isinstance(one, str) for one in values))
    return tuple(values)


def _statement(values, kind, number):
    _need(not set(values) - _PARTS)
    _need(values.get("Effect") in ("Allow", "Deny"))
    sid = values.get("Sid", "")
    _need(isinstance(sid, str))
    actions, not_actions = _actions(values)
    resources, not_resources = _resources(values, kind)
    principals, not_principals = _principals(values, kind)
    return Statement(
        effect=values["Effect"],
        sid=sid or f"statement {number}",
        actions=actions,
        not_actions=not_actions,
        resources=resources,
        not_resources=not_resources,
        principals=principals,
        not_principals=not_principals,
        conditions=_conditions(values.get("Condition", {})),
    )


def _either(values, name):
    """The texts of an element or of its negation; there may be only one of them."""
    negated = f"Not{name}" in values
    _need(not (negated and name in values))
    return values.get(f"Not{name}" if negated else name, []), negated


def _actions(values):
    given, negated = _either(values, "Action")
    actions = _texts(given)
    if not actions:
        raise malformed("no_actions")
    for action in actions:
        service, colon, _ = action.partition(":")
        if action != "*" and not colon:
            raise malformed("action_vendor")
        if action.count(":") > 1:
            raise malformed("action_colons")
        if action != "*" and not _SERVICE.fullmatch(service):
            raise malformed("vendor", vendor=service)
    return actions, negated


def _resources(values, kind):
    if kind == "trust":
        if "Resource" in values or "NotResource" in values:
            raise malformed("trust_resource")
        return ("*",), False
    given, negated = _either(values, "Resource")
    resources = _texts(given)
    if not resources:
        raise malformed("no_resources")
    for resource in resources:
        _check_resource(resource, kind)
    return resources, negated


def _check_resource(resource, kind):
    if resource == "*":
        return
    parts = resource.split(":", 5)
    if parts[0] != "arn" or len(parts) < 2:
        raise malformed("resource", resource=resource)
    if len(parts) < 3 or "*" in parts[2] or "?" in parts[2]:
        raise malformed("resource_vendor")
    _need(kind != "session" or len(parts) == 6)


def _principals(values, kind):
    given, negated = _either(values, "Principal")
    if kind not in WITH_PRINCIPAL:
        if given != []:
            raise malformed("principal")
        return None, False
    if given == []:
        raise malformed("no_principal")
    if given == "*":
        return {"AWS": ("*",)}, negated
    _need(isinstance(given, dict) and given and not set(given) - _PRINCIPALS)
    principals = {name: _texts(names) for name, names in given.items()}
    for names in principals.values():
        for name in names:
            if "*" in name and name != "*":
                raise malformed("principal_name", principal=name)
    return principals, negated


def _conditions(values):
    _need(isinstance(values, dict))
    conditions = []
    for written, keys in values.items():
        operator = read_operator(written)
        _need(operator is not None and isinstance(keys, dict))
        for key, wanted in keys.items():
            texts = _as_list(wanted)
            _need(all(isinstance(one, str | bool | int | float) for one in texts))
            conditions.append(Condition(*operator, key, tuple(map(text_of, texts))))
    return tuple(conditions)
