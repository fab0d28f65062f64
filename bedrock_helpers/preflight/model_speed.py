"""Whether the small model is there, and whether it is fast enough for a room."""

import os
import time

from bedrock_helpers.preflight.report import Finding

WHAT = "the small local model writes fast enough"
#: Tokens per second. Two processors make 90 to 140, and 10 to 30 with six programs on
#: them. At 3, a reply of a hundred tokens, as the labs ask for, takes half a minute:
#: half of what a notebook's cell may take.
LEAST_TOKENS_PER_S = 3
_TOKENS = 32
_TRIES = 3  # a computer that was busy for a moment is asked again
_SLOW = (
    "this computer is busy or slow",
    "close other programs and plug it in, or share a model: make model-server",
)
_SHARED_IS_SLOW = (
    "the room's model server is busy or slow",
    "the host asks for fewer replies at a time, or runs it on more processors",
)
_PROMPT = "1, 2, 3,"  # it counts on, and does not come to an end


def is_shared():
    """Whether the model runs once for all kernels of this machine, not in this one."""
    from bedrock_helpers.offline.local_model import MODEL_VARIABLE
    from bedrock_helpers.offline.shared_model import server_file

    try:
        return not os.environ.get(MODEL_VARIABLE) and bool(server_file())
    except ValueError:  # of the room's settings: they are a finding of their own
        return False


def model_speed():
    """
    Load the small local model, or reach the shared one, and time 32 tokens.

    Returns
    -------
    Finding

    Raises
    ------
    NoLocalModel
        If it is not there; the message says what to type.

    Examples
    --------
    >>> model_speed()
    ✓ the small local model writes fast enough
    """
    from bedrock_helpers.offline.local_model import local_model

    started = time.perf_counter()
    model = local_model()
    loading_s = time.perf_counter() - started
    fastest = 0
    for _ in range(_TRIES):
        fastest = max(fastest, _tokens_per_s(model))
        if fastest >= LEAST_TOKENS_PER_S:
            break
    return finding(fastest, loading_s, is_shared())


def _tokens_per_s(model):
    from bedrock_helpers.offline.completion_request import Generation
    from bedrock_helpers.offline.parameters import Sampling

    made = Generation()
    started = time.perf_counter()
    for _ in model.stream(_PROMPT, Sampling(_TOKENS, 0.0, 1.0), made):
        pass
    return made.output_tokens / (time.perf_counter() - started)


def finding(tokens_per_s, loading_s=0.0, shared=False):
    """
    What a speed means for the room.

    Parameters
    ----------
    tokens_per_s : float
    loading_s : float
        Seconds until the model was ready.
    shared : bool
        Whether it is the room's one model for all.

    Returns
    -------
    Finding

    Examples
    --------
    >>> finding(2.0).error, finding(2.0).cause[-36:]
    ('2.0 tokens/s', 'but a reply of 100 tokens takes 50 s')
    """
    digits = 0 if tokens_per_s >= 10 else 1
    speed = f"{tokens_per_s:.{digits}f} tokens/s"
    details = f"{speed}{', shared' if shared else ''}, ready in {loading_s:.1f} s"
    if tokens_per_s >= LEAST_TOKENS_PER_S:
        return Finding(WHAT, True, details)
    takes = f"{100 / tokens_per_s:.0f} s" if tokens_per_s else "for ever"
    slow, cure = _SHARED_IS_SLOW if shared else _SLOW
    return Finding(
        WHAT,
        False,
        details,
        speed,
        f"{slow}: stored replies come at once, but a reply of 100 tokens takes {takes}",
        cure,
    )
