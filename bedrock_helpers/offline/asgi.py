"""The offline Bedrock as a web application (ASGI): HTTP in, HTTP out."""

import asyncio
import logging
import threading
import time
from functools import partial

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from bedrock_helpers import catalog
from bedrock_helpers.offline import aws_services, event_stream
from bedrock_helpers.offline.errors import Refusal
from bedrock_helpers.offline.http_reply import error_reply
from bedrock_helpers.offline.local_model import STOPPED
from bedrock_helpers.offline.native_request import LARGEST_BODY, too_large
from bedrock_helpers.offline.server_controls import PREFIX, control
from bedrock_helpers.offline.service_errors import error_reply_of
from bedrock_helpers.offline.signature import check_secret, read_signature

#: Seconds without a byte of a request's body, or without one read of a reply.
SILENCE_S = 60
#: Requests worked on at a time; more of them wait.
_WORKERS = 256
_LOGGED_PATH = 200
_WHOLE = "The offline Bedrock failed on this request; its terminal shows where."
_STOPPED = "The offline Bedrock was stopped before it had answered."
_LOG = logging.getLogger("bedrock_helpers.offline")


class App:
    """
    The ASGI application.

    Parameters
    ----------
    offline : OfflineBedrock
    hosts : set of str or None
        ``Host`` headers it answers to; None is any.
    key : str or None
        The secret key requests must be signed with; None is any.
    """

    def __init__(self, offline, hosts=None, key=None):
        self._offline, self._hosts, self._key = offline, hosts, key
        self._limiter = None
        self._stops = set()
        self._is_cut = False

    async def __call__(self, scope, receive, send):
        """Answer one request."""
        started = time.perf_counter()
        stop = threading.Event()
        STOPPED.set(stop)
        self._stops.add(stop)
        if self._is_cut:
            stop.set()
        request = Request(scope, _telling(receive, stop))
        response = None
        try:
            response = await self._response(request)
            await response(scope, request.receive, _impatient(send))
        except (ClientDisconnect, ConnectionAbortedError, TimeoutError) as broken:
            _log_request(scope, type(broken).__name__, started)
            raise  # so that the client sees a broken reply, not a short one
        finally:
            stop.set()
            self._stops.discard(stop)
            if isinstance(response, StreamingResponse):
                await response.body_iterator.aclose()
        _log_request(scope, response.status_code, started)

    def cut(self):
        """End every reply now; a stream's client sees a broken connection."""
        self._is_cut = True
        for stop in list(self._stops):
            stop.set()

    def _check_not_cut(self):
        if self._is_cut:
            raise ConnectionAbortedError("the server stopped in the middle of a stream")

    async def _response(self, request):
        try:
            body = await _body(request)
            work = partial(self._answer, request, body)
            reply = await self._while_there(request, work)
        except Refusal as stop:
            ours = _path(request.scope).startswith(PREFIX)
            service = "bedrock" if ours else ""  # else the content type tells
            reply = error_reply_of(service, stop, request.headers)
        except ClientDisconnect:
            raise
        except Exception:  # a fault of ours: the server stays up and says so
            _LOG.exception("%s %s", request.method, _path(request.scope))
            reply = error_reply(Refusal("InternalServerException", 500, _WHOLE))
        headers = reply.all_headers()
        if reply.pieces is None:
            return Response(reply.body, reply.status, headers)
        return StreamingResponse(self._pieces(reply), reply.status, headers)

    async def _while_there(self, request, work):
        """Work done in a thread; when the client goes away, nothing more is made."""
        watching = asyncio.create_task(_until_gone(request.receive))
        try:
            done = await self._in_thread(work)
        finally:
            watching.cancel()
        if self._is_cut:
            raise Refusal("ServiceUnavailableException", 503, _STOPPED)
        if STOPPED.get().is_set():
            raise ClientDisconnect()
        return done

    async def _in_thread(self, work):
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(_WORKERS)
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)

    def _answer(self, request, body):
        path = request.scope["raw_path"].decode("latin-1")
        query = request.scope["query_string"].decode("latin-1")
        target = f"{path}?{query}" if query else path
        self._check_origin(request.headers)
        if path.startswith(PREFIX):
            return control(self._offline, self._key, request, body)
        signature = read_signature(request.headers)
        if self._key is not None:
            url = f"http://{request.headers.get('host', '')}{target}"
            check_secret(
                signature, self._key, request.method, url, request.headers, body
            )
        url = _aws_url(signature, target)
        return self._offline.answer(request.method, url, request.headers, body)

    def _check_origin(self, headers):
        host = headers.get("host", "").lower()
        if self._hosts is not None and host not in self._hosts:
            answers_to = ", ".join(sorted(self._hosts))
            raise _refused(f"The Host header says {host!r}; this is {answers_to}.")
        if "origin" in headers:
            raise _refused("A web page sent this; only programs are answered.")

    async def _pieces(self, reply):
        """The pieces of a stream, each made in a thread."""
        pieces = iter(reply.pieces)
        try:
            while piece := await self._in_thread(partial(_next, pieces)):
                self._check_not_cut()
                yield piece
            self._check_not_cut()
        finally:
            with anyio.CancelScope(shield=True):
                await self._in_thread(pieces.close)


def _telling(receive, stop):
    """A ``receive`` that sets an event when the client goes away."""

    async def received():
        message = await receive()
        if message["type"] == "http.disconnect":
            stop.set()
        return message

    return received


async def _until_gone(receive):
    while (await receive())["type"] != "http.disconnect":
        pass


def _next(pieces):
    try:
        return next(pieces, None)
    except Exception:
        _LOG.exception("in the middle of a stream")
        return event_stream.exception("internalServerException", {"message": _WHOLE})


def _aws_url(signature, target):
    """The address at AWS that a request signed for a Region was meant for."""
    region = signature.region
    if signature.api_key:  # the offline account's own Region
        return f"https://bedrock{target}"
    if signature.service in aws_services.SERVICES:
        return aws_services.address(signature.service, region) + target
    if region not in catalog.regions():
        raise _refused(f"Amazon Bedrock is not in the Region {region!r}.")
    return f"https://bedrock.{region}.amazonaws.com{target}"


def _refused(text):
    return Refusal("OfflineServerRefused", 403, text)


async def _body(request):
    """The body, at most the 25 MB of the service model; the rest is thrown away."""
    kept, size = bytearray(), 0
    pieces = request.stream()
    while True:
        try:
            with anyio.fail_after(SILENCE_S):
                piece = await anext(pieces, None)
        except TimeoutError:
            text = f"No byte of the request's body came for {SILENCE_S} seconds."
            raise Refusal("RequestTimeoutException", 408, text) from None
        except ClientDisconnect:  # where it only stopped sending, it can be told
            text = "The request's body ended early, or its chunks are malformed."
            raise Refusal("OfflineServerRefused", 400, text) from None
        if piece is None:
            break
        size += len(piece)
        if size <= LARGEST_BODY:
            kept += piece
    if size > LARGEST_BODY:
        raise too_large()
    return bytes(kept)


def _impatient(send):
    """A ``send`` that gives a client up that has stopped reading."""

    async def sent(message):
        with anyio.fail_after(SILENCE_S):
            await send(message)

    return sent


def _path(scope):
    return scope["raw_path"].decode("latin-1")[:_LOGGED_PATH]


def _log_request(scope, outcome, started):
    elapsed_ms = (time.perf_counter() - started) * 1000
    _LOG.info("%s %s %s %.0f ms", scope["method"], _path(scope), outcome, elapsed_ms)
