"""``python -m bedrock_helpers.offline.model_server``: one small model for a room.

It runs SmolLM2 once for all kernels of a machine and writes a file that says where,
and with which key. Only what is computed is shared: each kernel keeps an offline
account of its own.
"""

import argparse
import json
import os
import secrets
import shlex
import shutil
import signal
import sys
from contextlib import contextmanager
from pathlib import Path

from bedrock_helpers.offline.llama_server import NoLocalModel, start, weights_path
from bedrock_helpers.offline.local_model import own_model_name
from bedrock_helpers.offline.shared_model import (
    SERVER_VARIABLE,
    SharedServer,
    read_server,
)

DEFAULT_FILE = "model_server.json"
DEFAULT_SLOTS = 4
#: About 180 MB each.
LARGEST_SLOTS = 64
#: Connections at a time: each of them waits for a slot, or is being answered.
_CONNECTIONS = 256
#: No page, and no list of what others ask. The counts of ``/metrics`` hold no text.
_PRIVATE = {"ui": False, "endpoint_slots": False, "endpoint_metrics": True}
_STOPS = {signal.SIGINT, signal.SIGTERM}


class CannotServe(Exception):
    """The model server cannot start; the message says what to type."""


@contextmanager
def serve(file=DEFAULT_FILE, *, slots=DEFAULT_SLOTS, group=None):
    """
    Run the small model for other processes while a ``with`` block lasts.

    Whoever may read the file may ask as much as they like, and so keep others waiting.
    They are shown nobody's prompt; but llama.cpp keeps a slot's last one, and says how
    much of a new one it had read before: whoever guesses a beginning can test it.

    Parameters
    ----------
    file : str or pathlib.Path
        Written when it answers, removed at the end. Only you can read it.
    slots : int
        Replies made at a time, 1 to 64; later ones wait in order of arrival. One
        more slot reads log-probabilities. Each takes about 180 MB.
    group : str, optional
        A Unix group whose members may read the file, too.

    Yields
    ------
    pathlib.Path
        The file, as an absolute path.

    Raises
    ------
    ValueError
        For another number of slots.
    CannotServe
        If the file cannot be written, is something else, or its server is still
        running.
    NoLocalModel
        If the weights cannot be loaded.

    Examples
    --------
    >>> from bedrock_helpers.offline.local_model import local_model
    >>> with serve("/tmp/example_model_server.json", slots=1) as file:
    ...     os.environ["BEDROCK_MODEL_SERVER"] = str(file)
    ...     local_model().count_tokens("One, two, three.")
    6
    >>> os.environ["BEDROCK_MODEL_SERVER"] = ""
    """
    if not 1 <= slots <= LARGEST_SLOTS:
        raise ValueError(
            f"slots={slots}: 1 to {LARGEST_SLOTS} are possible. "
            f'Type: make model-server ARGS="--slots {DEFAULT_SLOTS}"'
        )
    file = Path(file).absolute()
    _check_free(file)
    key, path = secrets.token_urlsafe(24), weights_path()
    streams = start(path, key, slots, n_threads_http=_CONNECTIONS, **_PRIVATE)
    scoring = start(path, key, 1, **_PRIVATE)
    _write(
        file,
        group,
        {
            "address": streams.listening_address,
            "scoring_address": scoring.listening_address,
            "key": key,
            "model": own_model_name(),
            "weights": str(path),
            "process": os.getpid(),
        },
    )
    try:
        yield file
    finally:
        _remove(file)
        del streams, scoring  # once every reply that has begun is finished


def _check_free(file):
    if os.name == "nt":
        raise CannotServe(
            "On Windows no file's lock can be waited for, so kernels share no model "
            "server: each runs the small model itself, and nothing need be typed."
        )
    if not file.exists():
        return
    try:
        read_server(file)
    except NoLocalModel:
        raise CannotServe(
            f"{file} is there, and is no file of a model server: it is left as it is. "
            'Type: make model-server ARGS="--file another.json"'
        ) from None
    try:
        SharedServer(file).check()
    except NoLocalModel:
        return  # left behind by one that was killed
    raise CannotServe(
        f"{file} is that of a model server that is running. Stop that one, or type: "
        'make model-server ARGS="--file another.json"'
    )


def _write(file, group, content):
    """The whole file at once, never readable by others, not even for a moment."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(opened, "w", encoding="utf-8") as written:
            json.dump(content, written, indent=1)
        if group:
            shutil.chown(fresh, group=group)
            fresh.chmod(0o640)
        fresh.replace(file)
    except (OSError, LookupError) as error:
        fresh.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or f"there is no group {group!r}"
        raise CannotServe(
            f"{file} cannot be written: {reason}. Type: make model-server "
            'ARGS="--file /a/folder/of/yours/model_server.json"'
        ) from None


def _remove(file):
    """Unless another server has put its own in its place."""
    try:
        if json.loads(file.read_text(encoding="utf-8"))["process"] == os.getpid():
            file.unlink()
    except (OSError, ValueError, KeyError, TypeError):
        pass


def main(arguments=None):
    """Serve until Ctrl+C; returns an exit code where it cannot."""
    options = _options(arguments)
    if hasattr(signal, "pthread_sigmask"):  # for llama.cpp's threads, too
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    try:
        with serve(options.file, slots=options.slots, group=options.group) as file:
            print(f"Model server: {own_model_name()}, {options.slots} replies at once.")
            print("Where the kernels start, or in the hub's configuration:")
            print(f"export {SERVER_VARIABLE}={shlex.quote(str(file))}")
            print("Ctrl+C stops it.", flush=True)
            signal.sigwait(_STOPS)
            _remove(file)
            os._exit(0)  # replies that have begun break off; nobody waits for them
    except (ValueError, CannotServe, NoLocalModel) as wrong:
        print(wrong, file=sys.stderr)
        return 2


def _options(arguments):
    parser = argparse.ArgumentParser(
        prog="python -m bedrock_helpers.offline.model_server",
        description="Run the small model once for all kernels of this machine.",
    )
    add = parser.add_argument
    add("--slots", type=int, default=DEFAULT_SLOTS, help="replies at once (default: 4)")
    add("--file", default=DEFAULT_FILE, help=f"(default: {DEFAULT_FILE})")
    add("--group", help="a Unix group that may read the file (mode 0640)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
