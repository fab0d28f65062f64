"""Every operation answers and refuses in the shapes of botocore's service model."""

import json

import pytest
from botocore.validate import ParamValidator

from bedrock_helpers.offline.operations import OPERATIONS
from bedrock_helpers.offline.router import service_model
from tests.offline.desk import (
    CLAUDE_V2,
    FORM,
    GPT_OSS,
    HAIKU,
    MICRO,
    Desk,
    open_desk,
    service_of,
    tokens,
    tool,
    user,
)
from tests.offline.provocations import (
    BARE_HAIKU,
    PROVOCATIONS,
    apply,
    guardrail,
    logging_to,
    offer_token,
    profile,
    prompt_attack,
    provoked,
    purchase,
)

ASK = {"modelId": MICRO, "messages": [user("Hi")], "inferenceConfig": tokens(3)}
# Codes AWS's gateways send for any operation, and the one that is ours.
NOT_MODELLED = {
    "SerializationException",
    "UnknownOperationException",
    "ExpiredTokenException",
    "UnrecognizedClientException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "NotAvailableOffline",
}
BOUGHT = {"provisionedModelId": "mine"}
FULL = guardrail(
    description="All policies",
    topicPolicyConfig={
        "topicsConfig": [{"name": "a", "definition": "b", "type": "DENY"}]
    },
    contentPolicyConfig={"filtersConfig": [prompt_attack("NONE")]},
    sensitiveInformationPolicyConfig={
        "piiEntitiesConfig": [{"type": "EMAIL", "action": "ANONYMIZE"}],
        "regexesConfig": [{"name": "r", "pattern": "R[0-9]", "action": "BLOCK"}],
    },
    contextualGroundingPolicyConfig={
        "filtersConfig": [{"type": "GROUNDING", "threshold": 0.5}]
    },
    kmsKeyId="0" * 36,
    crossRegionConfig={"guardrailProfileIdentifier": "us.guardrail.v1:0"},
    tags=[{"key": "team", "value": "shop"}],
)
#: The first id a session gives is always the same.
ARN = open_desk().call("CreateInferenceProfile", **profile())["inferenceProfileArn"]
ID = ARN.rpartition("/")[2]
#: Kinds of session in which something has been made before.
MADE = {
    "form": ("new", "PutUseCaseForModelAccess", {"formData": FORM}),
    "profile": ("ready", "CreateInferenceProfile", profile()),
    "guardrail": ("ready", "CreateGuardrail", FULL),
    "bought": ("ready", "CreateProvisionedModelThroughput", purchase()),
    "committed": (
        "ready",
        "CreateProvisionedModelThroughput",
        purchase(commitmentDuration="OneMonth"),
    ),
}
CLAUDE_TEXT = {"prompt": "\n\nHuman: Hi\n\nAssistant:", "max_tokens_to_sample": 3}


def agreement(**more):
    return {"modelId": BARE_HAIKU, **more}


