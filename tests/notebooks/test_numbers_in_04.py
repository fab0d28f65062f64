"""Numbers that notebook 04's prose repeats, computed anew from the recordings."""

import json

import pytest

import bedrock_helpers as bh
from bedrock_helpers.checks import prompting
from bedrock_helpers.comparison import compare, versus
from tests.notebooks.prose import FOLDER, prose_of

NAME = "04_prompt_engineering.ipynb"
SAMPLE, AGREE = 10, 0.8


def run_cells(path):
    """The names a notebook's cells define, run as they stand but for exercises."""
    names = {"display": lambda *shown: None}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] == "code" and "exercise" not in tags:
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    return names


@pytest.fixture(scope="module")
def lesson():
    return run_cells(FOLDER / NAME)


@pytest.fixture(scope="module")
def prose():
    return prose_of(NAME)


def counts(table):
    return int(table["valid"].sum()), int(table["correct"].sum())


def test_all_numbers_are_from_recordings(lesson):
    tables = [*lesson["results"].values(), *lesson["traps"].values()]
    tables += [*lesson["forms"].values(), *lesson["sql"].values()]
    answered = {who for table in tables for who in table["answered_by"]}
    assert answered == {"a recording of SmolLM2-135M (offline)"}


def test_the_sizes_of_the_sets_are_those_of_the_prose(lesson, prose):
    test, held_out = lesson["test"], lesson["reviews"]["split"] == "held_out"
    assert f"There are {len(test)} reviews for testing, half of them" in prose
    assert set(test["label"].value_counts()) == {len(test) // 2}
    assert f"So {held_out.sum()} reviews were held out." in prose


def test_asked_for_one_word_none_is_valid(lesson, prose):
    for name in ("one word", "delimiters"):
        assert counts(lesson["results"][name])[0] == 0
    assert "**None.** Asked for one word" in prose
    assert lesson["results"]["one word"]["reply"].mode()[0] in prose


def test_the_begun_answer_has_the_counts_and_the_interval_of_the_prose(lesson, prose):
    valid, right = counts(lesson["results"]["begun"])
    line = compare(lesson["results"]).loc["begun"]
    assert f"{valid} of 72 are usable and {right} right" in prose
    assert f"**{line.correct_pct:.0f} %**, says the table" in prose
    assert f"an interval from {line.low_pct:.0f} to {line.high_pct:.0f}:" in prose


def test_examples_in_turns_teach_the_form_and_one_answer(lesson, prose):
    table = lesson["results"]["4 in turns"]
    assert counts(table) == (72, 36)
    assert set(table["read"]) == {"positive"}
    assert "All 72 are valid, and 36 right." in prose


def test_examples_to_be_completed_help_and_cost(lesson, prose):
    results = lesson["results"]
    few, many = (counts(results[f"{n} completed"])[1] for n in (1, 12))
    assert f"{few} with one, {many} with twelve" in prose
    means = compare(results)["mean_input_tokens"]
    assert f"from {means['1 completed']:.0f} tokens to" in prose
    assert f"to {means['12 completed']:.0f}," in prose


def test_the_first_pair_may_be_luck_and_the_second_hardly(lesson):
    results = lesson["results"]
    twelve = results["12 completed"]
    assert not versus(results["1 completed"], twelve).differ
    assert versus(results["begun"], twelve).differ


def test_the_traps_have_the_counts_of_the_prose(lesson, prose):
    said = {n: int((t["read"] == "positive").sum()) for n, t in lesson["traps"].items()}
    assert f"says *positive* to {said['4 positive']} of 72" in prose
    turned = f"turn {said['+ + - -']} *positive* into {said['- - + +']}"
    assert turned in prose
    four = counts(lesson["results"]["4 completed"])[1]
    assert f"as in *4 completed* above, four had {four} right" in prose


def test_what_the_notebook_asks_in_all_is_what_it_says_before(lesson, prose):
    tables = [*lesson["results"].values(), *lesson["traps"].values()]
    tables += [*lesson["forms"].values(), *lesson["sql"].values()]
    attacks = 9 * len(lesson["negative"]) * tables[5]["input_tokens"].mean()
    sent = sum(table["input_tokens"].sum() for table in tables) + attacks
    assert 0.8 < sent / 170_000 < 1.2
    assert "sends some 170,000 tokens" in prose
    asked = sum(map(len, tables)) + 9 * len(lesson["negative"])
    assert 0.85 < asked / 1000 < 1.15


def test_forms_are_valid_as_told(lesson, prose):
    valid = {name: counts(table)[0] for name, table in lesson["forms"].items()}
    assert valid == {"asked for": 1, "schema": 24, "tool": 24}
    assert "One valid of 24, then all, then all." in prose
    for name in ("schema", "tool"):
        assert set(lesson["forms"][name]["read"]) == {"positive"}


def test_sql_becomes_valid_sooner_than_correct(lesson, prose):
    valid, right = zip(*map(counts, lesson["sql"].values()), strict=True)
    assert list(valid) == sorted(valid)
    assert max(right) <= 3
    assert right[-1] == right[-2]
    assert (valid[-2], valid[-1], len(lesson["asked"])) == (15, 30, 30)
    assert "Fifteen more queries run, all thirty now, and not one more" in prose
    replies = lesson["sql"]["and repair"]["reply"].str.strip()
    assert replies.value_counts().iloc[0] == 13
    assert '"answers" thirteen of the questions' in prose


def test_the_attacks_turn_most_without_a_defence(lesson, prose):
    kept = lesson["kept"]
    count = len(lesson["negative"])
    assert f"how many of {count} negative reviews" in prose
    assert kept["no attack"]["plain"] > 0.7 * count
    assert max(kept["order"]["plain"], kept["fake label"]["plain"]) < 0.25 * count
    assert kept["fake label"]["tags"] > 0.75 * count > kept["order"]["tags"]
    assert kept["order"]["tags, warning"] == 0


def test_the_exercise_s_numbers_and_queries_are_those_of_its_check(prose):
    assert f"had {prompting.RIGHT} of {prompting.ASKED} right" in prose
    for letter, query in prompting.QUERIES.items():
        assert f"| {letter} | `{query}` |" in prose


def test_the_model_says_today_what_was_recorded(lesson):
    """Asked again in one session, a recorded request goes to the model itself."""
    agreed = []
    for ask, template in (
        (lesson["ask_begun"], lesson["TEMPLATES"]["one word"]),
        (lesson["completing"](lesson["examples"].head(4)), lesson["NEXT"]),
    ):
        for item in lesson["test"].head(SAMPLE).to_dict("records"):
            prompt = lesson["fill"](template, item)
            recorded = lesson["results"]
            reply = ask(prompt)
            assert "on this machine, just now" in bh.answered_by(reply)
            name = "begun" if ask is lesson["ask_begun"] else "4 completed"
            stored = recorded[name].set_index("id").loc[item["id"], "read"]
            found = lesson["one_word"](text_of(reply), item).read
            agreed.append(found == stored)
    assert sum(agreed) >= AGREE * len(agreed)


def text_of(reply):
    blocks = reply["output"]["message"]["content"]
    return "".join(block.get("text", "") for block in blocks)
