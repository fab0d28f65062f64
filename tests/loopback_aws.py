"""A tiny AWS on loopback: it records every request and gives canned answers."""

import contextlib
import io
import json
import os
import re
import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.awsrequest import AWSResponse

IDENTITY = """\
<Arn>arn:aws:iam::123456789012:user/x</Arn><UserId>U</UserId>
<Account>123456789012</Account>"""
CREDENTIALS = """\
<Credentials><AccessKeyId>AKIDASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
</Credentials>"""
SAID_HI = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Hi"}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 10, "outputTokens": 2, "totalTokens": 12},
    "metrics": {"latencyMs": 1},
}
REFUSED_XML = b"<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
TWO_PART_KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}


@dataclass(frozen=True)
class Answer:
    """What the server says to one request."""

    status: int = 200
    body: bytes = b"{}"
    headers: tuple = ()


class LoopbackAws:
    """The server: ``requests`` it saw, and ``answers`` to give before canned ones."""

    def __init__(self):
        self.requests = []
        self.answers = deque()
        self.agreement = "AVAILABLE"
        aws = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length)
                aws.requests.append((self.command, self.path, body))
                asked = aws.answers
                answer = asked.popleft() if asked else aws._canned(self, body)
                self.send_response(answer.status)
                for name, value in answer.headers:
                    self.send_header(name, value)
                self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)

            do_GET = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_POST

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def paths(self):
        """The paths asked for, in order."""
        return [path for _, path, _ in self.requests]

    def fail_next(self, status, code, text="No."):
        """Answer the next request with an AWS error."""
        body = json.dumps({"message": text}).encode()
        self.answers.append(Answer(status, body, (("x-amzn-errortype", code),)))

    @contextlib.contextmanager
    def running(self):
        """Serve until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


    def _canned(self, request, body):
        if "/foundation-model-availability/" in request.path:
            return Answer(body=_availability(self.agreement))
        return _canned(request, body)


def _availability(status):
    state = {
        "modelId": "x.y",
        "agreementAvailability": {"status": status},
        "authorizationStatus": "AUTHORIZED",
        "entitlementAvailability": "AVAILABLE",
        "regionAvailability": "AVAILABLE",
    }
    return json.dumps(state).encode()


def _canned(request, body):
    if request.headers.get("content-type", "").startswith("application/x-www-form"):
        return _xml(re.search(rb"Action=(\w+)", body)[1].decode())
    if request.path.endswith("/converse"):
        return Answer(body=json.dumps(SAID_HI).encode())
    return Answer(body=b"")  # to botocore an empty body is an empty reply


def _xml(action):
    inside = {"GetCallerIdentity": IDENTITY}.get(action, "")
    inside = CREDENTIALS if action.startswith("AssumeRole") else inside
    result = f"<{action}Result>{inside}</{action}Result>"
    return Answer(body=f"<{action}Response>{result}</{action}Response>".encode())


def without_aws(monkeypatch, home):
    """No variable and no file of anybody's AWS configuration."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "BEDROCK_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@contextlib.contextmanager
def loopback_aws(monkeypatch, home, keys=TWO_PART_KEYS):
    """Every AWS service at one loopback address, signed for with dummy keys."""
    without_aws(monkeypatch, home)
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    with LoopbackAws().running() as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
        yield aws


def answer_unsent(session, answer):
    """
    Answer a session's requests before they are sent; the list of what they were.

    Parameters
    ----------
    answer : callable
        From botocore's prepared request to the values of a JSON body (an
        exception it raises is what the HTTP layer would have raised).
    """
    seen = []

    def before_send(request, **_):
        seen.append(request)
        raw = _Raw(json.dumps(answer(request)).encode())
        headers = {"content-type": "application/json"}
        return AWSResponse(request.url, 200, headers, raw)

    session.events.register("before-send", before_send)
    return seen


class _Raw(io.BytesIO):
    def stream(self, **_):
        yield self.read()


def write_config(home, text):
    """The AWS configuration file of a home folder."""
    folder = home / ".aws"
    folder.mkdir(exist_ok=True)
    (folder / "config").write_text(text, encoding="utf-8")
