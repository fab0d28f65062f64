"""Which texts of a request a guardrail looks at, and the request the model then sees.

Of a conversation (User Guide, "Include a guardrail with the Converse API", copy of
mid-2026) it looks at the texts of all messages; where some are marked with
guardContent, at those alone; of the system prompt only at what is so marked. Of a
native body it looks at the whole prompt, or at what stands in its tags ("Apply tags to
user input to filter content"). Calls of tools and their results are not looked at.
"""

import copy
import re

from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.guarded import INTERVENED, Guard
from bedrock_helpers.offline.guardrail_checks import Part
from bedrock_helpers.offline.guardrails import version_in_use

_BODY_CONFIG = "amazon-bedrock-guardrailConfig"
_TEXT_KEYS = ("prompt", "inputText", "text", "content")
_NO_PROMPT = ("system", "tools", "toolConfig", "toolUse", "toolResult")
_TOOL_TYPES = ("tool_use", "tool_result")
_TAG = "amazon-bedrock-guardrails-"
_SUFFIX = re.compile(r"[a-zA-Z0-9]{1,20}")
_QUALIFIERS = {
    "guardContent": ("guard_content",),
    "groundingSource": ("grounding_source",),
    "query": ("query",),
}


def take_conversation(request, call):
    """
    The guardrail of a Converse request, and the request the model sees.

    Parameters
    ----------
    request : dict
    call : Call

    Returns
    -------
    tuple of (Guard or None, dict)

    Raises
    ------
    Refusal
        For a guardrail that is not there, or half a configuration.
    """
    config = request.get("guardrailConfig", {})
    guardrail = _asked_for(config, call)
    if guardrail is None and not config and not _has_marks(request):
        return None, request
    parts, places, plain = _without_marks(request)
    if guardrail is None:
        return None, plain
    slow = config.get("streamProcessingMode", "sync") == "sync"
    guard = Guard(guardrail, call, config.get("trace", "disabled"), not slow)
    for place, text in zip(places, guard.take_input(parts), strict=True):
        place["text"] = text
    return guard, plain


def _asked_for(config, call):
    """The version a request names; half a name is refused."""
    names = [config.get(f"guardrail{name}") for name in ("Identifier", "Version")]
    if not any(names):
        return None
    if not all(names):
        raise refusal("guardrail_input_format")
    return version_in_use(*names, call)


def _has_marks(request):
    blocks = [*request.get("system", ())]
    blocks += [b for m in request.get("messages", ()) for b in m["content"]]
    return any("guardContent" in block for block in blocks)


def _without_marks(request):
    """Every text as a part, where it now stands, and the request without marks."""
    parts, places = [], []
    plain = {n: v for n, v in request.items() if n != "guardrailConfig"}
    if "system" in plain:
        plain["system"] = _plain_blocks(plain["system"], parts, places)
        parts, places = _marked_only(parts, places)
    in_system = len(parts)
    plain["messages"] = [
        {**message, "content": _plain_blocks(message["content"], parts, places)}
        for message in request.get("messages", ())
    ]
    _guard_marked(parts[in_system:])
    return parts, places, plain


def _plain_blocks(blocks, parts, places):
    """Blocks with plain text in place of guardContent; empty marks are left out."""
    found = []
    for block in blocks:
        given = block.get("guardContent", block).get("text")
        if given is None:
            found.append(block)
            continue
        marked = "guardContent" in block
        text = given["text"] if marked else given
        qualifiers = tuple(given.get("qualifiers", ())) if marked else ()
        place = {"text": text}
        part = Part(text, qualifiers)
        part.marked = marked and not part.for_grounding
        parts.append(part)
        places.append(place)
        if text.strip() or not marked:
            found.append(place)
    return found


def _marked_only(parts, places):
    kept = [(p, q) for p, q in zip(parts, places, strict=True) if p.marked]
    return [p for p, _ in kept], [q for _, q in kept]


def _guard_marked(parts):
    """Where something is marked, the rest is not looked at."""
    if any(part.marked for part in parts):
        for part in parts:
            part.guarded = part.marked


def take_body(request, body, call):
    """
    The settings a native body has for a guardrail, taken out of it.

    Parameters
    ----------
    request : dict
        The parameters of InvokeModel.
    body : dict

    Returns
    -------
    tuple of (dict, Version or None, dict)
        The body without the settings, the guardrail, the settings.
    """
    guardrail = _asked_for(request, call)
    settings = body.get(_BODY_CONFIG)
    if settings is None:
        return body, guardrail, {}
    suffix = settings.get("tagSuffix", "x") if isinstance(settings, dict) else None
    sound = isinstance(suffix, str) and _SUFFIX.fullmatch(suffix)
    if guardrail is None or not sound:
        raise refusal("guardrail_input_format")
    return {n: v for n, v in body.items() if n != _BODY_CONFIG}, guardrail, settings


def guard_body(body, guardrail, settings, request, call, stop_reason=INTERVENED):
    """
    Look at the prompt of a native body.

    Parameters
    ----------
    body : dict
        As the model's family takes it.
    guardrail : Version
    settings : dict
        ``tagSuffix`` and ``streamProcessingMode``, if it has them.
    request : dict
        The parameters of InvokeModel, for the trace.
    call : Call
    stop_reason : str
        What a reply of this family ends with when the guardrail changed it.

    Returns
    -------
    tuple of (Guard, dict)
        The guardrail at work, and the body the model sees: without tags, masked.
    """
    seen = copy.deepcopy(body)
    places = list(_texts(seen))
    split = [_segments(place[key], settings.get("tagSuffix")) for place, key in places]
    parts = [part for segments in split for part in segments]
    _guard_marked(parts)
    late = settings.get("streamProcessingMode") == "ASYNCHRONOUS"
    trace = request.get("trace", "disabled")
    guard = Guard(guardrail, call, trace, late, stop_reason)
    texts = iter(guard.take_input(parts))
    for (place, key), segments in zip(places, split, strict=True):
        place[key] = "".join(next(texts) for _ in segments)
    return guard, seen


def _texts(value):
    """Where a body has a text of its prompt: the dict, and the key in it."""
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    if not isinstance(value, dict) or value.get("type") in _TOOL_TYPES:
        return
    for key, inner in value.items():
        if key in _TEXT_KEYS and isinstance(inner, str):
            yield value, key
        elif key not in _NO_PROMPT:
            yield from _texts(inner)


def _segments(text, suffix):
    """A text as parts: outside of tags, and inside of each kind of tag."""
    if suffix is None:
        return [Part(text)]
    kinds = "|".join(_QUALIFIERS)
    tag = rf"<{_TAG}({kinds})_{suffix}>(.*?)</{_TAG}\1_{suffix}>"
    pieces = re.split(tag, text, flags=re.DOTALL)
    parts = [Part(pieces[0])]
    for kind, inside, outside in zip(*[iter(pieces[1:])] * 3, strict=True):
        marked = kind == "guardContent"
        parts += [Part(inside, _QUALIFIERS[kind], marked), Part(outside)]
    return parts
