"""A budget for one session: the call that could pass it is not sent.

Before a call the most it can cost is set aside: its input at one token a byte,
and its output at ``maxTokens`` (or the model's own maximum when that is unset).
After it, the tokens the reply reports take that amount's place. A stream stays
at the amount set aside, and cache writes and reads are charged at twice the
input price: both err high, never low.
"""

import json
import threading
from decimal import Decimal

from bedrock_helpers import catalog
from bedrock_helpers.exceptions import BudgetExceeded
from bedrock_helpers.pricing import cost_usd

_CALLS = ("Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream")
_TIER_FACTORS = {"priority": Decimal("1.75")}
_CACHE_FACTOR = 2
_LARGEST_OUTPUT_TOKENS = 128_000
_SIDES = ("input", "output")
_SLOT = "bedrock_helpers_set_aside"


class Budget:
    """
    What a session may spend and what it has spent, in US dollars.

    Parameters
    ----------
    limit_usd : float or str or decimal.Decimal

    Raises
    ------
    ValueError
        If the limit is not a number above 0.

    Examples
    --------
    >>> Budget(1)
    Budget: $0.000000 of $1.00 spent or set aside
    """

    def __init__(self, limit_usd):
        self.limit_usd = _limit(limit_usd)
        self.spent_usd = Decimal(0)
        self._lock = threading.Lock()

    def __repr__(self):
        """Spent and limit."""
        limit = f"{self.limit_usd:.2f}"
        return f"Budget: ${self.spent_usd:.6f} of ${limit} spent or set aside"

    def watch(self, events):
        """Follow every Bedrock call of one session's event emitter."""
        for name in _CALLS:
            where = f"bedrock-runtime.{name}"
            events.register(f"before-parameter-build.{where}", self._before)
            events.register(f"after-call.{where}", self._after)
            events.register(f"after-call-error.{where}", self._failed)

    def _before(self, params, context, **_):
        if not isinstance(params.get("modelId"), str):
            return
        most = _most(params)
        with self._lock:
            if self.spent_usd + most > self.limit_usd:
                raise BudgetExceeded(self._refusal(params, most))
            self.spent_usd += most
        context[_SLOT] = (params["modelId"], most)

    def _refusal(self, params, most):
        left = self.limit_usd - self.spent_usd
        return (
            f"Not sent: this call to {params['modelId']} could cost ${most:.6f}, and "
            f"${left:.6f} of the ${self.limit_usd:.2f} budget is left. Lower "
            "maxTokens, or connect again with more: bh.connect(budget_usd=…)"
        )

    def _after(self, http_response, parsed, context, **_):
        model_id, most = context.pop(_SLOT, (None, None))
        if model_id is None:
            return
        if http_response.status_code >= 300:
            self._settle(most, Decimal(0))
        elif (usage := _reported(parsed)) is not None:
            self._settle(most, min(most, _actual(model_id, usage)))

    def _failed(self, context, exception, **_):
        model_id, most = context.pop(_SLOT, (None, None))
        if model_id is not None and "Timeout" not in type(exception).__name__:
            self._settle(most, Decimal(0))

    def _settle(self, most, actual):
        with self._lock:
            self.spent_usd += actual - most


def _limit(value):
    try:
        limit = Decimal(str(value))
    except ArithmeticError:
        limit = Decimal(0)
    if not limit.is_finite() or limit <= 0:
        message = f"budget_usd={value!r}: a number above 0, in dollars. Type: budget_usd=1"
        raise ValueError(message)
    return limit


def _most(params):
    """The most a call can cost; it errs high. An ended model only refuses."""
    model_id = params["modelId"]
    if _has_ended(model_id):
        return Decimal(0)
    sent = {k: v for k, v in params.items() if k != "modelId"}
    input_tokens = len(json.dumps(sent, default=_sized).encode())
    input_tokens *= _CACHE_FACTOR if "cachePoint" in str(sent) else 1
    usd = cost_usd(model_id, input_tokens, _most_output_tokens(params))
    tier = (params.get("serviceTier") or {}).get("type")
    return usd * _TIER_FACTORS.get(tier, 1)


def _has_ended(model_id):
    try:
        return catalog.get(model_id).ended_by(catalog.AS_OF)
    except catalog.UnknownModelError:
        return False


def _sized(value):
    return "x" * len(value) if isinstance(value, bytes | bytearray) else str(value)


def _most_output_tokens(params):
    asked = (params.get("inferenceConfig") or {}).get("maxTokens")
    if isinstance(asked, int):
        return asked
    return catalog.get(params["modelId"]).max_output_tokens or _LARGEST_OUTPUT_TOKENS


def _reported(parsed):
    """The tokens a reply reports, in its body or, for InvokeModel, its headers."""
    if "usage" in parsed:
        return parsed["usage"]
    headers = parsed.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    counts = [headers.get(f"x-amzn-bedrock-{side}-token-count") for side in _SIDES]
    if None in counts:
        return None
    return {"inputTokens": int(counts[0]), "outputTokens": int(counts[1])}


def _actual(model_id, usage):
    if _has_ended(model_id):
        return Decimal(0)
    cached = usage.get("cacheReadInputTokens", 0) + usage.get("cacheWriteInputTokens", 0)
    input_tokens = usage["inputTokens"] + _CACHE_FACTOR * cached
    return cost_usd(model_id, input_tokens, usage["outputTokens"])
