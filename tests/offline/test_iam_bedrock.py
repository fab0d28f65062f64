"""What each call of Bedrock needs: actions, resources and condition keys."""

import pytest

from bedrock_helpers.catalog import CLAUDE_HAIKU_4_5, NOVA_MICRO
from bedrock_helpers.offline.iam_bedrock import INVOKING, Need, Place, needs_of
from bedrock_helpers.offline.operations import OPERATIONS
from bedrock_helpers.offline.router import service_model
from tests.offline.desk import service_of

ACCOUNT = "111122223333"
HERE = Place("us-east-1", ACCOUNT)
ARN = "arn:aws:bedrock:us-east-1"
HAIKU = f"us.{CLAUDE_HAIKU_4_5}"
PROFILE = f"{ARN}:{ACCOUNT}:inference-profile/{HAIKU}"
MADE = f"{ARN}:{ACCOUNT}:application-inference-profile/abc"
PROVISIONED = f"{ARN}:{ACCOUNT}:provisioned-model/abc"
GUARDRAIL = f"{ARN}:{ACCOUNT}:guardrail/gr1234567890"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/logs"
INVOKE = "bedrock:InvokeModel"


def model_arn(model_id, region_name="us-east-1"):
    return f"arn:aws:bedrock:{region_name}::foundation-model/{model_id}"


def needs(operation, models=None, **parameters):
    return needs_of(operation, parameters, HERE, lambda model_id: models)


def on(operation, **parameters):
    """The resources one call needs its own action on."""
    found = needs(operation, **parameters)
    assert {need.action for need in found} == {f"bedrock:{operation}"}
    return [need.resource for need in found]


@pytest.mark.parametrize("operation", INVOKING)
def test_calls_of_a_model_need_one_of_two_actions(operation):
    (need,) = needs(operation, modelId=NOVA_MICRO)
    streams = "Stream" in operation
    assert need.action == INVOKE + ("WithResponseStream" if streams else "")
    assert need.resource == model_arn(NOVA_MICRO)


def test_every_operation_of_bedrock_that_is_answered_has_its_needs():
    """An operation not named here must be on "*", as the reference has it."""
    for name in OPERATIONS:
        shape = service_model(service_of(name)).operation_model(name).input_shape
        members = shape.members if shape else {}
        values = {
            m: {"copyFrom": PROFILE} if m == "modelSource" else m for m in members
        }
        values.pop("tags", None)
        for odd in ("guardrailConfig", "loggingConfig", "tagKeys"):
            values.pop(odd, None)
        found = needs_of(name, values, HERE)
        assert found
        assert all(need.action.startswith("bedrock:") for need in found)


def test_a_geographic_profile_needs_itself_and_its_models_in_every_region():
    profile, *models = needs("Converse", modelId=HAIKU)
    assert profile == Need(INVOKE, PROFILE)
    assert models[0].resource == model_arn(CLAUDE_HAIKU_4_5)
    regions = [need.resource.split(":")[3] for need in models]
    assert {"us-east-1", "us-west-2"} <= set(regions)
    for need, region_name in zip(models, regions, strict=True):
        keys = dict(need.keys)
        assert need.action == INVOKE
        assert keys["bedrock:InferenceProfileArn"] == PROFILE
        assert keys["aws:RequestedRegion"] == region_name


def test_a_profile_may_be_named_by_its_arn():
    assert needs("Converse", modelId=PROFILE) == needs("Converse", modelId=HAIKU)


def test_the_global_profile_needs_a_model_without_region():
    _, here, anywhere = needs("Converse", modelId=f"global.{CLAUDE_HAIKU_4_5}")
    assert here.resource == model_arn(CLAUDE_HAIKU_4_5)
    assert anywhere.resource == model_arn(CLAUDE_HAIKU_4_5, "")
    assert dict(anywhere.keys)["aws:RequestedRegion"] == "unspecified"


def test_a_profile_of_ones_own_needs_itself_and_its_models():
    arns = [model_arn(NOVA_MICRO), model_arn(NOVA_MICRO, "us-west-2")]
    profile, *models = needs("Converse", models=arns, modelId=MADE)
    assert profile == Need(INVOKE, MADE)
    assert [need.resource for need in models] == arns
    fences = {dict(need.keys)["bedrock:InferenceProfileArn"] for need in models}
    assert fences == {MADE}


def test_provisioned_throughput_needs_only_itself():
    assert needs("Converse", modelId=PROVISIONED) == (Need(INVOKE, PROVISIONED),)


