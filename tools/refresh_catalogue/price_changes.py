"""The records of data/prices.json as the price list says they should be."""

from decimal import Decimal

#: Short name of this source in data/prices.json.
SOURCE = "price-list-api"
_TIERS = ("default", "flex", "priority", "batch")
_KINDS = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")
_LENGTH_NOT_TOLD = (
    "long prompts have a price of their own; above_prompt_tokens is not told, so add "
    "it by hand"
)


def refreshed_prices(records, told, day):
    """
    Prices per million tokens, and what differs.

    Parameters
    ----------
    records : list of dict
        ``today`` of data/prices.json.
    told : Told
    day : str
        ISO day on which the list was read.

    Returns
    -------
    tuple of (list of dict, list of str, list of str)
        The records sorted by id, a line for each difference, and notes.
    """
    known = {record["model_id"]: record for record in records}
    changes, notes = [], []
    for model_id in sorted(told.tokens):
        was = known.get(model_id)
        if was is None and not _is_whole(told.tokens[model_id]):
            notes.append(f"{model_id}: no price for input and output, so not added")
            continue
        prices, rows = _prices(was, told.tokens[model_id])
        lines = _differences(model_id, _flat(was) if was else {}, prices, rows)
        notes += _left_alone(model_id, prices, rows)
        if rows.keys() != told.tokens[model_id].keys():
            notes.append(f"{model_id}: {_LENGTH_NOT_TOLD}")
        if lines:
            known[model_id] = _record(model_id, was, prices, rows, day)
            changes += lines
    return [known[model_id] for model_id in sorted(known)], changes, notes


def _is_whole(rows):
    return {("default", "input", False), ("default", "output", False)} <= rows.keys()


def _flat(record):
    """(tier, kind, for long prompts) to price."""
    tiers = record["usd_per_million"].items()
    flat = {(t, k, False): Decimal(p) for t, prices in tiers for k, p in prices.items()}
    long = record.get("long_context", {}).get("usd_per_million", {})
    return flat | {("default", kind, True): Decimal(p) for kind, p in long.items()}


def _prices(was, rows):
    """The prices from now on, and the rows that may be used."""
    has_long = was is not None and "long_context" in was
    rows = {key: row for key, row in rows.items() if has_long or not key[2]}
    from_list = was is not None and was["source"] == SOURCE
    before = {} if was is None or from_list else _flat(was)
    return {**before, **{key: row.usd for key, row in rows.items()}}, rows


def _differences(model_id, before, after, rows):
    lines = []
    for key in sorted({*before, *after}, key=_order):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        source = f"  ({rows[key].source})" if key in rows else ""
        mark = "+" if old is None else "-" if new is None else "~"
        shown = " → ".join(_shown(usd) for usd in (old, new) if usd is not None)
        lines.append(f"{mark} {model_id}  {_named(key)}: {shown}{source}")
    return lines


def _left_alone(model_id, prices, rows):
    """Prices that stay as they are, because the list says nothing of them."""
    missing = [
        _named(key)
        for key in sorted(prices.keys() - rows.keys(), key=_order)
        if prices[key]  # a price of 0 needs no record
    ]
    return [f"{model_id}: {', '.join(missing)} not in the list"] if missing else []


def _order(key):
    tier, kind, is_long = key
    return is_long, _TIERS.index(tier), _KINDS.index(kind)


def _named(key):
    tier, kind, is_long = key
    what = f"{tier} {kind.replace('_', ' ')}"
    return f"{what}, long prompts" if is_long else what


def _record(model_id, was, prices, rows, day):
    ordered = {key: prices[key] for key in sorted(prices, key=_order)}
    tiers, long = {}, {}
    for (tier, kind, is_long), usd in ordered.items():
        place = long if is_long else tiers.setdefault(tier, {})
        place[kind] = _shown(usd)
    record = {"model_id": model_id, "usd_per_million": tiers}
    if long:
        record["long_context"] = {**was["long_context"], "usd_per_million": long}
    all_told = {key for key, usd in prices.items() if usd} <= rows.keys()
    source = SOURCE if all_told else _with_source(was["source"])
    return {**record, "source": source, "as_of": day}


def _with_source(before):
    return before if SOURCE in before.split(", ") else f"{before}, {SOURCE}"


def refreshed_hours(records, told, day):
    """
    Prices of provisioned throughput, and what differs.

    Parameters
    ----------
    records : list of dict
        ``provisioned`` of data/prices.json.
    told : Told
    day : str

    Returns
    -------
    tuple of (list of dict, list of str)
    """
    known = {_place(record): record for record in records}
    changes = []
    for key, row in sorted(told.hours.items()):
        model_id, region_name, months = key
        place = key if key in known else (model_id, None, months)
        was = known.get(place)
        old = Decimal(was["usd_per_model_unit_hour"]) if was else None
        if old == row.usd:
            continue
        what = f"{model_id} in {region_name}, {months} months"
        shown = " → ".join(_shown(u) for u in (old, row.usd) if u is not None)
        mark = "+" if was is None else "~"
        changes.append(
            f"{mark} {what}: {shown} per model unit and hour  ({row.source})"
        )
        known[key] = _hourly(key, row, day)
    return [known[key] for key in sorted(known, key=_sortable)], changes


def _place(record):
    months = record["commitment_months"]
    return record["model_id"], record["region_name"], months


def _sortable(key):
    return key[0], key[1] or "", key[2]


def _hourly(key, row, day):
    model_id, region_name, months = key
    return {
        "model_id": model_id,
        "region_name": region_name,
        "commitment_months": months,
        "usd_per_model_unit_hour": _shown(row.usd),
        "source": SOURCE,
        "as_of": day,
    }


def _shown(usd):
    """As the file has it: no exponent, no zeros at the end."""
    return f"{usd.normalize():f}"


def without_a_row(records, told, places):
    """
    Priced ids of the Regions read of which the list says nothing at all.

    Parameters
    ----------
    records : list of dict
    told : Told
    places : dict
        Id to the Region its price is read in.

    Returns
    -------
    list of str
    """
    return [
        record["model_id"]
        for record in records
        if places.get(record["model_id"]) in told.regions
        and record["model_id"] not in told.tokens
    ]
