"""What llama.cpp is asked for, and what its chunks say."""

import secrets
from dataclasses import dataclass, field

from bedrock_helpers.offline.errors import not_offline

#: Tokens SmolLM2 can hold: prompt and reply together.
WINDOW_TOKENS = 8192
#: llama.cpp's words for why it stopped, in Converse's.
STOP_REASONS = {"eos": "end_turn", "limit": "max_tokens", "word": "stop_sequence"}


@dataclass
class Generation:
    """
    What the model made, filled in while it is being made.

    Attributes
    ----------
    pieces : list of str
        Token texts so far.
    stop_reason : str or None
        ``end_turn``, ``max_tokens`` or ``stop_sequence`` once finished.
    stop_sequence : str or None
        Which stop sequence ended it.
    input_tokens, output_tokens : int
        SmolLM2's tokens.
    """

    pieces: list = field(default_factory=list)
    stop_reason: str | None = None
    stop_sequence: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def text(self):
        """The text so far."""
        return "".join(self.pieces)


def completion_request(prompt, sampling, json_schema):
    """
    What llama.cpp's completions are asked for.

    Parameters
    ----------
    prompt : str or list of int
    sampling : Sampling
    json_schema : dict or None

    Returns
    -------
    dict
    """
    body = {
        "prompt": prompt,
        "max_tokens": min(sampling.max_tokens, WINDOW_TOKENS),
        **_sampler_settings(sampling),
        "seed": secrets.randbits(32),
        "stream": True,
        "verbose": True,
    }
    if sampling.stop_sequences:
        body["stop"] = list(sampling.stop_sequences)
    if json_schema is not None:
        compact = {"x-guidance": {"whitespace_flexible": False}}
        body["json_schema"] = {**json_schema, **compact}
    return body


def _sampler_settings(sampling):
    """The chain as taught: temperature, top-k, top-p, and nothing else.

    Makers do not publish their order: this is our convention. Temperature 0 is
    the likeliest token, which needs no chain over the whole vocabulary.
    """
    penalties = _penalties(sampling)
    first = ["penalties"] if penalties else []
    if sampling.temperature == 0:
        greedy = {"samplers": [*first, "top_k"], "top_k": 1, "temperature": 0}
        return {**greedy, **penalties}
    return {
        **penalties,
        "samplers": [*first, "temperature", "top_k", "top_p"],
        "temperature": sampling.temperature,
        "top_k": sampling.top_k,
        "top_p": sampling.top_p,
        "min_p": 0,
    }


def _penalties(sampling):
    """Over the whole text, prompt and reply, when there are any."""
    given = {
        "presence_penalty": sampling.presence_penalty,
        "frequency_penalty": sampling.frequency_penalty,
    }
    return {**given, "repeat_last_n": WINDOW_TOKENS} if any(given.values()) else {}


def read_chunk(chunk, generation):
    """
    The text of one chunk; its totals go into the generation.

    Raises
    ------
    Refusal
        If the chunk says that llama.cpp failed.
    """
    if isinstance(chunk, list):
        return "".join(read_chunk(part, generation) for part in chunk)
    if "error" in chunk:
        raise not_offline(f"answer this: {chunk['error'].get('message', chunk)}")
    details = chunk.get("__verbose", {})
    piece = chunk["choices"][0]["text"]
    if piece:
        generation.pieces.append(piece)
    if details.get("stop"):
        generation.stop_reason = STOP_REASONS[details["stop_type"]]
        generation.stop_sequence = details.get("stopping_word") or None
        generation.input_tokens = details["tokens_evaluated"]
        generation.output_tokens = details["tokens_predicted"]
    return piece
