"""Requests, replies and chunks have the keys and types of the published shapes."""

import pytest

from bedrock_helpers.catalog import split_profile_id
from bedrock_helpers.families.body import build
from bedrock_helpers.families.lookup import family_module
from bedrock_helpers.offline.errors import Refusal
from tests.families.models import (
    CALLABLE,
    CLAUDE_V2,
    COMMAND,
    EMBED_V1,
    EMBED_V2,
    GPT_OSS,
    HAIKU,
    LITE,
    MICRO,
    MIXTRAL,
    SCOUT,
    SDXL,
    SDXL_1,
    STREAMING,
    ULTRA,
    day_of,
    invoke,
    refused,
    smallest,
    stream,
)

METRICS = "amazon-bedrock-invocationMetrics"
TEXT = (str, type(None))
COUNT = (int, type(None))
SCALE = {"scale": 0}
ASKED = [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]
# Whole requests, of the AWS Bedrock User Guide's model-parameters pages
REQUESTS = {
    LITE: {
        "inputText": "Hi",
        "textGenerationConfig": {
            "temperature": 0.5,
            "topP": 0.5,
            "maxTokenCount": 1,
            "stopSequences": ["|"],
        },
    },
    CLAUDE_V2: {
        "prompt": "\n\nHuman: Hi\n\nAssistant:",
        "temperature": 0.5,
        "top_p": 0.5,
        "top_k": 5,
        "max_tokens_to_sample": 1,
        "stop_sequences": ["~"],
    },
    HAIKU: {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 1,
        "system": "Be brief.",
        "messages": ASKED,
        "temperature": 0.5,
        "top_k": 5,
        "stop_sequences": ["~"],
    },
    ULTRA: {
        "prompt": "Hi",
        "temperature": 0.5,
        "topP": 0.5,
        "maxTokens": 1,
        "stopSequences": ["~"],
        "countPenalty": SCALE,
        "presencePenalty": SCALE,
        "frequencyPenalty": SCALE,
    },
    COMMAND: {
        "prompt": "Hi",
        "temperature": 0.5,
        "p": 0.5,
        "k": 0.5,
        "max_tokens": 1,
        "stop_sequences": ["~"],
        "return_likelihoods": "NONE",
        "stream": False,
        "num_generations": 1,
        "logit_bias": {},
        "truncate": "END",
    },
    SCOUT: {"prompt": "Hi", "temperature": 0.5, "top_p": 0.5, "max_gen_len": 1},
    MIXTRAL: {
        "prompt": "Hi",
        "max_tokens": 1,
        "stop": ["~"],
        "temperature": 0.5,
        "top_p": 0.5,
        "top_k": 5,
    },
    GPT_OSS: {
        "messages": [
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
        ],
        "max_completion_tokens": 1,
        "temperature": 0.5,
        "top_p": 0.5,
    },
    MICRO: {
        "system": [{"text": "Be brief."}],
        "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
        "inferenceConfig": {
            "maxTokens": 1,
            "temperature": 0.5,
            "topP": 0.5,
            "topK": 5,
            "stopSequences": ["~"],
        },
    },
    SDXL: {
        "text_prompts": [{"text": "A horse", "weight": 1.0}],
        "cfg_scale": 5.5,
        "samples": 1,
        "seed": 7,
        "steps": 10,
        "style_preset": "enhance",
    },
    EMBED_V1: {"inputText": "Hi"},
    EMBED_V2: {
        "inputText": "Hi",
        "dimensions": 256,
        "normalize": True,
        "embeddingTypes": ["float", "binary"],
    },
}
J2_TOKEN = {
    "generatedToken": {"token": str, "logprob": float, "raw_logprob": float},
    "topTokens": type(None),
    "textRange": {"start": int, "end": int},
}
NOVA_USAGE = {
    "inputTokens": int,
    "outputTokens": int,
    "cacheReadInputTokenCount": int,
    "cacheWriteInputTokenCount": int,
}
REPLIES = {
    LITE: {
        "inputTextTokenCount": int,
        "results": [{"tokenCount": int, "outputText": str, "completionReason": str}],
    },
    CLAUDE_V2: {"completion": str, "stop_reason": str, "stop": TEXT},
    HAIKU: {
        "id": str,
        "model": str,
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": str}],
        "stop_reason": str,
        "stop_sequence": TEXT,
        "usage": {"input_tokens": int, "output_tokens": int},
    },
    ULTRA: {
        "id": int,
        "prompt": {"text": str, "tokens": [J2_TOKEN]},
        "completions": [
            {
                "data": {"text": str, "tokens": [J2_TOKEN]},
                "finishReason": {"reason": "length", "length": int},
            }
        ],
    },
    COMMAND: {
        "id": str,
        "prompt": str,
        "generations": [{"id": str, "text": str, "finish_reason": str}],
    },
    SCOUT: {
        "generation": str,
        "prompt_token_count": int,
        "generation_token_count": int,
        "stop_reason": str,
    },
    MIXTRAL: {"outputs": [{"text": str, "stop_reason": str}]},
    GPT_OSS: {
        "id": str,
        "object": "chat.completion",
        "created": int,
        "model": str,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": str},
                "finish_reason": str,
            }
        ],
        "usage": {"prompt_tokens": int, "completion_tokens": int, "total_tokens": int},
    },
    MICRO: {
        "output": {"message": {"role": "assistant", "content": [{"text": str}]}},
        "stopReason": str,
        "usage": {**NOVA_USAGE, "totalTokens": int},
    },
    SDXL: {
        "result": "success",
        "artifacts": [{"seed": int, "base64": str, "finishReason": "SUCCESS"}],
    },
    EMBED_V1: {"embedding": [float], "inputTextTokenCount": int},
    EMBED_V2: {
        "embedding": [float],
        "inputTextTokenCount": int,
        "embeddingsByType": {"float": [float], "binary": [int]},
    },
}
GPT_HEAD = {"id": str, "object": "chat.completion.chunk", "created": int, "model": str}
INDEX = {"contentBlockIndex": int}
# Every chunk of a stream is of one of these
CHUNKS = {
    LITE: [
        {
            "index": int,
            "inputTextTokenCount": COUNT,
            "totalOutputTextTokenCount": COUNT,
            "outputText": str,
            "completionReason": TEXT,
        }
    ],
    CLAUDE_V2: [{"completion": str, "stop_reason": TEXT, "stop": TEXT}],
    HAIKU: [
        {
            "type": "message_start",
            "message": {
                **REPLIES[HAIKU],
                "content": [],
                "stop_reason": type(None),
                "stop_sequence": type(None),
            },
        },
        {
            "type": "content_block_start",
            "index": int,
            "content_block": {"type": "text", "text": ""},
        },
        {
            "type": "content_block_delta",
            "index": int,
            "delta": {"type": "text_delta", "text": str},
        },
        {"type": "content_block_stop", "index": int},
        {
            "type": "message_delta",
            "delta": {"stop_reason": str, "stop_sequence": TEXT},
            "usage": {"output_tokens": int},
        },
        {"type": "message_stop"},
    ],
    COMMAND: [
        {"text": str, "is_finished": False},
        {"is_finished": True, "finish_reason": str},
    ],
    SCOUT: [
        {
            "generation": str,
            "prompt_token_count": COUNT,
            "generation_token_count": int,
            "stop_reason": TEXT,
        }
    ],
    MIXTRAL: [{"outputs": [{"text": str, "stop_reason": TEXT}]}],
    GPT_OSS: [
        {
            **GPT_HEAD,
            "choices": [{"index": 0, "delta": delta, "finish_reason": TEXT}],
        }
        for delta in ({"content": str}, {})
    ],
    MICRO: [
        {"messageStart": {"role": "assistant"}},
        {"contentBlockDelta": {"delta": {"text": str}, **INDEX}},
        {"contentBlockStop": INDEX},
        {"messageStop": {"stopReason": str}},
        {"metadata": {"usage": NOVA_USAGE, "metrics": {}, "trace": {}}},
    ],
}
COUNTED = {
    "inputTokenCount": int,
    "outputTokenCount": int,
    "invocationLatency": int,
    "firstByteLatency": int,
}


