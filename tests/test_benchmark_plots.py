"""Plots draw what was measured, and nothing that too few calls would have to show."""

import pandas as pd
import pytest
from botocore.config import Config

from bedrock_helpers import benchmark, benchmark_plots
from bedrock_helpers.benchmark_summary import throughput
from tests.synthetic_service import SyntheticService

HI = {
    "modelId": "amazon.nova-micro-v1:0",
    "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
}


def run(calls=60, first_s=lambda n: 0.1 + n / 1000, concurrency=1, **more):
    service = SyntheticService(first_s, lambda n: 0.01, **more)
    return benchmark.run(
        service.client(config=Config(retries={"total_max_attempts": 1})),
        [HI],
        calls=calls,
        concurrency=concurrency,
        warm_up=0,
        clock=service.clock,
    )


def lines_of(axes):
    return {line.get_label(): line for line in axes.get_lines()}


# The latency's distribution


def test_the_curve_reaches_one_at_the_slowest_call():
    table = run(calls=60)
    figure = benchmark_plots.latency_distribution(table)
    curve = lines_of(figure.panels[0])["all (60 calls)"]
    assert list(curve.get_xdata()) == sorted(table["latency_ms"])
    assert curve.get_ydata()[-1] == 1
    assert figure.table.loc["all", "neighbours alike"] == "1.00", "slower each time"


@pytest.mark.parametrize(("calls", "drawn"), [(59, 2), (58, 1), (5, 0)])
def test_a_percentile_of_too_few_calls_is_not_drawn(calls, drawn):
    figure = benchmark_plots.latency_distribution(run(calls))
    assert len(figure.panels[0].collections) == drawn
    told = figure.table.loc["all", "p95"]
    assert (told == f"too few: {calls}, needs 59") == (drawn < 2)


def test_an_interval_reaches_from_its_low_to_its_high_end():
    figure = benchmark_plots.latency_distribution(run(100), shares=(0.5,))
    (bar,) = figure.panels[0].collections
    (low, y), (high, _) = bar.get_segments()[0]
    assert y == 0.5
    assert figure.table.loc["all", "p50"].endswith(f"({low:.4g} to {high:.4g})")


def test_groups_are_drawn_apart():
    both = run(20).assign(kind=["slow", "quick"] * 10)
    figure = benchmark_plots.latency_distribution(both, "first_text_ms", "kind")
    assert list(figure.table.index) == ["slow", "quick"]
    assert {"slow (10 calls)", "quick (10 calls)"} <= set(lines_of(figure.panels[0]))


def test_as_many_groups_can_be_drawn_as_there_are():
    """More than there are dashes and colours, too."""
    many = run(16).assign(kind=[f"model {n % 8}" for n in range(16)])
    figure = benchmark_plots.latency_distribution(many, by="kind")
    assert len(lines_of(figure.panels[0])) == 8 and figure.svg()


def test_every_plot_says_what_was_measured():
    table = run(12)
    figures = [
        benchmark_plots.latency_distribution(table),
        benchmark_plots.first_token_against_input(table),
        benchmark_plots.throughput_against_concurrency([table]),
        benchmark_plots.cost_against_speed(CANDIDATES, "of something"),
    ]
    told = "amazon.nova-micro-v1:0 on Amazon Bedrock, us-east-1"
    for figure in figures:
        below = figure.get_supxlabel()
        assert told in below or below == "of something"
        assert below in figure.words and figure.table is not None


def test_failed_calls_are_in_no_curve():
    fails = run(12, fails=lambda n: "InternalServerException" if n % 3 == 1 else None)
    figure = benchmark_plots.latency_distribution(fails)
    assert figure.table.loc["all", "calls"] == (fails["error"] == "").sum() < 12


def test_a_time_there_is_not_says_which_there_are():
    with pytest.raises(ValueError, match="'ttft': it is one of latency_ms, first_text"):
        benchmark_plots.latency_distribution(run(3), "ttft")


def test_a_run_without_a_good_call_says_where_to_look():
    failed = run(3, fails=lambda n: "InternalServerException")
    with pytest.raises(ValueError, match=r"look at table\['error'\]"):
        benchmark_plots.latency_distribution(failed)
    with pytest.raises(ValueError, match="No call has a first_text_ms"):
        benchmark_plots.first_token_against_input(failed)


