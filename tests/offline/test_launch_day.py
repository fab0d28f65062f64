"""The offline Bedrock of 2023-09-28, and InvokeModel for Claude text completions."""

import json

import pytest

import bedrock_helpers as bh
from bedrock_helpers import catalog
from bedrock_helpers.offline.operations import LAUNCH_OPERATIONS, OPERATIONS
from tests.offline.desk import CLAUDE_V2, Desk, open_desk
from tests.offline.test_contract import GOOD_CALLS

BOTH = ["InvokeModel", "InvokeModelWithResponseStream"]
DEEPSEEK_V3 = "deepseek.v3.2"
QUESTION = "\n\nHuman: Name a colour.\n\nAssistant:"
WHOLE = {"prompt": QUESTION, "max_tokens_to_sample": 1}


def invoke(desk, body, model=CLAUDE_V2):
    """The decoded body and the headers of a reply."""
    reply = desk.call("InvokeModel", modelId=model, body=json.dumps(body))
    return json.loads(reply["body"].read()), reply["ResponseMetadata"]["HTTPHeaders"]


def ask(desk, **parameters):
    """The decoded body of a reply to one short question."""
    body = {"prompt": QUESTION, "max_tokens_to_sample": 4, **parameters}
    return invoke(desk, body)[0]


def problem(desk, **body):
    """What the service says of a body it refuses."""
    error = desk.refused("InvokeModel", modelId=CLAUDE_V2, body=json.dumps(body))
    return error.response["Error"]["Message"]


# The day


@pytest.mark.parametrize("day", ["2024-01-01", "yesterday", ""])
def test_only_two_days_are_known_and_the_error_names_both(day):
    with pytest.raises(ValueError) as caught:
        bh.connect("offline", as_of=day)
    assert catalog.LAUNCH_DAY in str(caught.value)
    assert catalog.AS_OF in str(caught.value)


def test_an_unknown_kind_of_account_names_those_there_are():
    with pytest.raises(ValueError, match="'ready', 'new' or 'signed-out'"):
        bh.connect("offline", account="old")


def test_the_session_says_which_day_it_lives_in(launch, ready):
    assert catalog.LAUNCH_DAY in repr(launch.session)
    assert launch.session.offline.day == catalog.LAUNCH_DAY
    assert ready.session.offline.day == catalog.AS_OF
    assert catalog.LAUNCH_DAY in repr(launch.session.offline)


@pytest.mark.parametrize("operation", set(OPERATIONS) - set(LAUNCH_OPERATIONS))
def test_an_operation_that_came_later_is_unknown(operation, launch):
    _, parameters = GOOD_CALLS[operation]()
    error = launch.refused(operation, **parameters).response["Error"]
    assert error["Code"] == "UnknownOperationException"
    assert operation in error["Message"] and "2023-09-28" in error["Message"]


# The catalogue


def test_the_launch_models_are_listed_and_no_other(launch):
    listed = launch.call("ListFoundationModels")["modelSummaries"]
    ids = {model["modelId"] for model in listed}
    assert ids == {m.model_id for m in catalog.all_models() if m.launch_day}
    assert {model["modelLifecycle"]["status"] for model in listed} == {"ACTIVE"}
    assert all(model["inferenceTypesSupported"] == ["ON_DEMAND"] for model in listed)


def test_only_the_launch_regions_have_models():
    session = bh.connect("offline", as_of=catalog.LAUNCH_DAY, region_name="eu-west-1")
    desk = Desk(session)
    assert desk.call("ListFoundationModels")["modelSummaries"] == []
    error = desk.refused("InvokeModel", modelId=CLAUDE_V2, body="{}")
    assert error.response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_model_may_be_looked_up(launch):
    details = launch.call("GetFoundationModel", modelIdentifier=CLAUDE_V2)
    assert details["modelDetails"]["providerName"] == "Anthropic"


# Access


def test_a_new_account_may_call_nothing_until_the_page_is_clicked():
    desk = open_desk("ungranted")
    body = json.dumps({"prompt": QUESTION, "max_tokens_to_sample": 1})
    error = desk.refused("InvokeModel", modelId=CLAUDE_V2, body=body)
    assert error.response["Error"]["Code"] == "AccessDeniedException"
    desk.session.offline.grant_access("anthropic.claude-instant-v1")
    assert desk.refused("InvokeModel", modelId=CLAUDE_V2, body=body)
    desk.session.offline.grant_access(CLAUDE_V2)
    assert ask(desk)["completion"]


def test_without_ids_every_model_is_granted():
    desk = open_desk("ungranted")
    desk.session.offline.grant_access()
    assert ask(desk)["completion"]


def test_only_what_was_offered_can_be_granted():
    desk = open_desk("ungranted")
    with pytest.raises(ValueError, match="anthropic.claude-v2"):
        desk.session.offline.grant_access("amazon.nova-micro-v1:0")


