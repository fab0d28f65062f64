"""AI21 Labs Jurassic-2: every token of prompt and completion told apart.

``logprob`` and ``raw_logprob`` are both the small model's own log-probability,
before temperature and top-p. Ranges count characters.
"""

from bedrock_helpers.families import body as bodies
from bedrock_helpers.families.token_detail import Detail
from bedrock_helpers.offline.errors import not_offline

_PENALTIES = ("countPenalty", "presencePenalty", "frequencyPenalty")


def build(prompt, model_id, **settings):
    """
    The body that asks a question; ``settings`` as in :func:`body.build`.

    Examples
    --------
    >>> build("Hi", "ai21.j2-ultra-v1", max_tokens=9)
    {'prompt': 'Hi', 'maxTokens': 9}
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
    for name in _PENALTIES:
        penalty = body.get(name, {})
        excepted = [flag for flag, value in penalty.items() if value is False]
        if penalty.get("scale") and excepted:
            raise not_offline(f"except tokens from {name} ({excepted[0]})")
    if body.get("frequencyPenalty", {}).get("scale"):
        raise not_offline("apply frequencyPenalty; countPenalty it can")


def conversation(body):
    """What a body asks, as a Converse conversation."""
    return {"messages": [{"role": "user", "content": [{"text": body["prompt"]}]}]}


def penalties(body):
    """What its penalties take off a token: once it stands there, and each time."""
    return {
        "presence_penalty": body.get("presencePenalty", {}).get("scale", 0),
        "frequency_penalty": body.get("countPenalty", {}).get("scale", 0),
    }


def detail(body):
    """What is told of single tokens: always everything."""
    return Detail(prompt=True, alternatives=body.get("topKReturn", 0))


def reply(answer, model_id, body):
    """The body of a whole reply."""
    generation = answer.details["generations"][0]
    data = {"text": generation["text"], "tokens": _tokens(generation["tokens"])}
    reason = _reason(generation, answer.output_tokens)
    return {
        "id": 1234,
        "prompt": {
            "text": body["prompt"],
            "tokens": _tokens(answer.details["prompt"]),
        },
        "completions": [{"data": data, "finishReason": reason}],
    }


def _reason(generation, made):
    stop = generation["stop_reason"]
    if stop == "stop_sequence":
        return {"reason": "stop", "sequence": generation["stop_sequence"]}
    if stop == "max_tokens":
        return {"reason": "length", "length": made}
    return {"reason": "endoftext"}


def _tokens(tokens):
    laid_out, start = [], 0
    for token in tokens:
        end = start + len(token["token"])
        laid_out.append(_token(token, start, end))
        start = end
    return laid_out


def _token(token, start, end):
    scores = {"logprob": token["logprob"], "raw_logprob": token["logprob"]}
    top = [{"token": _mark(t), "logprob": p} for t, p in token.get("top", ())]
    return {
        "generatedToken": {"token": _mark(token["token"]), **scores},
        "topTokens": top or None,
        "textRange": {"start": start, "end": end},
    }


def _mark(text):
    """Spaces and line breaks as Jurassic-2's tokens showed them."""
    return text.replace(" ", "▁").replace("\n", "<|newline|>")


def read(reply):
    """
    The text of a reply's body.

    Examples
    --------
    >>> read({"completions": [{"data": {"text": "Bonjour"}}]})
    'Bonjour'
    """
    return reply["completions"][0]["data"]["text"]