#: operation: (kind of session, parameters)
GOOD_CALLS = {
    "ListFoundationModels": lambda: ("ready", {}),
    "GetFoundationModel": lambda: ("ready", {"modelIdentifier": MICRO}),
    "ListInferenceProfiles": lambda: ("ready", {"maxResults": 2}),
    "GetInferenceProfile": lambda: ("ready", {"inferenceProfileIdentifier": HAIKU}),
    "GetFoundationModelAvailability": lambda: ("ready", agreement()),
    "ListFoundationModelAgreementOffers": lambda: ("ready", agreement()),
    "CreateFoundationModelAgreement": lambda: (
        "form",
        agreement(offerToken=offer_token(BARE_HAIKU)),
    ),
    "DeleteFoundationModelAgreement": lambda: ("ready", agreement()),
    "PutUseCaseForModelAccess": lambda: ("new", {"formData": FORM}),
    "GetUseCaseForModelAccess": lambda: ("ready", {}),
    "CreateInferenceProfile": lambda: ("ready", profile()),
    "DeleteInferenceProfile": lambda: ("profile", {"inferenceProfileIdentifier": ID}),
    "CreateProvisionedModelThroughput": lambda: ("ready", purchase()),
    "GetProvisionedModelThroughput": lambda: ("committed", BOUGHT),
    "ListProvisionedModelThroughputs": lambda: ("bought", {"maxResults": 1}),
    "UpdateProvisionedModelThroughput": lambda: ("bought", BOUGHT),
    "DeleteProvisionedModelThroughput": lambda: ("bought", BOUGHT),
    "TagResource": lambda: (
        "profile",
        {"resourceARN": ARN, "tags": [{"key": "team", "value": "shop"}]},
    ),
    "UntagResource": lambda: ("profile", {"resourceARN": ARN, "tagKeys": ["team"]}),
    "ListTagsForResource": lambda: ("profile", {"resourceARN": ARN}),
    "CreateGuardrail": lambda: ("ready", FULL),
    "GetGuardrail": lambda: ("guardrail", {"guardrailIdentifier": ID}),
    "ListGuardrails": lambda: ("guardrail", {}),
    "UpdateGuardrail": lambda: (
        "guardrail",
        guardrail(guardrailIdentifier=ID, name="other"),
    ),
    "DeleteGuardrail": lambda: ("guardrail", {"guardrailIdentifier": ID}),
    "CreateGuardrailVersion": lambda: ("guardrail", {"guardrailIdentifier": ID}),
    "ApplyGuardrail": lambda: ("guardrail", apply(ID, "Athena, a@b.org")),
    "PutModelInvocationLoggingConfiguration": lambda: (
        "bucket",
        logging_to(bucket="calls"),
    ),
    "GetModelInvocationLoggingConfiguration": lambda: ("logged", {}),
    "DeleteModelInvocationLoggingConfiguration": lambda: ("logged", {}),
    "Converse": lambda: ("ready", ASK),
    "ConverseStream": lambda: ("ready", ASK),
    "CountTokens": lambda: (
        "ready",
        {"modelId": BARE_HAIKU, "input": {"converse": {"messages": [user("Hi")]}}},
    ),
    "InvokeModel": lambda: (
        "launch",
        {"modelId": CLAUDE_V2, "body": json.dumps(CLAUDE_TEXT)},
    ),
    "InvokeModelWithResponseStream": lambda: (
        "launch",
        {"modelId": CLAUDE_V2, "body": json.dumps(CLAUDE_TEXT)},
    ),
}
SPOKEN = {
    "text": {"inferenceConfig": tokens(4)},
    "no words at all": {"inferenceConfig": tokens(1, stopSequences=list("abcdeST "))},
    "reasoning first": {"modelId": GPT_OSS, "inferenceConfig": tokens(8)},
    "a tool call": {
        "toolConfig": {"tools": [tool()], "toolChoice": {"any": {}}},
        "inferenceConfig": tokens(40),
    },
    "half a tool call": {
        "toolConfig": {"tools": [tool()], "toolChoice": {"any": {}}},
        "inferenceConfig": tokens(2),
    },
    "echoes": {
        "modelId": HAIKU,
        "inferenceConfig": tokens(2),
        "additionalModelResponseFieldPaths": ["/stop_sequence"],
        "performanceConfig": {"latency": "standard"},
        "serviceTier": {"type": "default"},
    },
}


def model_of(operation):
    return service_model(service_of(operation)).operation_model(operation)


def with_bucket(kind):
    desk = open_desk()
    desk.client("s3").create_bucket(Bucket="calls")
    if kind == "logged":
        switch_on = "PutModelInvocationLoggingConfiguration"
        desk.call(switch_on, **logging_to(bucket="calls"))
    return desk


def session_for(kind):
    if kind in ("bucket", "logged"):
        return with_bucket(kind)
    if kind not in MADE:
        return open_desk(kind)
    account, operation, parameters = MADE[kind]
    desk = open_desk(account)
    desk.call(operation, **parameters)
    return desk


def broken_rules(shape, values):
    """What ParamValidator finds wrong, or an empty text."""
    return ParamValidator().validate(values, shape).generate_report()


def without_metadata(reply):
    return {k: v for k, v in reply.items() if k != "ResponseMetadata"}


