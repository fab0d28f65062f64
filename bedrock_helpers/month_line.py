"""A plan's month as a line over the number of requests, and where two lines cross."""

from dataclasses import dataclass, replace
from decimal import Decimal

from bedrock_helpers.exact_numbers import exact
from bedrock_helpers.workload import monthly_usd


@dataclass(frozen=True)
class MonthLine:
    """
    What a plan costs a month at any number of requests a day.

    It is straight but for one bend: below it every request writes the prompt cache,
    above it the further ones read.

    Attributes
    ----------
    start_usd : decimal.Decimal
        Without a request.
    bend : decimal.Decimal
        Requests a day; 0 where there is no bend.
    usd_below_bend, usd_above_bend : decimal.Decimal
        What one more request a day adds to the month.

    Examples
    --------
    >>> line = MonthLine(Decimal(10), Decimal(100), Decimal(2), Decimal(1))
    >>> line.usd(50), line.usd(150)
    (Decimal('110'), Decimal('260'))
    """

    start_usd: Decimal
    bend: Decimal
    usd_below_bend: Decimal
    usd_above_bend: Decimal

    def usd(self, requests_per_day):
        """The month at so many requests a day."""
        below = min(requests_per_day, self.bend)
        above = requests_per_day - below
        return (
            self.start_usd + below * self.usd_below_bend + above * self.usd_above_bend
        )


def month_line(workload, plan, *, on=None):
    """
    The line of one plan.

    Parameters
    ----------
    workload : Workload
        The shape of the requests; its own number of them does not matter.
    plan : str, int or decimal.Decimal
        A model's id, priced by its tokens, or what a plan costs a month however much
        it is used, in US dollars.
    on : str, optional
        ``"2023-09-28"`` for launch day's prices.

    Returns
    -------
    MonthLine

    Raises
    ------
    UnknownPriceError
        As :func:`bedrock_helpers.workload.monthly_usd`.

    Examples
    --------
    >>> from bedrock_helpers.workload import Workload
    >>> line = month_line(Workload(1, 1000, 200), "amazon.nova-micro-v1:0")
    >>> line.usd(5000).normalize()
    Decimal('9.45')
    """
    nothing = Decimal(0)
    if not isinstance(plan, str):
        return MonthLine(exact(plan), nothing, nothing, nothing)
    bend = _bend(workload)
    first, second = (
        monthly_usd(replace(workload, requests_per_day=requests), plan, on=on)
        for requests in (bend or Decimal(1), 2 * bend or Decimal(2))
    )
    below = first / bend if bend else nothing
    return MonthLine(nothing, bend, below, (second - first) / (bend or 1))


def _bend(workload):
    """The requests a day from which on not every one writes the cache."""
    on_demand = 1 - exact(workload.batch_share)
    if not workload.cached_tokens or not on_demand:
        return Decimal(0)
    return exact(workload.cache_writes_per_day) / on_demand


def crossing(first, second):
    """
    The number of requests a day, above 0, at which two lines first meet.

    Parameters
    ----------
    first, second : MonthLine

    Returns
    -------
    decimal.Decimal or None
        None where they never do, or run on each other.

    Examples
    --------
    >>> nothing = Decimal(0)
    >>> flat = MonthLine(Decimal(90), nothing, nothing, nothing)
    >>> crossing(flat, MonthLine(nothing, nothing, nothing, Decimal(2)))
    Decimal('45')
    """
    starts = sorted({Decimal(0), first.bend, second.bend})
    ends = [*starts[1:], None]
    for start, end in zip(starts, ends, strict=True):
        probe = start + 1 if end is None else end
        before = first.usd(start) - second.usd(start)
        after = first.usd(probe) - second.usd(probe)
        if before == after:
            continue
        place = start + (probe - start) * before / (before - after)
        if place > start and (end is None or place <= end):
            return place
    return None
