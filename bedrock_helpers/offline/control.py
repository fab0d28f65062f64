"""bedrock: the models and the inference profiles of a Region."""

from bedrock_helpers.offline.application_profiles import find_profile, profiles_here
from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.http_reply import json_reply
from bedrock_helpers.offline.model_ids import without_arn
from bedrock_helpers.offline.pages import take_page
from bedrock_helpers.offline.system_profiles import midnight, system_profiles


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
    known = {name: midnight(day) for name, day in dates.items() if day}
    return {"status": model.status, **known}


def list_inference_profiles(request, call):
    """
    Answer ListInferenceProfiles, in pages.

    Without ``typeEquals`` only those AWS defines are listed: so the live service
    does (aws/aws-cli issue 9728).
    """
    if request.get("typeEquals") == "APPLICATION":
        found = [profile.summary() for profile in profiles_here(call)]
    else:
        found = system_profiles(call)
    page = take_page(found, request, "inferenceProfileSummaries")
    return json_reply(call.operation, page)


def get_inference_profile(request, call):
    """Answer GetInferenceProfile, by id or by ARN."""
    asked = request["inferenceProfileIdentifier"]
    made = find_profile(asked, call)
    if made is not None:
        return json_reply(call.operation, made.summary())
    identifier = without_arn(asked, call.region_name)
    for profile in system_profiles(call):
        if profile["inferenceProfileId"] == identifier:
            return json_reply(call.operation, profile)
    raise refusal("unknown_profile")
