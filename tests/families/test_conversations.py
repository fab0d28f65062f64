"""Several turns, system texts and tools inside native bodies."""

import json

import pytest

from bedrock_helpers.families.lookup import family_module
from bedrock_helpers.parameters import by_role
from tests.families.models import (
    CLAUDE_V2,
    COMMAND,
    GPT_OSS,
    HAIKU,
    LITE,
    MICRO,
    MIXTRAL,
    SCOUT,
    ULTRA,
    desk_of,
    invoke,
    put,
    refused,
    smallest,
    stream,
)

BARE_HAIKU = HAIKU.removeprefix("us.")
HEADER = "<|start_header_id|>{}<|end_header_id|>\n\n{}<|eot_id|>"
LLAMA_2 = "meta.llama2-13b-chat-v1"
LLAMA_3_TURNS = "<|begin_of_text|>" + "".join(
    HEADER.format(role, said)
    for role, said in [
        ("system", "Be brief."),
        ("user", "I am Ana."),
        ("assistant", "Hello."),
        ("user", "Who am I?"),
    ]
)
TAGGED = "<s>[INST] I am Ana. [/INST] Hello.</s>[INST] Who am I? [/INST]"
PROMPTS = {
    LITE: "User: I am Ana.\nBot: Hello.\nUser: Who am I?\nBot:",
    CLAUDE_V2: (
        "\n\nHuman: I am Ana.\n\nAssistant: Hello.\n\nHuman: Who am I?\n\nAssistant:"
    ),
    SCOUT: LLAMA_3_TURNS + "<|start_header_id|>assistant<|end_header_id|>\n\n",
    MIXTRAL: TAGGED,
    LLAMA_2: TAGGED,
}
TURNS = [("user", "I am Ana."), ("assistant", "Hello."), ("user", "Who am I?")]
WEATHER = {
    "name": "get_weather",
    "description": "The weather in a city",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string", "maxLength": 8}},
        "required": ["city"],
    },
}


@pytest.mark.parametrize("model", PROMPTS)
def test_the_turns_of_a_prompt_are_told_apart(model):
    key = "inputText" if model == LITE else "prompt"
    found = family_module(model).conversation({key: PROMPTS[model]})
    spoken = [(m["role"], m["content"][0]["text"]) for m in found["messages"]]
    assert spoken == TURNS
    if model == SCOUT:
        assert found["system"] == [{"text": "Be brief."}]


@pytest.mark.parametrize("model", [m for m in PROMPTS if m != LLAMA_2])
def test_a_prompt_of_several_turns_is_answered_and_counts_them_all(model):
    key = "inputText" if model == LITE else "prompt"
    counts = [
        int(invoke(model, body)[1]["x-amzn-bedrock-input-token-count"])
        for body in (smallest(model), put(smallest(model), key, PROMPTS[model]))
    ]
    assert counts[0] < counts[1]


@pytest.mark.parametrize("model", [HAIKU, MICRO, GPT_OSS])
def test_messages_of_several_turns_are_answered(model):
    wrapped = [{"text": said} for _, said in TURNS]
    said = wrapped if model == MICRO else [said for _, said in TURNS]
    messages = [
        {"role": role, "content": [text] if model == MICRO else text}
        for (role, _), text in zip(TURNS, said, strict=True)
    ]
    path = "messages"
    one, three = smallest(model), put(smallest(model), path, messages)
    counts = [
        int(invoke(model, b)[1]["x-amzn-bedrock-input-token-count"])
        for b in (one, three)
    ]
    assert counts[0] < counts[1]


# Claude messages


def claude(**more):
    return {**smallest(HAIKU, temperature=0), **more}


def test_a_system_text_may_be_a_string_or_a_list():
    counts = [
        invoke(HAIKU, claude(system=system))[0]["usage"]["input_tokens"]
        for system in ("Be brief.", [{"type": "text", "text": "Be brief."}])
    ]
    assert counts[0] == counts[1]
    without_any = invoke(HAIKU, claude())[0]["usage"]["input_tokens"]
    assert counts[0] != without_any


