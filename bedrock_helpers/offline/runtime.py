"""bedrock-runtime: Converse, ConverseStream and CountTokens."""

import time

from bedrock_helpers.families.lookup import family_module
from bedrock_helpers.offline import chat_format, event_stream, replies, tools
from bedrock_helpers.offline.cache_points import read_plan, use_cache
from bedrock_helpers.offline.composer import Composition, input_of
from bedrock_helpers.offline.conversation import check_conversation
from bedrock_helpers.offline.errors import Refusal, refusal
from bedrock_helpers.offline.guarded_input import take_conversation
from bedrock_helpers.offline.http_reply import (
    ANSWERED_BY,
    MODEL,
    json_reply,
    stream_reply,
)
from bedrock_helpers.offline.local_model import local_model, model_name
from bedrock_helpers.offline.model_ids import callable_model, is_provisioned
from bedrock_helpers.offline.native_request import read_body
from bedrock_helpers.offline.parameters import read_sampling
from bedrock_helpers.offline.stream_faults import broken_event, until_break

SHORTENED = "x-bedrock-offline-prompt-shortened"


class _Turn:
    """One request being answered: who answers, and since when."""

    def __init__(self, request, call):
        self.started = time.perf_counter()
        self.request = request
        model_id = request["modelId"]
        self.model = callable_model(model_id, call.region_name, call.account)
        if not self.model.chat:
            raise refusal("not_a_chat_model")
        check_conversation(request, self.model)
        tools.check_tools(request, self.model)
        tools.output_schema(request)
        sampling = read_sampling(request, self.model)
        self.guard, request = take_conversation(request, call)
        plan = read_plan(request, self.model, not is_provisioned(model_id))
        call.account.subscribe(self.model)
        self.key = replies.request_key(request, self.model.model_id)
        if self.guard and self.guard.blocked_input:
            plan, self.stored, self.occurrence = None, self.guard.refused_input(), 0
        else:
            self.stored, self.occurrence = call.replies.find(self.key)
        self.source = self.stored or Composition(request, self.model, sampling)
        self.answer = self.guard.watch(self.source) if self.guard else self.source
        in_cache = use_cache(plan, self.stored, self.model.model_id, call)
        self.prefix_tokens, self.cached = in_cache

    @property
    def headers(self):
        told = self.guard.headers if self.guard else {}
        if self.stored:
            return {ANSWERED_BY: self.stored.answered_by, **told}
        headers = {ANSWERED_BY: replies.LOCAL_MODEL, **told}
        headers[MODEL] = model_name()
        if self.answer.shortened_tokens:
            headers[SHORTENED] = f"from {self.answer.shortened_tokens} tokens"
        return headers

    @property
    def is_cancelled(self):
        return not self.stored and self.answer.cancelled.is_set()

    def pieces(self):
        """Every ``(block, piece)`` of the reply, stored or made now."""
        yield from self.answer.pieces()
        if self.stored:
            return
        made, counts = self.source, self.prefix_tokens
        replies.record(self.key, self.occurrence, made.blocks, made, counts)

    def totals(self):
        """Usage, metrics and what the request asked to have echoed."""
        elapsed_ms = round((time.perf_counter() - self.started) * 1000)
        echoed = {
            name: self.request[name]
            for name in ("serviceTier", "performanceConfig")
            if name in self.request
        }
        return {
            "usage": self._usage(),
            "metrics": {"latencyMs": elapsed_ms},
            **echoed,
            **(self.guard.converse_trace() if self.guard else {}),
        }

    def _usage(self):
        used, made = self.answer.input_tokens, self.answer.output_tokens
        if self.cached:
            return self.cached.usage(used, made)
        total = used + made
        return {"inputTokens": used, "outputTokens": made, "totalTokens": total}

    def stop(self):
        """The stop reason, and the fields asked for by JSON pointer."""
        found = {"stopReason": self.answer.stop_reason}
        paths = self.request.get("additionalModelResponseFieldPaths", ())
        if "/stop_sequence" in paths and self.model.provider == "Anthropic":
            matched = self.answer.stop_sequence
            found["additionalModelResponseFields"] = {"stop_sequence": matched}
        return found


