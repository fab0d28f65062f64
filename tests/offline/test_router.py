"""From an HTTP request to the operation and parameters botocore's model gives it."""

from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

import bedrock_helpers as bh
from bedrock_helpers.offline.errors import Refusal
from bedrock_helpers.offline.router import (
    SERVICES,
    find_route,
    read_parameters,
    routes,
    service_model,
)

ALL = [
    (service, name)
    for service in SERVICES
    for name in service_model(service).operation_names
]
HOST = "https://bedrock.us-east-1.amazonaws.com"


def template(service, name):
    """An operation, its path template without a query, and its labels."""
    operation = service_model(service).operation_model(name)
    members = operation.input_shape.members if operation.input_shape else {}
    labels = [
        member.serialization.get("name", key)
        for key, member in members.items()
        if member.serialization.get("location") == "uri"
    ]
    return operation, operation.http["requestUri"].partition("?")[0], labels


@pytest.mark.parametrize(("service", "name"), ALL)
def test_every_operation_is_found_from_its_own_template(service, name):
    operation, path, labels = template(service, name)
    wanted = {label: f"some.{label}-v1:0" for label in labels}
    for label, value in wanted.items():
        for spelt in (f"{{{label}}}", f"{{{label}+}}"):
            path = path.replace(spelt, quote(value, safe=""))
    found, given_labels = find_route(operation.http["method"], HOST + path)
    assert (found.name, given_labels) == (name, wanted)


def test_every_operation_has_a_route():
    assert len(routes()) == len(ALL)


@given(st.text(min_size=1))
def test_a_label_comes_back_as_it_was_sent(text):
    url = f"{HOST}/model/{quote(text, safe='')}/converse"
    operation, labels = find_route("POST", url)
    assert operation.name == "Converse"
    assert labels == {"modelId": text}


@pytest.mark.parametrize(
    "model_id",
    [
        "amazon.nova-micro-v1:0",
        "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0",
        "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.a.b-v1:0",
    ],
)
def test_boto3s_own_way_to_spell_an_id_is_understood(model_id):
    session = bh.connect("offline")
    urls = []
    session.events.register_first(
        "before-send", lambda request, **_: urls.append(request.url)
    )
    client = session.client("bedrock-runtime")
    try:
        client.converse(modelId=model_id, messages=[])
    except ClientError:
        pass
    assert ":" not in urls[0].removeprefix("https://")
    assert find_route("POST", urls[0])[1] == {"modelId": model_id}


@pytest.mark.parametrize("method", ["GET", "DELETE", "post", ""])
def test_another_method_is_another_operation_or_none(method):
    assert find_route(method, f"{HOST}/model/a/converse") == (None, {})


@pytest.mark.parametrize("path", ["", "/", "/model//converse", "/model/a/b/converse"])
def test_a_path_nobody_has_is_not_found(path):
    assert find_route("POST", HOST + path) == (None, {})


# Parameters


def read(service, name, url=HOST, headers=(), body=b"", labels=()):
    operation = service_model(service).operation_model(name)
    return read_parameters(operation, url, dict(headers), body, dict(labels))


def test_query_parameters_are_typed_by_the_model():
    url = f"{HOST}/inference-profiles?maxResults=7&type=SYSTEM_DEFINED"
    assert read("bedrock", "ListInferenceProfiles", url) == {
        "maxResults": 7,
        "typeEquals": "SYSTEM_DEFINED",
    }


@pytest.mark.parametrize("text", ["seven", "", "7.5", "1e3"])
def test_a_query_parameter_of_another_type_is_refused(text):
    url = f"{HOST}/inference-profiles?maxResults={text}"
    with pytest.raises(Refusal) as caught:
        read("bedrock", "ListInferenceProfiles", url)
    assert caught.value.code == "SerializationException"


def test_headers_and_payload_reach_invoke_model():
    got = read(
        "bedrock-runtime",
        "InvokeModel",
        headers={"Content-Type": "application/json"},
        body=b"{}",
        labels={"modelId": "a.b"},
    )
    assert got == {
        "modelId": "a.b",
        "contentType": "application/json",
        "body": b"{}",
    }


@pytest.mark.parametrize("body", [b"{", b"[]", b"1", b'"a"', b'{"a":NaN}', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(body):
    with pytest.raises(Refusal) as caught:
        read("bedrock-runtime", "Converse", body=body, labels={"modelId": "a.b"})
    assert caught.value.code == "SerializationException"


def test_members_the_model_does_not_know_are_left_out():
    body = b'{"messages": [], "surprise": 1}'
    got = read("bedrock-runtime", "Converse", body=body, labels={"modelId": "a.b"})
    assert got == {"modelId": "a.b", "messages": []}
