"""Amazon Titan text embeddings: a text as a vector."""

from bedrock_helpers import parameters
from bedrock_helpers.families import body as bodies

#: What version 1, which takes no ``dimensions``, gives.
V1_DIMENSIONS = 1536


def build(prompt, model_id, **settings):
    """
    The body that asks for a text's vector.

    Parameters
    ----------
    prompt : str
    model_id : str
    **settings
        Parameters of the body itself, such as ``dimensions``.

    Examples
    --------
    >>> build("Hi", "amazon.titan-embed-text-v2:0", dimensions=256)
    {'inputText': 'Hi', 'dimensions': 256}
    """
    return bodies.build(model_id, prompt) | settings


def validate(body, model_id, day=None):
    """
    Refuse what Bedrock refuses of a body.

    Raises
    ------
    Refusal
    """
    bodies.check(body, model_id, day)


def dimensions(body, model_id):
    """
    How long a vector a body asks for.

    Examples
    --------
    >>> dimensions({"inputText": "Hi"}, "amazon.titan-embed-text-v2:0")
    1024
    """
    taken = {spec.path: spec for spec in parameters.specs(model_id)}
    if "dimensions" not in taken:
        return V1_DIMENSIONS
    return body.get("dimensions", taken["dimensions"].default)


def normalized(body, model_id):
    """Whether a body asks for a vector of length 1; version 1 has no say."""
    taken = {spec.path for spec in parameters.specs(model_id)}
    return "normalize" in taken and body.get("normalize", True)


def reply(vector, tokens, body, model_id):
    """
    The body of a reply.

    Binary vectors hold the signs: 1 where a number is positive.
    """
    kinds = body.get("embeddingTypes", ["float"])
    found = {"float": vector, "binary": [int(number > 0) for number in vector]}
    plain = {"embedding": vector} if "float" in kinds else {}
    if "embeddingTypes" not in {s.path for s in parameters.specs(model_id)}:
        return {**plain, "inputTextTokenCount": tokens}
    by_type = {kind: found[kind] for kind in kinds}
    return {**plain, "inputTextTokenCount": tokens, "embeddingsByType": by_type}


def read(reply):
    """
    The vector of a reply's body.

    Examples
    --------
    >>> read({"embedding": [0.6, 0.8]})
    [0.6, 0.8]
    """
    return reply["embedding"]
