"""The lab of two prompts: a run over many items, its scores, and what stops it."""

import itertools

import pandas as pd
import pytest

import bedrock_helpers as bh
from tests.labs.html_parts import HOSTILE, read_html, text_of
from tests.labs.prompt_labs import (
    ITEMS,
    ONE_WORD,
    PLAIN,
    answer,
    failing,
    lab_with,
    refused,
    reply,
)


@pytest.fixture
def lab():
    return lab_with()


def test_a_run_asks_both_prompts_about_the_first_items():
    prompts = []

    def ask(prompt):
        prompts.append(prompt)
        return answer(prompt)

    lab = lab_with(ask, count=2)
    lab.run.click()
    assert prompts == [
        "I love it Good or bad?",
        "It broke Good or bad?",
        "I love it Good or bad? One word.",
        "It broke Good or bad? One word.",
    ]
    assert list(lab.results) == ["A", "B"]
    assert lab.results["B"]["correct"].tolist() == [True, True]
    assert repr(lab) == "PromptLab: A 0 of 2 right, B 2 of 2 right"
    assert "Asked both prompts about 2 items." in text_of(lab.status.value)


def test_scores_have_intervals_tokens_and_costs():
    lab = lab_with(model_id=bh.catalog.NOVA_MICRO)
    lab.start()
    elements, text = read_html(lab.scores.value)
    heads = [found for tag, found in elements if tag == "th" and "scope" in found]
    assert len(heads) == 8 + 2
    for words in ("8 (100.0 %)", "67.6 to 100.0 %", "1,000.0", "USD 0.036400"):
        assert words in text
    assert "none is right" in text
    words = "A alone is right on 0 of 8 items, B alone on 8, both on 0, neither on 0."
    assert words in text_of(lab.verdict.value)


def test_without_the_model_s_id_the_cost_is_not_known(lab):
    lab.start()
    assert "not known" in text_of(lab.scores.value) and "USD" not in lab.scores.value


def test_each_item_has_a_row_with_marks_in_words(lab):
    lab.start()
    elements, text = read_html(lab.rows.value)
    assert [tag for tag, _ in elements].count("tr") == 1 + 8
    assert "2It brokebadIt is bad.not validbadvalid, right" in text
    assert "A’s mark" in text and "All items asked about" in text


def test_a_wrong_reply_is_called_valid_and_wrong():
    lab = lab_with(lambda prompt: reply("bad"), count=1)
    lab.start()
    assert text_of(lab.rows.value).count("valid, wrong") == 2


def test_of_many_items_twenty_have_a_row():
    many = pd.concat([ITEMS] * 5)
    lab = lab_with(items=many, count=30)
    lab.start()
    assert len(lab.results["A"]) == 30
    assert "The first 20 of 30 items asked about" in text_of(lab.rows.value)
    assert [tag for tag, _ in read_html(lab.rows.value)[0]].count("tr") == 1 + 20


def test_a_run_covers_no_more_items_than_there_are():
    lab = lab_with(count=99)
    assert (lab.count.value, lab.count.max, lab.item.max) == (8, 8, 8)


def test_other_columns_stand_in_the_rows_where_they_are_named():
    lab = lab_with(columns=["id"], count=1)
    lab.start()
    assert "itemidA’s reply" in text_of(lab.rows.value)
    with pytest.raises(ValueError, match="the items have only id, text, label"):
        lab_with(columns=["size"])


def test_prompts_changed_after_a_run_are_told_from_those_that_were_scored(lab):
    lab.start()
    lab.first.value = ONE_WORD
    assert "scores are of those before" in text_of(lab.verdict.value)
    lab.start()
    assert "scores are of those before" not in text_of(lab.verdict.value)
    assert repr(lab) == "PromptLab: A 8 of 8 right, B 8 of 8 right"


def test_while_it_runs_the_buttons_are_off_and_the_line_says_how_far_it_is():
    seen = []
    ticks = itertools.count()

    def ask(prompt):
        told = text_of(lab.status.value)
        seen.append((told, lab.run.disabled, lab.try_one.disabled))
        lab.start()  # does nothing while it runs
        return answer(prompt)

    lab = lab_with(ask, clock=lambda: next(ticks))
    lab.start()
    assert seen == [(f"{n} of 16 asked", True, True) for n in range(16)]
    assert not lab.run.disabled and not lab.try_one.disabled


