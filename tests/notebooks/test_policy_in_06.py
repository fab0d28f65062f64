"""The policy that notebook 06 generates is just enough: nothing less will do."""

import copy
import json

import pytest
from botocore.exceptions import ClientError

import bedrock_helpers as bh
from bedrock_helpers import policies
from tests.notebooks.prose import FOLDER

NAME = "06_security.ipynb"
ASKS = "policy = policies.least_privilege(session)"


def cell_with(words):
    cells = json.loads((FOLDER / NAME).read_text(encoding="utf-8"))["cells"]
    (found,) = [c for c in cells if words in "".join(c["source"])]
    return found


@pytest.fixture(scope="module")
def lesson():
    """The session, the application's run and the policy, as the notebook has them."""
    names = {"bh": bh, "policies": policies, "json": json, "print": lambda *_: None}
    names["session"] = bh.connect("offline")
    names["bedrock"] = names["session"].client("bedrock-runtime")
    exec("".join(cell_with(ASKS)["source"]), names)
    return names


@pytest.fixture(scope="module")
def run_with(lesson):
    """Run the application as a role that has one policy."""
    session = lesson["session"]
    iam, sts = session.client("iam"), session.client("sts")
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName="tried",
        AssumeRolePolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [trust]}
        ),
    )["Role"]["Arn"]

    def run(policy):
        iam.put_role_policy(
            RoleName="tried", PolicyName="one", PolicyDocument=json.dumps(policy)
        )
        keys = sts.assume_role(RoleArn=role, RoleSessionName="try")["Credentials"]
        return lesson["run"](bh.connect(credentials=keys).client("bedrock-runtime"))

    return run


def without(policy, number, resource=None):
    """The policy less one statement, or less one resource of it."""
    less = copy.deepcopy(policy)
    if resource is None:
        del less["Statement"][number]
    else:
        del less["Statement"][number]["Resource"][resource]
    return less


def test_nothing_has_to_be_added(lesson, run_with):
    assert run_with(lesson["policy"])


def test_no_statement_can_be_left_out(lesson, run_with):
    for number in range(len(lesson["policy"]["Statement"])):
        with pytest.raises(ClientError) as caught:
            run_with(without(lesson["policy"], number))
        assert caught.value.response["Error"]["Code"] == "AccessDeniedException"


def test_no_resource_can_be_left_out(lesson, run_with):
    for number, statement in enumerate(lesson["policy"]["Statement"]):
        several = len(statement["Resource"]) > 1
        for resource in range(len(statement["Resource"]) if several else 0):
            with pytest.raises(ClientError, match="AccessDenied"):
                run_with(without(lesson["policy"], number, resource))


def test_it_has_no_wildcard_and_what_is_stored_is_what_is_made(lesson):
    made = json.dumps(lesson["policy"]["Statement"], indent=1)
    assert "*" not in made
    stored = "".join(cell_with(ASKS)["outputs"][0]["text"])
    assert made in stored
