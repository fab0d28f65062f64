"""Sessions of one process beside each other, and the list of operations."""

import json
import os
import subprocess
import sys
import textwrap
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tools import list_operations

REPOSITORY = Path(__file__).resolve().parent.parent.parent
#: Everything a lesson does, the live local model included; prints what it got.
LESSON = """
    import json, sys
    import bedrock_helpers as bh
    from bedrock_helpers.catalog import CLAUDE_HAIKU_4_5, NOVA_MICRO

    session = bh.connect("offline")
    bedrock, runtime = session.client("bedrock"), session.client("bedrock-runtime")
    ask = {"modelId": NOVA_MICRO, "inferenceConfig": {"maxTokens": 4, "temperature": 0},
           "messages": [{"role": "user", "content": [{"text": "Name a small city."}]}]}
    got = {"models": len(bedrock.list_foundation_models()["modelSummaries"])}
    reply = runtime.converse(**ask)
    got["who"] = bh.answered_by(reply)
    got["text"] = reply["output"]["message"]["content"][0]["text"]
    events = runtime.converse_stream(**ask)["stream"]
    got["streamed"] = "".join(
        event["contentBlockDelta"]["delta"]["text"]
        for event in events if "contentBlockDelta" in event
    )
    count = runtime.count_tokens(
        modelId=CLAUDE_HAIKU_4_5, input={"converse": {"messages": ask["messages"]}}
    )
    got["counted"] = count["inputTokens"]
    elsewhere = {"a": {"$ref": "https://example.com/s"}}
    far = {"type": "object", "properties": elsewhere, "required": ["a"]}
    tool = {"toolSpec": {"name": "f", "inputSchema": {"json": far}}}
    forced = {"tools": [tool], "toolChoice": {"any": {}}}
    try:
        runtime.converse(
            modelId=NOVA_MICRO, messages=ask["messages"], toolConfig=forced
        )
    except runtime.exceptions.ClientError as error:
        got["far"] = error.response["Error"]["Code"]
    session.offline.fail_next("ThrottlingException")
    retried = runtime.converse(**ask)["ResponseMetadata"]
    got["retries"] = retried["RetryAttempts"]
    got["signed"] = []
    def look(request, **_):
        signature = request.headers["Authorization"][:41]
        got["signed"].append((request.url.split("/")[2], signature))
    session.events.register_first("before-send", look)
    session.client("bedrock-runtime").converse(**ask)
    print(json.dumps(got, default=lambda raw: raw.decode()))
"""
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("AWS_", "BEDROCK_")) and "PROXY" not in name.upper()
}


def run(*programs, wrapper=(), home=None, **variables):
    """Run Python texts as one program; what it printed, and its stderr."""
    program = "\n".join(map(textwrap.dedent, programs))
    environment = {**CLEAN, "PYTHONPATH": str(REPOSITORY), **variables}
    if home:
        environment["HOME"] = environment["USERPROFILE"] = str(home)
    return subprocess.run(
        [*wrapper, sys.executable, "-c", program],
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def result(done):
    """The JSON a program printed last."""
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """What a lesson gets where nothing is set and no ~/.aws exists."""
    return result(run(LESSON, home=tmp_path_factory.mktemp("home")))


def test_the_lesson_that_is_watched_does_what_it_should(undisturbed):
    assert "just now" in undisturbed["who"]
    assert undisturbed["text"] == undisturbed["streamed"] != ""
    assert undisturbed["far"] == "NotAvailableOffline"
    assert undisturbed["retries"] == 1
    ((host, authorization),) = undisturbed["signed"]
    assert host == "bedrock-runtime.us-east-1.amazonaws.com"
    assert authorization.startswith("AWS4-HMAC-SHA256 Credential=OFFLINE-")


# Sessions beside each other


class Recorder(BaseHTTPRequestHandler):
    """Stands in for AWS: notes each request and answers it."""

    def do_POST(self):
        size = int(self.headers.get("content-length", 0))
        self.server.seen.append((self.path, self.rfile.read(size)))
        text = {"role": "assistant", "content": [{"text": "from the recorder"}]}
        usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
        reply = {"output": {"message": text}, "stopReason": "end_turn"}
        body = json.dumps({**reply, "usage": usage, "metrics": {"latencyMs": 1}})
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def recorder():
    server = HTTPServer(("127.0.0.1", 0), Recorder)
    server.seen = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


SIDE_BY_SIDE = """
    import json, sys
    import boto3
    if "moto" in sys.argv: import moto
    import bedrock_helpers as bh
    from bedrock_helpers.catalog import LAUNCH_DAY, NOVA_MICRO, CLAUDE_HAIKU_4_5
    HAIKU = "us." + CLAUDE_HAIKU_4_5
    def ask(session, model):
        client = session.client("bedrock-runtime")
        try:
            reply = client.converse(
                modelId=model, inferenceConfig={"maxTokens": 1},
                messages=[{"role": "user", "content": [{"text": "Name a town."}]}])
        except client.exceptions.ClientError as error:
            return error.response["Error"]["Code"]
        return reply["output"]["message"]["content"][0]["text"], bh.answered_by(reply)
    live = bh.connect("live")
    new, ready = bh.connect("offline", account="new"), bh.connect("offline")
    launch = bh.connect("offline", as_of=LAUNCH_DAY)
    ready.offline.fail_next("expired_token")
    sessions = {"live": live, "new": new, "ready": ready, "launch": launch}
    models = {"live": NOVA_MICRO, "new": HAIKU, "ready": HAIKU, "launch": HAIKU}
    first = {name: ask(sessions[name], model) for name, model in models.items()}
    again = {name: ask(sessions[name], model) for name, model in models.items()}
    plain = boto3.Session(region_name="us-east-1")
    print(json.dumps({"first": first, "again": again, "plain": ask(plain, NOVA_MICRO)}))
"""


@pytest.mark.parametrize("imports_moto", [False, True])
def test_offline_and_live_sessions_live_side_by_side(imports_moto, recorder, tmp_path):
    address = f"http://127.0.0.1:{recorder.server_port}"
    head = "import sys; sys.argv.append('moto')" if imports_moto else ""
    done = run(
        head,
        SIDE_BY_SIDE,
        home=tmp_path,
        AWS_ACCESS_KEY_ID="AKIADUMMY",
        AWS_SECRET_ACCESS_KEY="dummy",
        AWS_ENDPOINT_URL=address,
        AWS_EC2_METADATA_DISABLED="true",
    )
    got = result(done)
    for round_ in ("first", "again"):
        assert got[round_]["live"] == ["from the recorder", "Amazon Bedrock (live)"]
        assert got[round_]["new"] == "ResourceNotFoundException"
        assert got[round_]["launch"] == "UnknownOperationException"
    assert got["first"]["ready"] == "ExpiredTokenException"
    assert "SmolLM2" in got["again"]["ready"][1]
    assert got["plain"][0] == "from the recorder"
    asked = [path for path, _ in recorder.seen if path.startswith("/model/")]
    assert len(asked) == 3, "only the two live calls and the plain one were sent"


# The documentation


def test_contributing_lists_the_operations_there_are():
    page = list_operations.PAGE
    assert page.exists(), "CONTRIBUTING.md is missing"
    _, between, _ = list_operations.parts(page.read_text(encoding="utf-8"))
    told = "Type: python tools/list_operations.py --write"
    assert between.strip() == list_operations.table(), told
