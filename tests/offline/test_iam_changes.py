"""Changes to IAM that are refused, so that no call is judged by half of the rules."""

import pytest
from botocore.exceptions import ClientError

import bedrock_helpers as bh
from bedrock_helpers.catalog import NOVA_MICRO
from tests.offline.people import (
    LEARNER_ARN,
    allow,
    arn_of,
    as_user,
    assume,
    document,
    new_role,
    new_user,
    trusting,
)

NOWHERE = "arn:aws:iam::111122223333:policy/nope"


@pytest.fixture
def owner():
    return bh.connect("offline")


@pytest.fixture
def iam(owner):
    return owner.client("iam")


def limit(iam, name="limit"):
    """A policy that may serve as a boundary."""
    made = iam.create_policy(PolicyName=name, PolicyDocument=document(allow("s3:*")))
    return made["Policy"]["Arn"]


def refused(function, **parameters):
    """Code, status and text of a refusal."""
    with pytest.raises(ClientError) as caught:
        function(**parameters)
    reply = caught.value.response
    status = reply["ResponseMetadata"]["HTTPStatusCode"]
    return reply["Error"]["Code"], status, reply["Error"]["Message"]


def test_a_user_is_not_made_with_a_boundary_nobody_would_look_at(iam):
    asked = {"UserName": "ana", "PermissionsBoundary": limit(iam)}
    code, status, text = refused(iam.create_user, **asked)
    assert (code, status) == ("NotAvailableOffline", 501)
    assert "limit a user by a permissions boundary" in text and "create_role" in text
    users = iam.list_users()["Users"]
    assert [user["UserName"] for user in users] == ["learner"]


def test_a_user_is_not_given_a_boundary_later_either(owner, iam):
    new_user(owner)
    asked = {"UserName": "ana", "PermissionsBoundary": limit(iam)}
    code, status, _ = refused(iam.put_user_permissions_boundary, **asked)
    assert (code, status) == ("NotAvailableOffline", 501)


def test_a_role_is_not_made_with_a_boundary_that_does_not_exist(owner, iam):
    asked = {"RoleName": "reader", "AssumeRolePolicyDocument": trusting()}
    found = refused(iam.create_role, **asked, PermissionsBoundary=NOWHERE)
    text = f"Scope ARN: {NOWHERE} does not exist or is not attachable."
    assert found == ("NoSuchEntity", 404, text)
    assert iam.list_roles()["Roles"] == []
    new_role(owner)
    put = iam.put_role_permissions_boundary
    again = refused(put, RoleName="reader", PermissionsBoundary=NOWHERE)
    assert again == ("NoSuchEntity", 404, text)
    put(RoleName="reader", PermissionsBoundary=limit(iam))


def test_a_boundary_whose_policy_was_deleted_allows_nothing(owner, iam):
    arn = limit(iam)
    role = new_role(owner, PermissionsBoundary=arn)
    iam.put_role_policy(
        RoleName="reader", PolicyName="all", PolicyDocument=document(allow("*"))
    )
    iam.delete_policy(PolicyArn=arn)
    session = as_user(assume(owner, role)["Credentials"])
    code, status, text = refused(session.client("bedrock").list_guardrails)
    assert (code, status) == ("AccessDeniedException", 403)
    assert "because no permissions boundary allows" in text


@pytest.mark.parametrize("change", [{"NewUserName": "lea"}, {"NewPath": "/class/"}])
def test_the_learner_is_not_renamed(owner, iam, change):
    code, status, text = refused(iam.update_user, UserName="learner", **change)
    assert (code, status) == ("NotAvailableOffline", 501)
    assert "do UpdateUser to learner, who calls in this session" in text
    assert arn_of(owner) == LEARNER_ARN
    assert owner.client("bedrock").get_foundation_model(modelIdentifier=NOVA_MICRO)


def test_the_learner_is_not_deleted(owner, iam):
    iam.detach_user_policy(
        UserName="learner", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    (key,) = iam.list_access_keys(UserName="learner")["AccessKeyMetadata"]
    iam.delete_access_key(UserName="learner", AccessKeyId=key["AccessKeyId"])
    code, status, text = refused(iam.delete_user, UserName="learner")
    assert (code, status) == ("NotAvailableOffline", 501)
    assert "create_user" in text
    _, status, text = refused(owner.client("bedrock").list_guardrails)
    assert status == 403 and "no identity-based policy" in text


def test_other_users_are_renamed_and_deleted(owner, iam):
    theirs = as_user(new_user(owner, "ana", document(allow("bedrock:*"))))
    iam.update_user(UserName="ana", NewUserName="ben")
    assert arn_of(theirs).endswith(":user/ben")
    assert theirs.client("bedrock").list_guardrails()
    iam.create_user(UserName="eva")
    iam.delete_user(UserName="eva")
    users = iam.list_users()["Users"]
    assert {user["UserName"] for user in users} == {"learner", "ben"}
