"""The most a Bedrock call can cost, worked out before it is sent; it errs high.

Input counts one token a byte, and some more for what the service adds (chat
format, tool instructions), unless CountTokens has counted it. What bytes do not
measure (an image, a document, a file, an object in S3) counts as the model's
whole window, and so does what a system tool finds, counted or not. Output counts
as the call's own limit, or the model's where that is unset. With a mark for the
prompt cache all input counts as written to it.
"""

import json
import math
from dataclasses import dataclass
from decimal import Decimal

from bedrock_helpers import catalog, parameters
from bedrock_helpers.call_cost import (
    body_of,
    charged_id,
    is_billed_by_the_hour,
    makes,
    makes_pictures,
    pictures_usd,
    record_of,
    service_tier,
)
from bedrock_helpers.families.body import get
from bedrock_helpers.pricing import price_of

#: A margin for what the service adds to a request (chat format, the wording of
#: tools): our choice, generous, no published figure.
ADDED_TOKENS = 1_500
_CACHE_MARKS = ("cachePoint", "cache_control")
#: The dearest write known, one kept for an hour, beside plain input.
_DEAREST_WRITE = 2
_NOT_MEASURED_IN_BYTES = {
    "audio",
    "document",
    "image",
    "image_url",
    "input_audio",
    "s3Location",
    "systemTool",
    "video",
}
#: Limits of other forms, which a model may heed beside its own.
_OTHER_LIMITS = (
    "max_tokens",
    "max_completion_tokens",
    "max_new_tokens",
    "inferenceConfig.maxTokens",
    "inferenceConfig.max_new_tokens",
)
#: Where native bodies ask for more than one reply: Cohere, AI21, OpenAI's form.
_SEVERAL_REPLIES = ("num_generations", "numResults", "n")
_LARGEST_WINDOW_TOKENS = 1_000_000
_LARGEST_OUTPUT_TOKENS = 128_000
_MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class Bound:
    """
    The most one call can cost.

    Attributes
    ----------
    usd : decimal.Decimal
    input_tokens, output_tokens : int
        What it stands for.
    counted : str
        Where ``input_tokens`` is from, in words.
    """

    usd: Decimal
    input_tokens: int = 0
    output_tokens: int = 0
    counted: str = ""


def upper_bound(request, *, input_tokens=None, on=None):
    """
    The most one call can cost.

    Parameters
    ----------
    request : dict
        Arguments of ``converse``, ``invoke_model`` or their streams.
    input_tokens : int, optional
        What CountTokens said of it; estimated, if left out.
    on : str, optional
        ``"2023-09-28"`` for launch day's prices and models.

    Returns
    -------
    Bound
        Of 0 dollars for a model past its end of life, which only refuses, and for
        provisioned throughput, which is billed by the hour.

    Raises
    ------
    UnknownPriceError
        For a model, a service tier or a latency mode without a known price.

    Examples
    --------
    >>> bound = upper_bound({
    ...     "modelId": "amazon.nova-micro-v1:0",
    ...     "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
    ...     "inferenceConfig": {"maxTokens": 1000},
    ... })
    >>> bound.input_tokens, bound.output_tokens, bound.usd
    (1601, 1000, Decimal('0.000196035'))
    """
    if is_billed_by_the_hour(request["modelId"]) or _has_ended(request, on):
        return Bound(Decimal(0))
    if makes_pictures(request):
        return Bound(pictures_usd(request, on=on))
    model_id, tier = charged_id(request["modelId"]), service_tier(request)
    sent = _text({name: v for name, v in request.items() if name != "modelId"})
    text = sent + _native_text(request)
    most_in, counted = input_tokens, "counted by CountTokens"
    if input_tokens is None or '"systemTool"' in text:
        most_in, counted = _most_input(request, len(sent))
    price = price_of(model_id, tier=tier, on=on, prompt_tokens=most_in)
    most_out = _most_output(request, on)
    usd = most_in * _dearest_input(price, text)
    usd += most_out * price.usd_per_million_output
    return Bound(usd / _MILLION, most_in, most_out, counted)


def _has_ended(request, on):
    """Gone for good: a Legacy model past its date may still answer somewhere."""
    model = record_of(request["modelId"])
    return on != catalog.LAUNCH_DAY and model is not None and model.status == "EOL"


def _most_input(request, bytes_sent):
    """Input tokens at most, and where the number is from."""
    if _has_unmeasured(request) or _names_media(request):
        model = record_of(request["modelId"])
        window = model.context_window_tokens if model else None
        words = "the whole window, since bytes do not measure what is in it"
        return window or _LARGEST_WINDOW_TOKENS, words
    return bytes_sent + ADDED_TOKENS, "estimated from its bytes, which errs high"


def _dearest_input(price, text):
    """What a million input tokens cost, written to the cache where that is dearer."""
    plain = price.usd_per_million_input
    if not any(mark in text for mark in _CACHE_MARKS):
        return plain
    writes = [price.usd_per_million_cache_write_5m]
    if "1h" in text:
        writes.append(price.usd_per_million_cache_write_1h)
    known = (_DEAREST_WRITE * plain if write is None else write for write in writes)
    return max(plain, *known)


def _text(sent):
    return json.dumps(sent, default=_readable)


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


def _names_media(request):
    """Whether fields in a model's own form, which name a kind as text, name media."""
    text = _native_text(request)
    return any(f'"{kind}"' in text for kind in _NOT_MEASURED_IN_BYTES)


def _native_text(request):
    """What is sent in a model's own form, as JSON without needless escapes."""
    body = request.get("body", "")
    try:
        text = json.dumps(json.loads(body, object_pairs_hook=list))
    except (TypeError, ValueError, RecursionError):
        text = _readable(body)
    return text + _text(request.get("additionalModelRequestFields"))


def _most_output(request, on):
    if makes(request, "EMBEDDING"):
        return 0
    fields = request.get("additionalModelRequestFields") or {}
    body = body_of(request) or {}
    asked = _asked_output(request, body, on)
    overridden = "max" in str(fields)
    if asked is None or overridden:
        model = record_of(request["modelId"])
        largest = model.max_output_tokens if model else None
        asked = max(largest or _LARGEST_OUTPUT_TOKENS, asked or 0)
    several = [get(sent, name) for sent in (body, fields) for name in _SEVERAL_REPLIES]
    return asked * max(1, *map(_count, several))


def _asked_output(request, body, on):
    """The limit a call sets itself; None where it sets none that can be read."""
    if "body" not in request:
        return (request.get("inferenceConfig") or {}).get("maxTokens")
    spec = parameters.by_role(charged_id(request["modelId"]), on).get("max_tokens")
    limit = get(body, spec.path) if spec else None
    if type(limit) is not int or limit < 0:
        return None
    return max(limit, *(_count(get(body, path)) for path in _OTHER_LIMITS))


def _count(value):
    """A number of a body, rounded up; 0 for what is none."""
    known = type(value) in (int, float) and 0 < value < math.inf
    return math.ceil(value) if known else 0
