"""Rows of costs in words and as code."""

from decimal import Decimal

import pytest
from hypothesis import given

from bedrock_helpers import pricing
from bedrock_helpers.labs.cost_rows import (
    COLUMNS,
    cost_code,
    cost_row,
    name_of,
    reckoning,
    rows_words,
    shape_words,
    sources_words,
    table_cells,
)
from bedrock_helpers.workload import Workload, monthly_usd
from tests.test_workload import CACHED, HAIKU, NOVA, WORKLOADS

GPT, V2, DAY = "openai.gpt-oss-20b-1:0", "anthropic.claude-v2", "2023-09-28"
LOAD = Workload(5000, 1000, 200)


def test_a_row_holds_the_exact_month():
    row = cost_row(LOAD, NOVA)
    assert (row.name, row.month_usd) == ("Nova Micro", Decimal("9.45"))
    assert (row.thousand_usd, row.unknown) == (Decimal("0.063"), "")


@pytest.mark.parametrize(
    ("load", "model_id", "on", "said"),
    [
        (CACHED, GPT, None, "no cache price known"),
        (CACHED, V2, DAY, "no cache price known"),
        (Workload(1, 9, 9, batch_share=0.1), V2, DAY, "no batch price known"),
        (
            Workload(1, 200_001, 9, batch_share=0.1),
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            None,
            "no price known for so long a prompt",
        ),
    ],
)
def test_an_unknown_price_is_said_in_the_row(load, model_id, on, said):
    row = cost_row(load, model_id, on)
    assert (row.month_usd, row.thousand_usd, row.unknown) == (None, None, said)
    assert table_cells([row])[1] == (name_of(model_id), said, "", "", "")


@pytest.mark.parametrize("model_id", pricing.known_ids())
def test_every_known_id_has_a_month_or_says_why_not(model_id):
    for load in (LOAD, CACHED, Workload(10, 100, 10, batch_share=0.5)):
        row = cost_row(load, model_id)
        assert bool(row.unknown) == (row.month_usd is None)


def test_an_id_without_any_price_is_no_row():
    with pytest.raises(pricing.UnknownPriceError, match="nobody.knows-me"):
        cost_row(LOAD, "nobody.knows-me")


def test_the_table_compares_with_the_cheapest():
    rows = [cost_row(LOAD, one) for one in (HAIKU, NOVA)]
    head, haiku, nova = table_cells(rows)
    assert head == COLUMNS
    # 330 / 9.45 = 34.92.
    assert haiku == (
        *("Claude Haiku 4.5 (us)", "330.00", "2.20", "34.9"),
        "input tokens: 297.00 to 363.00",  # a fifth of 0.15 × 1,100 is 33
    )
    assert nova[3] == "1.0"


def test_a_profile_s_name_tells_its_geography():
    assert name_of("eu.amazon.nova-lite-v1:0") == "Nova Lite (eu)"
    assert name_of("amazon.nova-lite-v1:0") == "Nova Lite"
    assert name_of("nobody.knows-me") == "nobody.knows-me"


def test_a_workload_in_words_names_only_what_there_is():
    assert shape_words(LOAD) == "5,000 requests a day, 1,000 + 200 tokens"
    load = Workload(12, 1, 2, cached_share=0.25, batch_share=0.5)
    assert shape_words(load).endswith("tokens, 25 % cached, 50 % as batch")


def test_no_rows_say_that_no_model_is_chosen():
    assert rows_words([]) == "no model chosen"
    assert sources_words([]) == ""


@given(WORKLOADS)
def test_the_reckoning_comes_to_the_month(load):
    told = reckoning(load, cost_row(load, HAIKU))
    sums = [eval(line_as_python(line)) for line in told]
    assert sum(sums) == pytest.approx(monthly_usd(load, HAIKU))


def line_as_python(line):
    """``30 days × 5,000 on demand × (1,000 input × 0.035) / 1,000,000`` to compute."""
    factors = []
    for word in line.replace("(", "( ").replace(")", " )").replace(",", "").split():
        if word in ("×", "+", "/", "(", ")"):
            factors.append({"×": "*"}.get(word, word))
        elif word != "5m" and word[0].isdigit():
            factors.append(f"Decimal('{word}')")
    return " ".join(factors)


def test_the_code_computes_what_the_rows_say(capsys):
    load = Workload(777, 5000, 20, cached_share=0.8, cache_writes_per_day=3)
    rows = [cost_row(load, one) for one in (HAIKU, GPT)]
    exec(cost_code(load, rows), {})
    assert capsys.readouterr().out == f"{HAIKU} {rows[0].month_usd}\n"
    assert f"# {GPT}: no cache price known" in cost_code(load, rows)


def test_the_code_of_another_day_names_it(capsys):
    rows = [cost_row(LOAD, V2, DAY)]
    exec(cost_code(LOAD, rows, DAY), {})
    assert capsys.readouterr().out == f"{V2} {rows[0].month_usd}\n"


def test_sources_and_days_are_told_once():
    told = sources_words([NOVA, GPT, HAIKU])
    assert told.startswith("Prices of 2026-11-22, from the AWS price list")
    sources = told.split("; ")
    assert len(sources) == len(set(sources)) >= 2
    assert "2023-09-28" in sources_words([V2], DAY)
