"""What a Bedrock call cost, by the tokens its reply reports.

Guardrails are billed apart and are not counted. Prices are those of the United
States: see :mod:`bedrock_helpers.price_list`.
"""

import json
import re
from decimal import Decimal
from functools import lru_cache

from bedrock_helpers import catalog
from bedrock_helpers.families import sdxl
from bedrock_helpers.parameters import family_of
from bedrock_helpers.pricing import UnknownPriceError, cost_of, image_usd

#: ARNs that end in the id they are charged by.
_CHARGED_BY_ID = re.compile(
    r"arn:[^:]+:bedrock:[^/]+:(foundation-model|inference-profile)/"
)
#: What InvokeModel's reply tells in its headers, by Converse's names.
_HEADERS = {
    "inputTokens": "x-amzn-bedrock-input-token-count",
    "outputTokens": "x-amzn-bedrock-output-token-count",
    "cacheReadInputTokens": "x-amzn-bedrock-cache-read-input-token-count",
    "cacheWriteInputTokens": "x-amzn-bedrock-cache-write-input-token-count",
}


def actual_usd(request, reply, *, on=None):
    """
    What a call cost, by what its reply reports.

    Parameters
    ----------
    request : dict
        Arguments of ``converse``, ``invoke_model`` or their streams.
    reply : dict
        What boto3 returned.
    on : str, optional
        ``"2023-09-28"`` for launch day's prices.

    Returns
    -------
    decimal.Decimal or None
        US dollars. None where the reply reports no tokens: a stream, not yet
        read, or a model that tells none.

    Raises
    ------
    UnknownPriceError
        For a model, a service tier or a kind of token without a known price.

    Examples
    --------
    >>> usage = {"inputTokens": 1000, "outputTokens": 200}
    >>> actual_usd({"modelId": "amazon.nova-micro-v1:0"}, {"usage": usage})
    Decimal('0.000063')
    """
    usage = usage_of(request, reply)
    if usage is None and not makes_pictures(request):
        return None
    return usage_usd(request, usage, tier=reply.get("serviceTier"), on=on)


def usage_usd(request, usage, *, tier=None, on=None):
    """
    What a call cost, by its tokens or, of a model of pictures, by these.

    Parameters
    ----------
    request : dict
        As for :func:`actual_usd`.
    usage : dict or None
        As Converse reports it; not looked at where pictures are paid.
    tier : dict or str, optional
        The service tier the reply names: the one that served the call.
    on : str, optional

    Returns
    -------
    decimal.Decimal
        US dollars; 0 of provisioned throughput, which is billed by the hour.

    Raises
    ------
    UnknownPriceError
    """
    if is_billed_by_the_hour(request["modelId"]):
        return Decimal(0)
    if makes_pictures(request):
        return pictures_usd(request, on=on)
    served = service_tier({**request, "serviceTier": tier} if tier else request)
    usage = with_ttl(usage, request)
    return cost_of(usage, request["modelId"], tier=served, on=on)


def usage_of(request, reply):
    """
    The tokens a reply reports, in its body or, for InvokeModel, its headers.

    Returns
    -------
    dict or None
        As Converse reports it.

    Examples
    --------
    >>> usage_of({"modelId": "amazon.nova-micro-v1:0"}, {"stream": ...}) is None
    True
    """
    if "usage" in reply:
        return complete(request, reply["usage"])
    headers = reply.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    counts = {k: int(headers[h]) for k, h in _HEADERS.items() if h in headers}
    return complete(request, counts)


def complete(request, counts):
    """
    Counts as a usage, or None where they are not all there.

    Embeddings are no tokens: of them nothing but the input is ever counted.

    Examples
    --------
    >>> complete({"modelId": "amazon.titan-embed-text-v2:0"}, {"inputTokens": 5})
    {'outputTokens': 0, 'inputTokens': 5}
    >>> complete({"modelId": "amazon.nova-micro-v1:0"}, {"inputTokens": 5})
    """
    if "inputTokens" not in counts:
        return None
    if "outputTokens" not in counts and makes(request, "EMBEDDING"):
        return {"outputTokens": 0, **counts}
    return counts if "outputTokens" in counts else None


