"""Numbers that notebook 07's prose repeats, computed anew from the stored runs."""

import json
import math

import pytest

import bedrock_helpers as bh
from bedrock_helpers import benchmark
from bedrock_helpers.answered_by import made_just_now
from bedrock_helpers.benchmark_summary import alike, throughput
from bedrock_helpers.checks import benchmarking
from bedrock_helpers.data_files import data_path, load_json
from bedrock_helpers.percentiles import percentile, samples_needed
from tests.notebooks.prose import FOLDER, prose_of

NAME = "07_benchmarks.ipynb"
PUBLISHED = {r["key"]: r for r in load_json("published_benchmarks.json")["benchmarks"]}


@pytest.fixture(scope="module")
def prose():
    return prose_of(NAME)


@pytest.fixture(scope="module")
def outputs():
    """All that the notebook stored, as text."""
    cells = json.loads((FOLDER / NAME).read_text(encoding="utf-8"))["cells"]
    outputs = [o for cell in cells for o in cell.get("outputs", ())]
    texts = [o.get("text", o.get("data", {}).get("text/plain", "")) for o in outputs]
    return "\n".join("".join(text) for text in texts)


def stored(name):
    return benchmark.load(data_path(f"benchmarks/{name}.json"))


def median(values):
    return percentile(values, 0.5).value


# Stored runs and fresh ones


def test_no_reply_of_this_notebook_is_recorded():
    """A recording comes at once: a benchmark of it would measure no model."""
    recordings = data_path("models.json").parent / "recordings"
    assert not list(recordings.glob("07_*"))


def test_every_stored_run_was_answered_by_the_model():
    for path in data_path("benchmarks").glob("*.json"):
        assert benchmark.load(path)["answered_by"].map(made_just_now).all()


def test_no_time_measured_by_a_fresh_run_is_stored(outputs):
    cells = json.loads((FOLDER / NAME).read_text(encoding="utf-8"))["cells"]
    timed = [
        c
        for c in cells
        if c["cell_type"] == "code"
        and "".join(c["source"]).rstrip().split("\n")[-1].startswith("ShownNow(")
    ]
    assert len(timed) == outputs.count("(measured just now: shown while") == 5


def test_the_prompts_are_made_as_those_of_the_stored_runs():
    source = (FOLDER / NAME).read_text(encoding="utf-8")
    (request,) = {stored("one_prompt").loc[0, "sent"]}
    text = json.loads(request)["messages"][0]["content"][0]["text"]
    assert text[:7] == "Number " and text[7:15].isdigit()
    assert text[17:] == "Tell a long story about the ferry." and text[17:] in source


# One call proves nothing


def test_the_slowest_the_quickest_and_the_short_one(prose):
    kept = stored("one_prompt")
    times = kept["latency_ms"]
    assert f"{times.max() / times.min():.1f} times. Read the curve" in prose
    quickest = kept.loc[times.idxmin()]
    assert quickest["stop_reason"] == "end_turn"
    assert f"by itself after {quickest['output_tokens']} tokens" in prose
    assert kept["output_tokens"].mode()[0] == 24 and len(kept) == 300


def test_the_intervals_of_the_distribution(prose):
    times = stored("one_prompt")["latency_ms"]
    middle, tail = percentile(times, 0.5), percentile(times, 0.99)
    told = f"lies between {middle.low:.0f} and {middle.high:.0f} ms, the true p99"
    assert f"{told} between {tail.low:.0f} and {tail.high:.0f}" in prose


