"""Numbers that notebook 05's prose repeats are those of the data, computed here."""

import json
import math
import re
from decimal import Decimal

import pytest

import bedrock_helpers as bh
from bedrock_helpers.break_even import cache_reads_to_break_even
from bedrock_helpers.checks import costs
from bedrock_helpers.data_files import load_json
from bedrock_helpers.labs.threshold_lab import ThresholdLab
from bedrock_helpers.pricing import cost_of, price_of, provisioned_usd_per_hour
from bedrock_helpers.workload import Workload, monthly_usd
from tests.notebooks.prose import FOLDER, prose_of

NAME = "05_pricing.ipynb"
MODEL, OSS = bh.catalog.NOVA_MICRO, bh.catalog.GPT_OSS_20B
HAIKU = bh.catalog.id_for(bh.catalog.CLAUDE_HAIKU_4_5)
V2, INSTANT = bh.catalog.CLAUDE_V2, bh.catalog.CLAUDE_INSTANT
DAY = bh.catalog.LAUNCH_DAY
CALL = {"inputTokens": 1000, "outputTokens": 200}
LOAD = Workload(requests_per_day=10_000, input_tokens=1000, output_tokens=200)
WEEKEND_HOURS = (24 - 18) + 24 + 24 + 9
QUOTA, READ = 200_000, 1000


def cells():
    return json.loads((FOLDER / NAME).read_text(encoding="utf-8"))["cells"]


def printed(words):
    """The stored output, as text, of the cell whose source has these words."""
    (cell,) = [c for c in cells() if words in "".join(c["source"]) and "outputs" in c]
    data = [output.get("data", output) for output in cell["outputs"]]
    return "\n".join("".join(d.get("text", d.get("text/plain", ""))) for d in data)


def first_usage():
    return json.loads(printed("ASK = [").replace("'", '"'))


def threshold(hours):
    lab = ThresholdLab(base_tokens=100, output_tokens=25)
    lab.example_tokens.value = 40
    lab.hours_per_example.value = hours
    return f"{lab.contest.threshold:.1f}"


def minimum(model_id):
    for record in load_json("prompt_caching.json")["models"]:
        if record["model_id"] == model_id:
            return record["minimum_tokens"]
    raise LookupError(model_id)


def exact_reads():
    """What a cache's premium is worth in reads, before it is rounded up."""
    price = price_of(HAIKU)
    plain = price.usd_per_million_input
    premium = price.usd_per_million_cache_write_5m - plain
    return premium / (plain - price.usd_per_million_cache_read)


def pays_from(model_id, *, months, on=None):
    """Calls a second from which a model unit costs no more than they do."""
    hour = provisioned_usd_per_hour(model_id, months=months)
    return hour / cost_of(CALL, model_id, on=on) / 3600


def calls_at_once(max_tokens):
    return QUOTA // (READ + max_tokens)


@pytest.fixture(scope="module")
def prose():
    return prose_of(NAME)


@pytest.mark.parametrize(
    "words",
    [
        f"from {threshold(0)} with hours that cost nothing",
        f"falls to {threshold(0.25)} examples",
        f"{minimum(bh.catalog.CLAUDE_SONNET_4_6):,} tokens with Claude Sonnet 4.6",
        f"and {minimum(bh.catalog.CLAUDE_HAIKU_4_5):,} with Haiku 4.5",
        f"{exact_reads():.2f} reads, so **one**",
        f"Each call reads {costs.EACH['inputTokens']:,} tokens and writes "
        f"{costs.EACH['outputTokens']}.",
        f"The prompt has {costs.BASE} tokens without examples, each example "
        f"{costs.EXAMPLE} tokens; the reply {costs.WRITTEN}.",
        f"A call costs \\${costs.CALL_USD}, and {costs.SHARE:.0%} of its".replace(
            "%", " %"
        ),
        f"which costs {int(costs.LOOK_USD * 100)} cents",
        f"A system prompt of {costs.SYSTEM:,} tokens",
        f"read {costs.READS} times in that hour",
        f"sending the prompt {costs.READS + 1} times",
        f"Count {costs.DAYS} days.",
        f"A quota of {costs.QUOTA:,} tokens a minute",
        f"Prompts of {costs.PROMPT:,} tokens, `maxTokens` {costs.MAX_TOKENS}",
        f"\\${provisioned_usd_per_hour(INSTANT, months=1):.2f} an hour in our data, "
        "and pays from "
        f"{pays_from(INSTANT, months=1, on=DAY):.0f} calls a second",
        f"{LOAD.requests_per_day:,} requests a day, each reads "
        f"{LOAD.input_tokens:,} tokens and writes {LOAD.output_tokens}",
        f"with a quota of {QUOTA:,} tokens a minute",
    ],
)
def test_the_prose_says_what_the_data_say(prose, words):
    assert words in prose


