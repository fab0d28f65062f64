"""Which tool, and which JSON schema, the small model is held to."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline import tools
from bedrock_helpers.offline.errors import Refusal
from tests.offline.desk import assistant, tool, user
from tests.offline.provocations import json_output

OBJECT = {"type": "object"}
RESULT = {"toolResult": {"toolUseId": "t", "content": [{"text": "a"}]}}


def asking(*names, messages=None, **choice):
    """A request that offers tools."""
    config = {"tools": [tool(name) for name in names]}
    chosen = {"toolChoice": choice} if choice else {}
    return {
        "messages": messages or [user("Hi")],
        "toolConfig": {**config, **chosen},
    }


def test_without_tools_nothing_is_asked():
    plain = {"messages": [user("Hi")]}
    assert tools.choice_schema(plain) is None and tools.forced_tool(plain) is None


@pytest.mark.parametrize("names", [["a"], ["a", "b"], ["none"], ["no_tool"]])
def test_auto_may_choose_each_tool_or_none_of_them(names):
    schema = tools.choice_schema(asking(*names))
    assert schema["properties"]["tool"]["enum"] == [*names, tools.NO_TOOL]
    assert tools.forced_tool(asking(*names)) is None


def test_any_must_choose_a_tool():
    request = asking("a", "b", any={})
    assert tools.choice_schema(request)["properties"]["tool"]["enum"] == ["a", "b"]
    assert tools.forced_tool(request) is None


def test_any_of_one_tool_needs_no_asking():
    assert tools.choice_schema(asking("a", any={})) is None
    assert tools.forced_tool(asking("a", any={})) == "a"


def test_a_named_tool_needs_no_asking():
    request = asking("a", "b", tool={"name": "b"})
    assert tools.choice_schema(request) is None
    assert tools.forced_tool(request) == "b"


def test_after_a_tool_result_auto_answers_in_words():
    use = {"toolUse": {"toolUseId": "t", "name": "a", "input": {}}}
    turns = [user("Hi"), assistant(use), user(RESULT)]
    assert tools.choice_schema(asking("a", "b", messages=turns)) is None
    assert tools.choice_schema(asking("a", "b", messages=turns, any={}))


def test_cache_points_among_the_tools_are_no_tools():
    request = asking("a")
    request["toolConfig"]["tools"].append({"cachePoint": {"type": "default"}})
    assert list(tools.tool_specs(request)) == ["a"]


def test_the_small_model_is_told_each_tool():
    text = tools.describe({"a": {"description": "adds"}, "b": {}})
    assert "a: adds" in text and "b: " in text


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_json_of_a_schema_is_read(value):
    assert tools.parse_json(json.dumps(value), {}) == value


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        ("{", {}),
        ("1", {"type": "string"}),
        ('"a"', {"pattern": "["}),
        ("1", {"$ref": "#"}),
        ("1", {"$ref": "https://example.com/schema"}),
        ("1", {"$ref": "#/nowhere"}),
    ],
)
def test_json_that_cannot_be_held_to_its_schema_is_said_to_be_our_limit(text, schema):
    with pytest.raises(Refusal) as caught:
        tools.parse_json(text, schema)
    assert caught.value.code == "NotAvailableOffline"


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '{"type": 3}', '{"a": NaN}'])
def test_an_output_schema_must_be_a_json_schema(text):
    with pytest.raises(Refusal) as caught:
        tools.output_schema({"outputConfig": json_output(text)})
    assert caught.value.code == "ValidationException"


@pytest.mark.parametrize(
    "inner", [{"$ref": "https://example.com/s"}, {"prefixItems": [{"$ref": "b.json"}]}]
)
def test_a_schema_from_elsewhere_is_never_fetched(inner):
    schema = {"type": "object", "properties": {"a": inner}}
    with pytest.raises(Refusal, match="write it into"):
        tools.output_schema({"outputConfig": json_output(json.dumps(schema))})


def test_a_schema_may_refer_to_itself():
    schema = {"$defs": {"a": {"type": "null"}}, "$ref": "#/$defs/a"}
    wanted = {"outputConfig": json_output(json.dumps(schema))}
    assert tools.output_schema(wanted) == schema


def test_an_output_schema_is_read_from_its_text():
    wanted = {"outputConfig": json_output(json.dumps(OBJECT))}
    assert tools.output_schema(wanted) == OBJECT
    assert tools.output_schema({}) is None
