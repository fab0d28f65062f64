"""Clients of the soak: each knows what it must get, and says so when it did not."""

import contextlib
import json
import queue
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from bedrock_helpers.catalog import CLAUDE_HAIKU_4_5, NOVA_MICRO
from bedrock_helpers.data_files import load_json
from tests.offline.over_http import long_request

HAIKU = f"us.{CLAUDE_HAIKU_4_5}"
LESSONS = [r for r in load_json("lesson_replies.json")["replies"] if "request" in r]
#: What every eight clients do. Lesson replies cost the model nothing, so their
#: clients rest in between, and leave it the processors.
KINDS = ("lesson", "words", "lesson", "json", "lesson", "broken off", "json", "json")
_REST_S = 0.5
_VOCABULARY = "red blue green tree house river stone bird cloud night bread".split()
_NO_DELTA = {"delta": {"text": ""}}
_WORDS = {"maxTokens": 12, "temperature": 0.7}


class Load:
    """
    Clients that ask, each one request after the other, until they are told to stop.

    Attributes
    ----------
    streams : Counter
        How many of each kind were right.
    pieces, size : int
        Pieces and bytes of text received.
    wrong : list of str
        What was not as it must be.
    """

    def __init__(self, runtime, clients):
        self._runtime = runtime
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(clients)
        self._count = clients
        self._waiting = []
        self.streams, self.pieces, self.size = Counter(), 0, 0
        self.wrong = []
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def running(self):
        """All clients at work; at the end each finishes what it asked."""
        work = [self._pool.submit(self._client, i) for i in range(self._count)]
        try:
            yield self
        finally:
            self._stop.set()
            for one in work:
                one.result()
            self._pool.shutdown()

    def _client(self, number):
        kind = KINDS[number % len(KINDS)]
        ask = getattr(self, "_" + kind.replace(" ", "_"))
        draw = random.Random(number)
        turn = 0
        while not self._stop.is_set():
            turn += 1
            try:
                events = ask(f"{number}-{turn}", draw)
                with self._lock:
                    self.streams[kind] += 1
                    self.pieces += len(events)
                    self.size += len(text_of(events))
            except Exception as error:
                self.wrong.append(f"client {number}, request {turn}: {error!r}"[:500])

    def _stream(self, model, request):
        reply = self._runtime.converse_stream(modelId=model, **request)
        return reply["stream"]

    def _lesson(self, _, draw):
        record = draw.choice(LESSONS)
        model = draw.choice([NOVA_MICRO, HAIKU])
        events = list(self._stream(model, record["request"]))
        check_order(events)
        assert text_of(events) == record["text"], text_of(events)
        used = events[-1]["metadata"]["usage"]
        assert used["outputTokens"] == record["output_tokens"], used
        self._stop.wait(_REST_S)
        return events

    def _words(self, name, draw):
        """A long prompt each time: what is kept of prompts would show."""
        prompt = f"{name}: " + " ".join(draw.choices(_VOCABULARY, k=200))
        request = {**_said(prompt), **_config(_WORDS)}
        events = list(self._stream(NOVA_MICRO, request))
        check_order(events)
        used = events[-1]["metadata"]["usage"]
        pieces = sum("contentBlockDelta" in event for event in events)
        assert 0 <= used["outputTokens"] - pieces <= 3, (used, pieces)
        assert used["outputTokens"] <= _WORDS["maxTokens"], used
        return events

    def _json(self, name, _):
        wanted = {"type": "object", "properties": {"of": {"const": name}}}
        schema = json.dumps({**wanted, "required": ["of"]})
        structure = {"jsonSchema": {"name": "wanted", "schema": schema}}
        form = {"textFormat": {"type": "json_schema", "structure": structure}}
        request = {**_said("Fill in."), **_config({"maxTokens": 40})}
        events = list(self._stream(HAIKU, {**request, "outputConfig": form}))
        check_order(events)
        assert json.loads(text_of(events)) == {"of": name}, text_of(events)
        return events

    def _broken_off(self, name, draw):
        request = {**_said(f"Tell story {name}."), **_config({"maxTokens": 300})}
        stream = self._stream(NOVA_MICRO, request)
        wanted = draw.randrange(1, 5)
        events = []
        for event in stream:
            events.append(event)
            if len(events) == wanted:
                break
        stream.close()
        assert "messageStart" in events[0], events[0]
        return events


def long_streams(runtime, count):
    """Streams that go on for longer than anybody waits, each with its thread."""
    begun, ends = queue.SimpleQueue(), []

    def read(number):
        reply = runtime.converse_stream(modelId=NOVA_MICRO, **long_request())
        stream = iter(reply["stream"])
        first = next(stream)
        begun.put(number)
        return [first, *stream]

    pool = ThreadPoolExecutor(count)
    ends = [pool.submit(read, number) for number in range(count)]
    for _ in ends:
        begun.get(timeout=60)
    pool.shutdown(wait=False)
    return ends


def check_order(events):
    """The events of a stream come in their order, and each belongs to it."""
    names = [next(iter(event)) for event in events]
    if names == ["messageStart", "messageStop", "metadata"]:
        used = events[-1]["metadata"]["usage"]
        assert used["outputTokens"] == 1, used  # its first word was the end
        return
    deltas = len(names) - 4
    assert deltas > 0, names
    expected = ["messageStart", *["contentBlockDelta"] * deltas, "contentBlockStop"]
    assert names == [*expected, "messageStop", "metadata"], names


def text_of(events):
    """The text of events."""
    deltas = [event.get("contentBlockDelta", _NO_DELTA) for event in events]
    return "".join(delta["delta"]["text"] for delta in deltas)


def _said(text):
    return {"messages": [{"role": "user", "content": [{"text": text}]}]}


def _config(values):
    return {"inferenceConfig": values}
