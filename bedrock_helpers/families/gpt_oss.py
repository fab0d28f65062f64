"""OpenAI gpt-oss: the chat-completions shape, with its reasoning in tags."""

import secrets
import time

from bedrock_helpers.families import body as bodies
from bedrock_helpers.offline.errors import not_offline, refusal

_ROLES = ("developer", "system", "user", "assistant")
_REASONS = {"end_turn": "stop", "max_tokens": "length", "stop_sequence": "stop"}
_OPEN, _CLOSE = "<reasoning>", "</reasoning>"


def build(prompt, model_id, **settings):
    """
    The body that asks a question; ``settings`` as in :func:`body.build`.

    Examples
    --------
    >>> build("Hi", "openai.gpt-oss-20b-1:0", max_tokens=99)["max_completion_tokens"]
    99
    """
    messages = [{"role": "user", "content": prompt}]
    return bodies.build(model_id, messages, **settings)


def validate(body, model_id, day=None):
    """
    Refuse what Bedrock refuses of a body.

    Raises
    ------
    Refusal
    """
    bodies.check(body, model_id, day)
    for number, message in enumerate(body["messages"]):
        _check_message(f"#/messages/{number}", message)
    stop = body.get("stop")
    listed = isinstance(stop, list) and all(isinstance(s, str) for s in stop)
    if stop is not None and not listed and not isinstance(stop, str):
        raise _malformed("#/stop: expected type: JSONArray, found: another type")
    if body.get("model", model_id) != model_id:
        problem = "#/model: it must be the model of the request"
        raise refusal("malformed_input", problem=problem)
    if "reasoning_effort" in body:
        raise not_offline("act on reasoning_effort: its small model does not reason")


def check_operation(body, streamed):
    """
    Refuse a body whose ``stream`` does not fit the operation it came with.

    Raises
    ------
    Refusal
    """
    if body.get("stream", streamed) != streamed:
        raise _malformed("#/stream: it does not fit the operation")


def _check_message(path, message):
    for key in ("role", "content"):
        if key not in message:
            raise _malformed(f"{path}: required key [{key}] not found")
    if message["role"] not in _ROLES:
        raise _malformed(f"{path}/role: {message['role']} is not a valid enum value")
    if isinstance(message["content"], list):
        raise not_offline("read parts of content here; give each message a string")
    if not isinstance(message["content"], str):
        raise _malformed(f"{path}/content: expected type: String")


def _malformed(problem):
    return refusal("malformed_input", problem=problem)


def conversation(body):
    """What a body asks, as a Converse conversation."""
    told = [m for m in body["messages"] if m["role"] in ("developer", "system")]
    said = [m for m in body["messages"] if m not in told]
    return {
        "system": [{"text": message["content"]} for message in told],
        "messages": [
            {"role": m["role"], "content": [{"text": m["content"]}]} for m in said
        ],
    }


def reply(answer, model_id):
    """The body of a whole reply: the reasoning stands before the text."""
    thought = f"{_OPEN}{answer.reasoning}{_CLOSE}" if answer.reasoning else ""
    message = {"role": "assistant", "content": thought + answer.text}
    choice = {"finish_reason": _REASONS[answer.stop_reason], "index": 0}
    whole = _head("chat.completion", model_id)
    used, made = answer.input_tokens, answer.output_tokens
    usage = {"prompt_tokens": used, "completion_tokens": made}
    return {
        **whole,
        "choices": [{**choice, "message": message}],
        "usage": {**usage, "total_tokens": used + made},
    }


def _head(kind, model_id):
    name = "chatcmpl-" + secrets.token_hex(12)
    created = int(time.time())
    return {"id": name, "object": kind, "created": created, "model": model_id}


def chunks(answer, pieces, model_id):
    """The JSON objects of a streamed reply, in order."""
    head = _head("chat.completion.chunk", model_id)
    thinking = False
    for block, piece in pieces:
        starts = block.kind == "reasoning" and not thinking
        ends = block.kind != "reasoning" and thinking
        thinking = block.kind == "reasoning"
        yield _chunk(head, (_OPEN * starts) + (_CLOSE * ends) + piece)
    if thinking:
        yield _chunk(head, _CLOSE)
    yield _chunk(head, None, _REASONS[answer.stop_reason])


def _chunk(head, text, reason=None):
    delta = {} if text is None else {"content": text}
    return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


def read(reply):
    """
    The text of a reply's body, without the reasoning.

    Examples
    --------
    >>> said = {"content": "<reasoning>A greeting.</reasoning>Bonjour"}
    >>> read({"choices": [{"message": said}]})
    'Bonjour'
    """
    content = reply["choices"][0]["message"]["content"]
    return content.rpartition(_CLOSE)[2]


def read_chunk(chunk):
    """The text one chunk of a stream adds, reasoning and its tags included."""
    return chunk["choices"][0]["delta"].get("content", "")
