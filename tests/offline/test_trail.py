"""CloudTrail's LookupEvents: one event for every call, none with a prompt."""

import datetime
import json

import pytest
from botocore.validate import ParamValidator

from bedrock_helpers.offline.router import service_model
from tests.offline.desk import HAIKU, MICRO, open_desk, tokens, user
from tests.offline.observing import HOUR, events, trail
from tests.offline.people import as_user, assume, new_role, new_user
from tests.offline.provocations import apply, guardrail

#: Of an event of version 1.11 as published records have them.
FIELDS = {
    "eventVersion": str,
    "userIdentity": dict,
    "eventTime": str,
    "eventSource": str,
    "eventName": str,
    "awsRegion": str,
    "sourceIPAddress": str,
    "userAgent": str,
    "requestParameters": dict,
    "responseElements": type(None),
    "additionalEventData": dict,
    "requestID": str,
    "eventID": str,
    "readOnly": bool,
    "eventType": str,
    "managementEvent": bool,
    "recipientAccountId": str,
    "eventCategory": str,
    "tlsDetails": dict,
}
SECRET = "The word is Xyzzy."


@pytest.fixture
def desk():
    return open_desk()


def ask(desk, model=MICRO, operation="Converse"):
    talk = {"messages": [user(SECRET)], "inferenceConfig": tokens(1)}
    return desk.call(operation, modelId=model, **talk)


def refused(desk, **asked):
    client = desk.client("cloudtrail")
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.lookup_events(**asked)
    return caught.value.response["Error"]["Code"]


def attribute(key, value):
    return {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]}


def names(desk, **asked):
    return [event["EventName"] for event in events(desk.session, **asked)]


# One event


def test_a_call_of_a_model_is_an_event_with_cloudtrails_fields(desk):
    reply = ask(desk, HAIKU)
    (event,) = trail(desk.session)
    assert {name: type(value) for name, value in event.items()} == FIELDS
    metadata = reply["ResponseMetadata"]
    assert event["requestID"] == metadata["RequestId"]
    assert event["userIdentity"] == {
        "type": "IAMUser",
        "principalId": "AIDACKCEVSQ6C2EXAMPLE",
        "arn": "arn:aws:iam::111122223333:user/learner",
        "accountId": "111122223333",
        "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
        "userName": "learner",
    }
    assert event["requestParameters"] == {"modelId": HAIKU}
    plain = {name: event[name] for name in ("eventVersion", "eventType", "readOnly")}
    assert plain == {
        "eventVersion": "1.11",
        "eventType": "AwsApiCall",
        "readOnly": True,
    }
    assert event["eventSource"] == "bedrock.amazonaws.com"
    assert (event["eventName"], event["awsRegion"]) == ("Converse", "us-east-1")
    assert (event["managementEvent"], event["eventCategory"]) == (True, "Management")
    assert event["tlsDetails"]["clientProvidedHostHeader"] == (
        "bedrock-runtime.us-east-1.amazonaws.com"
    )


def test_an_event_is_listed_as_botocores_model_has_it(desk):
    ask(desk)
    reply = desk.client("cloudtrail").lookup_events()
    shape = service_model("cloudtrail").operation_model("LookupEvents").output_shape
    values = {k: v for k, v in reply.items() if k != "ResponseMetadata"}
    assert ParamValidator().validate(values, shape).generate_report() == ""
    (event,) = values["Events"]
    record = json.loads(event["CloudTrailEvent"])
    assert event["EventId"] == record["eventID"]
    assert event["EventTime"] == datetime.datetime.fromisoformat(record["eventTime"])
    assert event["ReadOnly"] == "true"
    assert event["Username"] == "learner"
    assert event["Resources"] == []


@pytest.mark.parametrize("operation", ["Converse", "ConverseStream"])
def test_prompts_and_answers_are_never_in_it(operation, desk):
    ask(desk, operation=operation)
    told = json.dumps(trail(desk.session))
    assert "Xyzzy" not in told and "messages" not in told


@pytest.mark.parametrize("operation", ["Converse", "ConverseStream"])
def test_an_answered_call_has_its_tokens_in_it(operation, desk):
    reply = ask(desk, operation=operation)
    list(reply.get("stream", ()))
    (event,) = trail(desk.session)
    record = desk.session.offline.calls[-1]
    assert event["additionalEventData"] == {
        "inputTokens": record.input_tokens,
        "outputTokens": record.output_tokens,
    }
    assert record.output_tokens == 1


