"""Policy documents: what is read, and what is refused in IAM's words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.data_files import load_json
from bedrock_helpers.offline.errors import Refusal
from bedrock_helpers.offline.iam_policy import KINDS, read_policy

TEXTS = load_json("iam_errors.json")["errors"]
ALLOW = {"Effect": "Allow", "Action": "bedrock:ListGuardrails", "Resource": "*"}
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "bedrock.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"
NO_REGION = "arn:aws:bedrock"


def document(*statements, **more):
    """A document whose statements lack what is given as None."""
    kept = [{k: v for k, v in s.items() if v is not None} for s in statements]
    return {"Version": "2012-10-17", "Statement": kept, **more}


def without(name, **more):
    return document({**ALLOW, name: None, **more})


def changed(**more):
    return document({**ALLOW, **more})


def when(condition):
    return changed(Condition=condition)


MALFORMED = [
    ("no JSON", "{", "identity", "syntax"),
    ("JSON, but no object", "[]", "identity", "syntax"),
    ("the same element twice", '{"Version":"2012-10-17","Version":""}', "", "syntax"),
    ("another element", document(ALLOW, Comment="x"), "identity", "syntax"),
    ("a version there is not", document(ALLOW, Version="2026-11-24"), "", "syntax"),
    ("no version", {"Statement": ALLOW}, "identity", "version"),
    ("the old version", document(ALLOW, Version="2008-10-17"), "boundary", "version"),
    ("no Statement", {"Version": "2012-10-17"}, "identity", "syntax"),
    ("no statement in it", document(), "identity", "syntax"),
    ("a statement that is a text", {"Statement": ["x"]}, "identity", "syntax"),
    ("no Effect", without("Effect"), "identity", "syntax"),
    ("an Effect in lower case", changed(Effect="allow"), "identity", "syntax"),
    ("another part", changed(Resources="*"), "identity", "syntax"),
    ("no action", without("Action"), "identity", "no_actions"),
    ("an empty list of actions", changed(Action=[]), "identity", "no_actions"),
    ("Action and NotAction", changed(NotAction="s3:*"), "identity", "syntax"),
    ("an action that is no text", changed(Action=1), "identity", "syntax"),
    ("no service", changed(Action="InvokeModel"), "identity", "action_vendor"),
    ("two colons", changed(Action="bedrock:a:b"), "identity", "action_colons"),
    ("a service of stars", changed(Action="bed*:a"), "identity", "vendor"),
    ("no resource", without("Resource"), "identity", "no_resources"),
    ("an empty list of resources", changed(Resource=[]), "session", "no_resources"),
    ("Resource and NotResource", changed(NotResource="*"), "identity", "syntax"),
    ("a model id as resource", changed(Resource="x.y-v1:0"), "identity", "resource"),
    ("any service", changed(Resource="arn:aws:*:*:*:*"), "", "resource_vendor"),
    ("an ARN cut short", changed(Resource="arn:aws"), "identity", "resource_vendor"),
    ("a short ARN in a session", changed(Resource=NO_REGION), "session", "syntax"),
    ("a principal", changed(Principal="*"), "identity", "principal"),
    ("a principal, negated", changed(NotPrincipal="*"), "boundary", "principal"),
    ("a Sid with a space", changed(Sid="my models"), "identity", "sid"),
    ("a Sid that is no text", changed(Sid=1), "identity", "syntax"),
    ("a Sid twice", document({**ALLOW, "Sid": "a"}, {**ALLOW, "Sid": "a"}), "", "sids"),
    ("no such operator", when({"StringAlike": {"a:b": "c"}}), "identity", "syntax"),
    ("Null, if it exists", when({"NullIfExists": {"a:b": "true"}}), "", "syntax"),
    ("an operator without keys", when({"Bool": "true"}), "identity", "syntax"),
    ("a condition that is a list", when([]), "identity", "syntax"),
    ("a value that is an object", when({"Bool": {"a:b": {}}}), "identity", "syntax"),
    ("trust in nobody", document({**TRUST, "Principal": None}), "trust", "nobody"),
    ("trust in a list", document({**TRUST, "Principal": []}), "trust", "nobody"),
    ("trust in a text", document({**TRUST, "Principal": "ana"}), "trust", "syntax"),
    ("no such kind", document({**TRUST, "Principal": {"Me": "x"}}), "trust", "syntax"),
    ("a resource of trust", document({**TRUST, "Resource": "*"}), "trust", "trust"),
    (
        "part of a name as a wildcard",
        document({**TRUST, "Principal": {"AWS": "arn:aws:iam::1:user/*"}}),
        "trust",
        "name",
    ),
    ("an endpoint for nobody", document(ALLOW), "endpoint", "nobody"),
]
FULL = {
    "sids": "same_sids",
    "nobody": "no_principal",
    "trust": "trust_resource",
    "name": "principal_name",
}


@pytest.mark.parametrize(
    ("given", "kind", "problem"),
    [case[1:] for case in MALFORMED],
    ids=[case[0] for case in MALFORMED],
)
def test_a_malformed_policy_is_refused_in_iams_words(given, kind, problem):
    with pytest.raises(Refusal) as caught:
        read_policy(given, kind or "identity")
    record = TEXTS["malformed_" + FULL.get(problem, problem)]
    assert caught.value.code == "MalformedPolicyDocument"
    assert caught.value.status == 400
    opening = record["text"].split("{")[0]
    assert caught.value.text.startswith(opening)
    assert ("{" in record["text"]) == (caught.value.text != record["text"])


def test_every_wording_of_a_malformed_policy_is_provoked():
    told = {"malformed_" + FULL.get(case[3], case[3]) for case in MALFORMED}
    assert told == {key for key in TEXTS if key.startswith("malformed_")}


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (document(ALLOW), "identity"),
        ({"Version": "2012-10-17", "Statement": ALLOW}, "identity"),
        (json.dumps(document(ALLOW)), "boundary"),
        (document(ALLOW, Id="mine"), "session"),
        (changed(Action="*", Resource=[MODEL, "arn:*:bedrock:*::x"]), "identity"),
        (when({"StringEquals": {"a:b": ["c", True, 1, 0.5]}}), "identity"),
        (document(TRUST), "trust"),
        ({"Statement": {**ALLOW, "Principal": "*"}}, "endpoint"),
        (document({**ALLOW, "Principal": "*", "Sid": "any text"}), "endpoint"),
    ],
)
def test_what_the_grammar_allows_is_read(given, kind):
    assert read_policy(given, kind).kind == kind


def test_a_statement_without_sid_is_known_by_its_place():
    read = read_policy(document({**ALLOW, "Sid": "First"}, ALLOW))
    assert [one.sid for one in read.statements] == ["First", "statement 2"]


def test_only_the_newer_version_has_variables():
    old = {"Version": "2008-10-17", "Statement": ALLOW}
    assert not read_policy(old, "session").variables
    assert not read_policy({"Statement": ALLOW}, "session").variables
    assert read_policy(document(ALLOW), "session").variables


def test_another_kind_is_refused():
    with pytest.raises(ValueError, match="'resource': a policy is one of identity,"):
        read_policy(document(ALLOW), "resource")


def test_every_policy_that_aws_manages_is_read():
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    policies = json.loads(aws_managed_policies_data)
    assert len(policies) > 1000
    for name, policy in policies.items():
        assert read_policy(policy["Document"], "identity", name).statements, name


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*ALLOW, "Condition", "Principal", "Sid", "Bool", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(ANYTHING, st.sampled_from(KINDS))
def test_anything_else_is_refused_not_broken_by(value, kind):
    inside = document({**ALLOW, "Principal": value, "Condition": value})
    for one in (value, inside):
        try:
            read_policy(one if isinstance(one, dict) else json.dumps(one), kind)
        except Refusal as refused:
            assert refused.code == "MalformedPolicyDocument"
