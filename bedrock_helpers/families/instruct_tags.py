"""Prompts with ``[INST]`` tags, as Llama 2 and Mistral were trained to read."""

import re

_TURN = re.compile(r"\[INST\](.*?)\[/INST\]", re.DOTALL)
_SYSTEM = re.compile(r"<<SYS>>(.*?)<</SYS>>", re.DOTALL)


def instruct_turns(prompt):
    """
    A tagged prompt as a Converse conversation; any other text is one question.

    Examples
    --------
    >>> found = instruct_turns("<s>[INST] Hi [/INST] Hello.</s>[INST] Bye [/INST]")
    >>> [message["role"] for message in found["messages"]]
    ['user', 'assistant', 'user']
    """
    parts = _TURN.split(prompt)
    if len(parts) == 1:
        return {"messages": [_message("user", prompt)]}
    system, turns = [], []
    for asked, answered in zip(parts[1::2], parts[2::2], strict=True):
        system += [{"text": text.strip()} for text in _SYSTEM.findall(asked)]
        turns.append(("user", _SYSTEM.sub("", asked)))
        turns.append(("assistant", answered.replace("<s>", "").replace("</s>", "")))
    messages = [_message(role, text.strip()) for role, text in turns if text.strip()]
    return {"messages": messages, **({"system": system} if system else {})}


def _message(role, text):
    return {"role": role, "content": [{"text": text}]}
