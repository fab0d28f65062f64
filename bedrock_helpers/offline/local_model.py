"""SmolLM2-135M-Instruct on this machine, through llama.cpp.

Every model id is played by this one small, real model. It is loaded the first
time something has to be made that is not stored (about half a second), once
per process, and listens on loopback behind a key; or one process runs it for all
kernels of a machine, and this one asks it.
"""

import os
import queue
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from bedrock_helpers.offline.completion_request import completion_request, read_chunk
from bedrock_helpers.offline.errors import not_offline
from bedrock_helpers.offline.in_turn import InTurn
from bedrock_helpers.offline.llama_server import (
    MODEL_VARIABLE,
    SLOTS,
    NoLocalModel,
    OwnServer,
    weights_path,
)
from bedrock_helpers.offline.shared_model import (
    SharedServer,
    read_server,
    server_file,
)

SMOLLM2 = "SmolLM2-135M"
#: An event that, once set, ends what is made in this context.
STOPPED = ContextVar("STOPPED", default=None)
#: Tokenised at a time; a character is at most 12 bytes of JSON.
_SLICE_CHARACTERS = 80_000


def model_name():
    """
    What the local model is called, without loading it.

    Examples
    --------
    >>> model_name()
    'SmolLM2-135M'
    """
    try:
        file = _shared_by()
        chosen = read_server(file)["model"] if file else None
    except NoLocalModel:
        chosen = None
    return chosen or own_model_name()


def own_model_name():
    """
    What the model is called that this process would load.

    Examples
    --------
    >>> own_model_name()
    'SmolLM2-135M'
    """
    chosen = os.environ.get(MODEL_VARIABLE)
    return Path(chosen).stem if chosen else SMOLLM2


_LOADING = threading.Lock()


def local_model():
    """
    The small model: the room's shared one, or this process's own.

    The process's own is loaded on first use, once. Whoever chooses a model with
    ``BEDROCK_LOCAL_MODEL`` gets that one, in this process.

    Raises
    ------
    NoLocalModel
        If it cannot be loaded, or the shared one does not answer.
    """
    file = _shared_by()
    if file:
        server = SharedServer(file)
        server.check()
        return _sharing(file)
    with _LOADING:
        return _loaded()


def _shared_by():
    """The file of the model server to use, or None."""
    if os.environ.get(MODEL_VARIABLE):
        return None
    try:
        return server_file()
    except ValueError as wrong:
        raise NoLocalModel(str(wrong)) from None


@cache
def _sharing(file):
    return LocalModel(SharedServer(file))


@cache
def _loaded():
    return LocalModel(OwnServer(weights_path()))


class LocalModel:
    """
    A small language model that can be asked for text and for token counts.

    Parameters
    ----------
    server : OwnServer or SharedServer
        Who runs it.
    """

    def __init__(self, server):
        self._server = server
        self._free_slots = InTurn(SLOTS)

    @property
    def path(self):
        """The GGUF file of its weights."""
        return self._server.path

    def count_tokens(self, text):
        """How many tokens a text is, in this model's own tokens."""
        return len(self._tokenize(text, parse_special=True))

    def tokens(self, text, special=False):
        """
        A text as this model's tokens.

        Parameters
        ----------
        text : str
        special : bool
            Whether marks such as ``<|im_start|>`` are one token.

        Returns
        -------
        list of (int, bytes)
            Each token's number and its bytes: a character can be several tokens.
            Bytes no token stands for are told with a neighbour's.
        """
        found = self._tokenize(text, parse_special=special, with_pieces=True)
        pieces = _complete(text.encode(), [_as_bytes(t["piece"]) for t in found])
        return [(t["id"], piece) for t, piece in zip(found, pieces, strict=True)]

    def _tokenize(self, text, **options):
        """Slice by slice: llama.cpp takes a megabyte at a time, as JSON."""
        starts = range(0, len(text), _SLICE_CHARACTERS)
        slices = [text[start : start + _SLICE_CHARACTERS] for start in starts]
        return [token for part in slices for token in self._tokens_of(part, options)]

    def _tokens_of(self, text, options):
        return _whole(self._server.tokenize({"content": text, **options}))["tokens"]

    def complete(self, body):
        """
        Ask llama.cpp for a whole completion, with its log-probabilities.

        Parameters
        ----------
        body : dict
            A request of its completions API.

        Returns
        -------
        dict

        Raises
        ------
        Refusal
            If llama.cpp cannot do what was asked.
        """
        return _whole(self._server.completions({**body, "verbose": True}))

    @contextmanager
    def one_slot(self):
        """
        Reserve a slot, for as long as a ``with`` block lasts.

        What the slot has read stays as it is between two completions, so one can
        go on where the last one ended.

        Yields
        ------
        callable
            As :meth:`complete`.
        """
        with self._server.one_slot() as ask:
            yield lambda body: _whole(ask({**body, "verbose": True}))

    def stream(self, prompt, sampling, generation, json_schema=None, stopped=None):
        """
        Make text, yielding each piece as it comes.

        Parameters
        ----------
        prompt : str
            In the model's own chat format.
        sampling : Sampling
        generation : Generation
            Filled in as the text is made.
        json_schema : dict, optional
            The text is constrained to JSON of this schema.
        stopped : threading.Event, optional
            Once set, nothing more is made.

        Yields
        ------
        str
            One token's text, or more when a stop sequence was suspected.

        Raises
        ------
        Refusal
            If llama.cpp cannot do what was asked.
        """
        body = completion_request(prompt, sampling, json_schema)
        chunks, left = queue.SimpleQueue(), threading.Event()
        enough = [event for event in (left, stopped, STOPPED.get()) if event]
        worker = threading.Thread(
            target=self._run, args=(body, chunks, enough), daemon=True
        )
        worker.start()
        try:
            while (chunk := chunks.get()) is not None:
                piece = read_chunk(chunk, generation)
                if piece:
                    yield piece
        finally:
            left.set()
            worker.join()

    def _run(self, body, chunks, enough):
        def take(chunk):
            chunks.put(chunk)
            return any(event.is_set() for event in enough)

        try:
            with self._free_slots:  # what was given up while it waited is not begun
                wanted = not any(event.is_set() for event in enough)
                ask = self._server.completions
                result = ask(body, take, enough) if wanted else None
            if isinstance(result, dict):
                chunks.put(result)
        except Exception as error:
            chunks.put({"error": {"message": str(error)}})
        finally:
            chunks.put(None)


def _whole(result):
    if "error" in result:
        raise not_offline(f"answer this: {result['error'].get('message')}")
    return result


def _as_bytes(piece):
    return piece.encode() if isinstance(piece, str) else bytes(piece)


def _complete(data, pieces):
    """Pieces that rebuild a text, also where it has bytes the model has not.

    SmolLM2 has no token for seven bytes, such as the control character 4, and
    leaves them out.
    """
    if b"".join(pieces) == data or not pieces:
        return pieces
    whole, start = [], 0
    for piece in pieces:
        end = data.index(piece, start) + len(piece)
        whole.append(data[start:end])
        start = end
    whole[-1] += data[start:]
    return whole
