"""From an error to its cause and cure, whatever fills the blanks of its text."""

import re

import botocore.exceptions as errors
import pytest
from botocore.exceptions import ClientError
from urllib3.exceptions import ProtocolError

import bedrock_helpers as bh
from bedrock_helpers.data_files import load_json

RECORDS = load_json("errors.json")["errors"] | load_json("iam_errors.json")["errors"]
WITH_CAUSE = {key: record for key, record in RECORDS.items() if "cause" in record}
ODD_VALUES = ["7", "", "a.b*c[(\\", "two\nlines", "{limit}", "é 漢 ’", "x" * 5000]
ENDPOINT = {"endpoint_url": "https://x", "error": "no"}
CLIENT_SIDE = [
    (errors.NoCredentialsError(), "no credentials", "bh.connect("),
    (errors.NoRegionError(), "no Region", "region_name"),
    (errors.ParamValidationError(report="x"), "before sending", "the message names"),
    (errors.TokenRetrievalError(provider="sso", error_msg="x"), "sign-in", "sso login"),
    (errors.UnauthorizedSSOTokenError(), "sign-in", "aws sso login"),
    (errors.SSOTokenLoadError(error_msg="x"), "sign-in", "aws sso login"),
    (errors.LoginRefreshRequired(), "sign-in", "aws login"),
    (
        errors.CredentialRetrievalError(provider="p", error_msg="x"),
        "sign-in",
        "sso login",
    ),
    (
        errors.PartialCredentialsError(provider="env", cred_var="x"),
        "half of a key pair",
        "both",
    ),
    (errors.ReadTimeoutError(**ENDPOINT), "read timeout", "stream"),
    (errors.ConnectTimeoutError(**ENDPOINT), "no connection", "region_name"),
    (errors.EndpointConnectionError(**ENDPOINT), "no connection", "region_name"),
    (errors.SSLError(**ENDPOINT), "certificate", "AWS_CA_BUNDLE"),
    (errors.ResponseStreamingError(error="x"), "while the reply was read", "again"),
    (ProtocolError("ended prematurely"), "while the reply was read", "call again"),
    (errors.ProfileNotFound(profile="p"), "does not have", "list-profiles"),
    (
        errors.InvalidEndpointConfigurationError(msg="x"),
        "API key",
        "unset AWS_BEARER_TOKEN_BEDROCK",
    ),
    (
        errors.UnknownServiceError(service_name="x", known_service_names="y"),
        "no service of that name",
        'session.client("bedrock")',
    ),
    (errors.ProxyConnectionError(proxy_url="p", **ENDPOINT), "proxy", "network"),
    (errors.ConnectionClosedError(**ENDPOINT), "broke", "call again"),
    (bh.NoCredentials("x"), "nothing to sign with", "bh.connect()"),
    (bh.AccountChangeRefused("x"), "changes an account", "if you mean it"),
    (bh.BudgetExceeded("x"), "budget", "maxTokens"),
]


def refused(code, text):
    return ClientError({"Error": {"Code": code, "Message": text}}, "Converse")


@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda value: repr(value[:9]))
@pytest.mark.parametrize("key", WITH_CAUSE)
def test_every_refusal_with_a_cause_is_recognised_by_its_text(key, value):
    record = WITH_CAUSE[key]
    text = re.sub(r"\{\w+\}", lambda blank: value, record["text"])
    found = bh.explain(refused(record["code"], text))
    assert (found.error, found.cause, found.cure) == (
        record["code"],
        record["cause"],
        record["cure"],
    )


@pytest.mark.parametrize("key", WITH_CAUSE)
def test_apostrophes_may_be_straight_or_curly(key):
    record = WITH_CAUSE[key]
    for given, wanted in ("'’", "’'"):
        text = record["text"].replace(given, wanted)
        assert bh.explain(refused(record["code"], text)).cause == record["cause"]


