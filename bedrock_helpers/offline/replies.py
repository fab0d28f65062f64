"""Stored replies: lesson replies written by us, and recordings of SmolLM2.

A recording answers only when the whole request and its occurrence number in the
session match, so a changed parameter or a second draw is a new request. A
lesson reply answers its request every time: it is a script, and says so.
"""

import hashlib
import json
import os
import threading
from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from bedrock_helpers.data_files import data_path, load_json
from bedrock_helpers.offline.local_model import MODEL_VARIABLE, SMOLLM2, model_name
from bedrock_helpers.offline.router import service_model
from bedrock_helpers.offline.shapes import check

LESSON_REPLY = "lesson-reply"
RECORDING = "recording"
LOCAL_MODEL = "local-model"
#: Names a .jsonl file; what the local model makes is then added to it.
RECORD_VARIABLE = "BEDROCK_RECORD_TO"
_NOT_PART_OF_A_REQUEST = ("modelId", "requestMetadata", "serviceTier")


@dataclass
class Block:
    """
    One content block of a reply.

    Attributes
    ----------
    kind : str
        ``text``, ``reasoning`` or ``toolUse``.
    pieces : list of str
        Token texts; for ``toolUse`` the pieces of its input's JSON.
    tool_name, tool_use_id : str or None
    """

    kind: str
    pieces: list = field(default_factory=list)
    tool_name: str | None = None
    tool_use_id: str | None = None


@dataclass
class StoredReply:
    """
    A reply that need not be made again.

    Attributes
    ----------
    blocks : list of Block
    stop_reason : str
    stop_sequence : str or None
    input_tokens, output_tokens : int
        SmolLM2's tokens.
    answered_by : str
        ``lesson-reply`` or ``recording``.
    details : dict or None
        Single tokens and further generations, where they were asked for.
    prefix_tokens : list of int or None
        Tokens before each cache point of the request.
    """

    blocks: list
    stop_reason: str
    stop_sequence: str | None
    input_tokens: int
    output_tokens: int
    answered_by: str
    details: dict | None = None
    prefix_tokens: list | None = None

    def pieces(self):
        """Every ``(block, piece)``, in order."""
        for block in self.blocks:
            for piece in block.pieces:
                yield block, piece

    def count_input(self):
        """Tokens of the prompt."""
        return self.input_tokens


def request_key(request, model_id):
    """
    The fingerprint of a request: its model and every parameter.

    An empty list, as LangChain sends for ``system``, is no parameter.

    Examples
    --------
    >>> hello = {"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}
    >>> len(request_key(hello, "amazon.nova-micro-v1:0"))
    32
    """
    kept = {
        name: value
        for name, value in request.items()
        if name not in _NOT_PART_OF_A_REQUEST and value != []
    }
    text = _ENCODER.encode([model_id, kept])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


#: Made once: json.dumps would make one for every request.
_ENCODER = json.JSONEncoder(sort_keys=True, default=repr)


class Replies:
    """One session's view of the stored replies: it counts what was asked."""

    def __init__(self):
        self._asked = Counter()
        self._lock = threading.Lock()

    def find(self, key):
        """
        The stored reply to a request, and the occurrence number of this asking.

        Returns
        -------
        tuple of (StoredReply or None, int)
        """
        with self._lock:
            self._asked[key] += 1
            occurrence = self._asked[key]
        lesson = _lesson_replies().get(key)
        return lesson or _recordings().get((key, occurrence)), occurrence


@cache
def _lesson_replies():
    found = {}
    for record in load_json("lesson_replies.json")["replies"]:
        for model_id in record["models"]:
            key = request_key(_as_received(record), model_id)
            block = Block("text", _words(record["text"]))
            found[key] = StoredReply(
                [block],
                "end_turn",
                None,
                record["input_tokens"],
                record["output_tokens"],
                LESSON_REPLY,
            )
    return found


def _as_received(record):
    """What is asked as the router decodes it, where Converse's 0 is 0.0."""
    if "body" in record:
        return {"body": record["body"]}
    shape = service_model("bedrock-runtime").operation_model("Converse").input_shape
    return check(shape, {"modelId": "any", **record["request"]})


def _words(text):
    """A text in pieces that end where its words end."""
    return [word + " " for word in text.split(" ")[:-1]] + text.split(" ")[-1:]


@cache
def _recordings():
    found = {}
    for path in sorted(data_path("recordings").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            identity, stored = _recording(json.loads(line))
            found.setdefault(identity, stored)
    return found


def _recording(line):
    """A line of a recordings file as its identity and its reply."""
    values = dict(line)
    identity = values.pop("key"), values.pop("occurrence")
    blocks = [Block(**block) for block in values.pop("blocks")]
    stored = {"stop_sequence": None, **values}
    return identity, StoredReply(blocks=blocks, answered_by=RECORDING, **stored)


def record(key, occurrence, blocks, totals, prefix_tokens=()):
    """
    Add what the local model made to the file ``BEDROCK_RECORD_TO`` names.

    Does nothing when the variable is not set, when another model stands in for
    SmolLM2, or when that occurrence is stored already.
    """
    path = os.environ.get(RECORD_VARIABLE)
    if not path or (key, occurrence) in _recordings():
        return
    if MODEL_VARIABLE in os.environ or model_name() != SMOLLM2:
        return
    line = {
        "key": key,
        "occurrence": occurrence,
        "blocks": [_without_nulls(asdict(block)) for block in blocks],
        "stop_reason": totals.stop_reason,
        "stop_sequence": totals.stop_sequence,
        "input_tokens": totals.input_tokens,
        "output_tokens": totals.output_tokens,
    }
    if getattr(totals, "details", None):
        line["details"] = totals.details
    if prefix_tokens:
        line["prefix_tokens"] = prefix_tokens
    line = _without_nulls(line)
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    _recordings().update([_recording(line)])


def _without_nulls(values):
    return {name: value for name, value in values.items() if value is not None}
