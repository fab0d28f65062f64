"""bedrock-runtime: InvokeModel and InvokeModelWithResponseStream."""

import base64
import json
import secrets
import threading
import time
from dataclasses import replace

from bedrock_helpers.families import (
    body,
    claude_messages,
    claude_text,
    gpt_oss,
    jurassic2,
    nova,
    sdxl,
    titan_embeddings,
)
from bedrock_helpers.families.lookup import family_module
from bedrock_helpers.offline import event_stream, replies, tools
from bedrock_helpers.offline.cache_points import read_plan, use_cache
from bedrock_helpers.offline.composer import Composition
from bedrock_helpers.offline.conversation import check_conversation
from bedrock_helpers.offline.embedding import embed
from bedrock_helpers.offline.errors import Refusal, not_offline, refusal
from bedrock_helpers.offline.guarded import INTERVENED
from bedrock_helpers.offline.guarded_input import guard_body, take_body
from bedrock_helpers.offline.http_reply import (
    ANSWERED_BY,
    MODEL,
    Reply,
    stream_reply,
)
from bedrock_helpers.offline.local_model import model_name
from bedrock_helpers.offline.model_ids import callable_model, is_provisioned
from bedrock_helpers.offline.native_answer import NativeAnswer
from bedrock_helpers.offline.native_request import (
    check_wrapping,
    read_body,
    whole_numbers,
)
from bedrock_helpers.offline.native_totals import (
    reply_headers,
    token_counts,
    token_metrics,
)
from bedrock_helpers.offline.placeholder_image import draw_placeholder
from bedrock_helpers.offline.scored_reply import Scored
from bedrock_helpers.offline.stream_faults import broken_event, until_break

METRICS = "amazon-bedrock-invocationMetrics"
_CONVERSE_SAYS = "The model returned the following errors: "
PLACEHOLDER = "placeholder-drawing"


class _Invocation:
    """One native request being answered: by which family, and since when."""

    def __init__(self, request, call, streamed=False):
        self.started = time.perf_counter()
        self.first_byte_ms = None
        self.call, self.day = call, call.account.day
        self.model = callable_model(request["modelId"], call.region_name, call.account)
        self.model_id = self.model.model_id
        self.family = family_module(self.model_id)
        if self.family is None:
            raise not_offline(f"answer InvokeModel for {self.model_id}: use Converse")
        check_wrapping(request, self.model_id)
        self.request = request
        given = read_body(request["body"])
        self.body, guardrail, settings = take_body(request, given, call)
        self.family.validate(self.body, self.model_id, self.day)
        if self.family is gpt_oss:
            gpt_oss.check_operation(self.body, streamed)
        self.guard = None
        if guardrail is not None:
            self._take_guard(guardrail, settings)
        same = {"body": whole_numbers(self.body)}
        self.key = replies.request_key(same, self.model_id)

    def _take_guard(self, guardrail, settings):
        if self.family in (sdxl, titan_embeddings):
            raise not_offline("apply a guardrail to pictures and embeddings")
        ends = INTERVENED if self.family is nova else "end_turn"
        taken = self.body, guardrail, settings, self.request, self.call, ends
        self.guard, self.body = guard_body(*taken)

    def elapsed_ms(self):
        """Milliseconds since the request came in."""
        return round((time.perf_counter() - self.started) * 1000)

    def find_answer(self):
        """Whoever answers: a stored reply, or the small model."""
        asked = self.family.conversation(self.body)
        made = self._made(asked)
        plan = self._cache_plan(asked)
        self.call.account.subscribe(self.model)
        if self.guard and self.guard.blocked_input:
            plan, self.stored, self.occurrence = None, self.guard.refused_input(), 0
        else:
            self.stored, self.occurrence = self.call.replies.find(self.key)
        self.source = self.stored or made()
        self.watched = self.guard.watch(self.source) if self.guard else self.source
        self.cancelled = getattr(self.source, "cancelled", None)
        in_cache = use_cache(plan, self.stored, self.model_id, self.call)
        self.prefix_tokens, cached = in_cache
        self.answer = NativeAnswer(self.watched, cached)

    def _cache_plan(self, asked):
        """Only Claude's and Nova's own bodies have cache points."""
        if self.family not in (nova, claude_messages):
            return None
        on_demand = not is_provisioned(self.request["modelId"])
        return read_plan(asked, self.model, on_demand)

    def _made(self, asked):
        sampling = body.sampling(self.body, self.model_id, self.day)
        unasked = getattr(self.family, "STOPS", ())
        stops = (*unasked, *sampling.stop_sequences)
        sampling = replace(sampling, stop_sequences=stops)
        if self.family is jurassic2:
            sampling = replace(sampling, **jurassic2.penalties(self.body))
        if self.family in (nova, claude_messages):  # theirs is Converse's, nearly
            check_conversation(asked, self.model)
        tools.check_tools(asked, self.model)
        detail = getattr(self.family, "detail", lambda body: None)(self.body)
        if detail is not None:
            window = self.model.context_window_tokens
            return lambda: Scored(self.body["prompt"], sampling, detail, window)
        return lambda: Composition(asked, self.model, sampling)

    def pieces(self):
        """Every ``(block, piece)`` of the reply, stored or made now."""
        for piece in self.watched.pieces():
            if self.first_byte_ms is None:
                self.first_byte_ms = self.elapsed_ms()
            yield piece
        if not self.stored:
            made = self.source
            counts = self.prefix_tokens
            replies.record(self.key, self.occurrence, made.blocks, made, counts)

    def who(self):
        """Headers that say who answered."""
        told = self.guard.headers if self.guard else {}
        if self.stored:
            return {ANSWERED_BY: self.stored.answered_by, **told}
        return {ANSWERED_BY: replies.LOCAL_MODEL, MODEL: model_name(), **told}

    def guarded(self, content):
        """A body with what the guardrail says; Claude's blocked one is short."""
        if self.guard is None:
            return content
        if self.guard.blocked_input and self.family is claude_messages:
            content = {name: content[name] for name in ("type", "role", "content")}
        return {**content, **self.guard.native_fields()}

    def metrics(self):
        """What closes a stream: token counts, and milliseconds."""
        elapsed_ms = self.elapsed_ms()
        return {
            **token_metrics(self.answer),
            "invocationLatency": elapsed_ms,
            "firstByteLatency": self.first_byte_ms or elapsed_ms,
        }


