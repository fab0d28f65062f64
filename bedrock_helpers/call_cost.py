"""The most a Bedrock call can cost, and what it did cost; both err high.

Before a call its input counts one token a byte, and some more for what the
service adds (chat format, tool instructions). What bytes do not measure (an
image, a document, a file, an object in S3) counts as the model's whole window.
Output counts as ``maxTokens``, or the model's own maximum when that is unset.
Cache writes and reads count twice the input price, which is the dearest of
them. Guardrails are billed apart and are not counted.
"""

import json
from decimal import Decimal

from bedrock_helpers import catalog
from bedrock_helpers.pricing import UnknownPriceError, cost_of

#: A margin for what the service adds to a request (chat format, the wording of
#: tools): our choice, generous, no published figure.
ADDED_TOKENS = 1_500
_TIERS = {"priority": Decimal("1.75"), "default": Decimal(1), "flex": Decimal(1)}
_CACHE_FACTOR = 2
_CACHE_MARKS = ("cachePoint", "cache_control")
_NOT_MEASURED_IN_BYTES = {
    "audio",
    "document",
    "image",
    "image_url",
    "input_audio",
    "s3Location",
    "video",
}
_LARGEST_WINDOW_TOKENS = 1_000_000
_LARGEST_OUTPUT_TOKENS = 128_000
_COUNT_HEADERS = {
    "inputTokens": "x-amzn-bedrock-input-token-count",
    "outputTokens": "x-amzn-bedrock-output-token-count",
    "cacheReadInputTokens": "x-amzn-bedrock-cache-read-input-token-count",
    "cacheWriteInputTokens": "x-amzn-bedrock-cache-write-input-token-count",
}


def most_usd(request):
    """
    The most one call can cost.

    Parameters
    ----------
    request : dict
        Arguments of ``converse``, ``invoke_model`` or their streams.

    Returns
    -------
    decimal.Decimal
        US dollars; 0 for a model past its end of life, which only refuses.

    Raises
    ------
    UnknownPriceError
        For a model, a service tier or a latency mode without a known price.

    Examples
    --------
    >>> hello = [{"role": "user", "content": [{"text": "Hi"}]}]
    >>> most_usd({
    ...     "modelId": "amazon.nova-micro-v1:0",
    ...     "messages": hello,
    ...     "inferenceConfig": {"maxTokens": 1000},
    ... })
    Decimal('0.000196035')
    """
    model_id = request["modelId"]
    if _has_ended(model_id):
        return Decimal(0)
    _cost_usd(model_id, 0, 0)  # an unknown price speaks before anything else
    sent = {name: value for name, value in request.items() if name != "modelId"}
    usd = _cost_usd(model_id, _most_input_tokens(model_id, sent), _most_output(request))
    return usd * _factor(request)


def actual_usd(request, reply):
    """
    What a call cost, by the tokens its reply reports.

    Parameters
    ----------
    request : dict
        As for :func:`most_usd`.
    reply : dict
        What boto3 returned.

    Returns
    -------
    decimal.Decimal or None
        None where the reply reports no tokens: a stream, not yet read.
    """
    usage = _reported(reply)
    if usage is None:
        return None
    if _has_ended(request["modelId"]):
        return Decimal(0)
    cached = sum(usage.get(f"cache{kind}InputTokens", 0) for kind in ("Read", "Write"))
    input_tokens = usage["inputTokens"] + _CACHE_FACTOR * cached
    usd = _cost_usd(request["modelId"], input_tokens, usage["outputTokens"])
    return usd * _factor(request)


def _cost_usd(model_id, input_tokens, output_tokens):
    usage = {"inputTokens": input_tokens, "outputTokens": output_tokens}
    return cost_of(usage, model_id)


def _has_ended(model_id):
    """Gone for good: a Legacy model past its date may still answer somewhere."""
    try:
        return catalog.get(model_id).status == "EOL"
    except catalog.UnknownModelError:
        return False


def _most_input_tokens(model_id, sent):
    text = json.dumps(sent, default=_readable)
    if _has_unmeasured(sent) or _names_media(sent.get("body")):
        window = catalog.get(model_id).context_window_tokens
        most = window or _LARGEST_WINDOW_TOKENS
    else:
        most = len(text) + ADDED_TOKENS
    cached = any(mark in text for mark in _CACHE_MARKS)
    return most * (_CACHE_FACTOR if cached else 1)


def _readable(value):
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("latin-1")
    return str(value)


def _has_unmeasured(value):
    if isinstance(value, dict):
        kinds = _NOT_MEASURED_IN_BYTES & value.keys()
        return bool(kinds) or any(map(_has_unmeasured, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_unmeasured, value))
    return hasattr(value, "read")


def _names_media(body):
    """Whether InvokeModel's body, which is JSON already, speaks of media."""
    text = _readable(body)
    return any(f'"{kind}"' in text for kind in _NOT_MEASURED_IN_BYTES)


def _most_output(request):
    asked = (request.get("inferenceConfig") or {}).get("maxTokens")
    overridden = "max" in str(request.get("additionalModelRequestFields", ""))
    if asked is not None and not overridden:
        return asked
    largest = catalog.get(request["modelId"]).max_output_tokens
    return max(largest or _LARGEST_OUTPUT_TOKENS, asked or 0)


def _factor(request):
    """Converse nests tier and latency; InvokeModel has them flat."""
    tier = request.get("serviceTier") or "default"
    tier = tier["type"] if isinstance(tier, dict) else tier
    nested = (request.get("performanceConfig") or {}).get("latency")
    latency = nested or request.get("performanceConfigLatency") or "standard"
    if tier not in _TIERS or latency != "standard":
        raise UnknownPriceError(
            f"No price is known for {request['modelId']!r} at service tier {tier!r} "
            f"and latency {latency!r}. Leave both out for the standard price."
        )
    return _TIERS[tier]


def _reported(reply):
    """The tokens a reply reports, in its body or, for InvokeModel, its headers."""
    if "usage" in reply:
        return reply["usage"]
    headers = reply.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    found = {k: int(headers[h]) for k, h in _COUNT_HEADERS.items() if h in headers}
    return found if {"inputTokens", "outputTokens"} <= found.keys() else None
