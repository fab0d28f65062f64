"""bedrock: the models and the inference profiles of a Region."""

import base64
import datetime

from bedrock_helpers import catalog
from bedrock_helpers.data_files import load_json
from bedrock_helpers.offline.account import ACCOUNT_ID
from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.http_reply import json_reply
from bedrock_helpers.offline.model_ids import without_arn

_PAGE = 100
_MODELS_IN_A_PROFILE = 5  # botocore's service model allows no more


def list_foundation_models(request, call):
    """Answer ListFoundationModels, with its four filters."""
    wanted = {
        "byProvider": lambda m, v: m.provider.lower() == v.lower(),
        "byOutputModality": lambda m, v: v in m.output_modalities,
        "byCustomizationType": lambda m, v: v in m.customizations,
        "byInferenceType": lambda m, v: v in _inference_types(m, call),
    }
    found = [
        _summary(model, call)
        for model in call.account.models(call.region_name)
        if all(wanted[name](model, value) for name, value in request.items())
    ]
    return json_reply(call.operation, {"modelSummaries": found})


def get_foundation_model(request, call):
    """Answer GetFoundationModel, by id or by ARN."""
    identifier = without_arn(request["modelIdentifier"], call.region_name)
    model = listed_model(identifier, call)
    return json_reply(call.operation, {"modelDetails": _summary(model, call)})


def listed_model(model_id, call):
    """
    A model the account can list in its Region.

    Raises
    ------
    Refusal
        If there is none of that id.
    """
    for model in call.account.models(call.region_name):
        if model.model_id == model_id:
            return model
    raise refusal("unknown_model_control")


def _summary(model, call):
    arn = f"arn:aws:bedrock:{call.region_name}::foundation-model/{model.model_id}"
    summary = {
        "modelArn": arn,
        "modelId": model.model_id,
        "modelName": model.name,
        "providerName": model.provider,
        "inputModalities": model.input_modalities,
        "outputModalities": model.output_modalities,
        "responseStreamingSupported": model.streaming,
        "customizationsSupported": model.customizations,
        "inferenceTypesSupported": _inference_types(model, call),
        "modelLifecycle": _lifecycle(model, call),
    }
    return {name: value for name, value in summary.items() if value is not None}


def _inference_types(model, call):
    if call.account.on_launch_day:
        return ["ON_DEMAND"]
    region = call.region_name
    types = ["ON_DEMAND"] if region in model.on_demand_regions else []
    types += ["INFERENCE_PROFILE"] if model.profile_ids(region) else []
    return types + (["PROVISIONED"] if model.provisioned else [])


def _lifecycle(model, call):
    if call.account.on_launch_day:
        return {"status": "ACTIVE"}
    dates = {
        "startOfLifeTime": model.release_date,
        "legacyTime": model.legacy_date,
        "publicExtendedAccessTime": model.extended_access_date,
        "endOfLifeTime": model.end_of_life_date,
    }
    known = {name: _midnight(day) for name, day in dates.items() if day}
    return {"status": model.status, **known}


def _midnight(day):
    return datetime.datetime.fromisoformat(day)


def list_inference_profiles(request, call):
    """Answer ListInferenceProfiles, in pages."""
    profiles = _profiles(call) if request.get("typeEquals") != "APPLICATION" else []
    start = _page_start(request.get("nextToken"), len(profiles))
    end = start + min(request.get("maxResults", _PAGE), _PAGE)
    values = {"inferenceProfileSummaries": profiles[start:end]}
    if end < len(profiles):
        values["nextToken"] = base64.urlsafe_b64encode(f"from:{end}".encode()).decode()
    return json_reply(call.operation, values)


def _page_start(token, count):
    if token is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(token.encode()).decode()
        start = int(text.removeprefix("from:"))
    except ValueError:
        raise refusal("bad_next_token") from None
    if not text.startswith("from:") or not 0 < start < count:
        raise refusal("bad_next_token")
    return start


def get_inference_profile(request, call):
    """Answer GetInferenceProfile, by id or by ARN."""
    asked = request["inferenceProfileIdentifier"]
    identifier = without_arn(asked, call.region_name)
    for profile in _profiles(call):
        if profile["inferenceProfileId"] == identifier:
            return json_reply(call.operation, profile)
    raise refusal("unknown_profile")


def _profiles(call):
    return [
        _profile(model, profile_id.partition(".")[0], call.region_name)
        for model in call.account.models(call.region_name)
        for profile_id in model.profile_ids(call.region_name)
    ]


def _profile(model, geography, region_name):
    profile_id = f"{geography}.{model.model_id}"
    arn = f"arn:aws:bedrock:{region_name}:{ACCOUNT_ID}:inference-profile/{profile_id}"
    name = f"{geography.upper()} {model.name or model.model_id}"
    when = _midnight(model.release_date or catalog.AS_OF)
    places = _destinations(model, geography, region_name)
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


def _destinations(model, geography, region_name):
    """The Regions a profile may send to: an approximation (data/README.md)."""
    start = load_json("models.json")["geographies"].get(geography)
    if start is None:
        return [f"arn:aws:bedrock:::foundation-model/{model.model_id}"]
    regions = [r for r in model.profiles[geography] if r.startswith(start)]
    regions.sort(key=lambda region: region != region_name)
    return [
        f"arn:aws:bedrock:{region}::foundation-model/{model.model_id}"
        for region in regions[:_MODELS_IN_A_PROFILE]
    ]
