"""llama.cpp's server, asked over loopback; no proxy is ever used."""

import http.client
import json
import socket
import threading
from contextlib import closing, contextmanager, suppress
from urllib.parse import urlsplit

#: Seconds between two looks whether a reply that has not begun is still wanted.
_LOOK_S = 0.1
#: Seconds a crowded server has to take a request in.
_SENDING_S = 60
#: Seconds between two pieces: one waits while others' long prompts are read.
_SILENCE_S = 300
_DATA = b"data: "
_DONE = b"[DONE]"


def ask(address, key, path, body, timeout_s=None):
    """
    Send one request and read its whole reply.

    Parameters
    ----------
    address : str
        Such as ``http://127.0.0.1:8123``.
    key : str
    path : str
    body : dict
    timeout_s : float, optional
        Left out, it waits for as long as others are served first.

    Returns
    -------
    dict
        With ``error`` where it was refused.

    Raises
    ------
    OSError, http.client.HTTPException
        If nobody answers.
    ValueError
        If what is answered is no JSON.
    """
    with closing(_sent(address, key, path, body, timeout_s)) as connection:
        with closing(connection.getresponse()) as reply:
            return json.load(reply)


def stream(address, key, path, body, take, enough, silence_s=_SILENCE_S):
    """
    Send one request and give each piece of its reply to a function.

    Leaving closes the connection, whereupon the server makes no more.

    Parameters
    ----------
    address, key, path : str
    body : dict
    take : callable
        Is given each piece; true ends the reply.
    enough : list of threading.Event
        One that is set ends it too, before it has begun and between two pieces.
    silence_s : float
        How long a reply that has begun may say nothing.

    Returns
    -------
    dict or None
        With ``error`` where it was refused or broke off.

    Raises
    ------
    OSError, http.client.HTTPException
        If nobody answers, or no more.
    ValueError
        If what is answered is no JSON.
    """
    with closing(_sent(address, key, path, body, _SENDING_S)) as connection:
        if not _begins(connection.sock, enough):
            return None
        connection.sock.settimeout(silence_s)
        try:
            with _left_once(enough, connection.sock):
                result = _read(connection, take)
        except (OSError, http.client.HTTPException):
            if not _is_enough(enough):
                raise
        return None if _is_enough(enough) else result


def _read(connection, take):
    with closing(connection.getresponse()) as reply:
        if reply.status != http.HTTPStatus.OK:
            return json.load(reply)
        return _give(reply, take)


def _is_enough(enough):
    return any(event.is_set() for event in enough)


@contextmanager
def _left_once(enough, sock):
    """End what is being read once it is wanted no more, though no piece comes."""
    over = threading.Event()

    def watch():
        while not over.wait(_LOOK_S):
            if _is_enough(enough):
                with suppress(OSError):  # it has ended meanwhile
                    sock.shutdown(socket.SHUT_RDWR)
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _sent(address, key, path, body, timeout_s):
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout_s)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body).encode(), headers)
    return connection


def _begins(sock, enough):
    """Wait for the first byte of the reply, for as long as it is wanted."""
    sock.settimeout(_LOOK_S)
    while not _is_enough(enough):
        try:
            sock.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            continue
        return True
    return False


def _give(reply, take):
    for line in reply:
        if not line.endswith(b"\n"):
            break
        if line.startswith(_DATA + _DONE):
            return None
        if line.startswith(_DATA) and take(json.loads(line[len(_DATA) :])):
            return None
    return {"error": {"message": "llama.cpp's server broke off in mid-reply"}}