def test_written_tokens_cost_four_times_as_much_as_read_ones(prose):
    price = price_of(MODEL)
    assert price.usd_per_million_output == 4 * price.usd_per_million_input
    assert "Written tokens cost four times as much as read ones" in prose


def test_a_dollar_buys_more_than_a_hundred_thousand_such_calls(prose):
    calls = 1 / cost_of(first_usage(), MODEL)
    assert 100_000 < calls < 200_000 and "More than a hundred thousand." in prose
    opus = cost_of(first_usage(), "us.anthropic.claude-opus-5-5")
    assert 150 < calls * opus < 200
    assert "more than 150 dollars with Claude Opus 5.5 through its US profile" in prose


def test_haiku_has_nine_tenths_of_the_dollars(prose):
    told = printed("session.meter.figure()").splitlines()
    rows = [line.split() for line in told if line[:2] in ("0 ", "1 ", "2 ")]
    usd = {row[1]: Decimal(row[-1]) for row in rows}
    share = usd[HAIKU] / sum(usd.values())
    assert share == pytest.approx(Decimal("0.9"), abs=Decimal("0.02"))
    assert "Claude Haiku 4.5 has nine tenths of them" in prose


def test_the_threshold_without_accuracies_is_the_one_that_was_printed(prose):
    counted = printed('print(base, "tokens without examples,"').split()
    base, example = int(counted[0]), int(counted[4])

    def usd(model_id, examples):
        usage = {"inputTokens": base + examples * example, "outputTokens": 25}
        return cost_of(usage, model_id, on=DAY)

    equal = (usd(V2, 0) - usd(INSTANT, 0)) / (usd(INSTANT, 1) - usd(INSTANT, 0))
    assert f"({equal:.1f} above," in prose
    assert f"It is {equal:.1f}." in printed("threshold = (call_usd")


def test_claude_v2_was_six_to_seven_times_as_dear_as_instant(prose):
    dear, cheap = price_of(V2, on=DAY), price_of(INSTANT, on=DAY)
    for kind in ("input", "output"):
        of = f"usd_per_million_{kind}"
        assert 5.9 < getattr(dear, of) / getattr(cheap, of) < 7
    assert "Claude v2 was six to seven times as dear as Instant" in prose


def test_half_price_for_patience_and_three_quarters_more_for_haste(prose):
    ordinary = price_of(OSS).usd_per_million_input
    for tier in ("flex", "batch"):
        assert price_of(OSS, tier=tier).usd_per_million_input == ordinary / 2
    dearer = price_of(OSS, tier="priority").usd_per_million_input
    assert dearer == ordinary * Decimal("1.75")
    assert "Half price for patience, and three quarters more for haste" in prose
    assert bh.pricing.tiers_of("us.anthropic.claude-sonnet-5-5") == ("default",)


def test_the_second_call_with_a_cache_cost_about_a_tenth(prose):
    written, read = printed("asked = [usage_of(").split("usd")[1].split("\n")[1:3]
    share = Decimal(read.split()[1]) / Decimal(written.split()[1])
    assert 1 / share == pytest.approx(10, abs=Decimal("0.5"))
    assert "cost about a tenth" in prose


