"""One small model for all kernels of a machine, asked over loopback.

A file that :mod:`bedrock_helpers.offline.model_server` wrote says where it listens
and with which key. Everything else of the offline Bedrock stays in each kernel:
what one learner does to an account happens to no other.
"""

import http.client
import ipaddress
import json
import os
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bedrock_helpers.offline import llama_http
from bedrock_helpers.offline.llama_server import NoLocalModel

#: Names the file of a model server. Empty: each kernel runs a model of its own.
SERVER_VARIABLE = "BEDROCK_MODEL_SERVER"
COMPLETIONS = "/v1/completions"
_FIELDS = {"address", "scoring_address", "key", "model", "weights"}
_TOKENIZE_S = 30
_UNAUTHORIZED = 401
_OR_ALONE = f'or, for a model of this kernel alone: export {SERVER_VARIABLE}=""'


def server_file():
    """
    The file of the model server this process is to use.

    Returns
    -------
    pathlib.Path or None
        From the variable, else from the room; None where neither names one.

    Raises
    ------
    ValueError
        If the room's settings cannot be read.

    Examples
    --------
    >>> os.environ["BEDROCK_MODEL_SERVER"] = "/run/course/model_server.json"
    >>> server_file().name
    'model_server.json'
    >>> os.environ["BEDROCK_MODEL_SERVER"] = ""
    >>> server_file() is None
    True
    """
    chosen = os.environ.get(SERVER_VARIABLE)
    if chosen is None:
        from bedrock_helpers.room import read_room

        room = read_room()
        chosen = room and room.model_server
    return Path(chosen) if chosen else None


def read_server(file):
    """
    What a model server's file says.

    Parameters
    ----------
    file : pathlib.Path

    Returns
    -------
    dict
        ``address``, ``scoring_address``, ``key``, ``model`` and ``weights``.

    Raises
    ------
    NoLocalModel
        If it is not there or not such a file, or names another machine.
    """
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no JSON"
        raise _gone(f"its file {file} cannot be read: {reason}") from None
    if not isinstance(found, dict) or not found.keys() >= _FIELDS:
        raise _gone(f"{file} is no file of a model server")
    for name in ("address", "scoring_address"):
        if not _is_loopback(found[name]):
            raise _gone(f"{file} names {found[name]!r}, which is not this machine")
    return found


def _gone(what):
    return NoLocalModel(
        f"The room's model server cannot be used, so only stored replies work: {what}. "
        f"Its host types: make model-server; {_OR_ALONE}"
    )


def _is_loopback(address):
    try:
        return ipaddress.ip_address(urlsplit(str(address)).hostname).is_loopback
    except ValueError:
        return False


class SharedServer:
    """
    The model server a file names; the file is read anew for every request.

    Parameters
    ----------
    file : pathlib.Path
    """

    def __init__(self, file):
        self._file = file

    @property
    def path(self):
        """The GGUF file of its model."""
        return Path(read_server(self._file)["weights"])

    def check(self):
        """
        See that it answers, and takes the key.

        Raises
        ------
        NoLocalModel
        """
        if "tokens" not in self.tokenize({"content": ""}):
            raise _stranger(self._file)

    def tokenize(self, body):
        """What its tokenizer answers."""
        return self._ask("address", "/tokenize", body, _TOKENIZE_S)

    def completions(self, body, take=None, enough=()):
        """A completion: whole, or piece by piece to a function that may end it."""
        if take is None:
            return self._ask("address", COMPLETIONS, body)
        where = read_server(self._file)
        with _in_words(where["address"], self._file):
            reply = llama_http.stream(
                where["address"], where["key"], COMPLETIONS, body, take, enough
            )
        return _let_in(reply, self._file)

    @contextmanager
    def one_slot(self):
        """A function for completions that all go to one slot, no other's between.

        The model server keeps that slot for this: no stream is made in it. Which
        kernel's turn it is, a lock on the file says, which ends with the kernel.
        """
        with _locked(self._file):
            yield lambda body: self._ask("scoring_address", COMPLETIONS, body)

    def _ask(self, which, path, body, timeout_s=None):
        where = read_server(self._file)
        with _in_words(where[which], self._file):
            reply = llama_http.ask(where[which], where["key"], path, body, timeout_s)
        return _let_in(reply, self._file)


@contextmanager
def _in_words(address, file):
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        raise _gone(f"{address} does not answer ({error})") from None
    except ValueError:
        raise _stranger(file) from None


def _let_in(reply, file):
    if reply is None:
        return None
    if not isinstance(reply, dict) or not isinstance(reply.get("error", {}), dict):
        raise _stranger(file)
    if reply.get("error", {}).get("code") == _UNAUTHORIZED:
        raise _gone(f"it does not take the key of {file}")
    return reply


def _stranger(file):
    """Where a server was killed, another program may listen by now."""
    return _gone(f"{file} was left behind, and another program answers in its place")


@contextmanager
def _locked(file):
    import fcntl  # not on Windows, where no model server runs

    try:
        opened = file.open(encoding="utf-8")
    except OSError as error:
        raise _gone(f"its file {file} cannot be read: {error.strerror}") from None
    with opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
