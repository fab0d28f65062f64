"""One way to provoke each refusal the offline Bedrock raises by itself."""

import json
from dataclasses import dataclass, field
from functools import cache

from tests.offline.desk import (
    CLAUDE_V2,
    FORM,
    GPT_OSS,
    HAIKU,
    LITE,
    MICRO,
    assistant,
    open_desk,
    tokens,
    tool,
    user,
)

OPUS_5 = "us.anthropic.claude-opus-5"  # takes no sampling parameter
OPUS_5_5 = "us.anthropic.claude-opus-5-5"  # takes no forced tool choice
DEEPSEEK_R1 = "us.deepseek.r1-v1:0"  # takes no tools
MISTRAL_7B = "mistral.mistral-7b-instruct-v0:2"  # a window of 32,000 tokens
JAMBA = "ai21.jamba-1-5-mini-v1:0"  # Legacy
BARE_HAIKU = HAIKU.removeprefix("us.")
ASK = {"modelId": MICRO, "messages": [user("Hi")]}
TITAN_EMBEDDINGS = "amazon.titan-embed-text-v2:0"
CACHE_POINT = {"cachePoint": {"type": "default"}}
TOOL_USE = {"toolUse": {"toolUseId": "t1", "name": "get_weather", "input": {}}}
TOOL_RESULT = {"toolResult": {"toolUseId": "t1", "content": [{"text": "Sun"}]}}


@dataclass
class Provocation:
    """A call that is refused, in a session of its kind, after other calls."""

    operation: str
    parameters: dict
    session: str = "ready"
    values: dict = field(default_factory=dict)
    checked: bool = True  # by boto3, before it is sent
    prepare: object = lambda session: None  # done to the session first

    def provoke(self):
        """The ClientError, and the client that raised it."""
        desk = open_desk(self.session, parameter_validation=self.checked)
        self.prepare(desk.session)
        error = desk.refused(self.operation, **self.parameters)
        return error, desk.client_of(self.operation)


def asking(model=MICRO, *messages, **more):
    """Converse parameters."""
    return {"modelId": model, "messages": list(messages) or [user("Hi")], **more}


def converse(model=MICRO, *messages, values=None, session="ready", **more):
    """A Converse call that is refused."""
    parameters = asking(model, *messages, **more)
    return Provocation("Converse", parameters, session, values or {})


def invoke(body, session="launch", model=CLAUDE_V2, **values):
    """An InvokeModel call that is refused."""
    raw = body if isinstance(body, bytes) else json.dumps(body)
    return Provocation("InvokeModel", {"modelId": model, "body": raw}, session, values)


def claude(*turns, model=HAIKU, **values):
    """A call with Claude's own messages that is refused."""
    named = {k: values[k] for k in ("temperature", "anthropic_version") if k in values}
    start = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 1}
    messages = [{"role": role, "content": said} for role, said in turns]
    body = {**start, "messages": messages, **named}
    return invoke(body, session="ready", model=model, **values)


def tools(*wanted, **choice):
    """A ``toolConfig``."""
    return {"tools": list(wanted), **({"toolChoice": choice} if choice else {})}


def document(name):
    """A document block."""
    source = {"bytes": b"text"}
    return {"document": {"format": "txt", "name": name, "source": source}}


def image():
    """An image block."""
    return {"image": {"format": "png", "source": {"bytes": b"png"}}}


def offer_token(model):
    """The token of a model's offer, the same in every offline account."""
    offers = open_desk().call("ListFoundationModelAgreementOffers", modelId=model)
    return offers["offers"][0]["offerToken"]


def clock(minutes_ahead):
    """A call to a service whose clock is off by some minutes."""
    return Provocation(
        "Converse", asking(), prepare=lambda s: s.offline.set_clock(minutes_ahead)
    )


def signed_as(authorization):
    """A call whose ``Authorization`` header was changed after it was signed."""

    def change(request, **_):
        request.headers.replace_header("Authorization", authorization)

    def prepare(session):
        session.events.register_last("request-created", change)

    return Provocation(
        "Converse", asking(), values={"given": authorization}, prepare=prepare
    )


def agreement(operation, model=BARE_HAIKU, session="ready", **more):
    """A call about a Marketplace agreement that is refused."""
    return Provocation(operation, {"modelId": model, **more}, session)


