"""Sessions know the calls they made, live and offline, and their least privilege."""

import json

import pytest
from botocore.exceptions import ClientError

import bedrock_helpers as bh
from bedrock_helpers.catalog import CLAUDE_HAIKU_4_5, NOVA_MICRO
from tests.loopback_aws import Answer
from tests.metered import HI

MODEL = "arn:aws:bedrock:{}::foundation-model/{}"
HAIKU = f"us.{CLAUDE_HAIKU_4_5}"
MADE = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"


def operations(session):
    return [call.operation for call in session.calls_made]


def converse(session, model_id=NOVA_MICRO):
    client = session.client("bedrock-runtime")
    return client.converse(**{**HI, "modelId": model_id})


def profile_of(*arns):
    """An answer to GetInferenceProfile."""
    models = [{"modelArn": arn} for arn in arns]
    return Answer(body=json.dumps({"models": models}).encode())


def resources(session):
    statements = bh.policies.least_privilege(session)["Statement"]
    return [statement["Resource"] for statement in statements]


def test_a_live_session_knows_what_was_answered(live, aws):
    converse(live)
    converse(live)
    live.client("bedrock").list_foundation_models()
    assert operations(live) == ["Converse", "ListFoundationModels"]
    (call, _) = live.calls_made
    assert (call.region_name, call.account_id) == ("us-east-1", "123456789012")
    assert json.loads(call.telling) == {"modelId": NOVA_MICRO}


def test_a_refused_call_is_not_among_them(live, aws):
    aws.fail_next(403, "AccessDeniedException")
    with pytest.raises(ClientError):
        converse(live)
    assert operations(live) == []
    with pytest.raises(ValueError, match="No call of Bedrock"):
        bh.policies.least_privilege(live)


def test_prompts_are_not_kept(live):
    converse(live)
    assert "Hi" not in repr(list(live.calls_made))


def test_other_services_are_not_kept(live):
    live.client("sts").get_caller_identity()
    assert operations(live) == []


def test_live_the_account_is_asked_which_models_are_behind_a_profile(live, aws):
    arns = [MODEL.format(region, NOVA_MICRO) for region in ("us-east-1", "us-west-2")]
    aws.answers.append(profile_of(*arns))  # the meter asks, then the policy
    converse(live, MADE)
    aws.answers.append(profile_of(*arns))
    assert resources(live) == [[MADE], arns]
    assert operations(live) == ["Converse"]


def test_a_system_defined_profile_is_asked_about_too(live, aws):
    session = bh.connect("live", allow={"CreateFoundationModelAgreement"})
    converse(session, HAIKU)
    there = MODEL.format("us-west-2", CLAUDE_HAIKU_4_5)
    aws.answers.append(profile_of(there))
    profile = f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/{HAIKU}"
    here = MODEL.format("us-east-1", CLAUDE_HAIKU_4_5)
    assert resources(session) == [[profile], [here, there]]


def test_where_the_account_does_not_say_any_model_may_be_behind_ones_own_profile(
    live, aws
):
    aws.answers.append(profile_of(MODEL.format("us-east-1", NOVA_MICRO)))
    converse(live, MADE)
    aws.fail_next(403, "AccessDeniedException")
    profile, models = bh.policies.least_privilege(live)["Statement"]
    assert profile["Resource"] == [MADE]
    assert MODEL.format("*", "*") in models["Resource"]
    fence = {"bedrock:InferenceProfileArn": MADE}
    assert models["Condition"] == {"StringEquals": fence}


def test_what_the_package_itself_asks_is_not_counted():
    session = bh.connect("offline", budget_usd=1)
    converse(session)
    assert operations(session) == ["Converse"]


def test_the_region_is_that_of_the_client():
    session = bh.connect("offline")
    session.client("bedrock", region_name="us-west-2").list_guardrails()
    assert [call.region_name for call in session.calls_made] == ["us-west-2"]


def test_models_behind_ones_own_profile_are_known_after_it_is_gone():
    session = bh.connect("offline")
    bedrock = session.client("bedrock")
    source = {"copyFrom": MODEL.format("us-east-1", NOVA_MICRO)}
    made = bedrock.create_inference_profile(
        inferenceProfileName="mine", modelSource=source
    )
    arn = made["inferenceProfileArn"]
    converse(session, arn)
    bedrock.delete_inference_profile(inferenceProfileIdentifier=arn)
    assert [source["copyFrom"]] in resources(session)
