"""The lab of stop sequences: with replies made here, and with the offline Bedrock."""

import pytest

import bedrock_helpers as bh
from bedrock_helpers.labs.stop_lab import StopLab
from tests.labs.html_parts import HOSTILE, read_html, tags, text_of

FRUITS = "List three fruits, one a line."
COUNT = "Count from one to ten in words."


def converse_reply(text="Hi", reason="end_turn", **more):
    message = {"role": "assistant", "content": [{"text": text}]}
    usage = {"inputTokens": 3, "outputTokens": 2, "totalTokens": 5}
    return {"output": {"message": message}, "stopReason": reason, "usage": usage} | more


def answering(*replies):
    """A lab whose function gives these replies, one a run, and keeps the requests."""
    requests, waiting = [], iter(replies)

    def ask(request):
        requests.append(request)
        return next(waiting)

    return StopLab(ask, FRUITS), requests


@pytest.fixture(scope="module")
def runtime():
    return bh.connect("offline").client("bedrock-runtime")


def on_bedrock(runtime, model, prompt=FRUITS):
    """A lab on the offline Bedrock, whose replies repeat."""
    model_id = bh.catalog.id_for(model, "us-east-1")

    def ask(request):
        config = request["inferenceConfig"] | {"temperature": 0}
        return runtime.converse(
            modelId=model_id, **request | {"inferenceConfig": config}
        )

    return StopLab(ask, prompt)


@pytest.fixture
def nova(runtime):
    return on_bedrock(runtime, bh.catalog.NOVA_MICRO)


def test_before_it_is_run_there_is_no_run():
    lab, _ = answering()
    assert repr(lab) == "StopLab: no run yet"
    assert "No run yet." in lab.verdict.value and lab.runs == []
    assert lab.figure().data == "No run yet."


def test_a_reply_cut_off_by_the_limit_says_how_many_tokens_were_allowed(nova):
    nova.max_tokens.value = 5
    nova.start()
    told = text_of(nova.verdict.value)
    assert "stopReason max_tokens" in told and "the reply is cut off" in told
    assert "Tokens: 5 of the 5 allowed." in told
    assert "(offline)" in told
    assert repr(nova) == "StopLab: 1 run, the last ended with max_tokens"


def test_claude_s_reply_tells_which_stop_sequence_ended_it(runtime):
    lab = on_bedrock(runtime, bh.catalog.CLAUDE_HAIKU_4_5)
    lab.stop_sequences.value = "zzzz\ne"
    lab.run.click()
    told = text_of(lab.verdict.value)
    assert "stopReason stop_sequence" in told and "Ended by ›e‹, says the reply" in told
    assert lab.runs[0].stop_sequence == "e" and "e" not in lab.runs[0].text


def test_another_model_s_reply_does_not_tell_it(nova):
    nova.stop_sequences.value = "zzzz\ne"
    nova.start()
    assert nova.runs[0].stop_reason == "stop_sequence"
    assert "this reply does not tell" in text_of(nova.verdict.value)


def test_where_only_one_sequence_was_sent_it_was_that_one(nova):
    nova.stop_sequences.value = "e"
    nova.start()
    assert "Ended by ›e‹, the only sequence sent." in text_of(nova.verdict.value)


def test_a_model_that_takes_no_stop_sequences_refuses_them_in_the_lab(runtime):
    lab = on_bedrock(runtime, bh.catalog.GPT_OSS_20B)
    lab.stop_sequences.value = "e"
    lab.start()
    told = text_of(lab.verdict.value)
    assert "doesn't support the stopSequences field" in told
    assert "Cause: this model has no such parameter" in told and "Cure: " in told


def test_an_empty_sequence_is_refused_by_boto3_and_nothing_typed_is_lost(nova):
    nova.stop_sequences.value = "a\n\nb"
    nova.start()
    told = text_of(nova.verdict.value)
    assert "ParamValidationError" in told and "stopSequences[1]" in told
    assert "Cause: boto3 refused the call before sending it" in told
    assert nova.stop_sequences.value == "a\n\nb" and nova.prompt.value == FRUITS
    assert nova.runs == [] and not nova.run.disabled
    assert repr(nova).startswith("StopLab: stopped by ParamValidationError: ")
    assert "\n" not in repr(nova)


def test_too_many_sequences_are_refused_by_bedrock(nova):
    nova.stop_sequences.value = "\n".join(f"s{n}" for n in range(2501))
    nova.start()
    assert "length less than or equal to 2500" in text_of(nova.verdict.value)
    assert any("2,500" in text_of(w.value) for w in nova.children if hint(w))


def hint(widget):
    return "Stop sequences:" in str(getattr(widget, "value", ""))


def test_after_an_error_the_next_run_counts_as_if_nothing_had_been(nova):
    nova.stop_sequences.value = "\n"
    nova.start()
    assert nova.error
    nova.stop_sequences.value = ""
    nova.start()
    assert nova.error == "" and repr(nova).startswith("StopLab: 1 run, ")


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("", None),
        ("three", ["three"]),
        ("one\ntwo\n", ["one", "two"]),
        (r"\n", ["\n"]),
        (r"\n\nHuman:", ["\n\nHuman:"]),
        (r"\\n", [r"\n"]),
        (r"\t\d", ["\t\\d"]),
        (" ", [" "]),
        ("\n", [""]),
    ],
)
def test_sequences_are_typed_one_a_line_with_signs_for_breaks(typed, sent):
    lab, requests = answering(converse_reply())
    lab.stop_sequences.value = typed
    lab.start()
    assert requests[0]["inferenceConfig"].get("stopSequences") == sent


