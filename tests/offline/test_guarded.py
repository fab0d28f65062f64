"""A guardrail on Converse and ConverseStream: before the model, and after it."""

import pytest
from botocore.validate import ParamValidator

from bedrock_helpers import answered_by
from bedrock_helpers.offline.router import service_model
from tests.offline.desk import (
    GPT_OSS,
    HAIKU,
    MICRO,
    assistant,
    headers,
    open_desk,
    streamed_text,
    text_of,
    tokens,
    tool,
    user,
    with_tools,
)
from tests.offline.provocations import guardrail

DESK = open_desk()
GREEDY = tokens(12, temperature=0)
QUESTION = "Name a colour."
PLAIN = text_of(DESK.converse(QUESTION, inferenceConfig=GREEDY))
SAID = max(PLAIN.replace(".", "").split(), key=len)  # a word of the reply
MASK = {"action": "ANONYMIZE", "inputAction": "ANONYMIZE"}
BOTH = pytest.mark.parametrize("operation", ["Converse", "ConverseStream"])
MODES = pytest.mark.parametrize("mode", ["sync", "async"])


def guard(name, word=None, regex=None, pii=(), **more):
    """The configuration that applies a new guardrail with these rules."""
    asked = guardrail(name=name, **more)
    if word is None:
        del asked["wordPolicyConfig"]
    else:
        asked["wordPolicyConfig"] = {"wordsConfig": [{"text": word}]}
    rules = {"regexesConfig": [regex] if regex else [], "piiEntitiesConfig": list(pii)}
    kept = {kind: some for kind, some in rules.items() if some}
    if kept:
        asked["sensitiveInformationPolicyConfig"] = kept
    identifier = DESK.call("CreateGuardrail", **asked)["guardrailId"]
    return {"guardrailIdentifier": identifier, "guardrailVersion": "DRAFT"}


def one_way(name, word, **side):
    """A guardrail that looks for a word in one direction only."""
    asked = guardrail(name=name)
    asked["wordPolicyConfig"] = {"wordsConfig": [{"text": word, **side}]}
    identifier = DESK.call("CreateGuardrail", **asked)["guardrailId"]
    return {"guardrailIdentifier": identifier, "guardrailVersion": "DRAFT"}


ATHENA = guard("athena", word="Athena")
EMAILS = guard("emails", pii=[{"type": "EMAIL", **MASK}])
ATHENA_ASKED = one_way("athena-asked", "Athena", outputEnabled=False)
BLOCKS_REPLY = one_way("blocks-reply", SAID, inputEnabled=False)
MASKS_REPLY = guard("masks-reply", regex={"name": "Said", "pattern": SAID, **MASK})


def traced(config, how="enabled", **more):
    return {"guardrailConfig": {**config, "trace": how, **more}}


def asked(operation, text=QUESTION, config=ATHENA, how="enabled", **more):
    """The text, the stop reason and the rest of a guarded reply, streamed or not."""
    settings = {"inferenceConfig": GREEDY, **more, **traced(config, how)}
    if operation == "Converse":
        reply = DESK.converse(text, **settings)
        return text_of(reply), reply["stopReason"], reply
    events = DESK.events(text, **settings)
    (stop,) = [e["messageStop"] for e in events if "messageStop" in e]
    (rest,) = [e["metadata"] for e in events if "metadata" in e]
    return streamed_text(events), stop["stopReason"], rest


def assessments(reply):
    """The assessment of the input, and those of the output."""
    trace = reply["trace"]["guardrail"]
    ((one,), many) = trace["inputAssessment"].values(), trace.get("outputAssessments")
    return one, next(iter(many.values())) if many else None


# The input


@BOTH
def test_a_blocked_input_never_reaches_the_model(operation):
    said, stop, reply = asked(operation, "What of Athena?")
    assert (said, stop) == ("No.", "guardrail_intervened")
    nothing = {"inputTokens": 0, "outputTokens": 0, "totalTokens": 0}
    assert reply["usage"] == nothing
    found, output = assessments(reply)
    assert found["wordPolicy"]["customWords"] == [
        {"match": "Athena", "action": "BLOCKED", "detected": True}
    ]
    assert output is None
    assert reply["trace"]["guardrail"]["actionReason"] == "Guardrail blocked."


def test_who_answered_is_the_guardrail():
    reply = DESK.converse("Athena", **traced(ATHENA))
    assert answered_by(reply) == "a guardrail, in place of the model (no model ran)"


@BOTH
def test_a_reply_that_is_let_through_is_the_models_own(operation):
    said, stop, reply = asked(operation)
    assert (said, stop) == (PLAIN, "max_tokens")
    found, (output,) = assessments(reply)
    assert "wordPolicy" not in found and "wordPolicy" not in output
    guarded = output["invocationMetrics"]["guardrailCoverage"]["textCharacters"]
    assert guarded == {"guarded": len(PLAIN), "total": len(PLAIN)}
    assert reply["trace"]["guardrail"]["actionReason"] == "No action."


