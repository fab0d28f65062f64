"""The harness recovers known delays and errors, and records what it sent."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from botocore.config import Config
from scipy import stats

import bedrock_helpers as bh
from bedrock_helpers import benchmark
from bedrock_helpers.benchmark_summary import summary, throughput
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


def test_littles_law_holds_of_every_run():
    """Calls under way = calls a second times the mean latency."""
    table = run(steady(), concurrency=3, calls=60, warm_up=0)
    done = throughput(table)
    mean_s = table["latency_ms"].mean() / 1000
    assert done["under_way"] == pytest.approx(done["calls_per_s"] * mean_s)


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


def test_each_request_is_sent_once_unless_told_otherwise():
    assert len(run(steady(), [HI, HI, HI], calls=None)) == 3


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


# The file


def test_a_run_is_kept_with_date_region_and_versions(tmp_path: Path):
    table = run(steady(), calls=4)
    kept = benchmark.load(benchmark.save(table, tmp_path / "run.json"))
    pd.testing.assert_frame_equal(kept, table, check_exact=False)
    about = kept.attrs["about"]
    assert about == table.attrs["about"]
    assert about["region_name"] == "us-east-1" and about["concurrency"] == 1
    assert {"measured_on", "boto3", "python", "machine", "endpoint"} <= about.keys()


def test_the_offline_bedrock_is_measured_like_any_other():
    bedrock = bh.connect("offline").client("bedrock-runtime")
    short = {**HI, "inferenceConfig": {"maxTokens": 4, "temperature": 0}}
    table = benchmark.run(bedrock, [short], calls=3, concurrency=2)
    assert (table["error"] == "").all()
    assert (table["first_text_ms"] <= table["last_token_ms"]).all()
    assert (table["last_token_ms"] <= table["latency_ms"]).all()
    assert table["answered_by"].str.contains("SmolLM2").all()