def converse(request, call):
    """Answer Converse: the whole message at once."""
    turn = _Turn(request, call)
    for _ in turn.pieces():
        pass
    content = [_whole_block(block) for block in turn.answer.blocks]
    message = {"role": "assistant", "content": content}
    values = {"output": {"message": message}, **turn.stop(), **turn.totals()}
    return json_reply(call.operation, values, turn.headers)


def _whole_block(block):
    if block.kind == "toolUse":
        use = {"toolUseId": block.tool_use_id, "name": block.tool_name}
        return {"toolUse": {**use, "input": input_of(block)}}
    text = "".join(block.pieces)
    if block.kind == "reasoning":
        return {"reasoningContent": {"reasoningText": {"text": text}}}
    return {"text": text}


def converse_stream(request, call):
    """Answer ConverseStream: the message as events, in order."""
    turn = _Turn(request, call)
    fault = call.faults.take_stream_fault()
    cancel = None if turn.stored else turn.answer.cancelled.set
    return stream_reply(_stream(turn, fault), turn.headers, cancel)


def _stream(turn, fault):
    yield event_stream.event("messageStart", {"role": "assistant"})
    try:
        yield from _content(turn, fault)
    except Refusal as stop:
        if turn.is_cancelled:
            return
        yield broken_event(stop)
        return
    yield event_stream.event("messageStop", turn.stop())
    yield event_stream.event("metadata", turn.totals())


def _content(turn, fault):
    current, index = None, -1
    for block, piece in until_break(turn.pieces(), fault):
        if block is not current:
            yield from _close(index)
            current, index = block, index + 1
            yield from _open(block, index)
        delta = {"delta": _delta(block, piece), "contentBlockIndex": index}
        yield event_stream.event("contentBlockDelta", delta)
    yield from _close(index)


def _open(block, index):
    """Only tool calls are announced; text and reasoning just begin."""
    if block.kind == "toolUse":
        use = {"toolUseId": block.tool_use_id, "name": block.tool_name}
        start = {"start": {"toolUse": use}, "contentBlockIndex": index}
        yield event_stream.event("contentBlockStart", start)


def _close(index):
    if index >= 0:
        yield event_stream.event("contentBlockStop", {"contentBlockIndex": index})


def _delta(block, piece):
    if block.kind == "toolUse":
        return {"toolUse": {"input": piece}}
    if block.kind == "reasoning":
        return {"reasoningContent": {"text": piece}}
    return {"text": piece}


def count_tokens(request, call):
    """Answer CountTokens: SmolLM2's count, for the models that have it."""
    model_id = request["modelId"]
    if model_id.startswith("arn:") or "." not in model_id:
        raise refusal("count_tokens_unsupported")
    model = _countable(model_id, call)
    conversation = request["input"].get("converse")
    if conversation is None:
        conversation = _native(request["input"]["invokeModel"]["body"], model)
    check_conversation(conversation, model)
    tools.check_tools(conversation, model)
    _, conversation = take_conversation(conversation, call)
    specs = tools.tool_specs(conversation)
    note = tools.describe(specs) if specs else None
    text = chat_format.prompt_text(conversation, note=note)
    values = {"inputTokens": local_model().count_tokens(text)}
    return json_reply(call.operation, values, {ANSWERED_BY: replies.LOCAL_MODEL})


def _native(raw, model):
    """The conversation an InvokeModel body holds."""
    family = family_module(model.model_id)
    body = read_body(raw)
    family.validate(body, model.model_id)
    return family.conversation(body)


def _countable(model_id, call):
    """A bare id: CountTokens takes no inference profile, and few models."""
    model = next(
        (m for m in call.account.models(call.region_name) if m.model_id == model_id),
        None,
    )
    if model is None or not model.count_tokens:
        raise refusal("count_tokens_unsupported")
    call.account.check_access(model)
    return model
