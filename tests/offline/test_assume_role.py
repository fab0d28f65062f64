"""AssumeRole: for callers a role trusts, for as long as it lets them."""

import datetime

import pytest
from botocore.exceptions import ClientError

import bedrock_helpers as bh
from bedrock_helpers.offline.account import ACCOUNT_ID
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

ROOT = f"arn:aws:iam::{ACCOUNT_ID}:root"


@pytest.fixture
def owner():
    return bh.connect("offline")


def refused(session, arn, **more):
    """The error of an AssumeRole: code, status and text."""
    with pytest.raises(ClientError) as caught:
        assume(session, arn, **more)
    reply = caught.value.response
    status = reply["ResponseMetadata"]["HTTPStatusCode"]
    return reply["Error"]["Code"], status, reply["Error"]["Message"]


def not_authorized(caller, arn):
    text = f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: "
    return "AccessDenied", 403, text + arn


def test_a_trusted_caller_gets_keys_for_an_hour(owner):
    before = datetime.datetime.now(datetime.UTC)
    keys = assume(owner, new_role(owner))["Credentials"]
    assert keys["AccessKeyId"].startswith("ASIA")
    seconds = (keys["Expiration"] - before).total_seconds()
    assert 3590 < seconds < 3700


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{ACCOUNT_ID}:role/ghost",
        "arn:aws:iam::444455556666:role/reader",
        "arn:aws:iam::444455556666:user/reader",
    ],
)
def test_a_role_that_is_not_here_is_refused_like_one_that_trusts_others(owner, arn):
    new_role(owner)
    assert refused(owner, arn) == not_authorized(LEARNER_ARN, arn)


def test_a_role_that_trusts_somebody_else_is_refused(owner):
    arn = new_role(owner, trusting(f"arn:aws:iam::{ACCOUNT_ID}:user/ana"))
    assert refused(owner, arn) == not_authorized(LEARNER_ARN, arn)


def test_a_role_that_trusts_the_account_needs_a_policy_of_the_caller_too(owner):
    arn = new_role(owner, trusting(ROOT))
    without = as_user(new_user(owner, "ana"))
    assert refused(without, arn) == not_authorized(arn_of(without), arn)
    may = as_user(new_user(owner, "ben", document(allow("sts:AssumeRole", arn))))
    assert assume(may, arn)["Credentials"]


def test_an_external_id_is_compared(owner):
    asked = {"Condition": {"StringEquals": {"sts:ExternalId": "42"}}}
    arn = new_role(owner, trusting(**asked))
    assert refused(owner, arn)[0] == "AccessDenied"
    assert refused(owner, arn, ExternalId="43")[0] == "AccessDenied"
    assert assume(owner, arn, ExternalId="42")["Credentials"]


def test_a_role_may_assume_the_next_one(owner):
    first = new_role(owner)
    second = new_role(owner, trusting(ROOT), "writer")
    role = as_user(assume(owner, first)["Credentials"])
    assert refused(role, second) == not_authorized(arn_of(role), second)
    owner.client("iam").put_role_policy(
        RoleName="reader",
        PolicyName="p",
        PolicyDocument=document(allow("sts:AssumeRole", second)),
    )
    keys = assume(role, second)["Credentials"]
    assert arn_of(as_user(keys)).endswith(":assumed-role/writer/lesson")


def test_a_chained_role_has_an_hour_at_most(owner):
    session = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/reader/lesson"
    first = new_role(owner)
    second = new_role(owner, trusting(session), "writer", MaxSessionDuration=7200)
    role = as_user(assume(owner, first)["Credentials"])
    code, status, text = refused(role, second, DurationSeconds=3601)
    assert (code, status) == ("ValidationError", 400)
    assert "exceeds the 1 hour session limit" in text
    assert assume(role, second, DurationSeconds=3600)["Credentials"]


def test_no_session_is_longer_than_the_role_allows(owner):
    arn = new_role(owner)
    code, status, text = refused(owner, arn, DurationSeconds=3601)
    assert (code, status) == ("ValidationError", 400)
    assert "exceeds the MaxSessionDuration set for this role" in text
    longer = new_role(owner, name="longer", MaxSessionDuration=7200)
    keys = assume(owner, longer, DurationSeconds=7200)["Credentials"]
    owner.offline.pass_time(minutes=119)
    assert ":assumed-role/" in arn_of(as_user(keys))


def test_twelve_hours_is_the_most_there_is(owner):
    code, status, text = refused(owner, new_role(owner), DurationSeconds=43201)
    assert (code, status) == ("ValidationError", 400)
    assert "less than or equal to 43200" in text


def test_a_session_policy_with_an_error_is_refused(owner):
    code, status, _ = refused(owner, new_role(owner), Policy='{"Statement": 1}')
    assert (code, status) == ("MalformedPolicyDocument", 400)


def test_what_is_not_played_is_named(owner):
    tags = [{"Key": "team", "Value": "a"}]
    code, status, text = refused(owner, new_role(owner), Tags=tags)
    assert (code, status) == ("NotAvailableOffline", 501)
    assert "Tags.member.1.Key in AssumeRole" in text


def test_older_keys_of_a_role_can_be_taken_back_while_newer_ones_work(owner):
    """The policy that IAM's console calls AWSRevokeOlderSessions."""
    arn, iam = new_role(owner), owner.client("iam")
    may = document(allow("bedrock:ListGuardrails"))
    iam.put_role_policy(RoleName="reader", PolicyName="p", PolicyDocument=may)
    older = as_user(assume(owner, arn)["Credentials"]).client("bedrock")
    assert older.list_guardrails()["guardrails"] == []
    owner.offline.pass_time(minutes=1)
    newer = as_user(assume(owner, arn)["Credentials"]).client("bedrock")
    between = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=30)
    older_than = {"DateLessThan": {"aws:TokenIssueTime": between.isoformat()}}
    revoked = {**allow("*"), "Effect": "Deny", "Condition": older_than}
    iam.put_role_policy(
        RoleName="reader",
        PolicyName="AWSRevokeOlderSessions",
        PolicyDocument=document(revoked),
    )
    with pytest.raises(ClientError) as caught:
        older.list_guardrails()
    words = caught.value.response["Error"]["Message"]
    assert words.endswith("with an explicit deny in an identity-based policy")
    assert newer.list_guardrails()["guardrails"] == []
