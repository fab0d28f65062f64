"""The policies that apply to a caller: embedded, attached, of groups, limits."""

import datetime

import pytest
from botocore.exceptions import ClientError

import bedrock_helpers as bh
from bedrock_helpers.offline.aws_services import AwsServices
from bedrock_helpers.offline.caller_policies import ADMINISTRATOR, policies_of, tags_of
from bedrock_helpers.offline.iam import Request, decide
from bedrock_helpers.offline.identity import LEARNER, caller_of
from tests.offline.people import allow, assume, document, new_role, new_user

CONVERSE, LIST = "bedrock:InvokeModel", "bedrock:ListFoundationModels"


@pytest.fixture
def owner():
    return bh.connect("offline")


def caller(owner, keys):
    """Whose these keys are."""
    now, token = datetime.datetime.now(datetime.UTC), keys.get("SessionToken", "")
    return caller_of(keys["AccessKeyId"], token, owner.offline.services, now)


def policies(owner, keys):
    """The policies of whoever has these keys."""
    return policies_of(caller(owner, keys), owner.offline.services)


def named(found):
    return {(policy.kind, policy.name) for policy in found}


def managed(owner, name, *statements):
    iam = owner.client("iam")
    made = iam.create_policy(PolicyName=name, PolicyDocument=document(*statements))
    return made["Policy"]["Arn"]


def test_the_learner_may_do_everything_before_iam_was_ever_asked(owner):
    found = policies_of(LEARNER, AwsServices())
    assert decide(found, Request("iam:DeleteUser")).allowed
    owner.client("iam").list_users()
    stored = policies_of(LEARNER, owner.offline.services)
    assert named(stored) == named(found) == {("identity", ADMINISTRATOR)}
    assert decide(stored, Request("iam:DeleteUser")).allowed


def test_a_user_has_the_policies_of_groups_too(owner):
    keys = new_user(owner, "ana", document(allow(LIST)))
    iam, arn = owner.client("iam"), managed(owner, "invoking", allow(CONVERSE))
    iam.attach_user_policy(UserName="ana", PolicyArn=arn)
    iam.create_group(GroupName="class")
    iam.put_group_policy(
        GroupName="class", PolicyName="g", PolicyDocument=document(allow("s3:*"))
    )
    iam.add_user_to_group(GroupName="class", UserName="ana")
    found = policies(owner, keys)
    assert named(found) == {("identity", name) for name in ("p0", arn, "g")}


def test_a_user_without_policies_has_none(owner):
    assert policies(owner, new_user(owner)) == ()


def test_of_a_managed_policy_the_default_version_counts(owner):
    keys, arn = new_user(owner), managed(owner, "changing", allow(LIST))
    iam = owner.client("iam")
    iam.attach_user_policy(UserName="ana", PolicyArn=arn)
    newer = {"PolicyArn": arn, "PolicyDocument": document(allow(CONVERSE))}
    iam.create_policy_version(**newer)
    assert decide(policies(owner, keys), Request(LIST)).allowed
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    assert not decide(policies(owner, keys), Request(LIST)).allowed
    assert decide(policies(owner, keys), Request(CONVERSE)).allowed


def test_aws_s_own_policies_can_be_attached(owner):
    keys = new_user(owner)
    arn = "arn:aws:iam::aws:policy/AmazonBedrockReadOnly"
    owner.client("iam").attach_user_policy(UserName="ana", PolicyArn=arn)
    found = policies(owner, keys)
    assert named(found) == {("identity", arn)}
    assert decide(found, Request(LIST)).allowed
    assert not decide(found, Request("bedrock:CreateGuardrail")).allowed


def test_a_role_has_a_boundary_and_its_session_a_policy(owner):
    limit = managed(owner, "limit", allow("bedrock:*"))
    arn = new_role(owner, PermissionsBoundary=limit)
    owner.client("iam").put_role_policy(
        RoleName="reader", PolicyName="r", PolicyDocument=document(allow("*"))
    )
    keys = assume(owner, arn, Policy=document(allow(LIST)))["Credentials"]
    found = policies(owner, keys)
    kinds = {("identity", "r"), ("boundary", limit), ("session", "")}
    assert named(found) == kinds
    assert decide(found, Request(LIST)).allowed
    assert decide(found, Request(CONVERSE)).kind == "session"


def test_users_and_roles_have_tags(owner):
    team = [{"Key": "team", "Value": "blue"}]
    keys = new_user(owner)
    owner.client("iam").tag_user(UserName="ana", Tags=team)
    role = assume(owner, new_role(owner, Tags=team))["Credentials"]
    for one in (keys, role):
        assert tags_of(caller(owner, one), owner.offline.services) == {"team": "blue"}
    assert tags_of(LEARNER, owner.offline.services) == {}
    assert tags_of(LEARNER, AwsServices()) == {}


def test_a_policy_that_does_not_exist_cannot_be_attached(owner):
    new_user(owner)
    arn = "arn:aws:iam::aws:policy/NoSuchPolicy"
    with pytest.raises(ClientError, match="NoSuchEntity"):
        owner.client("iam").attach_user_policy(UserName="ana", PolicyArn=arn)