def test_a_stream_has_no_tokens_in_it_before_its_end(desk):
    stream = ask(desk, operation="ConverseStream")["stream"]
    assert "additionalEventData" not in trail(desk.session)[0]
    stream.close()
    assert "additionalEventData" not in trail(desk.session)[0]


def test_native_bodies_are_not_in_it(desk):
    body = {"messages": [user(SECRET)], "inferenceConfig": tokens(1)}
    asked = {"modelId": MICRO, "body": json.dumps(body)}
    desk.call("InvokeModel", **asked)["body"].read()
    list(desk.call("InvokeModelWithResponseStream", **asked)["body"])
    assert "Xyzzy" not in json.dumps(trail(desk.session))
    assert [e["requestParameters"] for e in trail(desk.session)] == [
        {"modelId": MICRO},
        {"modelId": MICRO},
    ]


def test_a_refused_call_is_an_event_with_its_error(desk):
    error = desk.refused("Converse", modelId="no.model", messages=[user("Hi")])
    (event,) = trail(desk.session)
    assert event["errorCode"] == "ValidationException"
    assert event["errorMessage"] == error.response["Error"]["Message"]
    assert event["requestParameters"] == {"modelId": "no.model"}
    assert event["responseElements"] is None
    assert "additionalEventData" not in event


def test_a_denied_call_is_an_event_with_the_code_cloudtrail_gives_it(desk):
    ana = as_user(new_user(desk.session)).client("bedrock-runtime")
    with pytest.raises(ana.exceptions.AccessDeniedException) as caught:
        ana.converse(modelId=MICRO, messages=[user("Hi")])
    (event,) = trail(desk.session)
    assert event["errorCode"] == "AccessDenied"
    assert event["errorMessage"] == caught.value.response["Error"]["Message"]
    assert "is not authorized to perform: bedrock:InvokeModel" in event["errorMessage"]
    assert event["userIdentity"]["userName"] == "ana"
    assert event["requestParameters"] == {"modelId": MICRO}


def test_a_throttled_call_is_an_event_too(desk):
    desk.session.offline.fail_next("ThrottlingException")
    desk.refused("Converse", modelId=MICRO, messages=[user("Hi")])
    (event,) = trail(desk.session)
    assert event["errorCode"] == "ThrottlingException"


def test_a_change_of_the_account_tells_what_was_asked_and_answered(desk):
    model = f"arn:aws:bedrock:us-east-1::foundation-model/{MICRO}"
    source = {"copyFrom": model}
    made = desk.call(
        "CreateInferenceProfile", inferenceProfileName="mine", modelSource=source
    )
    (event,) = trail(desk.session)
    assert event["readOnly"] is False
    assert event["requestParameters"]["modelSource"] == source
    arn = made["inferenceProfileArn"]
    assert event["responseElements"] == {"inferenceProfileArn": arn, "status": "ACTIVE"}


def test_looking_at_the_account_tells_no_answer(desk):
    desk.call("ListFoundationModels")
    (event,) = trail(desk.session)
    assert (event["readOnly"], event["responseElements"]) == (True, None)
    assert event["requestParameters"] is None


def test_a_guardrail_applied_is_a_data_event_and_not_in_the_history(desk):
    made = desk.call("CreateGuardrail", **guardrail())["guardrailId"]
    desk.call("ApplyGuardrail", **apply(made, SECRET))
    assert names(desk) == ["CreateGuardrail"]


def test_somebody_in_a_role_is_named_by_session_and_role(desk):
    keys = assume(desk.session, new_role(desk.session))["Credentials"]
    reader = as_user(keys)
    with pytest.raises(reader.client("bedrock").exceptions.ClientError):
        reader.client("bedrock").get_foundation_model(modelIdentifier="no.model")
    event = trail(reader)[0]
    who = event["userIdentity"]
    assert who["type"] == "AssumedRole"
    assert who["arn"] == "arn:aws:sts::111122223333:assumed-role/reader/lesson"
    issuer = who["sessionContext"]["sessionIssuer"]
    assert issuer["arn"] == "arn:aws:iam::111122223333:role/reader"
    assert issuer["principalId"] == who["principalId"].split(":")[0]
    assert names(desk, **attribute("Username", "lesson")) == ["GetFoundationModel"]


def test_an_api_key_is_told_by_a_field_of_its_own(desk):
    url = f"https://bedrock-runtime.us-east-1.amazonaws.com/model/{MICRO}/converse"
    body = json.dumps({"messages": [user("Hi")], "inferenceConfig": tokens(1)})
    headers = {"Authorization": "Bearer ABSKany", "content-type": "application/json"}
    desk.session.offline.answer("POST", url, headers, body.encode())
    (event,) = trail(desk.session)
    assert event["additionalEventData"]["callWithBearerToken"] is True
    assert "ABSKany" not in json.dumps(event)


