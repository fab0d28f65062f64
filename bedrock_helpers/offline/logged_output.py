"""What a model answered, as ``outputBodyJson`` of an invocation log has it."""

import json


def logged_output(exchange):
    """
    The answer of an invocation that was read to its end.

    Parameters
    ----------
    exchange : bedrock_helpers.offline.observed.Exchange

    Returns
    -------
    dict or list
        A whole reply as it was sent; ConverseStream's events put together, in the
        shape of Converse's reply; of InvokeModelWithResponseStream all chunks.
    """
    if exchange.record.operation == "ConverseStream":
        return _conversation(exchange.output)
    if exchange.record.operation == "InvokeModelWithResponseStream":
        return [content for name, content in exchange.output if name == "chunk"]
    return json.loads(exchange.output)


def _conversation(events):
    blocks, ending = {}, {}
    for name, content in events:
        if name == "contentBlockStart":
            blocks[content["contentBlockIndex"]] = _begun(content["start"])
        elif name == "contentBlockDelta":
            index = content["contentBlockIndex"]
            _add(blocks.setdefault(index, {}), content["delta"])
        elif name in ("messageStop", "metadata"):
            ending |= content
    content = [_whole(blocks[index]) for index in sorted(blocks)]
    message = {"role": "assistant", "content": content}
    return {"output": {"message": message}, **ending}


def _begun(start):
    return {"toolUse": {**start["toolUse"], "input": ""}}


def _add(block, delta):
    """Add a piece to the block it belongs to."""
    if "toolUse" in delta:
        block["toolUse"]["input"] += delta["toolUse"]["input"]
    elif "reasoningContent" in delta:
        inside = block.setdefault("reasoningContent", {"reasoningText": {"text": ""}})
        inside["reasoningText"]["text"] += delta["reasoningContent"].get("text", "")
    else:
        block["text"] = block.get("text", "") + delta.get("text", "")


def _whole(block):
    if "toolUse" not in block:
        return block
    use = block["toolUse"]
    return {"toolUse": {**use, "input": json.loads(use["input"] or "{}")}}
