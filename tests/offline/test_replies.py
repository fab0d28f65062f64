"""Stored replies: when a recording or a lesson reply answers, and when not."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bedrock_helpers import catalog
from bedrock_helpers.data_files import load_json
from bedrock_helpers.families.lookup import family_module
from bedrock_helpers.offline.replies import request_key
from bedrock_helpers.offline.runtime import ANSWERED_BY
from tests.offline.desk import (
    HAIKU,
    MICRO,
    Desk,
    headers,
    open_desk,
    text_of,
    tokens,
    tool,
    user,
)

REPOSITORY = Path(__file__).resolve().parent.parent.parent
ASK = {"modelId": MICRO, "messages": [user("Which harbour?")]}
CONFIG = tokens(6, temperature=1)
FORCED = {"tools": [tool()], "toolChoice": {"any": {}}}
#: Asks, in a copy of the package, what a JSON list of requests says.
ASKING = """
import json, sys
import bedrock_helpers as bh
client = bh.connect("offline").client("bedrock-runtime")
for streamed, request in json.load(sys.stdin):
    call = client.converse_stream if streamed else client.converse
    try:
        reply = call(**request)
    except client.exceptions.ClientError as error:
        print(json.dumps([error.response["Error"]["Code"],
                          error.response["Error"]["Message"]]))
        continue
    who = reply["ResponseMetadata"]["HTTPHeaders"]["x-bedrock-offline-answered-by"]
    said = list(reply["stream"]) if streamed else reply["output"]["message"]["content"]
    print(json.dumps([who, said]))
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the package whose recordings and lesson replies are ours."""
    folder = tmp_path_factory.mktemp("checkout")
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(
        REPOSITORY / "bedrock_helpers", folder / "bedrock_helpers", ignore=skip
    )
    shutil.copytree(REPOSITORY / "data", folder / "data", ignore=skip)
    for old in (folder / "data" / "recordings").glob("*.jsonl"):
        old.unlink()
    lesson = {
        "models": [MICRO],
        "request": {"messages": [user("What is the answer?")]},
        "text": "Forty-two, they say.",
        "input_tokens": 11,
        "output_tokens": 5,
    }
    lessons = folder / "data" / "lesson_replies.json"
    lessons.write_text(json.dumps({"about": "test", "replies": [lesson]}))
    return folder


def ask(checkout, *requests, **variables):
    """Who answered each request and what, in a new process."""
    clean = {n: v for n, v in os.environ.items() if not n.startswith("BEDROCK_")}
    done = subprocess.run(
        [sys.executable, "-c", ASKING],
        input=json.dumps(requests),
        env={**clean, "PYTHONPATH": str(checkout), **variables},
        cwd=checkout,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def whole(**changed):
    return False, {**ASK, "inferenceConfig": CONFIG, **changed}


def streamed(**changed):
    return True, {**ASK, "inferenceConfig": CONFIG, **changed}


TOOL_CALL = whole(toolConfig=FORCED, inferenceConfig=tokens(40))


@pytest.fixture(scope="module")
def recorded(checkout):
    """What the local model said while it was recorded: two draws and a tool call."""
    path = checkout / "data" / "recordings" / "test.jsonl"
    said = ask(checkout, whole(), whole(), TOOL_CALL, BEDROCK_RECORD_TO=str(path))
    assert [who for who, _ in said] == ["local-model"] * 3
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    return [content for _, content in said]


def test_each_draw_has_its_recording_and_one_more_is_new(checkout, recorded):
    first, second, third = ask(checkout, whole(), whole(), whole())
    assert [first, second] == [["recording", recorded[0]], ["recording", recorded[1]]]
    assert third[0] == "local-model"


CHANGES = [
    {"inferenceConfig": {**CONFIG, "temperature": 0.9}},
    {"inferenceConfig": {**CONFIG, "topP": 1}},
    {"inferenceConfig": tokens(5, temperature=1)},
    {"modelId": "amazon.nova-lite-v1:0"},
    {"messages": [user("Which harbour")]},
    {"system": [{"text": "Be brief."}]},
]


def test_a_changed_request_is_a_new_one(checkout, recorded):
    said = ask(checkout, *(whole(**changed) for changed in CHANGES))
    assert [who for who, _ in said] == ["local-model"] * len(CHANGES)


def test_an_empty_list_leaves_a_request_the_same():
    assert request_key({**ASK, "system": []}, MICRO) == request_key(ASK, MICRO)


def test_a_changed_request_does_not_use_up_a_draw(checkout, recorded):
    other = whole(system=[{"text": "Be brief."}])
    assert ask(checkout, other, whole())[1] == ["recording", recorded[0]]


def test_names_of_the_same_model_share_its_recordings(checkout, recorded):
    arn = f"arn:aws:bedrock:us-east-1::foundation-model/{MICRO}"
    for name in (f"us.{MICRO}", arn):
        assert ask(checkout, whole(modelId=name)) == [["recording", recorded[0]]]


def test_a_recording_is_streamed_as_it_was_made(checkout, recorded):
    ((who, events),) = ask(checkout, streamed())
    deltas = [
        e["contentBlockDelta"]["delta"] for e in events if "contentBlockDelta" in e
    ]
    assert who == "recording"
    assert "".join(d["text"] for d in deltas) == recorded[0][0]["text"]
    assert len(deltas) > 1


def test_a_tool_call_is_recorded_too(checkout, recorded):
    assert ask(checkout, TOOL_CALL) == [["recording", recorded[2]]]


def test_stored_replies_answer_without_weights(checkout, recorded):
    lesson = False, {"modelId": MICRO, "messages": [user("What is the answer?")]}
    nowhere = {"BEDROCK_LOCAL_MODEL": str(checkout / "nowhere.gguf")}
    asked = [whole(), lesson, streamed(), streamed(), whole()]
    got = ask(checkout, *asked, **nowhere)
    assert got[0] == ["recording", recorded[0]]
    assert got[1][0] == "lesson-reply"
    assert got[2][0] == "recording"
    for code, message in got[3:]:
        assert code == "NotAvailableOffline"
        assert "BEDROCK_LOCAL_MODEL" in message and "nowhere.gguf" in message


def test_a_lesson_reply_answers_every_time(checkout):
    lesson = {"modelId": MICRO, "messages": [user("What is the answer?")]}
    got = ask(checkout, (False, lesson), (False, lesson), (True, lesson))
    assert got[:2] == [["lesson-reply", [{"text": "Forty-two, they say."}]]] * 2
    deltas = [
        e["contentBlockDelta"]["delta"] for e in got[2][1] if "contentBlockDelta" in e
    ]
    assert "".join(d["text"] for d in deltas) == "Forty-two, they say."
    changed = {**lesson, "inferenceConfig": tokens(3)}
    assert ask(checkout, (False, changed))[0][0] == "local-model"


def test_a_stored_reply_is_still_refused_to_an_account_without_access(ready):
    replies = load_json("lesson_replies.json")["replies"]
    claude = [r for r in replies for m in r["models"] if m in HAIKU]
    new = open_desk("new")
    for record in claude or [{"request": {"messages": [user("Hi")]}}]:
        error = new.refused("Converse", modelId=HAIKU, **record["request"])
        assert "use case details" in error.response["Error"]["Message"]


def test_every_lesson_reply_of_the_course_answers():
    for record in load_json("lesson_replies.json")["replies"]:
        for model_id in record["models"]:
            said, reply = answer_of_lesson(record, model_id)
            assert said.strip() == record["text"]
            assert headers(reply)[ANSWERED_BY] == "lesson-reply"


def answer_of_lesson(record, model_id):
    """The text and the reply to a record's request, in the shape it is stored in."""
    if "request" in record:
        name = catalog.id_for(model_id)
        reply = open_desk().call("Converse", modelId=name, **record["request"])
        return text_of(reply), reply
    body = json.dumps(record["body"])
    reply = open_desk("launch").call("InvokeModel", modelId=model_id, body=body)
    return family_module(model_id).read(json.loads(reply["body"].read())), reply


def test_nothing_is_written_unless_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Desk(open_desk().session).converse("Which pier?", inferenceConfig=tokens(1))
    assert list(tmp_path.glob("*.jsonl")) == []