def test_no_stretch_has_its_median_in_the_interval_of_all(prose):
    kept = stored("one_prompt")["latency_ms"]
    whole = percentile(kept, 0.5)
    found = [percentile(part, 0.5) for _, part in kept.groupby(kept.index // 50)]
    assert len(found) == 6
    assert not any(whole.low <= one.value <= whole.high for one in found)
    slow, quick = (pick(found, key=lambda one: one.value) for pick in (max, min))
    assert quick.high < slow.low
    ends = (whole.low, whole.high, quick.low, quick.high, slow.low, slow.high)
    told = (
        "six medians lies between {:.0f} and {:.0f}, and {:.0f} to {:.0f} does not "
        "even touch {:.0f} to {:.0f}"
    )
    assert told.format(*ends) in prose
    near, by_chance = alike(kept), 2 / math.sqrt(len(kept))
    assert f"says how much: {near:.2f}, where" in prose and near > 4 * by_chance
    assert f"less than {by_chance:.2f} (2 / √300)" in prose


def test_how_far_two_that_are_one_look_apart(prose, outputs):
    assert "0.50   7.2%  3.4%  1.4%  0.8%" in outputs
    assert "0.95  22.0%  9.9%  4.2%  2.2%" in outputs
    assert "typically 7 % apart, and one time in twenty 22 % or more" in prose
    assert "With 100 calls each it is 0.8 % and 2.2 %" in prose


def test_the_samples_of_percentiles(prose):
    needed = [samples_needed(share) for share in (0.5, 0.95, 0.99)]
    told = "A median takes {}, so that they lie on both sides of it; a p95 takes {}, a "
    assert told.format(f"{needed[0]} calls", needed[1]) in prose
    assert f"a p99 takes {needed[2]}. One call fewer" in prose
    assert math.ceil(math.log(0.05) / math.log(0.95)) == needed[1]
    assert 0.95**58 > 1 / 20, "of 58 calls, more often than once in twenty"


# What makes a call slow


def test_the_first_text_comes_after_a_quarter(outputs, prose):
    kept = stored("one_prompt")
    share = (kept["first_text_ms"] / kept["latency_ms"]).median()
    assert 0.23 < share < 0.29 and f"first text after {share:.0%} of" in outputs
    assert "after about a quarter of the time" in prose


def test_the_waits_of_new_prompts_and_of_the_same_again(prose):
    lengths = stored("input_length")
    again = lengths["label"] == "the same again"
    waits = lengths[~again].groupby("input_tokens")["first_text_ms"].agg(median)
    assert f"from {waits[28]:.0f} ms at 28 tokens to 3 seconds at 1,228" in prose
    assert 2900 < waits[1228] < 3100 and waits.index[-1] == 1228
    same = median(lengths[again]["first_text_ms"])
    assert f"*The same again*: {same:.0f} ms" in prose
    assert f"it looks {waits[1228] / same:.0f} times as fast" in prose


def test_what_a_token_costs_that_is_read_and_one_that_is_written(outputs, prose):
    assert "2.46 ms for each token it reads" in outputs
    assert "2.5 ms for a token read, about 6 for one written" in prose
    replies = stored("output_length")
    each = replies.groupby("label")["ms_per_output_token"].agg(median)
    assert each.between(5.5, 6.5).all()
    longest = replies[replies["label"] == "128 tokens"]["latency_ms"]
    assert f'"{median(longest) / 1000:.1f} seconds a call"' in prose


# Several at a time


def test_more_workers_get_no_more_done_and_wait_longer(prose):
    runs = {n: stored(f"concurrency_{n}") for n in (1, 2, 4, 8)}
    speeds = [throughput(run)["output_tokens_per_s"] for run in runs.values()]
    assert f"lie between {min(speeds):.0f} and {max(speeds):.0f}" in prose
    assert speeds[0] > 0.9 * max(speeds)
    one, eight = (median(runs[n]["latency_ms"]) for n in (1, 8))
    assert f"takes {one:.0f} ms with one worker, {eight:,.0f} with eight" in prose
    found = percentile(runs[8]["latency_ms"], 0.5)
    assert found.high > 3 * found.low, "how wide the interval is with eight"


def test_who_waits_over_a_second_when_a_service_stalls(outputs, prose):
    assert "the worker: 101 calls, 1% over one second" in outputs
    assert "the people: 200 calls, 45% over one second" in outputs
    assert "One in a hundred, or nearly half." in prose


# Choosing


def test_the_dearest_is_the_most_capable_and_six_times_everything(outputs, prose):
    for row in ("begun          54     72", "12 completed   63     72"):
        assert row in outputs
    assert "*12 completed* alone, 63 right of 72" in prose
    table = stored("prompts")
    by_label = table.groupby("label")
    times = by_label["latency_ms"].agg(median)
    tokens = by_label["input_tokens"].mean()
    for found in (times, tokens):
        assert 5.5 < found["12 completed"] / found["begun"] < 6.5
    price = bh.pricing.price_of(bh.catalog.NOVA_MICRO)
    usd = tokens * float(price.usd_per_million_input)
    assert 5.5 < usd["12 completed"] / usd["begun"] < 6.5
    assert times["12 completed"] > 500, "no more than half a second: nothing is left"


def test_asked_live_it_costs_less_than_a_cent(prose):
    """The scores are most of it: four prompts on 72 reviews."""
    assert "**Cost when live:** less than one cent" in prose
    price = bh.pricing.price_of(bh.catalog.NOVA_MICRO)
    table = stored("prompts")
    read = table.groupby("label")["input_tokens"].mean().sum() * 72
    written = table.groupby("label")["output_tokens"].mean().sum() * 72
    usd = read * float(price.usd_per_million_input)
    usd += written * float(price.usd_per_million_output)
    assert usd / 1_000_000 < 0.005


def test_the_best_prompt_for_sql_is_that_of_notebook_04(prose):
    told = "the best prompt had 2 of 30 right"
    assert told in prose
    cells = (FOLDER / "04_prompt_engineering.ipynb").read_text(encoding="utf-8")
    assert "and examples     15        2          6.7" in cells


def test_the_exercises_numbers_are_those_of_their_checks(prose):
    for number in (
        f"first piece came at **{benchmarking.FIRST_AT}**",
        f"the last at **{benchmarking.LAST_AT:,}**",
        f"the end of the stream at **{benchmarking.ENDED_AT:,}**",
        f"**{benchmarking.PIECES}** pieces",
        f"**{benchmarking.OUTPUT_TOKENS}** output tokens",
        f"**{benchmarking.ARRIVALS_PER_S} requests a second**",
        f"**{benchmarking.LATENCY_S} seconds** on average",
        f"writes {benchmarking.TOKENS_EACH} tokens",
        f"at least {benchmarking.FLOOR:.0%}".replace("%", " %"),
        f"p95 of at most {benchmarking.LONGEST_MS:,} ms",
    ):
        assert number in prose


# Published figures


def test_the_published_speeds_of_one_model(prose):
    speeds = {
        r["key"]: r["output_tokens_per_s"]
        for r in PUBLISHED.values()
        if r["model_id"] == bh.catalog.NOVA_MICRO and r["output_tokens_per_s"]
    }
    assert max(speeds.values()) / min(speeds.values()) == pytest.approx(4, abs=0.05)
    assert f"{speeds['nova-micro-creative']} for stories, " in prose
    assert f"{speeds['nova-micro-reasoning']} for reasoning" in prose
    assert f"FMBench's {speeds['nova-micro-fmbench']} are those of both" in prose


def test_more_calls_under_way_than_workers(prose):
    def under_way(r):
        return r["calls_per_minute"] / 60 * r["latency_mean_s"]

    alone = [under_way(r) for r in PUBLISHED.values() if r["concurrency"] == 1]
    assert f"up to {max(alone):.2f} calls under way with one worker" in prose
    assert f"and {under_way(PUBLISHED['command']):.1f} with two" in prose


def test_so_few_calls_stand_behind_a_published_p99(outputs, prose):
    one = PUBLISHED["nova-micro-fmbench"]
    most = int(float(one["experiment_usd"]) / float(one["usd_per_call"]))
    assert f"from at most {most} calls" in outputs
    assert f"of {most} calls at most; a p99 takes {samples_needed(0.99)}" in prose
    found = one["latency_percentiles_s"]
    assert found["p95"] == found["p99"], "no wonder that it equals the p95"


def test_ours_took_eleven_times_as_long_as_the_published_one(prose):
    own = median(stored("like_published")["latency_ms"]) / 1000
    one = PUBLISHED["nova-micro-fmbench"]
    assert round(own / one["latency_percentiles_s"]["p50"]) == 11
    assert "Eleven times as long" in prose
    assert stored("like_published").attrs["about"]["concurrency"] == one["concurrency"]


def test_the_models_of_launch_day_were_timed_seven_months_later(prose):
    then = [r for r in PUBLISHED.values() if r["measured_on"] == "2024-04-16"]
    of_the_day = [r for r in then if bh.catalog.get(r["model_id"]).launch_day]
    assert len(of_the_day) == 5 and "five models of launch day" in prose
    assert then[-1]["name"] == "Claude 3 Haiku" and then[-1] not in of_the_day
    quickest = min(then, key=lambda r: r["latency_mean_s"])
    assert f"{quickest['name']} looks quickest" in prose
    command = PUBLISHED["command"]["output_tokens"]
    told = f"it wrote {quickest['output_tokens']} tokens and Command {command}"
    assert told in prose
    assert all(1300 < r["input_tokens"] < 1600 for r in then)


def test_more_than_four_calls_in_ten_had_failed(prose):
    assert "more than four calls in ten had failed" in prose
    source = PUBLISHED["grok-4.3-chat"]["source"]
    assert "92,241 calls, 42,108 of them failed" in source
    assert 42_108 / 92_241 > 0.4