def fits(value, shape):
    """Whether a value has the keys and types, or the literals, of a shape."""
    if isinstance(shape, dict):
        same = isinstance(value, dict) and value.keys() == shape.keys()
        return same and all(fits(value[key], shape[key]) for key in shape)
    if isinstance(shape, list):
        one = shape[0] if shape else None
        return isinstance(value, list) and all(fits(item, one) for item in value)
    if isinstance(shape, type | tuple):
        return isinstance(value, shape) and not isinstance(value, bool)
    return value == shape


def text_of(model, chunks):
    return "".join(map(family_module(model).read_chunk, chunks))


@pytest.mark.parametrize("model", REQUESTS)
def test_a_whole_request_is_accepted_and_its_reply_is_of_the_shape(model):
    reply, headers = invoke(model, REQUESTS[model])
    assert fits(reply, REPLIES[model]), reply
    assert int(headers["x-amzn-bedrock-invocation-latency"]) >= 0
    counted = model != SDXL
    assert ("x-amzn-bedrock-input-token-count" in headers) is counted
    made = counted and "embed" not in model
    assert ("x-amzn-bedrock-output-token-count" in headers) is made
    if made:
        assert headers["x-amzn-bedrock-output-token-count"] == "1"


def test_every_model_called_here_has_its_shapes():
    assert set(REQUESTS) == set(REPLIES) == set(CALLABLE)
    assert set(CHUNKS) == set(STREAMING)


