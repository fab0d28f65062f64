"""Log-probabilities of given and of drawn tokens, from llama.cpp.

They are natural logarithms over the full vocabulary, before temperature, top-k
and top-p. A drawn token's comes with the drawing; a given token's is read by
forcing it, one position after the other.
"""

from bedrock_helpers.offline.completion_request import completion_request

#: Added to a token's logit so that it is drawn; what is read is without it.
_FORCE = 100
_GREEDY = {"samplers": ["top_k"], "top_k": 1, "temperature": 0, "max_tokens": 1}
_WIDER = (1_000, 1_000_000)
#: What is read afresh may be read in any slot.
_ANY_SLOT = {"id_slot": -1, "cache_prompt": False}


def score(engine, before, tokens, alternatives=0):
    """
    The log-probability of every one of some tokens, each after those before it.

    Parameters
    ----------
    engine : LocalModel
    before : list of int
        What stands before the first; at least one token.
    tokens : list of (int, bytes)
    alternatives : int
        How many of the likeliest tokens to name at each place.

    Returns
    -------
    list of (bytes, float, list)
        Bytes, log-probability, and ``[text, log-probability]`` of the likeliest.
    """
    scored, ids = [], list(before)
    plain = engine.tokens(".")[0][0]
    # One text at a time, in one slot: what the slot has read of the text so far is
    # read no other way, which would change the numbers by up to 0.3.
    with engine.one_slot() as complete:
        for number, (token, data) in enumerate(tokens):
            fresh = number == 0
            entry = _forced(complete, ids, token, alternatives, fresh, plain)
            scored.append((data, *entry))
            ids.append(token)
    return scored


def _forced(complete, ids, token, alternatives, fresh, plain):
    body = {"prompt": ids, **_GREEDY, "cache_prompt": not fresh}
    body |= {"logprobs": max(1, alternatives), "logit_bias": [[token, _FORCE]]}
    entries = _entries(complete(body))
    if entries:
        return entries[0]["logprob"], _top(entries[0], alternatives)
    return _searched(complete, ids, token, alternatives, plain)


def _searched(complete, ids, token, alternatives, plain):
    """For a token that only begins a character, which llama.cpp holds back."""
    for width in _WIDER:
        body = {"prompt": ids, **_GREEDY, "logprobs": width}
        entry = _entries(complete(body | {"logit_bias": [[plain, _FORCE]]}))[0]
        found = {one["id"]: one["logprob"] for one in entry["top_logprobs"]}
        if token in found:
            break
    return found[token], _top(entry, alternatives)


def _entries(result):
    found = result["choices"][0]["logprobs"]
    return found["content"] if found else []


def _top(entry, alternatives):
    listed = entry["top_logprobs"][:alternatives]
    return [[_text(one), one["logprob"]] for one in listed]


def _text(entry):
    return bytes(entry["bytes"]).decode(errors="replace")


def draw(engine, prompt, sampling, alternatives=0):
    """
    A completion and the log-probability of every token of it.

    Parameters
    ----------
    engine : LocalModel
    prompt : list of int
    sampling : Sampling
    alternatives : int

    Returns
    -------
    tuple of (dict, list)
        llama.cpp's account of the completion, and the tokens as :func:`score`
        gives them.
    """
    body = completion_request(prompt, sampling, None)
    # Read afresh, so that the numbers do not depend on what was asked before.
    body |= {"stream": False, "cache_prompt": False, "logprobs": max(1, alternatives)}
    result = engine.complete(body)
    entries, account = _entries(result), result["__verbose"]
    whole = _whole(result["choices"][0]["text"], account)
    scored = [(bytes(e["bytes"]), e["logprob"], _top(e, alternatives)) for e in entries]
    in_order = b"".join(data for data, _, _ in scored).startswith(whole)
    several = len(scored) < account["tokens_predicted"] - _unseen(account)
    if several or not in_order:  # a character of several tokens: llama.cpp keeps one
        scored = score(engine, prompt, engine.tokens(whole.decode()), alternatives)
    return account, _cut(scored, len(whole))


def _whole(text, account):
    """The text's bytes, without a last character that the limit cut in two."""
    cut = account["stop_type"] == "limit"
    return (text.rstrip("\ufffd") if cut else text).encode()


def _unseen(account):
    """The end of text is counted as made, and not shown."""
    return 1 if account["stop_type"] == "eos" else 0


def _cut(scored, size):
    """The tokens of the first bytes: a stop sequence takes the rest away."""
    kept, start = [], 0
    for data, logprob, top in scored:
        if start < size:
            kept.append((data[: size - start], logprob, top))
        start += len(data)
    return kept


def characters(scored):
    """
    Tokens with text: those that are parts of one character become one.

    Their log-probabilities are added, which is what the character is worth.

    Examples
    --------
    >>> characters([(bytes([195]), -2.0, []), (bytes([169]), -0.5, [])])
    [{'token': 'é', 'logprob': -2.5}]
    """
    found, held, total, first = [], b"", 0.0, []
    for data, logprob, top in scored:
        first = first if held else top
        held, total = held + data, total + logprob
        try:
            text = held.decode()
        except UnicodeDecodeError:
            continue
        token = {"token": text, "logprob": total}
        found.append({**token, "top": first} if first else token)
        held, total = b"", 0.0
    return found


def next_logprobs(engine, before):
    """
    The log-probability of every token of the vocabulary at the next place.

    Parameters
    ----------
    engine : LocalModel
    before : list of int
        At least one token.

    Returns
    -------
    tuple of (list of bytes, list of float)
        Every token's bytes and its log-probability, by its number.
    """
    body = {"prompt": before, **_GREEDY, **_ANY_SLOT}
    # A token that only begins a character would be held back, with its entry.
    plain = engine.tokens(".")[0][0]
    body |= {"logprobs": _WIDER[-1], "logit_bias": [[plain, _FORCE]]}
    with engine.one_slot() as complete:  # megabytes: one at a time
        entry = _entries(complete(body))[0]
    top = sorted(entry["top_logprobs"], key=lambda one: one["id"])
    return [bytes(one["bytes"]) for one in top], [one["logprob"] for one in top]
