"""JSON of a schema and tool use, held to by constrained decoding."""

import json

import pytest
from jsonschema import validate

from tests.offline.desk import (
    HAIKU,
    assistant,
    text_of,
    tokens,
    tool,
    used,
    user,
    with_tools,
)
from tests.offline.provocations import json_output

# JSON of a schema

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 10},
        "age": {"type": "integer", "minimum": 0, "maximum": 120},
        "mood": {"enum": ["glad", "sad"]},
    },
    "required": ["name", "age", "mood"],
    "additionalProperties": False,
}


def test_json_output_is_of_its_schema(ready):
    wanted = json_output(json.dumps(PERSON))
    reply = ready.converse("Describe Ana.", HAIKU, outputConfig=wanted)
    validate(json.loads(text_of(reply)), PERSON)
    assert reply["stopReason"] == "end_turn"


def test_json_output_that_is_cut_short_says_so(ready):
    wanted = json_output(json.dumps(PERSON))
    reply = ready.converse(
        "Describe Ana.", HAIKU, outputConfig=wanted, inferenceConfig=tokens(3)
    )
    assert reply["stopReason"] == "max_tokens"
    assert reply["usage"]["outputTokens"] == 3


def test_a_stop_sequence_does_not_cut_json_output(ready):
    wanted = json_output(json.dumps(PERSON))
    config = tokens(80, stopSequences=[":"])
    reply = ready.converse("Ana?", HAIKU, outputConfig=wanted, inferenceConfig=config)
    assert json.loads(text_of(reply)).keys() == PERSON["properties"].keys()


# Tools

WEATHER = tool()
SCHEMA = WEATHER["toolSpec"]["inputSchema"]["json"]
CITY = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def tool_use(reply):
    (block,) = reply["output"]["message"]["content"]
    return block["toolUse"]


@pytest.mark.parametrize("choice", [{"any": {}}, {"tool": {"name": "get_weather"}}])
def test_a_tool_that_must_be_called_is_called_with_fitting_input(choice, ready):
    reply = ready.converse("Weather in Rome?", HAIKU, **with_tools(WEATHER, **choice))
    use = tool_use(reply)
    assert reply["stopReason"] == "tool_use"
    assert use["name"] == "get_weather" and use["toolUseId"]
    validate(use["input"], SCHEMA)


def test_any_picks_one_of_several_tools(ready):
    schemas = {"get_weather": SCHEMA, "count": CITY}
    both = with_tools(WEATHER, tool("count", CITY), any={})
    use = tool_use(ready.converse("Count to two.", **both))
    validate(use["input"], schemas[use["name"]])


def test_auto_leaves_the_choice_to_the_model(ready):
    limit = tokens(40)
    reply = ready.converse(**with_tools(WEATHER, auto={}), inferenceConfig=limit)
    kinds = {next(iter(b)) for b in reply["output"]["message"]["content"]}
    assert kinds in ({"text"}, {"toolUse"})
    assert ("toolUse" in kinds) == (reply["stopReason"] == "tool_use")


@pytest.mark.parametrize("choice", [{}, {"auto": {}}, {"any": {}}])
def test_choosing_a_tool_takes_no_tokens_of_the_reply(choice, ready):
    both = with_tools(WEATHER, tool("count", CITY), **choice)
    reply = ready.converse(**both, inferenceConfig=tokens(2))
    assert reply["usage"]["outputTokens"] <= 2


def test_a_tool_result_is_answered_in_words(ready):
    use = {"toolUseId": "t1", "name": "get_weather", "input": {"city": "Rome"}}
    result = {"toolUseId": "t1", "content": [{"json": {"sky": "clear"}}]}
    turns = [
        user("Weather in Rome?"),
        assistant({"toolUse": use}),
        user({"toolResult": result}),
    ]
    reply = ready.converse(
        messages=turns, **with_tools(WEATHER), inferenceConfig=tokens(5)
    )
    assert text_of(reply)
    without = ready.converse(inferenceConfig=tokens(1), **with_tools(WEATHER))
    assert used(reply) > used(without)


def test_a_tool_call_that_is_cut_short_says_so(ready):
    forced = with_tools(WEATHER, any={})
    reply = ready.converse("Weather?", **forced, inferenceConfig=tokens(2))
    assert reply["stopReason"] == "max_tokens"
    assert tool_use(reply)["input"] == {}


def test_streamed_pieces_of_a_tool_call_join_to_its_input(ready):
    forced = with_tools(WEATHER, any={})
    events = ready.events("Weather in Rome?", **forced)
    start = events[1]["contentBlockStart"]["start"]["toolUse"]
    deltas = [e["contentBlockDelta"] for e in events if "contentBlockDelta" in e]
    text = "".join(d["delta"]["toolUse"]["input"] for d in deltas)
    assert start["name"] == "get_weather"
    validate(json.loads(text), SCHEMA)
    assert events[-2]["messageStop"]["stopReason"] == "tool_use"


def test_each_tool_call_has_an_id_of_its_own(ready):
    forced = with_tools(WEATHER, any={})
    ids = {tool_use(ready.converse(**forced))["toolUseId"] for _ in "ab"}
    assert len(ids) == 2
