"""What one model takes of ``inferenceConfig`` and its companions, and refuses.

The rules come from the model's record in ``data/models.json``.
"""

import copy
import json
from dataclasses import dataclass

from bedrock_helpers.offline.errors import not_offline, refusal
from bedrock_helpers.offline.service_tiers import check_service

#: Tokens to make when the caller sets no maximum. The played models would go on
#: to their own limit (thousands of tokens); the small model would only ramble.
UNSET_MAX_TOKENS = 512
_REAL_BUT_NOT_OFFLINE = (
    "thinking",
    "anthropic_beta",
    "output_config",
    "reasoning_effort",
    "reasoningConfig",
)


@dataclass(frozen=True)
class Sampling:
    """
    How the next tokens are drawn.

    Attributes
    ----------
    max_tokens : int
    temperature : float
    top_p : float
    top_k : int
        0 means no cut-off.
    stop_sequences : tuple of str
    presence_penalty, frequency_penalty : float
        Taken off a token's logit if it stands in the text, and for every time
        it does.
    """

    max_tokens: int
    temperature: float
    top_p: float
    top_k: int = 0
    stop_sequences: tuple = ()
    presence_penalty: float = 0
    frequency_penalty: float = 0


def read_sampling(request, model):
    """
    The sampling a request asks of a model, with that model's defaults.

    Raises
    ------
    Refusal
        For a parameter this model refuses.
    """
    config = request.get("inferenceConfig", {})
    extra = _extra_fields(request)
    top_k = _take_top_k(extra, model)
    _refuse_unsupported(request, config, model)
    _refuse_sampling(config, top_k, model)
    stops = config.get("stopSequences", ())
    if model.provider == "Anthropic" and not all(stop.strip() for stop in stops):
        raise refusal("blank_stop_sequence")
    limit = model.max_output_tokens
    if limit and config.get("maxTokens", 0) > limit:
        raise refusal("max_tokens_over_limit", limit=limit)
    return Sampling(
        max_tokens=config.get("maxTokens", UNSET_MAX_TOKENS),
        temperature=config.get("temperature", _or_one(model.default_temperature)),
        top_p=config.get("topP", _or_one(model.default_top_p)),
        top_k=top_k or 0,
        stop_sequences=tuple(stops),
    )


def _extra_fields(request):
    extra = request.get("additionalModelRequestFields") or {}
    if not isinstance(extra, dict):
        raise refusal("extra_field", field=str(extra)[:60])
    for name in _REAL_BUT_NOT_OFFLINE:
        if name in extra:
            raise not_offline(f"act on {name}: its small model does not reason")
    return copy.deepcopy(extra) if extra else {}


def _or_one(value):
    return 1.0 if value is None else value


def _refuse_unsupported(request, config, model):
    for name in model.converse_refuses:
        if name in config or name in request:
            raise refusal("unsupported_field", field=name)
    if "outputConfig" in request and model.structured_output is False:
        raise refusal("unsupported_field", field="outputConfig")
    if "promptVariables" in request:
        raise not_offline("apply promptVariables yet")
    tier = request.get("serviceTier", {}).get("type", "default")
    latency = request.get("performanceConfig", {}).get("latency", "standard")
    check_service(model.model_id, tier, latency)


def _refuse_sampling(config, top_k, model):
    given = [name for name in ("temperature", "topP") if name in config]
    given += ["topK"] if top_k is not None else []
    claude_names = {"temperature": "temperature", "topP": "top_p", "topK": "top_k"}
    if model.sampling == "none" and given:
        if model.provider == "Anthropic":
            raise refusal("sampling_dropped", parameter=claude_names[given[0]])
        raise refusal("unsupported_field", field=given[0])
    both = "temperature" in given and "topP" in given
    if model.sampling == "temperature_or_top_p" and both:
        raise refusal("temperature_and_top_p")


def _take_top_k(extra, model):
    """Take top-k from where this model has it; any other field is refused."""
    *outer, name = model.top_k["path"] if model.top_k else [None]
    value = None
    if outer:
        nested = extra.pop(outer[0], {})
        if not isinstance(nested, dict):
            raise refusal("extra_field", field=outer[0])
        value = nested.pop(name, None)
        extra = {**nested, **extra}
    elif name:
        value = extra.pop(name, None)
    for field in extra:
        claude = model.provider == "Anthropic"
        raise refusal("extra_field_claude" if claude else "extra_field", field=field)
    return None if value is None else _checked_top_k(value, model.top_k)


def _checked_top_k(value, rule):
    if isinstance(value, bool) or not isinstance(value, int):
        problem = f"{json.dumps(value)} is not an integer"
    elif not rule["min"] <= value <= rule["max"]:
        problem = f"{value} is not in {rule['min']}..{rule['max']}"
    else:
        return value
    raise refusal("extra_field_value", field=rule["path"][-1], problem=problem)
