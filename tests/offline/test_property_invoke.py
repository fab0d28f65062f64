"""Odd native bodies end in a reply or in an error with a text, never else."""

import json

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from bedrock_helpers import parameters
from tests.families.models import CALLABLE, STREAMING, day_of, put, smallest
from tests.offline.desk import open_desk
from tests.offline.strategies import any_json, model_ids, odd_texts, texts
from tests.offline.test_property_converse import outcome

BOTH = ("InvokeModel", "InvokeModelWithResponseStream")
READY = open_desk(parameter_validation=False)
LAUNCH = open_desk("launch", parameter_validation=False)

near_numbers = st.one_of(st.integers(0, 2), st.floats(0, 1), st.sampled_from([-1, 501]))
contents = st.one_of(
    texts,
    st.lists(st.fixed_dictionaries({"text": texts}), max_size=2),
    st.lists(st.fixed_dictionaries({"type": texts, "text": texts}), max_size=2),
    any_json,
)
turns = st.fixed_dictionaries(
    {}, optional={"role": st.sampled_from(["user", "assistant"]), "content": contents}
)
lists_of_texts = st.lists(texts, max_size=3)
OF_TYPE = {
    "string": texts,
    "strings": lists_of_texts,
    "integer": near_numbers,
    "number": near_numbers,
    "boolean": st.booleans(),
    "object": st.dictionaries(texts, any_json, max_size=2),
    "messages": st.lists(turns, max_size=3),
    "prompts": st.lists(st.fixed_dictionaries({"text": texts}), max_size=2),
    "any": st.one_of(texts, lists_of_texts, any_json),
}


def value_for(spec):
    """Mostly of the right type; of few tokens, where it says how many."""
    if spec.role == "max_tokens":
        return st.sampled_from([0, 1, 2, -1, "1", None, 1.5])
    listed = st.sampled_from(spec.allowed) if spec.allowed else OF_TYPE[spec.type]
    return st.one_of(listed, listed, listed, any_json)


def near(model):
    """Bodies that are odd in a place or two."""
    specs = [s for s in parameters.specs(model, day_of(model)) if "." not in s.path]
    inner = [s for s in parameters.specs(model, day_of(model)) if "." in s.path]

    @st.composite
    def bodies(draw):
        body = smallest(model)
        for spec in draw(st.lists(st.sampled_from(inner or specs), max_size=2)):
            body = put(body, spec.path, draw(value_for(spec)))
        for spec in draw(st.lists(st.sampled_from(specs), max_size=2)):
            body = put(body, spec.path, draw(value_for(spec)))
        if draw(st.sampled_from([False] * 5 + [True])):
            body.pop(draw(st.sampled_from(sorted(body))))
        return body

    return bodies()


def cheap(model, body):
    """Whether no default, of hundreds of tokens, is to be drawn."""
    spec = parameters.by_role(model).get("max_tokens")
    if spec is None:
        return True
    for part in spec.path.split("."):
        if not isinstance(body, dict) or part not in body:
            return False
        body = body[part]
    return True


def send(model, body, operation, **more):
    """The outcome of one call, its stream read to the end."""
    desk = LAUNCH if day_of(model) else READY
    asked = {"modelId": model, "body": body, **more}

    def call():
        reply = desk.call(operation, **asked)["body"]
        if operation == "InvokeModel":
            return [reply.read()]
        return [event["chunk"]["bytes"] for event in reply]

    found = outcome(call)
    if isinstance(found, list):
        assert found and all(isinstance(json.loads(raw), dict) for raw in found)
    return found


@pytest.mark.parametrize("model", CALLABLE)
@settings(max_examples=25)
@given(st.data())
def test_bodies_near_a_familys_shape_are_answered_or_refused_in_words(model, data):
    body = data.draw(near(model))
    if cheap(model, body):
        for operation in BOTH:
            send(model, json.dumps(body).encode(), operation)


@pytest.mark.parametrize("model", CALLABLE)
@settings(max_examples=12)
@given(any_json | st.dictionaries(texts, any_json, max_size=3))
def test_any_json_is_answered_or_refused_in_words(model, body):
    for operation in BOTH:
        send(model, json.dumps(body).encode(), operation)


@pytest.mark.parametrize("model", CALLABLE)
def test_both_answers_and_refusals_are_among_the_outcomes(model):
    good = send(model, json.dumps(smallest(model)).encode(), "InvokeModel")
    assert isinstance(good, list)
    assert isinstance(send(model, b"{}", "InvokeModel"), ClientError)


@pytest.mark.parametrize("model", STREAMING)
@settings(max_examples=10)
@given(texts)
def test_any_text_is_a_prompt_or_is_refused_in_words(model, text):
    body = smallest(model)
    path = parameters.by_role(model)["prompt"].path
    for said in (text, body[path] + text if isinstance(body[path], str) else text):
        for operation in BOTH:
            send(model, json.dumps(put(body, path, said)).encode(), operation)


@settings(max_examples=40)
@given(st.binary(max_size=40), model_ids, odd_texts, st.sampled_from(BOTH))
def test_any_bytes_id_and_content_type_are_refused_in_words(raw, model, kind, name):
    send(model, raw, name, contentType=kind)
    send(model, raw, name, accept=kind)