# The first token, over the prompt's length


def of_lengths():
    table = run(28)
    table["input_tokens"] = pd.array([100, 200, 300, 300] * 7, dtype="Int64")
    return table.assign(kind=["new", "new", "new", "again"] * 7)


def test_each_length_has_its_median():
    table = of_lengths()
    figure = benchmark_plots.first_token_against_input(table, by="kind")
    assert list(figure.table.index) == [
        ("new", 100),
        ("new", 200),
        ("new", 300),
        ("again", 300),
    ]
    median = table[table["input_tokens"] == 100]["first_text_ms"].median()
    assert figure.table.loc[("new", 100), "p50"].startswith(f"{median:.4g} ")


def test_a_length_with_few_calls_has_points_and_no_median():
    figure = benchmark_plots.first_token_against_input(run(5))
    assert figure.table["p50"].tolist() == ["too few: 5, needs 6"]
    assert figure.panels[0].containers == []


# Throughput, over concurrency


def test_throughput_is_that_of_each_run_in_order():
    runs = [run(8, concurrency=n) for n in (4, 1, 2)]
    figure = benchmark_plots.throughput_against_concurrency(runs)
    assert list(figure.table.index) == [1, 2, 4]
    measured = lines_of(figure.panels[0])["measured"]
    by_workers = sorted(runs, key=lambda r: r.attrs["about"]["concurrency"])
    assert list(measured.get_ydata()) == [
        throughput(r)["output_tokens_per_s"] for r in by_workers
    ]


def test_the_dotted_line_is_the_first_run_times_so_many():
    runs = [run(8, concurrency=n) for n in (2, 4)]
    figure = benchmark_plots.throughput_against_concurrency(runs)
    ideal = lines_of(figure.panels[0])["if each worker added as much"].get_ydata()
    assert ideal[1] == pytest.approx(2 * ideal[0])


def speeds_of(figure):
    return lines_of(figure.panels[0])["measured"].get_ydata()


def test_no_speed_is_cut_off_where_more_workers_get_more_than_so_much_done():
    slow, quick = run(8), run(8, first_s=lambda n: 0.001, concurrency=2)
    figure = benchmark_plots.throughput_against_concurrency([slow, quick])
    assert figure.panels[0].get_ylim()[1] > max(speeds_of(figure))


def test_a_first_run_without_a_good_call_is_drawn_at_nothing():
    failed = run(3, fails=lambda n: "InternalServerException")
    figure = benchmark_plots.throughput_against_concurrency([failed])
    assert list(speeds_of(figure)) == [0] and figure.svg()


def test_runs_of_few_calls_have_no_medians_and_no_empty_legend():
    figure = benchmark_plots.throughput_against_concurrency([run(3)])
    assert figure.panels[1].get_legend() is None
    assert figure.table.loc[1, "whole call p50"] == "too few: 3, needs 6"


def test_no_runs_are_refused():
    with pytest.raises(ValueError, match="No runs"):
        benchmark_plots.throughput_against_concurrency([])


# Cost against speed

CANDIDATES = pd.DataFrame(
    {
        "median_ms": [100, 300],
        "low_ms": [90, 280],
        "high_ms": [120, 350],
        "usd_per_1000_calls": [0.01, 0.05],
        "correct": [54, 66],
        "asked": [72, 72],
    },
    index=["short", "long"],
)


def test_capability_is_written_beside_each_with_its_interval():
    figure = benchmark_plots.cost_against_speed(CANDIDATES, "m", prices_of="2026-11-22")
    told = [text.get_text() for text in figure.panels[0].get_legend().get_texts()]
    assert told[0] == "short: 54 of 72 right (64% to 84%)"
    assert "prices of 2026-11-22" in figure.panels[0].get_ylabel()


def test_a_candidate_that_may_be_below_the_floor_is_hollow():
    figure = benchmark_plots.cost_against_speed(CANDIDATES, "m", floor=0.7)
    faces = [bars.lines[0].get_mfc() for bars in figure.panels[0].containers]
    assert faces[0] == "white" != faces[1]
    assert figure.table["high enough"].tolist() == [False, True]


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(KeyError, match="asked"):
        benchmark_plots.cost_against_speed(CANDIDATES.drop(columns="asked"), "m")
