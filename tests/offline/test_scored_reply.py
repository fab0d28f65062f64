"""Cohere Command and Jurassic-2 through boto3: every token told apart."""

import json
import os
import shutil
import subprocess
import sys
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.offline.desk import headers, open_desk
from tests.offline.test_replies import REPOSITORY

COMMAND, ULTRA = "cohere.command-text-v14", "ai21.j2-ultra-v1"
#: A question whose greedy answer ends by itself.
SHORT = "What is 1+1? Answer with one word."
ODD = ["<|im_end|>", "▁", "\u0301", "a\n\nb", "日本", "🎉", "é", "<|newline|>"]
TEXTS = st.lists(st.sampled_from(ODD), min_size=1, max_size=3).map("".join)
PROMPTS = TEXTS | st.text("abé日 \n", min_size=1, max_size=8)
PROMPTS = PROMPTS.filter(str.strip)


@pytest.fixture(scope="module")
def ask(launch):
    """Asks a model with a body, and gives the reply's body."""

    def ask(model, **body):
        reply = launch.call("InvokeModel", modelId=model, body=json.dumps(body))
        return json.loads(reply["body"].read())

    return ask


@pytest.fixture(scope="module")
def command(ask):
    """Asks Cohere Command, greedily unless told otherwise, and gives generations."""

    def command(prompt="Name a colour.", **body):
        asked = {"temperature": 0, "max_tokens": 4, **body}
        reply = ask(COMMAND, prompt=prompt, **asked)
        assert reply["prompt"] == prompt
        return reply["generations"]

    return command


@pytest.fixture(scope="module")
def jurassic(ask):
    """Asks Jurassic-2, greedily unless told otherwise."""

    def jurassic(prompt="Name a colour.", **body):
        return ask(ULTRA, prompt=prompt, **{"temperature": 0, "maxTokens": 4, **body})

    return jurassic


def joined(generation):
    return "".join(token["token"] for token in generation["token_likelihoods"])


def completion(reply):
    (only,) = reply["completions"]
    return only["data"], only["finishReason"]


# Texts


@settings(max_examples=4, deadline=None)
@given(PROMPTS)
def test_commands_tokens_rebuild_prompt_and_text(command, prompt):
    (made,) = command(prompt, return_likelihoods="ALL", max_tokens=2)
    assert joined(made) == prompt + made["text"]


@settings(max_examples=4, deadline=None)
@given(PROMPTS)
def test_jurassics_ranges_rebuild_prompt_and_text(jurassic, prompt):
    reply = jurassic(prompt, maxTokens=2)
    data, _ = completion(reply)
    assert reply["prompt"]["text"] == prompt
    for part in (reply["prompt"], data):
        text, at = part["text"], 0
        for token in part["tokens"]:
            where = token["textRange"]
            assert where["start"] == at < where["end"]
            at = where["end"]
            shown = text[where["start"] : at]
            marked = shown.replace(" ", "▁").replace("\n", "<|newline|>")
            assert token["generatedToken"]["token"] == marked
        assert at == len(text)


def test_only_the_generation_is_told_where_only_it_was_asked_for(command):
    (made,) = command(return_likelihoods="GENERATION")
    assert joined(made) == made["text"]
    (plain,) = command()
    assert set(plain) == {"id", "text", "finish_reason"}
    assert plain["text"] == made["text"]


def test_a_jurassic_reply_may_have_no_tokens(jurassic):
    data, reason = completion(jurassic(maxTokens=0))
    assert data == {"text": "", "tokens": []}
    assert reason == {"reason": "length", "length": 0}


@pytest.mark.parametrize("most", [1, 2, 3, 4])
def test_no_character_is_told_by_half(most, command, jurassic):
    prompt = "Repeat: 🦜🦜🦜🦜🦜🦜"
    (made,) = command(prompt, return_likelihoods="GENERATION", max_tokens=most)
    data, _ = completion(jurassic(prompt, maxTokens=most))
    assert joined(made) == made["text"] == data["text"]
    assert "\ufffd" not in made["text"]


# Likelihoods


def test_a_likelihood_is_the_mean_of_its_tokens(command):
    for wanted in ("GENERATION", "ALL"):
        (made,) = command(return_likelihoods=wanted)
        told = [token["likelihood"] for token in made["token_likelihoods"]]
        assert made["likelihood"] == pytest.approx(fmean(told))
        assert max(told) <= 0


