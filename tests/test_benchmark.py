"""The harness recovers known delays and errors, and records what it sent."""

import contextlib
import json
import threading
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pandas as pd
import pytest
from botocore.config import Config
from botocore.exceptions import ParamValidationError
from scipy import stats

import bedrock_helpers as bh
from bedrock_helpers import benchmark
from bedrock_helpers.benchmark_summary import alike, summary, throughput
from tests.synthetic_service import SyntheticService

HI = {
    "modelId": bh.catalog.NOVA_MICRO,
    "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
    "inferenceConfig": {"maxTokens": 20, "temperature": 0.5},
}
ONCE = Config(retries={"total_max_attempts": 1})
CALLS = 400


def run(service, requests=(HI,), *, config=ONCE, **how):
    how = {"calls": CALLS, "clock": service.clock, **how}
    return benchmark.run(service.client(config=config), requests, **how)


def steady(first_s=0.25, per_token_s=0.02, **more):
    return SyntheticService(lambda n: first_s, lambda n: per_token_s, **more)


# Known delays


def test_known_delays_are_recovered():
    table = run(steady(tokens=11), calls=5)
    assert table["first_text_ms"].tolist() == pytest.approx([250] * 5)
    assert table["ms_per_output_token"].tolist() == pytest.approx([20] * 5)
    assert table["latency_ms"].tolist() == pytest.approx([450] * 5)


def test_the_wait_for_the_first_token_is_no_part_of_the_time_per_token():
    slow = run(steady(first_s=10, tokens=11), calls=2)
    assert slow["ms_per_output_token"].tolist() == pytest.approx([20] * 2)


def test_random_delays_are_recovered_within_five_per_cent():
    """Log-normal first tokens: median and 95th percentile of the true law."""
    law = stats.lognorm(0.3, scale=0.2)
    draws = law.rvs(CALLS + 1, random_state=np.random.default_rng(3))
    service = SyntheticService(lambda n: draws[n], lambda n: 0.01)
    row = summary(run(service)).loc[bh.catalog.NOVA_MICRO]
    for share in (0.5, 0.95):
        value = float(row[f"first text p{100 * share:g}"].partition(" ")[0])
        assert value / 1000 == pytest.approx(law.ppf(share), rel=0.05)
    assert row["per token p50"].startswith("10 ")


def test_a_known_rate_of_errors_is_recovered_apart_from_the_times():
    failing = steady(fails=lambda n: "InternalServerException" if n % 10 == 4 else None)
    table = run(failing, warm_up=0)
    errors = table[table["error"] != ""]
    assert len(errors) / len(table) == pytest.approx(0.1, rel=0.05)
    assert set(errors["error"]) == {"InternalServerException"}
    assert errors["first_text_ms"].isna().all()
    row = summary(table).loc[bh.catalog.NOVA_MICRO]
    assert (row["calls"], row["errors"]) == (CALLS, len(errors))
    assert row["first text p50"].startswith("250 ")


def test_retries_are_counted_and_their_time_is_in_the_latency():
    throttled = steady(fails=lambda n: "ThrottlingException" if n == 0 else None)
    twice = Config(retries={"total_max_attempts": 2})
    (call,) = run(throttled, config=twice, calls=1, warm_up=0).to_dict("records")
    assert (call["retries"], call["error"]) == (1, "")
    assert call["first_text_ms"] == pytest.approx(50 + 250)


def test_an_error_after_all_attempts_keeps_their_number():
    throttled = steady(fails=lambda n: "ThrottlingException")
    twice = Config(retries={"total_max_attempts": 2})
    (call,) = run(throttled, config=twice, calls=1, warm_up=0).to_dict("records")
    assert (call["retries"], call["error"]) == (1, "ThrottlingException")


@pytest.mark.parametrize("concurrency", [1, 2, 4])
def test_so_many_workers_get_so_many_times_as_much_done(concurrency):
    """Where each worker has a service of its own, as here, throughput is linear."""
    service = steady(tokens=11)
    table = run(service, concurrency=concurrency, calls=200, warm_up=0)
    done = throughput(table)
    per_worker = table["worker"].value_counts()
    busiest_s = 0.45 * per_worker.max()
    assert done["seconds"] == pytest.approx(busiest_s, rel=0.05)
    assert done["output_tokens_per_s"] == pytest.approx(200 * 11 / busiest_s, rel=0.05)


