"""A budget for one session: the call that could pass it is not sent.

Just before a call is sent, the most it can cost is set aside; afterwards the
tokens its reply reports take that amount's place. A refused call costs nothing.
A stream stays at the amount set aside, and so does an attempt that may have
reached AWS and brought no answer: each errs high, never low.
"""

import threading
from dataclasses import dataclass
from decimal import Decimal

from botocore.exceptions import ConnectionError

from bedrock_helpers.call_cost import actual_usd, most_usd
from bedrock_helpers.exceptions import BudgetExceeded

_CALLS = ("Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream")
_SLOT = "bedrock_helpers_call"


@dataclass
class _Call:
    """One call on its way: its arguments, and what is set aside for it."""

    request: dict
    held_usd: Decimal | None = None


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
        limit = _shown(self.limit_usd)
        return f"Budget: ${self.spent_usd:.6f} of ${limit} spent or set aside"

    def watch(self, events):
        """Follow every Bedrock call of one session's event emitter."""
        events.register_last("request-created", self._set_aside)  # once it is signed
        for name in _CALLS:
            where = f"bedrock-runtime.{name}"
            events.register(f"before-parameter-build.{where}", self._begin)
            events.register(f"needs-retry.{where}", self._attempted)
            events.register(f"after-call.{where}", self._answered)
            events.register(f"after-call-error.{where}", self._failed)

    def _begin(self, params, context, **_):
        context[_SLOT] = _Call(params)

    def _set_aside(self, request, **_):
        call = request.context.get(_SLOT)
        if call is None or call.held_usd is not None:
            return
        most = most_usd(call.request)
        with self._lock:
            if self.spent_usd + most > self.limit_usd:
                raise BudgetExceeded(self._refusal(call.request, most))
            self.spent_usd += most
        call.held_usd = most

    def _refusal(self, request, most):
        left = self.limit_usd - self.spent_usd
        return (
            f"Not sent: this call to {request['modelId']} could cost ${most:.6f}, and "
            f"${left:.6f} of the ${_shown(self.limit_usd)} budget is left. Lower "
            "maxTokens, or connect again with more: bh.connect(budget_usd=…)"
        )

    def _attempted(self, request_dict, caught_exception, **_):
        """Without an answer AWS may have worked: a retry sets aside its own."""
        call = request_dict["context"].get(_SLOT)
        if call and caught_exception and not _never_arrived(caught_exception):
            call.held_usd = None

    def _answered(self, http_response, parsed, context, **_):
        call = context.pop(_SLOT, None)
        if call is None:
            return
        refused = http_response.status_code >= 300
        actual = Decimal(0) if refused else actual_usd(call.request, parsed)
        if actual is not None:
            self._settle(call, actual)

    def _failed(self, context, exception, **_):
        call = context.pop(_SLOT, None)
        if call is not None and _never_arrived(exception):
            self._settle(call, Decimal(0))

    def _settle(self, call, actual):
        with self._lock:
            self.spent_usd += actual - (call.held_usd or 0)


def _never_arrived(exception):
    """No connection was made: botocore's own name for that is ConnectionError."""
    return isinstance(exception, ConnectionError)


def _shown(usd):
    return f"{usd:.2f}" if usd == round(usd, 2) else f"{usd:.6f}"


def _limit(value):
    try:
        limit = Decimal(str(value))
    except ArithmeticError:
        limit = Decimal(0)
    if not limit.is_finite() or limit <= 0:
        raise ValueError(
            f"budget_usd={value!r}: a number above 0, in dollars. Type: budget_usd=1"
        )
    return limit
