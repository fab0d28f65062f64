"""How the small model composes one reply: reasoning, words, or a tool call."""

import json
import secrets
import threading
from dataclasses import dataclass, field, replace

from bedrock_helpers.offline import chat_format, tools
from bedrock_helpers.offline.completion_request import WINDOW_TOKENS, Generation
from bedrock_helpers.offline.errors import not_offline, refusal
from bedrock_helpers.offline.local_model import local_model
from bedrock_helpers.offline.replies import Block

_REASONING_TOKENS = 40
_OPENING = ("The", " user", " wants")
_CHOICE_TOKENS = 128
_ROOM_TOKENS = 1024
_SHORTENED_TOKENS = 2000
_TOO_LONG = {"Anthropic": "input_too_long_claude", "Amazon": "input_too_long_nova"}
#: Nova's text ends with the stop sequence that ended it: langchain-ai/langchain-aws
#: issue 420 and BerriAI/litellm issue 9483, March 2025.
_KEEPS_STOP = "amazon.nova-"


@dataclass
class Composition:
    """
    A reply in the making: iterate :meth:`pieces`, then read the totals.

    Attributes
    ----------
    blocks : list of Block
        Filled in while the pieces are made.
    stop_reason, stop_sequence : str or None
    input_tokens, output_tokens : int
        Sums over everything the small model did for this reply.
    shortened_tokens : int or None
        The prompt's full length, when it had to be cut to the small window.
    """

    request: dict
    model: object
    sampling: object
    blocks: list = field(default_factory=list)
    stop_reason: str | None = None
    stop_sequence: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    shortened_tokens: int | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self):
        """Check the length first, so that a refusal precedes any stream."""
        self._engine = local_model()
        specs = tools.tool_specs(self.request)
        note = tools.describe(specs) if specs else None
        prompt = chat_format.prompt_text(self.request, note=note)
        self._prompt = self._within_window(prompt)
        self._leave_room(prompt)

    def _leave_room(self, prompt):
        """Prompt and reply share the window: Claude refuses, others stop early."""
        limit, asked = self.model.context_window_tokens, self.sampling.max_tokens
        if not limit or len(prompt.encode()) + asked <= limit:
            return
        count = self._engine.count_tokens(prompt)
        if count + asked <= limit:
            return
        if self.model.provider == "Anthropic" and not self.model.launch_day:
            numbers = {"tokens": count, "max_tokens": asked, "limit": limit}
            raise refusal("window_exceeded_claude", **numbers)
        self.sampling = replace(self.sampling, max_tokens=limit - count)

    def _within_window(self, prompt):
        room = WINDOW_TOKENS - _ROOM_TOKENS
        limit = self.model.context_window_tokens
        if len(prompt.encode()) <= min(room, limit or room):
            return prompt
        count = self._engine.count_tokens(prompt)
        if limit and count > limit:
            raise refusal(_too_long(self.model), tokens=count, limit=limit)
        if count <= room:
            return prompt
        self.shortened_tokens = count
        return self._end_of(prompt, count)

    def _end_of(self, prompt, count):
        """The last part of a prompt: reading more would only take time."""
        while count > _SHORTENED_TOKENS:
            kept = len(prompt) * _SHORTENED_TOKENS // count
            prompt = prompt[-max(1, kept - kept // 20) :]
            count = self._engine.count_tokens(prompt)
        return prompt

    def count_input(self):
        """Tokens of the prompt, before anything was made."""
        return self.shortened_tokens or self._engine.count_tokens(self._prompt)

    def pieces(self):
        """
        Yield ``(block, piece)`` as the reply is made.

        Yields
        ------
        tuple of (Block, str)
        """
        schema = tools.output_schema(self.request)
        tool_name = self._chosen_tool()
        if tool_name is not None:
            yield from self._tool_call(tool_name)
        elif schema is not None:
            yield from self._constrained("text", schema)
        else:
            yield from self._words()
        self.input_tokens = self.shortened_tokens or self.input_tokens

    def _chosen_tool(self):
        forced = tools.forced_tool(self.request)
        schema = tools.choice_schema(self.request)
        if forced or schema is None:
            return forced
        few = replace(self.sampling, max_tokens=_CHOICE_TOKENS, stop_sequences=())
        text = "".join(self._generate(self._prompt, few, schema)[0])
        self.output_tokens = 0  # choosing is no part of the reply
        name = tools.parse_json(text, schema)["tool"]
        return None if name == tools.NO_TOOL else name

    def _tool_call(self, name):
        schema = tools.tool_specs(self.request)[name]["inputSchema"]["json"]
        call = f"{self._prompt}{name}("
        yield from self._constrained("toolUse", schema, name, call)
        if self.stop_reason == "end_turn":
            self.stop_reason = "tool_use"

    def _constrained(self, kind, schema, tool_name=None, prompt=None):
        block = Block(kind, tool_name=tool_name)
        if tool_name:
            block.tool_use_id = "tooluse_" + secrets.token_urlsafe(16)
        self.blocks.append(block)
        plain = replace(self.sampling, stop_sequences=())
        tight = tools.closed(schema)
        pieces, generation = self._generate(prompt or self._prompt, plain, tight)
        if generation.stop_reason == "end_turn":
            tools.parse_json(generation.text, schema)
        for piece in pieces:
            block.pieces.append(piece)
            yield block, piece

    def _words(self):
        prompt, left = self._prompt, self.sampling.max_tokens
        if self.model.reasoning_first:
            thought = yield from self._reasoning(min(_REASONING_TOKENS, left))
            left -= self.output_tokens
            prompt += thought
        if left < 1:
            self.stop_reason = "max_tokens"
            self.input_tokens = self.input_tokens or self.count_input()
            return
        block = Block("text")
        self.blocks.append(block)
        sampling = replace(self.sampling, max_tokens=left)
        yield from self._live(block, prompt, sampling)
        if self.stop_sequence and self.model.model_id.startswith(_KEEPS_STOP):
            block.pieces.append(self.stop_sequence)
            yield block, self.stop_sequence

    def _reasoning(self, max_tokens):
        """Make a first thought, for models that return one before their answer.

        Its first words are given to the small model, which would otherwise
        begin with the answer; they count as output.
        """
        block = Block("reasoning")
        self.blocks.append(block)
        given = _OPENING[:max_tokens]
        for piece in given:
            block.pieces.append(piece)
            yield block, piece
        self.output_tokens = len(given)
        self.input_tokens = self._engine.count_tokens(self._prompt)
        left = max_tokens - len(given)
        if left:
            few = replace(self.sampling, max_tokens=left, stop_sequences=("\n",))
            yield from self._live(block, self._prompt + "".join(given), few)
        return "".join(block.pieces) + "\n\n"

    def _live(self, block, prompt, sampling):
        generation = Generation()
        made = self._engine.stream(prompt, sampling, generation, stopped=self.cancelled)
        for piece in made:
            block.pieces.append(piece)
            yield block, piece
        self._add(generation)

    def _generate(self, prompt, sampling, schema):
        """Make a constrained text whole: it is checked before any is sent."""
        generation = Generation()
        pieces = list(self._engine.stream(prompt, sampling, generation, schema))
        self._add(generation)
        return pieces, generation

    def _add(self, generation):
        if generation.stop_reason is None:
            raise not_offline("finish: its small model was stopped")
        self.stop_reason = generation.stop_reason
        self.stop_sequence = generation.stop_sequence
        self.input_tokens = self.input_tokens or generation.input_tokens
        self.output_tokens += generation.output_tokens


def _too_long(model):
    if model.model_id.startswith("amazon.titan"):
        return "too_many_input_tokens"
    if model.launch_day:
        return "input_too_long"
    return _TOO_LONG.get(model.provider, "input_too_long")


def input_of(block):
    """The input a toolUse block's JSON gives; empty if it was cut short."""
    try:
        return json.loads("".join(block.pieces))
    except ValueError:
        return {}