def test_as_many_calls_are_under_way_as_are_counted_at_many_moments():
    """Little's law, against a count that knows nothing of it."""
    unequal = SyntheticService(lambda n: 0.1 * (1 + n % 7), lambda n: 0.02)
    table = run(unequal, concurrency=3, calls=60, warm_up=0)
    begun_s = table["started_s"].to_numpy()
    ended_s = begun_s + table["latency_ms"].to_numpy() / 1000
    moments = np.linspace(begun_s.min(), ended_s.max(), 5000)[:, np.newaxis]
    counted = ((begun_s <= moments) & (moments < ended_s)).sum(axis=1).mean()
    done = throughput(table)
    assert done["under_way"] == pytest.approx(counted, rel=0.01)
    mean_s = table["latency_ms"].mean() / 1000
    assert done["calls_per_s"] * mean_s == pytest.approx(counted, rel=0.01)


# Replies of another form


def test_a_reply_in_one_piece_has_no_time_per_token():
    table = run(steady(tokens=30, deltas=[{"text": "All at once."}]), calls=2)
    assert table["text"].tolist() == ["All at once."] * 2
    assert table["pieces"].tolist() == [1, 1]
    assert table["ms_per_output_token"].isna().all()
    assert table["first_text_ms"].tolist() == table["last_token_ms"].tolist()


def test_the_time_per_token_counts_tokens_not_pieces():
    pieces = [{"text": "three tokens in each"}] * 4
    table = run(steady(per_token_s=0.06, tokens=13, deltas=pieces), calls=1)
    assert table["ms_per_output_token"].tolist() == pytest.approx([3 * 60 / 12])


def test_an_empty_first_piece_is_no_first_token():
    deltas = [{"text": ""}, {"text": "Hi"}, {"text": "."}]
    (call,) = run(steady(deltas=deltas), calls=1).to_dict("records")
    assert call["first_token_ms"] == pytest.approx(250 + 20)
    assert call["pieces"] == 2


def test_reasoning_is_a_first_token_and_no_first_text():
    thought = {"reasoningContent": {"text": "Hm."}}
    signed = {"reasoningContent": {"signature": "abc"}}
    deltas = [thought, thought, signed, {"text": "Hi"}]
    (call,) = run(steady(deltas=deltas), calls=1).to_dict("records")
    assert call["first_token_ms"] == pytest.approx(250)
    assert call["first_text_ms"] == pytest.approx(250 + 3 * 20)
    assert (call["pieces"], call["text"]) == (3, "Hi")


def test_a_tool_s_input_is_tokens_and_no_text():
    deltas = [{"toolUse": {"input": ""}}, {"toolUse": {"input": "{}"}}]
    (call,) = run(steady(deltas=deltas), calls=1).to_dict("records")
    assert call["first_token_ms"] == pytest.approx(250 + 20)
    assert np.isnan(call["first_text_ms"])


# Failures of other kinds


@pytest.mark.parametrize(
    ("how", "error"), [("broken", "ProtocolError"), ("short", "IncompleteStream")]
)
def test_a_stream_that_is_cut_off_is_an_error_and_the_run_goes_on(how, error):
    service = steady(breaks=lambda n: how if n == 1 else None)
    table = run(service, calls=8, warm_up=0)
    assert table["error"].tolist() == ["", error, *[""] * 6]
    row = summary(table, shares=(0.5,)).iloc[0]
    assert (row["calls"], row["errors"]) == (8, 1)
    assert row["whole call p50"].startswith("630 ")


def test_arguments_that_are_not_sent_are_raised_and_nothing_is_measured():
    wrong = {**HI, "inferenceConfig": {"topK": 5}}
    with pytest.raises(ParamValidationError, match="topK"):
        run(steady(), [wrong], concurrency=2)
    with pytest.raises(ParamValidationError, match="modelId"):
        run(steady(), [{"messages": HI["messages"]}])


