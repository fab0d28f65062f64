"""A Converse conversation as the text SmolLM2 was trained to read (ChatML)."""

import json


def prompt_text(request, *, note=None):
    """
    The prompt for one reply.

    Parameters
    ----------
    request : dict
        A Converse request.
    note : str, optional
        An instruction added for the small model, such as a tool's description.

    Returns
    -------
    str

    Examples
    --------
    >>> hello = {"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}
    >>> print(prompt_text(hello))
    <|im_start|>user
    Hi<|im_end|>
    <|im_start|>assistant
    <BLANKLINE>
    """
    system = [b["text"] for b in request.get("system", []) if "text" in b]
    system += [note] if note else []
    turns = [_turn("system", "\n".join(system))] if system else []
    messages = request.get("messages", [])
    turns += [_turn(m["role"], content_text(m["content"])) for m in messages]
    if messages and messages[-1]["role"] == "assistant":
        return "".join(turns).removesuffix("<|im_end|>\n")
    return "".join(turns) + "<|im_start|>assistant\n"


def _turn(role, text):
    harmless = text.replace("<|", "<| ")
    return f"<|im_start|>{role}\n{harmless}<|im_end|>\n"


def content_text(content):
    r"""
    The text of a message's blocks; tool calls and results as JSON.

    Examples
    --------
    >>> content_text([{"text": "a"}, {"text": "b"}])
    'a\nb'
    """
    return "\n".join(filter(None, map(_block_text, content)))


def _block_text(block):
    if "text" in block:
        return block["text"]
    if "toolUse" in block:
        return f"{block['toolUse']['name']}({json.dumps(block['toolUse']['input'])})"
    if "toolResult" in block:
        return "\n".join(map(_result_text, block["toolResult"]["content"]))
    return ""


def _result_text(part):
    return part.get("text") or json.dumps(part.get("json", ""))