# Looking events up


@pytest.fixture(scope="module")
def busy():
    """A session of seven calls, two of them Ana's."""
    desk = open_desk()
    for _ in range(2):
        ask(desk)
    desk.call("ListFoundationModels")
    desk.call("CreateGuardrail", **guardrail())
    desk.refused("Converse", modelId="no.model", messages=[user("Hi")])
    ana = as_user(new_user(desk.session))
    for _ in range(2):
        with pytest.raises(ana.client("bedrock").exceptions.ClientError):
            ana.client("bedrock").get_foundation_model(modelIdentifier="no.model")
    return desk


def test_the_newest_event_comes_first(busy):
    assert names(busy) == [
        *["GetFoundationModel"] * 2,
        "Converse",
        "CreateGuardrail",
        "ListFoundationModels",
        *["Converse"] * 2,
    ]


@pytest.mark.parametrize(
    ("key", "value", "count"),
    [
        ("EventName", "Converse", 3),
        ("EventName", "converse", 0),
        ("Username", "ana", 2),
        ("Username", "learner", 5),
        ("ReadOnly", "false", 1),
        ("ReadOnly", "true", 6),
        ("EventSource", "bedrock.amazonaws.com", 7),
        ("EventSource", "s3.amazonaws.com", 0),
        ("AccessKeyId", "AKIAIOSFODNN7EXAMPLE", 5),
        ("ResourceName", MICRO, 0),
        ("ResourceType", "AWS::Bedrock::Guardrail", 0),
    ],
)
def test_an_attribute_chooses(key, value, count, busy):
    assert len(names(busy, **attribute(key, value))) == count


def test_an_event_is_found_by_its_id(busy):
    wanted = events(busy.session)[3]
    assert events(busy.session, **attribute("EventId", wanted["EventId"])) == [wanted]


def test_ids_are_all_different_and_stay(busy):
    first, again = events(busy.session), events(busy.session)
    assert first == again
    assert len({event["EventId"] for event in first}) == 7


def test_a_time_range_chooses(busy):
    now = datetime.datetime.now(datetime.UTC)
    assert len(names(busy, StartTime=now - HOUR, EndTime=now + HOUR)) == 7
    assert names(busy, StartTime=now + HOUR) == []
    assert names(busy, EndTime=now - HOUR) == []


def test_after_90_days_an_event_is_gone(desk):
    desk.call("ListFoundationModels")
    desk.session.offline.pass_time(91 * 24 * 60)
    assert names(desk) == []


@pytest.mark.parametrize("size", [1, 3, 7])
def test_pages_together_are_the_whole(size, busy):
    client, found, token = busy.client("cloudtrail"), [], {}
    while True:
        reply = client.lookup_events(MaxResults=size, **token)
        assert len(reply["Events"]) <= size
        found += reply["Events"]
        if "NextToken" not in reply:
            break
        token = {"NextToken": reply["NextToken"]}
    assert found == events(busy.session)


def test_more_than_fifty_events_need_a_second_page():
    desk = open_desk()
    for _ in range(51):
        desk.call("ListGuardrails")
    first = desk.client("cloudtrail").lookup_events()
    assert len(first["Events"]) == 50
    assert len(names(desk)) == 51


def test_a_token_is_of_use_for_its_own_question_only(busy):
    first = busy.client("cloudtrail").lookup_events(MaxResults=1)
    token = {"NextToken": first["NextToken"]}
    other = attribute("Username", "ana")
    assert refused(busy, **token, **other) == "InvalidNextTokenException"
    assert refused(busy, NextToken="abc") == "InvalidNextTokenException"


def test_a_range_that_ends_before_it_starts_is_refused(busy):
    now = datetime.datetime.now(datetime.UTC)
    asked = {"StartTime": now, "EndTime": now - HOUR}
    assert refused(busy, **asked) == "InvalidTimeRangeException"


def test_two_attributes_are_refused(busy):
    one = attribute("EventName", "Converse")["LookupAttributes"]
    two = attribute("Username", "ana")["LookupAttributes"]
    asked = {"LookupAttributes": one + two}
    assert refused(busy, **asked) == "InvalidLookupAttributesException"


@pytest.mark.parametrize("size", [51, 1000])
def test_more_than_fifty_at_once_are_refused(size):
    relaxed = open_desk(parameter_validation=False)
    assert refused(relaxed, MaxResults=size) == "InvalidMaxResultsException"


def test_of_insights_there_are_none(busy):
    assert names(busy, EventCategory="insight") == []
