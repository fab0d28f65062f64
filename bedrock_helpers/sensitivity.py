"""Which assumption of a workload moves its month most."""

from dataclasses import asdict, dataclass, replace
from decimal import Decimal

from bedrock_helpers.exact_numbers import exact, require
from bedrock_helpers.workload import SHARES, TOKENS, monthly_usd


@dataclass(frozen=True)
class Swing:
    """
    What changing one assumption does to the month, the others held.

    Attributes
    ----------
    assumption : str
        A field of :class:`Workload`.
    value, lower, higher : int or decimal.Decimal
        What it is, and what it was changed to.
    usd_at_lower, usd_at_higher : decimal.Decimal
        The month then.
    """

    assumption: str
    value: Decimal
    lower: Decimal
    higher: Decimal
    usd_at_lower: Decimal
    usd_at_higher: Decimal

    @property
    def usd(self):
        """How far apart the two are, in US dollars a month."""
        return abs(self.usd_at_higher - self.usd_at_lower)


def swings(workload, model_id, change=0.2, *, on=None):
    """
    Each assumption made smaller and larger by a share, the others held.

    Parameters
    ----------
    workload, model_id, on
        As for :func:`bedrock_helpers.workload.monthly_usd`.
    change : float
        Between 0 and 1; 0.2 is 20 % less and 20 % more. Tokens are rounded to whole
        ones, shares end at 1.

    Returns
    -------
    list of Swing
        The one that moves the month most first. Assumptions that are 0, which no
        share of themselves changes, are left out.

    Raises
    ------
    UnknownPriceError
        As :func:`monthly_usd`.
    ValueError
        For another change.

    Examples
    --------
    >>> from bedrock_helpers.workload import Workload
    >>> load = Workload(5000, 1000, 200)
    >>> [s.assumption for s in swings(load, "amazon.nova-micro-v1:0")]
    ['requests_per_day', 'input_tokens', 'output_tokens']
    """
    require("change", change, "between 0 and 1", lambda n: 0 < n < 1, "change=0.2")
    assumed = {name: value for name, value in asdict(workload).items() if value}
    if not workload.cached_tokens:
        assumed.pop("cache_writes_per_day", None)
    factors = 1 - exact(change), 1 + exact(change)
    found = []
    for name, value in assumed.items():
        tried = [_changed(name, value, factor) for factor in factors]
        loads = [replace(workload, **{name: one}) for one in tried]
        totals = [monthly_usd(load, model_id, on=on) for load in loads]
        found.append(Swing(name, value, *tried, *totals))
    return sorted(found, key=lambda swing: -swing.usd)


def sensitivity(workload, model_id, change=0.2, *, on=None):
    """
    Which assumption moves the month most, as a table of :func:`swings`.

    The month is all but proportional to the number of requests, so that comes first
    as a rule; what comes after it is the finding.

    Parameters
    ----------
    workload, model_id, change, on
        As for :func:`swings`.

    Returns
    -------
    pandas.DataFrame
        A row for each assumption, the one that moves most first; US dollars a month,
        rounded to cents.

    Raises
    ------
    UnknownPriceError, ValueError
        As :func:`swings`.

    Examples
    --------
    >>> from bedrock_helpers.workload import Workload
    >>> frame = sensitivity(Workload(5000, 1000, 200), "amazon.nova-micro-v1:0")
    >>> frame[["usd_at_lower", "usd_at_higher", "usd_apart"]]
                      usd_at_lower  usd_at_higher  usd_apart
    assumption
    requests_per_day          7.56          11.34       3.78
    input_tokens              8.40          10.50       2.10
    output_tokens             8.61          10.29       1.68
    """
    import pandas

    rows = [
        {
            "assumption": swing.assumption,
            "value": float(swing.value),
            "usd_at_lower": _cents(swing.usd_at_lower),
            "usd_at_higher": _cents(swing.usd_at_higher),
            "usd_apart": _cents(swing.usd),
        }
        for swing in swings(workload, model_id, change, on=on)
    ]
    return pandas.DataFrame(rows).set_index("assumption")


def _changed(name, value, factor):
    changed = exact(value) * factor
    if name in TOKENS:
        return round(changed)
    return min(changed, Decimal(1)) if name in SHARES else changed


def _cents(usd):
    return float(round(usd, 2))