def service_tier(request):
    """
    The service tier of a call, by the name of its price.

    Converse nests tier and latency; InvokeModel has them flat.

    Raises
    ------
    UnknownPriceError
        For optimised latency, which has prices of its own.

    Examples
    --------
    >>> service_tier({"modelId": "x", "serviceTier": {"type": "priority"}})
    'priority'
    """
    if latency(request) != "standard":
        raise UnknownPriceError(
            f"No price is known for {request['modelId']!r} at latency "
            f"{latency(request)!r}. For the standard price leave it out."
        )
    return named_tier(request)


def named_tier(request):
    """The service tier a request names, whether its price is known or not."""
    tier = request.get("serviceTier") or "default"
    return tier["type"] if isinstance(tier, dict) else tier


def latency(request):
    """The latency mode a request asks for: ``"standard"`` or ``"optimized"``."""
    nested = (request.get("performanceConfig") or {}).get("latency")
    return nested or request.get("performanceConfigLatency") or "standard"


def charged_id(model_id):
    """
    The id a call is charged by: the last part of a model's or profile's ARN.

    Examples
    --------
    >>> arn = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"
    >>> charged_id(arn)
    'amazon.nova-micro-v1:0'
    """
    known = _CHARGED_BY_ID.match(model_id)
    return model_id[known.end() :] if known else model_id


@lru_cache(maxsize=1024)
def record_of(model_id):
    """The catalogue's record of the model that an id or ARN calls, or None."""
    try:
        return catalog.get(charged_id(model_id))
    except catalog.UnknownModelError:
        return None


def is_billed_by_the_hour(model_id):
    """
    Whether an id is provisioned throughput's: its tokens cost nothing more.

    Examples
    --------
    >>> is_billed_by_the_hour("arn:aws:bedrock:us-east-1:1:provisioned-model/abc")
    True
    """
    return ":provisioned-model/" in model_id


def makes(request, modality):
    """Whether a call's model makes nothing else, such as ``"EMBEDDING"``."""
    model = record_of(request["modelId"])
    return model is not None and model.output_modalities == (modality,)


def makes_pictures(request):
    """Whether a call is paid by the picture."""
    return makes(request, "IMAGE")


def pictures_usd(request, *, on=None):
    """
    What the pictures cost that a native body asks for.

    Only SDXL makes several at once, and has prices by size and steps; what its body
    leaves out has the model's default.

    Raises
    ------
    UnknownPriceError

    Examples
    --------
    >>> asked = {"samples": 2, "steps": 80}
    >>> model_id = "stability.stable-diffusion-xl-v1"
    >>> pictures_usd({"modelId": model_id, "body": json.dumps(asked)})
    Decimal('0.16')
    """
    model_id = charged_id(request["modelId"])
    if family_of(model_id) != "sdxl":
        return image_usd(model_id)
    settings = sdxl.settings_of(body_of(request) or {}, model_id, on)
    counts = {name: n for name, n in settings.items() if type(n) is int and n > 0}
    return image_usd(
        model_id,
        counts.get("samples", 1),
        width_px=counts.get("width", sdxl.V0_SIZE),
        height_px=counts.get("height", sdxl.V0_SIZE),
        steps=counts.get("steps"),
    )


def body_of(request):
    """The JSON object in an InvokeModel body; None where it is none, or a file."""
    try:
        body = json.loads(request["body"])
    except (KeyError, TypeError, ValueError):
        return None
    return body if isinstance(body, dict) else None


def with_ttl(usage, request):
    """
    A usage that says how long a cache is kept: an hour, if the request asked for it.

    Converse's replies say so themselves; InvokeModel's headers do not.

    Examples
    --------
    >>> written = {"inputTokens": 1, "outputTokens": 1, "cacheWriteInputTokens": 9}
    >>> asked = {"body": '{"cache_control": {"type": "ephemeral", "ttl": "1h"}}'}
    >>> with_ttl(written, asked)["cacheDetails"]
    [{'ttl': '1h', 'inputTokens': 9}]
    """
    written = usage.get("cacheWriteInputTokens")
    if not written or "cacheDetails" in usage or "1h" not in str(request.get("body")):
        return usage
    return {**usage, "cacheDetails": [{"ttl": "1h", "inputTokens": written}]}