def test_every_operation_has_a_contract_case():
    assert set(GOOD_CALLS) == set(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_reply_is_of_the_output_shape(operation):
    kind, parameters = GOOD_CALLS[operation]()
    reply = session_for(kind).call(operation, **parameters)
    metadata = reply["ResponseMetadata"]
    model = model_of(operation)
    assert metadata["HTTPStatusCode"] == model.http.get("responseCode", 200)
    assert metadata["RequestId"]
    values = without_metadata(reply)
    if operation == "InvokeModel":
        values["body"] = values["body"].read()
        assert json.loads(values["body"]).keys() >= {"completion", "stop_reason"}
    if operation == "ConverseStream":
        values["stream"] = {}
    if operation == "InvokeModelWithResponseStream":
        values["body"] = check_chunks(values["body"])
    assert broken_rules(model.output_shape, values) == ""


def check_chunks(stream):
    """Every event is a chunk whose payload is JSON in ``bytes``."""
    shape = model_of("InvokeModelWithResponseStream").output_shape.members["body"]
    events = list(stream)
    for event in events:
        assert event.keys() == {"chunk"} and event["chunk"].keys() == {"bytes"}
        assert broken_rules(shape.members["chunk"], event["chunk"]) == ""
        assert json.loads(event["chunk"]["bytes"]).keys() >= {"completion"}
    assert len(events) > 1
    return {}


@pytest.mark.parametrize("case", SPOKEN)
def test_a_converse_reply_is_of_the_output_shape(case, ready):
    reply = ready.call("Converse", **{**ASK, **SPOKEN[case]})
    shape = model_of("Converse").output_shape
    assert broken_rules(shape, without_metadata(reply)) == ""


@pytest.mark.parametrize("case", SPOKEN)
def test_streamed_events_are_of_their_shapes_and_in_order(case, ready):
    events = list(ready.call("ConverseStream", **{**ASK, **SPOKEN[case]})["stream"])
    stream = model_of("ConverseStream").output_shape.members["stream"]
    for event in events:
        ((name, content),) = event.items()
        assert broken_rules(stream.members[name], content) == ""
    check_order(events)


def check_order(events):
    """messageStart, then blocks one after the other, messageStop, metadata."""
    names = [next(iter(event)) for event in events]
    assert [names[0], *names[-2:]] == ["messageStart", "messageStop", "metadata"]
    index, is_open = 0, False
    for event in events[1:-2]:
        ((name, content),) = event.items()
        assert content["contentBlockIndex"] == index
        if name == "contentBlockStart":
            assert not is_open
            is_open = True
        elif name == "contentBlockDelta":
            is_open = True
        else:
            assert name == "contentBlockStop" and is_open
            index, is_open = index + 1, False
    assert not is_open


@pytest.mark.parametrize("key", PROVOCATIONS)
def test_a_refusal_has_a_code_its_operation_is_modelled_to_have(key):
    provocation, error, client = provoked(key)
    code = error.response["Error"]["Code"]
    modelled = {s.name for s in model_of(provocation.operation).error_shapes}
    assert code in modelled | NOT_MODELLED
    if code in modelled:
        assert isinstance(error, getattr(client.exceptions, code))


def test_an_operation_it_does_not_have_says_so_and_lists_those_it_has(ready):
    error = ready.refused("ListPromptRouters")
    assert error.response["Error"]["Code"] == "NotAvailableOffline"
    message = error.response["Error"]["Message"]
    assert "ListPromptRouters" in message
    assert all(name in message for name in OPERATIONS)


def test_another_service_is_not_answered_and_nothing_is_sent(ready):
    class_name = "ServiceNotOffline"
    with pytest.raises(Exception, match="Nothing was sent") as caught:
        ready.session.client("bedrock-agent").list_agents()
    assert type(caught.value).__name__ == class_name


def test_a_body_may_be_bytes_text_or_a_file(launch, tmp_path):
    text = json.dumps(CLAUDE_TEXT)
    path = tmp_path / "body.json"
    path.write_text(text)
    with path.open("rb") as file:
        for body in (text, text.encode(), bytearray(text.encode()), file):
            reply = launch.call("InvokeModel", modelId=CLAUDE_V2, body=body)
            assert "completion" in json.loads(reply["body"].read())


def test_a_desk_is_on_a_real_boto3_session(ready):
    assert type(ready) is Desk
    assert type(ready.client("bedrock")).__module__ == "botocore.client"