def purchase(**more):
    """Provisioned throughput to buy."""
    return {
        "provisionedModelName": "mine",
        "modelId": f"{MICRO}:128k",
        "modelUnits": 1,
        **more,
    }


def buy(session, parameters):
    """Buy provisioned throughput in a session."""
    session.client("bedrock").create_provisioned_model_throughput(**parameters)


def profile(**more):
    """An application inference profile to make."""
    source = {"copyFrom": f"arn:aws:bedrock:us-east-1::foundation-model/{MICRO}"}
    return {"inferenceProfileName": "mine", "modelSource": source, **more}


def make_a_thousand_profiles(session):
    """Make as many application profiles as an account may have."""
    client = session.client("bedrock")
    for _ in range(1000):
        client.create_inference_profile(**profile())


def guardrail(**more):
    """A guardrail to make: it blocks one word."""
    return {
        "name": "words",
        "wordPolicyConfig": {"wordsConfig": [{"text": "Athena"}]},
        "blockedInputMessaging": "No.",
        "blockedOutputsMessaging": "Not this.",
        **more,
    }


def prompt_attack(output_strength):
    """A filter for prompt attacks."""
    strengths = {"inputStrength": "HIGH", "outputStrength": output_strength}
    return {"type": "PROMPT_ATTACK", **strengths}


LOOKS_AHEAD = {"name": "ahead", "pattern": "a(?=b)", "action": "BLOCK"}


def make_guardrails(session, *names, versions=0):
    """Make guardrails, and versions of the last; its id."""
    client = session.client("bedrock")
    for name in names:
        made = client.create_guardrail(**guardrail(name=name))["guardrailId"]
    for _ in range(versions):
        client.create_guardrail_version(guardrailIdentifier=made)
    return made


def apply(identifier, text="Hi", **more):
    """What ApplyGuardrail is asked."""
    asked = {"guardrailIdentifier": identifier, "guardrailVersion": "DRAFT"}
    content = [{"text": {"text": text}}]
    return {**asked, "source": "INPUT", "content": content, **more}


def json_output(schema):
    """An ``outputConfig`` that asks for JSON of a schema, given as text."""
    structure = {"jsonSchema": {"name": "wanted", "schema": schema}}
    return {"textFormat": {"type": "json_schema", "structure": structure}}


LOGGER = "arn:aws:iam::111122223333:role/logger"


def logging_to(bucket="", group="", role=LOGGER, **more):
    """A place for invocation logs: a bucket, a log group, or both."""
    config = {"s3Config": {"bucketName": bucket}} if bucket else {}
    if group:
        config["cloudWatchConfig"] = {"logGroupName": group, "roleArn": role}
    return {"loggingConfig": {**config, **more}}


TWO_TURNS = (user("Hi"), assistant("Hello"))
TALK_OF_TOOLS = (user("Weather?"), assistant(TOOL_USE))

