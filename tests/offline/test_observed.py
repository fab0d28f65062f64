"""session.offline.calls: one record for every call that has an operation."""

import datetime

import pytest

from bedrock_helpers.offline.call_record import CallRecord
from bedrock_helpers.offline.exchange import Exchange
from bedrock_helpers.offline.observed import MOST_RECORDS, Observed
from tests.offline.desk import HAIKU, MICRO, open_desk, tokens, user
from tests.offline.observing import total, trail
from tests.offline.people import as_user, new_user
from tests.offline.programs import result, run

ASK = {"messages": [user("Name a colour.")], "inferenceConfig": tokens(3)}
NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
NEVER_ASKS = """
    import json, sys
    import bedrock_helpers as bh
    from bedrock_helpers.catalog import NOVA_MICRO

    session = bh.connect("offline")
    text = {"text": "Hi"}
    session.client("bedrock-runtime").converse(
        modelId=NOVA_MICRO, messages=[{"role": "user", "content": [text]}],
        inferenceConfig={"maxTokens": 1},
    )
    events = session.client("cloudtrail").lookup_events()["Events"]
    print(json.dumps([len(events), len(session.offline.calls), "moto" in sys.modules]))
"""


@pytest.fixture
def desk():
    return open_desk()


def test_calls_are_in_the_order_they_were_made(desk):
    desk.call("ListFoundationModels")
    desk.converse(inferenceConfig=tokens(2))
    desk.call("GetFoundationModel", modelIdentifier=MICRO)
    made = [(one.service, one.operation) for one in desk.session.offline.calls]
    assert made == [
        ("bedrock", "ListFoundationModels"),
        ("bedrock-runtime", "Converse"),
        ("bedrock", "GetFoundationModel"),
    ]


def test_a_record_says_who_called_what_where_and_when(desk):
    before = datetime.datetime.now(datetime.UTC)
    reply = desk.call("Converse", modelId=HAIKU, **ASK)
    after = datetime.datetime.now(datetime.UTC)
    (record,) = desk.session.offline.calls
    assert (record.operation, record.region_name) == ("Converse", "us-east-1")
    assert record.model_id == HAIKU
    assert record.caller.arn == "arn:aws:iam::111122223333:user/learner"
    assert before <= record.time <= after
    assert record.request_id == reply["ResponseMetadata"]["RequestId"]
    assert (record.status, record.error_code) == (200, None)
    assert record.source_ip == "127.0.0.1"
    assert record.user_agent.startswith("Boto3/")
    assert record.host == "bedrock-runtime.us-east-1.amazonaws.com"


def test_a_record_holds_no_prompt_and_no_answer(desk):
    reply = desk.call("Converse", modelId=MICRO, **ASK)
    told = repr(desk.session.offline.calls)
    assert "colour" not in told
    assert reply["output"]["message"]["content"][0]["text"] not in told


def test_a_refused_call_is_recorded_with_its_code(desk):
    desk.refused("Converse", modelId="no.model", **ASK)
    desk.refused("GetGuardrail", guardrailIdentifier="abcdefghijkl")
    first, second = desk.session.offline.calls
    assert (first.status, first.error_code) == (400, "ValidationException")
    assert first.error_text == "The provided model identifier is invalid."
    assert second.error_code == "ResourceNotFoundException"


def test_what_boto3_does_not_send_is_not_recorded(desk):
    with pytest.raises(Exception, match="Missing required parameter"):
        desk.call("Converse", messages=[])
    assert desk.session.offline.calls == []


def test_every_attempt_of_boto3_is_a_call(desk):
    desk.session.offline.fail_next("ThrottlingException")
    runtime = desk.session.client("bedrock-runtime")  # tries again by itself
    runtime.converse(modelId=MICRO, **ASK)
    codes = [one.error_code for one in desk.session.offline.calls]
    assert codes == ["ThrottlingException", None]
    assert total(desk.session, "InvocationThrottles") == 1
    assert total(desk.session, "Invocations") == 1


def test_what_the_offline_bedrock_cannot_play_leaves_nothing(desk):
    desk.refused("ListPromptRouters")
    refused = desk.refused(
        "Converse", modelId="us.amazon.nova-lite-v1:0", **asking_about_a_video()
    )
    assert refused.response["Error"]["Code"] == "NotAvailableOffline"
    assert desk.session.offline.calls == []


def asking_about_a_video():
    video = {"video": {"format": "mp4", "source": {"bytes": b"x"}}}
    return {"messages": [user("Look", video)]}


def test_an_unsigned_request_leaves_nothing(desk):
    url = f"https://bedrock-runtime.us-east-1.amazonaws.com/model/{MICRO}/converse"
    reply = desk.session.offline.answer("POST", url, {}, b"{}")
    assert reply.status >= 400
    assert desk.session.offline.calls == []


def test_every_region_has_calls_of_its_own(desk):
    west = desk.session.client("bedrock-runtime", region_name="us-west-2")
    west.converse(modelId=HAIKU, **ASK)
    desk.call("Converse", modelId=MICRO, **ASK)
    regions = [one.region_name for one in desk.session.offline.calls]
    assert regions == ["us-west-2", "us-east-1"]
    assert total(desk.session, "Invocations") == 1
    assert len(trail(desk.session)) == 1


def test_every_session_has_calls_of_its_own(desk):
    desk.call("ListFoundationModels")
    assert open_desk().session.offline.calls == []


def test_another_user_is_named(desk):
    ana = as_user(new_user(desk.session))
    error = ana.client("bedrock").exceptions.ClientError
    with pytest.raises(error):
        ana.client("bedrock").get_foundation_model(modelIdentifier="no.model")
    record = ana.offline.calls[-1]
    assert record.caller.arn == "arn:aws:iam::111122223333:user/ana"
    assert record.access_key != desk.session.get_credentials().access_key


def test_of_a_long_session_the_oldest_calls_are_dropped_and_metrics_keep_them():
    observed = Observed(base_id=str)
    exchange = Exchange(observed, "", {}, NOON)
    for number in range(MOST_RECORDS + 2):
        model_id = str(number)
        record = CallRecord(
            "Converse", "bedrock-runtime", "r", NOON, model_id, error_code="Any"
        )
        observed.add(record)
        exchange.record = record
        observed.ended(exchange)
    kept = observed.every_call()
    assert len(kept) == MOST_RECORDS
    assert (kept[0].model_id, kept[-1].model_id) == ("2", str(MOST_RECORDS + 1))
    (sample,) = observed.metrics("r").samples("InvocationClientErrors", {})
    assert sample.count == MOST_RECORDS + 2


def test_calls_and_trail_do_without_moto():
    assert result(run(NEVER_ASKS)) == [1, 1, False]