def asked_for_weather(**more):
    return claude(
        max_tokens=40,
        messages=[{"role": "user", "content": "The weather in Rome?"}],
        tools=[WEATHER],
        tool_choice={"type": "tool", "name": "get_weather"},
        **more,
    )


def test_claude_calls_a_tool_and_reads_its_result():
    body = asked_for_weather()
    reply = invoke(HAIKU, body)[0]
    assert reply["stop_reason"] == "tool_use"
    (use,) = reply["content"]
    assert use.keys() == {"type", "id", "name", "input"}
    assert (use["type"], use["name"]) == ("tool_use", "get_weather")
    assert use["input"].keys() == {"city"}
    for content in ("Sunny", [{"type": "text", "text": "Sunny"}]):
        result = {"type": "tool_result", "tool_use_id": use["id"], "content": content}
        turns = [
            {"role": "assistant", "content": reply["content"]},
            {"role": "user", "content": [result]},
        ]
        more = {"messages": [*body["messages"], *turns], "max_tokens": 3}
        more["tool_choice"] = {"type": "auto"}
        assert invoke(HAIKU, {**body, **more})[0]["content"]


def test_a_streamed_tool_call_is_the_same_as_the_whole_one():
    whole = invoke(HAIKU, asked_for_weather())[0]["content"][0]
    chunks = stream(HAIKU, asked_for_weather())
    (start,) = [c for c in chunks if c["type"] == "content_block_start"]
    assert start["content_block"]["type"] == "tool_use"
    assert start["content_block"]["input"] == {}
    deltas = [c["delta"] for c in chunks if c["type"] == "content_block_delta"]
    assert {delta["type"] for delta in deltas} == {"input_json_delta"}
    told = "".join(delta["partial_json"] for delta in deltas)
    assert json.loads(told) == whole["input"]


def test_nova_calls_a_tool_too():
    schema = {"json": WEATHER["input_schema"]}
    spec = {"toolSpec": {"name": "get_weather", "inputSchema": schema}}
    config = {"tools": [spec], "toolChoice": {"any": {}}}
    body = smallest(MICRO, max_tokens=40, temperature=0) | {"toolConfig": config}
    reply = invoke(MICRO, body)[0]
    uses = [b["toolUse"] for b in reply["output"]["message"]["content"]]
    assert reply["stopReason"] == "tool_use" and uses[0]["input"].keys() == {"city"}
    starts = [c for c in stream(MICRO, body) if "contentBlockStart" in c]
    assert starts[0]["contentBlockStart"]["start"]["toolUse"]["name"] == "get_weather"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"messages": [{"content": "Hi"}]}, "messages.0.role: Field required"),
        ({"messages": [{"role": "user"}]}, "messages.0.content: Field required"),
        ({"messages": [{"role": "x", "content": "Hi"}]}, "'user' or 'assistant'"),
        ({"messages": [{"role": "user", "content": 1}]}, "a valid list"),
        ({"messages": [{"role": "user", "content": [1]}]}, "a valid dictionary"),
        ({"messages": [{"role": "user", "content": [{"type": "x"}]}]}, "x is no type"),
        ({"messages": [{"role": "user", "content": []}]}, "0"),
        ({"messages": [{"role": "user", "content": " "}]}, "text"),
        ({"messages": [{"role": "assistant", "content": "Hi"}]}, "user"),
        ({"tools": {}}, "tools: Input should be a valid list"),
        ({"tools": [1]}, "tools.0: Input should be a valid dictionary"),
        ({"tools": [{"input_schema": {}}]}, "tools.0.name: Field required"),
        ({"tools": [{"name": "f"}]}, "tools.0.input_schema: Field required"),
        ({"tools": [WEATHER], "tool_choice": {"type": "x"}}, "tool_choice.type"),
        ({"tools": [WEATHER], "tool_choice": {"type": "tool"}}, "tool_choice.name"),
        ({"anthropic_version": "2"}, "Invalid API version: 2"),
        ({"temperature": 1, "top_p": 1}, "`temperature` and `top_p`"),
        ({"system": 1}, "system: Input should be a valid list"),
        ({"system": {}}, "system: Input should be a valid list"),
        ({"system": [{"type": "x"}]}, "system.0.type: x is no type"),
        (
            {"system": [{"type": "tool_use", "id": "1", "name": "f"}]},
            "system.0.type: Input should be 'text'",
        ),
    ],
)
def test_claude_says_what_is_wrong_inside_a_conversation(more, said):
    for operation in ("InvokeModel", "InvokeModelWithResponseStream"):
        code, message = refused(HAIKU, claude(**more), operation)
        assert code == "ValidationException" and said in message


