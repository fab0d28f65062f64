"""The list says what is done in an account, one step after the other."""

import bedrock_helpers as bh
from bedrock_helpers.checks.account_checklist import account_checklist
from tests.checks import secured_account
from tests.checks.secured_account import STEPS


def done(session):
    return [item.done for item in account_checklist(session)]


def test_of_a_new_account_nothing_is_done_and_each_line_names_a_call():
    items = account_checklist(bh.connect("offline"))
    assert not any(item.done for item in items)
    assert all(item.how.endswith("is the call.") for item in items)
    assert str(items[0]) == "✗ the app's role allows no action by a wildcard"


def test_each_step_does_its_own_line_and_no_other():
    session = bh.connect("offline")
    for number, step in enumerate(STEPS, start=1):
        step(session)
        assert done(session) == [True] * number + [False] * (len(STEPS) - number)


def test_a_wildcard_action_undoes_the_role():
    session = bh.connect("offline")
    secured_account.do_role(session)
    session.client("iam").put_role_policy(
        RoleName="course-app",
        PolicyName="more",
        PolicyDocument=secured_account.document(
            Effect="Allow", Action="bedrock:*", Resource="*"
        ),
    )
    assert not done(session)[0]


def test_an_endpoint_that_lets_everything_through_or_is_gone_does_not_count():
    session = bh.connect("offline")
    secured_account.do_endpoint(session, action="*")
    assert not done(session)[5]
    narrow = secured_account.do_endpoint(session)
    assert done(session)[5]
    session.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[narrow])
    assert not done(session)[5]


def test_a_rule_that_is_switched_off_deletes_nothing():
    session = bh.connect("offline")
    secured_account.do_logging(session)
    secured_account.do_retention(session, status="Disabled")
    assert not done(session)[4]


def test_a_guardrail_without_a_version_is_a_draft():
    session = bh.connect("offline")
    session.client("bedrock").create_guardrail(
        name="course-guardrail",
        blockedInputMessaging="No.",
        blockedOutputsMessaging="No.",
        wordPolicyConfig={"wordsConfig": [{"text": "sparrow"}]},
    )
    assert not done(session)[6]


def test_looking_changes_nothing():
    session = bh.connect("offline")
    asked = []
    session.events.register(
        "before-parameter-build", lambda model, **_: asked.append(model.name)
    )
    account_checklist(session)
    assert asked and all(name.startswith(("Get", "List", "Describe")) for name in asked)
