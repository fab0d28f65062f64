"""What models cost for one workload, as rows of a table, in words and as code."""

from dataclasses import asdict, dataclass
from decimal import Decimal

from bedrock_helpers import catalog
from bedrock_helpers.labs.usd_words import amount, count_words
from bedrock_helpers.pricing import UnknownPriceError, cost_lines, price_of, tiers_of
from bedrock_helpers.sensitivity import swings
from bedrock_helpers.workload import (
    DAYS_PER_MONTH,
    monthly_usd,
    per_thousand_requests_usd,
    request_kinds,
)

COLUMNS = ("model", "USD a month", "USD per 1,000 requests", "times the cheapest")
COLUMNS += ("besides requests, moves it most",)


@dataclass(frozen=True)
class CostRow:
    """
    One model and what the workload costs with it.

    Attributes
    ----------
    model_id : str
        As called.
    name : str
    month_usd, thousand_usd : decimal.Decimal or None
        None where a price is not known.
    unknown : str
        Which one that is, in words; otherwise empty.
    swings : tuple of Swing
        What 20 % less and more of each assumption do, the largest first.
    """

    model_id: str
    name: str
    month_usd: Decimal | None = None
    thousand_usd: Decimal | None = None
    unknown: str = ""
    swings: tuple = ()


def cost_row(workload, model_id, on=None):
    """
    The row of one model; an unknown price is said, not raised.

    Examples
    --------
    >>> from bedrock_helpers.workload import Workload
    >>> cost_row(Workload(5000, 1000, 200), "amazon.nova-micro-v1:0").thousand_usd
    Decimal('0.0630000')
    >>> batch = Workload(5000, 1000, 200, batch_share=0.5)
    >>> cost_row(batch, "anthropic.claude-v2", "2023-09-28").unknown
    'no batch price known'
    """
    name = name_of(model_id)
    try:
        return CostRow(
            model_id,
            name,
            monthly_usd(workload, model_id, on=on),
            per_thousand_requests_usd(workload, model_id, on=on),
            swings=tuple(swings(workload, model_id, on=on)),
        )
    except UnknownPriceError:
        return CostRow(model_id, name, unknown=_unknown(workload, model_id, on))


def name_of(model_id):
    """
    A model's name, with the geography of a profile.

    Examples
    --------
    >>> name_of("us.anthropic.claude-haiku-4-5-20251001-v1:0")
    'Claude Haiku 4.5 (us)'
    """
    geography = catalog.split_profile_id(model_id)[0]
    try:
        name = catalog.get(model_id).name or model_id
    except catalog.UnknownModelError:
        return model_id
    return f"{name} ({geography})" if geography and name != model_id else name


def _unknown(workload, model_id, on):
    """Which of the prices a workload needs is not known."""
    if workload.batch_share and "batch" not in tiers_of(model_id, on=on):
        return "no batch price known"
    price = price_of(model_id, on=on, prompt_tokens=workload.input_tokens)
    if workload.cached_tokens and price.usd_per_million_cache_read is None:
        return "no cache price known"
    if workload.cached_tokens and price.usd_per_million_cache_write_5m is None:
        return "no price of writing the cache known"
    return "no price known for so long a prompt"


def table_cells(rows):
    """
    The rows as words, with :data:`COLUMNS` first.

    Examples
    --------
    >>> from bedrock_helpers.workload import Workload
    >>> row = cost_row(Workload(5000, 1000, 200), "amazon.nova-micro-v1:0")
    >>> table_cells([row])[1]
    ('Nova Micro', '9.45', '0.063', '1.0', 'input tokens: 8.40 to 10.50')
    """
    least = min((r.month_usd for r in rows if r.month_usd is not None), default=None)
    return [COLUMNS, *(_cells(row, least) for row in rows)]


def _cells(row, least):
    if row.unknown:
        return (row.name, row.unknown, "", "", "")
    times = f"{row.month_usd / least:,.1f}"
    return (
        row.name,
        amount(row.month_usd),
        amount(row.thousand_usd),
        times,
        _mover(row),
    )


def _mover(row):
    """What moves a row's month most, of what is not the number of requests."""
    others = [s for s in row.swings if s.assumption != "requests_per_day"]
    most = others[0]
    ends = sorted((most.usd_at_lower, most.usd_at_higher))
    words = most.assumption.replace("_", " ")
    return f"{words}: {amount(ends[0])} to {amount(ends[1])}"


