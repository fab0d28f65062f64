"""Sessions of one process beside each other, and the list of operations."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.offline.programs import result, run
from tools import list_operations

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
