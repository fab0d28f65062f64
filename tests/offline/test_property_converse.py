"""Odd requests end in a reply or in an error of botocore with a text, never else."""

import json
from urllib.parse import quote

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ParamValidationError,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from bedrock_helpers.offline.operations import OPERATIONS
from bedrock_helpers.offline.router import SERVICES, routes
from tests.offline.desk import (
    CLAUDE_V2,
    HAIKU,
    MICRO,
    open_desk,
    tokens,
    tool,
)
from tests.offline.provocations import (
    BARE_HAIKU,
    apply,
    guardrail,
    logging_to,
)
from tests.offline.strategies import (
    any_json,
    fractions,
    model_ids,
    object_schemas,
    odd_texts,
    requests,
    scalars,
    texts,
)

CHECKED = open_desk()
UNCHECKED = open_desk(parameter_validation=False)
LAUNCH = open_desk("launch", parameter_validation=False)
STREAMED = "InvokeModelWithResponseStream"

# What must hold


def outcome(call):
    """The reply, or the error botocore raises, which must have a text."""
    try:
        return call()
    except ClientError as error:
        assert error.response["Error"]["Message"].strip()
        return error
    except (ParamValidationError, BotoCoreError) as error:
        assert str(error).strip()
        return error
    except Exception as error:
        # boto3's own serialisers may stumble over odd types before it sends.
        assert raised_before_sending(error), repr(error)
        return error


def raised_before_sending(error):
    """Whether a traceback never reaches the handler of the offline Bedrock."""
    frame, files = error.__traceback__, set()
    while frame:
        files.add(frame.tb_frame.f_code.co_filename)
        frame = frame.tb_next
    return not any("bedrock_helpers" in file for file in files)


def check_usage(request, reply):
    assert reply["usage"]["outputTokens"] <= request["inferenceConfig"]["maxTokens"]
    assert reply["stopReason"]


@settings(max_examples=150)
@given(requests())
def test_converse_replies_or_refuses_in_words(request):
    reply = outcome(lambda: CHECKED.call("Converse", **request))
    if isinstance(reply, dict):
        check_usage(request, reply)


@settings(max_examples=150)
@given(requests())
def test_converse_does_so_without_boto3s_own_checks(request):
    reply = outcome(lambda: UNCHECKED.call("Converse", **request))
    if isinstance(reply, dict):
        check_usage(request, reply)


@settings(max_examples=60)
@given(requests())
def test_converse_stream_replies_or_refuses_in_words(request):
    outcome(lambda: list(UNCHECKED.call("ConverseStream", **request)["stream"]))


@settings(max_examples=30)
@given(object_schemas)
def test_any_tool_schema_is_kept_to_or_refused(schema):
    config = {"tools": [tool("f", schema)], "toolChoice": {"any": {}}}
    asked = {"toolConfig": config, "inferenceConfig": tokens(12)}
    outcome(lambda: UNCHECKED.converse("Hi", HAIKU, **asked))


@settings(max_examples=60)
@given(requests())
def test_count_tokens_replies_or_refuses_in_words(request):
    countable = ("messages", "system", "toolConfig", "additionalModelRequestFields")
    wanted = {name: request[name] for name in countable if name in request}
    for model_id in (request["modelId"], BARE_HAIKU):
        asked = {"modelId": model_id, "input": {"converse": wanted}}
        outcome(lambda asked=asked: UNCHECKED.call("CountTokens", **asked))


prompts = texts.map(lambda text: f"\n\nHuman:{text}\n\nAssistant:{text}")
claude_bodies = st.fixed_dictionaries(
    {
        "prompt": st.one_of(prompts, prompts, any_json),
        "max_tokens_to_sample": st.one_of(
            st.integers(0, 3), st.sampled_from([-1, "1"])
        ),
    },
    optional={
        "temperature": fractions,
        "top_p": fractions,
        "top_k": st.one_of(st.integers(0, 500), scalars),
        "stop_sequences": st.one_of(st.lists(texts, max_size=3), any_json),
        "anthropic_version": scalars,
    },
)


@settings(max_examples=150)
@given(claude_bodies | any_json)
def test_invoke_model_replies_or_refuses_in_words(body):
    raw = json.dumps(body).encode()
    asked = {"modelId": CLAUDE_V2, "body": raw}
    outcome(lambda: LAUNCH.call("InvokeModel", **asked))
    outcome(lambda: list(LAUNCH.call(STREAMED, **asked)["body"]))


@settings(max_examples=40)
@given(st.binary(max_size=40), model_ids, odd_texts)
def test_invoke_model_takes_any_bytes_id_and_content_type(body, model_id, kind):
    asked = {"modelId": model_id, "body": body, "contentType": kind}
    outcome(lambda: LAUNCH.call("InvokeModel", **asked))
    outcome(lambda: UNCHECKED.call("InvokeModel", **asked))


names = st.one_of(odd_texts, model_ids, scalars)


