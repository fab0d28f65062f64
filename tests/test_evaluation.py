"""Runs over items: rows, costs, failures that leave a row, and ones that end it."""

import subprocess
import sys
from decimal import Decimal

import nbformat
import pandas as pd
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from hypothesis import given
from hypothesis import strategies as st
from nbclient import NotebookClient

import bedrock_helpers as bh
from bedrock_helpers.evaluation import RESULT_COLUMNS, run
from bedrock_helpers.prompt_template import fill
from bedrock_helpers.scoring import Score, one_of

MODEL = bh.catalog.NOVA_MICRO
TEMPLATE = "Positive or negative? {text}"
ITEMS = [
    {"id": 1, "text": "I love it", "label": "positive"},
    {"id": 2, "text": "I hate it", "label": "negative"},
    {"id": 3, "text": "{text} {0} {{ }", "label": "negative"},
]
MANY = [{"text": str(number), "label": "positive"} for number in range(12)]
score = one_of(["positive", "negative"])


def reply(*texts, **more):
    """What boto3 returns for a reply of these text blocks."""
    content = [{"text": text} for text in texts]
    usage = {"inputTokens": 1000, "outputTokens": 10, "totalTokens": 1010}
    message = {"message": {"role": "assistant", "content": content}}
    return {"output": message, "usage": usage, "stopReason": "end_turn", **more}


def refused(code, message="No."):
    return ClientError({"Error": {"Code": code, "Message": message}}, "Converse")


def asked(*outcomes):
    """A function like a learner's, that gives these in turn, the last for ever."""
    waiting = list(outcomes)

    def ask(prompt):
        outcome = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    return ask


@given(st.dictionaries(st.sampled_from("abc"), st.text(), min_size=3))
def test_texts_go_into_a_prompt_as_they_are_whatever_is_in_them(item):
    filled = fill("{b}|{a}|{{{c}}}|{a}", item)
    assert filled == "|".join([item["b"], item["a"], "{" + item["c"] + "}", item["a"]])


def test_a_place_may_say_how_a_number_is_written():
    assert fill("{price:.2f} {name!r}", {"price": 3, "name": "Kite"}) == "3.00 'Kite'"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{review}", "asks for 'review', and the item has: id, text, label"),
        ("{}", "asks for '', and the item has"),
        ("{0}", "asks for '0'"),
        ("{text.upper}", "asks for 'text.upper'"),
        ("{text.__class__}", "asks for 'text.__class__'"),
        ("{text[0]}", "asks for"),
        ('Reply as {"mood": "good"} to {text}', "asks for '\"mood\"'.*type it twice"),
        ("a } b {text}", "a brace that stands alone.*twice: {{ or }}"),
        ("a { b", "a brace that stands alone"),
    ],
)
def test_a_template_that_cannot_be_filled_says_why_before_anything_is_sent(
    template, words
):
    with pytest.raises(ValueError, match=words):
        run(asked(AssertionError("it was sent")), template, ITEMS, score)


def test_every_item_has_its_row_with_its_fields_and_all_that_the_call_gave():
    results = run(
        asked(reply("Positive."), reply("It is negative", stopReason="max_tokens")),
        TEMPLATE,
        ITEMS,
        score,
        model_id=MODEL,
    )
    assert list(results) == ["id", "text", "label", *RESULT_COLUMNS]
    assert results["prompt"][2] == "Positive or negative? {text} {0} {{ }"
    assert results["reply"].tolist() == ["Positive.", *["It is negative"] * 2]
    assert results["read"].tolist() == ["positive", None, None]
    assert results["valid"].tolist() == [True, False, False]
    assert results["correct"].tolist() == [True, False, False]
    assert results["input_tokens"].sum() == 3000
    usage = {"inputTokens": 1000, "outputTokens": 10}
    assert results["cost_usd"][0] == bh.pricing.cost_of(usage, MODEL)
    assert isinstance(results["cost_usd"].sum(), Decimal)
    assert results["stop_reason"].tolist() == ["end_turn", *["max_tokens"] * 2]
    assert set(results["answered_by"]) == {"Amazon Bedrock (live)"}
    assert results["error"].tolist() == [""] * 3


def test_items_may_come_as_a_table_and_any_index_of_it_is_left_behind():
    table = pd.DataFrame(ITEMS, index=[7, 8, 9])
    results = run(asked(reply("positive")), TEMPLATE, table, score)
    assert results.index.tolist() == [0, 1, 2]
    pd.testing.assert_frame_equal(
        results, run(asked(reply("positive")), TEMPLATE, iter(ITEMS), score)
    )


