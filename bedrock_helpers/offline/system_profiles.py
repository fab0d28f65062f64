"""The inference profiles AWS defines: one model, the Regions of one geography."""

import datetime

from bedrock_helpers import catalog
from bedrock_helpers.data_files import load_json

_MODELS_IN_A_PROFILE = 5  # botocore's service model allows no more


def midnight(day):
    """
    An ISO day as the moment it begins.

    Examples
    --------
    >>> midnight("2023-09-28").hour
    0
    """
    return datetime.datetime.fromisoformat(day)


def system_profiles(call):
    """Every system-defined profile of a Region, as GetInferenceProfile shows it."""
    return [
        _profile(model, profile_id.partition(".")[0], call)
        for model in call.account.models(call.region_name)
        for profile_id in model.profile_ids(call.region_name)
    ]


def _profile(model, geography, call):
    profile_id = f"{geography}.{model.model_id}"
    arn = call.account.arn(call.region_name, f"inference-profile/{profile_id}")
    name = f"{geography.upper()} {model.name or model.model_id}"
    when = midnight(model.release_date or catalog.AS_OF)
    places = destinations(model, geography, call.region_name)
    return {
        "inferenceProfileName": name,
        "description": f"Routes requests to {name}.",
        "createdAt": when,
        "updatedAt": when,
        "inferenceProfileArn": arn,
        "models": [{"modelArn": place} for place in places],
        "inferenceProfileId": profile_id,
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
    }


def destinations(model, geography, region_name):
    """
    The ARNs of the models a profile may send to: an approximation (data/README.md).

    Parameters
    ----------
    model : bedrock_helpers.catalog.Model
    geography : str
        Such as ``"us"``; one without borders has a single ARN without a Region.
    region_name : str
        Where the profile is called from.

    Returns
    -------
    list of str

    Examples
    --------
    >>> model = catalog.get(catalog.CLAUDE_HAIKU_4_5)
    >>> [arn.split(":")[3] for arn in destinations(model, "global", "us-east-1")]
    ['']
    """
    start = load_json("models.json")["geographies"].get(geography)
    if start is None:
        return [f"arn:aws:bedrock:::foundation-model/{model.model_id}"]
    regions = [r for r in model.profiles[geography] if r.startswith(start)]
    regions.sort(key=lambda region: region != region_name)
    return [
        f"arn:aws:bedrock:{region}::foundation-model/{model.model_id}"
        for region in regions[:_MODELS_IN_A_PROFILE]
    ]