@settings(max_examples=60)
@given(names, names, st.binary(max_size=30))
def test_the_control_plane_replies_or_refuses_in_words(one, two, data):
    calls = {
        "ListFoundationModels": {"byProvider": one, "byOutputModality": two},
        "GetFoundationModel": {"modelIdentifier": one},
        "ListInferenceProfiles": {"maxResults": one, "nextToken": two},
        "GetInferenceProfile": {"inferenceProfileIdentifier": one},
        "GetFoundationModelAvailability": {"modelId": one},
        "ListFoundationModelAgreementOffers": {"modelId": one, "offerType": two},
        "CreateFoundationModelAgreement": {"modelId": one, "offerToken": two},
        "DeleteFoundationModelAgreement": {"modelId": one},
        "PutUseCaseForModelAccess": {"formData": data},
        "CreateInferenceProfile": {
            "inferenceProfileName": one,
            "modelSource": {"copyFrom": two},
        },
        "DeleteInferenceProfile": {"inferenceProfileIdentifier": one},
        "CreateProvisionedModelThroughput": {
            "modelUnits": 1,
            "provisionedModelName": one,
            "modelId": two,
        },
        "GetProvisionedModelThroughput": {"provisionedModelId": one},
        "ListProvisionedModelThroughputs": {
            "creationTimeAfter": one,
            "nameContains": two,
        },
        "UpdateProvisionedModelThroughput": {
            "provisionedModelId": one,
            "desiredModelId": two,
        },
        "DeleteProvisionedModelThroughput": {"provisionedModelId": one},
        "CreateGuardrail": guardrail(
            name=one,
            sensitiveInformationPolicyConfig={
                "regexesConfig": [{"name": "r", "pattern": two, "action": "BLOCK"}]
            },
        ),
        "GetGuardrail": {"guardrailIdentifier": one, "guardrailVersion": two},
        "ListGuardrails": {"guardrailIdentifier": one, "nextToken": two},
        "UpdateGuardrail": guardrail(guardrailIdentifier=one, name=two),
        "DeleteGuardrail": {"guardrailIdentifier": one, "guardrailVersion": two},
        "CreateGuardrailVersion": {"guardrailIdentifier": one},
        "ApplyGuardrail": apply(one, two, guardrailVersion=two),
        "PutModelInvocationLoggingConfiguration": logging_to(one, two, two),
        "TagResource": {"resourceARN": one, "tags": [{"key": two, "value": two}]},
        "UntagResource": {"resourceARN": one, "tagKeys": [two]},
        "ListTagsForResource": {"resourceARN": two},
    }
    for operation, parameters in calls.items():
        for desk in (CHECKED, UNCHECKED):
            outcome(lambda d=desk, o=operation, p=parameters: d.call(o, **p))


# Plain HTTP, with no SDK in between


def answer(method, path, body, service="bedrock-runtime", desk=CHECKED):
    """The status and the decoded body of a raw request's reply."""
    url = f"https://{service}.us-east-1.amazonaws.com{path}"
    headers = {"content-type": "application/json", "Authorization": "Bearer any"}
    reply = desk.session.offline.answer(method, url, headers, body)
    sent = reply.body if reply.pieces is None else b"".join(reply.pieces)
    if reply.status >= 300:
        assert reply.headers["x-amzn-errortype"]
        assert json.loads(sent)["message"].strip()
    return reply.status, sent


@settings(max_examples=150)
@given(st.one_of(any_json, requests()), model_ids, st.booleans())
def test_raw_json_is_answered_or_refused_in_words(body, model_id, stream):
    operation = "converse-stream" if stream else "converse"
    raw = json.dumps(body, default=lambda data: data.decode()).encode()
    answer("POST", f"/model/{quote(model_id, safe='')}/{operation}", raw)
    answer("POST", f"/model/{quote(MICRO, safe='')}/{operation}", raw)


@given(st.binary(max_size=60))
def test_raw_bytes_are_answered_or_refused_in_words(body):
    answer("POST", f"/model/{MICRO}/converse", body)


@given(
    st.sampled_from(sorted({route.method for route in routes()}) + ["HEAD", "x"]),
    st.text(max_size=20),
    odd_texts,
)
def test_any_path_is_answered_or_refused_in_words(method, path, query):
    for service in SERVICES:
        answer(method, "/" + quote(path, safe="/%") + "?" + query, b"", service)


def ask_with(text_of_json):
    """A raw Converse body with one text, spelt in JSON."""
    return b'{"messages":[{"role":"user","content":[{"text":"%s"}]}]}' % text_of_json


def test_half_a_surrogate_pair_is_no_json():
    for half in (b"\\ud83d", b"\\udc00 a"):
        status, body = answer("POST", f"/model/{MICRO}/converse", ask_with(half))
        assert status == 400 and b"not a valid JSON" in body


def test_json_nested_without_end_is_refused():
    for depth in (101, 990, 100_000):
        raw = b'{"additionalModelRequestFields":' + b"[" * depth + b"]" * depth + b"}"
        status, _ = answer("POST", f"/model/{MICRO}/converse", raw)
        assert status in (400, 501)


def test_schemas_nested_deeply_are_kept_to_or_refused():
    schema = {"type": "object"}
    for _ in range(45):
        schema = {"type": "object", "properties": {"a": schema}}
    config = {"tools": [tool("f", schema)], "toolChoice": {"any": {}}}
    outcome(lambda: CHECKED.converse(toolConfig=config, inferenceConfig=tokens(3)))


def test_every_operation_was_thrown_at():
    assert len(OPERATIONS) == 35, "add the new operation's bodies to this module"
