"""The differences between two lists of model records, in words."""

from tools.refresh_catalogue.model_records import (
    TOLD_BY_EACH_REGION,
    UNTOLD,
    regions_of,
    values_of,
)

#: The last is told by the Regions it is true in.
_IGNORED = ("source", "as_of", "provisioned")


def model_changes(before, after, listing):
    """
    What differs, a line each.

    Parameters
    ----------
    before, after : list of dict
        Records of data/models.json.
    listing : Listing

    Returns
    -------
    list of str
        ``+`` for what is new, ``-`` for what is gone, ``~`` for what changed.
    """
    old = {record["model_id"]: record for record in before}
    lines = []
    for record in after:
        was = old.get(record["model_id"])
        if was is None:
            lines += _added(record)
        elif was is not record:
            lines += _changed(was, record, listing)
    return lines


def _added(record):
    what = " → ".join(
        ", ".join(record[f"{side}_modalities"]) for side in ("input", "output")
    )
    profiles = ", ".join(f"{g}.*" for g in record["profiles"])
    places = [
        f"on demand in {', '.join(record['on_demand_regions'])}"
        if record["on_demand_regions"]
        else "",
        f"profiles {profiles}" if profiles else "",
    ]
    facts = [record["provider"], what, record["status"], *filter(None, places)]
    untold = ", ".join([*["chat"][: record["chat"] is None], *UNTOLD])
    return [
        f"+ {record['model_id']}  {'; '.join(facts)}",
        f"    not told, to be filled in by hand: {untold}",
    ]


def _changed(was, record, listing):
    model_id = record["model_id"]
    lines = []
    if not regions_of(record) and regions_of(was):
        lines.append(f"- {model_id}  is listed nowhere any more")
    told_by = next(iter(listing.of_model(model_id)), "no Region")
    for field in {**was, **record}:
        before, value = was.get(field), record.get(field)
        if field in _IGNORED or before == value:
            continue
        if field == "profiles":
            lines += _profile_lines(model_id, before, value)
        elif field.endswith("_regions"):
            what = field.removesuffix("_regions").replace("_", " ")
            lines += _region_lines(model_id, what, before or (), value or ())
        else:
            shown = f"{_shown(before)} → {_shown(value)}"
            lines.append(f"~ {model_id}  {field}: {shown}  ({told_by})")
    return lines


def _profile_lines(model_id, before, after):
    lines = []
    for geography in sorted({*before, *after}):
        was, now = before.get(geography, ()), after.get(geography, ())
        lines += _region_lines(f"{geography}.{model_id}", "profile", was, now)
    return lines


def _region_lines(name, what, before, after):
    gone, come = sorted(set(before) - set(after)), sorted(set(after) - set(before))
    lines = [f"- {name}  {what}, no longer in {', '.join(gone)}"] if gone else []
    return lines + ([f"+ {name}  {what}, now in {', '.join(come)}"] if come else [])


def _shown(value):
    if value is None:
        return "not known"
    if isinstance(value, list):
        return ", ".join(value)
    return {True: "yes", False: "no"}.get(value, value)


def model_notes(after, listing):
    """
    What a maintainer should know and no file can hold.

    Parameters
    ----------
    after : list of dict
    listing : Listing

    Returns
    -------
    list of str
    """
    ids = {record["model_id"] for record in after}
    strays = {
        profile_id
        for profiles in listing.profiles.values()
        for profile_id in profiles
        if profile_id.partition(".")[2] not in ids
    }
    lines = [f"{profile_id}: a profile of no listed model" for profile_id in strays]
    return sorted(lines) + [
        line for model_id in sorted(ids) for line in _disagreements(model_id, listing)
    ]


def _disagreements(model_id, listing):
    """Fields of which the file keeps one value, and Regions tell several."""
    told = {r: values_of(s) for r, s in listing.of_model(model_id).items()}
    for field in TOLD_BY_EACH_REGION:
        by_value = {}
        for region_name, values in told.items():
            value = values.get(field)
            shown = _shown(sorted(value) if isinstance(value, list) else value)
            by_value.setdefault(shown, []).append(region_name)
        if len(by_value) > 1:
            each = "; ".join(f"{v} in {', '.join(r)}" for v, r in by_value.items())
            yield f"{model_id}: {field} is {each}; the file keeps the first"
