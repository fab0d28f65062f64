"""What Converse takes of sampling, held against the offline Bedrock itself."""

import pytest
from botocore.exceptions import ClientError, ParamValidationError

import bedrock_helpers as bh
from bedrock_helpers import catalog, parameters
from bedrock_helpers.converse_parameters import (
    ROLES,
    converse_exclusions,
    converse_request,
    converse_specs,
)
from bedrock_helpers.offline.errors import Refusal
from bedrock_helpers.offline.parameters import read_sampling
from bedrock_helpers.offline.router import service_model
from bedrock_helpers.offline.shapes import check

MICRO, GPT_OSS = catalog.NOVA_MICRO, catalog.GPT_OSS_20B
HAIKU = catalog.id_for(catalog.CLAUDE_HAIKU_4_5)
OPUS_4_1 = "us.anthropic.claude-opus-4-1-20250805-v1:0"
LLAMA, MISTRAL = "meta.llama3-8b-instruct-v1:0", "mistral.mistral-7b-instruct-v0:2"
OF_NO_FAMILY = "google.gemma-3-4b-it"
WITHOUT_SAMPLING = [
    catalog.id_for(model)
    for model in ("moonshotai.kimi-k3", "anthropic.claude-opus-5-5")
]
SAMPLE = (MICRO, HAIKU, OPUS_4_1, GPT_OSS, LLAMA, MISTRAL, OF_NO_FAMILY)
CHAT = [model.model_id for model in catalog.all_models() if model.chat]
TITAN = [m for m in CHAT if parameters.family_of(m) == "titan-text"]
REFUSED = (ClientError, ParamValidationError)
COMMAND, CLAUDE_V2 = "cohere.command-text-v14", "anthropic.claude-v2"


@pytest.fixture(scope="module")
def runtime():
    return bh.connect("offline").client("bedrock-runtime")


def roles(model_id):
    return {spec.role: spec for spec in converse_specs(model_id)}


def ends(spec):
    """The least and the most a spec says are taken."""
    if spec.role == "stop_sequences":
        return [["x" * spec.min_length], ["x"] * spec.max_items]
    least = spec.minimum if spec.exclusive_minimum is None else 0.01
    return [value for value in (least, spec.maximum) if value is not None]


def beyond(spec):
    """Values just outside, on both sides."""
    if spec.role == "stop_sequences":
        return [["x" * (spec.min_length - 1)], ["x"] * (spec.max_items + 1)]
    step = 1 if spec.type == "integer" else 0.001
    outside = [spec.minimum - step]
    return outside + ([] if spec.maximum is None else [spec.maximum + step])


def cases(values, models=SAMPLE):
    return [
        pytest.param(model, {spec.role: value}, id=f"{model} {spec.role} {number}")
        for model in models
        for spec in converse_specs(model)
        for number, value in enumerate(values(spec))
    ]


def taken(runtime, request):
    """Whether a stream begins; the rest of the reply is not waited for."""
    stream = runtime.converse_stream(**request)["stream"]
    first = next(iter(stream))
    stream.close()
    return "messageStart" in first


def read(request, model_id):
    """What the service makes of a request, without a reply being made."""
    operation = service_model("bedrock-runtime").operation_model("Converse")
    read_sampling(check(operation.input_shape, request), catalog.get(model_id))


@pytest.mark.parametrize(("model", "setting"), cases(ends))
def test_bedrock_takes_the_least_and_the_most_of_each_range(runtime, model, setting):
    assert taken(runtime, converse_request(model, "Hi", **setting))


@pytest.mark.parametrize(("model", "setting"), cases(beyond))
def test_bedrock_refuses_what_is_just_beyond(runtime, model, setting):
    with pytest.raises(REFUSED):
        runtime.converse(**converse_request(model, "Hi", **setting))


@pytest.mark.parametrize("model", CHAT)
def test_the_ranges_of_every_chat_model_are_those_the_service_checks(model):
    for spec in converse_specs(model):
        for value in ends(spec):
            read(converse_request(model, "Hi", **{spec.role: value}), model)
        for value in beyond(spec):
            request = converse_request(model, "Hi", **{spec.role: value})
            with pytest.raises(Refusal):
                read(request, model)


@pytest.mark.parametrize("model", [m for m in CHAT if m not in TITAN])
def test_what_a_model_lacks_the_service_refuses(model):
    hello = [{"role": "user", "content": [{"text": "Hi"}]}]
    tried = {
        "temperature": {"inferenceConfig": {"temperature": 0.5}},
        "top_p": {"inferenceConfig": {"topP": 0.5}},
        "stop_sequences": {"inferenceConfig": {"stopSequences": ["x"]}},
        "top_k": {"additionalModelRequestFields": {"top_k": 5}},
    }
    for role in tried.keys() - roles(model).keys():
        with pytest.raises(Refusal):
            read({"modelId": model, "messages": hello, **tried[role]}, model)


