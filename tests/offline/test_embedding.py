"""Titan text embeddings: vectors of SmolLM2, through boto3."""

import json
import math

import pytest

from tests.offline.desk import headers

V1, V2 = "amazon.titan-embed-text-v1", "amazon.titan-embed-text-v2:0"
CAT, KITTEN = "The cat sleeps on the sofa.", "A kitten is asleep on the couch."
TAX = "Quarterly tax returns are due in April."


@pytest.fixture(scope="module")
def ask(ready):
    """The decoded body and the headers of one vector."""

    def ask(text, model=V2, **body):
        body = json.dumps({"inputText": text, **body})
        reply = ready.call("InvokeModel", modelId=model, body=body)
        return json.loads(reply["body"].read()), headers(reply)

    return ask


@pytest.fixture(scope="module")
def vector(ask):
    """The floats of one vector."""

    def vector(text, model=V2, **body):
        return ask(text, model, **body)[0]["embedding"]

    return vector


def cosine(one, other):
    dot = math.fsum(a * b for a, b in zip(one, other, strict=True))
    return dot / (math.hypot(*one) * math.hypot(*other))


@pytest.mark.parametrize("dimensions", [256, 512, 1024])
def test_a_vector_has_the_dimensions_asked_for_and_length_1(dimensions, vector):
    made = vector(CAT, dimensions=dimensions)
    assert len(made) == dimensions
    assert math.hypot(*made) == pytest.approx(1, abs=1e-6)


def test_unasked_a_vector_has_1024_dimensions_and_version_1_has_1536(vector):
    assert len(vector(CAT)) == 1024
    assert len(vector(CAT, V1)) == 1536


def test_an_unnormalised_vector_has_another_length_and_the_same_direction(vector):
    plain, unit = vector(CAT, normalize=False), vector(CAT)
    assert abs(math.hypot(*plain) - 1) > 0.01
    assert cosine(plain, unit) == pytest.approx(1, abs=1e-6)


def test_a_binary_vector_holds_the_signs(ask):
    both = ask(CAT, dimensions=256, embeddingTypes=["float", "binary"])[0]
    signs = [int(number > 0) for number in both["embedding"]]
    assert both["embeddingsByType"] == {"float": both["embedding"], "binary": signs}
    only = ask(CAT, dimensions=256, embeddingTypes=["binary"])[0]
    assert only["embeddingsByType"] == {"binary": signs}
    assert "embedding" not in only


def test_version_1_gives_the_vector_and_the_count_alone(ask):
    assert set(ask(CAT, V1)[0]) == {"embedding", "inputTextTokenCount"}


def test_the_same_text_has_the_same_vector(vector):
    first = vector(CAT)
    vector(TAX)
    assert vector(CAT) == first


@pytest.mark.parametrize("dimensions", [256, 1024])
def test_near_texts_have_nearer_vectors(dimensions, vector):
    cat, kitten, tax = (vector(t, dimensions=dimensions) for t in (CAT, KITTEN, TAX))
    assert cosine(cat, kitten) > cosine(cat, tax)


def test_fewer_dimensions_keep_the_angles_roughly(vector):
    for other in (KITTEN, TAX):
        few, many = (
            cosine(*(vector(text, dimensions=size) for text in (CAT, other)))
            for size in (256, 1024)
        )
        assert few == pytest.approx(many, abs=0.15)


@pytest.mark.parametrize("text", ["é", "日本 🎉", "\u0301", "\x04", " ", "<|im_end|>"])
def test_odd_texts_have_vectors_too(text, ask):
    body, _ = ask(text, dimensions=256)
    assert math.hypot(*body["embedding"]) == pytest.approx(1, abs=1e-6)
    assert body["inputTextTokenCount"] >= 1


def test_a_long_text_has_a_vector_and_its_tokens_are_counted(ask):
    body, found = ask("word " * 520, dimensions=256)
    assert math.hypot(*body["embedding"]) == pytest.approx(1, abs=1e-6)
    assert body["inputTextTokenCount"] >= 520
    assert found["x-amzn-bedrock-input-token-count"] == str(body["inputTextTokenCount"])


@pytest.mark.parametrize("model", [V1, V2])
def test_more_than_8192_tokens_are_refused(model, ready):
    body = json.dumps({"inputText": "a b c d e f " * 1500})
    error = ready.refused("InvokeModel", modelId=model, body=body).response["Error"]
    assert error["Code"] == "ValidationException"
    assert "Too many input tokens. Max input tokens: 8192" in error["Message"]


def test_a_vector_cannot_be_streamed(ready):
    error = ready.refused(
        "InvokeModelWithResponseStream", modelId=V2, body='{"inputText": "Hi"}'
    )
    assert "unsupported for streaming" in error.response["Error"]["Message"]
