"""data/lesson_usage.json is what its tool measures, and covers every lesson."""

import pytest

from bedrock_helpers.data_files import load_json
from bedrock_helpers.pricing import cost_of
from tools import measure_lesson_usage as tool
from tools.refresh_notebooks import read_notebook

USAGE = load_json("lesson_usage.json")["usage"]
SMALLEST = "01_setup_and_model_access"


def counted(record):
    return {k: v for k, v in record.items() if k != "as_of"}


def test_measured_again_the_smallest_notebook_is_as_stored():
    (path,) = [path for path in tool.lessons() if path.stem == SMALLEST]
    again = tool.records_of(path, tool.calls_of(path), "today")
    stored = [record for record in USAGE if record["notebook"] == SMALLEST]
    assert list(map(counted, again)) == list(map(counted, stored))


def test_every_numbered_notebook_was_measured():
    numbered = {path.stem for path in tool.lessons() if path.stem[0].isdecimal()}
    assert {record["notebook"] for record in USAGE} == numbered


@pytest.mark.parametrize("record", USAGE, ids=lambda r: f"{r['notebook']}/{r['tier']}")
def test_a_record_agrees_with_itself(record):
    assert 0 < record["busiest_calls"] <= record["calls"]
    assert record["output_tokens"] <= record["max_tokens"]
    for kind in ("input", "output", "cache_read", "cache_write", "max"):
        assert record[f"busiest_{kind}_tokens"] <= record[f"{kind}_tokens"]
    read = ("input", "cache_read", "cache_write", "max")
    set_aside = sum(record[f"busiest_{kind}_tokens"] for kind in read)
    assert record["largest_call_tokens"] * record["busiest_calls"] >= set_aside


@pytest.mark.parametrize("record", USAGE, ids=lambda r: f"{r['notebook']}/{r['tier']}")
def test_its_price_is_known(record):
    usage = {"inputTokens": record["input_tokens"], "outputTokens": 0}
    assert cost_of(usage, record["model_id"], tier=record["tier"]) > 0


@pytest.mark.parametrize("record", USAGE, ids=lambda r: f"{r['notebook']}/{r['tier']}")
def test_its_busiest_cell_is_one_that_may_call_live(record):
    (path,) = [one for one in tool.lessons() if one.stem == record["notebook"]]
    code = [c for c in read_notebook(path).cells if c.cell_type == "code"]
    tags = code[record["busiest_cell"] - 1].metadata.tags
    assert {"live", "changes-account"} & set(tags)


def call(cell, read, written, limit):
    usage = {"inputTokens": read, "outputTokens": written}
    return {"cell": cell, "usage": usage, "max_tokens": limit, "model_id": "m"}


def test_what_is_cached_is_set_aside_too():
    cached = {"cacheReadInputTokens": 700, "cacheWriteInputTokens": 200}
    calls = [call(1, 500, 5, 10), call(2, 10, 5, 10)]
    calls[1]["usage"] |= cached
    calls = [{**one, "tier": "default"} for one in calls]
    (record,) = tool.records_of(tool.lessons()[0], calls, "today")
    assert (record["busiest_cell"], record["largest_call_tokens"]) == (2, 920)
    assert record["busiest_cache_read_tokens"] == 700
    assert record["busiest_cache_write_tokens"] == 200


def test_the_busiest_cell_is_the_one_that_sets_most_aside():
    calls = [call(1, 10, 5, 900), call(2, 300, 5, 10), call(2, 300, 6, 400)]
    calls = [{**one, "tier": "default"} for one in calls]
    path = tool.lessons()[0]
    (record,) = tool.records_of(path, calls, "today")
    assert (record["busiest_cell"], record["busiest_calls"]) == (2, 2)
    assert record["busiest_max_tokens"] == 410 and record["largest_call_tokens"] == 910