@pytest.mark.parametrize("concurrency", [1, 3])
def test_failures_from_the_start_end_the_run_and_it_says_which(concurrency):
    refuses = steady(fails=lambda n: "AccessDeniedException")
    table = run(refuses, warm_up=0, concurrency=concurrency)
    assert 10 <= len(table) < 10 + concurrency
    stopped = table.attrs["about"]["stopped"]
    assert stopped == "The first 10 calls all failed: AccessDeniedException."


def test_failures_after_a_success_do_not_end_the_run():
    later = steady(fails=lambda n: "ThrottlingException" if n else None)
    assert len(run(later, warm_up=0, calls=40)) == 40


def test_an_interrupt_keeps_the_calls_so_far(monkeypatch):
    """As the stop button does, while the third call's row is taken in."""
    rows, taken_in_after = [], threading.Event()

    def advance():
        rows.append(1)
        if len(rows) == 3:
            raise KeyboardInterrupt
        if len(rows) > 3:
            taken_in_after.set()

    def fails(n):
        """Hold the fifth call (after one warm-up) until the fourth is taken in."""
        if n >= 5:
            taken_in_after.wait()

    bar = contextlib.nullcontext(advance)
    monkeypatch.setattr(benchmark, "progress_bar", lambda *_: bar)
    table = run(steady(fails=fails))
    assert 3 <= len(table) <= 5
    assert table.attrs["about"]["stopped"].startswith("Interrupted")


@pytest.mark.parametrize("concurrency", [1, 3])
def test_an_interrupt_that_swallows_news_loses_no_row_and_ends(
    monkeypatch, concurrency
):
    """As if it came each time in the moment after news was taken, before its use."""
    taken = threading.Event()

    class Swallowed(SimpleQueue):
        def get(self):
            super().get()
            taken.set()
            raise KeyboardInterrupt

    monkeypatch.setattr(benchmark, "SimpleQueue", Swallowed)
    service = steady(fails=lambda n: n and not taken.wait())  # the first call alone
    table = run(service, calls=20, concurrency=concurrency, warm_up=0)
    assert len(table) == len(service.bodies) > 0
    assert table.attrs["about"]["stopped"].startswith("Interrupted")


def test_an_error_of_bedrock_within_a_stream_keeps_its_code_and_no_time():
    session = bh.connect("offline")
    bedrock = session.client("bedrock-runtime", config=ONCE)
    session.offline.fail_next("stream_broken")
    table = benchmark.run(bedrock, [HI], calls=2, warm_up=0)
    assert table["error"].tolist() == ["modelStreamErrorException", ""]
    assert np.isnan(table.loc[0, "ms_per_output_token"])
    assert table.loc[0, "pieces"] > 0


def test_more_at_a_time_than_connections_is_refused_with_the_line_to_type():
    with pytest.raises(ValueError, match=r"Config\(max_pool_connections=11\)"):
        run(steady(), concurrency=11)
    enough = Config(max_pool_connections=11)
    assert len(run(steady(), config=enough, concurrency=11, calls=22)) == 22


# What was sent


def test_what_was_sent_is_what_is_recorded():
    service = steady()
    other = {**HI, "inferenceConfig": {"maxTokens": 7}, "system": [{"text": "Short."}]}
    table = run(service, [HI, other], calls=4, warm_up=0)
    recorded = [json.loads(sent) for sent in table["sent"]]
    assert recorded == [HI, other, HI, other]
    bodies = [{k: v for k, v in r.items() if k != "modelId"} for r in recorded]
    assert service.bodies == bodies


def test_a_request_is_the_callers_and_stays_so():
    request = {**HI}
    run(steady(), [request], calls=2)
    assert request == HI


def test_a_warm_up_is_sent_and_not_measured():
    service = steady()
    table = run(service, calls=3, warm_up=2)
    assert (len(service.bodies), len(table)) == (5, 3)
    assert table.attrs["about"]["warm_up_calls"] == 2


def test_each_worker_warms_up_unless_told_otherwise():
    service = steady()
    table = run(service, calls=6, concurrency=3)
    assert (len(service.bodies), len(table)) == (9, 6)
    assert table.attrs["about"]["warm_up_calls"] == 3


def test_a_warm_up_begins_with_the_last_request():
    service = steady()
    other = {**HI, "inferenceConfig": {"maxTokens": 7}}
    run(service, [HI, other], calls=1, warm_up=1)
    sent = [body["inferenceConfig"]["maxTokens"] for body in service.bodies]
    assert sent == [7, 20]


