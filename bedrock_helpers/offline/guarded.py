"""A guardrail at work on one call: before the model, and after it.

A stream is held back until it is whole and was looked at, or, in asynchronous mode,
goes out piece by piece until something is to be blocked; masks need the former (User
Guide, "Configure streaming response behavior to filter content", copy of mid-2026).
"""

import re
import time
from dataclasses import replace

from bedrock_helpers.offline.apply_guardrail import BLOCKED_MESSAGES
from bedrock_helpers.offline.guardrail_checks import NO_ACTION, Part, look_at
from bedrock_helpers.offline.guardrail_trace import assessment
from bedrock_helpers.offline.guardrails import tell_not_evaluated
from bedrock_helpers.offline.replies import Block, StoredReply

#: Who answers when the input is blocked: no model does.
GUARDRAIL = "guardrail"
INTERVENED = "guardrail_intervened"


class Guard:
    """
    One version of a guardrail, at work on one call.

    Parameters
    ----------
    guardrail : bedrock_helpers.offline.guardrails.Version
    call : Call
    trace : str
        ``enabled``, ``disabled`` or ``enabled_full``, in any case.
    asynchronous : bool
        Whether a stream's pieces go out before they are looked at.
    stop_reason : str
        What a reply ends with when the guardrail changed it.

    Attributes
    ----------
    blocked_input : bool
        Whether the model is not to be called.
    headers : dict
        What is not evaluated offline.
    """

    def __init__(
        self,
        guardrail,
        call,
        trace="disabled",
        asynchronous=False,
        stop_reason=INTERVENED,
    ):
        self._guardrail, self._trace = guardrail, trace.lower()
        self.asynchronous, self.stop_reason = asynchronous, stop_reason
        self.headers = tell_not_evaluated(guardrail.config, call)
        self.blocked_input = False
        self._found, self._reasons = {}, {}
        self._grounding, self._model_output = [], []

    def take_input(self, parts):
        """Look at the input; its texts as the model may see them."""
        self._grounding = [part for part in parts if part.for_grounding]
        verdict = self._look(parts, "INPUT")
        self.blocked_input = verdict.blocked
        return verdict.texts

    def refused_input(self):
        """The reply in place of the model's, when the input is blocked."""
        block = Block("text", [self._message("INPUT")])
        return StoredReply([block], self.stop_reason, None, 0, 0, GUARDRAIL)

    def watch(self, source):
        """
        A reply in the making, as far as the guardrail lets it through.

        Parameters
        ----------
        source : Composition or StoredReply

        Returns
        -------
        object
            With all that the source has.
        """
        return source if self.blocked_input else _Watched(source, self)

    def let_through(self, blocks, can_mask=True):
        """
        What may go out of a reply's blocks.

        Parameters
        ----------
        blocks : list of Block
        can_mask : bool
            False where they went out already.

        Returns
        -------
        list of Block
            The same list if nothing is changed; masked; or the configured words.
        """
        texts = ["".join(b.pieces) for b in blocks if b.kind == "text"]
        unseen = [Part(p.text, p.qualifiers, guarded=False) for p in self._grounding]
        verdict = self._look([*map(Part, texts), *unseen], "OUTPUT", can_mask)
        if verdict.blocked or verdict.masked:
            self._model_output = texts
        if verdict.blocked:
            return [Block("text", [self._message("OUTPUT")])]
        if not verdict.masked:
            return blocks
        masked = iter(verdict.texts)
        return [_in_words(next(masked)) if b.kind == "text" else b for b in blocks]

    def _look(self, parts, source, can_mask=True):
        started = time.perf_counter()
        verdict = look_at(self._guardrail.config, parts, source, can_mask)
        elapsed_ms = round((time.perf_counter() - started) * 1000)
        full = self._trace == "enabled_full"
        self._reasons[source] = verdict.reason
        self._found[source] = assessment(
            self._guardrail, parts, verdict, source, elapsed_ms, full
        )
        return verdict

    def _message(self, source):
        return self._guardrail.config[BLOCKED_MESSAGES[source]]

    def converse_trace(self):
        """The ``trace`` of Converse; nothing where none was asked for."""
        if not self._trace.startswith("enabled"):
            return {}
        guardrail_id = self._guardrail.guardrail_id
        shown = {"inputAssessment": {guardrail_id: self._found["INPUT"]}}
        if "OUTPUT" in self._found:
            shown["outputAssessments"] = {guardrail_id: [self._found["OUTPUT"]]}
        return {"trace": {"guardrail": {**self._why(), **shown}}}

    def native_fields(self):
        """What the body of InvokeModel says of the guardrail."""
        changed = any(reason != NO_ACTION for reason in self._reasons.values())
        told = {"amazon-bedrock-guardrailAction": "INTERVENED" if changed else "NONE"}
        if not self._trace.startswith("enabled"):
            return told
        guardrail_id = self._guardrail.guardrail_id
        shown = {"input": {guardrail_id: self._found["INPUT"]}}
        if "OUTPUT" in self._found:
            shown["outputs"] = [{guardrail_id: self._found["OUTPUT"]}]
        return {**told, "amazon-bedrock-trace": {"guardrail": self._why() | shown}}

    def _why(self):
        """The reason of the last intervention, and what the model had said then."""
        changed = [reason for reason in self._reasons.values() if reason != NO_ACTION]
        said = {"modelOutput": self._model_output} if self._model_output else {}
        return {**said, "actionReason": changed[-1] if changed else NO_ACTION}


def _in_words(text):
    return Block("text", re.findall(r"\S+\s*|\s+", text))


class _Watched:
    """A reply in the making whose pieces a guardrail lets through, or does not."""

    def __init__(self, source, guard):
        self._source, self._guard = source, guard
        self._changed = False
        self.blocks = []

    def __getattr__(self, name):
        return getattr(self._source, name)

    @property
    def stop_reason(self):
        """The guardrail's, where it changed the reply; else the model's."""
        return self._guard.stop_reason if self._changed else self._source.stop_reason

    def pieces(self):
        """Every ``(block, piece)`` that goes out."""
        return self._at_once() if self._guard.asynchronous else self._when_whole()

    def _when_whole(self):
        for _ in self._source.pieces():
            pass
        self.blocks = self._guard.let_through(self._source.blocks)
        self._changed = self.blocks is not self._source.blocks
        for block in self.blocks:
            for piece in block.pieces:
                yield block, piece

    def _at_once(self):
        """The model goes on to its end, unseen, when something was blocked."""
        sent = {}
        for block, piece in self._source.pieces():
            if self._changed:
                continue
            own = sent.setdefault(id(block), replace(block, pieces=[]))
            own.pieces.append(piece)
            self.blocks = list(sent.values())
            yield own, piece
            allowed = self._guard.let_through(self.blocks, can_mask=False)
            if allowed is not self.blocks:
                self._changed = True
                self.blocks = [*self.blocks, *allowed]
                yield allowed[0], allowed[0].pieces[0]
