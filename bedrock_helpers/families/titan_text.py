"""Amazon Titan Text: Lite, Express and Premier."""

import re

from bedrock_helpers.families import body as bodies

_REASONS = {
    "end_turn": "FINISHED",
    "max_tokens": "LENGTH",
    "stop_sequence": "STOP_CRITERIA_MET",
}
_SPEAKER = re.compile(r"^(User|Bot):[ \t]*", re.MULTILINE)


def build(prompt, model_id, **settings):
    """
    The body that asks a question; ``settings`` as in :func:`body.build`.

    Examples
    --------
    >>> build("Hi", "amazon.titan-text-express-v1", temperature=0)
    {'inputText': 'Hi', 'textGenerationConfig': {'temperature': 0}}
    """
    return bodies.build(model_id, prompt, **settings)


def validate(body, model_id, day=None):
    """
    Refuse what Bedrock refuses of a body.

    Raises
    ------
    Refusal
    """
    bodies.check(body, model_id, day)


def conversation(body):
    r"""
    What a body asks, as a Converse conversation.

    Examples
    --------
    >>> told = "User: Hi\nBot: Hello\nUser: Bye\nBot:"
    >>> conversation({"inputText": told})["messages"][2]
    {'role': 'user', 'content': [{'text': 'Bye'}]}
    """
    text = body["inputText"]
    if not text.startswith("User:"):
        return bodies.as_asked([], text)
    parts = _SPEAKER.split(text)[1:]
    roles = {"User": "user", "Bot": "assistant"}
    spoken = zip(parts[::2], parts[1::2], strict=True)
    turns = [(roles[who], said.removesuffix("\n")) for who, said in spoken]
    return bodies.as_asked(turns, text)


def reply(answer, model_id):
    """The body of a whole reply."""
    result = {
        "tokenCount": answer.output_tokens,
        "outputText": answer.text,
        "completionReason": _REASONS[answer.stop_reason],
    }
    return {"inputTextTokenCount": answer.input_tokens, "results": [result]}


def chunks(answer, pieces, model_id):
    """The JSON objects of a streamed reply, in order."""
    for _, piece in pieces:
        yield _chunk(piece)
    yield _chunk(
        "",
        completionReason=_REASONS[answer.stop_reason],
        inputTextTokenCount=answer.input_tokens,
        totalOutputTextTokenCount=answer.output_tokens,
    )


def _chunk(text, **known):
    empty = {
        "index": 0,
        "inputTextTokenCount": None,
        "totalOutputTextTokenCount": None,
        "outputText": text,
        "completionReason": None,
    }
    return {**empty, **known}


def read(reply):
    """
    The text of a reply's body.

    Examples
    --------
    >>> read({"results": [{"outputText": "Bonjour"}]})
    'Bonjour'
    """
    return reply["results"][0]["outputText"]


def read_chunk(chunk):
    """The text one chunk of a stream adds."""
    return chunk["outputText"]
