"""Every call of Bedrock is judged: what a caller's policies do not allow is denied."""

import copy
import json

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bedrock_helpers as bh
from bedrock_helpers.catalog import LAUNCH_DAY
from bedrock_helpers.offline.iam_bedrock import INVOKING
from bedrock_helpers.offline.operations import OPERATIONS
from tests.offline.desk import CLAUDE_V2, HAIKU, MICRO, Desk, tokens, user
from tests.offline.people import (
    allow,
    as_user,
    assume,
    document,
    new_role,
    new_user,
    trusting,
)
from tests.offline.short_term import short_term_key
from tests.offline.test_contract import GOOD_CALLS, session_for

ASK = {
    "modelId": MICRO,
    "messages": [user("Name a colour.")],
    "inferenceConfig": tokens(2),
}
ASK_HAIKU = {**ASK, "modelId": HAIKU}
MODEL = f"arn:aws:bedrock:us-east-1::foundation-model/{MICRO}"
ANY_MODEL = "arn:aws:bedrock:*::foundation-model/*"
PROFILE = f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{HAIKU}"
INVOKE = allow("bedrock:InvokeModel", MODEL)
EVERYTHING = allow("*")
READ_ONLY = "arn:aws:iam::aws:policy/AmazonBedrockReadOnly"
FULL_ACCESS = "arn:aws:iam::aws:policy/AmazonBedrockFullAccess"


def deny(action, resource="*", **more):
    return {**allow(action, resource, **more), "Effect": "Deny"}


def when(operator, key, value):
    return {"Condition": {operator: {key: value}}}


def desk_of(session, *statements, name="ana"):
    """The desk of a new user with one policy, in a session's account."""
    policies = [document(*statements)] if statements else []
    return Desk(as_user(new_user(session, name, *policies)))


@pytest.fixture
def session():
    """A ready account, as the learner who may do everything."""
    return bh.connect("offline")


def denied(desk, operation="Converse", **parameters):
    """The message of a call that is denied."""
    asked = ASK if operation == "Converse" and not parameters else parameters
    error = desk.refused(operation, **asked)
    assert error.response["Error"]["Code"] == "AccessDeniedException"
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert type(error).__name__ == "AccessDeniedException"
    return error.response["Error"]["Message"]


# Who may


def test_a_new_user_may_do_nothing(session):
    assert denied(desk_of(session)) == (
        "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: "
        f"bedrock:InvokeModel on resource: {MODEL} because no identity-based policy "
        "allows the bedrock:InvokeModel action"
    )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_is_asked_for(operation):
    kind, parameters = GOOD_CALLS[operation]()
    learner = session_for(kind)
    nobody = desk_of(learner.session)
    action = INVOKING.get(operation, f"bedrock:{operation}")
    assert f"perform: {action} " in denied(nobody, operation, **parameters)
    somebody = desk_of(learner.session, allow([action, "iam:PassRole"]), name="ben")
    assert somebody.call(operation, **parameters)


def test_converse_needs_invoke_model_not_an_action_of_its_own(session):
    assert "bedrock:InvokeModel " in denied(desk_of(session, allow("bedrock:Converse")))
    assert desk_of(session, INVOKE, name="ben").call("Converse", **ASK)


def test_streams_need_an_action_of_their_own(session):
    desk = desk_of(session, INVOKE)
    message = denied(desk, "ConverseStream", **ASK)
    assert "perform: bedrock:InvokeModelWithResponseStream on" in message


def test_a_profile_needs_its_models_too(session):
    desk = desk_of(session, allow("bedrock:InvokeModel", PROFILE))
    message = denied(desk, "Converse", **ASK_HAIKU)
    assert (
        "on resource: arn:aws:bedrock:us-east-1::foundation-model/anthropic." in message
    )
    both = desk_of(
        session, allow("bedrock:InvokeModel", [PROFILE, ANY_MODEL]), name="b"
    )
    assert both.call("Converse", **ASK_HAIKU)


def test_a_deny_is_named_with_the_policys_arn_if_it_has_one(session):
    iam = session.client("iam")
    keys = new_user(session, "ana", document(EVERYTHING))
    made = iam.create_policy(
        PolicyName="no-models", PolicyDocument=document(deny("bedrock:InvokeModel*"))
    )
    arn = made["Policy"]["Arn"]
    iam.attach_user_policy(UserName="ana", PolicyArn=arn)
    assert denied(Desk(as_user(keys))).endswith(
        f"with an explicit deny in an identity-based policy: {arn}"
    )


