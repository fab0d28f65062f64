"""The sums of a session's meter, kept right while many threads call.

A call departs, perhaps more than once, and comes to one of three ends: it is
settled at what it cost, released since it cost nothing, or left at the most it
can have cost. Until then that most is set aside, at once where there is a budget,
else when somebody reads the sums.
"""

import threading
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from bedrock_helpers.call_bound import upper_bound
from bedrock_helpers.call_cost import (
    is_billed_by_the_hour,
    latency,
    makes_pictures,
    named_tier,
    usage_usd,
    with_ttl,
)
from bedrock_helpers.exceptions import BudgetExceeded
from bedrock_helpers.meter_rows import MeterRow
from bedrock_helpers.pricing import UnknownPriceError

#: The arguments of a call that its price depends on.
_PRICED_BY = ("modelId", "serviceTier", "performanceConfig", "performanceConfigLatency")


@dataclass(eq=False)
class MeteredCall:
    """
    One call to a model.

    Attributes
    ----------
    request : dict
        Its arguments, ``modelId`` the one it is charged by.
    on : str or None
        The day of its prices.
    called_id : str
        ``modelId`` as called.
    row : MeterRow or None
        Where it is counted, once it was sent.
    is_under_way : bool
        Sent, and not yet answered.
    is_held : bool
        Whether the most it can cost is set aside, and may still be replaced.
    held_usd : decimal.Decimal or None
        That amount; None where no price is known.
    """

    request: dict
    on: str | None = None
    called_id: str = ""
    row: MeterRow | None = None
    is_under_way: bool = False
    is_held: bool = False
    held_usd: Decimal | None = None

    def most_usd(self):
        """The most it can cost, or None."""
        try:
            return upper_bound(self.request, on=self.on).usd
        except UnknownPriceError:
            return None

    def bill(self, usage, tier):
        """What it cost, or None, worked out when called; it keeps no prompt."""
        kept = usage and dict(with_ttl(usage, self.request))
        asked = self.request if self.row.unit == "picture" else _slim(self.request)
        return partial(_usd_or_none, asked, kept, tier=tier, on=self.on)


class Ledger:
    """
    Sums by model id and service tier, and what may be spent.

    Attributes
    ----------
    limit_usd : decimal.Decimal or None
    """

    def __init__(self):
        self.limit_usd = None
        self._rows, self._under_way = {}, set()
        self._lock = threading.Lock()

    def rows(self):
        """A copy of every MeterRow, in the order of first calls."""
        with self._lock:
            self._tally()
            return [row.copy() for row in self._rows.values()]

    def left_usd(self):
        """Dollars of the budget neither spent nor set aside; infinite without one."""
        with self._lock:
            return self._left()

    def depart(self, call, bound):
        """
        Count a call that is about to be sent, again or for the first time.

        Parameters
        ----------
        call : MeteredCall
        bound : Bound or None
            The most it can cost; None where there is no budget.

        Raises
        ------
        BudgetExceeded
            If that is more than is left; then nothing is counted.
        """
        with self._lock:
            if bound is not None and bound.usd > self._left():
                raise BudgetExceeded(self._refusal(call.called_id, bound))
            if call.row is None:
                call.row = self._row_of(call)
                call.row.calls += 1
            if bound is not None:
                self._hold(call, bound.usd)
            call.is_under_way = True
            self._under_way.add(call)

    def settle(self, call, usage, tier, source):
        """Count, once, what a call reports in place of what is set aside for it."""
        with self._lock:
            if not (call.is_under_way or call.is_held):
                return
            self._arrive(call)
            call.row.count(usage, source)
            bill = call.bill(usage, tier)
            if call.is_held:
                call.row.pay(bill(), self._let_go(call))
            else:
                call.row.owe(bill)

    def wait(self, call):
        """Set aside the most a call can cost until its stream reports."""
        with self._lock:
            self._arrive(call)
            self._hold(call)

    def release(self, call):
        """Count an attempt as having cost nothing."""
        with self._lock:
            self._arrive(call)
            if call.is_held:
                self._let_go(call)

    def leave(self, call):
        """Leave an attempt at the most it can have cost, for good."""
        with self._lock:
            if call.is_under_way:
                self._arrive(call)
                self._hold(call)
                call.is_held = False

    def count_failure(self, call):
        """Count a call, sent before, as one that brought an error."""
        with self._lock:
            call.row.failed_calls += 1

    def _arrive(self, call):
        call.is_under_way = False
        self._under_way.discard(call)

    def _hold(self, call, *known_usd):
        if not call.is_held:
            (call.held_usd,) = known_usd or (call.most_usd(),)
            call.is_held = True
            call.row.set_aside(call.held_usd)

    def _tally(self):
        """Make the sums complete: what is under way, and what was not yet priced."""
        for call in self._under_way:
            self._hold(call)
        for row in self._rows.values():
            row.pay_bills()

    def _let_go(self, call):
        call.is_held = False
        call.row.set_aside(call.held_usd, by=-1)
        return call.held_usd

    def _left(self):
        if self.limit_usd is None:
            return Decimal("Infinity")
        self._tally()
        return self.limit_usd - sum(row.usd for row in self._rows.values())

    def _row_of(self, call):
        key = call.called_id, _tier_words(call.request)
        if key not in self._rows:
            self._rows[key] = MeterRow(*key, _unit(call.request))
        return self._rows[key]

    def _refusal(self, called_id, bound):
        tokens = (
            f" ({bound.input_tokens:,} tokens of input, {bound.counted}; "
            f"{bound.output_tokens:,} of output)"
        )
        return (
            f"Not sent: this call to {called_id} could cost ${bound.usd:.6f}"
            f"{tokens if bound.counted else ''}, and ${max(self._left(), 0):.6f} of "
            f"the ${shown_usd(self.limit_usd)} budget is left. Lower maxTokens, or "
            "connect again with more: bh.connect(budget_usd=…)"
        )


def shown_usd(usd):
    """
    Dollars to the cent, or finer where there is more to show.

    Examples
    --------
    >>> shown_usd(Decimal(1)), shown_usd(Decimal("0.0001"))
    ('1.00', '0.000100')
    """
    return f"{usd:.2f}" if usd == round(usd, 2) else f"{usd:.6f}"


def _usd_or_none(request, usage, **how):
    try:
        return usage_usd(request, usage, **how)
    except UnknownPriceError:
        return None


def _slim(request):
    return {name: request[name] for name in _PRICED_BY if name in request}


def _tier_words(request):
    mode = latency(request)
    return named_tier(request) + ("" if mode == "standard" else f", {mode} latency")


def _unit(request):
    if is_billed_by_the_hour(request["modelId"]):
        return "hour"
    return "picture" if makes_pictures(request) else "token"
