"""What surrounds a native body: its wrapping, its JSON, its size."""

from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.service_tiers import check_service
from bedrock_helpers.offline.strict_json import read_json

_JSON = "application/json"
#: Of the service model's ``Body`` shape, in bytes.
LARGEST_BODY = 25_000_000


def read_body(raw):
    """
    The JSON object of a body.

    Raises
    ------
    Refusal
        If it is too large, no JSON, or no object.

    Examples
    --------
    >>> read_body(b'{"prompt": "Hi"}')
    {'prompt': 'Hi'}
    """
    if len(raw) > LARGEST_BODY:
        raise too_large()
    try:
        body = read_json(raw)
    except ValueError:
        raise refusal("malformed_json") from None
    if not isinstance(body, dict):
        raise refusal("malformed_input", problem="#: expected type: JSONObject")
    return body


def too_large():
    """The refusal of a body beyond the service model's 25,000,000 bytes."""
    longest = f"have length less than or equal to {LARGEST_BODY}"
    broken = f"Value at 'body' failed to satisfy constraint: Member must {longest}"
    return refusal("constraint", count=1, noun="error", broken=broken)


def whole_numbers(value):
    """
    A JSON value with 1.0 written as 1: the same request, so the same reply.

    Examples
    --------
    >>> whole_numbers({"temperature": 0.0, "stop": [0.5]})
    {'temperature': 0, 'stop': [0.5]}
    """
    if isinstance(value, dict):
        return {key: whole_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [whole_numbers(inner) for inner in value]
    whole = isinstance(value, float) and value.is_integer()
    return int(value) if whole else value


def check_wrapping(request, model_id):
    """
    Refuse another content type, and what cannot be done offline around a body.

    Parameters
    ----------
    request : dict
    model_id : str
        The bare id of the model that is called.

    Raises
    ------
    Refusal
    """
    if request.get("contentType", _JSON) != _JSON:
        raise refusal("content_type")
    tier = request.get("serviceTier", "default")
    latency = request.get("performanceConfigLatency", "standard")
    check_service(model_id, tier, latency)
