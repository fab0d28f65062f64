"""
Measure the small model on this machine, and store the runs of notebook 07.

    python tools/store_benchmarks.py                  all, six quiet minutes
    python tools/store_benchmarks.py one_prompt       only this one

Every prompt begins with a number drawn at random, so that no stored reply answers it
and nothing of it is in the small model's cache of prompts.

A run is made in stretches. Each begins when other programs let the processors alone,
and is made again if they did not meanwhile: what decides is their use of the
processors, never a time that was measured.
"""

import argparse
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import psutil

import bedrock_helpers as bh
from bedrock_helpers import benchmark
from bedrock_helpers.data_files import data_path
from bedrock_helpers.prompt_template import fill

FOLDER = Path(__file__).resolve().parent.parent / "data" / "benchmarks"
STORY = "Tell a long story about the ferry."
SENTENCE = "The ferry leaves at noon and returns before dark. "
REVIEW = "Is this product review positive or negative? Answer with one word.\n\n"
DONE = "Review: {text}\nSentiment: {label}"
#: Processors that other programs may use in a stretch, and the wait for quiet.
OTHERS_AT_MOST, WAIT_S = 0.25, 1.5


@dataclass
class Plan:
    """Requests with their labels, how many at a time, and how many in a stretch."""

    requests: list
    labels: list
    concurrency: int = 1
    stretch: int = 20


def numbered(text):
    """The text behind a number of eight digits that nobody has sent before."""
    return f"Number {secrets.randbelow(10**8):08}. {text}"


def request(*talk, max_tokens, **more):
    """A request to Nova Micro, whose part SmolLM2 plays offline."""
    messages = [
        {"role": role, "content": [{"text": text}]}
        for role, text in zip(("user", "assistant"), talk, strict=False)
    ]
    return {
        "modelId": bh.catalog.NOVA_MICRO,
        "messages": messages,
        "inferenceConfig": {"maxTokens": max_tokens, "temperature": 0, **more},
    }


def story(sentences=0, max_tokens=24):
    """A request for a story, after so many sentences about the ferry."""
    return request(numbered(SENTENCE * sentences + STORY), max_tokens=max_tokens)


def in_turns(kinds, rounds):
    """Labels and requests, each kind once a round."""
    labels = [label for _ in range(rounds) for label in kinds]
    return [kinds[label]() for label in labels], labels


def one_prompt():
    """One short prompt, over and over: enough calls for a 99th percentile."""
    return Plan([story() for _ in range(300)], [""] * 300)


def input_length():
    """Prompts of five lengths, and the longest a second time, word for word."""
    kinds = {f"{n} sentences": lambda n=n: story(n, 8) for n in (0, 10, 30, 60, 120)}
    requests, labels = in_turns(kinds, 12)
    for place in range(len(labels), 0, -len(kinds)):
        requests.insert(place, requests[place - 1])
        labels.insert(place, "the same again")
    return Plan(requests, labels, stretch=2 * (len(kinds) + 1))


def output_length():
    """One prompt, replies of four lengths."""
    kinds = {f"{n} tokens": lambda n=n: story(max_tokens=n) for n in (8, 32, 64, 128)}
    return Plan(*in_turns(kinds, 12), stretch=12)


def concurrency(workers):
    """So many workers: one stretch, since pauses would empty the queue."""
    requests = [story() for _ in range(48)]
    return Plan(requests, [""] * 48, concurrency=workers, stretch=48)


def prompts():
    """Four prompts of notebook 04 on its 72 test reviews: first 60, for a p95."""
    reviews = pd.read_csv(data_path("reviews.csv"))
    examples = reviews[reviews["split"] == "examples"].to_dict("records")
    test = reviews[reviews["split"] == "test"].head(60).to_dict("records")
    requests = [ask(item, examples) for item in test for ask in PROMPTS.values()]
    return Plan(requests, list(PROMPTS) * len(test), stretch=24)


def _begun(item, _):
    asked = numbered(REVIEW + fill("Review: {text}", item))
    return request(asked, "Sentiment:", max_tokens=8)


def _completed(count):
    def ask(item, examples):
        done = "\n\n".join(fill(DONE, example) for example in examples[:count])
        last = fill("\n\nReview: {text}\nSentiment:", item)
        asked = numbered("Label the reviews.")
        return request(asked, done + last, max_tokens=8, stopSequences=["\n"])

    return ask


PROMPTS = {
    "begun": _begun,
    "1 completed": _completed(1),
    "4 completed": _completed(4),
    "12 completed": _completed(12),
}


def like_published():
    """About the lengths and the concurrency of a published run of Nova Micro."""
    requests = [story(109, 48) for _ in range(20)]
    return Plan(requests, [""] * 20, concurrency=2, stretch=10)


RUNS = {
    "one_prompt": one_prompt,
    "input_length": input_length,
    "output_length": output_length,
    **{f"concurrency_{n}": lambda n=n: concurrency(n) for n in (1, 2, 4, 8)},
    "prompts": prompts,
    "like_published": like_published,
}


def measured(client, plan):
    """The plan's run, stretch by stretch, one after the other in ``started_s``."""
    tables, ended_s = [], 0.0
    for start in range(0, len(plan.requests), plan.stretch):
        part = slice(start, start + plan.stretch)
        table = quietly(client, plan, part)
        table["started_s"] += ended_s
        ended_s = (table["started_s"] + table["latency_ms"] / 1000).max()
        tables.append(table)
    whole = pd.concat(tables, ignore_index=True)
    whole.attrs["about"] = tables[0].attrs["about"]
    return whole


def quietly(client, plan, part):
    """One stretch, made again until other programs let the processors alone."""

    def stretch():
        return benchmark.run(
            client,
            plan.requests[part],
            labels=plan.labels[part],
            concurrency=plan.concurrency,
        )

    while True:
        while used_by_others(lambda: time.sleep(WAIT_S))[0] > OTHERS_AT_MOST:
            pass
        used, table = used_by_others(stretch)
        if used <= OTHERS_AT_MOST:
            return table


def used_by_others(work):
    """Processors that other programs used while something was done, and its result."""
    began = time.perf_counter(), _busy_s(psutil.cpu_times()), _own_s()
    result = work()
    seconds = time.perf_counter() - began[0]
    others_s = _busy_s(psutil.cpu_times()) - began[1] - (_own_s() - began[2])
    return others_s / seconds, result


def _busy_s(times):
    return sum(times) - times.idle - getattr(times, "iowait", 0)


def _own_s():
    own = psutil.Process().cpu_times()
    return own.user + own.system


def main(arguments=None):
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help=f"runs: {', '.join(RUNS)}")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.names) - set(RUNS)):
        parser.error(f"no run is called {', '.join(unknown)}")
    options.folder.mkdir(parents=True, exist_ok=True)
    client = bh.connect("offline").client("bedrock-runtime")
    for name in options.names or RUNS:
        table = measured(client, RUNS[name]())
        kept = table.drop(columns="text")  # stories, which nobody reads
        benchmark.save(kept, options.folder / f"{name}.json")
        median = table["ms_per_output_token"].median()
        print(f"{name}: {len(table)} calls, {median:.1f} ms a token", flush=True)


if __name__ == "__main__":
    main()