def _own_words(operation):
    """A model's refusals without the words that Converse puts before them."""

    def answered(request, call):
        try:
            return operation(request, call)
        except Refusal as stop:
            raise _plain(stop) from None

    return answered


def _plain(stop):
    return Refusal(stop.code, stop.status, stop.text.removeprefix(_CONVERSE_SAYS))


@_own_words
def invoke_model(request, call):
    """Answer InvokeModel: the whole reply, in its family's shape."""
    asked = _Invocation(request, call)
    if asked.family is sdxl:
        return _picture(asked)
    if asked.family is titan_embeddings:
        return _vector(asked)
    asked.find_answer()
    for _ in asked.pieces():
        pass
    with_body = (asked.body,) if hasattr(asked.family, "detail") else ()
    reply = asked.family.reply(asked.answer, asked.model_id, *with_body)
    content = asked.guarded(reply)
    return _whole(asked, content, token_counts(asked.answer), asked.who())


def _whole(asked, content, counts, who):
    raw = json.dumps(content).encode()
    headers = {
        "content-type": "application/json",
        "content-length": str(len(raw)),
        "x-amzn-bedrock-invocation-latency": str(asked.elapsed_ms()),
    }
    headers |= reply_headers(counts, asked.request)
    return Reply(200, {**headers, **who}, raw)


def _picture(asked):
    settings = sdxl.settings_of(asked.body, asked.model_id, asked.day)
    seed = settings["seed"] or secrets.randbelow(2**32 - 1) + 1
    prompts = [prompt["text"] for prompt in asked.body["text_prompts"]]
    size = [settings.get(side, sdxl.V0_SIZE) for side in ("width", "height")]
    png = draw_placeholder(
        prompts, seed, settings["steps"], settings["cfg_scale"], *size
    )
    return _whole(asked, sdxl.reply(png, seed), {}, {ANSWERED_BY: PLACEHOLDER})


def _vector(asked):
    wanted = titan_embeddings.dimensions(asked.body, asked.model_id)
    unit = titan_embeddings.normalized(asked.body, asked.model_id)
    stored, occurrence = asked.call.replies.find(asked.key)
    if stored:
        vector, tokens = stored.details["vector"], stored.input_tokens
    else:
        limit = asked.model.context_window_tokens
        vector, tokens = embed(asked.body["inputText"], wanted, unit, limit)
        made = replies.StoredReply(
            [], "end_turn", None, tokens, 0, "", {"vector": vector}
        )
        replies.record(asked.key, occurrence, [], made)
    content = titan_embeddings.reply(vector, tokens, asked.body, asked.model_id)
    who = {ANSWERED_BY: stored.answered_by if stored else replies.LOCAL_MODEL}
    who |= {} if stored else {MODEL: model_name()}
    return _whole(asked, content, {"input": tokens}, who)


@_own_words
def invoke_model_with_response_stream(request, call):
    """Answer InvokeModelWithResponseStream: the reply as it is made."""
    asked = _Invocation(request, call, streamed=True)
    if not asked.model.streaming or asked.family in (sdxl, titan_embeddings):
        raise refusal("no_streaming")
    try:
        asked.find_answer()
    except Refusal as stop:
        if asked.family is not claude_text:
            raise
        return stream_reply(iter([broken_event(_plain(stop))]))  # so Claude v2 did
    fault = call.faults.take_stream_fault()
    cancel = asked.cancelled.set if asked.cancelled else None
    kind = {"x-amzn-bedrock-content-type": "application/json"}
    headers = {**kind, **reply_headers({}, asked.request), **asked.who()}
    return stream_reply(_events(asked, fault), headers, cancel)


def _events(asked, fault):
    ended = threading.Event()
    pieces = _until_end(until_break(asked.pieces(), fault), ended)
    last = None
    try:
        for chunk in asked.family.chunks(asked.answer, pieces, asked.model_id):
            if last is not None:
                yield _chunk(last)
            last = chunk if ended.is_set() else None
            if last is None:
                yield _chunk(chunk)
        told = asked.guard.native_fields() if asked.guard else {}
        yield _chunk({**last, **told, METRICS: asked.metrics()})
    except Refusal as stop:
        if asked.cancelled and asked.cancelled.is_set():
            return
        yield broken_event(stop)


def _until_end(pieces, ended):
    """The pieces, and word when there are no more: only then a chunk can be last."""
    yield from pieces
    ended.set()


def _chunk(content):
    text = json.dumps(content).encode()
    return event_stream.event("chunk", {"bytes": base64.b64encode(text).decode()})