def test_the_line_changes_at_most_ten_times_a_second():
    seconds = (number / 100 for number in itertools.count())
    lab, told = lab_with(clock=lambda: next(seconds)), []
    lab.status.observe(lambda change: told.append(text_of(change.new)), "value")
    lab.start()
    assert told == [
        "0 of 16 asked",
        "1 of 16 asked",
        "11 of 16 asked",
        "Asked both prompts about 8 items.",
    ]


def test_a_run_that_is_stopped_keeps_what_came_and_says_it_is_partial():
    stopped = bh.BudgetExceeded("USD 0.01 is left")
    lab = lab_with(failing(stopped, after=11))
    lab.start()
    told = text_of(lab.status.value)
    assert "Error. BudgetExceeded: USD 0.01 is left" in told
    assert "Cause: " in told and "Cure: lower maxTokens" in told
    assert "12 of 16 asked" in told
    assert [len(table) for table in lab.results.values()] == [8, 3]
    verdict = text_of(lab.verdict.value)
    assert (
        "Partial: A was asked about 8 of 8 items, B about 3. On the first 3" in verdict
    )
    assert "not asked" in text_of(lab.rows.value)
    words = "A 0 of 8 right, B 3 of 3 right; last error: BudgetExceeded"
    assert repr(lab) == f"PromptLab: {words}"
    assert (lab.first.value, lab.second.value) == (PLAIN, ONE_WORD)
    assert not lab.run.disabled


def test_a_refusal_of_the_first_call_leaves_the_last_run_as_it_is():
    working = True

    def ask(prompt):
        if working:
            return answer(prompt)
        raise refused()

    lab = lab_with(ask)
    lab.start()
    before, working = lab.results, False
    lab.start()
    assert "ClientError" in text_of(lab.status.value)
    assert lab.results is before
    assert "Partial" not in lab.verdict.value


def test_of_a_prompt_that_was_not_asked_the_rows_say_so():
    lab = lab_with(failing(refused(), after=8))
    lab.start()
    assert list(lab.results) == ["A"]
    assert "Nothing to compare." in text_of(lab.verdict.value)
    assert text_of(lab.rows.value).count("not asked") == 8
    assert "B not asked" in repr(lab)


def test_a_run_interrupted_by_hand_keeps_what_came():
    lab = lab_with(failing(KeyboardInterrupt(), after=3))
    with pytest.raises(KeyboardInterrupt):
        lab.start()
    assert len(lab.results["A"]) == 3 and not lab.run.disabled
    assert "Interrupted: 4 of 16 asked" in text_of(lab.status.value)


def test_calls_that_failed_in_passing_are_counted_and_the_first_is_explained():
    outcomes = itertools.cycle([None, refused("ThrottlingException")])

    def ask(prompt):
        error = next(outcomes)
        if error:
            raise error
        return answer(prompt)

    lab = lab_with(ask)
    lab.start()
    told = text_of(lab.status.value)
    assert "8 of 16 calls failed, the first:" in told and "Cure: " in told
    assert "call failed: ClientError" in text_of(lab.rows.value)
    assert repr(lab) == "PromptLab: A 0 of 4 right, B 4 of 4 right"


@pytest.mark.parametrize("given", [None, "Hi", {}])
def test_a_function_that_returns_no_reply_is_told_what_to_type(given):
    lab = lab_with(lambda prompt: given)
    lab.start()
    assert "return bedrock.converse(" in text_of(lab.status.value)


@pytest.mark.parametrize("text", [*HOSTILE, "www.a.b", "[a](b)", "a\\|b", "\n# h"])
def test_the_static_tables_keep_their_columns_whatever_was_said(text):
    items = pd.DataFrame({"text": [text], "label": ["good"]})
    lab = lab_with(lambda prompt: reply(text), items=items)
    lab.start()
    scores, verdict, rows = lab.figure().data.split("\n\n")
    assert [line.count("|") for line in scores.split("\n")] == [9] * 4
    assert [line.count("|") for line in rows.split("\n")] == [8] * 3
    assert not any(sign in rows.split("\n")[2] for sign in "<>`*_[]$\\~")
    assert "www." not in rows


def test_the_static_tables_read_as_what_happened_and_repeat(lab):
    lab.start()
    data = lab.figure().data
    told = text_of(data)
    assert (
        "| 2 | It broke | bad | It is bad. | not valid | bad | valid, right |" in told
    )
    assert "| B | 8 of 8 | 8 (100.0 %) | 8 (100.0 %) | 67.6 to 100.0 % |" in told
    assert "B alone on 8" in told
    again = lab_with()
    again.start()
    assert again.figure().data == data
