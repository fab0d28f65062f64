"""Anthropic Claude messages: Claude 3 and everything after it."""

import secrets
from dataclasses import replace
from functools import cache

from bedrock_helpers import catalog, parameters
from bedrock_helpers.families import body as bodies
from bedrock_helpers.families.body_schema import problem
from bedrock_helpers.families.claude_blocks import (
    as_converse,
    as_system,
    as_tool_config,
    check_turns,
)
from bedrock_helpers.offline.errors import not_offline, refusal

VERSION = "bedrock-2023-05-31"
_NOT_OFFLINE = ("thinking", "anthropic_beta", "output_config")
_COMPLETIONS = "anthropic.claude-v2:1"
#: Stands before every problem of a body that has messages.
_NOT_COMPLETIONS = (
    '#: subject must not be valid against schema {"required":["messages"]}'
)
_SAMPLING = ("temperature", "top_p", "top_k")


def build(prompt, model_id, **settings):
    """
    The body that asks a question; ``settings`` as in :func:`body.build`.

    ``max_tokens`` is required: unset, it becomes 512, our own choice.

    Examples
    --------
    >>> haiku = "anthropic.claude-haiku-4-5-20251001-v1:0"
    >>> body = build("Hi", haiku, max_tokens=9)
    >>> body["anthropic_version"], body["max_tokens"]
    ('bedrock-2023-05-31', 9)
    """
    settings = {**settings, "max_tokens": settings.get("max_tokens") or 512}
    messages = [{"role": "user", "content": prompt}]
    start = {"anthropic_version": VERSION}
    return start | bodies.build(model_id, messages, **settings)


def validate(body, model_id, day=None):
    """
    Refuse what Bedrock refuses of a body's settings.

    The conversation itself is checked as Converse's is.

    Raises
    ------
    Refusal
    """
    model = catalog.get(model_id)
    _check_schema(body, model)
    _check_ranges(body, model)
    given = [name for name in _SAMPLING if name in body]
    if model.sampling == "none" and given:
        raise refusal("sampling_dropped", parameter=given[0])
    both = "temperature" in given and "top_p" in given
    if model.sampling == "temperature_or_top_p" and both:
        raise refusal("temperature_and_top_p")
    if not all(stop.strip() for stop in body.get("stop_sequences") or ()):
        raise refusal("blank_stop_sequence")
    for name in _NOT_OFFLINE:
        if name in body:
            raise not_offline(f"act on {name}: its small model does not reason")
    check_turns(as_converse(body["messages"]))


def _check_schema(body, model):
    """A body is of this shape or, without messages, of the old completions'."""
    if "messages" not in body:
        found = problem(parameters.specs(_COMPLETIONS), body)
        if found is None:
            raise refusal("messages_api_needed", model=_maker_name(model.model_id))
        raise refusal("malformed_input", problem=found)
    found = problem(_unlimited(model.model_id), body)
    if found:
        raise refusal("malformed_input", problem=_NOT_COMPLETIONS + found)
    if body["anthropic_version"] != VERSION:
        raise refusal("api_version_claude", version=body["anthropic_version"])


@cache
def _unlimited(model_id):
    """The schema without its ranges: those the model itself refuses."""
    free = {"minimum": None, "maximum": None}
    return tuple(replace(spec, **free) for spec in parameters.specs(model_id))


def _check_ranges(body, model):
    roles = parameters.by_role(model.model_id)
    most = roles["max_tokens"].maximum
    if most and body["max_tokens"] > most:
        raise refusal("max_tokens_over_limit", limit=most)
    if body["max_tokens"] < 1:
        raise refusal("range_claude", parameter="max_tokens", least=1, most=most)
    for name in _SAMPLING:
        spec, value = roles[name], body.get(name, roles[name].minimum)
        if not spec.minimum <= value <= spec.maximum:
            limits = {"least": spec.minimum, "most": spec.maximum}
            raise refusal("range_claude", parameter=name, **limits)


