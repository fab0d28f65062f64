"""Live: the first call of a model that AWS Marketplace sells changes the account."""

import pytest

import bedrock_helpers as bh


def call_haiku(session):
    model_id = bh.catalog.id_for(bh.catalog.CLAUDE_HAIKU_4_5)
    messages = [{"role": "user", "content": [{"text": "Hi"}]}]
    session.client("bedrock-runtime").converse(
        modelId=model_id, messages=messages, inferenceConfig={"maxTokens": 1}
    )


def conversed(aws):
    return [path for path in aws.paths if path.endswith("/converse")]


@pytest.mark.parametrize("status", ["NOT_AVAILABLE", "ERROR"])
def test_a_call_that_would_subscribe_the_account_is_not_sent(aws, status):
    aws.agreement = status
    with pytest.raises(bh.AccountChangeRefused, match="not known to be subscribed"):
        call_haiku(bh.connect("live"))
    assert conversed(aws) == []


@pytest.mark.parametrize("status", ["AVAILABLE", "PENDING"])
def test_a_subscribed_model_is_called_and_asked_about_once(aws, status):
    aws.agreement = status
    session = bh.connect("live")
    call_haiku(session)
    call_haiku(session)
    asked = [path for path in aws.paths if "availability" in path]
    assert (len(conversed(aws)), len(asked)) == (2, 1)


def test_a_subscription_that_was_allowed_is_made_without_asking(aws):
    aws.agreement = "NOT_AVAILABLE"
    call_haiku(bh.connect("live", allow={"CreateFoundationModelAgreement"}))
    assert len(conversed(aws)) == 1


def test_where_the_subscription_cannot_be_known_nothing_is_sent(aws):
    session = bh.connect("live")
    aws.fail_next(403, "AccessDeniedException")
    with pytest.raises(bh.AccountChangeRefused):
        call_haiku(session)
    assert conversed(aws) == []


def test_keys_that_may_not_ask_go_by_what_another_session_was_told(aws):
    call_haiku(bh.connect("live"))
    keys = {"AccessKeyId": "ASIAEXAMPLEEXAMPLE00", "SecretAccessKey": "secret"}
    role = bh.connect("live", credentials={**keys, "SessionToken": "token"})
    asked = len(aws.paths)
    call_haiku(role)
    assert [path for path in aws.paths[asked:] if "availability" in path] == []
    assert len(conversed(aws)) == 2
