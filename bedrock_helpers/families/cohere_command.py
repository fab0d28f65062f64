"""Cohere Command and Command Light: the generate shape, with likelihoods."""

import uuid
from statistics import fmean

from bedrock_helpers.families import body as bodies
from bedrock_helpers.families.token_detail import Detail
from bedrock_helpers.offline.errors import not_offline, refusal

_REASONS = {
    "end_turn": "COMPLETE",
    "max_tokens": "MAX_TOKENS",
    "stop_sequence": "COMPLETE",
}


def build(prompt, model_id, **settings):
    """
    The body that asks a question; ``settings`` as in :func:`body.build`.

    Examples
    --------
    >>> build("Hi", "cohere.command-text-v14", top_p=0.5)
    {'prompt': 'Hi', 'p': 0.5}
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
    for token, bias in body.get("logit_bias", {}).items():
        if isinstance(bias, bool) or not isinstance(bias, int | float):
            problem = f"#/logit_bias/{token}: expected type: Number"
            raise refusal("malformed_input", problem=problem)
        if not -10 <= bias <= 10:
            problem = f"#/logit_bias/{token}: {bias} is not between -10 and 10"
            raise refusal("malformed_input", problem=problem)
    if body.get("logit_bias"):
        raise not_offline("apply logit_bias: its token numbers are Cohere's own")


def conversation(body):
    """What a body asks, as a Converse conversation."""
    return {"messages": [{"role": "user", "content": [{"text": body["prompt"]}]}]}


def detail(body):
    """What a body asks to know of single tokens and of several generations."""
    wanted = body.get("return_likelihoods", "NONE")
    count = body.get("num_generations", 1)
    if wanted == "NONE" and count == 1:
        return None
    return Detail(generations=count, prompt=wanted == "ALL")


def reply(answer, model_id, body):
    """The body of a whole reply."""
    made = _several(answer) if answer.details else [_one(answer)]
    wanted = body.get("return_likelihoods", "NONE")
    if wanted != "NONE":
        before = answer.details["prompt"] if wanted == "ALL" else []
        for generation, known in zip(made, answer.details["generations"], strict=True):
            generation |= _likelihoods(before + known["tokens"])
    return {"id": str(uuid.uuid4()), "generations": made, "prompt": body["prompt"]}


def _one(answer):
    head = {"id": str(uuid.uuid4()), "text": answer.text}
    return {**head, "finish_reason": _REASONS[answer.stop_reason]}


def _several(answer):
    generations = answer.details["generations"]
    numbered = len(generations) > 1
    return [
        {
            "id": str(uuid.uuid4()),
            "text": generation["text"],
            "finish_reason": _REASONS[generation["stop_reason"]],
            **({"index": number} if numbered else {}),
        }
        for number, generation in enumerate(generations)
    ]


def _likelihoods(tokens):
    """Natural logarithms; ``likelihood`` is their mean, as in Cohere's own API."""
    listed = [{"token": t["token"], "likelihood": t["logprob"]} for t in tokens]
    mean = fmean(t["logprob"] for t in tokens) if tokens else 0.0
    return {"likelihood": mean, "token_likelihoods": listed}


def chunks(answer, pieces, model_id):
    """The JSON objects of a streamed reply, in order."""
    for _, piece in pieces:
        yield {**_index(answer, 0), "text": piece, "is_finished": False}
    # Only now are the details known; the pieces were the first generation's.
    yield _finish(answer, 0, answer.stop_reason)
    others = answer.details["generations"][1:] if answer.details else []
    for number, generation in enumerate(others, 1):
        for token in generation["tokens"]:
            text = token["token"]
            yield {**_index(answer, number), "text": text, "is_finished": False}
        yield _finish(answer, number, generation["stop_reason"])


def _index(answer, number):
    """Which generation it is of, where there are several."""
    several = answer.details and len(answer.details["generations"]) > 1
    return {"index": number} if several else {}


def _finish(answer, number, stop):
    ended = {"is_finished": True, "finish_reason": _REASONS[stop]}
    return {**_index(answer, number), **ended}


def read(reply):
    """
    The text of a reply's body: of its first generation.

    Examples
    --------
    >>> read({"generations": [{"text": " Bonjour"}]})
    ' Bonjour'
    """
    return reply["generations"][0]["text"]


def read_chunk(chunk):
    """The text one chunk of a stream adds."""
    return chunk.get("text", "")
