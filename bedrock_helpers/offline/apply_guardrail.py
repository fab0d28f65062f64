"""bedrock-runtime: ApplyGuardrail."""

import time

from bedrock_helpers.offline.errors import not_offline, refusal
from bedrock_helpers.offline.guardrail_checks import Part, look_at
from bedrock_helpers.offline.guardrail_trace import assessment, coverage, usage
from bedrock_helpers.offline.guardrails import tell_not_evaluated, version_in_use
from bedrock_helpers.offline.http_reply import json_reply

BLOCKED_MESSAGES = {
    "INPUT": "blockedInputMessaging",
    "OUTPUT": "blockedOutputsMessaging",
}


def apply_guardrail(request, call):
    """Answer ApplyGuardrail: what one guardrail says of some texts."""
    started = time.perf_counter()
    identifier, number = request["guardrailIdentifier"], request["guardrailVersion"]
    guardrail = version_in_use(identifier, number, call)
    parts, source = _parts(request["content"]), request["source"]
    verdict = look_at(guardrail.config, parts, source)
    elapsed_ms = round((time.perf_counter() - started) * 1000)
    full = request.get("outputScope") == "FULL"
    intervened = verdict.blocked or verdict.masked
    texts = verdict.texts if intervened else []
    if verdict.blocked:
        texts = [guardrail.config[BLOCKED_MESSAGES[source]]]
    values = {
        "usage": usage(guardrail.config, parts, source),
        "action": "GUARDRAIL_INTERVENED" if intervened else "NONE",
        "actionReason": verdict.reason,
        "outputs": [{"text": text} for text in texts],
        "assessments": [
            assessment(guardrail, parts, verdict, source, elapsed_ms, full)
        ],
        "guardrailCoverage": coverage(parts),
    }
    told = tell_not_evaluated(guardrail.config, call)
    return json_reply(call.operation, values, told)


def _parts(content):
    """The texts; of some marked as guard_content, only those are looked at."""
    if not content:
        raise refusal("guardrail_input_format")
    if any("image" in block for block in content):
        raise not_offline("look at images: a guardrail's eyes are a model of AWS")
    parts = [
        Part(block["text"]["text"], tuple(block["text"].get("qualifiers", ())))
        for block in content
    ]
    marked = [part for part in parts if "guard_content" in part.qualifiers]
    looked_at = marked or [part for part in parts if not part.for_grounding] or parts
    for part in parts:
        part.guarded = any(part is one for one in looked_at)
    return parts
