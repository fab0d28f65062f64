"""Odd requests end in a reply or in an error of botocore with a text, never else."""

import json
import math
from urllib.parse import quote

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ParamValidationError,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from bedrock_helpers.offline.router import SERVICES, routes
from bedrock_helpers.offline.service import OPERATIONS
from tests.offline.desk import (
    CLAUDE_V2,
    GPT_OSS,
    HAIKU,
    LITE,
    MICRO,
    open_desk,
    tokens,
    tool,
    user,
)
from tests.offline.provocations import (
    BARE_HAIKU,
    DEEPSEEK_R1,
    MISTRAL_7B,
    OPUS_5,
    json_output,
)

CHECKED = open_desk()
UNCHECKED = open_desk(parameter_validation=False)
LAUNCH = open_desk("launch", parameter_validation=False)

# Strategies: mostly right, odd in a place or two, so that oddities get far.

ODD = ["", " ", "\x00", "🙂", "<|im_end|>", "x" * 300, "日本語", "\ufeff", "\u2028"]
plain_texts = st.sampled_from(["Hi", "a b", "Rome", "\n\nHuman:", "🙂 日本", "a<|b"])
odd_texts = st.one_of(st.text(max_size=12), st.sampled_from(ODD))
texts = st.one_of(plain_texts, plain_texts, odd_texts)
odd_numbers = st.one_of(
    st.integers(-3, 600),
    st.sampled_from([10**30, -(10**400), math.nan, math.inf, 1e308, 5e-324]),
    st.floats(),
)
fractions = st.one_of(st.floats(0, 1), st.sampled_from([0, 1, 5e-324]), odd_numbers)
scalars = st.one_of(st.none(), st.booleans(), odd_numbers, odd_texts)
finite = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), texts)


def nested(leaves):
    """JSON of some leaves."""
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
        ),
        max_leaves=8,
    )


any_json = nested(scalars)
usual_models = st.sampled_from([MICRO, LITE, HAIKU, GPT_OSS, OPUS_5, MISTRAL_7B])
ODD_IDS = [
    BARE_HAIKU,
    DEEPSEEK_R1,
    f"arn:aws:bedrock:us-east-1::foundation-model/{MICRO}",
    f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{HAIKU}",
    f"arn:aws:bedrock:eu-west-1::foundation-model/{MICRO}",
    "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abcdefghijkl",
    "arn:aws:sagemaker:us-east-1:111122223333:endpoint/a",
    "us.us.amazon.nova-micro-v1:0",
    "us.",
    ".",
    "a/b",
    "x" * 2048,
]
model_ids = st.one_of(usual_models, st.sampled_from(ODD_IDS), odd_texts)


def block(kind, **members):
    """A content block with drawn members."""
    return st.fixed_dictionaries(members).map(lambda drawn: {kind: drawn})


parts = st.one_of(
    nested(finite).map(lambda value: {"json": value}),
    texts.map(lambda text: {"text": text}),
    block("image", format=st.just("png"), source=st.just({"bytes": b"x"})),
)
use_ids = st.sampled_from(["t1", "t1", "t2"])
text_blocks = texts.map(lambda text: {"text": text})
tool_uses = block("toolUse", toolUseId=use_ids, name=st.just("f"), input=nested(finite))
tool_results = block(
    "toolResult", toolUseId=use_ids, content=st.lists(parts, max_size=2)
)
blocks = st.one_of(
    text_blocks,
    tool_uses,
    tool_results,
    st.just({"cachePoint": {"type": "default"}}),
    block("image", format=st.just("png"), source=st.just({"bytes": b"x"})),
    block("document", name=plain_texts, source=st.just({"bytes": b"x"})),
    block("guardContent", text=texts.map(lambda text: {"text": text})),
    block("reasoningContent", reasoningText=texts.map(lambda text: {"text": text})),
)


def turn(role, content):
    """A message of one or two blocks."""
    wanted = st.lists(content, min_size=1, max_size=2)
    return wanted.map(lambda drawn: {"role": role, "content": drawn})


talks = st.one_of(
    st.tuples(turn("user", text_blocks)),
    st.tuples(turn("user", text_blocks), turn("assistant", text_blocks)),
    st.tuples(
        turn("user", text_blocks),
        turn("assistant", tool_uses),
        turn("user", tool_results),
    ),
    st.tuples(turn("user", blocks), turn("assistant", blocks), turn("user", blocks)),
    st.lists(
        st.one_of(turn("user", blocks), turn("assistant", blocks), turn("x", blocks)),
        max_size=3,
    ),
).map(list)

