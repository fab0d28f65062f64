"""Replies with the log-probability of every token, and several at a time."""

from dataclasses import dataclass, field, replace

from bedrock_helpers.offline.completion_request import STOP_REASONS, WINDOW_TOKENS
from bedrock_helpers.offline.errors import not_offline, refusal
from bedrock_helpers.offline.local_model import local_model
from bedrock_helpers.offline.replies import Block
from bedrock_helpers.offline.token_scores import characters, draw, score

_HEAD, _TAIL = "<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n"


@dataclass
class Scored:
    """
    A reply whose single tokens are told: iterate :meth:`pieces`, then read.

    The small model reads the prompt as a user's turn of its own chat format:
    so the first token of a prompt has something before it, too.

    Attributes
    ----------
    prompt : str
    sampling : Sampling
    detail : bedrock_helpers.families.token_detail.Detail
    window_tokens : int or None
        The played model's window, which prompt and reply share.
    details : dict
        ``prompt`` and ``generations``, once made.
    """

    prompt: str
    sampling: object
    detail: object
    window_tokens: int | None = None
    details: dict | None = None
    blocks: list = field(default_factory=list)
    stop_reason: str | None = None
    stop_sequence: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0

    def __post_init__(self):
        """Count the prompt first, so that a refusal precedes any stream."""
        self._engine = local_model()
        self._tokens = self._engine.tokens(self.prompt)
        self._head = [i for i, _ in self._engine.tokens(_HEAD, special=True)]
        tail = [i for i, _ in self._engine.tokens(_TAIL, special=True)]
        self._ids = [*self._head, *(i for i, _ in self._tokens), *tail]
        self.input_tokens = len(self._ids)
        self._leave_room()
        room = WINDOW_TOKENS - self.sampling.max_tokens
        if self.input_tokens > room:
            raise not_offline(
                f"tell the tokens of a prompt of {self.input_tokens} tokens: its "
                f"small model's window is {WINDOW_TOKENS}"
            )

    def _leave_room(self):
        limit = self.window_tokens or WINDOW_TOKENS
        if self.input_tokens > limit:
            raise refusal("input_too_long")
        most = min(self.sampling.max_tokens, limit - self.input_tokens)
        self.sampling = replace(self.sampling, max_tokens=most)

    def count_input(self):
        """Tokens of the prompt."""
        return self.input_tokens

    def pieces(self):
        """
        Make everything, then yield ``(block, piece)`` of the first generation.

        Yields
        ------
        tuple of (Block, str)
        """
        generations = [self._generation() for _ in range(self.detail.generations)]
        wanted = self._tokens if self.detail.prompt else []
        known = score(self._engine, self._head, wanted, self.detail.alternatives)
        self.details = {"prompt": characters(known), "generations": generations}
        first = generations[0]
        self.stop_reason = first["stop_reason"]
        self.stop_sequence = first["stop_sequence"]
        block = Block("text", [token["token"] for token in first["tokens"]])
        self.blocks.append(block)
        for piece in block.pieces:
            yield block, piece

    def _generation(self):
        if self.sampling.max_tokens == 0:
            return _laid_out([], "max_tokens", None)
        more = self.detail.alternatives
        account, scored = draw(self._engine, self._ids, self.sampling, more)
        self.output_tokens += account["tokens_predicted"]
        stop = STOP_REASONS[account["stop_type"]]
        return _laid_out(characters(scored), stop, account["stopping_word"] or None)


def _laid_out(tokens, stop_reason, stop_sequence):
    text = "".join(token["token"] for token in tokens)
    ended = {"stop_reason": stop_reason, "stop_sequence": stop_sequence}
    return {"text": text, "tokens": tokens, **ended}