def conversation(body):
    """
    What a body asks, as a Converse conversation.

    Examples
    --------
    >>> conversation({"messages": [{"role": "user", "content": "Hi"}]})
    {'messages': [{'role': 'user', 'content': [{'text': 'Hi'}]}]}
    """
    found = {"messages": as_converse(body["messages"])}
    if body.get("system") not in (None, "", []):
        found["system"] = as_system(body["system"])
    if body.get("tools") not in (None, []):
        found["toolConfig"] = as_tool_config(body)
    return found


def reply(answer, model_id):
    """The body of a whole reply."""
    return {
        **_head(model_id),
        "content": [_content(block, answer) for block in answer.blocks],
        "stop_reason": answer.stop_reason,
        "stop_sequence": answer.stop_sequence,
        "usage": {
            "input_tokens": answer.input_tokens,
            **_cached(answer),
            "output_tokens": answer.output_tokens,
        },
    }


def _cached(answer):
    """What came from the prompt cache and went there, if the body marked any."""
    use = answer.cached
    if use is None:
        return {}
    by_ttl = {ttl: use.written.get(ttl, 0) for ttl in ("5m", "1h")}
    return {
        "cache_creation_input_tokens": use.written_tokens,
        "cache_read_input_tokens": use.read_tokens,
        "cache_creation": {
            f"ephemeral_{ttl}_input_tokens": tokens for ttl, tokens in by_ttl.items()
        },
    }


def _head(model_id):
    head = {"id": "msg_bdrk_" + secrets.token_hex(12), "type": "message"}
    return {**head, "role": "assistant", "model": _maker_name(model_id)}


def _maker_name(model_id):
    """What Anthropic itself calls the model."""
    name = catalog.split_profile_id(model_id)[1].partition("anthropic.")[2]
    return name.partition("-v")[0]


def _content(block, answer):
    if block.kind == "toolUse":
        use = {"id": block.tool_use_id, "name": block.tool_name}
        return {"type": "tool_use", **use, "input": answer.input_of(block)}
    return {"type": "text", "text": "".join(block.pieces)}


def chunks(answer, pieces, model_id):
    """The JSON objects of a streamed reply, in order: Anthropic's events."""
    used = {"input_tokens": answer.input_tokens_now(), **_cached(answer)}
    usage = {**used, "output_tokens": 1}
    message = {**_head(model_id), "content": [], "stop_reason": None}
    message |= {"stop_sequence": None, "usage": usage}
    yield {"type": "message_start", "message": message}
    current, index = None, -1
    for block, piece in pieces:
        if block is not current:
            yield from _block_stop(index)
            current, index = block, index + 1
            yield _block_start(block, index)
        yield {
            "type": "content_block_delta",
            "index": index,
            "delta": _delta(block, piece),
        }
    yield from _block_stop(index)
    stop = {"stop_reason": answer.stop_reason, "stop_sequence": answer.stop_sequence}
    made = {"output_tokens": answer.output_tokens}
    yield {"type": "message_delta", "delta": stop, "usage": made}
    yield {"type": "message_stop"}


def _block_start(block, index):
    empty = {"type": "text", "text": ""}
    if block.kind == "toolUse":
        use = {"id": block.tool_use_id, "name": block.tool_name}
        empty = {"type": "tool_use", **use, "input": {}}
    return {"type": "content_block_start", "index": index, "content_block": empty}


def _delta(block, piece):
    if block.kind == "toolUse":
        return {"type": "input_json_delta", "partial_json": piece}
    return {"type": "text_delta", "text": piece}


def _block_stop(index):
    if index >= 0:
        yield {"type": "content_block_stop", "index": index}


def read(reply):
    """
    The text of a reply's body: of every text block, wherever it stands.

    Examples
    --------
    >>> read({"content": [{"type": "thinking"}, {"type": "text", "text": "Oui"}]})
    'Oui'
    """
    return "".join(b["text"] for b in reply["content"] if b["type"] == "text")


def read_chunk(chunk):
    """The text one chunk of a stream adds."""
    return chunk.get("delta", {}).get("text", "")