def test_command_and_jurassic_tell_the_same_numbers_and_again_the_same(
    command, jurassic
):
    (made,) = command(return_likelihoods="ALL")
    command("Something else, in between.")
    reply = jurassic()
    tokens = [*reply["prompt"]["tokens"], *completion(reply)[0]["tokens"]]
    told = [token["generatedToken"] for token in tokens]
    numbers = [token["likelihood"] for token in made["token_likelihoods"]]
    assert [t["logprob"] for t in told] == pytest.approx(numbers, abs=1e-3)
    assert [t["raw_logprob"] for t in told] == [t["logprob"] for t in told]
    assert command(return_likelihoods="ALL")[0]["likelihood"] == made["likelihood"]


@pytest.mark.parametrize("most", [0, 1, 5])
def test_the_likeliest_tokens_come_likeliest_first(most, jurassic):
    reply = jurassic(topKReturn=most)
    for token in [*reply["prompt"]["tokens"], *completion(reply)[0]["tokens"]]:
        if not most:
            assert token["topTokens"] is None
            continue
        told = [one["logprob"] for one in token["topTokens"]]
        assert len(told) == most and told == sorted(told, reverse=True)
    if most:
        for token in completion(reply)[0]["tokens"]:
            assert token["topTokens"][0]["token"] == token["generatedToken"]["token"]


# Several generations


@pytest.mark.parametrize("count", [1, 2, 5])
def test_as_many_generations_as_asked_for_numbered_when_several(count, command):
    made = command(num_generations=count, temperature=1, p=1, max_tokens=5)
    numbers = [generation.get("index") for generation in made]
    assert numbers == ([None] if count == 1 else list(range(count)))
    assert len({generation["id"] for generation in made}) == count
    if count == 5:
        assert len({generation["text"] for generation in made}) > 1


def test_at_temperature_0_all_generations_are_alike(command):
    first, *others = command(num_generations=3, return_likelihoods="GENERATION")
    for generation in others:
        assert generation["text"] == first["text"]
        assert generation["likelihood"] == first["likelihood"]


def test_generations_are_streamed_one_after_the_other(launch):
    body = {"prompt": "Name a colour.", "num_generations": 2, "max_tokens": 3}
    reply = launch.call(
        "InvokeModelWithResponseStream", modelId=COMMAND, body=json.dumps(body)
    )
    chunks = [json.loads(event["chunk"]["bytes"]) for event in reply["body"]]
    assert [chunk["index"] for chunk in chunks] == sorted(c["index"] for c in chunks)
    ends = [chunk["index"] for chunk in chunks if chunk["is_finished"]]
    assert ends == [0, 1] and chunks[-1]["amazon-bedrock-invocationMetrics"]


# Ends


def test_what_ends_a_reply_is_told(command, jurassic):
    assert command(max_tokens=1, num_generations=2)[1]["finish_reason"] == "MAX_TOKENS"
    (ended,) = command(SHORT, max_tokens=60, return_likelihoods="GENERATION")
    assert ended["finish_reason"] == "COMPLETE"
    data, reason = completion(jurassic(SHORT, maxTokens=60))
    assert reason == {"reason": "endoftext"} and data["text"] == ended["text"]
    assert completion(jurassic(maxTokens=2))[1] == {"reason": "length", "length": 2}


def test_a_stop_sequence_is_named_left_out_and_may_cut_a_token(command, jurassic):
    whole = completion(jurassic(maxTokens=8))[0]["text"]
    stop = whole[6:9]
    data, reason = completion(jurassic(maxTokens=8, stopSequences=[stop]))
    assert reason == {"reason": "stop", "sequence": stop}
    assert data["text"] == whole[: whole.index(stop)]
    assert data["tokens"][-1]["textRange"]["end"] == len(data["text"])
    asked = {"return_likelihoods": "GENERATION", "max_tokens": 8}
    (made,) = command(stop_sequences=[stop], **asked)
    assert joined(made) == made["text"] == data["text"]
    assert made["finish_reason"] == "COMPLETE"


# Penalties


REPEATING = "Repeat this ten times: tick tick tick tick tick tick tick"


