"""Nasty clients, over raw sockets: each is told why, and keeps nobody waiting."""

import asyncio
import contextlib
import json
import socket
import threading

import psutil
import pytest
from botocore.exceptions import ClientError
from granian.constants import Interfaces
from granian.server.embed import Server as Granian

from bedrock_helpers.catalog import CLAUDE_HAIKU_4_5
from bedrock_helpers.offline import asgi, server
from bedrock_helpers.offline.asgi import App
from bedrock_helpers.offline.http_reply import stream_reply
from bedrock_helpers.offline.native_request import LARGEST_BODY
from tests.offline.over_http import (
    NOVA,
    QUESTION,
    ask,
    clients,
    connection,
    everything,
    exchange,
    long_request,
    message_of,
    port_of,
    raw_request,
    status_of,
    until,
)
from tests.offline.test_server import running

#: Stands in bodies and in signatures, and must not come into the log.
SECRET = "only-for-the-service"
BEARER = f"Bearer {SECRET}"
INVOKE = f"/model/{NOVA}/invoke"
STREAM = f"/model/{NOVA}/converse-stream"
MODELS = "/foundation-models"
MB = 1_000_000


@pytest.fixture(scope="module")
def shared():
    """A server in a process of its own; at its end its log is looked through."""
    with running() as process:
        yield process
        assert process.stop() == 0
        log = process.process.stderr.read()
    assert SECRET not in log and "Traceback" not in log, log[-3000:]
    assert max(map(len, log.splitlines())) < 400


@pytest.fixture
def port(shared):
    """The port of the shared server; after each test a good client is answered."""
    yield port_of(shared.url)
    with clients(shared) as client:
        ask(client("bedrock-runtime"))


@pytest.fixture
def hurried(monkeypatch):
    """A server that waits a second for a client, not twenty or sixty."""
    monkeypatch.setattr(server, "IDLE_S", 1)
    monkeypatch.setattr(asgi, "SILENCE_S", 1)
    with server.serve() as running_here:
        yield running_here
        with clients(running_here) as client:
            ask(client("bedrock-runtime"))


def request(port, method="GET", path=MODELS, **more):
    """The bytes of a request that has a secret."""
    return raw_request(port, method, path, **{"Authorization": BEARER, **more})


def refused(port, sent, status, said):
    """A request is refused with a status and words."""
    received = exchange(port, sent)
    assert status_of(received) == status, received[:300]
    assert said in message_of(received)


# --- clients that fall silent -------------------------------------------------


def half_requests(port):
    """The beginnings of requests."""
    head = request(port, "POST", f"/model/{NOVA}/converse", Content_Length=100)
    chunks = {"Content_Length": None, "Transfer_Encoding": "chunked"}
    chunked = request(port, "POST", f"/model/{NOVA}/converse", **chunks)
    return {
        "one byte": b"G",
        "half of the headers": head[:60],
        "half of the body": head + b'{"messages"',
        "half of a chunk": chunked + b"20\r\n{",
        "HTTP/2's preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "an answered request": request(port, Connection=None),
    }


@pytest.mark.parametrize("kind", sorted(half_requests(1)))
def test_a_connection_that_falls_silent_is_closed(hurried, kind):
    port = port_of(hurried.url)
    received = exchange(port, half_requests(port)[kind])
    if kind in ("half of the body", "half of a chunk"):
        assert status_of(received) == 408
        assert "No byte of the request's body came" in message_of(received)


def test_two_hundred_half_open_connections_keep_nobody_waiting(shared, port):
    kinds = [*half_requests(port).values(), b"", b"PRI * "]
    with contextlib.ExitStack() as stack:
        for number in range(200):
            client = stack.enter_context(connection(port))
            client.sendall(kinds[number % len(kinds)])
        with clients(shared) as client:
            ask(client("bedrock-runtime"))


def test_two_hundred_clients_that_vanish_leave_no_file_open(shared, port):
    process = psutil.Process(shared.process.pid)
    before = process.num_fds()
    kinds = list(half_requests(port).values())
    for number in range(200):
        with connection(port) as client:
            client.sendall(kinds[number % len(kinds)])
    until(lambda: process.num_fds() <= before + 5)


# --- bodies -------------------------------------------------------------------


