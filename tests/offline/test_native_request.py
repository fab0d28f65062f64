"""What surrounds a native body: content type, size and tier."""

import json

import pytest

from bedrock_helpers.offline.errors import Refusal
from bedrock_helpers.offline.native_request import read_body
from tests.offline.desk import MICRO

BODY = json.dumps(
    {
        "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
        "inferenceConfig": {"maxTokens": 1},
    }
)
BOTH = pytest.mark.parametrize(
    "operation", ["InvokeModel", "InvokeModelWithResponseStream"]
)
LARGEST = 25_000_000


def refused(desk, operation, body=BODY, **more):
    """The code and the message of a refused call."""
    error = desk.refused(operation, modelId=MICRO, body=body, **more).response["Error"]
    return error["Code"], error["Message"]


@BOTH
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_another_content_type_is_refused(operation, kind, ready):
    code, message = refused(ready, operation, contentType=kind)
    assert code == "ValidationException"
    assert message == (
        "The provided Content Type is invalid or not supported for this model"
    )


@BOTH
def test_json_is_taken_when_it_is_said_to_be_json(operation, ready):
    assert ready.call(
        operation, modelId=MICRO, body=BODY, contentType="application/json"
    )


@BOTH
@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"performanceConfigLatency": "optimized"}, "optimized latency"),
    ],
)
def test_what_cannot_be_done_around_a_body_is_said_plainly(
    operation, more, said, ready
):
    code, message = refused(ready, operation, **more)
    assert code == "NotAvailableOffline" and said in message


def test_the_standard_tier_and_latency_may_be_asked_for(ready):
    plain = {"serviceTier": "default", "performanceConfigLatency": "standard"}
    assert ready.call("InvokeModel", modelId=MICRO, body=BODY, **plain)


@BOTH
@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"a": NaN}'])
def test_a_body_that_is_no_json_is_refused(operation, body, ready):
    code, message = refused(ready, operation, body)
    assert code == "ValidationException"
    assert message.startswith("Malformed input request")


@BOTH
@pytest.mark.parametrize("body", ["[]", "1", '"a"', "null"])
def test_a_body_that_is_no_object_is_refused(operation, body, ready):
    _, message = refused(ready, operation, body)
    assert "#: expected type: JSONObject" in message


def test_a_body_may_be_25_million_bytes_and_no_more():
    spaces = b" " * (LARGEST - 2)
    assert read_body(b"{" + spaces + b"}") == {}
    with pytest.raises(Refusal, match="less than or equal to 25000000"):
        read_body(b"{ " + spaces + b"}")


def test_a_body_that_is_too_large_is_refused_over_the_client_too(unchecked):
    code, message = refused(unchecked, "InvokeModel", b" " * (LARGEST + 1))
    assert code == "ValidationException"
    assert "Value at 'body' failed to satisfy constraint" in message
