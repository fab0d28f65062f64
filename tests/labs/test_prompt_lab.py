"""The lab of two prompts: its fields, what is filled in, and one input tried."""

import pandas as pd
import pytest

import bedrock_helpers as bh
from bedrock_helpers.data_files import data_path
from bedrock_helpers.labs.prompt_lab import PromptLab
from bedrock_helpers.scoring import one_of
from tests.labs.html_parts import HOSTILE, read_html, tags, text_of
from tests.labs.prompt_labs import (
    ITEMS,
    ONE_WORD,
    failing,
    lab_with,
    refused,
    reply,
)

TABLE = {"div", "table", "caption", "thead", "tbody", "tr", "th", "td"}


@pytest.fixture
def lab():
    return lab_with()


def test_before_it_is_run_there_is_no_run(lab):
    assert repr(lab) == "PromptLab: no run yet"
    assert lab.results == {} and lab.error == ""
    assert lab.figure().data == "No run yet."


def test_it_says_which_variables_the_items_have(lab):
    hint = next(c.value for c in lab.children if "stand for" in getattr(c, "value", ""))
    assert "{id}, {text}, {label}." in text_of(hint)


def test_each_variable_of_either_prompt_has_a_field_with_the_item_s_value(lab):
    assert list(lab.fields) == ["text"]
    lab.second.value = "{id}: {text!r} {{label}}"
    assert {n: field.value for n, field in lab.fields.items()} == {
        "text": "I love it",
        "id": "1",
    }
    assert text_of(lab.filled_first.value) == "I love it Good or bad?"
    assert text_of(lab.filled_second.value) == "1: 'I love it' {label}"


def test_another_item_is_shown_in_the_fields_and_in_both_prompts(lab):
    lab.item.value = 2
    assert lab.fields["text"].value == "It broke"
    assert text_of(lab.filled_first.value) == "It broke Good or bad?"
    assert text_of(lab.filled_second.value) == "It broke Good or bad? One word."


def test_a_field_edited_changes_both_prompts_until_another_item_is_chosen(lab):
    lab.fields["text"].value = "Mine {here}"
    assert text_of(lab.filled_first.value) == "Mine {here} Good or bad?"
    assert text_of(lab.filled_second.value).startswith("Mine {here} ")
    lab.item.value = 3
    assert lab.fields["text"].value == "Fine, 0"


def test_what_was_typed_in_a_field_stays_while_the_prompt_is_half_typed(lab):
    lab.fields["text"].value = "Mine"
    field = lab.fields["text"]
    lab.first.value = lab.second.value = "Say {te"
    assert lab.fields["text"] is field
    lab.first.value = lab.second.value = "Say nothing"
    assert lab.fields == {}
    lab.first.value = "Say {text}"
    assert lab.fields["text"].value == "Mine"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{review}", "asks for 'review', and the item has: id, text, label"),
        ("a { b", "a brace that stands alone"),
        ("a } b", "a brace that stands alone"),
        ("{}", "asks for ''"),
        ("{text:d}", "ValueError"),
    ],
)
def test_what_cannot_be_filled_in_is_told_in_words_and_never_sent(template, words):
    prompts = []
    lab = lab_with(prompts.append)
    lab.second.value = template
    assert words in text_of(lab.filled_second.value)
    assert 'role="alert"' in lab.filled_second.value
    for act in (lab.start, lab.ask_once):
        act()
        assert "Prompt B: " in text_of(lab.status.value)
    assert prompts == [] and lab.second.value == template
    assert not lab.run.disabled and not lab.try_one.disabled


def test_a_format_in_a_prompt_gets_the_item_s_own_number():
    lab = lab_with(prompts=("{id:03d} {text}", ONE_WORD))
    assert text_of(lab.filled_first.value) == "001 I love it"


def test_an_empty_prompt_is_not_sent(lab):
    lab.first.value = " \n"
    lab.start()
    told = text_of(lab.status.value)
    assert "Prompt A is empty. Type one; {text} stands for an item's text." in told
    assert repr(lab) == "PromptLab: no run yet; last error: ValueError"


def test_try_shows_both_answers_to_the_item_with_who_answered(lab):
    lab.try_one.click()
    told = text_of(lab.answers.value)
    assert "A: not valid. Answered by Amazon Bedrock (live).It is good." in told
    assert "B: valid, right. Answered by Amazon Bedrock (live).good" in told
    labels = [found.get("aria-label") for _, found in read_html(lab.answers.value)[0]]
    assert "answer of A" in labels and "answer of B" in labels
    assert repr(lab) == "PromptLab: no run yet"


