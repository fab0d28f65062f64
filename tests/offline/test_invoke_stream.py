"""InvokeModelWithResponseStream: its chunks, and how a stream ends or is left."""

import json

import pytest
from botocore.exceptions import EventStreamError

from bedrock_helpers import catalog
from bedrock_helpers.answered_by import answered_by
from bedrock_helpers.data_files import load_json
from bedrock_helpers.families import claude_text, cohere_command, titan_text
from bedrock_helpers.offline.composer import Composition
from bedrock_helpers.offline.local_model import LocalModel
from bedrock_helpers.offline.parameters import Sampling
from bedrock_helpers.offline.stream_faults import PIECES_BEFORE_BREAK
from tests.offline.desk import CLAUDE_V2, HAIKU, MICRO, headers, tokens, user

COMMAND, LITE = "cohere.command-text-v14", "amazon.titan-text-lite-v1"
STORY = "Write a long story about a ship."
MODULES = {COMMAND: cohere_command, LITE: titan_text, CLAUDE_V2: claude_text}
METRICS = "amazon-bedrock-invocationMetrics"


def asked(model, most, **settings):
    """The parameters that ask a launch-day model for a story."""
    body = MODULES[model].build(STORY, model, max_tokens=most, **settings)
    return {"modelId": model, "body": json.dumps(body)}


def streamed(desk, parameters):
    """A stream of decoded chunks, and the botocore stream to close."""
    stream = desk.call("InvokeModelWithResponseStream", **parameters)["body"]
    return (json.loads(event["chunk"]["bytes"]) for event in stream), stream


@pytest.mark.parametrize("model", sorted(MODULES))
def test_streamed_and_whole_replies_agree_at_temperature_0(model, launch):
    parameters = asked(model, 8, temperature=0)
    whole = launch.call("InvokeModel", **parameters)
    chunks = list(streamed(launch, parameters)[0])
    text = "".join(MODULES[model].read_chunk(chunk) for chunk in chunks)
    said = MODULES[model].read(json.loads(whole["body"].read()))
    assert text.strip() == said.strip() != ""
    *before, last = chunks
    assert not any(METRICS in chunk for chunk in before)
    for name in ("input", "output"):
        count = headers(whole)[f"x-amzn-bedrock-{name}-token-count"]
        assert last[METRICS][f"{name}TokenCount"] == int(count)
    assert 0 <= last[METRICS]["firstByteLatency"] <= last[METRICS]["invocationLatency"]


@pytest.fixture
def made(monkeypatch):
    """The pieces the small model has made so far, whoever reads them."""
    pieces, stream = [], LocalModel.stream

    def counted(*positional, **named):
        for piece in stream(*positional, **named):
            pieces.append(piece)
            yield piece

    monkeypatch.setattr(LocalModel, "stream", counted)
    return pieces


def test_a_chunk_is_read_while_the_rest_is_still_being_made(launch, made):
    chunks, stream = streamed(launch, asked(LITE, 400, temperature=1))
    assert made == []
    assert next(chunks)["outputText"]
    assert 1 <= len(made) <= 3
    stream.close()


def test_closing_a_stream_early_stops_what_is_being_made(launch, made):
    chunks, stream = streamed(launch, asked(LITE, 400, temperature=1))
    next(chunks)
    stream.close()
    so_far = len(made)
    assert list(chunks) == [] and len(made) == so_far <= 3
    assert launch.call("InvokeModel", **asked(LITE, 1))


def test_a_stream_may_be_left_unread(launch, made):
    launch.call("InvokeModelWithResponseStream", **asked(LITE, 400))
    assert made == []
    assert launch.call("InvokeModel", **asked(LITE, 1))


def test_a_wrong_prompt_of_claude_v2_is_told_inside_the_stream(launch):
    body = json.dumps({"prompt": "Hi", "max_tokens_to_sample": 1})
    reply = launch.call("InvokeModelWithResponseStream", modelId=CLAUDE_V2, body=body)
    with pytest.raises(EventStreamError, match="Invalid prompt") as caught:
        list(reply["body"])
    assert caught.value.response["Error"]["Code"] == "validationException"


def test_what_is_wrong_with_a_body_is_told_before_the_stream(launch):
    body = json.dumps({"inputText": "Hi", "temperature": 0})
    error = launch.refused("InvokeModelWithResponseStream", modelId=LITE, body=body)
    assert "Malformed input request" in error.response["Error"]["Message"]


def test_a_model_that_cannot_stream_says_so(launch):
    error = launch.refused(
        "InvokeModelWithResponseStream",
        modelId="ai21.j2-ultra-v1",
        body='{"prompt": "Hi"}',
    ).response["Error"]
    assert error["Code"] == "ValidationException"
    assert "unsupported for streaming" in error["Message"]


# Prompt and reply share the window

WORDS = 4_000


def test_claude_refuses_a_limit_its_window_has_no_room_for(ready):
    most, said = 64_000, "input length and `max_tokens` exceed context limit"
    prompt = "word " * 140_000
    body = {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": most,
        "messages": [{"role": "user", "content": prompt}],
    }
    native = ready.refused("InvokeModel", modelId=HAIKU, body=json.dumps(body))
    message = native.response["Error"]["Message"]
    assert message.startswith(said)
    assert " > 200000, decrease input length" in message
    chat = {"role": "user", "content": [{"text": prompt}]}
    error = ready.refused(
        "Converse", modelId=HAIKU, messages=[chat], inferenceConfig=tokens(most)
    )
    assert error.response["Error"]["Message"] == (
        f"The model returned the following errors: {message}"
    )


def test_a_launch_day_model_stops_at_its_window():
    (lite,) = (m for m in catalog.all_models() if m.model_id == LITE)
    request = {"messages": [user("word " * WORDS)]}
    made = Composition(request, lite, Sampling(512, 1, 1))  # reading it takes long
    assert made.count_input() > WORDS
    assert made.count_input() + made.sampling.max_tokens == 4_096


@pytest.mark.parametrize("prompt", ["1" * 5_000, "word " * 5_000], ids=["1", "word"])
def test_a_prompt_beyond_a_launch_day_models_window_is_refused(prompt, launch):
    body = json.dumps({"inputText": prompt})
    error = launch.refused("InvokeModel", modelId=LITE, body=body).response["Error"]
    assert "Max input tokens: 4096" in error["Message"]


def test_todays_other_models_stream_their_own_shape(ready):
    body = {
        "messages": [{"role": "user", "content": [{"text": "Name a colour."}]}],
        "inferenceConfig": {"maxTokens": 3},
    }
    parameters = {"modelId": MICRO, "body": json.dumps(body)}
    chunks = list(streamed(ready, parameters)[0])
    assert "messageStart" in chunks[0] and METRICS in chunks[-1]


def test_every_piece_before_a_break_is_delivered(launch):
    launch.session.offline.fail_next("stream_broken")
    chunks, _ = streamed(launch, asked(CLAUDE_V2, 20, temperature=0))
    arrived = []
    with pytest.raises(EventStreamError):
        for chunk in chunks:
            arrived.append(chunk)
    assert len(arrived) == PIECES_BEFORE_BREAK
    assert all(chunk["completion"] for chunk in arrived)


@pytest.mark.parametrize("zero", [0, 0.0])
def test_a_whole_number_may_be_written_either_way(launch, zero):
    lessons = load_json("lesson_replies.json")["replies"]
    body = next(reply["body"] for reply in lessons if "body" in reply)
    raw = json.dumps({**body, "temperature": zero})
    reply = launch.call("InvokeModel", modelId=CLAUDE_V2, body=raw)
    assert "a lesson reply" in answered_by(reply)