@BOTH
def test_without_a_trace_asked_for_there_is_none(operation):
    for how in ("disabled", None):
        config = {**ATHENA, **({"trace": how} if how else {})}
        settings = {"guardrailConfig": config, "inferenceConfig": GREEDY}
        if operation == "Converse":
            assert "trace" not in DESK.converse(QUESTION, **settings)
        else:
            last = DESK.events(QUESTION, **settings)[-1]["metadata"]
            assert "trace" not in last


def test_the_model_sees_a_masked_input():
    masked = text_of(DESK.converse("Say {EMAIL}", inferenceConfig=GREEDY))
    said, stop, reply = asked("Converse", "Say ana@example.com", EMAILS)
    assert said == masked and stop != "guardrail_intervened"
    (entity,) = assessments(reply)[0]["sensitiveInformationPolicy"]["piiEntities"]
    assert (entity["match"], entity["action"]) == ("ana@example.com", "ANONYMIZED")
    assert reply["trace"]["guardrail"]["actionReason"] == "Guardrail masked."


def test_every_message_is_looked_at_but_no_plain_system_prompt():
    turns = [user("Athena?"), assistant("A goddess."), user("Thanks.")]
    assert asked("Converse", messages=turns)[1] == "guardrail_intervened"
    told = {"system": [{"text": "You are Athena."}], "config": ATHENA_ASKED}
    assert asked("Converse", **told)[1] != "guardrail_intervened"


def guarded(text, *qualifiers):
    what_for = {"qualifiers": qualifiers} if qualifiers else {}
    return {"guardContent": {"text": {"text": text, **what_for}}}


def test_where_something_is_marked_only_that_is_looked_at():
    free = [user("Athena?", guarded("Name a colour."))]
    _, stop, reply = asked("Converse", messages=free, config=ATHENA_ASKED)
    assert stop != "guardrail_intervened"
    found = assessments(reply)[0]["invocationMetrics"]["guardrailCoverage"]
    assert found == {"textCharacters": {"guarded": 14, "total": 21}}
    caught = [user("Hello", guarded("Athena?"))]
    assert asked("Converse", messages=caught)[1] == "guardrail_intervened"


def test_a_marked_system_prompt_is_looked_at():
    assert asked("Converse", system=[guarded("Athena")])[1] == "guardrail_intervened"
    both = {"system": [guarded("Be brief.")], "messages": [user("Athena")]}
    assert asked("Converse", **both)[1] == "guardrail_intervened"


def test_marks_for_grounding_alone_leave_the_rest_looked_at():
    turn = user(guarded("Sky is blue.", "grounding_source"), "Athena?")
    assert asked("Converse", messages=[turn])[1] == "guardrail_intervened"


def test_marked_text_is_text_to_the_model():
    marked = [user(guarded(QUESTION))]
    for more in ({}, traced(ATHENA)):
        reply = DESK.converse(messages=marked, inferenceConfig=GREEDY, **more)
        assert text_of(reply) == PLAIN


def test_an_empty_mark_is_no_text():
    asked_with = [user(QUESTION, guarded(" "))]
    reply = DESK.converse(messages=asked_with, inferenceConfig=GREEDY, **traced(ATHENA))
    assert text_of(reply) == PLAIN


def test_marked_text_counts_as_tokens():
    def counted(*content):
        asked_for = {"converse": {"messages": [user(*content)]}}
        model = HAIKU.removeprefix("us.")
        return DESK.call("CountTokens", modelId=model, input=asked_for)["inputTokens"]

    assert counted(guarded(QUESTION)) == counted(QUESTION)


# The output


@BOTH
def test_a_blocked_reply_is_replaced_and_its_tokens_are_counted(operation):
    said, stop, reply = asked(operation, config=BLOCKS_REPLY)
    assert (said, stop) == ("Not this.", "guardrail_intervened")
    assert reply["usage"]["outputTokens"] == 12
    (output,) = assessments(reply)[1]
    assert output["wordPolicy"]["customWords"][0]["match"].lower() == SAID.lower()
    assert reply["trace"]["guardrail"]["modelOutput"] == [PLAIN]


@BOTH
def test_a_masked_reply_keeps_its_other_words(operation):
    said, stop, reply = asked(operation, config=MASKS_REPLY)
    assert (said, stop) == (PLAIN.replace(SAID, "{Said}"), "guardrail_intervened")
    assert reply["trace"]["guardrail"]["actionReason"] == "Guardrail masked."


def test_a_masked_reply_is_streamed_in_pieces():
    events = DESK.events(QUESTION, inferenceConfig=GREEDY, **traced(MASKS_REPLY))
    assert sum("contentBlockDelta" in event for event in events) > 1


