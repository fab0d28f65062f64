"""Policies on their way into IAM and EC2: a malformed one is not kept."""

from urllib.parse import parse_qs

from bedrock_helpers.offline.errors import Refusal
from bedrock_helpers.offline.iam_policy import read_policy
from bedrock_helpers.offline.iam_refusals import iam_refusal

_IDENTITY = "PolicyDocument", "identity"
#: Which parameter of an action is a policy, and of which kind.
_POLICIES = {
    ("iam", "CreatePolicy"): _IDENTITY,
    ("iam", "CreatePolicyVersion"): _IDENTITY,
    ("iam", "PutUserPolicy"): _IDENTITY,
    ("iam", "PutGroupPolicy"): _IDENTITY,
    ("iam", "PutRolePolicy"): _IDENTITY,
    ("iam", "CreateRole"): ("AssumeRolePolicyDocument", "trust"),
    ("iam", "UpdateAssumeRolePolicy"): ("PolicyDocument", "trust"),
    ("ec2", "CreateVpcEndpoint"): ("PolicyDocument", "endpoint"),
    ("ec2", "ModifyVpcEndpoint"): ("PolicyDocument", "endpoint"),
}


def check_policies(call):
    """
    Refuse a request that would have a malformed policy kept.

    Parameters
    ----------
    call : bedrock_helpers.offline.service_call.ServiceCall

    Raises
    ------
    Refusal
        ``MalformedPolicyDocument`` (400) of IAM, ``InvalidPolicyDocument`` (400) of
        EC2.
    """
    parameter, kind = _POLICIES.get((call.service, call.action), ("", ""))
    if not parameter:
        return
    form = parse_qs((call.body or b"").decode("utf-8", "replace"))
    for document in form.get(parameter, ()):
        try:
            read_policy(document, kind)
        except Refusal:
            if call.service == "ec2":
                raise iam_refusal("endpoint_policy") from None
            raise
