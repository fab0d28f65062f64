"""Claude's content blocks and tools as those of Converse."""

from bedrock_helpers.offline.errors import not_offline, refusal


def as_converse(messages):
    """
    Messages of Claude's own shape as Converse messages.

    Raises
    ------
    Refusal
        For a role, a content or a block that Claude does not take.

    Examples
    --------
    >>> as_converse([{"role": "user", "content": [{"type": "text", "text": "Hi"}]}])
    [{'role': 'user', 'content': [{'text': 'Hi'}]}]
    """
    return [_message(message, f"messages.{n}") for n, message in enumerate(messages)]


def as_system(system):
    """
    Claude's system text, a string or a list of text blocks, as Converse's.

    Examples
    --------
    >>> as_system("Be brief.")
    [{'text': 'Be brief.'}]
    """
    if isinstance(system, str):
        return [{"text": system}]
    if not isinstance(system, list):
        raise _wrong("system: Input should be a valid list")
    blocks = [_block(block, f"system.{n}") for n, block in enumerate(system)]
    for number, block in enumerate(blocks):
        if "text" not in block:
            raise _wrong(f"system.{number}.type: Input should be 'text'")
    return _with_cache_points(blocks, system, "system")


def _with_cache_points(blocks, given, path):
    """Converse has a cache point after what Claude marks with cache_control."""
    found = []
    for number, (block, marked) in enumerate(zip(blocks, given, strict=True)):
        found.append(block)
        control = marked.get("cache_control")
        if control is not None:
            found.append(_cache_point(control, f"{path}.{number}.cache_control"))
    return found


def _cache_point(control, path):
    if not isinstance(control, dict) or control.get("type") != "ephemeral":
        raise _wrong(f"{path}.type: Input should be 'ephemeral'")
    if control.get("ttl", "5m") not in ("5m", "1h"):
        raise _wrong(f"{path}.ttl: Input should be '5m' or '1h'")
    kept = {"ttl": control["ttl"]} if "ttl" in control else {}
    return {"cachePoint": {"type": "default", **kept}}


def _message(message, path):
    for key in ("role", "content"):
        if key not in message:
            raise _wrong(f"{path}.{key}: Field required")
    if message["role"] not in ("user", "assistant"):
        raise _wrong(f"{path}.role: Input should be 'user' or 'assistant'")
    content = message["content"]
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    if not isinstance(content, list):
        raise _wrong(f"{path}.content: Input should be a valid list")
    blocks = [_block(block, f"{path}.content.{n}") for n, block in enumerate(content)]
    blocks = _with_cache_points(blocks, content, f"{path}.content")
    return {"role": message["role"], "content": blocks}


def _block(block, path):
    if not isinstance(block, dict):
        raise _wrong(f"{path}: Input should be a valid dictionary")
    kind = block.get("type", "text" if "text" in block else None)
    if kind == "text":
        return {"text": _text(block, "text", f"{path}.text")}
    if kind == "tool_use":
        return {"toolUse": _tool_use(block, path)}
    if kind == "tool_result":
        return {"toolResult": _tool_result(block, path)}
    if kind in ("image", "document", "thinking", "redacted_thinking"):
        raise not_offline(f"read {kind} blocks: its small model reads text only")
    raise _wrong(f"{path}.type: {kind} is no type of a content block")


def _tool_use(block, path):
    tool_use_id = _text(block, "id", f"{path}.id")
    name = _text(block, "name", f"{path}.name")
    return {"toolUseId": tool_use_id, "name": name, "input": block.get("input", {})}


def _tool_result(block, path):
    tool_use_id = _text(block, "tool_use_id", f"{path}.tool_use_id")
    content = block.get("content", "")
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    inner = _message({"role": "user", "content": content}, path)["content"]
    return {"toolUseId": tool_use_id, "content": inner}


def check_turns(messages):
    """
    Refuse turns that are empty, or that do not begin with the user's.

    Raises
    ------
    Refusal
    """
    for number, message in enumerate(messages):
        if not message["content"]:
            raise refusal("empty_message_claude", number=number)
        if any(not b["text"].strip() for b in message["content"] if "text" in b):
            raise refusal("blank_text_claude")
    if messages[0]["role"] != "user":
        raise refusal("first_message_user_claude")


def as_tool_config(body):
    """Claude's tools and tool_choice as Converse's toolConfig."""
    tools = body["tools"]
    if not isinstance(tools, list):
        raise _wrong("tools: Input should be a valid list")
    specs = [_tool(tool, f"tools.{n}") for n, tool in enumerate(tools)]
    config = {"tools": _with_cache_points(specs, tools, "tools")}
    choice = body.get("tool_choice")
    if choice:
        config["toolChoice"] = _choice(choice)
    return config


def _tool(tool, path):
    if not isinstance(tool, dict):
        raise _wrong(f"{path}: Input should be a valid dictionary")
    name = _text(tool, "name", f"{path}.name")
    schema = tool.get("input_schema")
    if not isinstance(schema, dict):
        raise _wrong(f"{path}.input_schema: Field required")
    spec = {"name": name, "inputSchema": {"json": schema}}
    if "description" in tool:
        spec["description"] = _text(tool, "description", f"{path}.description")
    return {"toolSpec": spec}


def _choice(choice):
    kind = choice.get("type")
    if kind == "tool":
        return {"tool": {"name": _text(choice, "name", "tool_choice.name")}}
    if kind in ("auto", "any"):
        return {kind: {}}
    if kind == "none":
        raise not_offline("take tool_choice none; leave the tools out")
    raise _wrong(f"tool_choice.type: {kind} is not one of auto, any, tool, none")


def _text(holder, key, path):
    if key not in holder:
        raise _wrong(f"{path}: Field required")
    if not isinstance(holder[key], str):
        raise _wrong(f"{path}: Input should be a valid string")
    return holder[key]


def _wrong(problem):
    return refusal("claude_body", problem=problem)
