"""boto3 clients, and rawer ones, of an offline Bedrock on a port."""

import contextlib
import json
import socket
import time

import boto3
from botocore.config import Config

from bedrock_helpers.catalog import NOVA_MICRO as NOVA
from bedrock_helpers.data_files import load_json
from tests.offline.desk import CLAUDE_V2, user

ONCE = {"retries": {"total_max_attempts": 1}}
_REPLIES = load_json("lesson_replies.json")["replies"]
_LESSON = next(reply for reply in _REPLIES if "request" in reply)
_CLAUDE = next(reply for reply in _REPLIES if "body" in reply)
#: A request with a stored reply, and that reply's text.
QUESTION, ANSWER = _LESSON["request"], _LESSON["text"]


@contextlib.contextmanager
def clients(server, secret="any", **config):
    """Make boto3 clients of a server (or an address); all are closed at the end."""
    url = getattr(server, "url", server)
    made = []

    def client(service, region="us-east-1", key="any", secret=secret):
        session = boto3.Session(key, secret, region_name=region)
        options = Config(**{**ONCE, **config})
        made.append(session.client(service, endpoint_url=url, config=options))
        return made[-1]

    try:
        yield client
    finally:
        for each in made:
            each.close()


def ask(runtime, **more):
    """The text of the lesson reply, asked for with Converse."""
    reply = runtime.converse(modelId=NOVA, **QUESTION, **more)
    text = reply["output"]["message"]["content"][0]["text"]
    assert text == ANSWER
    return text


def long_request(tokens=2000):
    """A request that SmolLM2 answers without an end: it begins to turn in a circle."""
    numbers = ", ".join(map(str, range(1, 13)))
    asked = {"messages": [user(f"Write all numbers: {numbers}, and so on.")]}
    return {**asked, "inferenceConfig": {"maxTokens": tokens, "temperature": 0}}


def invoke_claude(runtime):
    """What Claude of launch day says to a request with a stored reply."""
    body = json.dumps(_CLAUDE["body"])
    reply = runtime.invoke_model(modelId=CLAUDE_V2, body=body)
    text = json.load(reply["body"])["completion"]
    assert text.strip() == _CLAUDE["text"]
    return text


def until(condition, seconds=30):
    """Wait until a condition holds; what it then gave."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, condition
        time.sleep(0.01)
    return found


def port_of(url):
    """The port of an address."""
    return int(url.rpartition(":")[2])


def raw_request(port, method="POST", path=f"/model/{NOVA}/converse", body=b"", **more):
    """The bytes of an HTTP/1.1 request; ``more`` are headers, None leaves one out."""
    given = {name.replace("_", "-"): value for name, value in more.items()}
    usual = {
        "Host": f"127.0.0.1:{port}",
        "Authorization": "Bearer any",
        "Content-Length": len(body),
        "Connection": "close",
    }
    lines = [f"{method} {path} HTTP/1.1"]
    lines += [f"{k}: {v}" for k, v in {**usual, **given}.items() if v is not None]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def connection(port, timeout=30):
    """A TCP connection to the server."""
    return socket.create_connection(("127.0.0.1", port), timeout=timeout)


def exchange(port, sent, half_close=False):
    """Send bytes; everything that comes back until the server closes."""
    with connection(port) as client:
        with contextlib.suppress(OSError):  # it may close before it read all
            client.sendall(sent)
            if half_close:
                client.shutdown(socket.SHUT_WR)
        return everything(client)


def everything(client):
    """What comes until the server closes."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := client.recv(65536):
            received += piece
    return received


def status_of(received):
    """The status of an HTTP/1.1 reply."""
    return int(received.split(b" ", 2)[1])


def message_of(received):
    """The words of an error reply."""
    return json.loads(received.partition(b"\r\n\r\n")[2])["message"]