PROVOCATIONS = {
    "unknown_model": lambda: converse("no.such-model"),
    "unknown_model_2023": lambda: invoke({}, model="amazon.nova-micro-v1:0"),
    "end_of_life": lambda: converse(CLAUDE_V2),
    "legacy_refused": lambda: converse(JAMBA, session="new"),
    "on_demand_unsupported": lambda: converse(
        BARE_HAIKU, values={"model_id": BARE_HAIKU}
    ),
    "not_a_chat_model": lambda: converse("amazon.titan-embed-text-v2:0"),
    "use_case_form_missing": lambda: converse(HAIKU, session="new"),
    "no_access": lambda: invoke({}, session="ungranted"),
    "temperature_and_top_p": lambda: converse(
        HAIKU, inferenceConfig={"temperature": 0.5, "topP": 0.5}
    ),
    "blank_stop_sequence": lambda: converse(
        HAIKU, inferenceConfig={"stopSequences": ["END", "\n"]}
    ),
    "sampling_dropped": lambda: converse(
        OPUS_5, inferenceConfig={"topP": 0.5}, values={"parameter": "top_p"}
    ),
    "unsupported_field": lambda: converse(
        GPT_OSS,
        inferenceConfig={"stopSequences": ["."]},
        values={"field": "stopSequences"},
    ),
    "max_tokens_over_limit": lambda: converse(
        MICRO, inferenceConfig=tokens(10_001), values={"limit": 10_000}
    ),
    "extra_field_claude": lambda: converse(
        HAIKU,
        additionalModelRequestFields={"nonsense": 1},
        values={"field": "nonsense"},
    ),
    "extra_field": lambda: converse(
        MICRO,
        additionalModelRequestFields={"nonsense": 1},
        values={"field": "nonsense"},
    ),
    "constraint": lambda: converse(
        inferenceConfig={"temperature": 1.5},
        values={
            "count": 1,
            "noun": "error",
            "broken": "Value '1.5' at 'inferenceConfig.temperature' failed to satisfy "
            "constraint: Member must have value less than or equal to 1",
        },
    ),
    "serialization_type": lambda: Provocation(
        "Converse", asking(inferenceConfig={"maxTokens": "5"}), checked=False
    ),
    "union_member": lambda: Provocation(
        "Converse", asking(MICRO, user({"text": "a", "image": {}})), checked=False
    ),
    "extra_field_value": lambda: converse(
        MICRO,
        additionalModelRequestFields={"inferenceConfig": {"topK": 129}},
        values={"field": "topK"},
    ),
    "must_start_with_user": lambda: converse(MICRO, assistant("Hi")),
    "must_alternate": lambda: converse(MICRO, user("Hi"), user("Hi")),
    "must_end_with_user": lambda: converse(GPT_OSS, *TWO_TURNS),
    "no_prefill": lambda: converse(OPUS_5, *TWO_TURNS),
    "blank_text": lambda: converse(
        MICRO, *TWO_TURNS, user("a", " \n"), values={"path": "messages.2.content.1"}
    ),
    "empty_content": lambda: converse(MICRO, user(), values={"path": "messages.0"}),
    "unsupported_content": lambda: converse(
        MICRO, user("Look", image()), values={"kind": "image"}
    ),
    "document_without_text": lambda: converse(LITE, user(document("a"))),
    "too_many_documents": lambda: converse(
        LITE, user("Read", *(document(name) for name in "abcdef"))
    ),
    "duplicate_document_names": lambda: converse(
        LITE, user("Read", document("a"), document("a"))
    ),
    "too_many_images": lambda: converse(LITE, user("Look", *[image()] * 21)),
    "input_too_long_claude": lambda: converse(
        HAIKU, user("a " * 201_000), values={"limit": 200_000}
    ),
    "input_too_long_nova": lambda: converse(MICRO, user("a " * 129_000)),
    "input_too_long": lambda: converse(MISTRAL_7B, user("a " * 33_000)),
    "tool_config_missing": lambda: converse(MICRO, *TALK_OF_TOOLS, user(TOOL_RESULT)),
    "too_many_tool_results": lambda: converse(
        MICRO,
        user(TOOL_RESULT),
        toolConfig=tools(tool()),
        values={"path": "messages.0.content"},
    ),
    "tool_results_missing": lambda: converse(
        MICRO,
        *TALK_OF_TOOLS,
        user("Well?"),
        toolConfig=tools(tool()),
        values={"path": "messages.2.content", "ids": "t1"},
    ),
    "duplicate_tool": lambda: converse(
        toolConfig=tools(tool(), tool()), values={"name": "get_weather", "index": 1}
    ),
    "tool_choice_unsupported": lambda: converse(
        OPUS_5_5, toolConfig=tools(tool(), any={}), values={"choice": "any"}
    ),
    "tools_unsupported": lambda: converse(DEEPSEEK_R1, toolConfig=tools(tool())),
    "tool_schema_not_object": lambda: converse(
        toolConfig=tools(tool(), tool("b", {"type": "string"})), values={"index": 1}
    ),
    "tool_schema_format": lambda: converse(
        toolConfig=tools(tool(schema=["type"])), values={"index": 0}
    ),
    "tool_schema_invalid": lambda: converse(
        toolConfig=tools(tool(schema={"type": "object", "properties": 3})),
        values={"index": 0},
    ),
    "tool_choice_unknown": lambda: converse(
        toolConfig=tools(tool(), tool={"name": "other"}), values={"name": "other"}
    ),
    "output_schema_invalid": lambda: converse(HAIKU, outputConfig=json_output("{")),
    "count_tokens_unsupported": lambda: Provocation(
        "CountTokens", {"modelId": MICRO, "input": {"converse": {}}}
    ),
    "unknown_model_control": lambda: Provocation(
        "GetFoundationModel", {"modelIdentifier": "no.such-model"}
    ),
    "unknown_profile": lambda: Provocation(
        "GetInferenceProfile", {"inferenceProfileIdentifier": "us.no.such-model"}
    ),
    "bad_next_token": lambda: Provocation("ListInferenceProfiles", {"nextToken": "x"}),
    "no_agreement_offers": lambda: agreement(
        "ListFoundationModelAgreementOffers", MICRO
    ),
    "form_before_agreement": lambda: agreement(
        "CreateFoundationModelAgreement",
        session="new",
        offerToken=offer_token(BARE_HAIKU),
    ),
    "agreement_exists": lambda: agreement(
        "CreateFoundationModelAgreement", offerToken=offer_token(BARE_HAIKU)
    ),
    "bad_offer_token": lambda: agreement(
        "CreateFoundationModelAgreement", offerToken="of another model"
    ),
    "no_agreement": lambda: agreement("DeleteFoundationModelAgreement", session="new"),
    "invalid_form": lambda: Provocation(
        "PutUseCaseForModelAccess", {"formData": b'{"companyName": 1}'}
    ),
    "form_already_submitted": lambda: Provocation(
        "PutUseCaseForModelAccess", {"formData": FORM}
    ),
    "form_not_submitted": lambda: Provocation("GetUseCaseForModelAccess", {}, "new"),
    "unknown_operation": lambda: converse(
        session="launch", values={"operation": "Converse", "day": "2023-09-28"}
    ),
    "malformed_input": lambda: invoke(
        {"prompt": "Hi"}, problem="required key [max_tokens_to_sample] not found"
    ),
    "malformed_json": lambda: invoke(b"{"),
    "prompt_turns": lambda: invoke(
        {"prompt": "\n\nHuman: Hi", "max_tokens_to_sample": 1},
        problem='prompt must end with "\n\nAssistant:" turn',
    ),
    "content_type": lambda: Provocation(
        "InvokeModel",
        {"modelId": CLAUDE_V2, "body": b"{}", "contentType": "text/plain"},
        "launch",
    ),
    "messages_api_needed": lambda: Provocation(
        "InvokeModel",
        {"modelId": HAIKU, "body": b'{"prompt": "Hi", "max_tokens_to_sample": 1}'},
        values={"model": "claude-haiku-4-5-20251001"},
    ),
    "first_message_user_claude": lambda: claude(("assistant", "a")),
    "empty_message_claude": lambda: claude(("user", []), number=0),
    "blank_text_claude": lambda: claude(("user", " ")),
    "api_version_claude": lambda: claude(
        ("user", "a"), anthropic_version="2023-06-01", version="2023-06-01"
    ),
    "range_claude": lambda: claude(
        ("user", "a"), temperature=2, parameter="temperature", least=0, most=1
    ),
    "no_streaming": lambda: Provocation(
        "InvokeModelWithResponseStream",
        {"modelId": "ai21.j2-mid-v1", "body": b'{"prompt": "Hi"}'},
        "launch",
    ),
    "claude_body": lambda: claude(
        ("wizard", "Hi"),
        problem="messages.0.role: Input should be 'user' or 'assistant'",
    ),
    "too_many_input_tokens": lambda: invoke(
        {"inputText": "# " * 10_000},
        session="ready",
        model=TITAN_EMBEDDINGS,
        limit=8192,
    ),
    "too_many_cache_points": lambda: converse(
        HAIKU, system=[{"text": "a"}, CACHE_POINT] * 5, values={"count": 5}
    ),
    "cache_ttl_order": lambda: converse(
        HAIKU,
        user("Hi", {"cachePoint": {"type": "default", "ttl": "1h"}}),
        system=[{"text": "a"}, CACHE_POINT],
        values={"path": "messages.0.content.0"},
    ),
    "too_many_profiles": lambda: Provocation(
        "CreateInferenceProfile",
        profile(),
        values={"most": 1000},
        prepare=make_a_thousand_profiles,
    ),
    "too_many_tags": lambda: Provocation(
        "CreateInferenceProfile",
        profile(tags=[{"key": f"k{n}", "value": "v"} for n in range(51)]),
        values={"most": 50},
    ),
    "not_provisionable": lambda: Provocation(
        "CreateProvisionedModelThroughput",
        purchase(modelId=MICRO),
        values={"model_id": MICRO},
    ),
    "legacy_not_provisionable": lambda: Provocation(
        "CreateProvisionedModelThroughput",
        purchase(modelId=JAMBA),
        values={"model_id": JAMBA},
    ),
    "model_units_exceeded": lambda: Provocation(
        "CreateProvisionedModelThroughput", purchase(), "new", {"granted": 0}
    ),
    "provisioned_name_taken": lambda: Provocation(
        "CreateProvisionedModelThroughput",
        purchase(),
        values={"name": "mine"},
        prepare=lambda s: buy(s, purchase()),
    ),
    "commitment_not_over": lambda: Provocation(
        "DeleteProvisionedModelThroughput",
        {"provisionedModelId": "mine"},
        prepare=lambda s: buy(s, purchase(commitmentDuration="OneMonth")),
    ),
    "guardrail_unknown": lambda: Provocation("ApplyGuardrail", apply("abcdefghijkl")),
    "guardrail_identifier_invalid": lambda: converse(
        guardrailConfig={"guardrailIdentifier": "abc", "guardrailVersion": "1"}
    ),
    "guardrail_input_format": lambda: converse(
        guardrailConfig={"guardrailIdentifier": "abcdefghijkl"}
    ),
    "guardrail_without_policy": lambda: Provocation(
        "CreateGuardrail", guardrail(wordPolicyConfig={})
    ),
    "guardrail_prompt_attack_output": lambda: Provocation(
        "CreateGuardrail",
        guardrail(contentPolicyConfig={"filtersConfig": [prompt_attack("LOW")]}),
    ),
    "guardrail_name_taken": lambda: Provocation(
        "CreateGuardrail", guardrail(), prepare=lambda s: make_guardrails(s, "words")
    ),
    "guardrail_not_found": lambda: Provocation(
        "GetGuardrail",
        {"guardrailIdentifier": "abcdefghijkl"},
        values={"identifier": "abcdefghijkl"},
    ),
    "guardrail_quota": lambda: Provocation(
        "CreateGuardrail",
        guardrail(),
        values={"limit": 100},
        prepare=lambda s: make_guardrails(s, *map("words-{}".format, range(100))),
    ),
    "guardrail_version_quota": lambda: Provocation(
        "CreateGuardrailVersion",
        {"guardrailIdentifier": make_guardrails(open_desk().session, "words")},
        values={"limit": 20},
        prepare=lambda s: make_guardrails(s, "words", versions=20),
    ),
    "guardrail_invalid": lambda: Provocation(
        "CreateGuardrail",
        guardrail(sensitiveInformationPolicyConfig={"regexesConfig": [LOOKS_AHEAD]}),
        values={"problem": "the regex a(?=b) looks around, which is not supported"},
    ),
    "logging_role": lambda: Provocation(
        "PutModelInvocationLoggingConfiguration",
        logging_to(group="calls", role=LOGGER),
        values={"group": "calls", "role": LOGGER},
    ),
    "logging_bucket": lambda: Provocation(
        "PutModelInvocationLoggingConfiguration",
        logging_to(bucket="calls"),
        values={"bucket": "calls"},
    ),
    "logging_nowhere": lambda: Provocation(
        "PutModelInvocationLoggingConfiguration", logging_to()
    ),
    "clock_behind": lambda: clock(minutes_ahead=20),
    "clock_ahead": lambda: clock(minutes_ahead=-20),
    "incomplete_signature": lambda: signed_as("Basic bGVhcm5lcjpzZWNyZXQ="),
    "window_exceeded_claude": lambda: converse(
        HAIKU,
        user("# " * 150_000),
        inferenceConfig=tokens(64_000),
        values={"limit": 200_000, "max_tokens": 64_000},
    ),
}


@cache
def provoked(key):
    """The provocation of a key, the ClientError and the client that raised it."""
    provocation = PROVOCATIONS[key]()
    return provocation, *provocation.provoke()
