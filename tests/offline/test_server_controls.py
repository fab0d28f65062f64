"""Failures, grants and the clock, asked for over HTTP."""

import json
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

from bedrock_helpers.offline.server import serve
from tests.offline.desk import CLAUDE_V2
from tests.offline.over_http import NOVA, ask, clients, invoke_claude

KEY = "a key of 20 letters."


@pytest.fixture(scope="module")
def server():
    """A server of today, without a key."""
    with serve() as running:
        yield running


@pytest.fixture
def of_launch_day():
    """A new account on launch day."""
    with serve(as_of="2023-09-28", account="new") as running:
        yield running


def post(server, name, values=None, *, method="POST", **headers):
    """Post to one of the server's own paths; the status and what it says."""
    body = values if isinstance(values, bytes) else json.dumps(values).encode()
    url = f"{server.url}/_offline/{name}"
    request = urllib.request.Request(url, body, headers, method=method)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as refused:
        with refused:
            said = json.loads(refused.read() or b"{}")
            return refused.code, said.get("message", "")


DONE = (200, {"done": True})


def test_the_next_calls_fail_as_asked(server):
    assert post(server, "fail-next", {"kind": "ThrottlingException"}) == DONE
    assert post(server, "fail-next", {"kind": "model_timeout", "times": 1}) == DONE
    with clients(server) as client:
        runtime = client("bedrock-runtime")
        for code in ("ThrottlingException", "ModelTimeoutException"):
            with pytest.raises(ClientError, match=code):
                ask(runtime)
        ask(runtime)


def test_a_failure_can_be_asked_for_several_times(server):
    assert post(server, "fail-next", {"kind": "model_error", "times": 2}) == DONE
    with clients(server) as client:
        runtime = client("bedrock-runtime")
        for _ in range(2):
            with pytest.raises(ClientError, match="ModelErrorException"):
                ask(runtime)
        ask(runtime)


def test_access_is_granted_on_launch_day(of_launch_day):
    with clients(of_launch_day) as client:
        runtime = client("bedrock-runtime")
        with pytest.raises(ClientError, match="AccessDenied"):
            invoke_claude(runtime)
        granted = {"model_ids": [CLAUDE_V2]}
        assert post(of_launch_day, "grant-access", granted) == DONE
        assert invoke_claude(runtime)
        assert post(of_launch_day, "grant-access", b"") == DONE


def test_a_wrong_clock_refuses_signatures_until_it_is_right_again(server):
    with clients(server) as client:
        for minutes, said in ((20, "Signature expired"), (-20.5, "not yet current")):
            assert post(server, "set-clock", {"minutes_ahead": minutes}) == DONE
            with pytest.raises(ClientError, match=said):
                ask(client("bedrock-runtime"))
        assert post(server, "set-clock", {}) == DONE
        ask(client("bedrock-runtime"))


def test_time_passes_and_requests_are_still_accepted(server):
    with clients(server) as client:
        bedrock = client("bedrock")
        bought = {"modelUnits": 1, "modelId": f"{NOVA}:128k"}
        buy = bedrock.create_provisioned_model_throughput
        buy(provisionedModelName="mine", commitmentDuration="OneMonth", **bought)
        for days, is_over in ((27, False), (5, True)):
            assert post(server, "pass-time", {"minutes": days * 24 * 60}) == DONE
            delete = bedrock.delete_provisioned_model_throughput
            if is_over:
                delete(provisionedModelId="mine")
                continue
            with pytest.raises(ClientError, match="ConflictException"):
                delete(provisionedModelId="mine")


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("pass-time", {"minutes": -1}, "from 0 to"),
        ("pass-time", {"minutes": 10**400}, "a year in all"),
        ("pass-time", {"minutes": "6"}, "minutes is a number"),
        ("fail-next", {"kind": "NoSuchException"}, "no such failure. Codes: "),
        ("fail-next", {}, "no such failure"),
        ("fail-next", {"kind": ["a"]}, "kind is a string"),
        ("fail-next", {"kind": "model_error", "times": 0}, "a whole number from 1"),
        ("fail-next", {"kind": "model_error", "times": 1.5}, "a whole number from 1"),
        ("fail-next", {"kind": "model_error", "times": True}, "times is a number"),
        ("fail-next", {"kind": "model_error", "time": 1}, '"times": number'),
        ("fail-next", {"self": 1}, "takes a JSON object"),
        ("fail-next", ["model_error"], "takes a JSON object"),
        ("fail-next", b"{", "takes a JSON object"),
        ("fail-next", b"\xff", "takes a JSON object"),
        ("fail-next", b"[" * 500 + b"]" * 500, "nested"),
        ("grant-access", {"model_ids": [NOVA]}, "no Model access page"),
        ("grant-access", {"model_ids": NOVA}, "model_ids is a list"),
        ("grant-access", {"model_ids": [[]]}, "no Model access page"),
        ("set-clock", {"minutes_ahead": "20"}, "minutes_ahead is a number"),
        ("set-clock", {"minutes_ahead": None}, "minutes_ahead is a number"),
        ("set-clock", {"minutes_ahead": 10**400}, "a year"),
        ("set-clock", {"minutes_ahead": -1e300}, "a year"),
        ("set-clock", b'{"minutes_ahead": NaN}', "takes a JSON object"),
    ],
)
def test_a_wrong_value_is_told_in_words(server, name, values, said):
    status, text = post(server, name, values)
    assert status in (400, 501) and said in text
    assert "OfflineBedrock" not in text


def test_ids_that_were_not_offered_are_told_with_those_that_were(of_launch_day):
    status, text = post(of_launch_day, "grant-access", {"model_ids": [NOVA, 3]})
    assert status == 400 and f"Not offered on 2023-09-28: 3, {NOVA}" in text


@pytest.mark.parametrize("name", ["fail_next", "", "fail-next/", "../set-clock", "x"])
def test_another_path_is_answered_with_those_there_are(server, name):
    status, text = post(server, name, {})
    assert status == 404
    assert "/_offline/fail-next, /_offline/grant-access, /_offline/set-clock" in text


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_another_method_is_answered_with_the_right_one(server, method):
    status, text = post(server, "set-clock", {}, method=method)
    assert status == 404 and text.startswith("POST to one of:")


def test_a_web_page_cannot_reach_the_controls(server):
    status, text = post(server, "set-clock", {}, Origin="http://example.com")
    assert status == 403 and "web page" in text


def test_where_there_is_a_key_the_controls_need_it():
    with serve(key=KEY) as guarded:
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": KEY}):
            status, text = post(guarded, "set-clock", {}, **headers)
            assert status == 403 and "Send Authorization: Bearer <key>." in text
        right = {"Authorization": f"Bearer {KEY}"}
        assert post(guarded, "set-clock", {}, **right) == DONE