@pytest.mark.parametrize("model", [HAIKU, "us.anthropic.claude-opus-4-6-v1"])
def test_an_excluded_pair_is_refused_and_each_alone_is_taken(runtime, model):
    (pair,) = converse_exclusions(model)
    both = dict.fromkeys(pair, 0.5)
    with pytest.raises(ClientError, match="cannot both be specified"):
        runtime.converse(**converse_request(model, "Hi", **both))
    for role in pair:
        assert taken(runtime, converse_request(model, "Hi", **{role: 0.5}))


@pytest.mark.parametrize("model", [MICRO, LLAMA, OF_NO_FAMILY])
def test_where_nothing_is_excluded_all_are_taken_together(runtime, model):
    assert converse_exclusions(model) == ()
    settings = {r: spec.maximum for r, spec in roles(model).items() if spec.maximum}
    assert taken(runtime, converse_request(model, "Hi", **settings))


@pytest.mark.parametrize("model", WITHOUT_SAMPLING)
def test_models_without_sampling_take_a_length_and_refuse_a_temperature(runtime, model):
    assert set(roles(model)) == {"max_tokens", "stop_sequences"}
    request = converse_request(model, "Hi", max_tokens=1)
    assert taken(runtime, request)
    request["inferenceConfig"]["temperature"] = 0.5
    with pytest.raises(ClientError):
        runtime.converse(**request)


@pytest.mark.parametrize("model", CHAT)
def test_every_spec_tells_its_source_its_day_and_its_own_role(model):
    assert [r for r in ROLES if r in roles(model)] == list(roles(model))
    for spec in converse_specs(model):
        assert spec.source and spec.as_of
        assert spec.default is None or spec.minimum <= spec.default <= spec.maximum


def test_converse_narrows_what_a_model_takes_by_itself():
    for model in (GPT_OSS, COMMAND):
        assert parameters.by_role(model)["temperature"].maximum > 1
        assert roles(model)["temperature"].maximum == 1


def test_defaults_are_the_familys_else_the_records_else_unknown():
    assert roles(MICRO)["temperature"].default == 0.7
    assert roles(HAIKU)["top_p"].default == 0.999
    assert roles(CLAUDE_V2)["top_k"].default == 250
    assert roles(OF_NO_FAMILY)["temperature"].default is None


def test_limits_of_a_models_own_shape_on_stop_sequences_are_noted():
    assert "takes 10 at most" in roles(MISTRAL)["stop_sequences"].note
    assert "only what matches" in roles(TITAN[0])["stop_sequences"].note


def test_titan_has_no_top_k_as_its_own_shape_has_none():
    assert all("top_k" not in roles(model) for model in TITAN)


def test_a_request_has_every_setting_at_its_place():
    request = converse_request(
        *(MICRO, "Hi"),
        stop_sequences=("a", "b"),
        top_k=5,
        max_tokens=9,
        temperature=0.5,
        top_p=None,
    )
    assert request == {
        "modelId": MICRO,
        "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
        "inferenceConfig": {
            "maxTokens": 9,
            "temperature": 0.5,
            "stopSequences": ["a", "b"],
        },
        "additionalModelRequestFields": {"inferenceConfig": {"topK": 5}},
    }


def test_one_stop_sequence_may_be_given_alone():
    request = converse_request(MICRO, "Hi", stop_sequences="END")
    assert request["inferenceConfig"] == {"stopSequences": ["END"]}


def test_a_request_without_settings_has_no_empty_places():
    assert converse_request(HAIKU, "Hi", top_k=None).keys() == {"modelId", "messages"}
    assert converse_request(HAIKU, "Hi", top_k=7)["additionalModelRequestFields"] == {
        "top_k": 7
    }


@pytest.mark.parametrize(
    ("model", "setting"), [(LLAMA, {"top_k": 5}), (MICRO, {"topp": 0.5})]
)
def test_a_setting_without_a_place_is_an_error_that_names_those_with_one(
    model, setting
):
    with pytest.raises(ValueError, match="It takes: max_tokens, temperature, top_p"):
        converse_request(model, "Hi", **setting)


def test_a_model_without_chat_or_unknown_is_told():
    with pytest.raises(ValueError, match="Converse does not take this model"):
        converse_specs("amazon.titan-embed-text-v2:0")
    with pytest.raises(catalog.UnknownModelError):
        converse_specs("amazon.nova-nano")