def test_a_cache_pays_from_one_read_and_for_an_hour_from_two(prose):
    price = price_of(HAIKU)
    assert cache_reads_to_break_even(price) == math.ceil(exact_reads()) == 1
    assert cache_reads_to_break_even(price, ttl="1h") == 2
    plain = price.usd_per_million_input
    assert price.usd_per_million_cache_write_1h == 2 * plain
    assert "the premium is the whole price again: two reads" in prose


def test_the_country_costs_a_tenth_more(prose):
    world = price_of(HAIKU.replace("us.", "global.", 1)).usd_per_million_input
    assert price_of(HAIKU).usd_per_million_input == world * Decimal("1.1")
    assert "a tenth more, for staying in the country" in prose


def test_a_unit_without_a_term_needs_hundreds_of_calls_a_second(prose):
    assert 200 < pays_from(MODEL, months=0) < 300
    assert "With no term, hundreds of calls a second" in prose
    hour = provisioned_usd_per_hour(MODEL, months=0)
    assert 3_750 < WEEKEND_HOURS * hour < 4_000
    assert "Nearly four thousand dollars" in prose


def test_then_and_now_are_as_far_apart_as_the_prose_says(prose):
    assert 5_000 < monthly_usd(LOAD, V2, on=DAY) < 5_500
    assert 15 < monthly_usd(LOAD, MODEL) < 20
    assert monthly_usd(LOAD, HAIKU) < monthly_usd(LOAD, INSTANT, on=DAY)
    assert "Claude v2 then: over 5,000 dollars; Nova Micro now: under 20." in prose
    assert "Even Claude Haiku 4.5 costs less than Instant did." in prose


def test_reading_moves_the_first_two_more_and_haiku_as_much_as_writing(prose):
    def halves(model_id):
        price = price_of(model_id)
        return (
            LOAD.input_tokens * price.usd_per_million_input,
            LOAD.output_tokens * price.usd_per_million_output,
        )

    for model_id in (MODEL, OSS):
        read, written = halves(model_id)
        assert read > written
    read, written = halves(HAIKU)
    assert read == written
    assert "Halving what is *read*, for the first two models" in prose


def test_half_as_batch_takes_a_quarter_off_everything(prose):
    half = Workload(10_000, 1000, 200, batch_share=0.5)
    for model_id in (MODEL, OSS, HAIKU):
        assert monthly_usd(half, model_id) == monthly_usd(LOAD, model_id) * 3 / 4
    assert "Half the requests sent as batch took a quarter off everything" in prose


def test_an_honest_limit_lets_seven_times_as_many_calls_begin(prose):
    assert round(calls_at_once(300) / calls_at_once(8000)) == 7
    assert "lets seven times as many calls begin" in prose


def test_no_price_of_the_file_stands_in_the_notebook(prose):
    """Prices are printed from the data; one alone is repeated, and held to it above."""
    file = load_json("prices.json")
    prices = set(re.findall(r'"(\d+(?:\.\d+)?)"', json.dumps(file)))
    code = " ".join("".join(c["source"]) for c in cells() if c["cell_type"] == "code")
    told = re.findall(r"\$(\d[\d,]*(?:\.\d+)?)", prose + code)
    amounts = {f"{Decimal(amount.replace(',', '')).normalize():f}" for amount in told}
    assert amounts & prices == {"39.6"}


def test_what_it_costs_live_is_between_one_and_two_cents(prose):
    """By the tokens counted offline; Claude's own count may be higher."""
    cached = printed("asked = [usage_of(").split("usd")[1].split("\n")[1:3]
    rows = [r.split() for r in printed("session.meter.figure()").splitlines() if r]
    metered = [Decimal(r[-1]) for r in rows if r[0] in "012"]
    spent = sum(metered) + sum(Decimal(row.split()[1]) for row in cached)
    assert Decimal("0.01") < spent < Decimal("0.02")
    assert "**Cost when live:** one to two cents" in prose