def shape_words(workload):
    """
    A workload in words.

    Examples
    --------
    >>> from bedrock_helpers.workload import Workload
    >>> shape_words(Workload(5000, 1000, 200, cached_share=0.5))
    '5,000 requests a day, 1,000 + 200 tokens, 50 % cached'
    """
    parts = [
        f"{count_words(workload.requests_per_day)} requests a day",
        f"{workload.input_tokens:,} + {workload.output_tokens:,} tokens",
    ]
    if workload.cached_share:
        parts.append(f"{100 * workload.cached_share:.0f} % cached")
    if workload.batch_share:
        parts.append(f"{100 * workload.batch_share:.0f} % as batch")
    return ", ".join(parts)


def rows_words(rows):
    """
    What all rows cost, in words.

    Examples
    --------
    >>> rows_words([CostRow("a.b", "B", Decimal("9.45"))])
    'B 9.45, in USD a month'
    """
    if not rows:
        return "no model chosen"
    costs = [f"{row.name} {row.unknown or amount(row.month_usd)}" for row in rows]
    return f"{', '.join(costs)}, in USD a month"


def reckoning(workload, row, on=None):
    """
    How a row's month comes about, a line for each kind of requests.

    Examples
    --------
    >>> from bedrock_helpers.workload import Workload
    >>> load = Workload(5000, 1000, 200)
    >>> print(*reckoning(load, cost_row(load, "amazon.nova-micro-v1:0")), sep="; ")
    30 days × 5,000 on demand × (1,000 input × 0.035 + 200 output × 0.14) / 1,000,000
    """
    if row.unknown:
        return []
    return [_kind_words(kind, row.model_id, on) for kind in request_kinds(workload)]


def _kind_words(kind, model_id, on):
    lines = cost_lines(kind.usage, model_id, tier=kind.tier, on=on)
    terms = [
        f"{line.tokens:,} {line.kind.replace('_', ' ')} × {line.usd_per_million:f}"
        for line in lines
        if line.tokens
    ]
    requests = f"{kind.requests_per_day.normalize():,f}"
    return (
        f"{DAYS_PER_MONTH} days × {requests} {kind.name} × "
        f"({' + '.join(terms)}) / 1,000,000"
    )


def sources_words(model_ids, on=None):
    """
    Where the prices of some models come from, and of which day they are.

    Examples
    --------
    >>> sources_words(["amazon.nova-micro-v1:0"])[:54]
    'Prices of 2026-11-22, from the AWS price list (offer f'
    """
    prices = [price_of(model_id, on=on) for model_id in model_ids]
    if not prices:
        return ""
    days = ", ".join(sorted({price.as_of for price in prices}))
    sources = dict.fromkeys(s for p in prices for s in p.source.split("; "))
    return f"Prices of {days}, from {'; '.join(sources)}."


def cost_code(workload, rows, on=None):
    """
    The same computation as Python to copy.

    Examples
    --------
    >>> from bedrock_helpers.workload import Workload
    >>> print(cost_code(Workload(5000, 1000, 200), [CostRow("a.b", "B")]))
    from bedrock_helpers.workload import Workload, monthly_usd
    <BLANKLINE>
    load = Workload(
        requests_per_day=5000,
        input_tokens=1000,
        output_tokens=200,
        cached_share=0.0,
        batch_share=0.0,
        cache_writes_per_day=24,
    )
    for model_id in [
        "a.b",
    ]:
        print(model_id, monthly_usd(load, model_id))
    """
    fields = "".join(f"    {n}={v!r},\n" for n, v in asdict(workload).items())
    ids = "".join(f'    "{row.model_id}",\n' for row in rows if not row.unknown)
    left_out = "".join(f"# {r.model_id}: {r.unknown}\n" for r in rows if r.unknown)
    day = "" if on is None else f", on={str(on)!r}".replace("'", '"')
    return (
        "from bedrock_helpers.workload import Workload, monthly_usd\n\n"
        f"load = Workload(\n{fields})\n{left_out}for model_id in [\n{ids}]:\n"
        f"    print(model_id, monthly_usd(load, model_id{day}))"
    )