@pytest.mark.parametrize("key", WITH_CAUSE)
def test_a_refusal_may_be_wrapped_in_more_words(key):
    record = WITH_CAUSE[key]
    text = f"Message: {record['text']} (request id 1)"
    assert bh.explain(refused(record["code"], text)).cause == record["cause"]


@pytest.mark.parametrize("key", RECORDS)
def test_every_refusal_gets_a_cause_and_a_cure(key):
    found = bh.explain(refused(RECORDS[key]["code"], RECORDS[key]["text"]))
    assert found.cause
    assert found.cure


@pytest.mark.parametrize(
    ("error", "cause", "cure"),
    CLIENT_SIDE,
    ids=[type(error).__name__ for error, *_ in CLIENT_SIDE],
)
def test_every_error_before_the_service_is_told_apart(error, cause, cure):
    found = bh.explain(error)
    assert found.error == type(error).__name__
    assert cause in found.cause
    assert cure in found.cure


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("AccessDeniedException", "policy does not allow"),
        ("InvalidSignatureException", "clock"),
        ("RequestExpired", "clock"),
        ("InternalServerException", "fault of the service"),
        ("ModelNotReadyException", "not ready"),
        ("ServiceUnavailableException", "overloaded"),
        ("ThrottlingException", "quota"),
        ("ValidationException", "refused a value"),
        ("NotAvailableOffline", "offline Bedrock does not have"),
    ],
)
def test_an_unknown_text_is_explained_by_its_code(code, cause):
    assert cause in bh.explain(refused(code, "words nobody has seen")).cause


@pytest.mark.parametrize(
    "error",
    [
        refused("BrandNewException", "?"),
        ClientError({}, "Converse"),
        ClientError({"Error": {}}, "Converse"),
        ClientError({"Error": {"Code": None, "Message": None}}, "Converse"),
        Exception(),
        ValueError("\n\nthree\nlines"),
        bh.pricing.UnknownPriceError("No price is known."),
    ],
    ids=repr,
)
def test_an_error_the_course_does_not_know_still_gives_three_lines(error):
    lines = repr(bh.explain(error)).splitlines()
    assert len(lines) == 3
    assert all(line.strip().removeprefix("cause:").strip() for line in lines)


@pytest.mark.parametrize("operation", ["converse", "converse_stream"])
def test_an_error_raised_offline_is_explained(operation):
    session = bh.connect("offline", account="new")
    call = getattr(session.client("bedrock-runtime"), operation)
    profile = bh.catalog.id_for(bh.catalog.CLAUDE_HAIKU_4_5)
    hello = [{"role": "user", "content": [{"text": "Hi"}]}]
    with pytest.raises(ClientError) as caught:
        call(modelId=profile, messages=hello)
    assert "use-case form" in bh.explain(caught.value).cause


def test_a_stream_that_breaks_is_explained_like_the_error_it_is():
    session = bh.connect("offline")
    session.offline.fail_next("stream_broken")
    hello = [{"role": "user", "content": [{"text": "Hi"}]}]
    stream = session.client("bedrock-runtime").converse_stream(
        modelId=bh.catalog.NOVA_MICRO,
        messages=hello,
        inferenceConfig={"maxTokens": 9, "temperature": 0},
    )["stream"]
    with pytest.raises(errors.EventStreamError) as caught:
        list(stream)
    assert bh.explain(caught.value).cause == RECORDS["stream_broken"]["cause"]


COMPLETE = {"end_turn", "stop_sequence", "tool_use"}


def stop_reasons():
    client = bh.connect("offline").client("bedrock-runtime")
    return client.meta.service_model.shape_for("StopReason").enum


def test_every_stop_reason_of_botocore_has_a_cause_of_its_own():
    found = {reason: bh.explain({"stopReason": reason}) for reason in stop_reasons()}
    assert all(d.error == f"stopReason {reason}" for reason, d in found.items())
    causes = {diagnosis.cause for diagnosis in found.values()}
    assert len(causes) == len(found)
    assert not any("does not know" in cause for cause in causes)


