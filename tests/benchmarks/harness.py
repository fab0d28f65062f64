"""The benchmark harness beside a loopback service whose delays are known."""

import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median

import boto3
from botocore.config import Config

from bedrock_helpers import benchmark
from bedrock_helpers.offline import event_stream
from tests.benchmarks.turns import at_most

FIRST_S, PER_TOKEN_S, TOKENS = 0.1, 0.01, 41
CALLS, WORKERS = 40, 4
REQUEST = {
    "modelId": "amazon.nova-micro-v1:0",
    "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
}


class _Slow(BaseHTTPRequestHandler):
    """Answers ConverseStream; each wait is until a moment, so that none adds up."""

    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        at_once = socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        self.connection.setsockopt(*at_once)  # no piece waits for the next

    def do_POST(self):
        began = time.perf_counter()
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "application/vnd.amazon.eventstream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for due_s, piece in _pieces():
            time.sleep(max(0.0, began + due_s - time.perf_counter()))
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_):
        pass


def _pieces():
    yield 0, event_stream.event("messageStart", {"role": "assistant"})
    for index in range(TOKENS):
        delta = {"delta": {"text": " word"}, "contentBlockIndex": 0}
        due_s = FIRST_S + index * PER_TOKEN_S
        yield due_s, event_stream.event("contentBlockDelta", delta)
    end_s = FIRST_S + (TOKENS - 1) * PER_TOKEN_S
    yield end_s, event_stream.event("messageStop", {"stopReason": "end_turn"})
    usage = {"inputTokens": 7, "outputTokens": TOKENS, "totalTokens": 7 + TOKENS}
    metadata = {"usage": usage, "metrics": {"latencyMs": round(1000 * end_s)}}
    yield end_s, event_stream.event("metadata", metadata)


@contextmanager
def slow_client():
    """A real client of the loopback service."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Slow)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    session = boto3.Session("any", "any", region_name="us-east-1")
    client = session.client(
        "bedrock-runtime",
        endpoint_url=f"http://127.0.0.1:{server.server_port}",
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )
    try:
        yield client
    finally:
        client.close()
        server.shutdown()
        thread.join()
        server.server_close()


def measure():
    """Two lines for each number of workers: how far the harness is from what is so."""
    with slow_client() as client:
        for workers in (1, WORKERS):
            table = benchmark.run(
                client, [REQUEST], calls=CALLS, concurrency=workers, show_progress=False
            )
            assert (table["error"] == "").all()
            for words, column, true_ms in (
                ("first token", "first_token_ms", 1000 * FIRST_S),
                ("time per token", "ms_per_output_token", 1000 * PER_TOKEN_S),
            ):
                measured = median(table[column])
                name = f"{words} by the harness, {workers} at a time / as it is"
                note = f" ({measured:.2f} / {true_ms:.0f} ms)"
                yield at_most(name, measured / true_ms, 1.05, note)
