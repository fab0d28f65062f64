"""Anthropic Claude text completions: Claude v1, v2 and Instant."""

from bedrock_helpers.families import body as bodies
from bedrock_helpers.offline.errors import refusal

HUMAN, ASSISTANT = "\n\nHuman:", "\n\nAssistant:"
#: Stop sequences that hold unasked: the next human turn.
STOPS = (HUMAN,)


def build(prompt, model_id, **settings):
    r"""
    The body that asks a question; ``settings`` as in :func:`body.build`.

    Examples
    --------
    >>> build("Hi", "anthropic.claude-v2", max_tokens=9)
    {'prompt': '\n\nHuman: Hi\n\nAssistant:', 'max_tokens_to_sample': 9}
    """
    return bodies.build(model_id, f"{HUMAN} {prompt}{ASSISTANT}", **settings)


def validate(body, model_id, day=None):
    """
    Refuse what Bedrock refuses of a body.

    Raises
    ------
    Refusal
    """
    bodies.check(body, model_id, day)


def conversation(body):
    """
    What a body asks, as a Converse conversation.

    Raises
    ------
    Refusal
        "Invalid prompt: …"; a stream says it inside the stream.
    """
    messages = turns(body["prompt"])
    if messages is None:
        raise refusal("prompt_turns", problem=_turns_problem(body["prompt"]))
    return {"messages": messages}


def _turns_problem(prompt):
    end = f'prompt must end with "{ASSISTANT}" turn'
    if prompt.startswith(HUMAN):
        return end
    start = f'prompt must start with "{HUMAN}" turn'
    return f"{start}, {end}" if ASSISTANT not in prompt else start


def turns(prompt):
    r"""
    The prompt's turns as Converse messages, or None if it has not that form.

    Examples
    --------
    >>> turns("\n\nHuman: Hi\n\nAssistant:")
    [{'role': 'user', 'content': [{'text': 'Hi'}]}]
    """
    if not prompt.startswith(HUMAN) or prompt.rfind(ASSISTANT) < prompt.rfind(HUMAN):
        return None
    messages = []
    for part in prompt.split(HUMAN)[1:]:
        asked, *answers = part.split(ASSISTANT)
        spoken = [("user", asked), *(("assistant", answer) for answer in answers)]
        messages += [
            {"role": role, "content": [{"text": text.strip()}]}
            for role, text in spoken
            if text.strip()
        ]
    return messages or None


def reply(answer, model_id):
    """The body of a whole reply; the text begins with a space, as Claude's did."""
    text = answer.text
    return {"completion": " " + text.lstrip() if text else "", **_stop(answer)}


def _stop(answer):
    if answer.stop_reason == "max_tokens":
        return {"stop_reason": "max_tokens", "stop": None}
    return {"stop_reason": "stop_sequence", "stop": answer.stop_sequence or HUMAN}


def chunks(answer, pieces, model_id):
    """The JSON objects of a streamed reply, in order."""
    before = " "
    for _, piece in pieces:
        yield {"completion": before + piece, "stop_reason": None, "stop": None}
        before = ""
    yield {"completion": "", **_stop(answer)}


def read(reply):
    """
    The text of a reply's body.

    Examples
    --------
    >>> read({"completion": " Bonjour", "stop_reason": "stop_sequence"})
    ' Bonjour'
    """
    return reply["completion"]


def read_chunk(chunk):
    """The text one chunk of a stream adds."""
    return chunk["completion"]