def send_chunked(client, total, piece=b"x" * MB):
    """Send a chunked body; the largest memory of nobody but the client."""
    for _ in range(total // len(piece)):
        client.sendall(b"%x\r\n" % len(piece) + piece + b"\r\n")
        yield
    client.sendall(b"0\r\n\r\n")


def test_a_body_of_30_mb_is_refused_by_the_service_models_rule(port):
    body = b"x" * 30 * MB
    refused(port, request(port, "POST", INVOKE, body=body), 400, "25000000")


def test_a_chunked_body_of_30_mb_is_refused_as_well(port):
    chunks = {"Content_Length": None, "Transfer_Encoding": "chunked"}
    with connection(port) as client:
        client.sendall(request(port, "POST", INVOKE, **chunks))
        for _ in send_chunked(client, 30 * MB):
            pass
        received = everything(client)
    assert status_of(received) == 400 and "25000000" in message_of(received)
    assert b"x-amzn-errortype: ValidationException" in received


def test_the_memory_for_a_body_is_bounded(shared, port):
    process = psutil.Process(shared.process.pid)
    chunks = {"Content_Length": None, "Transfer_Encoding": "chunked"}
    before, most = process.memory_info().rss, 0
    with connection(port) as client:
        client.sendall(request(port, "POST", INVOKE, **chunks))
        for _ in send_chunked(client, 300 * MB):
            most = max(most, process.memory_info().rss - before)
        assert status_of(everything(client)) == 400
    assert most < 100 * MB


def test_a_body_of_the_largest_size_is_read_and_one_byte_more_is_not(shared, port):
    asked = {"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}
    asked["inferenceConfig"] = {"maxTokens": 1}
    body = json.dumps(asked).encode().ljust(LARGEST_BODY)
    with clients(shared, parameter_validation=False) as client:
        invoke = client("bedrock-runtime").invoke_model
        assert json.load(invoke(modelId=NOVA, body=body)["body"])["output"]
        with pytest.raises(ClientError, match="less than or equal to 25000000"):
            invoke(modelId=NOVA, body=body + b" ")


@pytest.mark.parametrize(
    "chunk", [b"zz\r\nabc\r\n", b"f" * 20 + b"\r\nab", b"-1\r\n", b"3\r\nabcdef\r\n"]
)
def test_malformed_chunks_are_told(port, chunk):
    chunks = {"Content_Length": None, "Transfer_Encoding": "chunked"}
    sent = request(port, "POST", INVOKE, **chunks) + chunk
    refused(port, sent, 400, "its chunks are malformed")


def test_a_body_that_ends_early_is_told(port):
    sent = request(port, "POST", INVOKE, Content_Length=10) + b"{}"
    received = exchange(port, sent, half_close=True)
    assert status_of(received) == 400 and "ended early" in message_of(received)


# --- headers and addresses ----------------------------------------------------


@pytest.mark.parametrize("size", [70_000, 5 * MB])
def test_huge_headers_are_refused(port, size):
    received = exchange(port, request(port, X_Big="x" * size))
    assert not received or status_of(received) == 431


def test_hundreds_of_headers_are_refused(port):
    many = {f"X_{number}": "x" for number in range(500)}
    assert status_of(exchange(port, request(port, **many))) == 431


def test_a_header_of_60_kb_is_read_and_not_repeated(port):
    sent = request(port, Authorization="x" * 60_000)
    received = exchange(port, sent)
    assert status_of(received) == 403 and len(received) < 2000


@pytest.mark.parametrize(
    "line",
    [
        b"\x00\x01\x02",
        b"GET",
        b"GET /foundation-models",
        b"GET /foundation-models HTTP/9.9",
        b"GET /a\x00b HTTP/1.1",
        b"GET /\xff HTTP/1.1",
        b"G\xc3\xa4T / HTTP/1.1",
        b"GET /?\xff HTTP/1.1",
        b"GET / HTTP/1.1\r\nno colon",
        b"GET / HTTP/1.1\r\nA: b\r\n folded",
        b"GET / HTTP/1.1\r\nA: b\x00c",
    ],
)
def test_what_is_no_http_is_a_bad_request(port, line):
    received = exchange(port, line + b"\r\nHost: 127.0.0.1\r\n\r\n")
    assert status_of(received) == 400


@pytest.mark.parametrize(
    "path",
    [
        "/a%00b",
        "/%ff%zz%",
        "/ä".encode().decode("latin-1"),
        "/../foundation-models",
        "/x/../foundation-models",
        "//foundation-models",
        "//[::1/foundation-models",
        "/foundation-models/",
        "/model//converse",
        "/%2e%2e/foundation-models",
        "/" + "a" * 60_000,
    ],
)
def test_an_odd_path_is_no_operation_and_is_told(port, path):
    refused(port, request(port, path=path), 501, "The offline Bedrock cannot do GET /")


@pytest.mark.parametrize("model_id", ["a%2Fb", "%00", "%F0%9F%99%82", "..", "a%0d%0aX"])
def test_an_odd_model_id_is_no_model_or_breaks_the_rules(port, model_id):
    body = json.dumps(QUESTION).encode()
    sent = request(port, "POST", f"/model/{model_id}/converse", body=body)
    received = exchange(port, sent)
    assert status_of(received) == 400 and message_of(received)


def test_percent_encoded_ids_are_read(port):
    path = f"/model/{NOVA.replace(':', '%3A').replace('a', '%61')}/converse"
    sent = request(port, "POST", path, body=json.dumps(QUESTION).encode())
    assert status_of(exchange(port, sent)) == 200


def test_the_form_of_an_address_that_proxies_get_is_read(port):
    path = f"http://127.0.0.1:{port}{MODELS}"
    assert status_of(exchange(port, request(port, path=path))) == 200


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PATCH", "BREW", "CONNECT"])
def test_another_method_is_no_operation(port, method):
    path = "example.com:443" if method == "CONNECT" else "/"
    refused(port, request(port, method, path), 501, f"cannot do {method}")


def test_of_a_reply_to_head_only_the_headers_are_sent(port):
    received = exchange(port, request(port, "HEAD"))
    assert status_of(received) == 501 and received.endswith(b"\r\n\r\n")


def test_http_1_0_is_answered_and_closed(port):
    sent = request(port, Connection=None).replace(b"HTTP/1.1", b"HTTP/1.0", 1)
    assert status_of(exchange(port, sent)) == 200


def test_a_websocket_is_not_opened(port):
    upgrade = {"Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
    key = {"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    with connection(port) as client:
        upgrade = {"Connection": "Upgrade", **upgrade, **key}
        client.sendall(request(port, path="/", **upgrade))
        assert status_of(client.recv(65536)) == 501


def test_requests_sent_together_are_answered_in_their_order(port):
    one = request(port, path=f"{MODELS}?byProvider=none", Connection=None)
    received = exchange(port, one * 3 + request(port, "BREW"))
    assert received.count(b"HTTP/1.1 200") == 3 and b"cannot do BREW" in received
    assert received.index(b"HTTP/1.1 501") > received.rindex(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: -4",
        "Content-Length: 4, 5",
        "Content-Length: 99999999999999999999999",
    ],
)
def test_a_second_request_cannot_be_smuggled_in_a_body(port, lengths):
    hidden = request(port, "BREW", "/hidden")
    start = request(port, "POST", INVOKE, Content_Length=None, Connection=None)
    sent = start.replace(b"\r\n\r\n", f"\r\n{lengths}\r\n\r\n".encode())
    received = exchange(port, sent + b"0\r\n\r\n" + hidden)
    assert b"BREW" not in received and status_of(received) == 400


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "", None, "127.0.0.1:1", "localhost.evil:1"]
)
def test_a_name_somebody_pointed_at_this_machine_is_refused(port, host):
    refused(port, request(port, Host=host), 403, "The Host header says ")


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "[::1]", "127.0.0.1"])
def test_the_names_of_this_machine_are_answered(port, name):
    assert status_of(exchange(port, request(port, Host=f"{name}:{port}"))) == 200


