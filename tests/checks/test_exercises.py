"""Each exercise: starters are no failure, right answers pass, wrong ones lead on."""

import json

import hypothesis.strategies as st
import pytest
from botocore.config import Config
from hypothesis import given

import bedrock_helpers as bh
from bedrock_helpers.checks import exercises, gallery, setup
from tests.checks import (
    answers_to_03,
    answers_to_04,
    answers_to_05,
    answers_to_06,
    answers_to_07,
)

HAIKU = bh.catalog.CLAUDE_HAIKU_4_5
FORM = {
    "companyName": "Example",
    "companyWebsite": "https://example.org",
    "intendedUsers": "0",
    "industryOption": "Education",
    "otherIndustryOption": "",
    "useCases": "Learning",
}
PROOF = {
    "modelId": f"us.{HAIKU}",
    "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
    "inferenceConfig": {"maxTokens": 1},
}
CAUSES = {"A": "profile", "B": "ended", "C": "form", "D": "quota"}
TITAN_SETTINGS = {"maxTokenCount": 20, "temperature": 0}
TITAN_BODY = {"inputText": "Hi", "textGenerationConfig": TITAN_SETTINGS}


def read_text_blocks(reply):
    content = reply["output"]["message"]["content"]
    return "".join(block["text"] for block in content if "text" in block)


def read_first_block(reply):
    return reply["output"]["message"]["content"][0]["text"]


def read_first_text(reply):
    content = reply["output"]["message"]["content"]
    return next((block["text"] for block in content if "text" in block), "")


def is_complete(reply):
    return reply["stopReason"] in ("end_turn", "stop_sequence", "tool_use")


