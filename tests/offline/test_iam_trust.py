"""Who may assume a role: trust policies, with and without the caller's own."""

import pytest

from bedrock_helpers.offline.iam import Request
from bedrock_helpers.offline.iam_patterns import Context
from bedrock_helpers.offline.iam_policy import read_policy
from bedrock_helpers.offline.iam_trust import may_assume
from tests.offline.iam_cases import (
    ACCOUNT,
    ANA,
    READER,
    READER_SESSION,
    allow,
    boundary,
    deny,
    identity,
    session,
)

ROLE = f"arn:aws:iam::{ACCOUNT}:role/invoker"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
STRANGER = "arn:aws:iam::444455556666:user/ben"
SERVICE = "bedrock.amazonaws.com"
ASSUME = identity(allow("sts:AssumeRole", ROLE))
FORBIDDEN = identity(deny("sts:*"))


def trust(principal, effect="Allow", action="sts:AssumeRole", when=None):
    statement = {"Effect": effect, "Principal": principal, "Action": action}
    return {**statement, "Condition": when} if when else statement


def of(statements, caller=ANA, policies=(), context=()):
    document = {"Version": "2012-10-17", "Statement": statements}
    request = Request("sts:AssumeRole", ROLE, Context(context), caller)
    own = [read_policy(given, kind) for kind, given in policies]
    return may_assume(read_policy(document, "trust"), request, own)


MAY = [
    ("the user is named", trust({"AWS": ANA}), ANA, []),
    ("one of several named", trust({"AWS": [STRANGER, ANA]}), ANA, []),
    ("its account is, and its policies allow it", trust({"AWS": ROOT}), ANA, [ASSUME]),
    ("… by its number", trust({"AWS": ACCOUNT}), ANA, [ASSUME]),
    ("everybody", trust("*"), ANA, []),
    ("everybody, written longer", trust({"AWS": "*"}), ANA, []),
    ("the role of a session", trust({"AWS": READER}), READER_SESSION, []),
    (
        "the role of a session, with a path",
        trust({"AWS": READER.replace("role/", "role/team/")}),
        READER_SESSION,
        [],
    ),
    ("a session by its own name", trust({"AWS": READER_SESSION}), READER_SESSION, []),
    (
        "a session by its own name is not limited",
        trust({"AWS": READER_SESSION}),
        READER_SESSION,
        [session(allow("s3:*")), boundary(allow("s3:*"))],
    ),
    (
        "a user named is not limited by a boundary",
        trust({"AWS": ANA}),
        ANA,
        [boundary(allow("s3:*"))],
    ),
    ("another account, both sides", trust({"AWS": STRANGER}), STRANGER, [ASSUME]),
    ("a service", trust({"Service": [SERVICE, "ec2.amazonaws.com"]}), SERVICE, []),
    ("sts:* is AssumeRole too", trust({"AWS": ANA}, action="sts:*"), ANA, []),
]
MAY_NOT = [
    ("another user is named", trust({"AWS": STRANGER}), ANA, [ASSUME], "trust"),
    ("its account, without a policy", trust({"AWS": ROOT}), ANA, [], "identity"),
    ("everybody is no service", trust("*"), SERVICE, [], "trust"),
    ("another service", trust({"Service": "s3.amazonaws.com"}), SERVICE, [], "trust"),
    ("a service is no user", trust({"Service": SERVICE}), ANA, [ASSUME], "trust"),
    ("another account, one side", trust({"AWS": STRANGER}), STRANGER, [], "identity"),
    ("everybody, from another account", trust("*"), STRANGER, [], "identity"),
    ("another role's session", trust({"AWS": ROLE}), READER_SESSION, [], "trust"),
    (
        "a role named is limited by a session policy",
        trust({"AWS": READER}),
        READER_SESSION,
        [session(allow("s3:*"))],
        "session",
    ),
    (
        "… and by a boundary",
        trust({"AWS": READER}),
        READER_SESSION,
        [boundary(allow("s3:*"))],
        "boundary",
    ),
    ("another action", trust({"AWS": ANA}, action="sts:TagSession"), ANA, [], "trust"),
    ("somebody from outside", trust({"Federated": "x.com"}), ANA, [ASSUME], "trust"),
]


@pytest.mark.parametrize(
    ("statement", "caller", "policies"), [c[1:] for c in MAY], ids=[c[0] for c in MAY]
)
def test_who_may(statement, caller, policies):
    assert of(statement, caller, policies).allowed


@pytest.mark.parametrize(
    ("statement", "caller", "policies", "kind"),
    [c[1:] for c in MAY_NOT],
    ids=[c[0] for c in MAY_NOT],
)
def test_who_may_not(statement, caller, policies, kind):
    decision = of(statement, caller, policies)
    assert (decision.outcome, decision.kind) == ("implicit deny", kind)


@pytest.mark.parametrize("who", [{"AWS": ANA}, {"AWS": ROOT}, "*"])
def test_a_deny_in_the_trust_policy_wins(who):
    decision = of([trust({"AWS": ANA}), trust(who, "Deny")], policies=[ASSUME])
    assert (decision.outcome, decision.kind) == ("explicit deny", "trust")


def test_a_deny_of_the_callers_own_wins():
    decision = of(trust({"AWS": ANA}), policies=[ASSUME, FORBIDDEN])
    assert (decision.outcome, decision.kind) == ("explicit deny", "identity")


def test_conditions_of_trust_hold():
    when = {"StringEquals": {"sts:ExternalId": "42"}}
    statement = trust({"AWS": ANA}, when=when)
    assert of(statement, context={"sts:ExternalId": "42"}).allowed
    assert not of(statement, context={"sts:ExternalId": "43"}).allowed
    assert not of(statement).allowed


def test_bedrock_may_be_trusted_for_one_account_only():
    """The confused deputy: AWS advises aws:SourceAccount in a service's trust."""
    when = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    statement = trust({"Service": SERVICE}, when=when)
    assert of(statement, SERVICE, context={"aws:SourceAccount": ACCOUNT}).allowed
    other = {"aws:SourceAccount": "444455556666"}
    assert not of(statement, SERVICE, context=other).allowed
