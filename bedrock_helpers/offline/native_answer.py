"""One answer to a native request, stored or made now, as the families read it."""

from bedrock_helpers.offline.composer import input_of


class NativeAnswer:
    """
    What a family lays out as its reply.

    Parameters
    ----------
    source : Composition, Scored or StoredReply
        Its totals are complete once its pieces have been made.
    cached : CacheUse, optional
        Where the body has cache points.
    """

    def __init__(self, source, cached=None):
        self._source = source
        self.cached = cached

    @property
    def blocks(self):
        """The content blocks."""
        return self._source.blocks

    @property
    def text(self):
        """All text, without reasoning."""
        return self._joined("text")

    @property
    def reasoning(self):
        """All reasoning, empty where there is none."""
        return self._joined("reasoning")

    def _joined(self, kind):
        return "".join(p for b in self.blocks if b.kind == kind for p in b.pieces)

    @property
    def stop_reason(self):
        """``end_turn``, ``max_tokens``, ``stop_sequence`` or ``tool_use``."""
        return self._source.stop_reason

    @property
    def stop_sequence(self):
        """The stop sequence that ended it, or None."""
        return self._source.stop_sequence

    @property
    def input_tokens(self):
        """Tokens of the prompt, SmolLM2's, without those from or to the cache."""
        return self._fresh(self._source.input_tokens)

    @property
    def output_tokens(self):
        """Tokens of the reply, SmolLM2's."""
        return self._source.output_tokens

    @property
    def details(self):
        """Single tokens and further generations, or None."""
        return getattr(self._source, "details", None)

    def input_tokens_now(self):
        """Tokens of the prompt, also before anything was made."""
        return self._fresh(self._source.input_tokens or self._source.count_input())

    def _fresh(self, tokens):
        return self.cached.fresh(tokens) if self.cached else tokens

    def input_of(self, block):
        """The input a toolUse block's JSON gives."""
        return input_of(block)
