"""One small model for several kernels: the same answers, in order, and apart."""

import json
import os
import signal
import threading

import pytest
from botocore.exceptions import ClientError, EventStreamError
from hypothesis import given, settings
from hypothesis import strategies as st

import bedrock_helpers as bh
from bedrock_helpers.offline.completion_request import Generation
from bedrock_helpers.offline.embedding import embed
from bedrock_helpers.offline.llama_server import NoLocalModel, weights_path
from bedrock_helpers.offline.local_model import LocalModel, local_model, model_name
from bedrock_helpers.offline.model_server import serve
from bedrock_helpers.offline.parameters import Sampling
from bedrock_helpers.offline.shared_model import SharedServer
from bedrock_helpers.offline.token_scores import draw, next_logprobs, score
from tests.offline.desk import HAIKU, MICRO, open_desk, text_of, tokens, user
from tests.offline.model_servers import (
    ENDLESS,
    LONG,
    SERVER_VARIABLE,
    counts,
    kernel,
    running,
    until,
)
from tests.offline.peer import peer

GREEDY = Sampling(12, 0, 1)
QUESTIONS = [f"Tell me about the number {number}." for number in range(10)]
TEXT = "The ship of the harbour left at nine, and nobody saw it again. Café 🎉"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A model server of two slots: its file."""
    with serve(tmp_path_factory.mktemp("room") / "model.json", slots=2) as file:
        yield file


@pytest.fixture
def shared(served, monkeypatch):
    """The room's model, as a kernel gets it."""
    monkeypatch.setenv(SERVER_VARIABLE, str(served))
    return local_model()


@pytest.fixture(scope="module")
def own():
    """The model of this process alone."""
    assert SERVER_VARIABLE not in os.environ
    return local_model()


def said(model, prompt, sampling=GREEDY, **more):
    """A whole streamed text, and how it ended."""
    generation = Generation()
    text = "".join(model.stream(prompt, sampling, generation, **more))
    ended = generation.stop_reason, generation.stop_sequence
    return text, ended, generation.input_tokens, generation.output_tokens


def numbers(scored):
    """The log-probabilities of scored tokens."""
    return [logprob for _, logprob, _ in scored]


