"""Whole requests, replies and chunks of every family, as the reference has them."""

from tests.families.models import (
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
    ULTRA,
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
