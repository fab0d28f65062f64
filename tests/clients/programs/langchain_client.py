"""What LangChain does with the offline Bedrock."""

from typing import Literal

from botocore.exceptions import ClientError
from cases import ASKED, report
from langchain_aws import ChatBedrock, ChatBedrockConverse
from langchain_core.tools import tool


@tool
def get_weather(city: Literal["Paris", "Rome"]) -> str:
    """The weather of a city."""
    return "rain"


def converse(model_id, **settings):
    return ChatBedrockConverse(model=model_id, **settings)


def nova_with_the_lessons_settings():
    return converse(ASKED["nova"], max_tokens=ASKED["max_tokens"], temperature=0)


def invoked():
    message = nova_with_the_lessons_settings().invoke(ASKED["question"])
    return {
        "text": message.content,
        "stop": message.response_metadata["stopReason"],
        "usage": message.usage_metadata,
    }


def streamed():
    chunks = list(nova_with_the_lessons_settings().stream(ASKED["question"]))
    whole = sum(chunks[1:], chunks[0])
    return {
        "chunks": len(chunks),
        "text": whole.text,
        "stop": whole.response_metadata["stopReason"],
        "usage": whole.usage_metadata,
    }


def tool_called():
    model = converse(ASKED["nova"], max_tokens=100)
    bound = model.bind_tools([get_weather], tool_choice="get_weather")
    return bound.invoke("What is the weather in Paris?").tool_calls


def tool_result_sent_back():
    model = converse(ASKED["nova"], max_tokens=8)
    question = {"role": "user", "content": "What is the weather in Paris?"}
    bound = model.bind_tools([get_weather], tool_choice="get_weather")
    asked = bound.invoke([question])
    answered = get_weather.invoke(asked.tool_calls[0])
    reply = model.bind_tools([get_weather]).invoke([question, asked, answered])
    return reply.response_metadata["stopReason"]


def native():
    model = ChatBedrock(model=ASKED["haiku"], max_tokens=6, temperature=0)
    message = model.invoke(ASKED["question"])
    return {"text": message.content, "usage": message.usage_metadata}


def native_streamed():
    model = ChatBedrock(model=ASKED["haiku"], max_tokens=6, temperature=0)
    chunks = list(model.stream(ASKED["question"]))
    whole = sum(chunks[1:], chunks[0])
    return {"text": whole.text, "usage": whole.usage_metadata}


def refused():
    try:
        converse("amazon.no-such-model").invoke(ASKED["question"])
    except ClientError as error:
        return error.response["Error"]


report(
    invoked,
    streamed,
    tool_called,
    tool_result_sent_back,
    native,
    native_streamed,
    refused,
)
