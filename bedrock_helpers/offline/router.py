"""Which operation an HTTP request asks for, and with which parameters.

The tables come from botocore's own service models: nothing about a path, a
query parameter or a header is written down here.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.shapes import check
from bedrock_helpers.offline.strict_json import read_json

SERVICES = ("bedrock", "bedrock-runtime")
#: A label such as {modelId} or {path+} after re.escape.
_LABEL = re.compile(r"\\\{(\w+)(?:\\\+)?\\\}")


@dataclass(frozen=True)
class Route:
    """One operation's HTTP method and path, as a compiled pattern."""

    method: str
    path: re.Pattern
    operation: OperationModel


@cache
def builtin_loader():
    """
    The loader of botocore's own service models and of nothing else.

    All offline sessions share it: it holds nothing of theirs, and reading the
    models anew took most of the time of making a client. Files in
    ``~/.aws/models`` and folders named by ``AWS_DATA_PATH`` would otherwise
    replace them.
    """
    return Loader([Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)


@cache
def service_model(name):
    """botocore's model of one service, ``"bedrock"`` or ``"bedrock-runtime"``."""
    loader = builtin_loader()
    return ServiceModel(loader.load_service_model(name, "service-2"), name)


@cache
def routes():
    """Every operation of the services, fixed paths before those with labels."""
    found = []
    for name in SERVICES:
        model = service_model(name)
        for operation_name in model.operation_names:
            operation = model.operation_model(operation_name)
            uri = operation.http["requestUri"].partition("?")[0]
            pattern = _LABEL.sub(r"(?P<\1>[^/]+)", re.escape(uri))
            found.append(
                Route(operation.http["method"], re.compile(pattern), operation)
            )
    return sorted(found, key=lambda route: route.path.groups)


def find_route(method, url):
    """
    The operation behind a method and URL, and the labels of its path.

    Returns
    -------
    tuple of (botocore.model.OperationModel, dict) or (None, {})

    Examples
    --------
    >>> operation, labels = find_route("POST", "https://x/model/a.b-v1%3A0/converse")
    >>> operation.name, labels
    ('Converse', {'modelId': 'a.b-v1:0'})
    """
    operation, labels = _matched(method, urlsplit(url).path)
    return operation, dict(labels)


@lru_cache(maxsize=512)
def _matched(method, path):
    for route in routes():
        match = route.path.fullmatch(path) if route.method == method else None
        if match:
            labels = {k: unquote(v) for k, v in match.groupdict().items()}
            return route.operation, labels
    return None, {}


def read_parameters(operation, url, headers, body, labels):
    """
    The parameters of a request, decoded and checked against the service model.

    Parameters
    ----------
    operation : botocore.model.OperationModel
    url : str
    headers : mapping
    body : bytes or None
    labels : dict
        What :func:`find_route` took from the path.

    Returns
    -------
    dict

    Raises
    ------
    Refusal
        For a malformed body, a wrong type or a broken constraint.
    """
    shape = operation.input_shape
    if shape is None:
        return {}
    query = parse_qs(urlsplit(url).query, keep_blank_values=True)
    payload = shape.serialization.get("payload")
    found = {} if payload else _json_object(body)
    for member, location, wire_name in _outside_the_body(shape):
        given = _located(member, location, wire_name, query, headers, labels)
        if given is not None:
            found[wire_name] = given
    if payload:
        return _with_payload(shape, payload, found, body)
    return check(shape, found)


@cache
def _outside_the_body(shape):
    """The members that are in the path, the query or a header: where, and as what."""
    return [
        (member, where["location"], where.get("name", name))
        for name, member in shape.members.items()
        if "location" in (where := member.serialization)
    ]


def _located(member, location, wire_name, query, headers, labels):
    if location == "uri":
        return labels.get(wire_name)
    if location == "querystring" and wire_name in query:
        return _scalar(member, query[wire_name][0])
    if location == "header" and wire_name in headers:
        return _scalar(member, headers[wire_name])
    return None


def _scalar(member, text):
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    if member.type_name in ("integer", "long"):
        try:
            return int(text)
        except ValueError:
            return text
    if member.type_name == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return text


def _with_payload(shape, payload, found, body):
    """A payload member is the body itself, so it skips the JSON rules."""
    members = {n: m for n, m in shape.members.items() if n != payload}
    decoded = {
        name: check(member, found[wire], name)
        for name, member in members.items()
        if (wire := member.serialization.get("name", name)) in found
    }
    decoded[payload] = body or b""
    return decoded


def _json_object(body):
    if not body:
        return {}
    try:
        value = read_json(body)
    except ValueError:
        raise refusal("serialization_json") from None
    if not isinstance(value, dict):
        raise refusal("serialization_json")
    return value
