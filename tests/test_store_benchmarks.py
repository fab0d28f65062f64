"""The tool that measures notebook 07's runs, and the runs that are stored."""

import json
import re

import pytest

from bedrock_helpers import benchmark
from bedrock_helpers.data_files import data_path
from tools import store_benchmarks


def without_numbers(request):
    """A request's text, the number in front blanked."""
    text = request if isinstance(request, str) else json.dumps(request, sort_keys=True)
    return re.sub(r"Number \d{8}\.", "Number #.", text)


@pytest.mark.parametrize("name", store_benchmarks.RUNS)
def test_a_stored_run_is_what_the_tool_would_send(name):
    plan = store_benchmarks.RUNS[name]()
    stored = benchmark.load(data_path(f"benchmarks/{name}.json"))
    sent = sorted(
        zip(stored["label"], stored["sent"].map(without_numbers), strict=True)
    )
    planned = zip(plan.labels, map(without_numbers, plan.requests), strict=True)
    assert sent == sorted(planned)
    assert stored.attrs["about"]["concurrency"] == plan.concurrency


@pytest.mark.parametrize("name", store_benchmarks.RUNS)
def test_no_prompt_is_sent_twice_unless_it_is_meant(name):
    plan = store_benchmarks.RUNS[name]()
    texts = [
        json.dumps(request)
        for request, label in zip(plan.requests, plan.labels, strict=True)
        if label != "the same again"
    ]
    assert len(set(texts)) == len(texts)
    assert all(re.search(r"Number \d{8}\.", text) for text in texts)


def test_what_is_sent_again_is_the_prompt_before_word_for_word():
    plan = store_benchmarks.input_length()
    again = [n for n, label in enumerate(plan.labels) if label == "the same again"]
    assert len(again) == 12
    assert all(plan.requests[n] == plan.requests[n - 1] for n in again)


def test_an_unknown_run_is_named(capsys):
    with pytest.raises(SystemExit):
        store_benchmarks.main(["one_promt"])
    assert "no run is called one_promt" in capsys.readouterr().err
