"""Requests, replies and chunks have the keys and types of the published shapes."""

import pytest

from bedrock_helpers.catalog import split_profile_id
from bedrock_helpers.families.body import build
from bedrock_helpers.families.lookup import family_module
from bedrock_helpers.offline.errors import Refusal
from tests.families.models import (
    CALLABLE,
    EMBED_V1,
    EMBED_V2,
    GPT_OSS,
    LITE,
    SDXL,
    SDXL_1,
    STREAMING,
    ULTRA,
    day_of,
    invoke,
    refused,
    smallest,
    stream,
)
from tests.families.shapes import (
    CHUNKS,
    COUNTED,
    METRICS,
    REPLIES,
    REQUESTS,
)


def fits(value, shape):
    """Whether a value has the keys and types, or the literals, of a shape."""
    if isinstance(shape, dict):
        same = isinstance(value, dict) and value.keys() == shape.keys()
        return same and all(fits(value[key], shape[key]) for key in shape)
    if isinstance(shape, list):
        one = shape[0] if shape else None
        return isinstance(value, list) and all(fits(item, one) for item in value)
    if isinstance(shape, type | tuple):
        return isinstance(value, shape) and not isinstance(value, bool)
    return value == shape


def text_of(model, chunks):
    return "".join(map(family_module(model).read_chunk, chunks))


@pytest.mark.parametrize("model", REQUESTS)
def test_a_whole_request_is_accepted_and_its_reply_is_of_the_shape(model):
    reply, headers = invoke(model, REQUESTS[model])
    assert fits(reply, REPLIES[model]), reply
    assert int(headers["x-amzn-bedrock-invocation-latency"]) >= 0
    counted = model != SDXL
    assert ("x-amzn-bedrock-input-token-count" in headers) is counted
    made = counted and "embed" not in model
    assert ("x-amzn-bedrock-output-token-count" in headers) is made
    if made:
        assert headers["x-amzn-bedrock-output-token-count"] == "1"


def test_every_model_called_here_has_its_shapes():
    assert set(REQUESTS) == set(REPLIES) == set(CALLABLE)
    assert set(CHUNKS) == set(STREAMING)


@pytest.mark.parametrize("model", STREAMING)
def test_every_chunk_is_of_one_of_the_shapes_and_each_shape_comes(model):
    *before, last = stream(model, smallest(model))
    assert not any(METRICS in chunk for chunk in before)
    metrics = last.pop(METRICS)
    assert fits(metrics, COUNTED)
    assert metrics["outputTokenCount"] == 1
    kinds = [[fits(c, shape) for shape in CHUNKS[model]] for c in [*before, last]]
    assert all(any(kind) for kind in kinds), (before, last)
    assert all(any(column) for column in zip(*kinds, strict=True))


@pytest.mark.parametrize("model", STREAMING)
def test_a_body_it_builds_is_answered_and_its_text_is_read(model):
    most = 60 if model == GPT_OSS else 6  # it reasons first
    body = smallest(model, max_tokens=most, temperature=0)
    chunks = stream(model, body)
    reply, headers = invoke(model, body)
    said, streamed = family_module(model).read(reply), text_of(model, chunks)
    if model == GPT_OSS:
        streamed = streamed.rpartition("</reasoning>")[2]
    assert said.strip() == streamed.strip() != ""
    for name in ("input", "output"):
        header = headers[f"x-amzn-bedrock-{name}-token-count"]
        assert chunks[-1][METRICS][f"{name}TokenCount"] == int(header)


@pytest.mark.parametrize("model", [m for m in REQUESTS if m not in STREAMING])
def test_the_others_do_not_stream(model):
    code, message = refused(model, smallest(model), "InvokeModelWithResponseStream")
    assert code == "ValidationException"
    assert message == "The model is unsupported for streaming."


@pytest.mark.parametrize("model", [ULTRA, SDXL, EMBED_V1, EMBED_V2])
def test_what_does_not_stream_is_read_too(model):
    found = family_module(model).read(invoke(model, smallest(model))[0])
    assert len(found) > 0


@pytest.mark.parametrize("model", STREAMING)
def test_build_names_the_settings_it_takes_when_it_takes_one_not(model):
    with pytest.raises(ValueError) as caught:
        family_module(model).build("Hi", model, no_such_setting=1)
    said = str(caught.value)
    assert f"{model} takes no no_such_setting. It takes: max_tokens" in said
    assert "temperature" in said and "top_p" in said


@pytest.mark.parametrize("model", STREAMING)
def test_build_leaves_out_what_is_none_or_unset(model):
    family = family_module(model)
    plain = family.build("Hi", model)
    assert family.build("Hi", model, temperature=None, top_p=None) == plain
    bare = split_profile_id(model)[1]
    family.validate(plain, bare, day_of(model))


def test_titan_takes_no_top_k():
    with pytest.raises(ValueError, match="takes no top_k"):
        build(LITE, "Hi", top_k=3)


def test_sdxl_of_later_takes_its_sizes():
    family = family_module(SDXL_1)
    family.validate(family.build("Hi", SDXL_1, width=1152, height=896), SDXL_1)
    with pytest.raises(Refusal, match="100x100|valid enum value"):
        family.validate(family.build("Hi", SDXL_1, width=100, height=100), SDXL_1)