LEAVES = [
    {"type": "string"},
    {"type": "string", "maxLength": 3, "pattern": "^a+$"},
    {"type": "string", "pattern": "["},
    {"type": "string", "pattern": "(a*)*b"},
    {"type": "string", "pattern": "\\p{L}(?=x)"},
    {"type": "string", "format": "date"},
    {"type": "string", "format": "no such"},
    {"type": "string", "minLength": 10**6},
    {"type": "integer", "minimum": 2, "maximum": 1},
    {"type": "integer", "minimum": -(10**30)},
    {"type": "number", "multipleOf": 0.1},
    {"type": "number", "multipleOf": 1e-300, "exclusiveMaximum": 1e308},
    {"type": ["string", "null"]},
    {"type": "null"},
    {"const": {"a": ["<|im_end|>", None]}},
    {"enum": [1, "🙂", None, {}]},
    {"$ref": "#"},
    {"$ref": "#/$defs/node"},
    {"$ref": "#/nowhere"},
    {"$ref": "https://example.com/schema"},
    {"$dynamicRef": "#x"},
    {"x-guidance": 3},
    {},
    True,
    False,
]


def wider(inner):
    """Schemas of schemas."""
    some = st.lists(inner, min_size=1, max_size=2)
    named = st.dictionaries(texts, inner, max_size=2)
    return st.one_of(
        inner.map(lambda item: {"type": "array", "items": item, "maxItems": 2}),
        named.map(lambda members: {"type": "object", "properties": members}),
        named.map(lambda members: {"type": "object", "patternProperties": members}),
        inner.map(lambda rest: {"type": "object", "additionalProperties": rest}),
        st.sampled_from(["anyOf", "allOf", "oneOf", "prefixItems"]).flatmap(
            lambda word: some.map(lambda schemas: {word: schemas})
        ),
        inner.map(lambda schema: {"not": schema}),
        inner.map(lambda schema: {"if": schema, "then": False}),
    )


schemas = st.recursive(st.sampled_from(LEAVES), wider, max_leaves=5)
object_schemas = st.fixed_dictionaries(
    {
        "type": st.just("object"),
        "properties": st.dictionaries(texts, schemas, max_size=3),
    },
    optional={
        "required": st.lists(texts, max_size=2, unique=True),
        "additionalProperties": st.sampled_from([True, False, {"type": "null"}]),
        "$defs": schemas.map(lambda schema: {"node": schema}),
    },
)
tools = st.builds(
    tool,
    st.sampled_from(["f", "none", "no_tool", "a" * 64, "f"]),
    st.one_of(object_schemas, object_schemas, object_schemas, any_json),
)
CHOICES = [{"auto": {}}, {"any": {}}, {"tool": {"name": "f"}}, None]
tool_configs = st.fixed_dictionaries(
    {
        "tools": st.lists(tools, min_size=1, max_size=2),
        "toolChoice": st.sampled_from(CHOICES),
    }
).map(lambda config: {k: v for k, v in config.items() if v})

MEMBERS = {
    "additionalModelRequestFields": st.one_of(
        scalars.map(lambda value: {"top_k": value}),
        scalars.map(lambda value: {"inferenceConfig": {"topK": value}}),
        any_json,
    ),
    "additionalModelResponseFieldPaths": st.lists(texts, max_size=3),
    "toolConfig": tool_configs,
    "outputConfig": st.one_of(
        schemas.map(json.dumps), object_schemas.map(json.dumps), odd_texts
    ).map(json_output),
    "system": st.lists(blocks, max_size=2),
    "requestMetadata": st.dictionaries(texts, texts, max_size=2),
    "serviceTier": texts.map(lambda text: {"type": text}),
    "performanceConfig": texts.map(lambda text: {"latency": text}),
}
inference_configs = st.fixed_dictionaries(
    {},
    optional={
        "temperature": fractions,
        "topP": fractions,
        "stopSequences": st.lists(texts, min_size=1, max_size=5),
    },
)


one_in_three = st.sampled_from([True, False, False])


@st.composite
def requests(draw):
    """A Converse request that is odd in a few places at most."""
    chosen = st.lists(st.sampled_from(sorted(MEMBERS)), max_size=2, unique=True)
    members = {name: draw(MEMBERS[name]) for name in draw(chosen)}
    config = draw(inference_configs) if draw(one_in_three) else {}
    return {
        "modelId": draw(model_ids if draw(one_in_three) else usual_models),
        "messages": draw(talks if draw(one_in_three) else st.just([user("Hi")])),
        "inferenceConfig": {**tokens(draw(st.integers(1, 3))), **config},
        **members,
    }


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
    outcome(lambda: LAUNCH.call("InvokeModel", modelId=CLAUDE_V2, body=raw))


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
    }
    for operation, parameters in calls.items():
        for desk in (CHECKED, UNCHECKED):
            outcome(lambda d=desk, o=operation, p=parameters: d.call(o, **p))


# Plain HTTP, with no SDK in between


def answer(method, path, body, service="bedrock-runtime", desk=CHECKED):
    """The status and the decoded body of a raw request's reply."""
    url = f"https://{service}.us-east-1.amazonaws.com{path}"
    headers = {"content-type": "application/json"}
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
    assert len(OPERATIONS) == 14, "add the new operation's bodies to this module"