@pytest.mark.parametrize(("policy", "may_invoke"), [(READ_ONLY, 0), (FULL_ACCESS, 1)])
def test_the_policies_of_aws_are_known(session, policy, may_invoke):
    keys = new_user(session)
    session.client("iam").attach_user_policy(UserName="ana", PolicyArn=policy)
    desk = Desk(as_user(keys))
    assert desk.call("ListFoundationModels")
    if may_invoke:
        assert desk.call("Converse", **ASK)
    else:
        assert "bedrock:InvokeModel " in denied(desk)


def test_a_group_gives_its_members_its_policies_and_a_change_counts_at_once(session):
    iam = session.client("iam")
    desk = desk_of(session)
    iam.create_group(GroupName="readers")
    iam.put_group_policy(
        GroupName="readers", PolicyName="invoke", PolicyDocument=document(INVOKE)
    )
    assert denied(desk)
    iam.add_user_to_group(GroupName="readers", UserName="ana")
    assert desk.call("Converse", **ASK)
    iam.remove_user_from_group(GroupName="readers", UserName="ana")
    assert denied(desk)


def test_a_role_allows_what_its_policies_do_and_its_session_policy_limits_it(session):
    role = new_role(session)
    session.client("iam").put_role_policy(
        RoleName="reader",
        PolicyName="all",
        PolicyDocument=document(allow("bedrock:*")),
    )
    whole = Desk(as_user(assume(session, role)["Credentials"]))
    assert whole.call("Converse", **ASK)
    only = document(allow("bedrock:List*"))
    limited = Desk(as_user(assume(session, role, Policy=only)["Credentials"]))
    assert limited.call("ListFoundationModels")
    message = denied(limited)
    assert "assumed-role/reader/lesson is not authorized" in message
    assert "because no session policy allows the bedrock:InvokeModel action" in message


def test_a_boundary_limits_a_role(session):
    iam = session.client("iam")
    limit = iam.create_policy(
        PolicyName="limit", PolicyDocument=document(allow("bedrock:List*"))
    )
    role = new_role(session, PermissionsBoundary=limit["Policy"]["Arn"])
    iam.put_role_policy(
        RoleName="reader", PolicyName="all", PolicyDocument=document(EVERYTHING)
    )
    desk = Desk(as_user(assume(session, role)["Credentials"]))
    assert desk.call("ListFoundationModels")
    assert "because no permissions boundary allows" in denied(desk)


def test_the_learners_own_rights_can_be_taken(session):
    session.client("iam").put_user_policy(
        UserName="learner",
        PolicyName="no-streams",
        PolicyDocument=document(deny("bedrock:InvokeModelWithResponseStream")),
    )
    desk = Desk(session)
    assert desk.call("Converse", **ASK)
    assert "with an explicit deny in an identity-based policy" in denied(
        desk, "ConverseStream", **ASK
    )


# What is asked about


def test_a_region_can_be_denied(session):
    elsewhere = when("StringNotEquals", "aws:RequestedRegion", "us-east-1")
    desk = desk_of(session, EVERYTHING, deny("bedrock:*", **elsewhere))
    assert desk.call("Converse", **ASK)
    there = desk.session.client("bedrock", region_name="us-west-2")
    with pytest.raises(ClientError, match="with an explicit deny"):
        there.list_foundation_models()
    message = denied(desk, "Converse", **ASK_HAIKU)
    assert "arn:aws:bedrock:us-east-2::foundation-model" in message


def test_tags_of_a_user_are_keys(session):
    by_team = when("StringEquals", "aws:PrincipalTag/team", "research")
    desk = desk_of(session, {**INVOKE, **by_team})
    assert denied(desk)
    team = [{"Key": "team", "Value": "research"}]
    session.client("iam").tag_user(UserName="ana", Tags=team)
    assert desk.call("Converse", **ASK)


def test_tags_of_a_resource_are_keys(session):
    learner = Desk(session)
    source = {"copyFrom": MODEL}
    tags = [{"key": "team", "value": "research"}]
    made = [
        learner.call(
            "CreateInferenceProfile",
            inferenceProfileName=name,
            modelSource=source,
            tags=given,
        )["inferenceProfileArn"]
        for name, given in (("tagged", tags), ("bare", []))
    ]
    tagged = when("StringEquals", "aws:ResourceTag/team", "research")
    kind = "arn:aws:bedrock:*:*:application-inference-profile/*"
    desk = desk_of(session, INVOKE, allow("bedrock:InvokeModel", kind, **tagged))
    tagged, bare = ({**ASK, "modelId": arn} for arn in made)
    assert desk.call("Converse", **tagged)
    assert made[1] in denied(desk, "Converse", **bare)