def test_of_a_complete_reply_it_says_plainly_that_nothing_is_wrong():
    fine = {
        reason
        for reason in stop_reasons()
        if bh.explain({"stopReason": reason}).cause.startswith("nothing is wrong")
    }
    assert fine == COMPLETE


@pytest.mark.parametrize("streamed", [False, True])
def test_a_reply_cut_off_offline_is_explained(streamed):
    client = bh.connect("offline").client("bedrock-runtime")
    ask = {
        "modelId": bh.catalog.NOVA_MICRO,
        "messages": [{"role": "user", "content": [{"text": "Say hello."}]}],
        "inferenceConfig": {"maxTokens": 1},
    }
    if streamed:
        events = list(client.converse_stream(**ask)["stream"])
        reply = next(event for event in events if "messageStop" in event)
        assert bh.explain(reply) == bh.explain(reply["messageStop"])
    else:
        reply = client.converse(**ask)
    found = bh.explain(reply)
    assert found.error == "stopReason max_tokens"
    assert "cut off" in found.cause
    assert "maxTokens" in found.cure


@pytest.mark.parametrize("reason", ["a_new_one", "", None, 7, ["end_turn"]])
def test_a_stop_reason_nobody_knows_is_not_called_good(reason):
    found = bh.explain({"stopReason": reason})
    assert "does not know" in found.cause
    assert "do not rely" in found.cure


@pytest.mark.parametrize(
    "reply", [{}, {"completion": "Hi"}, {"messageStop": None}, {"stream": object()}]
)
def test_what_is_no_reply_of_converse_is_said_to_be_none(reply):
    found = bh.explain(reply)
    assert found.error == "no stopReason"
    assert "InvokeModel" in found.cure


def test_a_throttled_stream_is_not_retried_by_boto3():
    session = bh.connect("offline")
    session.offline.fail_next("stream_throttled")
    runtime = session.client("bedrock-runtime")
    hello = [{"role": "user", "content": [{"text": "Say hello."}]}]
    stream = runtime.converse_stream(modelId=bh.catalog.NOVA_MICRO, messages=hello)
    with pytest.raises(errors.EventStreamError) as caught:
        list(stream["stream"])
    found = bh.explain(caught.value)
    assert "half-way" in found.cause
    assert "throw the part away" in found.cure


def test_the_response_of_an_error_is_read_like_the_error():
    error = refused("ValidationException", "The provided model identifier is invalid.")
    assert bh.explain(error.response) == bh.explain(error)


@pytest.mark.parametrize("key", WITH_CAUSE)
def test_a_message_alone_is_enough(key):
    found = bh.explain(f"ERROR botocore: {WITH_CAUSE[key]['text']}")
    assert found.cause in {record["cause"] for record in WITH_CAUSE.values()}


def test_a_text_nobody_knows_says_so():
    assert "this course knows" in bh.explain("All is well.").cause


def test_the_events_of_a_stream_tell_whether_it_came_to_its_end():
    delta = {"contentBlockDelta": {"delta": {"text": "The"}, "contentBlockIndex": 0}}
    assert "incomplete" in bh.explain([delta]).cause
    stop = {"messageStop": {"stopReason": "end_turn"}}
    assert "nothing is wrong" in bh.explain([delta, stop]).cause


def test_a_call_of_the_other_client_is_told():
    with pytest.raises(AttributeError) as caught:
        bh.connect("offline").client("bedrock").converse()
    assert "other client" in bh.explain(caught.value).cause


def test_a_block_that_is_no_text_is_told():
    assert "no text" in bh.explain(KeyError("text")).cause
    assert "no text" not in bh.explain(KeyError("other")).cause


def test_nothing_is_no_error():
    assert "nothing to explain" in bh.explain(None).cause
