"""Each exercise: starters are no failure, right answers pass, wrong ones lead on."""

import json

import hypothesis.strategies as st
import pytest
from hypothesis import given

import bedrock_helpers as bh
from bedrock_helpers.checks import exercises, setup

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
RIGHT = {
    "01-which-id": [f"eu.{HAIKU}", f"global.{HAIKU}"],
    "01-form": [FORM, json.dumps(FORM), json.dumps(FORM).encode()],
    "01-proof": [PROOF, {**PROOF, "modelId": f"global.{HAIKU}"}],
    "01-causes": [CAUSES],
}
WRONG = {
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


ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text() | st.integers(), inner, max_size=6),
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