def test_a_guardrail_can_be_required_and_needs_a_permission_of_its_own(session):
    made = Desk(session).call(
        "CreateGuardrail",
        name="g",
        blockedInputMessaging="no",
        blockedOutputsMessaging="no",
        wordPolicyConfig={"wordsConfig": [{"text": "secret"}]},
    )
    named = {
        "guardrailIdentifier": made["guardrailId"],
        "guardrailVersion": "DRAFT",
    }
    key = "bedrock:GuardrailIdentifier"
    required = deny(
        "bedrock:InvokeModel", **when("StringNotEquals", key, made["guardrailArn"])
    )
    desk = desk_of(session, INVOKE, required)
    assert "with an explicit deny" in denied(desk)
    message = denied(desk, "Converse", **ASK, guardrailConfig=named)
    assert f"bedrock:ApplyGuardrail on resource: {made['guardrailArn']}" in message
    apply = allow("bedrock:ApplyGuardrail", made["guardrailArn"])
    both = desk_of(session, INVOKE, required, apply, name="ben")
    assert both.call("Converse", **ASK, guardrailConfig=named)


def test_a_tier_can_be_denied_and_is_no_key_where_none_is_named(session):
    no_tier = when("StringLike", "bedrock:ServiceTier", "*")
    desk = desk_of(session, INVOKE, deny("bedrock:InvokeModel", **no_tier))
    assert desk.call("Converse", **ASK)
    message = denied(desk, "Converse", **ASK, serviceTier={"type": "flex"})
    assert "with an explicit deny" in message


# VPC endpoints


def endpoint_of(session, policy=None, service="bedrock-runtime"):
    """The id of a new interface endpoint."""
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    more = {"PolicyDocument": policy} if policy else {}
    name = f"com.amazonaws.us-east-1.{service}"
    made = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName=name, VpcEndpointType="Interface", **more
    )
    return made["VpcEndpoint"]["VpcEndpointId"]


def through(session, endpoint_id, service="bedrock-runtime"):
    """A client that calls through an endpoint."""
    url = f"https://{endpoint_id}-0a1b2c3d.{service}.us-east-1.vpce.amazonaws.com"
    return session.client(service, endpoint_url=url)


def test_an_endpoints_own_policy_lets_everything_through(session):
    assert through(session, endpoint_of(session)).converse(**ASK)


def test_an_endpoints_policy_limits_even_an_administrator(session):
    only = document({**allow("bedrock:InvokeModel", ANY_MODEL), "Principal": "*"})
    client = through(session, endpoint_of(session, only))
    assert client.converse(**ASK)
    with pytest.raises(ClientError, match="because no VPC endpoint policy allows the"):
        client.converse_stream(**ASK)


def test_a_user_may_be_held_to_one_endpoint(session):
    mine = endpoint_of(session)
    only = when("StringNotEquals", "aws:SourceVpce", mine)
    desk = desk_of(session, INVOKE, deny("bedrock:*", **only))
    assert "with an explicit deny" in denied(desk)
    assert through(desk.session, mine).converse(**ASK)
    with pytest.raises(ClientError, match="with an explicit deny"):
        through(desk.session, endpoint_of(session)).converse(**ASK)


def test_an_endpoint_that_is_not_there_is_not_reached(session):
    control = endpoint_of(session, service="bedrock")
    for endpoint_id in ("vpce-0123456789abcdef0", control):
        with pytest.raises(ClientError, match=f"cannot reach {endpoint_id}: .* Make"):
            through(session, endpoint_id).converse(**ASK)
    assert through(session, control, "bedrock").list_foundation_models()


# API keys


def with_key(session, key, path="foundation-models"):
    """The status of a call with an Amazon Bedrock API key."""
    url = f"https://bedrock.us-east-1.amazonaws.com/{path}"
    headers = {"Authorization": f"Bearer {key}"}
    return session.offline.answer("GET", url, headers, b"").status


