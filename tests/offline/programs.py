"""Programs that tests run apart, and the lesson that is watched from outside."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

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
