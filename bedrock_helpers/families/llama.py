"""Meta Llama 2, 3 and 4: one prompt string in the model's own chat format."""

import re

from bedrock_helpers.families import body as bodies
from bedrock_helpers.families.instruct_tags import instruct_turns
from bedrock_helpers.offline.errors import not_offline

_HEADER = re.compile(r"<\|start_header_id\|>\s*(\w+)\s*<\|end_header_id\|>\n*")
_REASONS = {"end_turn": "stop", "max_tokens": "length", "stop_sequence": "stop"}


def build(prompt, model_id, **settings):
    """
    The body that asks a question; ``settings`` as in :func:`body.build`.

    Llama 3 and 4 get their header marks, Llama 2 its ``[INST]`` tags.

    Examples
    --------
    >>> build("Hi", "meta.llama2-13b-chat-v1", max_tokens=9)
    {'prompt': '<s>[INST] Hi [/INST]', 'max_gen_len': 9}
    """
    if "llama2" in model_id:
        return bodies.build(model_id, f"<s>[INST] {prompt} [/INST]", **settings)
    text = (
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n"
        f"{prompt}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
    )
    return bodies.build(model_id, text, **settings)


def validate(body, model_id, day=None):
    """
    Refuse what Bedrock refuses of a body.

    Raises
    ------
    Refusal
    """
    bodies.check(body, model_id, day)
    if body.get("images"):
        raise not_offline("look at images: its small model reads text only")


def conversation(body):
    """
    What a body asks, as a Converse conversation.

    Examples
    --------
    >>> conversation({"prompt": "[INST] Hi [/INST]"})["messages"]
    [{'role': 'user', 'content': [{'text': 'Hi'}]}]
    """
    prompt = body["prompt"]
    if not _HEADER.search(prompt):
        return instruct_turns(prompt)
    parts = _HEADER.split(prompt.replace("<|begin_of_text|>", ""))[1:]
    turns = [
        (role, said.split("<|eot_id|>")[0].strip())
        for role, said in zip(parts[::2], parts[1::2], strict=True)
    ]
    system = [said for role, said in turns if role == "system" and said]
    spoken = [turn for turn in turns if turn[0] in ("user", "assistant")]
    return bodies.as_asked(spoken, prompt, system)


def reply(answer, model_id):
    """The body of a whole reply."""
    return {
        "generation": answer.text,
        "prompt_token_count": answer.input_tokens,
        "generation_token_count": answer.output_tokens,
        "stop_reason": _REASONS[answer.stop_reason],
    }


def chunks(answer, pieces, model_id):
    """The JSON objects of a streamed reply, in order."""
    counted = answer.input_tokens_now()
    for made, (_, piece) in enumerate(pieces, start=1):
        yield _chunk(piece, made, counted, None)
        counted = None  # only the first chunk tells
    yield _chunk("", answer.output_tokens, counted, _REASONS[answer.stop_reason])


def _chunk(text, made, prompt_tokens, reason):
    return {
        "generation": text,
        "prompt_token_count": prompt_tokens,
        "generation_token_count": made,
        "stop_reason": reason,
    }


def read(reply):
    """
    The text of a reply's body.

    Examples
    --------
    >>> read({"generation": "Bonjour"})
    'Bonjour'
    """
    return reply["generation"]


def read_chunk(chunk):
    """The text one chunk of a stream adds."""
    return chunk["generation"]
