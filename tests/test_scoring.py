"""Scorers: what a program can use is valid, and nothing that is nearly so."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.data_files import data_path
from bedrock_helpers.scoring import Score, json_of, one_of, sql_of
from bedrock_helpers.shop import open_shop

MOODS = ["positive", "negative"]
SCHEMA = {
    "type": "object",
    "properties": {"mood": {"enum": MOODS}, "stars": {"type": "integer"}},
    "required": ["mood"],
    "additionalProperties": False,
}
COUNT = "SELECT COUNT(*) FROM customers"


@pytest.mark.parametrize(
    "text",
    [
        "positive",
        "Positive",
        " POSITIVE\n",
        "positive.",
        '"positive"',
        '"Positive."',
        '"positive".',
        "'positive'",
        "`positive`",
        "“positive”",
        "« positive »",
    ],
)
def test_a_label_is_valid_whatever_its_case_spaces_quotes_and_full_stop(text):
    score = one_of(MOODS)
    assert score(text, {"label": "positive"}) == Score(True, True, "positive")
    assert score(text, {"label": "negative"}) == Score(True, False, "positive")


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        '"',
        '""',
        "The review is positive.",
        "positive negative",
        "positive, I think",
        "Label: positive",
        "**positive**",
        "positive!",
        "positive..",
        '"positive.".',
        '""positive""',
        '"positive',
        "“positive“",
        "po sitive",
        "positively",
        "neutral",
    ],
)
def test_anything_around_a_label_makes_it_invalid(text):
    assert one_of(MOODS)(text, {"label": "positive"}) == Score(False, False, None)


@given(st.text(max_size=30))
def test_only_a_label_is_ever_read_as_one(text):
    found = one_of(MOODS)(text, {"label": "positive"})
    assert found.valid == (found.read in MOODS)
    if found.valid:
        assert found.read in text.casefold()


def test_the_label_is_read_as_it_was_given():
    score = one_of(["Yes", "No"], field="answer")
    assert score("yes", {"answer": "YES"}) == Score(True, True, "Yes")


@pytest.mark.parametrize("labels", ["yes", [], ["yes"], ["yes", "Yes"]])
def test_labels_that_are_no_choice_are_refused(labels):
    with pytest.raises(ValueError, match=r"Type: one_of\(\['yes', 'no'\]\)"):
        one_of(labels)


def test_an_item_without_a_label_of_those_is_refused_by_name():
    score = one_of(MOODS)
    with pytest.raises(ValueError, match="label is 'mixed', none of.*positive, negat"):
        score("positive", {"label": "mixed"})
    with pytest.raises(ValueError, match="no 'label'; it has: id, text"):
        score("positive", {"id": 1, "text": "Nice."})


def test_what_is_not_valid_cannot_be_correct():
    with pytest.raises(ValueError, match="not correct either"):
        Score(valid=False, correct=True)


@pytest.mark.parametrize(
    "text",
    ['{"mood": "positive"}', ' {"stars": 5, "mood": "positive"}\n'],
)
def test_json_of_the_schema_is_valid_and_its_field_is_compared(text):
    score = json_of(SCHEMA, "mood")
    assert score(text, {"label": "positive"}) == Score(True, True, "positive")
    assert score(text, {"label": "negative"}) == Score(True, False, "positive")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "positive",
        '"positive"',
        "[]",
        "null",
        "{}",
        '{"mood": "good"}',
        '{"mood": "positive", "stars": "5"}',
        '{"mood": "positive", "stars": NaN}',
        '{"mood": "positive", "why": "love"}',
        "{'mood': 'positive'}",
        '{"mood": "positive"',
        '{"mood": "positive"} I hope this helps!',
        'Here it is: {"mood": "positive"}',
        '```json\n{"mood": "positive"}\n```',
        "[" * 100_000,
        "9" * 10_000,
    ],
)
def test_what_a_program_could_not_load_or_use_is_invalid(text):
    score = json_of(SCHEMA, "mood")
    assert score(text, {"label": "positive"}) == Score(False, False, None)


def test_true_is_not_one_and_one_is_one():
    score = json_of({"type": "object"}, "n", label="right")
    assert not score('{"n": true}', {"right": 1}).correct
    assert not score('{"n": 1}', {"right": True}).correct
    assert score('{"n": 1.0}', {"right": 1}).correct
    assert not score('{"n": "1"}', {"right": 1}).correct


def test_a_field_that_the_reply_leaves_out_is_valid_but_not_correct():
    score = json_of(SCHEMA, "stars", label="right")
    assert score('{"mood": "positive"}', {"right": 5}) == Score(True, False, None)
    assert json_of({}, "n")("[1]", {"label": 1}) == Score(True, False, None)


@pytest.mark.parametrize(
    ("schema", "field", "words"),
    [
        ({"type": "colour"}, "mood", "no JSON schema: 'colour' is not valid"),
        (SCHEMA, "mod", "field='mod' is none of the schema's properties: mood, stars"),
    ],
)
def test_a_schema_or_a_field_that_cannot_be_meant_is_refused(schema, field, words):
    with pytest.raises(ValueError, match=words):
        json_of(schema, field)


def test_a_query_is_judged_by_what_it_finds_not_by_how_it_is_written():
    score = sql_of(open_shop())
    assert score("SELECT COUNT(id) FROM customers;", {"sql": COUNT}).correct
    found = score("SELECT COUNT(city) FROM customers", {"sql": COUNT})
    assert found == Score(True, False, [(17,)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "There are 20 customers.",
        f"```sql\n{COUNT}\n```",
        "SELECT COUNT(*) FROM clients",
        f"{COUNT}; DROP TABLE customers",
        "DROP TABLE customers",
        "SELECT 'half \ud800 a character'",
    ],
)
def test_what_is_no_select_that_runs_is_invalid(text):
    assert sql_of(open_shop())(text, {"sql": COUNT}) == Score(False, False, None)


def test_the_order_counts_only_where_the_item_says_so():
    score = sql_of(open_shop())
    item = {"sql": "SELECT id FROM orders ORDER BY id"}
    down = "SELECT id FROM orders ORDER BY id DESC"
    assert score(down, item).correct
    assert score(down, {**item, "ordered": False}).correct
    assert not score(down, {**item, "ordered": True}).correct


def test_an_item_whose_own_query_does_not_run_is_refused():
    with pytest.raises(ValueError, match="own query does not run: no such table: cl"):
        sql_of(open_shop())(COUNT, {"sql": "SELECT * FROM clients"})


def test_every_gold_query_of_the_course_answers_its_own_question():
    score = sql_of(open_shop())
    lines = data_path("text_to_sql.jsonl").read_text(encoding="utf-8").splitlines()
    items = [json.loads(line) for line in lines]
    assert all(score(item["sql"], item).correct for item in items)
    others = [*items[1:], items[0]]
    pairs = zip(items, others, strict=True)
    assert sum(score(one["sql"], other).correct for one, other in pairs) < 3