def test_api_keys_of_a_kind_can_be_denied(session):
    assert with_key(session, "ABSKx") == 200
    long_term = when("StringEquals", "bedrock:bearerTokenType", "LONG_TERM")
    session.client("iam").put_user_policy(
        UserName="learner",
        PolicyName="no-long-term-keys",
        PolicyDocument=document(deny("bedrock:CallWithBearerToken", **long_term)),
    )
    assert with_key(session, "ABSKx") == 403
    assert with_key(session, short_term_key()) == 200


# When


def test_who_may_not_call_does_not_learn_whether_a_model_exists(session):
    desk = desk_of(session)
    message = denied(desk, "Converse", **{**ASK, "modelId": "no.model"})
    assert "foundation-model/no.model because no identity-based policy" in message


def test_a_denied_call_uses_up_no_failure(session):
    desk = desk_of(session)
    session.offline.fail_next("ThrottlingException")
    assert denied(desk)
    error = Desk(session).refused("Converse", **ASK)
    assert error.response["Error"]["Code"] == "ThrottlingException"


def test_launch_day_asks_too():
    learner = bh.connect("offline", as_of=LAUNCH_DAY)
    desk = desk_of(learner)
    body = json.dumps(
        {"prompt": "\n\nHuman: Hi\n\nAssistant:", "max_tokens_to_sample": 3}
    )
    asked = {"modelId": CLAUDE_V2, "body": body}
    assert f"foundation-model/{CLAUDE_V2} because" in denied(
        desk, "InvokeModel", **asked
    )
    both = desk_of(learner, allow("bedrock:InvokeModel", ANY_MODEL), name="ben")
    assert both.call("InvokeModel", **asked)


def test_a_policy_that_cannot_be_judged_is_told_not_passed_over(session):
    odd = when("ArnLike", "aws:PrincipalArn", "*")
    error = desk_of(session, {**INVOKE, **odd}).refused("Converse", **ASK)
    assert error.response["Error"]["Code"] == "NotAvailableOffline"
    assert "six parts" in error.response["Error"]["Message"]


# The least privilege, all the way


def test_a_session_knows_its_own_calls_only(session):
    other = desk_of(session, EVERYTHING)
    other.call("ListGuardrails")
    Desk(session).call("ListFoundationModels")
    denied(desk_of(session, name="ben"))
    Desk(session).refused("Converse", **{**ASK, "modelId": "no.model"})
    assert [call.operation for call in session.calls_made] == ["ListFoundationModels"]
    assert [c.operation for c in other.session.calls_made] == ["ListGuardrails"]


CALLS = {
    "ListFoundationModels": {},
    "GetFoundationModel": {"modelIdentifier": MICRO},
    "GetInferenceProfile": {"inferenceProfileIdentifier": HAIKU},
    "CountTokens": {
        "modelId": HAIKU.removeprefix("us."),
        "input": {"converse": {"messages": ASK["messages"]}},
    },
    "Converse": ASK,
    "ConverseStream": ASK_HAIKU,
    "ListGuardrails": {},
}


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=8)
@given(st.sets(st.sampled_from(sorted(CALLS)), min_size=1, max_size=4))
def test_what_was_done_can_be_done_with_the_least_and_with_less_it_cannot(operations):
    session = bh.connect("offline")
    learner = Desk(session)
    for operation in operations:
        learner.call(operation, **CALLS[operation])
    least = bh.policies.least_privilege(session)
    someone = desk_of(session, *least["Statement"])
    for operation in operations:
        assert someone.call(operation, **CALLS[operation])
    for operation in set(CALLS) - operations:
        assert denied(someone, operation, **CALLS[operation])
    for number in range(len(least["Statement"])):
        less = copy.deepcopy(least["Statement"])
        del less[number]
        poorer = desk_of(session, *less, name=f"n{number}")
        with pytest.raises(ClientError, match="is not authorized to perform"):
            for operation in operations:
                poorer.call(operation, **CALLS[operation])


def test_a_trusted_user_may_take_a_role_and_call(session):
    keys = new_user(session, "ana")
    ana = "arn:aws:iam::111122223333:user/ana"
    role = new_role(session, trusting(ana))
    session.client("iam").put_role_policy(
        RoleName="reader", PolicyName="invoke", PolicyDocument=document(INVOKE)
    )
    mine = as_user(keys)
    assert denied(Desk(mine))
    assert Desk(as_user(assume(mine, role)["Credentials"])).call("Converse", **ASK)