def test_text_blocks_are_joined_and_blocks_of_other_kinds_left_out():
    answer = reply("posi", "tive")
    thinking = {"reasoningContent": {"reasoningText": {"text": "negative"}}}
    answer["output"]["message"]["content"].insert(0, thinking)
    results = run(asked(answer), TEMPLATE, ITEMS[:1], score)
    assert results["reply"][0] == "positive"


@pytest.mark.parametrize("model_id", [None, "nobody.knows-its-price-v1:0"])
def test_the_cost_is_none_where_no_price_is_known(model_id):
    results = run(asked(reply("positive")), TEMPLATE, ITEMS, score, model_id=model_id)
    assert results["cost_usd"].tolist() == [None] * 3


def test_the_cost_is_that_of_the_tier_that_served_the_call():
    sooner = reply("positive", serviceTier={"type": "priority"})
    model_id, usage = bh.catalog.GPT_OSS_20B, {"inputTokens": 1000, "outputTokens": 10}
    results = run(asked(sooner), TEMPLATE, ITEMS, score, model_id=model_id)
    cost = bh.pricing.cost_of(usage, model_id, tier="priority")
    assert results["cost_usd"][0] == cost > bh.pricing.cost_of(usage, model_id)


def test_a_failed_call_leaves_a_row_that_says_so_and_loses_no_other():
    results = run(
        asked(
            refused("ThrottlingException", "Slow down."),
            reply("positive"),
            refused("ValidationException", "Too long."),
            ReadTimeoutError(endpoint_url="https://x"),
            reply("negative"),
        ),
        TEMPLATE,
        MANY,
        score,
        model_id=MODEL,
    )
    assert (results["error"] != "").tolist() == [True, False, True, True, *[False] * 8]
    assert results["error"][0].startswith("ClientError: An error occurred (Throttling")
    assert results["error"][3].startswith("ReadTimeoutError: ")
    row = results.iloc[2]
    assert not row["valid"] and not row["correct"] and row["reply"] == ""
    assert row["read"] is None and row["cost_usd"] is None
    assert pd.isna(row["input_tokens"]) and pd.isna(row["output_tokens"])
    assert row["prompt"] == "Positive or negative? 2"


@pytest.mark.parametrize(
    "error",
    [
        refused("ValidationException"),
        refused("AccessDeniedException"),
        refused("ResourceNotFoundException"),
        refused("ExpiredTokenException"),
        NoCredentialsError(),
        ParamValidationError(report="messages is missing"),
    ],
    ids=lambda error: str(error)[:60],
)
def test_a_refusal_of_the_first_call_ends_the_run_for_it_would_meet_them_all(error):
    calls = []

    def ask(prompt):
        calls.append(prompt)
        raise error

    with pytest.raises(type(error)) as caught:
        run(ask, TEMPLATE, MANY, score)
    assert caught.value is error
    assert len(calls) == 1
    assert len(error.results) == 0
    assert list(error.results) == ["text", "label", *RESULT_COLUMNS]


def test_a_passing_failure_first_does_not_hide_a_refusal_after_it():
    ask = asked(refused("ThrottlingException"), refused("AccessDeniedException"))
    with pytest.raises(ClientError, match="AccessDenied") as caught:
        run(ask, TEMPLATE, MANY, score)
    assert len(caught.value.results) == 1


def test_the_fifth_failure_in_a_row_ends_the_run_and_four_do_not():
    down = refused("ServiceUnavailableException")
    four = asked(reply("positive"), *[down] * 4, reply("positive"), *[down] * 4)
    with pytest.raises(ClientError) as caught:
        run(four, TEMPLATE, MANY, score)
    assert len(caught.value.results) == 10
    assert (caught.value.results["error"] == "").sum() == 2
    mended = asked(*[down] * 4, reply("positive"))
    assert (run(mended, TEMPLATE, MANY, score)["error"] == "").sum() == 8


@pytest.mark.parametrize(
    "error",
    [
        bh.BudgetExceeded("Not sent"),
        NameError("name 'bedrok' is not defined"),
        KeyboardInterrupt(),
    ],
    ids=repr,
)
def test_what_is_no_error_of_a_call_ends_the_run_and_brings_the_rows_so_far(error):
    with pytest.raises(type(error)) as caught:
        run(asked(*[reply("positive")] * 3, error), TEMPLATE, MANY, score)
    assert caught.value.results["correct"].tolist() == [True] * 3
    (note,) = caught.value.__notes__
    assert note == "Rows so far (3 of 12): import sys; sys.last_value.results"


def test_a_budget_that_runs_out_keeps_what_was_paid_for():
    session = bh.connect("offline", budget_usd="0.000066")
    bedrock = session.client("bedrock-runtime")

    def ask(prompt):
        return bedrock.converse(
            modelId=MODEL,
            messages=[{"role": "user", "content": [{"text": prompt}]}],
            inferenceConfig={"maxTokens": 10, "temperature": 0},
        )

    with pytest.raises(bh.BudgetExceeded) as caught:
        run(ask, TEMPLATE, MANY, score, model_id=MODEL)
    paid = caught.value.results
    assert len(paid) > 1
    assert paid["cost_usd"].sum() == session.meter.spent_usd


