"""Requests for the property tests: mostly right, odd in a place or two."""

import json
import math

from hypothesis import strategies as st

from tests.offline.desk import (
    GPT_OSS,
    HAIKU,
    LITE,
    MICRO,
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