LETTERS = {
    "A": ("daily tokens", "tomorrow"),
    "B": ("wrong Region", "another id"),
    "C": ("Legacy", "another model"),
    "D": ("cut off", "more maxTokens"),
}
RIGHT = {
    **answers_to_03.RIGHT,
    **answers_to_04.RIGHT,
    **answers_to_05.RIGHT,
    **answers_to_06.RIGHT,
    **answers_to_07.RIGHT,
    "01-which-id": [f"eu.{HAIKU}", f"global.{HAIKU}"],
    "01-form": [FORM, json.dumps(FORM), json.dumps(FORM).encode()],
    "01-proof": [PROOF, {**PROOF, "modelId": f"global.{HAIKU}"}],
    "01-causes": [CAUSES],
    "02-native-body": [TITAN_BODY],
    "02-read-safely": [read_text_blocks],
    "02-patience": [
        Config(retries={"total_max_attempts": 5}),
        Config(retries={"max_attempts": 4}),
        Config(retries={"mode": "legacy"}),
        Config(retries={"total_max_attempts": 8, "mode": "standard"}),
    ],
    "02-room": [196, 196.0],
    "gallery-letters": [LETTERS, {k: list(pair) for k, pair in LETTERS.items()}],
    "gallery-may-use": [
        is_complete,
        lambda reply: bh.explain(reply).cause.startswith("nothing is wrong"),
    ],
}
WRONG = {
    **answers_to_03.WRONG,
    **answers_to_04.WRONG,
    **answers_to_05.WRONG,
    **answers_to_06.WRONG,
    **answers_to_07.WRONG,
    "gallery-letters": [
        ({**LETTERS, "A": ("throttled", "tomorrow")}, "A: the class is that of any"),
        ({**LETTERS, "A": ("daily tokens", "retry")}, "A: ten attempts, ten refusals"),
        ({**LETTERS, "B": ("typing error", "another id")}, "B: letter by letter"),
        ({**LETTERS, "B": ("wrong Region", "retry")}, "bh.catalog.id_for"),
        ({**LETTERS, "C": ("permissions", "more rights")}, "C: the first two words"),
        ({**LETTERS, "C": ("Legacy", "more rights")}, "C: what does the last sentence"),
        ({**LETTERS, "D": ("malformed", "retry")}, "D: no error was raised"),
        ({**LETTERS, "D": ("cut off", "retry")}, "D: the same request would end"),
        ({**LETTERS, "D": ("cut", "retry")}, "D: 'cut' is not one of daily tokens"),
        ({**LETTERS, "D": ("cut off", ["retry"])}, "is not one of tomorrow"),
        ({**LETTERS, "C": "Legacy"}, "C: give two words"),
        ({"A": ("daily tokens", "tomorrow")}, "still without an answer: B, C, D"),
        ({"a": ("daily tokens", "tomorrow")}, "a dict of four letters"),
        ("Legacy", "a dict of four letters"),
    ],
    "gallery-may-use": [
        (
            lambda reply: reply["stopReason"] == "end_turn",
            "it does not trust 'stop_sequence'",
        ),
        (
            lambda reply: reply["stopReason"] != "max_tokens",
            "it trusts 'model_context_window_exceeded'",
        ),
        (
            lambda reply: reply["stopReason"] not in gallery._MAY_NOT,
            "Name the reasons that are good",
        ),
        (lambda reply: True, "it trusts 'max_tokens'"),
        (
            lambda reply: reply["stopReason"] in "end_turn stop_sequence tool_use",
            "it trusts 'end', which is no stop reason",
        ),
        (lambda reply: reply["stopReason"], "gives 'end_turn'; wanted is True"),
        (lambda reply: reply["stop_reason"], "with 'end_turn' it fails: KeyError"),
        (lambda: True, "it fails: TypeError"),
        (True, "a function that takes a reply"),
    ],
    "02-native-body": [
        ({"prompt": "Hi"}, "2 schema violations found"),
        ({"inputText": "Hi", "temperature": 0}, "extraneous key [temperature]"),
        ({"inputText": "Hi"}, "does not limit the reply to 20 tokens"),
        (
            {"inputText": "Hi", "textGenerationConfig": {"maxTokenCount": 20}},
            "its temperature is not 0",
        ),
        ({"inputText": {1, 2}}, "JSON cannot hold it"),
        ({"inputText": float("nan")}, "Malformed input request"),
        ('{"inputText": "Hi"}', "before json.dumps"),
        (7, "a dict"),
    ],
    "02-read-safely": [
        (read_first_block, "with the blocks reasoningContent, text it fails"),
        (read_first_text, "with the blocks text, text it gives 'Bonjour'"),
        (lambda reply: reply["stopReason"], "it gives 'end_turn', not 'Bonjour'"),
        ("Bonjour", "a function that takes a reply"),
        (lambda: "Bonjour", "it fails: TypeError"),
    ],
    "02-patience": [
        (Config(), "gives up: 3 attempts"),
        (Config(retries={"total_max_attempts": 4}), "gives up: 4 attempts"),
        (Config(retries={"total_max_attempts": 500}), "only makes it worse"),
        ({"total_max_attempts": 5}, "it should be a Config"),
    ],
    "02-room": [
        (4096, "the prompt needs room too"),
        (200, "window minus prompt: 4,096 tokens"),
        ("196", "a number of tokens"),
        (True, "a number of tokens"),
    ],
    "01-which-id": [
        (HAIKU, "which prefix?"),
        (f"us.{HAIKU}", "another geography"),
        ("amazon.nova-micro-v1:0", "not an id of Claude Haiku 4.5"),
        (7, "bh.catalog.CLAUDE_HAIKU_4_5"),
    ],
    "01-form": [
        (setup.EXAMPLE_FORM, "in your own words"),
        (json.dumps(setup.EXAMPLE_FORM).encode(), "in your own words"),
        ({**FORM, "companyName": ""}, "still empty: companyName"),
        ({**FORM, "intendedUsers": 0}, "still empty: intendedUsers"),
        ({**FORM, "intendedUsers": 1}, 'the strings "0", "1" and "2"'),
        ({**FORM, "intendedUsers": "many"}, 'the strings "0", "1" and "2"'),
        ({**FORM, "useCases": ["Learning"]}, "every field is a string"),
        ({**FORM, "useCases": {1, 2}}, "every field is a string"),
        ({**FORM, "useCases": "x" * 100_000}, "none too long"),
        ("a company", "it is not JSON"),
        (b"\xff", "it is not JSON"),
        (b"[]", "one JSON object"),
        (7, "formData is bytes"),
    ],
    "01-proof": [
        ({**PROOF, "inferenceConfig": {"maxTokens": 2}}, "limits them to one"),
        ({**PROOF, "modelId": HAIKU}, "inference profile"),
        ({**PROOF, "messages": "Hi"}, "boto3 would not send it"),
        ({**PROOF, "modelId": bh.catalog.NOVA_MICRO}, "proves access to Nova Micro"),
        ({**PROOF, "modelId": bh.catalog.GPT_OSS_20B}, "Which id is Claude Haiku"),
        ({"messages": PROOF["messages"]}, "the request has no modelId yet"),
        ({"modelId": PROOF["modelId"]}, "the request has no messages yet"),
        ({"ResponseMetadata": {}, "usage": {}}, "it should be the request"),
        ({**PROOF, 7: 7}, "names of converse's arguments"),
        ("converse()", "it should be the request, a dict"),
    ],
    "01-causes": [
        ({**CAUSES, "A": "form", "C": "profile"}, "look again at A and C"),
        ({**CAUSES, "D": "throttling"}, "'throttling' is not one of form, ended"),
        ({"A": "profile"}, "a dict of four letters"),
        ("profile", "a dict of four letters"),
        ({**CAUSES, "A": ["profile"]}, "is not one of"),
    ],
}


