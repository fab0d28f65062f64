"""Tool use and JSON output: which schema the small model is held to."""

import json

from bedrock_helpers.offline.errors import not_offline, refusal
from bedrock_helpers.offline.strict_json import read_json

#: What the small model may answer to "which tool?"; no tool can have this name.
NO_TOOL = "no tool"
#: Keywords that give an object properties its own "properties" does not name.
_COMBINING = {
    "$ref",
    "allOf",
    "anyOf",
    "dependentSchemas",
    "if",
    "minProperties",
    "not",
    "oneOf",
    "patternProperties",
    "unevaluatedProperties",
}


def check_tools(request, model):
    """
    Refuse a ``toolConfig`` the service would refuse.

    Raises
    ------
    Refusal
    """
    if "toolConfig" not in request:
        return
    if model.tools is False:
        raise refusal("tools_unsupported")
    seen = set()
    for index, tool in enumerate(request["toolConfig"]["tools"]):
        if "systemTool" in tool:
            raise not_offline("run system tools")
        if "toolSpec" in tool:
            _check_spec(tool["toolSpec"], index, seen)
    _check_choice(request["toolConfig"].get("toolChoice", {}), seen, model)


def _check_spec(spec, index, seen):
    schema = spec["inputSchema"]["json"]
    if not isinstance(schema, dict):
        raise refusal("tool_schema_format", index=index)
    if schema.get("type") != "object":
        raise refusal("tool_schema_not_object", index=index)
    problem = _schema_problem(schema)
    if problem:
        raise refusal("tool_schema_invalid", index=index, problem=problem)
    if spec["name"] in seen:
        raise refusal("duplicate_tool", name=spec["name"], index=index)
    seen.add(spec["name"])


def _check_choice(choice, names, model):
    kind = next(iter(choice), "auto")
    if kind != "auto" and model.forced_tool_choice is False:
        raise refusal("tool_choice_unsupported", choice=kind)
    if kind == "tool" and choice["tool"]["name"] not in names:
        raise refusal("tool_choice_unknown", name=choice["tool"]["name"])


def _schema_problem(schema):
    from bedrock_helpers.offline.json_schema import schema_problem

    return schema_problem(schema)


def output_schema(request):
    """
    The JSON schema ``outputConfig`` asks for, or None.

    Raises
    ------
    Refusal
        If it is not a JSON schema.
    """
    wanted = request.get("outputConfig", {}).get("textFormat")
    if wanted is None:
        if request.get("outputConfig"):
            raise not_offline("act on effort: its small model does not reason")
        return None
    try:
        schema = read_json(wanted["structure"]["jsonSchema"]["schema"])
    except ValueError as error:
        raise refusal("output_schema_invalid", problem=error) from None
    if not isinstance(schema, dict):
        raise refusal("output_schema_invalid", problem="it is not a JSON object")
    problem = _schema_problem(schema)
    if problem:
        raise refusal("output_schema_invalid", problem=problem)
    return schema


def tool_specs(request):
    """The tools a request offers, by name."""
    tools = request.get("toolConfig", {}).get("tools", [])
    return {t["toolSpec"]["name"]: t["toolSpec"] for t in tools if "toolSpec" in t}


def choice_schema(request):
    """
    The schema of the question "which tool?", or None when it needs no asking.

    A forced tool needs no asking; after a tool result with an automatic choice
    the model answers in words.
    """
    names = list(tool_specs(request))
    choice = request.get("toolConfig", {}).get("toolChoice", {"auto": {}})
    if not names or "tool" in choice or ("any" in choice and len(names) == 1):
        return None
    if "any" not in choice:
        if _answers_a_tool(request):
            return None
        names.append(NO_TOOL)
    return {
        "type": "object",
        "properties": {"tool": {"enum": names}},
        "required": ["tool"],
        "additionalProperties": False,
    }


def _answers_a_tool(request):
    return any("toolResult" in block for block in request["messages"][-1]["content"])


def forced_tool(request):
    """The name of the tool that must be used, or None."""
    choice = request.get("toolConfig", {}).get("toolChoice", {})
    if "tool" in choice:
        return choice["tool"]["name"]
    names = list(tool_specs(request))
    return names[0] if "any" in choice and len(names) == 1 else None


def describe(specs):
    """The tools in words, for the small model's prompt."""
    lines = [f"{name}: {spec.get('description', '')}" for name, spec in specs.items()]
    return "You can call these tools.\n" + "\n".join(lines)


def closed(schema):
    """
    The schema without room for properties it does not name.

    The small model would go on inventing them. What fits the closed schema fits
    the open one; a schema that combines others is left as it is.

    Examples
    --------
    >>> closed({"type": "object", "properties": {"n": {"type": "integer"}}})[
    ...     "additionalProperties"
    ... ]
    False
    """
    if not isinstance(schema, dict) or _COMBINING & schema.keys():
        return schema
    tight = dict(schema)
    named = schema.get("properties")
    if isinstance(named, dict) and set(schema.get("required", ())) <= named.keys():
        tight["properties"] = {name: closed(inner) for name, inner in named.items()}
        tight.setdefault("additionalProperties", False)
    if isinstance(schema.get("items"), dict):
        tight["items"] = closed(schema["items"])
    return tight


def parse_json(text, schema):
    """
    The JSON value of a finished constrained text.

    Raises
    ------
    Refusal
        If the text is not of the schema: llama.cpp could not hold the model to
        it, which is a limit of the offline Bedrock and is said so.
    """
    from bedrock_helpers.offline.json_schema import fits

    limit = not_offline("hold its small model to this JSON schema; use a plainer one")
    try:
        value = json.loads(text)
    except ValueError:
        raise limit from None
    if not fits(value, schema):
        raise limit
    return value
