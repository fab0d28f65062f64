"""bedrock: application inference profiles, which track a model's use by tags."""

from dataclasses import dataclass
from datetime import datetime

from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.http_reply import json_reply
from bedrock_helpers.offline.model_ids import without_arn
from bedrock_helpers.offline.system_profiles import system_profiles
from bedrock_helpers.offline.tags import first_tags

#: Of one account and Region, by default: ekristen/aws-nuke issue 864.
PROFILES_AT_MOST = 1000
_KIND = "application-inference-profile"


@dataclass
class ApplicationProfile:
    """
    One application inference profile.

    Attributes
    ----------
    arn, profile_id, name : str
    description : str or None
    source : str
        The model id or the system-defined profile id it was copied from.
    model_arns : list of str
    region_name : str
    made_at : datetime.datetime
    """

    arn: str
    profile_id: str
    name: str
    description: str | None
    source: str
    model_arns: list
    region_name: str
    made_at: datetime

    def summary(self):
        """As GetInferenceProfile and ListInferenceProfiles show it."""
        shown = {
            "inferenceProfileName": self.name,
            "createdAt": self.made_at,
            "updatedAt": self.made_at,
            "inferenceProfileArn": self.arn,
            "models": [{"modelArn": arn} for arn in self.model_arns],
            "inferenceProfileId": self.profile_id,
            "status": "ACTIVE",
            "type": "APPLICATION",
        }
        if self.description is None:
            return shown
        return {**shown, "description": self.description}


def profiles_here(call):
    """The account's application profiles in one Region, oldest first."""
    made = call.account.application_profiles.values()
    return [profile for profile in made if profile.region_name == call.region_name]


def create_inference_profile(request, call):
    """Answer CreateInferenceProfile: copy a model of this Region, or a profile."""
    account, here = call.account, call.region_name
    token = call.operation.name, here, request.get("clientRequestToken")
    arn = account.client_tokens.get(token)
    if arn not in account.application_profiles:
        source, model_arns = _source(request["modelSource"]["copyFrom"], call)
        if len(profiles_here(call)) >= PROFILES_AT_MOST:
            raise refusal("too_many_profiles", most=PROFILES_AT_MOST)
        tags = first_tags(request)
        profile_id = account.new_id()
        arn = account.arn(here, f"{_KIND}/{profile_id}")
        name, description = request["inferenceProfileName"], request.get("description")
        account.application_profiles[arn] = ApplicationProfile(
            arn, profile_id, name, description, source, model_arns, here, call.now
        )
        account.tags[arn] = tags
        if token[-1]:
            account.client_tokens[token] = arn
    values = {"inferenceProfileArn": arn, "status": "ACTIVE"}
    return json_reply(call.operation, values)


def _source(copied_arn, call):
    """The id behind the ARN to copy, and the models that profile would call."""
    source = without_arn(copied_arn, call.region_name)
    for profile in system_profiles(call):
        if profile["inferenceProfileId"] == source:
            return source, [model["modelArn"] for model in profile["models"]]
    for model in call.account.models(call.region_name):
        if model.model_id == source and call.region_name in model.on_demand_regions:
            return source, [copied_arn]
    raise refusal("profile_source")


def find_profile(identifier, call):
    """An application profile of this Region by its ARN or id, or None."""
    for profile in profiles_here(call):
        if identifier in (profile.arn, profile.profile_id):
            return profile
    return None


def delete_inference_profile(request, call):
    """Answer DeleteInferenceProfile; those AWS defines stay."""
    asked = request["inferenceProfileIdentifier"]
    profile = find_profile(asked, call)
    if profile is None:
        plain = without_arn(asked, call.region_name)
        if plain in {one["inferenceProfileId"] for one in system_profiles(call)}:
            raise refusal("system_profile_stays")
        raise refusal("unknown_profile")
    del call.account.application_profiles[profile.arn]
    del call.account.tags[profile.arn]
    return json_reply(call.operation, {})
