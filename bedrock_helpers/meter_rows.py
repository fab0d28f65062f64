"""What a session's meter has counted, a row for each model id and service tier."""

from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal

#: Whence token counts come, where no reply has told them.
NOT_REPORTED = "not reported"
_MOST_BILLS = 5_000
_USAGE = {
    "input_tokens": "inputTokens",
    "output_tokens": "outputTokens",
    "cache_read_tokens": "cacheReadInputTokens",
    "cache_write_tokens": "cacheWriteInputTokens",
}
COLUMNS = (
    "model_id",
    "tier",
    "calls",
    "failed_calls",
    *_USAGE,
    "usd",
    "usd_upper_bound",
    "counts_from",
    "price",
)


@dataclass
class MeterRow:
    """
    Calls of one model id at one service tier.

    Attributes
    ----------
    model_id, tier : str
        As called.
    unit : str
        What is paid: ``"token"``, ``"picture"`` or ``"hour"``.
    calls, failed_calls : int
        Calls sent, and those of them that brought an error or no answer.
    tokens : dict of str to int
    usd : decimal.Decimal
        Dollars spent or set aside, of the calls whose price is known.
    usd_upper_bound : decimal.Decimal
        Those of them that are the most a call can cost: it is on its way, its
        answer was lost, or it reported no tokens.
    unpriced_calls : int
        Calls not in ``usd``, since no price is known.
    sources : collections.Counter
        Calls by where their token counts come from.
    bills : list of callable
        Costs still to be worked out.
    """

    model_id: str
    tier: str
    unit: str
    calls: int = 0
    failed_calls: int = 0
    tokens: dict = field(default_factory=lambda: dict.fromkeys(_USAGE, 0))
    usd: Decimal = Decimal(0)
    usd_upper_bound: Decimal = Decimal(0)
    unpriced_calls: int = 0
    sources: Counter = field(default_factory=Counter)
    bills: list = field(default_factory=list)

    def set_aside(self, most_usd, by=1):
        """Count the most a call can cost, or -1 times that: None is not known."""
        self.sources[NOT_REPORTED] += by
        if most_usd is None:
            self.unpriced_calls += by
        else:
            self.usd += by * most_usd
            self.usd_upper_bound += by * most_usd

    def count(self, usage, source):
        """Count the tokens a call reported, if any, and where."""
        self.sources[source] += 1
        for name, key in _USAGE.items() if usage else ():
            self.tokens[name] += usage.get(key, 0)

    def pay(self, usd, most_usd=None):
        """Count what a call cost; its most, so far set aside, if that is not known."""
        if usd is None and most_usd is None:
            self.unpriced_calls += 1
        elif usd is None:
            self.usd += most_usd
            self.usd_upper_bound += most_usd
        else:
            self.usd += usd

    def owe(self, bill):
        """Leave a cost to be worked out when the sums are next looked at."""
        self.bills.append(bill)
        if len(self.bills) >= _MOST_BILLS:
            self.pay_bills()

    def pay_bills(self):
        """Count the costs that were left."""
        for bill in self.bills:
            self.pay(bill())
        self.bills.clear()

    def copy(self):
        """The row as it is now."""
        return replace(self, tokens={**self.tokens}, sources=Counter(self.sources))

    def shown(self):
        """The row of the table, with dollars as floats, NaN where none is known."""
        is_unknown = self.unpriced_calls and not self.usd
        values = {
            "model_id": self.model_id,
            "tier": self.tier,
            "calls": self.calls,
            "failed_calls": self.failed_calls,
            **{name: self.tokens[name] for name in _USAGE},
            "usd": float("nan") if is_unknown else float(self.usd),
            "usd_upper_bound": float(self.usd_upper_bound),
            "counts_from": self._counts_from(),
            "price": self._price(),
        }
        return [values[name] for name in COLUMNS]

    def _counts_from(self):
        told = [f"{source} {n}" for source, n in sorted(self.sources.items()) if n]
        return ", ".join(told) or "-"

    def _price(self):
        counted = self.sources.total()
        if not counted:
            return "-"
        if not self.unpriced_calls:
            return f"per {self.unit}"
        some = self.unpriced_calls < counted
        return f"unknown for {self.unpriced_calls} of {counted}" if some else "unknown"
