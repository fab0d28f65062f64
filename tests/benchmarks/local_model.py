"""Tokens a second of the local model: through boto3's stream, and bare."""

from statistics import median

import bedrock_helpers as bh
from bedrock_helpers.offline.chat_format import prompt_text
from bedrock_helpers.offline.local_model import NoLocalModel, local_model
from tests.benchmarks.turns import Result, at_least, in_turns, ratio

TOKENS, TURNS = 128, 7
NAME = "tokens a second through converse_stream / of the bare binding"
REQUEST = {
    "messages": [{"role": "user", "content": [{"text": "Tell me a long story."}]}],
    "inferenceConfig": {"maxTokens": TOKENS, "temperature": 0},
}


def measure():
    """One line."""
    try:
        server = local_model()._server.server
    except NoLocalModel as missing:
        yield Result(NAME, str(missing), "≥ 0.95×", None)
        return
    client = bh.connect("offline").client("bedrock-runtime")

    def through_boto3():
        reply = client.converse_stream(modelId=bh.catalog.NOVA_MICRO, **REQUEST)
        assert "just now" in bh.answered_by(reply)
        last = list(reply["stream"])[-1]
        assert last["metadata"]["usage"]["outputTokens"] == TOKENS

    def bare():
        chunks = []
        server.handle_completions(_body(), lambda chunk: chunks.append(chunk))
        assert sum(len(c) if isinstance(c, list) else 1 for c in chunks) >= TOKENS

    seconds = in_turns({"boto3": through_boto3, "bare": bare}, TURNS)
    speed = {name: TOKENS / median(taken) for name, taken in seconds.items()}
    note = f" ({speed['boto3']:.0f} / {speed['bare']:.0f} tokens/s)"
    yield at_least(NAME, ratio(seconds["bare"], seconds["boto3"]), 0.95, note)


def _body():
    return {
        "prompt": prompt_text(REQUEST),
        "max_tokens": TOKENS,
        "temperature": 0,
        "samplers": ["top_k"],
        "top_k": 1,
        "stream": True,
    }