def test_a_reply_that_was_seen_before_is_looked_at_anew():
    texts = [asked("Converse", config=c)[0] for c in (BLOCKS_REPLY, ATHENA)]
    assert texts == ["Not this.", PLAIN]


def test_in_asynchronous_mode_pieces_go_out_until_something_is_blocked():
    config = {**BLOCKS_REPLY, "streamProcessingMode": "async"}
    said, stop, rest = asked("ConverseStream", config=config)
    assert stop == "guardrail_intervened"
    assert said.endswith("Not this.") and SAID in said
    before = said.removesuffix("Not this.")
    assert PLAIN.startswith(before) and len(before) < len(PLAIN)
    assert rest["usage"]["outputTokens"] == 12


def test_in_asynchronous_mode_nothing_is_masked():
    config = {**MASKS_REPLY, "streamProcessingMode": "async"}
    said, stop, rest = asked("ConverseStream", config=config)
    assert (said, stop) == (PLAIN, "max_tokens")
    (found,) = assessments(rest)[1][0]["sensitiveInformationPolicy"]["regexes"]
    assert (found["detected"], found["action"]) == (True, "NONE")


@MODES
def test_a_guarded_stream_can_be_closed_early(mode):
    config = {**ATHENA, "streamProcessingMode": mode}
    stream = DESK.call(
        "ConverseStream",
        modelId=MICRO,
        messages=[user("Write a long story.")],
        guardrailConfig=config,
    )["stream"]
    assert next(iter(stream)) == {"messageStart": {"role": "assistant"}}
    stream.close()


def test_a_thought_is_not_looked_at_and_a_tool_call_goes_through():
    thought = guard("thoughts", word="user", pii=[])
    settings = {"model": GPT_OSS, "inferenceConfig": tokens(6)}
    reply = DESK.converse("Hi", **settings, **traced(thought))
    assert "reasoningContent" in reply["output"]["message"]["content"][0]
    assert reply["stopReason"] != "guardrail_intervened"
    forced = with_tools(tool(), any={})
    called = DESK.converse(inferenceConfig=tokens(40), **forced, **traced(EMAILS))
    assert "toolUse" in called["output"]["message"]["content"][0]


# Shapes and headers


@pytest.mark.parametrize(
    ("text", "config"),
    [
        ("Athena", ATHENA),
        (QUESTION, ATHENA),
        (QUESTION, BLOCKS_REPLY),
        (QUESTION, MASKS_REPLY),
        ("Say ana@example.com", EMAILS),
    ],
)
def test_a_guarded_reply_is_of_the_output_shape(text, config):
    reply = asked("Converse", text, config, "enabled_full")[2]
    shape = service_model("bedrock-runtime").operation_model("Converse").output_shape
    reply = {k: v for k, v in reply.items() if k != "ResponseMetadata"}
    assert ParamValidator().validate(reply, shape).generate_report() == ""


def test_the_whole_trace_lists_what_was_looked_for_in_vain():
    for how, listed in (("enabled_full", True), ("enabled", False)):
        found = assessments(asked("Converse", config=EMAILS, how=how)[2])[0]
        assert ("sensitiveInformationPolicy" in found) == listed


def test_what_is_not_evaluated_is_said_in_a_header():
    names = guard("names", pii=[{"type": "NAME", "action": "BLOCK"}])
    reply = DESK.converse(inferenceConfig=tokens(1), **traced(names))
    assert headers(reply)["x-bedrock-offline-not-evaluated"] == "PII NAME"
    assert "PII NAME" in DESK.session.offline.not_evaluated


# What is refused


@BOTH
def test_an_unknown_guardrail_is_refused_before_anything_is_made(operation):
    for more in ({"guardrailVersion": "7"}, {"guardrailIdentifier": "abcdefghijkl"}):
        config = {"guardrailConfig": {**ATHENA, **more}}
        asked_for = {"modelId": MICRO, "messages": [user("Hi")], **config}
        error = DESK.refused(operation, **asked_for).response["Error"]
        assert error["Code"] == "ValidationException"
        assert error["Message"].endswith("in the request does not exist.")


@BOTH
@pytest.mark.parametrize("half", ["guardrailIdentifier", "guardrailVersion"])
def test_half_a_guardrail_is_refused(operation, half):
    config = {"guardrailConfig": {half: ATHENA[half]}}
    asked_for = {"modelId": MICRO, "messages": [user("Hi")], **config}
    error = DESK.refused(operation, **asked_for).response["Error"]
    assert error["Message"].endswith("but input is in incorrect format.")


def test_an_empty_configuration_is_none():
    reply = DESK.converse(QUESTION, inferenceConfig=GREEDY, guardrailConfig={})
    assert text_of(reply) == PLAIN
