"""Who answered a call: your account's model, or one of the offline stand-ins."""

_WORDS = {
    "offline": "the offline Bedrock (no model ran)",
    "lesson-reply": "a lesson reply, written by the course (no model ran)",
    "recording": "a recording of SmolLM2-135M (offline)",
    "guardrail": "a guardrail, in place of the model (no model ran)",
    "placeholder-drawing": "a placeholder drawing of the course (no image model ran)",
    "local-model": "{model} on this machine, just now (offline)",
}
LIVE = "Amazon Bedrock (live)"
_MODEL = "x-bedrock-offline-model"
_HEADER = "x-bedrock-offline-answered-by"


def answered_by(reply):
    """
    Say who answered, from a reply's headers.

    Parameters
    ----------
    reply : dict
        What a boto3 call returned.

    Returns
    -------
    str

    Examples
    --------
    >>> answered_by({"ResponseMetadata": {"HTTPHeaders": {}}})
    'Amazon Bedrock (live)'
    """
    headers = reply.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    if _HEADER not in headers:
        return LIVE
    words = _WORDS.get(headers[_HEADER], f"{headers[_HEADER]} (offline)")
    return words.format(model=headers.get(_MODEL, "the small model"))


def made_just_now(words):
    """
    Whether a model made the reply while it was waited for.

    Parameters
    ----------
    words : str
        Of :func:`answered_by`.

    Returns
    -------
    bool
        False for stored replies, whose times are no model's.

    Examples
    --------
    >>> made_just_now("a recording of SmolLM2-135M (offline)")
    False
    """
    return words == LIVE or ", just now" in words
