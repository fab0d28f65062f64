"""A text's vector, from the small model's last layer.

SmolLM2 gives 576 numbers a token; their mean over the text is spread over the
asked number of dimensions by a fixed random projection, which keeps angles
between texts nearly as they were (Johnson and Lindenstrauss, 1984). So near
texts have near vectors; the numbers themselves mean nothing beside Titan's.
"""

import math
import random
import secrets
import threading
from functools import cache

from bedrock_helpers.offline.errors import not_offline, refusal
from bedrock_helpers.offline.llama_server import import_llama_cpp, start
from bedrock_helpers.offline.local_model import local_model

#: Tokens the small model reads at a time; longer texts are read in parts.
_PART_TOKENS = 500
#: Draws the same projection everywhere.
_SEED = 20230928
_LOADING = threading.Lock()


def embed(text, dimensions, normalized, limit=None):
    """
    The vector of a text.

    Parameters
    ----------
    text : str
    dimensions : int
    normalized : bool
        Whether its length is to be 1.
    limit : int, optional
        The most tokens the played model reads.

    Returns
    -------
    tuple of (list of float, int)
        The vector, and how many tokens were read.

    Raises
    ------
    Refusal
        For a longer text.
    """
    engine = local_model()
    read = engine.tokens(text) or engine.tokens(" ")  # control characters are none
    ids = [token for token, _ in read]
    if limit and len(ids) > limit:
        raise refusal("too_many_input_tokens", limit=limit, tokens=len(ids))
    parts = [ids[i : i + _PART_TOKENS] for i in range(0, len(ids), _PART_TOKENS)]
    sums = _weighted_sum([(len(part), _vector(engine.path, part)) for part in parts])
    mean = [number / len(ids) for number in sums]
    vector = _project(mean, dimensions)
    if normalized:
        length = math.hypot(*vector)
        vector = [number / length for number in vector]
    return vector, len(ids)


def _vector(path, ids):
    result = _server(path).handle_embeddings({"input": ids, "embd_normalize": -1})
    if "error" in result:
        raise not_offline(f"embed this: {result['error'].get('message')}")
    return result["data"][0]["embedding"]


def _server(path):
    with _LOADING:
        return _loaded(path)


@cache
def _loaded(path):
    """A second, small context of the same weights, which gives vectors."""
    mean = import_llama_cpp().llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    settings = {"n_ctx": 512, "embedding": True, "pooling_type": mean}
    return start(path, secrets.token_urlsafe(24), slots=1, **settings)


def _weighted_sum(parts):
    return [
        sum(weight * vector[i] for weight, vector in parts)
        for i in range(len(parts[0][1]))
    ]


def _project(mean, dimensions):
    rows = _projection(len(mean), dimensions)
    scale = 1 / math.sqrt(dimensions)
    return [
        scale * sum(a if plus else -a for a, plus in zip(mean, row, strict=True))
        for row in rows
    ]


@cache
def _projection(size, dimensions):
    """Rows of random signs, the same on every machine."""
    drawn = random.Random(_SEED)
    return [
        [bit == "1" for bit in f"{drawn.getrandbits(size):0{size}b}"]
        for _ in range(dimensions)
    ]