def test_a_throttled_call_of_the_offline_bedrock_is_one_row_of_many():
    session = bh.connect("offline")
    once = Config(retries={"total_max_attempts": 1})
    bedrock = session.client("bedrock-runtime", config=once)

    def ask(prompt):
        if prompt.endswith(" 1"):
            session.offline.fail_next("ThrottlingException")
        message = {"role": "user", "content": [{"text": prompt}]}
        limits = {"maxTokens": 3, "temperature": 0}
        return bedrock.converse(
            modelId=MODEL, messages=[message], inferenceConfig=limits
        )

    results = run(ask, TEMPLATE, MANY[:3], score, model_id=MODEL)
    assert results["error"][1].startswith("ThrottlingException: An error occurred")
    assert results["error"][[0, 2]].tolist() == ["", ""]
    assert results["output_tokens"].dropna().between(1, 3).all()
    assert results["answered_by"][0].startswith("SmolLM2-135M on this machine")


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "ask returned a NoneType that is no reply of Converse.*return bedrock"),
        ("positive", "ask returned a str"),
        ({"body": b""}, "ask returned a dict"),
    ],
)
def test_a_function_that_returns_something_else_is_told_what_to_return(returned, words):
    with pytest.raises(TypeError, match=words):
        run(asked(returned), TEMPLATE, ITEMS, score)


def test_a_scorer_that_returns_something_else_is_told_what_to_return():
    with pytest.raises(TypeError, match="score returned a bool; .*Score.valid=True"):
        run(asked(reply("positive")), TEMPLATE, ITEMS, lambda text, item: True)


def test_a_scorer_of_ones_own_reads_what_it_likes():
    def length(text, item):
        return Score(valid=True, correct=len(text) > 3, read=[len(text)])

    results = run(asked(reply("positive")), TEMPLATE, ITEMS, length)
    assert results["read"].tolist() == [[8]] * 3


@pytest.mark.parametrize("items", [[], ["I love it"], ITEMS[0], pd.DataFrame()])
def test_what_are_no_items_is_refused(items):
    with pytest.raises(ValueError, match="a list of at least one dict, or a DataFrame"):
        run(asked(reply("positive")), TEMPLATE, items, score)


def test_a_field_named_like_a_column_of_the_results_is_refused():
    items = [{"text": "I love it", "reply": "Thanks"}]
    with pytest.raises(ValueError, match="field 'reply'.*{'my_reply': …}"):
        run(asked(reply("positive")), TEMPLATE, items, score)


def test_outside_a_notebook_nothing_is_shown(capfd):
    run(asked(reply("positive")), TEMPLATE, ITEMS, score)
    assert capfd.readouterr() == ("", "")


SETUP = """
from bedrock_helpers.evaluation import run
from bedrock_helpers.scoring import Score

def ask(prompt):
    if prompt == "three" and stop:
        raise KeyboardInterrupt
    return {"output": {"message": {"content": []}}}

items = [{"n": n} for n in ("one", "two", "three")]
score = lambda text, item: Score(True, True)
stop = False
"""
CELLS = [
    SETUP,
    'run(ask, "{n}", items, score)["n"].tolist()',
    'run(ask, "{n}", items, score, show_progress=False)["n"].tolist()',
    'stop = True\nrun(ask, "{n}", items, score)',
    'import sys\nsys.last_value.results["n"].tolist()',
    "len(get_ipython().kernel.comm_manager.comms)",
]


def test_in_a_notebook_a_bar_is_shown_whose_stored_trace_is_always_the_same(tmp_path):
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    cells[3].metadata.tags = ["raises-exception"]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, kernel_name="python3")
    client.execute(cwd=tmp_path, stderr=subprocess.DEVNULL)
    stored = [
        [output.get("data", {}).get("text/plain") for output in cell.outputs]
        for cell in notebook.cells[1:]
    ]
    everyone, bar = "['one', 'two', 'three']", "3 items, one call each"
    so_far, left_open = "['one', 'two']", "0"
    assert stored == [[bar, everyone], [everyone], [bar, None], [so_far], [left_open]]
    assert notebook.cells[3].outputs[1].ename == "KeyboardInterrupt"


def test_the_package_itself_does_not_load_it():
    code = "import sys, bedrock_helpers; print(*sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    loaded = set(printed.stdout.split())
    names = ("evaluation", "comparison", "scoring", "safe_sql", "shop", "intervals")
    assert loaded.isdisjoint(f"bedrock_helpers.{name}" for name in names)
