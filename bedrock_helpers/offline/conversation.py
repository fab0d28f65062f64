"""What Converse refuses in ``messages`` and ``system``, before any model runs.

Paths in these refusals count from 0 (``messages.0.content.0``), unlike those of
the shared AWS validator in ``shapes``: the live service has both.
"""

from bedrock_helpers.offline.errors import not_offline, refusal

_MODALITY = {"image": "IMAGE", "video": "VIDEO", "audio": "AUDIO"}
_PLAIN = (
    "text",
    "toolUse",
    "toolResult",
    "cachePoint",
    "reasoningContent",
    "guardContent",
)
_IMAGES_AT_MOST = 20
_DOCUMENTS_AT_MOST = 5


def check_conversation(request, model):
    """
    Refuse a conversation the service would refuse.

    Parameters
    ----------
    request : dict
        A Converse request, decoded by its shape.
    model : bedrock_helpers.catalog.Model

    Raises
    ------
    Refusal
    """
    messages = request.get("messages", [])
    _check_roles(messages, model)
    for number, message in enumerate(messages):
        _check_content(message["content"], f"messages.{number}", model)
    _check_tool_blocks(messages, "toolConfig" in request)
    for content in [request.get("system", []), *(m["content"] for m in messages)]:
        _check_readable(content)


def _check_roles(messages, model):
    roles = [message["role"] for message in messages]
    if "system" in roles:
        raise not_offline("take the role system inside messages; use system=")
    if not roles or roles[0] != "user":
        raise refusal("must_start_with_user")
    repeated = any(a == b for a, b in zip(roles, roles[1:], strict=False))
    if repeated and not model.repeated_roles:
        raise refusal("must_alternate")
    if roles[-1] == "assistant" and not model.assistant_prefill:
        claude = model.provider == "Anthropic"
        raise refusal("no_prefill" if claude else "must_end_with_user")


def _check_content(content, path, model):
    if not content:
        raise refusal("empty_content", path=path)
    for number, block in enumerate(content):
        _check_block(block, f"{path}.content.{number}", model)
    _check_documents([b["document"] for b in content if "document" in b], content)
    if sum("image" in block for block in content) > _IMAGES_AT_MOST:
        raise refusal("too_many_images")


def _check_block(block, path, model):
    kind = next(iter(block))
    if kind == "text" and not block["text"].strip():
        raise refusal("blank_text", path=path)
    if kind in _MODALITY and _MODALITY[kind] not in model.input_modalities:
        raise refusal("unsupported_content", kind=kind)


def _check_readable(content):
    """Refuse, last of all, what the service takes and the small model cannot."""
    for block in content:
        kind = next(iter(block))
        inner = block["toolResult"]["content"] if kind == "toolResult" else []
        unread = [kind] if kind not in _PLAIN else []
        unread += [k for k in block.get("guardContent", ()) if k != "text"]
        unread += [k for part in inner for k in part if k not in ("text", "json")]
        if unread:
            raise not_offline(
                f"read {unread[0]} blocks: its small model reads text only"
            )


def _check_documents(documents, content):
    if not documents:
        return
    if not any("text" in block for block in content):
        raise refusal("document_without_text")
    if len(documents) > _DOCUMENTS_AT_MOST:
        raise refusal("too_many_documents")
    names = [document["name"] for document in documents]
    if len(set(names)) < len(names):
        raise refusal("duplicate_document_names")


def _check_tool_blocks(messages, has_tool_config):
    asked = []
    for number, message in enumerate(messages):
        path = f"messages.{number}.content"
        results = [
            b["toolResult"]["toolUseId"]
            for b in message["content"]
            if "toolResult" in b
        ]
        _check_results(results, asked, path)
        asked = [
            b["toolUse"]["toolUseId"] for b in message["content"] if "toolUse" in b
        ]
        if (results or asked) and not has_tool_config:
            raise refusal("tool_config_missing")


def _check_results(results, asked, path):
    if len(results) > len(asked):
        raise refusal("too_many_tool_results", path=path)
    missing = [tool_use_id for tool_use_id in asked if tool_use_id not in results]
    if missing:
        raise refusal("tool_results_missing", path=path, ids=", ".join(missing))