@pytest.fixture(autouse=True)
def progress_file(monkeypatch, tmp_path):
    monkeypatch.setenv("BEDROCK_PROGRESS_FILE", str(tmp_path / "progress.json"))
    monkeypatch.delenv("BEDROCK_MODE", raising=False)


def every(answers):
    return [
        pytest.param(name, answer, id=f"{name} {number}")
        for name, several in answers.items()
        for number, answer in enumerate(several)
    ]


def test_every_exercise_is_tested_here():
    assert set(RIGHT) == set(WRONG) == set(exercises._CHECKS)
    assert all(len(several) >= 2 for several in WRONG.values())


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("starter", [..., None])
def test_the_starter_says_not_answered_yet_and_leaves_no_mark(name, starter):
    verdict = bh.check(name, starter)
    assert not verdict.passed
    assert "not answered yet. Change the marked line" in repr(verdict)
    assert bh.progress().checks == {}


@pytest.mark.parametrize(("name", "answer"), every(RIGHT))
def test_a_right_answer_passes_and_is_remembered(name, answer):
    verdict = bh.check(name, answer)
    assert verdict.passed, verdict
    assert repr(verdict) == f"✓ {name}: that is it."
    assert bh.progress().checks == {name: True}


@pytest.mark.parametrize(("name", "answer"), every(WRONG))
def test_a_wrong_answer_fails_with_words_that_lead_on(name, answer):
    wrong, words = answer
    verdict = bh.check(name, wrong)
    assert not verdict.passed
    assert words in verdict.words
    assert repr(verdict).startswith(f"✗ {name}: ")
    assert bh.progress().checks == {name: False}


def test_an_answer_corrected_later_passes():
    bh.check("01-which-id", HAIKU)
    bh.check("01-which-id", f"eu.{HAIKU}")
    assert bh.progress().checks == {"01-which-id": True}


def test_an_exercise_there_is_not_is_an_error_that_lists_those_there_are():
    with pytest.raises(ValueError, match="No exercise '99-x'. There are: 01-which-id"):
        bh.check("99-x", 1)


def test_the_right_causes_are_among_those_offered():
    assert set(setup._RIGHT_CAUSES.values()) == set(setup.CAUSES)


def test_the_right_letters_are_among_the_words_offered():
    causes, cures = zip(*gallery._RIGHT.values(), strict=True)
    assert set(causes) < set(gallery.CAUSES)
    assert set(cures) < set(gallery.CURES)


def test_a_function_is_tried_with_every_stop_reason_there_is():
    client = bh.connect("offline").client("bedrock-runtime")
    there_are = client.meta.service_model.shape_for("StopReason").enum
    assert {*gallery._MAY_BE_USED, *gallery._MAY_NOT} == set(there_are)


ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text() | st.integers(), inner, max_size=6)
    ),
)


@pytest.mark.parametrize("name", RIGHT)
def test_whatever_is_answered_the_check_finds_words(name):
    check = exercises._CHECKS[name]

    @given(ANSWERS)
    def finds_words(answer):
        words = check(answer)
        assert words is None or isinstance(words, str)

    finds_words()


def test_a_live_room_is_checked_offline_all_the_same(monkeypatch):
    monkeypatch.setenv("BEDROCK_MODE", "live")
    assert bh.check("01-form", FORM).passed
