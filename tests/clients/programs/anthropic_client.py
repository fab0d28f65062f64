"""What Anthropic's SDK does with the offline Bedrock."""

import anthropic
from cases import ASKED, fail_next, report

client = anthropic.AnthropicBedrock()
#: The API version of Bedrock's Claude; the SDK's own is newer than those models.
OF_BEDROCK = {"anthropic_version": "bedrock-2023-05-31"}
MESSAGES = [{"role": "user", "content": ASKED["question"]}]
WEATHER = {
    "name": "get_weather",
    "description": "The weather of a city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"enum": ["Paris", "Rome"]}},
        "required": ["city"],
    },
}


FORCED = {
    "max_tokens": 100,
    "tools": [WEATHER],
    "tool_choice": {"type": "tool", "name": "get_weather"},
}


def asked(**settings):
    usual = {"model": ASKED["haiku"], "max_tokens": 8, "extra_body": OF_BEDROCK}
    return {**usual, "messages": MESSAGES, **settings}


def created():
    return client.messages.create(**asked()).to_dict()


def streamed():
    with client.messages.stream(**asked()) as stream:
        pieces = list(stream.text_stream)
        return {"pieces": pieces, "message": stream.get_final_message().to_dict()}


def tool_used():
    return client.messages.create(**asked(**FORCED)).to_dict()


def tool_used_in_a_stream():
    with client.messages.stream(**asked(**FORCED)) as stream:
        return stream.get_final_message().to_dict()


def _error(client=client, **settings):
    try:
        client.messages.create(**asked(**settings))
    except anthropic.APIStatusError as error:
        return {"class": type(error).__name__, "text": error.message}


def own_api_version():
    return _error(extra_body=None)


def ended_model():
    return _error(model="anthropic.claude-v2")


def throttled():
    fail_next("ThrottlingException")
    return _error(client.with_options(max_retries=0))


def tried_again():
    fail_next("ThrottlingException")
    return client.messages.create(**asked()).stop_reason


report(
    created,
    streamed,
    tool_used,
    tool_used_in_a_stream,
    own_api_version,
    ended_model,
    throttled,
    tried_again,
)
