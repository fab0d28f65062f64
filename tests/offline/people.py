"""Users, roles and their keys in an offline account, made with plain boto3."""

import json

import bedrock_helpers as bh
from bedrock_helpers.offline.account import ACCOUNT_ID

LEARNER_ARN = f"arn:aws:iam::{ACCOUNT_ID}:user/learner"


def document(*statements):
    """A policy document as JSON."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more):
    """A statement of an identity policy."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trusting(principal=LEARNER_ARN, **more):
    """A trust policy."""
    named = {"Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    return document({"Effect": "Allow", **named, **more})


def new_user(session, name="ana", *policies):
    """A user with embedded policies; the user's first access key."""
    iam = session.client("iam")
    iam.create_user(UserName=name)
    for number, policy in enumerate(policies):
        iam.put_user_policy(
            UserName=name, PolicyName=f"p{number}", PolicyDocument=policy
        )
    return iam.create_access_key(UserName=name)["AccessKey"]


def new_role(session, trust=None, name="reader", **more):
    """The ARN of a new role."""
    role = session.client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=trust or trusting(), **more
    )
    return role["Role"]["Arn"]


def assume(session, arn, **more):
    """The reply to AssumeRole."""
    sts = session.client("sts")
    return sts.assume_role(RoleArn=arn, RoleSessionName="lesson", **more)


def as_user(keys):
    """A session of whoever these keys belong to."""
    return bh.connect("offline", credentials=keys)


def arn_of(session):
    """Who calls in a session."""
    return session.client("sts").get_caller_identity()["Arn"]
