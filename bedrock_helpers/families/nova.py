"""Amazon Nova: Converse's own shape, inside InvokeModel."""

from bedrock_helpers.families import body as bodies
from bedrock_helpers.offline.errors import not_offline, refusal
from bedrock_helpers.offline.router import service_model
from bedrock_helpers.offline.shapes import check


def build(prompt, model_id, **settings):
    """
    The body that asks a question; ``settings`` as in :func:`body.build`.

    Examples
    --------
    >>> build("Hi", "amazon.nova-micro-v1:0", max_tokens=9)["inferenceConfig"]
    {'maxTokens': 9}
    """
    messages = [{"role": "user", "content": [{"text": prompt}]}]
    return bodies.build(model_id, messages, **settings)


def validate(body, model_id, day=None):
    """
    Refuse what Bedrock refuses of a body's settings.

    The conversation itself is checked as Converse's is.

    Raises
    ------
    Refusal
    """
    bodies.check(body, model_id, day)
    if "reasoningConfig" in body.get("inferenceConfig", {}):
        raise not_offline("act on reasoningConfig: its small model does not reason")
    for number, message in enumerate(body["messages"]):
        for key in ("role", "content"):
            if key not in message:
                where = f"#/messages/{number}: required key [{key}] not found"
                raise refusal("malformed_input", problem=where)
        if isinstance(message["content"], str):
            found = "expected type: JSONArray, found: String"
            where = f"#/messages/{number}/content: {found}"
            raise refusal("malformed_input", problem=where)


def conversation(body):
    """What a body asks, as a Converse conversation, decoded by its shape."""
    kept = {k: body[k] for k in ("messages", "system", "toolConfig") if k in body}
    if isinstance(kept.get("system"), list):
        kept["system"] = _apart(kept["system"])
    kept["messages"] = [
        {**message, "content": _apart(message["content"])}
        for message in kept["messages"]
    ]
    shape = service_model("bedrock-runtime").operation_model("Converse").input_shape
    decoded = check(shape, {"modelId": "any", **kept})
    return {name: value for name, value in decoded.items() if name != "modelId"}


def _apart(blocks):
    """Cache points as blocks of their own: Nova also takes them within a text's."""
    found = []
    for block in blocks:
        inside = isinstance(block, dict) and len(block) > 1 and "cachePoint" in block
        if not inside:
            found.append(block)
            continue
        found.append({k: v for k, v in block.items() if k != "cachePoint"})
        found.append({"cachePoint": block["cachePoint"]})
    return found


def reply(answer, model_id):
    """The body of a whole reply."""
    content = [_content(block, answer) for block in answer.blocks] or [{"text": ""}]
    message = {"content": content, "role": "assistant"}
    return {
        "output": {"message": message},
        "stopReason": answer.stop_reason,
        "usage": _usage(answer),
    }


def _content(block, answer):
    if block.kind == "toolUse":
        use = {"name": block.tool_name, "toolUseId": block.tool_use_id}
        return {"toolUse": {**use, "input": answer.input_of(block)}}
    return {"text": "".join(block.pieces)}


def _usage(answer):
    used, made, use = answer.input_tokens, answer.output_tokens, answer.cached
    read, written = (use.read_tokens, use.written_tokens) if use else (0, 0)
    return {
        "inputTokens": used,
        "outputTokens": made,
        "totalTokens": used + read + written + made,
        "cacheReadInputTokenCount": read,
        "cacheWriteInputTokenCount": written,
    }


def chunks(answer, pieces, model_id):
    """
    The JSON objects of a streamed reply, in order: Converse's events.

    The index rises with every piece, and every piece is closed: so Nova does.
    """
    yield {"messageStart": {"role": "assistant"}}
    current = None
    for index, (block, piece) in enumerate(pieces):
        if block is not current and block.tool_name:
            use = {"toolUseId": block.tool_use_id, "name": block.tool_name}
            start = {"start": {"toolUse": use}, "contentBlockIndex": index}
            yield {"contentBlockStart": start}
        current = block
        delta = {"toolUse": {"input": piece}} if block.tool_name else {"text": piece}
        yield {"contentBlockDelta": {"delta": delta, "contentBlockIndex": index}}
        yield {"contentBlockStop": {"contentBlockIndex": index}}
    yield {"messageStop": {"stopReason": answer.stop_reason}}
    usage = {k: v for k, v in _usage(answer).items() if k != "totalTokens"}
    yield {"metadata": {"usage": usage, "metrics": {}, "trace": {}}}


def read(reply):
    """
    The text of a reply's body.

    Examples
    --------
    >>> read({"output": {"message": {"content": [{"text": "Bonjour"}]}}})
    'Bonjour'
    """
    content = reply["output"]["message"]["content"]
    return "".join(block.get("text", "") for block in content)


def read_chunk(chunk):
    """The text one chunk of a stream adds."""
    return chunk.get("contentBlockDelta", {}).get("delta", {}).get("text", "")
