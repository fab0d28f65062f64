"""The records of data/models.json as a listing says they should be."""

#: Field of a record to its member of ListFoundationModels.
_MEMBERS = {
    "name": "modelName",
    "provider": "providerName",
    "input_modalities": "inputModalities",
    "output_modalities": "outputModalities",
    "streaming": "responseStreamingSupported",
}
_LIFECYCLE = {
    "release_date": "startOfLifeTime",
    "legacy_date": "legacyTime",
    "extended_access_date": "publicExtendedAccessTime",
    "end_of_life_date": "endOfLifeTime",
}
#: Fields that hold one value, though each Region tells its own.
TOLD_BY_EACH_REGION = (*_MEMBERS, "status", *_LIFECYCLE)
#: Short name of this source in data/models.json.
SOURCE = "account"
#: What the listing does not tell of a new model, so that a maintainer must.
UNTOLD = (
    "context_window_tokens",
    "max_output_tokens",
    "sampling",
    "tools",
    "forced_tool_choice",
    "assistant_prefill",
    "structured_output",
)
_NULLS = ("default_temperature", "default_top_p", "top_k")


def refreshed(records, listing, day):
    """
    Every record as the listing has it; new models at their place.

    Parameters
    ----------
    records : list of dict
        Of data/models.json.
    listing : Listing
    day : str
        ISO day of the listing.

    Returns
    -------
    list of dict
        Sorted by id. Unchanged records are the same objects.
    """
    known = {record["model_id"]: record for record in records}
    listed = {i for models in listing.models.values() for i in models}
    new = [_new(model_id, listing, day) for model_id in listed - set(known)]
    updated = [_updated(record, listing, day) for record in records]
    return sorted(updated + new, key=lambda record: record["model_id"])


def _updated(record, listing, day):
    found = listing.of_model(record["model_id"])
    if not found and not _is_missed(record, listing, day):
        return record
    told = {**_values(found), **_places(record, found, listing)}
    if not found and not regions_of({**record, **told}):
        told["status"] = "EOL"
    told = {k: v for k, v in told.items() if not _same(record.get(k), v)}
    if not told:
        return record
    source = [*record["source"], *[SOURCE][: SOURCE not in record["source"]]]
    new = {**record, **told, "source": source, "as_of": day}
    if not new.get("provisioned_regions", True):
        del new["provisioned_regions"]
    return new


def _is_missed(record, listing, day):
    """Whether a model that is not listed should have been."""
    end = record["end_of_life_date"]
    has_ended = record["status"] == "EOL" or (end is not None and end <= day)
    here = set(listing.regions) & set(regions_of(record))
    return bool(here) and not has_ended and "bedrock-runtime" in record["endpoints"]


def regions_of(record):
    """Every Region a record says its model is listed in."""
    profiles = {r for regions in record["profiles"].values() for r in regions}
    provisioned = record.get("provisioned_regions", ())
    return sorted(profiles | {*record["on_demand_regions"], *provisioned})


def _values(found):
    """What the first Region that lists a model tells of it."""
    return values_of(next(iter(found.values()))) if found else {}


def values_of(summary):
    """
    The fields of a record that one summary tells.

    Examples
    --------
    >>> values_of({"modelId": "a.b", "modelLifecycle": {"status": "ACTIVE"}})
    {'status': 'ACTIVE'}
    """
    told = {f: summary[m] for f, m in _MEMBERS.items() if summary.get(m) is not None}
    lifecycle = summary.get("modelLifecycle", {})
    if "status" in lifecycle:
        told["status"] = lifecycle["status"]
    times = {f: lifecycle[m] for f, m in _LIFECYCLE.items() if m in lifecycle}
    return told | {field: time.date().isoformat() for field, time in times.items()}


def _places(record, found, listing):
    """Where a model is, with what is known of the Regions not read."""
    types = {r: s.get("inferenceTypesSupported", ()) for r, s in found.items()}
    on_demand = [r for r, names in types.items() if "ON_DEMAND" in names]
    provisioned = [r for r, names in types.items() if "PROVISIONED" in names]
    profiles = listing.geographies(record["model_id"])
    merged = {
        geography: _merged(record["profiles"].get(geography, ()), regions, listing)
        for geography, regions in {
            **dict.fromkeys(record["profiles"], ()),
            **profiles,
        }.items()
    }
    places = {
        "on_demand_regions": _merged(record["on_demand_regions"], on_demand, listing),
        "profiles": {g: merged[g] for g in sorted(merged) if merged[g]},
    }
    sold = _merged(record.get("provisioned_regions", ()), provisioned, listing)
    if sold or "provisioned_regions" in record:
        places |= {"provisioned": bool(sold), "provisioned_regions": sold}
    return places


def _merged(before, now, listing):
    unread = set(before) - set(listing.regions)
    return sorted(unread | set(now))


def _same(before, now):
    """Whether two values say the same; a list's order says nothing."""
    if isinstance(now, list) and isinstance(before, list):
        return sorted(before) == sorted(now)
    if now == [] and before is None:
        return True
    return before == now


def _new(model_id, listing, day):
    found = listing.of_model(model_id)
    told = _values(found)
    empty = {"model_id": model_id, "profiles": {}, "on_demand_regions": []}
    places = _places(empty, found, listing)
    is_text = "TEXT" in told.get("output_modalities", ())
    record = {
        "model_id": model_id,
        "name": told.get("name"),
        "provider": told.get("provider", ""),
        "input_modalities": sorted(told.get("input_modalities", ())),
        "output_modalities": sorted(told.get("output_modalities", ())),
        "streaming": told.get("streaming", False),
        "endpoints": ["bedrock-runtime"],
        "chat": None if is_text else False,
        "on_demand_regions": places.pop("on_demand_regions"),
        "profiles": places.pop("profiles"),
        "customizations": [],
        "provisioned": places.pop("provisioned", False),
        **places,
        "status": told.get("status", "ACTIVE"),
        **{field: told.get(field) for field in _LIFECYCLE},
        "launch_day": False,
        **dict.fromkeys(UNTOLD),
        "count_tokens": False,
        "converse_refuses": [],
        "repeated_roles": False,
        "reasoning_first": False,
        **dict.fromkeys(_NULLS),
        "source": [SOURCE],
        "as_of": day,
    }
    return record