@pytest.mark.parametrize("penalty", [{"presencePenalty": 5}, {"countPenalty": 1}])
def test_a_penalty_changes_a_greedy_text(penalty, jurassic):
    ((name, scale),) = penalty.items()
    free, checked = (
        completion(jurassic(REPEATING, maxTokens=12, **{name: {"scale": s}}))[0]
        for s in (0, scale)
    )
    assert free["text"] != checked["text"]
    plain = completion(jurassic(REPEATING, maxTokens=12))[0]
    assert plain["text"] == free["text"]


@pytest.mark.parametrize(
    ("penalty", "said"),
    [
        ({"frequencyPenalty": {"scale": 1}}, "frequencyPenalty; countPenalty it can"),
        (
            {"countPenalty": {"scale": 1, "applyToEmojis": False}},
            "countPenalty (applyToEmojis)",
        ),
    ],
)
def test_a_penalty_it_cannot_apply_is_said_plainly(penalty, said, launch):
    body = json.dumps({"prompt": "Hi", **penalty})
    error = launch.refused("InvokeModel", modelId=ULTRA, body=body)
    assert error.response["Error"]["Code"] == "NotAvailableOffline"
    assert said in error.response["Error"]["Message"]


def test_an_exception_from_no_penalty_is_none(jurassic):
    assert jurassic(countPenalty={"scale": 0, "applyToEmojis": False})


# Beyond the window


@pytest.mark.parametrize("model", [COMMAND, ULTRA])
def test_tokens_beyond_the_small_window_cannot_be_told(model, launch):
    asked = {"return_likelihoods": "ALL"} if model == COMMAND else {}
    body = json.dumps({"prompt": "word " * 9000, **asked})
    error = launch.refused("InvokeModel", modelId=model, body=body)
    assert error.response["Error"]["Code"] in (
        "NotAvailableOffline",
        "ValidationException",
    )


# Recordings


RECORDING = """
import json
from tests.offline.desk import headers, open_desk
calls = [
    ("launch", "cohere.command-text-v14",
     {"prompt": "Which sea, é?", "return_likelihoods": "ALL", "num_generations": 2,
      "max_tokens": 3}),
    ("launch", "ai21.j2-ultra-v1",
     {"prompt": "Which sea, é?", "maxTokens": 3, "topKReturn": 2}),
    ("ready", "amazon.titan-embed-text-v2:0",
     {"inputText": "Which sea, é?", "dimensions": 256}),
]
for kind, model, body in calls:
    reply = open_desk(kind).call("InvokeModel", modelId=model, body=json.dumps(body))
    said = json.loads(reply["body"].read())
    said.pop("id", None)
    for generation in said.get("generations", ()):
        generation.pop("id")
    who = headers(reply)["x-bedrock-offline-answered-by"]
    counts = {n: v for n, v in headers(reply).items() if n.endswith("-token-count")}
    print(json.dumps([who, counts, said]))
"""


def in_a_copy(folder, **variables):
    """What a new process is told, with the package and the tests of a folder."""
    done = subprocess.run(
        [sys.executable, "-c", RECORDING],
        env={**os.environ, "PYTHONPATH": str(folder), **variables},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A folder with our package and tests, and recordings of its own."""
    folder = tmp_path_factory.mktemp("checkout")
    skip = shutil.ignore_patterns("__pycache__", "recordings")
    for name in ("bedrock_helpers", "data", "tests"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=skip)
    (folder / "data" / "recordings").mkdir()
    return folder


def test_single_tokens_and_vectors_are_replayed_as_they_were_recorded(checkout):
    path = checkout / "data" / "recordings" / "test.jsonl"
    recorded = in_a_copy(checkout, BEDROCK_RECORD_TO=str(path))
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    nowhere = str(checkout / "nowhere.gguf")
    replayed = in_a_copy(checkout, BEDROCK_LOCAL_MODEL=nowhere)
    assert {who for who, _, _ in recorded} == {"local-model"}
    assert {who for who, _, _ in replayed} == {"recording"}
    assert [said for _, *said in replayed] == [said for _, *said in recorded]


def test_the_counts_stand_in_the_headers():
    body = {"prompt": "Name a colour.", "num_generations": 2, "max_tokens": 3}
    desk = open_desk("launch")
    reply = desk.call("InvokeModel", modelId=COMMAND, body=json.dumps(body))
    assert headers(reply)["x-amzn-bedrock-output-token-count"] == "6"
    assert int(headers(reply)["x-amzn-bedrock-input-token-count"]) > 3