def test_each_request_is_sent_once_unless_told_otherwise():
    assert len(run(steady(), [HI, HI, HI], calls=None)) == 3


def test_labels_go_with_their_requests():
    other = {**HI, "inferenceConfig": {"maxTokens": 7}}
    table = run(steady(), [HI, other], labels=["twenty", "seven"], calls=5)
    told = table["sent"].str.contains('"maxTokens": 7').map({True: "seven"})
    assert table["label"].tolist() == told.fillna("twenty").tolist()
    assert list(summary(table, "label", shares=(0.5,))["calls"]) == [3, 2]


def test_as_many_labels_as_requests_are_wanted():
    with pytest.raises(ValueError, match="1 labels for 2 requests"):
        run(steady(), [HI, HI], labels=["one"])


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"calls": 0}, "calls=0: a whole number from 1 on"),
        ({"concurrency": 0}, "concurrency=0: a whole number from 1 on"),
        ({"concurrency": 1.5}, "concurrency=1.5: a whole number"),
        ({"warm_up": -1}, "warm_up=-1: a whole number from 0 on"),
        ({"calls": True}, "calls=True: a whole number"),
    ],
)
def test_a_number_out_of_range_says_what_is_allowed(how, words):
    with pytest.raises(ValueError, match=words):
        run(steady(), **how)


def test_no_requests_are_refused():
    with pytest.raises(ValueError, match="No requests"):
        run(steady(), [])


# The budget


def test_a_budget_stops_the_run_and_the_rows_so_far_are_kept():
    session = bh.connect("offline", budget_usd="0.0001")
    bedrock = session.client("bedrock-runtime", config=ONCE)
    table = benchmark.run(bedrock, [HI], calls=500, concurrency=2, warm_up=0)
    assert 0 < len(table) < 500
    assert table.attrs["about"]["stopped"].startswith("Not sent")
    assert (table["error"] == "").all()


def test_a_budget_too_small_for_the_warm_up_gives_an_empty_table():
    session = bh.connect("offline", budget_usd="0.000001")
    bedrock = session.client("bedrock-runtime", config=ONCE)
    table = benchmark.run(bedrock, [HI], calls=5)
    assert table.empty and "stopped" in table.attrs["about"]
    with pytest.raises(ValueError, match="No calls were made"):
        throughput(table)


# The summary


def test_a_percentile_without_enough_calls_is_not_shown():
    few = summary(run(steady(), calls=58)).iloc[0]
    enough = summary(run(steady(), calls=59)).iloc[0]
    assert few["first text p95"] == "too few: 58, needs 59"
    assert enough["first text p95"] == "250 (250 to 250)"
    shown = summary(run(steady(), calls=298), shares=(0.99,)).iloc[0]
    assert shown["whole call p99"] == "too few: 298, needs 299"


def test_failed_calls_do_not_count_towards_a_percentile():
    fails = steady(fails=lambda n: "InternalServerException" if n == 5 else None)
    row = summary(run(fails, calls=59, warm_up=0)).iloc[0]
    assert row["first text p95"] == "too few: 58, needs 59"


def test_groups_are_told_apart_by_any_column():
    slow, quick = run(steady(first_s=0.5), calls=6), run(steady(), calls=6)
    both = pd.concat([slow.assign(kind="slow"), quick.assign(kind="quick")])
    shown = summary(both, "kind", shares=(0.5,))
    assert list(shown.index) == ["slow", "quick"]
    assert shown.loc["slow", "first text p50"].startswith("500 ")


def test_stored_replies_are_counted_and_their_times_left_out():
    """A lesson's recorded request answers at once: that is no model's speed."""
    table = run(steady(), calls=10)
    table.loc[:3, "answered_by"] = "a recording of SmolLM2-135M (offline)"
    row = summary(table, shares=(0.5, 0.9)).iloc[0]
    assert (row["calls"], row["stored"]) == (10, 4)
    assert row["first text p90"] == "too few: 6, needs 29"
    assert "stored" not in summary(run(steady(), calls=10))
    assert throughput(table)["output_tokens_per_s"] == pytest.approx(6 * 20 / 6.3)


