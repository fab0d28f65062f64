"""Who answered, said plainly."""

import pytest

import bedrock_helpers as bh

HEADER = "x-bedrock-offline-answered-by"
HI = {
    "modelId": bh.catalog.NOVA_MICRO,
    "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
    "inferenceConfig": {"maxTokens": 1},
}


def reply(**headers):
    return {"ResponseMetadata": {"HTTPHeaders": headers}}


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("lesson-reply", "a lesson reply, written by the course (no model ran)"),
        ("recording", "a recording of SmolLM2-135M (offline)"),
        ("local-model", "the small model on this machine, just now (offline)"),
    ],
)
def test_each_stand_in_is_named(label, words):
    assert bh.answered_by(reply(**{HEADER: label})) == words


@pytest.mark.parametrize("live", [reply(server="x"), {"ResponseMetadata": {}}, {}])
def test_a_reply_without_the_header_came_from_bedrock(live):
    assert bh.answered_by(live) == "Amazon Bedrock (live)"


def test_a_stand_in_this_version_does_not_know_is_not_called_live():
    assert "offline" in bh.answered_by(reply(**{HEADER: "another"}))


@pytest.mark.parametrize("streaming", [False, True])
def test_an_offline_reply_is_never_called_live(streaming):
    runtime = bh.connect("offline").client("bedrock-runtime")
    call = runtime.converse_stream if streaming else runtime.converse
    answer = call(**HI)
    if streaming:
        list(answer["stream"])
    assert "live" not in bh.answered_by(answer)


def test_an_offline_listing_is_never_called_live():
    listed = bh.connect("offline").client("bedrock").list_foundation_models()
    assert "live" not in bh.answered_by(listed)
