"""What LiteLLM does with the offline Bedrock."""

import json

import litellm
from cases import ASKED, fail_next, report

NOVA = "bedrock/converse/" + ASKED["nova"]
HAIKU = "bedrock/invoke/" + ASKED["haiku"]
GPT_OSS = "bedrock/converse/" + ASKED["gpt_oss"]
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"enum": ["Paris", "Rome"]}},
            "required": ["city"],
        },
    },
}


def ask(model, **settings):
    messages = [{"role": "user", "content": ASKED["question"]}]
    return litellm.completion(model, messages, num_retries=0, **settings)


def _whole(reply):
    choice = reply.choices[0]
    usage = [reply.usage.prompt_tokens, reply.usage.completion_tokens]
    text = choice.message.content
    return {"text": text, "finish": choice.finish_reason, "usage": usage}


def _streamed(model, **settings):
    wanted = {"include_usage": True}
    chunks = list(ask(model, stream=True, stream_options=wanted, **settings))
    return _whole(litellm.stream_chunk_builder(chunks)) | {"chunks": len(chunks)}


def converse():
    return _whole(ask(NOVA, max_tokens=ASKED["max_tokens"], temperature=0))


def converse_streamed():
    return _streamed(NOVA, max_tokens=ASKED["max_tokens"], temperature=0)


def reasoning():
    message = ask(GPT_OSS, max_tokens=60).choices[0].message
    return {"text": message.content, "reasoning": message.reasoning_content}


def tool_called():
    choice = {"type": "function", "function": {"name": "get_weather"}}
    reply = ask(NOVA, max_tokens=100, tools=[WEATHER], tool_choice=choice)
    call = reply.choices[0].message.tool_calls[0].function
    return {"name": call.name, "arguments": json.loads(call.arguments)}


def invoke():
    return _whole(ask(HAIKU, max_tokens=8))


def invoke_streamed():
    return _streamed(HAIKU, max_tokens=8)


def _error(model):
    try:
        ask(model, max_tokens=8)
    except Exception as error:
        text, status = str(error), error.status_code
        return {"class": type(error).__name__, "status": status, "text": text}


def refused():
    return _error("bedrock/converse/amazon.no-such-model")


def throttled():
    fail_next("ThrottlingException")
    return _error(NOVA)


report(
    converse,
    converse_streamed,
    reasoning,
    tool_called,
    invoke,
    invoke_streamed,
    refused,
    throttled,
)