def test_a_body_of_the_old_completions_is_sent_to_the_messages_api():
    body = {"prompt": "\n\nHuman: Hi\n\nAssistant:", "max_tokens_to_sample": 1}
    code, message = refused(HAIKU, body)
    assert code == "ValidationException"
    assert message.endswith(
        "is not supported on this API. Please use the Messages API instead."
    )


# CountTokens


def count(**asked):
    return desk_of(HAIKU).call("CountTokens", modelId=BARE_HAIKU, input=asked)


def test_a_native_body_counts_as_its_conversation_does():
    raw = json.dumps(claude(system="Be brief."))
    native = count(invokeModel={"body": raw})["inputTokens"]
    system, said = [{"text": "Be brief."}], [{"text": "Name a colour."}]
    messages = [{"role": "user", "content": said}]
    chat = count(converse={"system": system, "messages": messages})["inputTokens"]
    assert native == chat > 0
    used = invoke(HAIKU, json.loads(raw))[0]["usage"]["input_tokens"]
    assert native == used


@pytest.mark.parametrize("raw", ["{", "[]", '{"max_tokens": 1}'])
def test_counting_refuses_a_body_that_calling_refuses(raw):
    wanted = {"modelId": BARE_HAIKU, "input": {"invokeModel": {"body": raw}}}
    error = desk_of(HAIKU).refused("CountTokens", **wanted).response["Error"]
    assert error["Code"] == "ValidationException" and error["Message"]


# Prompts that are no conversation


@pytest.mark.parametrize("model", [LITE, ULTRA, COMMAND, MIXTRAL, SCOUT])
def test_an_empty_prompt_is_too_short_for_its_schema(model):
    body = put(smallest(model), by_role(model)["prompt"].path, "")
    code, text = refused(model, body)
    assert code == "ValidationException"
    assert "expected minLength: 1, actual: 0" in text


@pytest.mark.parametrize(
    ("model", "prompt"),
    [
        (LITE, "User:"),
        (LITE, "User: \nBot: Hello.\nUser: Bye"),
        (MIXTRAL, "[INST][/INST]"),
        (MIXTRAL, "[INST] [/INST] Hello."),
        (SCOUT, HEADER.format("system", "Be brief.")),
        (SCOUT, " "),
    ],
)
def test_a_prompt_whose_turns_do_not_begin_with_the_users_is_one_question(
    model, prompt
):
    body = put(smallest(model), by_role(model)["prompt"].path, prompt)
    family = family_module(model)
    asked = {"role": "user", "content": [{"text": prompt}]}
    assert family.conversation(body) == {"messages": [asked]}
    assert invoke(model, body)


def test_nova_wants_a_list_where_claude_takes_a_string():
    messages = [{"role": "user", "content": "Hi"}]
    code, text = refused(MICRO, {"messages": messages})
    assert code == "ValidationException"
    assert "#/messages/0/content: expected type: JSONArray, found: String" in text


@pytest.mark.parametrize("streamed", [True, False])
def test_stream_in_a_body_of_gpt_oss_must_fit_the_operation(streamed):
    send, operation = (
        (stream, "InvokeModelWithResponseStream")
        if streamed
        else (invoke, "InvokeModel")
    )
    assert send(GPT_OSS, {**smallest(GPT_OSS), "stream": streamed})
    unfit = {**smallest(GPT_OSS), "stream": not streamed}
    code, text = refused(GPT_OSS, unfit, operation)
    assert code == "ValidationException"
    assert "#/stream" in text