def test_an_unknown_model_is_asked_for_by_the_arn_it_would_have():
    assert needs("Converse", modelId="no.model") == (
        Need(INVOKE, model_arn("no.model")),
    )
    assert needs("Converse", modelId="us.no.model") == (
        Need(INVOKE, f"{ARN}:{ACCOUNT}:inference-profile/us.no.model"),
    )


@pytest.mark.parametrize(
    ("version", "key"), [("DRAFT", GUARDRAIL), ("3", f"{GUARDRAIL}:3")]
)
@pytest.mark.parametrize("identifier", ["gr1234567890", GUARDRAIL])
def test_a_guardrail_needs_a_permission_of_its_own_and_is_a_key(
    identifier, version, key
):
    named = {"guardrailIdentifier": identifier, "guardrailVersion": version}
    in_converse = needs("Converse", modelId=NOVA_MICRO, guardrailConfig=named)
    assert in_converse == needs("InvokeModel", modelId=NOVA_MICRO, **named)
    model, guardrail = in_converse
    assert dict(model.keys) == {"bedrock:GuardrailIdentifier": key}
    assert guardrail == Need("bedrock:ApplyGuardrail", GUARDRAIL)


def test_a_tier_is_a_key_only_where_one_is_named():
    (flex,) = needs("Converse", modelId=NOVA_MICRO, serviceTier={"type": "flex"})
    assert flex.keys == (("bedrock:ServiceTier", "flex"),)
    assert needs("InvokeModel", modelId=NOVA_MICRO, serviceTier="flex") == (flex,)
    (none,) = needs("Converse", modelId=NOVA_MICRO)
    assert none.keys == ()


def test_counting_tokens_is_on_the_model_also_behind_a_profile():
    assert on("CountTokens", modelId=HAIKU) == [model_arn(CLAUDE_HAIKU_4_5)]


@pytest.mark.parametrize(
    ("operation", "parameters", "resource"),
    [
        ("ListFoundationModels", {}, "*"),
        ("GetFoundationModelAvailability", {"modelId": NOVA_MICRO}, "*"),
        ("ListGuardrails", {}, "*"),
        ("ListGuardrails", {"guardrailIdentifier": "gr1234567890"}, GUARDRAIL),
        ("CreateGuardrail", {"name": "x"}, "*"),
        ("ApplyGuardrail", {"guardrailIdentifier": "gr1234567890"}, GUARDRAIL),
        ("DeleteGuardrail", {"guardrailIdentifier": GUARDRAIL}, GUARDRAIL),
        ("GetFoundationModel", {"modelIdentifier": NOVA_MICRO}, model_arn(NOVA_MICRO)),
        ("GetInferenceProfile", {"inferenceProfileIdentifier": HAIKU}, PROFILE),
        ("DeleteInferenceProfile", {"inferenceProfileIdentifier": "abc"}, MADE),
        ("GetProvisionedModelThroughput", {"provisionedModelId": "abc"}, PROVISIONED),
        ("ListTagsForResource", {"resourceARN": MADE}, MADE),
    ],
)
def test_the_control_plane_is_on_what_its_parameters_name(
    operation, parameters, resource
):
    assert on(operation, **parameters) == [resource]


def test_a_profile_is_made_from_a_source_and_becomes_one_of_the_account():
    assert on("CreateInferenceProfile", modelSource={"copyFrom": PROFILE}) == [
        PROFILE,
        f"{ARN}:{ACCOUNT}:application-inference-profile/*",
    ]


def test_another_model_for_provisioned_throughput_is_needed_too():
    asked = {"provisionedModelId": "abc", "desiredModelId": NOVA_MICRO}
    resources = on("UpdateProvisionedModelThroughput", **asked)
    assert resources == [PROVISIONED, model_arn(NOVA_MICRO)]


def test_logging_needs_the_right_to_pass_its_role():
    config = {"cloudWatchConfig": {"logGroupName": "x", "roleArn": ROLE}}
    _, passing = needs("PutModelInvocationLoggingConfiguration", loggingConfig=config)
    to_bedrock = (("iam:PassedToService", "bedrock.amazonaws.com"),)
    assert passing == Need("iam:PassRole", ROLE, to_bedrock)


def test_tags_are_keys():
    tags = [{"key": "team", "value": "red"}, {"key": "cost", "value": "1"}]
    (need,) = needs("TagResource", resourceARN=MADE, tags=tags)
    assert dict(need.keys) == {
        "aws:TagKeys": ("team", "cost"),
        "aws:RequestTag/team": "red",
        "aws:RequestTag/cost": "1",
    }
    (need,) = needs("UntagResource", resourceARN=MADE, tagKeys=["team"])
    assert dict(need.keys) == {"aws:TagKeys": ("team",)}
