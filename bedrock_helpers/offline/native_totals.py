"""What surrounds a native reply: token counts, and the tier and latency asked for."""

_METRICS = {
    "input": "inputTokenCount",
    "output": "outputTokenCount",
    "cache-read-input": "cacheReadInputTokenCount",
    "cache-write-input": "cacheWriteInputTokenCount",
}
_ECHOED = {
    "serviceTier": "service-tier",
    "performanceConfigLatency": "performanceconfig-latency",
}


def token_counts(answer):
    """
    The tokens of an answer, by what they are; of a cache only where one was asked for.

    Parameters
    ----------
    answer : bedrock_helpers.offline.native_answer.NativeAnswer

    Returns
    -------
    dict of str to int
    """
    counts = {"input": answer.input_tokens, "output": answer.output_tokens}
    if answer.cached is None:
        return counts
    read, written = answer.cached.read_tokens, answer.cached.written_tokens
    return {**counts, "cache-read-input": read, "cache-write-input": written}


def token_metrics(answer):
    """The same, as they close a stream."""
    return {_METRICS[name]: count for name, count in token_counts(answer).items()}


def reply_headers(counts, request):
    """
    The headers that hold token counts, and repeat the tier and latency asked for.

    Examples
    --------
    >>> reply_headers({"input": 3}, {"serviceTier": "flex"})
    {'x-amzn-bedrock-input-token-count': '3', 'x-amzn-bedrock-service-tier': 'flex'}
    """
    told = {f"{name}-token-count": str(count) for name, count in counts.items()}
    echoed = {_ECHOED[name]: request[name] for name in _ECHOED if name in request}
    return {f"x-amzn-bedrock-{name}": v for name, v in {**told, **echoed}.items()}