def test_an_input_of_one_s_own_is_answered_and_not_scored(lab):
    lab.fields["text"].value = "Mine broke"
    lab.ask_once()
    told = text_of(lab.answers.value)
    assert told.count("not scored, an input of your own") == 2
    assert "It is bad." in told and "right" not in told


def test_answers_to_what_was_asked_before_a_change_say_so(lab):
    lab.ask_once()
    lab.item.value = 2
    assert "before your last change" in text_of(lab.answers.value)
    lab.item.value = 1
    assert "before your last change" not in text_of(lab.answers.value)


def test_of_two_answers_the_one_that_came_is_kept():
    lab = lab_with(failing(refused(), after=1))
    lab.ask_once()
    assert "A: not valid." in text_of(lab.answers.value)
    assert "B:" not in text_of(lab.answers.value)
    told = text_of(lab.status.value)
    assert "ClientError" in told and "2 of 2 asked" in told


@pytest.mark.parametrize("items", [ITEMS.head(0), [{"text": "Nice"}], None])
def test_items_that_are_no_rows_are_refused(items):
    with pytest.raises(ValueError, match="a DataFrame of at least one row"):
        lab_with(items=items)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_a_model_or_an_item_says_is_never_html(text):
    items = pd.DataFrame({"text": [text], "label": ["good"], text: [1]})
    lab = lab_with(lambda prompt: reply(text), items=items, columns=["text", text])
    lab.ask_once()
    lab.start()
    assert lab.error == ""
    assert tags(lab.answers.value) == {"div", "p"}
    assert tags(lab.filled_first.value) == {"div"}
    assert tags(lab.scores.value) == tags(lab.rows.value) == TABLE
    assert len(lab.rows.value) < 30_000


@pytest.mark.parametrize("text", HOSTILE[:-1], ids=range(len(HOSTILE) - 1))
def test_an_error_s_words_are_text_too(text):
    lab = lab_with(failing(ValueError(text), after=1))
    lab.start()
    assert tags(lab.status.value) <= {"p", "div", "b"}
    lab.first.value = f"{{{text}}}"
    assert tags(lab.filled_first.value) == {"p"} or text.startswith("]]")


def test_half_a_character_in_an_item_can_be_shown_and_is_no_edit():
    items = pd.DataFrame({"text": ["half \ud83e"], "label": ["good"]}, dtype=object)
    lab = lab_with(items=items)
    assert lab.fields["text"].value == "half ?"
    lab.ask_once()
    assert "not scored" not in lab.answers.value


def test_every_control_has_a_name_and_no_tooltip_is_null(lab):
    assert lab.first.description == "prompt A" and lab.second.description == "prompt B"
    assert lab.fields["text"].description == "text"
    for slider in (lab.item, lab.count):
        assert slider.description and slider.tooltip


def test_keys_of_a_control_in_focus_stay_in_the_lab(lab):
    assert "lmSuppressShortcuts" in lab.children[-1].value
    assert "data-lm-suppress-shortcuts" in lab.filled_first.value


@pytest.fixture(scope="module")
def session():
    return bh.connect("offline")


@pytest.fixture
def on_bedrock(session):
    """The lab on reviews, asking the offline Bedrock, whose replies repeat."""
    reviews = pd.read_csv(data_path("reviews.csv"))
    runtime = session.client("bedrock-runtime")

    def ask(prompt):
        return runtime.converse(
            modelId=bh.catalog.NOVA_MICRO,
            messages=[{"role": "user", "content": [{"text": prompt}]}],
            inferenceConfig={"maxTokens": 5, "temperature": 0},
        )

    prompts = ("{text}", "{text} Positive or negative? One word.")
    labels = one_of(["positive", "negative"])
    model_id = bh.catalog.NOVA_MICRO
    return PromptLab(ask, reviews, labels, prompts, count=2, model_id=model_id)


def test_reviews_are_asked_about_on_the_offline_bedrock(on_bedrock):
    on_bedrock.ask_once()
    assert text_of(on_bedrock.answers.value).count("(offline)") == 2
    on_bedrock.start()
    assert on_bedrock.error == ""
    assert [len(table) for table in on_bedrock.results.values()] == [2, 2]
    assert (on_bedrock.results["A"]["cost_usd"] > 0).all()
    assert repr(on_bedrock).startswith("PromptLab: A 0 of 2 right, B ")


def test_a_fault_of_the_offline_bedrock_is_told_with_its_cause(session, on_bedrock):
    session.offline.fail_next("AccessDeniedException")
    on_bedrock.start()
    told = text_of(on_bedrock.status.value)
    assert "AccessDeniedException" in told and "Cause: " in told and "Cure: " in told
    assert on_bedrock.results == {} and not on_bedrock.run.disabled
