"""From the ``modelId`` of a request to the model it may call, or a refusal."""

import re

from bedrock_helpers import catalog
from bedrock_helpers.offline.account import ACCOUNT_ID
from bedrock_helpers.offline.errors import refusal

_ARN = re.compile(
    r"arn:aws:bedrock:(?P<region>[a-z0-9-]+):(?P<account>\d*):"
    r"(?P<kind>foundation-model|inference-profile)/(?P<id>.+)"
)
_PROVISIONED = re.compile(r"arn:aws:bedrock:[a-z0-9-]+:\d{12}:provisioned-model/")
_OWNERS = {"foundation-model": "", "inference-profile": ACCOUNT_ID}


def without_arn(identifier, region_name):
    """
    The id an identifier names: itself, or what its ARN ends in.

    Parameters
    ----------
    identifier : str
    region_name : str
        Where the request is sent: an ARN of another Region names nothing there.

    Returns
    -------
    str or None
        None for an ARN of another Region, account or kind.

    Examples
    --------
    >>> without_arn("arn:aws:bedrock:us-east-1::foundation-model/a.b", "us-east-1")
    'a.b'
    """
    if not identifier.startswith("arn:"):
        return identifier
    match = _ARN.fullmatch(identifier)
    if match is None or match["region"] != region_name:
        return None
    if match["account"] != _OWNERS[match["kind"]]:
        return None
    has_geography = catalog.split_profile_id(match["id"])[0] is not None
    fits = has_geography == (match["kind"] == "inference-profile")
    return match["id"] if fits else None


def is_provisioned(model_id):
    """
    Whether an id is the ARN of provisioned throughput.

    Examples
    --------
    >>> is_provisioned("arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc")
    True
    """
    return _PROVISIONED.match(model_id) is not None


def callable_model(model_id, region_name, account):
    """
    The model behind an id, if this account may call it from this Region.

    Parameters
    ----------
    model_id : str
        A bare id, an inference profile id, the ARN of either, or the ARN of an
        application inference profile or of provisioned throughput.
    region_name : str
    account : Account

    Returns
    -------
    bedrock_helpers.catalog.Model

    Raises
    ------
    Refusal
        Unknown id, ended model, bare id where a profile is needed, a profile
        of another geography, or no access.
    """
    bought = account.provisioned_models.get(model_id)
    if bought is not None and bought.region_name == region_name:
        model = _base_of(bought.model_id)
        account.check_access(model)
        return model
    profile = account.application_profiles.get(model_id)
    if profile is not None and profile.region_name == region_name:
        model_id = profile.source
    plain = without_arn(model_id, region_name)
    if plain is None:
        raise refusal("unknown_model")
    if account.on_launch_day:
        model = _launch_day_model(plain, region_name)
    else:
        model = _todays_model(plain, region_name, account.day)
    account.check_access(model)
    return model


def _base_of(variant_id):
    """The model a variant with its own window, such as ``…v1:0:128k``, is one of."""
    return _find(variant_id.rpartition(":")[0]) or catalog.get(variant_id)


def _launch_day_model(model_id, region_name):
    known = _find(model_id)
    if known is None or known.model_id != model_id or not known.launch_day:
        raise refusal("unknown_model_2023")
    if region_name not in catalog.LAUNCH_REGIONS:
        raise refusal("unknown_model_2023")
    return known


def _todays_model(model_id, region_name, day):
    geography, bare = catalog.split_profile_id(model_id)
    model = _find(bare)
    if model is None:
        raise refusal("unknown_model")
    if model.ended_by(day):
        raise refusal("end_of_life")
    if geography is not None:
        if region_name not in model.profiles.get(geography, ()):
            raise refusal("unknown_model")
    elif region_name not in model.on_demand_regions:
        _refuse_bare_id(model, region_name)
    return model


def _refuse_bare_id(model, region_name):
    if "bedrock-runtime" in model.endpoints and model.profile_ids(region_name):
        raise refusal("on_demand_unsupported", model_id=model.model_id)
    raise refusal("unknown_model")


def _find(model_id):
    try:
        return catalog.get(model_id)
    except catalog.UnknownModelError:
        return None