def test_of_two_hosts_the_wrong_one_is_not_overlooked(port):
    two = f"evil.example\r\nHost: 127.0.0.1:{port}"
    refused(port, request(port, Host=two), 403, "The Host header says ")


@pytest.mark.parametrize("origin", ["http://evil.example", "null", ""])
def test_what_a_web_page_sends_is_refused(port, origin):
    refused(port, request(port, Origin=origin), 403, "A web page sent this")


def test_noise_leaves_the_server_up(port):
    noise = [bytes([seed]) * 50 + b"\r\n\r\n" for seed in range(0, 256, 5)]
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    for sent in noise + [preface + one for one in noise]:
        exchange(port, sent, half_close=True)


# --- readers that do not read -------------------------------------------------


def test_a_reader_that_stops_reading_is_answered_no_further(hurried, caplog):
    """Its requests wait, and not their replies in the server's memory."""
    caplog.set_level("INFO", "bedrock_helpers.offline")
    port = port_of(hurried.url)
    many = 400  # of 60 KB: more than the buffers between us take
    with connection(port) as slow:
        slow.sendall(request(port, Connection=None) * many)
        assert slow.recv(1)
        with clients(hurried) as client:
            runtime = client("bedrock-runtime")
            for _ in range(many):
                ask(runtime)
    listed = [record for record in caplog.records if MODELS in record.getMessage()]
    assert 0 < len(listed) < many


