"""Malformed policies are refused in each service's words, and not kept."""

import json

import pytest
from botocore.exceptions import ClientError

import bedrock_helpers as bh
from tests.offline.people import LEARNER_ARN, allow, document, new_role, trusting

GOOD = document(allow("bedrock:List*"))
NO_ACTION = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Resource": "*"}}
)
FOR_ANYBODY = document(allow("bedrock:*", Principal="*"))
#: What each call takes besides a policy; what the policy is called there.
IDENTITY = {
    "create_policy": {"PolicyName": "x"},
    "put_user_policy": {"UserName": "learner", "PolicyName": "x"},
    "put_group_policy": {"GroupName": "readers", "PolicyName": "x"},
    "put_role_policy": {"RoleName": "reader", "PolicyName": "x"},
}


@pytest.fixture(scope="module")
def iam():
    """IAM of an account with a group and a role."""
    session = bh.connect("offline")
    client = session.client("iam")
    client.create_group(GroupName="readers")
    new_role(session)
    return client


def refused(call, **parameters):
    """Code and message of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize("operation", IDENTITY)
def test_an_identity_policy_is_read_before_it_is_kept(iam, operation):
    call, names = getattr(iam, operation), IDENTITY[operation]
    assert refused(call, **names, PolicyDocument=NO_ACTION) == (
        "MalformedPolicyDocument",
        "Policy statement must contain actions.",
    )
    assert call(**names, PolicyDocument=GOOD)


def test_another_version_of_a_policy_is_read_too(iam):
    arn = iam.create_policy(PolicyName="versions", PolicyDocument=GOOD)["Policy"]["Arn"]
    code, message = refused(
        iam.create_policy_version, PolicyArn=arn, PolicyDocument=FOR_ANYBODY
    )
    assert code == "MalformedPolicyDocument"
    assert message == "Policy document should not specify a principal."


def test_a_trust_policy_is_read_before_it_is_kept(iam):
    bad = {"AssumeRolePolicyDocument": document(allow("sts:AssumeRole"))}
    assert refused(iam.create_role, RoleName="other", **bad) == (
        "MalformedPolicyDocument",
        "Has prohibited field Resource",
    )
    assert "other" not in [role["RoleName"] for role in iam.list_roles()["Roles"]]
    update = iam.update_assume_role_policy
    for policy in (GOOD, NO_ACTION):
        code, _ = refused(update, RoleName="reader", PolicyDocument=policy)
        assert code == "MalformedPolicyDocument"
    assert update(RoleName="reader", PolicyDocument=trusting(LEARNER_ARN))


def test_an_endpoints_policy_is_read_before_it_is_kept():
    ec2 = bh.connect("offline").client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    name = "com.amazonaws.us-east-1.bedrock-runtime"
    asked = {"VpcId": vpc, "ServiceName": name, "VpcEndpointType": "Interface"}
    assert refused(ec2.create_vpc_endpoint, **asked, PolicyDocument=GOOD) == (
        "InvalidPolicyDocument",
        "The Policy Document is not valid.",
    )
    made = ec2.create_vpc_endpoint(**asked, PolicyDocument=FOR_ANYBODY)["VpcEndpoint"]
    where = {"VpcEndpointId": made["VpcEndpointId"]}
    assert refused(ec2.modify_vpc_endpoint, **where, PolicyDocument="{")
    assert ec2.modify_vpc_endpoint(**where, PolicyDocument=FOR_ANYBODY)["Return"]
