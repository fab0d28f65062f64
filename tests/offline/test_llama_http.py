"""llama.cpp asked over HTTP: however its bytes arrive, and where it stops."""

import http.client
import json
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline import llama_http
from tests.offline.peer import HEADER, LAST_CHUNK, chunked, peer

DONE = b"data: [DONE]\n\n"
KEY = "a key"


def event(text):
    """A piece as llama.cpp sends it: JSON, its letters as they are."""
    return b"data: " + json.dumps({"text": text}, ensure_ascii=False).encode() + b"\n\n"


def streamed(answer, taken=None, late_s=0, body=None, **options):
    """The pieces of a streamed reply, and how it ended."""
    pieces = [] if taken is None else taken
    with peer(answer, late_s) as (address, _):
        asked = (address, KEY, "/v1/completions", body or {})
        ended = llama_http.stream(*asked, pieces.append, (), **options)
    return [piece["text"] for piece in pieces], ended


@given(st.lists(st.text(min_size=1)), st.lists(st.integers(0, 5000)))
def test_a_stream_cut_anywhere_even_within_a_letter_is_read_as_it_was_sent(texts, cuts):
    sent = b"".join(map(event, texts)) + DONE
    assert streamed(HEADER + chunked(sent, cuts) + LAST_CHUNK) == (texts, None)


@given(st.integers(0, 10_000))
def test_a_reply_that_breaks_off_is_an_error_after_whole_pieces(cut):
    texts, pieces = ["Café", "日本", "🎉"], []
    whole = HEADER + chunked(b"".join(map(event, texts)), range(0, 200, 7))
    sent = whole[: len(HEADER) + cut % (len(whole) - len(HEADER) + 1)]
    try:
        ended = streamed(sent, pieces)[1]
    except http.client.HTTPException:
        ended = {"error": {}}
    assert "error" in ended
    assert [piece["text"] for piece in pieces] == texts[: len(pieces)]


def test_the_key_and_the_body_are_sent():
    with peer(HEADER + chunked(b'{"tokens": []}') + LAST_CHUNK) as (address, seen):
        assert llama_http.ask(address, KEY, "/tokenize", {"a": "é"}) == {"tokens": []}
    line, headers, body = seen
    assert line == "POST /tokenize HTTP/1.1\r\n" and body == {"a": "é"}
    assert headers["authorization"] == f"Bearer {KEY}"


def test_a_server_too_busy_to_read_is_waited_for():
    """A long prompt does not fit into what the system keeps for a connection."""
    body = {"prompt": "word " * 4_000_000}
    sent = HEADER + chunked(event("a") + DONE) + LAST_CHUNK
    assert streamed(sent, late_s=0.5, body=body) == (["a"], None)


def test_one_that_falls_silent_in_mid_reply_is_left():
    pieces = []
    silent = HEADER + chunked(event("[silent]"))
    with pytest.raises(TimeoutError):
        streamed(silent, pieces, silence_s=0.2)
    assert pieces == [{"text": "[silent]"}]


def test_what_is_wanted_no_more_is_not_waited_for():
    wanted_no_more, pieces = threading.Event(), []
    wanted_no_more.set()
    with peer(HEADER + chunked(event("a") + DONE) + LAST_CHUNK) as (address, _):
        asked = (address, KEY, "/v1/completions", {})
        ended = llama_http.stream(*asked, pieces.append, [wanted_no_more])
    assert (ended, pieces) == (None, [])


def test_one_that_falls_silent_is_left_as_soon_as_it_is_wanted_no_more():
    wanted_no_more = threading.Event()
    with peer(HEADER + chunked(event("[silent]"))) as (address, _):
        asked = (address, KEY, "/v1/completions", {})

        def take(piece):
            wanted_no_more.set()

        assert llama_http.stream(*asked, take, [wanted_no_more]) is None


def test_a_refusal_is_told_as_it_is():
    refused = b'{"error": {"code": 400, "message": "no"}}'
    header = HEADER.replace(b"200 OK", b"400 Bad Request")
    sent = header + chunked(refused) + LAST_CHUNK
    assert streamed(sent) == ([], json.loads(refused))


def test_where_nobody_listens_it_says_so():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        llama_http.ask(f"http://127.0.0.1:{port}", KEY, "/tokenize", {}, 5)
