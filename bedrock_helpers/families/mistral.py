"""Mistral text completion: Mistral 7B, Mixtral 8x7B, Large and Small of 2024."""

from bedrock_helpers.families import body as bodies
from bedrock_helpers.families.instruct_tags import instruct_turns

_REASONS = {"end_turn": "stop", "max_tokens": "length", "stop_sequence": "stop"}


def build(prompt, model_id, **settings):
    """
    The body that asks a question; ``settings`` as in :func:`body.build`.

    Examples
    --------
    >>> build("Hi", "mistral.mistral-7b-instruct-v0:2", top_k=5)
    {'prompt': '<s>[INST] Hi [/INST]', 'top_k': 5}
    """
    return bodies.build(model_id, f"<s>[INST] {prompt} [/INST]", **settings)


def validate(body, model_id, day=None):
    """
    Refuse what Bedrock refuses of a body.

    Raises
    ------
    Refusal
    """
    bodies.check(body, model_id, day)


def conversation(body):
    """What a body asks, as a Converse conversation."""
    return instruct_turns(body["prompt"])


def reply(answer, model_id):
    """The body of a whole reply."""
    return {"outputs": [_output(answer.text, _REASONS[answer.stop_reason])]}


def chunks(answer, pieces, model_id):
    """The JSON objects of a streamed reply, in order."""
    for _, piece in pieces:
        yield {"outputs": [_output(piece, None)]}
    yield {"outputs": [_output("", _REASONS[answer.stop_reason])]}


def _output(text, reason):
    return {"text": text, "stop_reason": reason}


def read(reply):
    """
    The text of a reply's body.

    Examples
    --------
    >>> read({"outputs": [{"text": "Bonjour", "stop_reason": "stop"}]})
    'Bonjour'
    """
    return reply["outputs"][0]["text"]


def read_chunk(chunk):
    """The text one chunk of a stream adds."""
    return chunk["outputs"][0]["text"]
