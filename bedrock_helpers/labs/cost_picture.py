"""Costs over the number of requests, and where lines cross, as a chart."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from math import ceil

from bedrock_helpers.break_even import provisioned_monthly_usd
from bedrock_helpers.data_files import load_json
from bedrock_helpers.exact_numbers import exact
from bedrock_helpers.labs.chart_axis import Axis, axis_for
from bedrock_helpers.labs.cost_rows import CostRow
from bedrock_helpers.labs.line_chart import Line, Mark, line_chart
from bedrock_helpers.labs.usd_words import count_words, usd_words
from bedrock_helpers.month_line import crossing, month_line
from bedrock_helpers.pricing import UnknownPriceError

#: Requests a day at the ends of the chart.
FEWEST, MOST = 10, 1_000_000
_MINUTES_PER_DAY, _DRAWN_UNITS = 24 * 60, 20
_PLACES = tuple(round(10 ** (1 + n / 8)) for n in range(41))
_PARALLEL = (
    "No lines of two models cross: at this shape of request the cheaper one stays the "
    "cheaper one."
)


@dataclass(frozen=True)
class Unit:
    """
    A model unit of provisioned throughput.

    Attributes
    ----------
    row : CostRow
        The model's.
    months : int
        The term, 0 for none.
    month_usd : decimal.Decimal
    full_at : decimal.Decimal
        The requests a day that fill it, spread evenly.
    """

    row: CostRow
    months: int
    month_usd: Decimal
    full_at: Decimal


def units_of(rows, workload, months, tokens_per_minute):
    """
    A unit for each model whose price of provisioned throughput is known.

    Parameters
    ----------
    rows : list of CostRow
    workload : Workload
    months : int
        The term, 0 for none.
    tokens_per_minute : int
        Input and output together that one unit does: an assumption, since AWS does
        not publish it.

    Returns
    -------
    list of Unit
        None for a model that has no known price for that term.

    Examples
    --------
    >>> from bedrock_helpers.workload import Workload
    >>> row = CostRow("anthropic.claude-instant-v1", "Claude Instant")
    >>> units_of([row], Workload(5000, 1000, 200), 1, 100_000)[0].full_at
    Decimal('120000')
    """
    tokens = workload.input_tokens + workload.output_tokens
    full_at = exact(tokens_per_minute) * _MINUTES_PER_DAY / tokens
    priced = ((row, _month_usd(row.model_id, months)) for row in rows)
    return [Unit(row, months, usd, full_at) for row, usd in priced if usd is not None]


def _month_usd(model_id, months):
    try:
        return provisioned_monthly_usd(model_id, months=months)
    except UnknownPriceError:
        return None


def units_source(units):
    """
    Where the prices of some model units come from, and of which day they are.

    Examples
    --------
    >>> units_source([])
    ''
    """
    listed, ids = load_json("prices.json"), {unit.row.model_id for unit in units}
    found = {
        (row["as_of"], row["source"])
        for row in listed["provisioned"]
        if row["model_id"] in ids
    }
    told = "; ".join(f"{day}, from {listed['sources'][s]}" for day, s in sorted(found))
    return f"Model units: prices in us-east-1 of {told}." if told else ""


def cost_picture(rows, units, workload, title, notes=(), on=None):
    """
    The chart of all rows with known prices, and the crossings of its lines.

    Parameters
    ----------
    rows : list of CostRow
    units : list of Unit
    workload : Workload
    title : str
    notes : sequence of str
        Lines below the chart, after those of the crossings.
    on : str, optional
        The day of the prices.

    Returns
    -------
    str
        SVG; empty where no row has a known price.

    Examples
    --------
    >>> cost_picture([CostRow("a.b", "B", unknown="no price")], [], None, "Costs")
    ''
    """
    looks = {row: look for look, row in enumerate(rows) if not row.unknown}
    if not looks:
        return ""
    months = {row: month_line(workload, row.model_id, on=on) for row in looks}
    lines = [_model_line(row, months[row], look) for row, look in looks.items()]
    lines += [_unit_line(unit, look) for look, unit in enumerate(units, len(rows))]
    marks, remarks = _crossings(months, units)
    amounts = [usd for line in lines for _, usd in line.points]
    here = float(workload.requests_per_day)
    return line_chart(
        lines,
        Axis("requests a day", FEWEST, MOST, is_log=True),
        axis_for("USD a month (30 days)", amounts, is_log=True),
        title=title,
        marks=marks,
        here=(here, f"{count_words(here)} a day"),
        notes=[*remarks, *notes],
    )


def _model_line(row, month, look):
    return Line(row.name, tuple((n, float(month.usd(n))) for n in _PLACES), look)


def _unit_line(unit, look):
    """Steps: another unit whenever those there are full."""
    full_at, month_usd = float(unit.full_at), float(unit.month_usd)
    first = max(1, ceil(FEWEST / full_at))
    points = [(FEWEST, first * month_usd)]
    for count in range(first, first + _DRAWN_UNITS):
        edge = count * full_at
        if edge < MOST:
            points += [(edge, count * month_usd), (edge, (count + 1) * month_usd)]
    needed = ceil(MOST / full_at)
    return Line(_unit_name(unit), (*points, (MOST, needed * month_usd)), look)


def _unit_name(unit):
    return f"units of {unit.row.name.partition(' (')[0]}"


def _crossings(months, units):
    """Marks for what crosses, and remarks on what does not."""
    marks, remarks = [], []
    for (row, month), (other, line) in combinations(months.items(), 2):
        place = crossing(month, line)
        if place is not None and FEWEST <= place <= MOST:
            words = f"{row.name} and {other.name} cost the same at {_at(place)}."
            marks.append(Mark(float(place), float(month.usd(place)), words))
    if len(months) > 1 and not marks:
        remarks.append(_PARALLEL)
    for unit in units:
        flat = month_line(None, unit.month_usd)
        place = crossing(flat, months[unit.row]) if unit.row in months else None
        if place is None or place > unit.full_at:
            remarks.append(_never_pays(unit))
        elif FEWEST <= place <= MOST:
            marks.append(Mark(float(place), float(unit.month_usd), _pays(unit, place)))
        else:
            remarks.append(_pays(unit, place))
    return marks, remarks


def _pays(unit, place):
    share = 100 * place / unit.full_at
    busy = f"{share:.0f} % of what it can do"
    return f"{_unit_words(unit)} pays from {_at(place)} on: {busy}."


def _never_pays(unit):
    return (
        f"{_unit_words(unit)} is full at {_at(unit.full_at)}; even then it costs more "
        "than paying by the token."
    )


def _unit_words(unit):
    usd = usd_words(unit.month_usd)
    term = f"{unit.months}-month term" if unit.months else "no term"
    return f"{unit.row.name}: a model unit ({usd} a month, {term})"


def _at(requests):
    return f"{count_words(requests)} requests a day"
