"""The two comparisons: models with what Bedrock lists, prices with the price list."""

import json
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from bedrock_helpers.price_list_names import price_region
from tools.refresh_catalogue import data_files, model_records, price_changes
from tools.refresh_catalogue.listing import read_listing
from tools.refresh_catalogue.model_changes import model_changes, model_notes
from tools.refresh_catalogue.price_list import callable_from, read_prices

_MODELS_SOURCE = (
    "ListFoundationModels and ListInferenceProfiles of a live account, read by make "
    "refresh-catalogue"
)
_PRICES_SOURCE = (
    "the AWS price list (AmazonBedrock and AmazonBedrockFoundationModels), asked with "
    "GetProducts by make refresh-catalogue"
)


@dataclass
class Half:
    """
    One file compared.

    Attributes
    ----------
    file : str
        Its name.
    against : str
        What it was compared with.
    changes : list of str
        What differs.
    notes : dict of str to list
        What else there is to know, by heading.
    unread : dict of str to str
        What could not be read, and why.
    read : list of str
        Regions that were read.
    text : str
        The file as it should be.
    """

    file: str
    against: str
    changes: list = field(default_factory=list)
    notes: dict = field(default_factory=dict)
    unread: dict = field(default_factory=dict)
    read: list = field(default_factory=list)
    text: str = ""

    def __str__(self):
        """The comparison as it is printed."""
        unread = [f"{what}: {why}" for what, why in self.unread.items()]
        lines = [f"data/{self.file} against {self.against}"]
        lines += [f"  {line}" for line in self.changes or ["nothing differs"]]
        for heading, notes in {"Not read": unread, **self.notes}.items():
            lines += [f"  {heading}:", *(f"    {n}" for n in notes)] if notes else []
        return "\n".join(lines)


def models_half(session, text, regions, day):
    """
    Compare the models.

    Parameters
    ----------
    session : boto3.Session
    text : str
        Of data/models.json.
    regions : list of str or None
        None: every Region of the file.
    day : str

    Returns
    -------
    tuple of (Half, list of dict)
        The second is the file's records as they should be.
    """
    before = json.loads(text)
    records = before["models"]
    known = {r for record in records for r in model_records.regions_of(record)}
    listing = read_listing(session, regions or sorted(known))
    after = model_records.refreshed(records, listing, day)
    half = Half(
        "models.json",
        "ListFoundationModels and ListInferenceProfiles of "
        f"{', '.join(listing.regions) or 'no Region'}, {day}",
        model_changes(records, after, listing),
        {"To know": model_notes(after, listing)},
        listing.unread,
        listing.regions,
    )
    named = {name for record in after for name in record["source"]}
    sources = {**before["sources"], model_records.SOURCE: _MODELS_SOURCE}
    half.text = _rewritten(text, {"models": after}, sources, named, day)
    return half, after


def prices_half(session, text, models, regions, day):
    """
    Compare the prices.

    Parameters
    ----------
    session : boto3.Session
    text : str
        Of data/prices.json.
    models : list of dict
        Records of data/models.json, as they should be.
    regions : list of str
    day : str

    Returns
    -------
    Half
    """
    half = Half("prices.json", f"the AWS price list, {day}", text=text)
    try:
        told = read_prices(session, models, regions)
    except (BotoCoreError, ClientError) as error:
        half.unread = {"the price list": str(error)}
        return half
    before = json.loads(text)
    today, changes, notes = price_changes.refreshed_prices(before["today"], told, day)
    hours, more = price_changes.refreshed_hours(before["provisioned"], told, day)
    places = {i: price_region(r) for i, r in callable_from(models).items()}
    half.read, half.changes = told.regions, changes + more
    half.against = f"the AWS price list of {', '.join(told.regions)}, {day}"
    half.notes = {
        "Not understood, so left out": _counted(sorted(told.problems.items())),
        "Left as it is": notes,
        "No record in the list, left as it is": price_changes.without_a_row(
            before["today"], told, places
        ),
        "Records of what the file does not keep": _counted(told.not_kept.most_common()),
    }
    lists = {"today": today, "provisioned": hours}
    others = before["launch_day"] + before["images"]
    named = {
        name
        for record in today + hours + others
        for name in record["source"].split(", ")
    }
    sources = {**before["sources"], price_changes.SOURCE: _PRICES_SOURCE}
    half.text = _rewritten(text, lists, sources, named, day)
    return half


def _counted(reasons):
    return [f"{count} × {reason}" for reason, count in reasons]


def _rewritten(text, lists, sources, named, day):
    """The file's text with its new lists, and a legend of the sources they name."""
    for name, records in lists.items():
        text = data_files.with_records(text, name, records)
    used = {name: wording for name, wording in sources.items() if name in named}
    return data_files.with_day(data_files.with_sources(text, used), day)