def test_a_group_without_a_good_call_has_counts_and_no_times():
    table = run(steady(fails=lambda n: "InternalServerException"), calls=3, warm_up=0)
    row = summary(table).iloc[0]
    assert (row["calls"], row["errors"]) == (3, 3)
    assert row["whole call p50"] == "too few: 0, needs 6"


def test_calls_without_a_value_of_the_column_are_a_group_too():
    """Failed calls have no stop reason; they must not drop out of the count."""
    fails = steady(fails=lambda n: "InternalServerException" if n % 3 == 1 else None)
    shown = summary(run(fails, calls=12, warm_up=0), "stop_reason", shares=(0.5,))
    assert (shown["calls"].sum(), shown["errors"].sum()) == (12, 4)


@pytest.mark.parametrize("by", ["label", ["model_id", "label"]])
def test_of_no_calls_there_is_an_empty_summary(by):
    assert summary(run(steady(), calls=1).iloc[:0], by).empty


def test_of_independent_values_neighbours_are_hardly_alike():
    """Within 2 / √n nineteen times in twenty, as its description says."""
    draws = np.random.default_rng(5).lognormal(size=(1000, 60))
    within = np.mean([abs(alike(row)) < 2 / np.sqrt(60) for row in draws])
    assert 0.93 < within < 0.99


def test_of_slow_and_quick_stretches_neighbours_are_alike_in_turns_they_are_not():
    chance = np.random.default_rng(5).normal(size=60)
    assert alike(chance + 10 * (np.arange(60) // 10 % 2)) > 0.5
    assert alike(chance + 10 * (np.arange(60) % 2)) < -0.5


@pytest.mark.parametrize("values", [[], [1.0, 2.0], [3.0] * 9])
def test_of_too_few_or_equal_values_nobody_can_tell(values):
    assert np.isnan(alike(values))


def test_groups_can_be_of_two_columns():
    table = run(steady(), calls=12).assign(kind=["a", "b"] * 6)
    shown = summary(table, ["model_id", "kind"], shares=(0.5,))
    assert list(shown.index) == [(bh.catalog.NOVA_MICRO, k) for k in "ab"]


# The file


def test_a_run_is_kept_with_date_region_and_versions(tmp_path: Path):
    table = run(steady(), calls=4)
    kept = benchmark.load(benchmark.save(table, tmp_path / "run.json"))
    pd.testing.assert_frame_equal(kept, table, check_exact=False)
    about = kept.attrs["about"]
    assert about == table.attrs["about"]
    assert about["region_name"] == "us-east-1" and about["concurrency"] == 1
    assert about["retries"] == {"total_max_attempts": 1, "mode": "standard"}
    known = {"measured_on", "boto3", "botocore", "python", "machine", "endpoint"}
    assert known | {"load_average"} <= about.keys()


def test_a_run_of_failures_is_kept_too(tmp_path: Path):
    table = run(steady(fails=lambda n: "InternalServerException"), calls=3, warm_up=0)
    kept = benchmark.load(benchmark.save(table, tmp_path / "run.json"))
    pd.testing.assert_frame_equal(kept, table, check_exact=False)


def test_a_file_holds_each_request_once_and_keeps_columns_of_ones_own(tmp_path):
    table = run(steady(), calls=30).assign(kind="mine")
    path = benchmark.save(table, tmp_path / "run.json")
    assert json.loads(path.read_text())["requests"] == [HI]
    assert set(benchmark.load(path)["kind"]) == {"mine"}


def test_an_empty_run_is_kept_too(tmp_path: Path):
    table = run(steady(), calls=2).iloc[:0]
    kept = benchmark.load(benchmark.save(table, tmp_path / "run.json"))
    assert kept.empty and list(kept.columns) == list(table.columns)


def test_the_offline_bedrock_is_measured_like_any_other():
    bedrock = bh.connect("offline").client("bedrock-runtime")
    short = {**HI, "inferenceConfig": {"maxTokens": 4, "temperature": 0}}
    table = benchmark.run(bedrock, [short], calls=3, concurrency=2)
    assert (table["error"] == "").all()
    assert (table["first_text_ms"] <= table["last_token_ms"]).all()
    assert (table["last_token_ms"] <= table["latency_ms"]).all()
    assert table["answered_by"].str.contains("SmolLM2").all()