def test_the_call_that_is_shown_is_the_call_that_is_sent():
    lab, requests = answering(converse_reply())
    lab.prompt.value = """Say "<b>" and 'c'."""
    lab.stop_sequences.value = r"\n"
    lab.max_tokens.value = 7
    code = text_of(lab.call.value).split("copy", 1)[1]
    sent = eval(code, {"bedrock": Echo, "MODEL": "the-model"})
    lab.start()
    assert sent == {"modelId": "the-model"} | requests[0]


class Echo:
    """Stands where a notebook has its client, to read a call's arguments."""

    converse = dict


def test_the_end_of_the_text_is_marked():
    lab, _ = answering(converse_reply("one\ntwo\n"))
    lab.start()
    assert text_of(lab.reply.value) == "one\ntwo\n▮"


def test_only_text_is_shown_of_a_reply_with_other_blocks():
    reasoning = {"reasoningContent": {"reasoningText": {"text": "hm"}}}
    reply = converse_reply()
    reply["output"]["message"]["content"] = [reasoning, {"text": "a"}, {"text": "b"}]
    lab, _ = answering(reply)
    lab.start()
    assert lab.runs[0].text == "ab"


def test_the_runs_so_far_are_a_table_with_names_for_its_columns():
    lab, _ = answering(converse_reply("a"), converse_reply("b", "max_tokens"))
    lab.start()
    lab.stop_sequences.value = r"\n"
    lab.start()
    elements, text = read_html(lab.table.value)
    heads = [found for tag, found in elements if tag == "th"]
    assert [found["scope"] for found in heads].count("col") == 6
    assert [found["scope"] for found in heads].count("row") == 2
    assert [tag for tag, _ in elements].count("tr") == 1 + 2
    assert "The runs so far" in text and "›⏎‹" in text and "b▮" in text
    assert repr(lab) == "StopLab: 2 runs, the last ended with max_tokens"


def test_of_many_runs_the_table_keeps_the_latest():
    lab, _ = answering(*(converse_reply(f"reply{n}") for n in range(20)))
    for _ in range(20):
        lab.start()
    assert len(lab.runs) == 20
    text = text_of(lab.table.value)
    assert "The latest runs" in text and "reply19" in text and "reply7" not in text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_a_model_said_is_never_html(text):
    fields = {"stop_sequence": text}
    reply = converse_reply(text, "stop_sequence", additionalModelResponseFields=fields)
    lab, _ = answering(reply)
    lab.stop_sequences.value = lab.prompt.value = text
    lab.start()
    assert lab.error == ""
    assert tags(lab.reply.value) == {"div"}
    assert tags(lab.verdict.value) == {"div", "b", "br"}
    parts = {"div", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert tags(lab.table.value) == parts
    assert tags(lab.call.value) == {"div", "b", "button", "pre"}


@pytest.mark.parametrize("text", [*HOSTILE, "www.a.b", "[a](b)", "a\\|b", "\n# h"])
def test_the_static_table_keeps_its_columns_and_its_text_whatever_was_said(text):
    lab, _ = answering(converse_reply(text))
    lab.stop_sequences.value = text
    lab.start()
    lines = lab.figure().data.split("\n")
    assert len(lines) == 3
    assert all(line.count("|") == 7 for line in lines)
    assert not any(sign in lines[2] for sign in "<>`*_[]$\\~")
    assert "www." not in lines[2]


def test_the_static_table_reads_as_what_happened():
    lab, _ = answering(converse_reply("one *two*\n", "max_tokens"))
    lab.start()
    row = text_of(lab.figure().data.split("\n")[2])
    assert row == "| 1 | none | 60 | max_tokens | 2 | one *two*⏎▮ |"
    assert lab.figure().data == lab.figure().data


@pytest.mark.parametrize(
    ("reply", "kind"), [(None, "NoneType"), ("Hi", "str"), (5, "int"), ({}, "dict")]
)
def test_a_function_that_returns_no_reply_of_converse_is_told_what_to_type(reply, kind):
    lab, _ = answering(reply)
    lab.start()
    told = text_of(lab.verdict.value)
    assert f"ask returned a {kind}, not converse's reply" in told
    assert "return bedrock.converse(modelId=MODEL, **request)" in told


def test_a_fault_of_the_service_is_told_with_its_cause():
    session = bh.connect("offline")
    lab = on_bedrock(session.client("bedrock-runtime"), bh.catalog.NOVA_MICRO, COUNT)
    session.offline.fail_next("ThrottlingException", times=9)
    lab.start()
    told = text_of(lab.verdict.value)
    assert "ThrottlingException" in told and "Cause: " in told and "Cure: " in told
    assert lab.prompt.value == COUNT and not lab.run.disabled


def test_pointing_at_the_slider_s_name_tells_what_it_is():
    assert answering()[0].max_tokens.tooltip == "the token limit"
