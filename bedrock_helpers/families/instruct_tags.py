"""Prompts with ``[INST]`` tags, as Llama 2 and Mistral were trained to read."""

import re

from bedrock_helpers.families import body as bodies

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
    system, turns = [], []
    for asked, answered in zip(parts[1::2], parts[2::2], strict=True):
        system += [text.strip() for text in _SYSTEM.findall(asked)]
        turns.append(("user", _SYSTEM.sub("", asked).strip()))
        answer = answered.replace("<s>", "").replace("</s>", "")
        turns.append(("assistant", answer.strip()))
    return bodies.as_asked(turns, prompt, system)
