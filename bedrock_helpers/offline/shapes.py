"""Checks a parsed request against botocore's shapes, as the service would.

boto3 checks required members, types and minimums before it sends; the service
also checks maximums, enums and patterns. This module checks all of them, so a
request that was never seen by boto3 (another SDK, plain HTTP) is refused too.
"""

import base64
import re
from functools import cache

from bedrock_helpers.offline.errors import refusal

_PYTHON_TYPES = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "list": list,
    "map": dict,
    "structure": dict,
    "blob": str,
}
_SIZED = ("string", "list", "map", "blob")
_JSON_NAMES = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    type(None): "null",
}
_LARGEST = {"integer": 2**31 - 1, "long": 2**63 - 1}


def check(shape, value, path=""):
    """
    Decode a JSON value by its shape and refuse it if it breaks a constraint.

    Parameters
    ----------
    shape : botocore.model.Shape
    value : object
        What ``json.loads`` gave.
    path : str
        Where the value stands, for messages.

    Returns
    -------
    object
        The value with blobs decoded to bytes and unknown members left out.

    Raises
    ------
    Refusal
        SerializationException for a wrong type; ValidationException listing
        every broken constraint, in the wording AWS services share.
    """
    broken = []
    decoded = _decode(shape, value, path, broken)
    if broken:
        raise _validation(broken)
    return decoded


def _validation(broken):
    count = len(broken)
    noun = "error" if count == 1 else "errors"
    return refusal("constraint", count=count, noun=noun, broken="; ".join(broken))


def _decode(shape, value, path, broken):
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return value
    expected = _PYTHON_TYPES.get(kind)
    if expected and not _fits(kind, value, expected):
        raise _wrong_type(value, kind, path)
    if kind == "structure":
        return _structure(shape, value, path, broken)
    if kind == "list":
        value = _list(shape, value, path, broken)
    elif kind == "map":
        value = _map(shape, value, path, broken)
    elif kind == "blob":
        value = _blob(value, path)
    elif kind in ("float", "double"):
        value = _as_double(value)
    _constraints(shape, value, path, broken)
    return value


def _fits(kind, value, expected):
    if kind in ("integer", "long", "float", "double") and isinstance(value, bool):
        return False
    if isinstance(value, int) and abs(value) > _LARGEST.get(kind, abs(value)):
        return False
    return isinstance(value, expected)


def _wrong_type(value, kind, path):
    return refusal(
        "serialization_type",
        found=_JSON_NAMES.get(type(value), "number"),
        where=f" at '{path}'" if path else "",
        wanted=kind.title(),
    )


def _structure(shape, value, path, broken):
    decoded = {}
    for name, wire_name, member in _members(shape):
        given = value.get(wire_name)
        if given is not None:
            decoded[name] = _decode(member, given, _join(path, name), broken)
    for name in shape.required_members:
        if name not in decoded:
            broken.append(_failed(None, _join(path, name), "must not be null"))
    if shape.is_tagged_union and len(decoded) != 1:
        raise _union(shape, decoded, path)
    return decoded


@cache
def _members(shape):
    """Each member: its name, its name on the wire, its shape."""
    return [
        (name, member.serialization.get("name", name), member)
        for name, member in shape.members.items()
    ]


def _union(shape, decoded, path):
    return refusal(
        "union_member",
        path=path,
        found=", ".join(decoded) or "none",
        names=", ".join(shape.members),
    )


def _list(shape, value, path, broken):
    return [
        _decode(shape.member, item, f"{path}.{number}.member", broken)
        for number, item in enumerate(value, start=1)
    ]


def _map(shape, value, path, broken):
    decoded = {}
    for key, item in value.items():
        _constraints(shape.key, key, f"{path}.key", broken)
        decoded[key] = _decode(shape.value, item, f"{path}.{key}.member", broken)
    return decoded


def _blob(value, path):
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        raise _wrong_type(value, "blob", path) from None


def _constraints(shape, value, path, broken):
    rules = shape.metadata
    if not rules:
        return
    sized = shape.type_name in _SIZED
    size, unit = (len(value), "length") if sized else (value, "value")
    wanted = []
    if "pattern" in rules and not _pattern(rules["pattern"]).fullmatch(value):
        wanted.append(f"satisfy regular expression pattern: {rules['pattern']}")
    if "enum" in rules and value not in rules["enum"]:
        wanted.append(f"satisfy enum value set: [{', '.join(rules['enum'])}]")
    if "max" in rules and size > rules["max"]:
        wanted.append(f"have {unit} less than or equal to {rules['max']}")
    if "min" in rules and size < rules["min"]:
        wanted.append(f"have {unit} greater than or equal to {rules['min']}")
    broken += [_failed(value, path, f"must {rule}") for rule in wanted]


def _as_double(number):
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


@cache
def _pattern(text):
    return re.compile(text)


def _failed(value, path, requirement):
    shown = "" if value is None else f" '{_short(value)}'"
    where = f"Value{shown} at '{path}'"
    return f"{where} failed to satisfy constraint: Member {requirement}"


def _short(value):
    text = str(value)
    if isinstance(value, bytes):
        text = value.decode("latin-1")
    if isinstance(value, list):
        text = f"[{', '.join(map(str, value))}]"
    return text if len(text) <= 200 else text[:200] + "…"


def _join(path, name):
    return f"{path}.{name}" if path else name