@pytest.mark.parametrize("model", STREAMING)
def test_every_chunk_is_of_one_of_the_shapes_and_each_shape_comes(model):
    *before, last = stream(model, smallest(model))
    assert not any(METRICS in chunk for chunk in before)
    metrics = last.pop(METRICS)
    assert fits(metrics, COUNTED)
    assert metrics["outputTokenCount"] == 1
    kinds = [[fits(c, shape) for shape in CHUNKS[model]] for c in [*before, last]]
    assert all(any(kind) for kind in kinds), (before, last)
    assert all(any(column) for column in zip(*kinds, strict=True))


@pytest.mark.parametrize("model", STREAMING)
def test_a_body_it_builds_is_answered_and_its_text_is_read(model):
    most = 60 if model == GPT_OSS else 6  # it reasons first
    body = smallest(model, max_tokens=most, temperature=0)
    chunks = stream(model, body)
    reply, headers = invoke(model, body)
    said, streamed = family_module(model).read(reply), text_of(model, chunks)
    if model == GPT_OSS:
        streamed = streamed.rpartition("</reasoning>")[2]
    assert said.strip() == streamed.strip() != ""
    for name in ("input", "output"):
        header = headers[f"x-amzn-bedrock-{name}-token-count"]
        assert chunks[-1][METRICS][f"{name}TokenCount"] == int(header)


@pytest.mark.parametrize("model", [m for m in REQUESTS if m not in STREAMING])
def test_the_others_do_not_stream(model):
    code, message = refused(model, smallest(model), "InvokeModelWithResponseStream")
    assert code == "ValidationException"
    assert message == "The model is unsupported for streaming."


@pytest.mark.parametrize("model", [ULTRA, SDXL, EMBED_V1, EMBED_V2])
def test_what_does_not_stream_is_read_too(model):
    found = family_module(model).read(invoke(model, smallest(model))[0])
    assert len(found) > 0


@pytest.mark.parametrize("model", STREAMING)
def test_build_names_the_settings_it_takes_when_it_takes_one_not(model):
    with pytest.raises(ValueError) as caught:
        family_module(model).build("Hi", model, no_such_setting=1)
    said = str(caught.value)
    assert f"{model} takes no no_such_setting. It takes: max_tokens" in said
    assert "temperature" in said and "top_p" in said


@pytest.mark.parametrize("model", STREAMING)
def test_build_leaves_out_what_is_none_or_unset(model):
    family = family_module(model)
    plain = family.build("Hi", model)
    assert family.build("Hi", model, temperature=None, top_p=None) == plain
    bare = split_profile_id(model)[1]
    family.validate(plain, bare, day_of(model))


def test_titan_takes_no_top_k():
    with pytest.raises(ValueError, match="takes no top_k"):
        build(LITE, "Hi", top_k=3)


def test_sdxl_of_later_takes_its_sizes():
    family = family_module(SDXL_1)
    family.validate(family.build("Hi", SDXL_1, width=1152, height=896), SDXL_1)
    with pytest.raises(Refusal, match="100x100|valid enum value"):
        family.validate(family.build("Hi", SDXL_1, width=100, height=100), SDXL_1)