def in_threads(*works):
    """Do all at once; their results in the same order."""
    results = [None] * len(works)

    def run(place, work):
        results[place] = work()

    threads = [
        threading.Thread(target=run, args=numbered) for numbered in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# The same answers


@pytest.mark.parametrize(
    "sampling", [GREEDY, Sampling(40, 0, 1, 0, (" the",)), Sampling(3, 0, 1)]
)
def test_a_streamed_text_is_what_this_process_alone_would_make(own, shared, sampling):
    assert shared is not own
    for prompt in ("One, two,", TEXT):
        assert said(shared, prompt, sampling) == said(own, prompt, sampling)


def test_a_schema_binds_it_too(own, shared):
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    schema |= {"required": ["n"], "additionalProperties": False}
    texts = [said(m, "A number:", json_schema=schema)[0] for m in (own, shared)]
    assert texts[0] == texts[1] and isinstance(json.loads(texts[0])["n"], int)


@settings(max_examples=25)
@given(st.text(max_size=60))
def test_it_counts_and_splits_every_text_the_same(served, own, text):
    shared = LocalModel(SharedServer(served))
    assert shared.count_tokens(text) == own.count_tokens(text)
    assert shared.tokens(text) == own.tokens(text)


def test_log_probabilities_are_the_same(own, shared):
    ids = [number for number, _ in own.tokens(TEXT)]
    given = own.tokens(" Nobody. 日")
    expected = numbers(score(own, ids, given, 3))
    assert numbers(score(shared, ids, given, 3)) == pytest.approx(expected, abs=1e-3)
    expected = numbers(draw(own, ids, GREEDY)[1])
    assert numbers(draw(shared, ids, GREEDY)[1]) == pytest.approx(expected, abs=1e-3)
    expected = next_logprobs(own, ids)
    vocabulary, logprobs = next_logprobs(shared, ids)
    assert vocabulary == expected[0]
    assert logprobs == pytest.approx(expected[1], abs=1e-3)


def test_a_vector_is_the_same(own, shared, monkeypatch):
    vector = embed(TEXT, 256, True)
    monkeypatch.setenv(SERVER_VARIABLE, "")
    assert embed(TEXT, 256, True) == vector


def test_what_llama_cpp_refuses_is_refused_in_its_words(shared):
    with pytest.raises(Exception, match="exceeds the available context size"):
        shared.complete({"prompt": "word " * 9000, "max_tokens": 1})
    with pytest.raises(Exception, match="exceeds the available context size"):
        said(shared, "word " * 9000)


# Many at once

SPEAK = """
import sys
import bedrock_helpers as bh
runtime = bh.connect("offline").client("bedrock-runtime")
reply = runtime.converse(
    modelId=bh.catalog.NOVA_MICRO,
    messages=[{"role": "user", "content": [{"text": sys.stdin.readline().strip()}]}],
    inferenceConfig={"maxTokens": 12, "temperature": 0},
)
assert bh.answered_by(reply) == "SmolLM2-135M on this machine, just now (offline)"
print(repr(reply["output"]["message"]["content"][0]["text"]))
"""


def test_ten_clients_at_once_each_get_their_own_text(own, served):
    alone = [said(own, question) for question in QUESTIONS]
    models = [LocalModel(SharedServer(served)) for _ in QUESTIONS]
    asked = [
        lambda model=model, question=question: said(model, question)
        for model, question in zip(models, QUESTIONS, strict=True)
    ]
    assert in_threads(*asked) == alone


def test_processes_share_it_and_nothing_else(served):
    """Two kernels ask; nothing of the model is loaded in them."""
    program = SPEAK.replace("import sys", "import os, sys\nsys.stdin = open(0)")
    program += "maps = open('/proc/self/maps').read()\nprint('.gguf' in maps)"
    answered = []
    for question in QUESTIONS[:2]:
        env = f"import io, sys\nsys.stdin = io.StringIO({question!r})\n"
        asking = kernel(env + program.replace("\nsys.stdin = open(0)", ""), served)
        text, loaded = asking.communicate(timeout=120)[0].splitlines()
        assert asking.returncode == 0 and loaded == "False"
        answered.append(text)
    ready = open_desk()
    sampling = tokens(12, temperature=0)
    alone = [
        text_of(ready.converse(question, inferenceConfig=sampling))
        for question in QUESTIONS[:2]
    ]
    assert answered == [repr(text) for text in alone]


def test_who_waits_is_answered_in_the_order_of_arrival(tmp_path):
    with serve(tmp_path / "model.json", slots=1) as file:
        long = LocalModel(SharedServer(file)).stream(ENDLESS, LONG, Generation())
        assert next(long)
        ended, threads = [], []
        for number in range(4):
            model = LocalModel(SharedServer(file))
            asked = (model, f"Say {number}:", ended, number)
            threads.append(threading.Thread(target=_note, args=asked))
            threads[-1].start()
            until(file, requests_deferred=number + 1)
        long.close()
        for thread in threads:
            thread.join()
    assert ended == [0, 1, 2, 3]


def _note(model, prompt, ended, number):
    said(model, prompt)
    ended.append(number)


def test_a_text_scores_the_same_while_every_slot_is_wanted_by_others(served, shared):
    ids = [number for number, _ in shared.tokens("One, two,", special=True)]
    given = shared.tokens(TEXT)
    alone, stop = numbers(score(shared, ids, given)), threading.Event()

    def speak():
        model = LocalModel(SharedServer(served))
        while not stop.is_set():
            said(model, "One, two, " + TEXT, Sampling(20, 1, 1))

    def measure():
        other = LocalModel(SharedServer(served))
        return numbers(score(other, ids, given))

    speakers = [threading.Thread(target=speak) for _ in range(4)]
    for speaker in speakers:
        speaker.start()
    try:
        assert in_threads(measure, measure) == [alone, alone]
    finally:
        stop.set()
        for speaker in speakers:
            speaker.join()


# Leaving


def test_leaving_a_stream_ends_its_making(served, shared):
    before = counts(served)["tokens_predicted_total"]
    stream = shared.stream(ENDLESS, LONG, Generation())
    assert next(stream)
    stream.close()
    until(served, requests_processing=0)
    assert counts(served)["tokens_predicted_total"] - before < 1000


def test_what_is_given_up_while_it_waits_is_left_at_once(served, shared):
    others = [LocalModel(SharedServer(served)) for _ in "ab"]
    busy = [model.stream(ENDLESS, LONG, Generation()) for model in others]
    for stream in busy:
        assert next(stream)
    stopped, pieces = threading.Event(), []
    waiting = shared.stream("Three,", LONG, Generation(), stopped=stopped)
    reader = threading.Thread(target=lambda: pieces.extend(waiting))
    reader.start()
    until(served, requests_deferred=1)
    stopped.set()
    reader.join()  # though both slots are still in use
    for stream in busy:
        assert next(stream)
        stream.close()
    until(served, requests_processing=0, requests_deferred=0)
    assert pieces == []


def test_a_server_that_is_halted_in_mid_reply_can_be_left(tmp_path):
    file = tmp_path / "model.json"
    with running("--file", str(file), "--slots", "1") as server:
        stream = LocalModel(SharedServer(file)).stream(ENDLESS, LONG, Generation())
        assert next(stream)
        server.send_signal(signal.SIGSTOP)  # Ctrl+Z
        stream.close()
        assert list(stream) == []


# Whose model it is


def test_the_room_names_its_file_and_a_variable_goes_before_it(
    served, shared, own, monkeypatch, tmp_path
):
    monkeypatch.delenv(SERVER_VARIABLE)
    room = tmp_path / "room.toml"
    room.write_text(f'model_server = "{served}"\n')
    monkeypatch.setenv("BEDROCK_ROOM", str(room))
    assert local_model() is shared
    monkeypatch.setenv(SERVER_VARIABLE, "")
    assert local_model() is own


def test_a_model_of_ones_own_choice_goes_before_the_rooms(shared, monkeypatch):
    monkeypatch.setenv("BEDROCK_LOCAL_MODEL", str(weights_path()))
    assert local_model() is not shared
    assert model_name() == weights_path().stem


def test_a_faulty_room_is_told_in_its_own_words(monkeypatch):
    monkeypatch.delenv(SERVER_VARIABLE, raising=False)
    monkeypatch.setenv("BEDROCK_ROOM", "modle=live")
    with pytest.raises(NoLocalModel, match="modle.*It may set"):
        local_model()


def test_the_name_shown_is_that_of_the_model_that_answers(monkeypatch, tmp_path):
    other = tmp_path / "Another-1B.gguf"
    other.symlink_to(weights_path())
    with monkeypatch.context() as hosts:
        hosts.setenv("BEDROCK_LOCAL_MODEL", str(other))
        serving = serve(tmp_path / "model.json", slots=1)
        file = serving.__enter__()
    try:
        monkeypatch.setenv(SERVER_VARIABLE, str(file))
        desk = open_desk()
        assert "Another-1B or a stored reply" in repr(desk.session)
        reply = desk.converse("Who?", inferenceConfig=tokens(1))
        words = "Another-1B on this machine, just now (offline)"
        assert bh.answered_by(reply) == words
        kept = tmp_path / "kept.jsonl"
        monkeypatch.setenv("BEDROCK_RECORD_TO", str(kept))
        desk.converse("Who else?", inferenceConfig=tokens(1))
        assert not kept.exists()
    finally:
        serving.__exit__(None, None, None)


def test_an_account_stays_with_its_kernel(shared):
    one, other = open_desk(), open_desk()
    one.session.offline.fail_next("ThrottlingException")
    assert text_of(other.converse("Name a river.", inferenceConfig=tokens(2)))
    error = one.refused("Converse", modelId=MICRO, messages=[user("Name a river.")])
    assert error.response["Error"]["Code"] == "ThrottlingException"


# What is wrong, in words


def content(**changes):
    """A model server's file, changed."""
    fields = {
        "address": "http://127.0.0.1:9",
        "scoring_address": "http://127.0.0.1:9",
        "key": "k",
        "model": "SmolLM2-135M",
        "weights": "/nowhere.gguf",
    }
    return json.dumps({**fields, **changes})


WRONG = {
    "not there": (None, "cannot be read: No such file"),
    "no JSON": ("Dear reader", "cannot be read: it is no JSON"),
    "a list": ("[]", "is no file of a model server"),
    "a field missing": ('{"address": "http://127.0.0.1:9"}', "is no file of a model"),
    "nobody there": (content(), "does not answer .*refused"),
    "elsewhere": (content(address="http://192.0.2.1:80"), "is not this machine"),
    "a name": (content(scoring_address="http://localhost:80"), "is not this machine"),
    "no address": (content(address="here"), "is not this machine"),
    "a number": (content(address=8080), "is not this machine"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_server_that_cannot_be_used_is_told_and_stored_replies_go_on(
    case, monkeypatch, tmp_path
):
    text, words = WRONG[case]
    file = tmp_path / "model.json"
    if text is not None:
        file.write_text(text)
    monkeypatch.setenv(SERVER_VARIABLE, str(file))
    with pytest.raises(NoLocalModel, match=words):
        local_model()
    desk = open_desk()
    counted = {"converse": {"messages": [user("Hi")]}}
    bare = HAIKU.removeprefix("us.")
    calls = {
        "Converse": {"modelId": MICRO, "messages": [user("Which hill?")]},
        "ConverseStream": {"modelId": MICRO, "messages": [user("Which hill?")]},
        "CountTokens": {"modelId": bare, "input": counted},
    }
    for operation, parameters in calls.items():
        error = desk.refused(operation, **parameters).response
        assert error["Error"]["Code"] == "NotAvailableOffline"
        assert "Its host types: make model-server" in error["Error"]["Message"]
        assert f'export {SERVER_VARIABLE}=""' in error["Error"]["Message"]
    stored = bh.data_files.load_json("lesson_replies.json")["replies"][0]
    reply = desk.call("Converse", modelId=stored["models"][0], **stored["request"])
    assert text_of(reply) == stored["text"]


@pytest.mark.parametrize(
    "answer", [b"<html>", b'{"detail": "Not Found"}', b'{"error": "no"}', b"[]"]
)
def test_another_program_at_its_address_is_told_from_it(answer, monkeypatch, tmp_path):
    file = tmp_path / "model.json"
    monkeypatch.setenv(SERVER_VARIABLE, str(file))
    length = b"HTTP/1.1 404 Not Found\r\nContent-Length: %d\r\n\r\n" % len(answer)
    with peer(length + answer) as (address, _):
        file.write_text(content(address=address))
        with pytest.raises(NoLocalModel, match="another program answers in its place"):
            local_model()


def test_a_wrong_key_is_told(served, monkeypatch, tmp_path):
    file = tmp_path / "model.json"
    file.write_text(json.dumps({**json.loads(served.read_text()), "key": "guess"}))
    monkeypatch.setenv(SERVER_VARIABLE, str(file))
    with pytest.raises(NoLocalModel, match="does not take the key"):
        local_model()


def test_a_proxy_of_the_environment_is_not_asked(shared, own, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert said(shared, "One,") == said(own, "One,")


def test_a_server_killed_in_mid_reply_ends_the_stream_with_an_error(
    monkeypatch, tmp_path
):
    file = tmp_path / "model.json"
    monkeypatch.setenv(SERVER_VARIABLE, str(file))
    with running("--file", str(file), "--slots", "1") as server:
        desk = open_desk()
        asked = {"modelId": MICRO, "messages": [user("Tell me a long story.")]}
        asked["inferenceConfig"] = {"maxTokens": 4000, "temperature": 0}
        stream = iter(desk.call("ConverseStream", **asked)["stream"])
        assert "messageStart" in next(stream) and "contentBlockDelta" in next(stream)
        server.kill()
        with pytest.raises(EventStreamError, match="does not answer|broke off"):
            list(stream)
        server.wait()
        with pytest.raises(ClientError, match="does not answer"):
            desk.converse("Still there?")
    with running("--file", str(file), "--slots", "1"):  # the file left behind is no bar
        assert text_of(desk.converse("And now?", inferenceConfig=tokens(2)))
