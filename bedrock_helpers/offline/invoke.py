"""bedrock-runtime: InvokeModel, for the family people first met on launch day."""

import json
import time

from bedrock_helpers.families import claude_text
from bedrock_helpers.offline import replies
from bedrock_helpers.offline.composer import Composition
from bedrock_helpers.offline.errors import not_offline, refusal
from bedrock_helpers.offline.http_reply import ANSWERED_BY, MODEL, Reply
from bedrock_helpers.offline.local_model import model_name
from bedrock_helpers.offline.model_ids import callable_model
from bedrock_helpers.offline.parameters import Sampling
from bedrock_helpers.offline.strict_json import read_json


def invoke_model(request, call):
    """Answer InvokeModel for Claude text completions."""
    started = time.perf_counter()
    model = callable_model(request["modelId"], call.region_name, call.account)
    if model.model_id not in claude_text.MODELS:
        raise not_offline(f"answer InvokeModel for {model.model_id} yet")
    body = _body(request["body"])
    call.account.subscribe(model)
    answer, answered_by = _answer(body, model, call)
    text = "".join(piece for block in answer.blocks for piece in block.pieces)
    reply = json.dumps({"completion": " " + text.lstrip(), **_stop(answer)}).encode()
    elapsed_ms = round((time.perf_counter() - started) * 1000)
    who = {ANSWERED_BY: answered_by, MODEL: model_name()}
    return Reply(200, {**_headers(answer, reply, elapsed_ms), **who}, reply)


def _body(raw):
    try:
        body = read_json(raw)
    except ValueError:
        raise refusal("malformed_json") from None
    if not isinstance(body, dict):
        raise refusal("malformed_input", problem="#: expected type: JSONObject")
    problem = claude_text.problem(body)
    if problem:
        raise refusal("malformed_input", problem=problem)
    return body


def _answer(body, model, call):
    messages = claude_text.turns(body["prompt"])
    if messages is None:
        raise refusal("prompt_turns")
    key = replies.request_key({"body": body}, model.model_id)
    stored, occurrence = call.replies.find(key)
    if stored:
        return stored, stored.answered_by
    made = Composition({"messages": messages}, model, _sampling(body))
    for _ in made.pieces():
        pass
    replies.record(key, occurrence, made.blocks, made)
    return made, replies.LOCAL_MODEL


def _sampling(body):
    values = {n: body.get(n, rule[3]) for n, rule in claude_text.PARAMETERS.items()}
    return Sampling(
        max_tokens=max(1, values["max_tokens_to_sample"]),
        temperature=values["temperature"],
        top_p=values["top_p"],
        top_k=values["top_k"],
        stop_sequences=(claude_text.HUMAN, *body.get("stop_sequences", ())),
    )


def _stop(answer):
    if answer.stop_reason == "max_tokens":
        return {"stop_reason": "max_tokens", "stop": None}
    matched = answer.stop_sequence or claude_text.HUMAN
    return {"stop_reason": "stop_sequence", "stop": matched}


def _headers(answer, body, elapsed_ms):
    return {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "x-amzn-bedrock-input-token-count": str(answer.input_tokens),
        "x-amzn-bedrock-output-token-count": str(answer.output_tokens),
        "x-amzn-bedrock-invocation-latency": str(elapsed_ms),
    }