def test_readers_that_do_not_read_leave_the_local_model_to_others(hurried):
    port = port_of(hurried.url)
    body = json.dumps(long_request(60)).encode()
    with contextlib.ExitStack() as stack:
        for _ in range(4):
            slow = stack.enter_context(connection(port))
            slow.sendall(request(port, "POST", STREAM, body=body))
            assert slow.recv(1)
        with clients(hurried) as client:
            runtime = client("bedrock-runtime")
            reply = runtime.converse(modelId=NOVA, **long_request(3))
            assert reply["usage"]["outputTokens"] == 3


@contextlib.contextmanager
def serving(app):
    """An application on a port; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    logging = {"incremental": True, "handlers": {}, "loggers": {}}
    http = Granian(
        app,
        "127.0.0.1",
        port,
        interface=Interfaces.ASGINL,
        log_enabled=False,
        log_dictconfig=logging,
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(http.serve(),))
    thread.start()
    try:
        until(lambda: _listens(port))
        yield port
    finally:
        loop.call_soon_threadsafe(http.stop)
        thread.join()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def _listens(port):
    with contextlib.suppress(OSError), connection(port):
        return True


class Endless:
    """An offline Bedrock whose streams never end."""

    def __init__(self):
        self.made, self.closed = 0, threading.Event()

    def answer(self, *_):
        return stream_reply(self._pieces())

    def _pieces(self):
        try:
            while True:
                self.made += 10_000
                yield b"x" * 10_000
        finally:
            self.closed.set()


def test_a_stream_nobody_reads_is_not_kept_in_memory_and_is_given_up(monkeypatch):
    monkeypatch.setattr(asgi, "SILENCE_S", 1)
    endless = Endless()
    with serving(App(endless)) as port, connection(port) as slow:
        slow.sendall(request(port))
        assert slow.recv(1)
        assert endless.closed.wait(30)
        assert endless.made < 20 * MB
        assert not everything(slow).endswith(b"\r\n0\r\n\r\n")


class Failing:
    """An offline Bedrock with a fault."""

    def __init__(self):
        self.streams = False

    def answer(self, *_):
        if self.streams:
            return stream_reply(self._pieces())
        raise RuntimeError("a fault of ours")

    def _pieces(self):
        yield b"a"
        raise RuntimeError("in a stream")


def test_a_fault_of_ours_is_told_and_the_next_request_is_answered(caplog):
    failing = Failing()
    with serving(App(failing)) as port:
        for _ in range(3):
            received = exchange(port, request(port, "POST", body=SECRET.encode()))
            assert status_of(received) == 500
            assert "its terminal shows where" in message_of(received)
    assert "a fault of ours" in caplog.text and SECRET not in caplog.text


def test_a_fault_in_a_stream_is_an_exception_of_the_stream(caplog):
    failing = Failing()
    failing.streams = True
    with serving(App(failing)) as port:
        received = exchange(port, request(port))
        assert status_of(received) == 200
        assert b"internalServerException" in received
        assert received.endswith(b"0\r\n\r\n")
    assert "in the middle of a stream" in caplog.text


def test_a_local_model_that_cannot_be_loaded_is_told(tmp_path):
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\x00" * 100)
    for path, said in ((broken, "could not be loaded"), ("/no.gguf", "is not a file")):
        with running(BEDROCK_LOCAL_MODEL=str(path)) as process:
            with clients(process) as client:
                runtime = client("bedrock-runtime")
                for operation in (runtime.converse, runtime.converse_stream):
                    with pytest.raises(ClientError, match=said) as caught:
                        operation(modelId=NOVA, **long_request(3))
                    status = caught.value.response["ResponseMetadata"]
                    assert status["HTTPStatusCode"] == 501
                ask(runtime)
            assert process.stop() == 0


def test_every_request_is_one_line_of_the_log_without_its_secrets(caplog):
    caplog.set_level("INFO", "bedrock_helpers.offline")
    with server.serve() as running_here:
        port = port_of(running_here.url)
        body = json.dumps({"messages": [SECRET]}).encode()
        path = f"/model/us.{CLAUDE_HAIKU_4_5}/converse"
        assert status_of(exchange(port, request(port, "POST", path, body=body))) == 400
        exchange(port, request(port, path="/a%0Ab"))
    first, second = (record.getMessage() for record in caplog.records)
    assert first.startswith(f"POST {path} 400 ") and first.endswith(" ms")
    assert second.startswith("GET /a%0Ab 501 ")
    assert SECRET not in caplog.text
