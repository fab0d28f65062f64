"""What ``session.offline`` can do, over HTTP: failures, grants and the clock."""

import hmac
import json

from bedrock_helpers.offline.errors import Refusal
from bedrock_helpers.offline.http_reply import Reply
from bedrock_helpers.offline.strict_json import read_json

#: Paths that are the offline server's own, never AWS's.
PREFIX = "/_offline/"
_TAKES = {
    "fail-next": {"kind": "string", "times": "number"},
    "grant-access": {"model_ids": "list"},
    "set-clock": {"minutes_ahead": "number"},
    "pass-time": {"minutes": "number"},
}
_TYPES = {"string": (str,), "number": (int, float), "list": (list,)}
_MOST_MINUTES = 366 * 24 * 60


def control(offline, key, request, body):
    """
    Do what one of the server's own paths says.

    ``POST /_offline/fail-next`` takes ``{"kind": …, "times": …}``, ``grant-access``
    takes ``{"model_ids": […]}``, ``set-clock`` takes ``{"minutes_ahead": …}`` and
    ``pass-time`` takes ``{"minutes": …}``.

    Parameters
    ----------
    offline : OfflineBedrock
    key : str or None
        Where the server has a key, the request carries it as a Bearer token.
    request : starlette.requests.Request
    body : bytes

    Returns
    -------
    Reply

    Raises
    ------
    Refusal
        Without the key, or with a value that is not allowed.
    """
    given = request.headers.get("authorization", "")
    if key and not hmac.compare_digest(given.encode(), f"Bearer {key}".encode()):
        raise _wrong("Send Authorization: Bearer <key>.", status=403)
    name = request.scope["raw_path"].decode("latin-1").removeprefix(PREFIX)
    if request.method != "POST" or name not in _TAKES:
        known = ", ".join(PREFIX + action for action in _TAKES)
        raise _wrong(f"POST to one of: {known}.", status=404)
    try:
        _do(offline, name, _values(name, body))
    except (TypeError, ValueError) as wrong:
        raise _wrong(str(wrong)) from None
    done = json.dumps({"done": True}).encode()
    return Reply(200, {"content-type": "application/json"}, done)


def _values(name, body):
    """The JSON object of a body, with no other fields than the path takes."""
    takes = _TAKES[name]
    form = ", ".join(f'"{field}": {kind}' for field, kind in takes.items())
    try:
        values = read_json(body or b"{}")
    except ValueError:
        values = None
    if not isinstance(values, dict) or not values.keys() <= takes.keys():
        raise _wrong(f"{name} takes a JSON object: {{{form}}}.")
    for field, value in values.items():
        if type(value) not in _TYPES[takes[field]]:
            raise _wrong(f"{field} is a {takes[field]}, as in {{{form}}}.")
    return values


def _do(offline, name, values):
    if name == "fail-next":
        offline.fail_next(values.pop("kind", ""), **values)
    elif name == "grant-access":
        offline.grant_access(*map(str, values.get("model_ids", ())))
    elif name == "pass-time":
        offline.pass_time(values.get("minutes", 0))
    elif abs(values.get("minutes_ahead", 0)) > _MOST_MINUTES:
        raise _wrong(f"minutes_ahead is at most {_MOST_MINUTES}, a year.")
    else:
        offline.set_clock(**values)


def _wrong(text, status=400):
    return Refusal("OfflineServerRefused", status, text)