def test_today_there_is_no_page_to_click(ready):
    with pytest.raises(ValueError, match="put_use_case_for_model_access"):
        ready.session.offline.grant_access()


def test_the_same_call_fails_today_because_the_model_has_ended(ready):
    body = json.dumps({"prompt": QUESTION, "max_tokens_to_sample": 1})
    error = ready.refused("InvokeModel", modelId=CLAUDE_V2, body=body)
    assert error.response["Error"]["Code"] == "ResourceNotFoundException"
    assert "end of its life" in error.response["Error"]["Message"]


# Claude's answer


def test_a_completion_has_the_shape_of_that_day(launch):
    reply, headers = invoke(
        launch, {"prompt": QUESTION, "max_tokens_to_sample": 3, "temperature": 0}
    )
    assert set(reply) == {"completion", "stop_reason", "stop"}
    assert reply["completion"].startswith(" ")
    assert reply["stop_reason"] == "max_tokens" and reply["stop"] is None
    assert headers["x-amzn-bedrock-output-token-count"] == "3"
    assert int(headers["x-amzn-bedrock-input-token-count"]) > 3
    assert int(headers["x-amzn-bedrock-invocation-latency"]) >= 0


def test_a_reply_that_ends_by_itself_stops_at_the_next_human_turn(launch):
    short = "\n\nHuman: Say yes.\n\nAssistant:"
    reply = ask(launch, prompt=short, max_tokens_to_sample=60, temperature=0)
    assert (reply["stop_reason"], reply["stop"]) == ("stop_sequence", "\n\nHuman:")


def test_a_stop_sequence_is_named_and_left_out(launch):
    whole = ask(launch, max_tokens_to_sample=10, temperature=0)["completion"]
    stop = whole.split()[1]
    reply = ask(launch, max_tokens_to_sample=10, temperature=0, stop_sequences=[stop])
    assert reply["stop"] == stop
    assert reply["completion"] == whole[: whole.index(stop)]


def test_earlier_turns_of_the_prompt_reach_the_model(launch):
    longer = "\n\nHuman: I am Ana.\n\nAssistant: Hello Ana." + QUESTION
    counts = [
        invoke(launch, {"prompt": prompt, "max_tokens_to_sample": 1})[1]
        for prompt in (QUESTION, longer)
    ]
    short, long = (int(c["x-amzn-bedrock-input-token-count"]) for c in counts)
    assert long > short


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"max_tokens_to_sample": 1}, "required key [prompt] not found"),
        ({"prompt": QUESTION}, "required key [max_tokens_to_sample] not found"),
        ({}, "2 schema violations found"),
        ({**WHOLE, "temp": 1}, "extraneous key [temp] is not permitted"),
        ({**WHOLE, "temp": 1, "a": 1}, "2 schema violations found"),
        ({**WHOLE, "temperature": 1.5}, "1.5 is not less or equal to 1"),
        ({**WHOLE, "top_p": -0.5}, "-0.5 is not greater or equal to 0"),
        ({**WHOLE, "top_k": 501}, "501 is not less or equal to 500"),
        ({**WHOLE, "top_k": 1.5}, "expected type: Integer, found: BigDecimal"),
        ({**WHOLE, "prompt": 1}, "expected type: String, found: Integer"),
        ({**WHOLE, "stop_sequences": "a"}, "expected type: JSONArray, found: String"),
    ],
)
def test_a_malformed_body_is_told_what_is_wrong_in_the_words_of_2023(
    body, said, launch
):
    assert problem(launch, **body) == (
        f"Malformed input request: {said}, please reformat your input and try again."
    )


@pytest.mark.parametrize(
    "prompt",
    ["Hi", "Human: Hi\n\nAssistant:", "\n\nHuman: Hi", QUESTION + "\n\nHuman: x"],
)
def test_a_prompt_needs_its_turns(prompt, launch):
    message = problem(launch, prompt=prompt, max_tokens_to_sample=1)
    assert message.startswith("Invalid prompt:")


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[1]", b"null", b'{"a": NaN}'])
def test_a_body_that_is_no_json_object_is_refused(raw, launch):
    error = launch.refused("InvokeModel", modelId=CLAUDE_V2, body=raw)
    assert error.response["Error"]["Code"] == "ValidationException"


@pytest.mark.parametrize("operation", BOTH)
def test_a_family_it_cannot_play_yet_says_so(operation, ready):
    model = DEEPSEEK_V3
    error = ready.refused(operation, modelId=model, body="{}").response["Error"]
    assert error["Code"] == "NotAvailableOffline" and model in error["Message"]


def test_an_inference_profile_did_not_exist_yet(launch):
    prompt = "\n\nHuman: Hi\n\nAssistant:"
    body = json.dumps({"prompt": prompt, "max_tokens_to_sample": 1})
    for geography in ("us", "jp"):
        error = launch.refused(
            "InvokeModel", modelId=f"{geography}.anthropic.claude-v2", body=body
        )
        assert error.response["Error"]["Code"] == "ResourceNotFoundException"
