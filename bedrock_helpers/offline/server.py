"""The offline Bedrock on a port, for AWS clients in any language.

Granian serves it over HTTP/1.1 and HTTP/2: AWS's SDK for JavaScript speaks the
second, also where there is no TLS.
"""

import asyncio
import contextlib
import ipaddress
import os
import socket
import threading

import psutil
from granian.constants import Interfaces
from granian.http import HTTP1Settings, HTTP2Settings
from granian.server.embed import Server as Granian

from bedrock_helpers.offline.asgi import App
from bedrock_helpers.offline.service import OfflineBedrock

#: Seconds a reply that has begun may go on after the server was asked to stop.
GRACE_S = 3
_SHORTEST_KEY = 16
#: Seconds a connection may stay silent before and between its requests.
IDLE_S = 20
_LARGEST_HEADERS = 64 * 1024
_CONNECTIONS = 1024
#: Granian's own would close the handlers of the whole process.
_NO_LOGGING = {"incremental": True, "handlers": {}, "loggers": {}}
_ACCESS_KEY = "offline"
KEY_VARIABLE = "BEDROCK_OFFLINE_KEY"


class Server:
    """
    An offline Bedrock for a port; it listens while :meth:`run` runs.

    Parameters
    ----------
    port : int
        0 takes a free one.
    host : str
        The address to listen on. Any but a loopback one needs a key.
    as_of : str, optional
        The day: ``"2023-09-28"`` or the catalogue's own, the default.
    account : {"ready", "new"}
    key : str, optional
        The secret key every request must then be signed with, or carry as an API
        key; 16 characters at least. Without one, any signature is taken.

    Attributes
    ----------
    url : str
    environment : dict of str to str
        The variables that send an AWS client here.
    offline : OfflineBedrock
        Faults, grants and the clock.

    Raises
    ------
    ValueError
        For another host without a key, or a key that is too short.
    OSError
        If the port is taken.
    """

    def __init__(
        self, port=0, *, host="127.0.0.1", as_of=None, account="ready", key=None
    ):
        _check_key(host, key)
        self.offline = OfflineBedrock(as_of, account, any_key=True)
        self._host, self._port = host, _free_port(host, port)
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._port}"
        self.environment = _environment(self.url, key)
        hosts = _own_hosts(shown, self._port) if _is_loopback(host) else None
        self._app = App(self.offline, hosts, key)
        self._stopping, self._asked = asyncio.Event(), False
        self._loop = None

    async def run(self, ready=lambda: None):
        """
        Serve until :meth:`stop`, and then until the replies begun are done.

        Parameters
        ----------
        ready : callable
            Called once requests are answered.
        """
        self._loop = asyncio.get_running_loop()
        if self._asked:
            self._stopping.set()
        others = _threads()
        http = self._http_server()
        serving = asyncio.create_task(http.serve())
        await _until_connects(self._host, self._port, serving)
        own = _threads() - others - {t.native_id for t in threading.enumerate()}
        ready()
        await self._stopping.wait()
        http.stop()
        self._loop.call_later(GRACE_S, self._app.cut)
        await serving
        await _until_ended(own)

    def _http_server(self):
        return Granian(
            self._app,
            self._host,
            self._port,
            interface=Interfaces.ASGINL,
            websockets=False,
            backlog=_CONNECTIONS,
            backpressure=_CONNECTIONS,
            http1_settings=HTTP1Settings(
                header_read_timeout=IDLE_S * 1000, max_buffer_size=_LARGEST_HEADERS
            ),
            http2_settings=HTTP2Settings(
                max_headers_size=_LARGEST_HEADERS,
                keep_alive_interval=IDLE_S * 1000,
                keep_alive_timeout=IDLE_S,
            ),
            log_enabled=False,
            log_dictconfig=_NO_LOGGING,
        )

    def stop(self):
        """Ask it to stop, from any thread; asked twice, it cuts what is going on."""
        again, self._asked = self._asked, True
        if self._loop is None or self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._app.cut if again else self._stopping.set)


@contextlib.contextmanager
def serve(port=0, **options):
    """
    Serve the offline Bedrock from a thread of this process, inside a ``with`` block.

    Parameters
    ----------
    port : int
        0 takes a free one.
    **options
        As for :class:`Server`.

    Yields
    ------
    Server

    Examples
    --------
    >>> import boto3
    >>> with serve() as server:
    ...     bedrock = boto3.client(
    ...         "bedrock", "us-east-1", endpoint_url=server.url,
    ...         aws_access_key_id="any", aws_secret_access_key="any")
    ...     found = bedrock.list_foundation_models(byProvider="Amazon")
    ...     bedrock.close()
    >>> len(found["modelSummaries"]) > 10
    True
    """
    server = Server(port, **options)
    ready = threading.Event()
    thread = threading.Thread(target=asyncio.run, args=(server.run(ready.set),))
    thread.start()
    while thread.is_alive() and not ready.wait(0.1):
        pass
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def _check_key(host, key):
    if key is not None and len(key) < _SHORTEST_KEY:
        raise ValueError(
            f"The key has {len(key)} characters; it needs {_SHORTEST_KEY} or more. "
            'Type: python -c "import secrets; print(secrets.token_urlsafe(24))"'
        )
    if key is None and not _is_loopback(host):
        raise ValueError(
            f"host={host!r} can be reached from other machines, so it needs a key. "
            f"Set {KEY_VARIABLE} to 16 or more characters of your own, and let every "
            "client use it as AWS_SECRET_ACCESS_KEY."
        )


def _is_loopback(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _free_port(host, port):
    """The port, found free; 0 is any that is."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name != "nt":  # there, it would share a port that is in use
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return probe.getsockname()[1]


async def _until_connects(host, port, serving):
    while not serving.done():
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            return
        await asyncio.sleep(0.01)
    await serving  # it failed: say why


def _threads():
    """The numbers of this process's threads, also of those that are not Python's."""
    try:
        return {thread.id for thread in psutil.Process().threads()}
    except psutil.Error:  # not told on this system
        return set()


async def _until_ended(threads):
    """Wait for Granian's threads: one that outlives Python would abort it."""
    for _ in range(200):
        if not threads & _threads():
            return
        await asyncio.sleep(0.01)


def _own_hosts(host, port):
    names = {host, "localhost", "127.0.0.1", "[::1]"}
    return {f"{name}:{port}" for name in names}


def _environment(url, key):
    found = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": _ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": key or "offline",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    # What of yours would send a client elsewhere is overruled too.
    specific = [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL_")]
    found |= dict.fromkeys(specific, url)
    if "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS" in os.environ:
        found["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "false"
    if any(name.lower() == "http_proxy" for name in os.environ):
        found["NO_PROXY"] = "127.0.0.1,localhost,::1"
    return found
