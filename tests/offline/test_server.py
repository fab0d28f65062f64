"""The offline Bedrock on a port: its command line, its start and its end."""

import asyncio
import contextlib
import json
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
import psutil
import pytest
from botocore.exceptions import ClientError
from urllib3.exceptions import ProtocolError

from bedrock_helpers.offline import server as server_module
from bedrock_helpers.offline.server import KEY_VARIABLE, Server, serve
from tests.offline.over_http import (
    ANSWER,
    NOVA,
    QUESTION,
    ask,
    clients,
    connection,
    exchange,
    invoke_claude,
    long_request,
    message_of,
    port_of,
    raw_request,
    status_of,
    until,
)
from tests.offline.programs import CLEAN, REPOSITORY

KEY = "a key of 20 letters."


def command(*options):
    """The command line of a server on a free port."""
    return [sys.executable, "-m", "bedrock_helpers.offline", "--port", "0", *options]


class Running:
    """A server in a process of its own, and what it printed."""

    def __init__(self, process):
        self.process = process
        self.printed = [process.stdout.readline()]
        while self.printed[-1] and not self.printed[-1].startswith("Ctrl+C"):
            self.printed.append(process.stdout.readline())
        self.url = re.search(r"http://\S+", self.printed[0])[0]

    @property
    def exported(self):
        """The variables it says to export."""
        lines = "".join(self.printed)
        return dict(re.findall(r"^export (\w+)=(\S+)$", lines, re.M))

    def stop(self, name=signal.SIGINT):
        """Ask it to stop; its exit code."""
        self.process.send_signal(name)
        return self.process.wait(30)


@contextlib.contextmanager
def running(*options, **variables):
    """`python -m bedrock_helpers.offline`; its children and threads end with it."""
    process = subprocess.Popen(
        command(*options),
        env={**CLEAN, **variables},
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            server = Running(process)
            yield server
        finally:
            process.kill()


def printed_by(*options, **variables):
    """What a server that cannot start prints, and its exit code."""
    done = subprocess.run(
        command(*options),
        env={**CLEAN, **variables},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stderr


def curl(server, *options, body=None):
    """Run curl with HTTP/2 from the first byte; skipped where curl has none."""
    features = subprocess.run(["curl", "--version"], capture_output=True, text=True)
    if not shutil.which("curl") or "HTTP2" not in features.stdout:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("curl without HTTP/2")
    line = ["curl", "--silent", "--show-error", "--noproxy", "*"]
    line += ["--http2-prior-knowledge", "-H", "Authorization: Bearer any", *options]
    if body is not None:
        line += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def story(runtime):
    """A reply that takes a while, as it begins: its stream."""
    stream = runtime.converse_stream(modelId=NOVA, **long_request())["stream"]
    events = iter(stream)
    assert "messageStart" in next(events) and "contentBlockDelta" in next(events)
    return events


def test_the_command_line_prints_the_address_and_the_variables_of_a_client():
    with running() as server:
        said = "".join(server.printed)
        assert re.match(r"Offline Bedrock: http://127\.0\.0\.1:\d+  \(the day", said)
        assert server.exported == {
            "AWS_ENDPOINT_URL": server.url,
            "AWS_ACCESS_KEY_ID": "offline",
            "AWS_SECRET_ACCESS_KEY": "offline",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        assert server.stop() == 0


PROGRAM = """
import boto3, json
runtime = boto3.client("bedrock-runtime")
reply = runtime.converse(**json.loads(input()))
print(reply["output"]["message"]["content"][0]["text"])
"""


@pytest.mark.parametrize("proxy", ["http_proxy", "HTTP_PROXY"])
def test_the_printed_variables_are_all_a_program_needs_also_behind_a_proxy(proxy):
    behind = {proxy: "http://127.0.0.1:9"}
    with running(**behind) as server:
        exported = server.exported
        assert "127.0.0.1" in exported["NO_PROXY"]
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**CLEAN, **behind, **exported},
            input=json.dumps({"modelId": NOVA, **QUESTION}),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.stdout.strip() == ANSWER, done.stderr[-2000:]


def test_requests_are_listed_unless_it_is_told_to_be_quiet():
    for options in ((), ("--quiet",)):
        with running(*options) as server:
            with clients(server) as client:
                ask(client("bedrock-runtime"))
            assert server.stop() == 0
            listed = server.process.stderr.read()
            assert ("/converse 200" in listed) is (not options)


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_stop_it(name):
    with running() as server:
        assert server.stop(name) == 0
        assert "Traceback" not in server.process.stderr.read()


def test_a_port_that_is_taken_is_told_with_what_to_type():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = printed_by("--port", str(port))
    assert code == 2 and f"Cannot listen on 127.0.0.1, port {port}" in said
    assert "--port 0" in said and "Traceback" not in said


def test_a_port_of_another_offline_bedrock_is_taken():
    with serve() as first, pytest.raises(OSError):
        Server(port_of(first.url))


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_a_port_that_is_none_is_told(port):
    code, said = printed_by("--port", port)
    assert code == 2 and said and "Traceback" not in said


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "example.invalid"])
def test_another_host_without_a_key_is_refused(host):
    code, said = printed_by("--host", host)
    assert code == 2 and "needs a key" in said and KEY_VARIABLE in said


def test_a_host_that_is_not_this_machine_is_told():
    code, said = printed_by("--host", "192.0.2.1", **{KEY_VARIABLE: KEY})
    assert code == 2 and "Cannot listen on 192.0.2.1" in said


def test_a_short_key_is_refused_with_how_to_make_one():
    code, said = printed_by(**{KEY_VARIABLE: "short"})
    assert code == 2 and "token_urlsafe" in said and "short" not in said


def test_a_day_that_is_not_known_is_told():
    code, said = printed_by("--as-of", "2024-01-01")
    assert code == 2 and "2023-09-28" in said


@pytest.mark.parametrize("port", ("80000", "-1", "http"))
def test_a_port_that_is_no_port_is_told(port):
    code, said = printed_by(f"--port={port}")
    assert code == 2 and "a number from 0 to 65535" in said


def test_what_would_send_a_client_elsewhere_is_overruled(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    with serve() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        bedrock = boto3.client("bedrock")
        assert bedrock.list_foundation_models()["modelSummaries"]
        bedrock.close()


def test_an_api_key_of_yours_is_told_to_be_unset():
    with running() as server:
        assert "unset AWS_BEARER_TOKEN_BEDROCK\n" in server.printed


def test_with_a_key_signed_requests_are_answered_and_others_refused():
    with running("--host", "0.0.0.0", **{KEY_VARIABLE: KEY}) as server:
        assert any(KEY in line for line in server.printed)
        url = f"http://127.0.0.1:{port_of(server.url)}"
        with clients(url, secret=KEY) as client:
            ask(client("bedrock-runtime"))
            stream = client("bedrock-runtime").converse_stream(modelId=NOVA, **QUESTION)
            assert list(stream["stream"])
            assert client("bedrock").list_foundation_models()["modelSummaries"]
            assert client("sts").get_caller_identity()["Account"]
            with pytest.raises(ClientError, match="InvalidSignatureException"):
                ask(client("bedrock-runtime", secret="another key of mine"))
        port = port_of(url)
        for given, status in ((KEY, 200), ("another key of mine", 403)):
            body = json.dumps(QUESTION).encode()
            sent = raw_request(port, body=body, Authorization=f"Bearer {given}")
            assert status_of(exchange(port, sent)) == status
        unsigned = raw_request(port, body=b"{}", Authorization=None)
        assert message_of(exchange(port, unsigned)) == "Missing Authentication Token"
        server.stop()
        assert KEY not in server.process.stderr.read()


def test_launch_day_is_served_over_http():
    with running("--as-of", "2023-09-28") as server, clients(server) as client:
        assert "(the day is 2023-09-28)" in server.printed[0]
        invoke_claude(client("bedrock-runtime"))
        with pytest.raises(ClientError, match="did not exist on 2023-09-28"):
            ask(client("bedrock-runtime"))


def test_a_new_account_has_no_form_yet():
    with running("--account", "new") as server, clients(server) as client:
        with pytest.raises(ClientError, match="not filled out the request form"):
            client("bedrock").get_use_case_for_model_access()


def test_the_region_is_the_one_a_request_was_signed_for():
    with serve() as server, clients(server) as client:
        found = client("bedrock", "eu-central-1").list_inference_profiles()
        ids = {p["inferenceProfileId"] for p in found["inferenceProfileSummaries"]}
        assert ids and not any(one.startswith("us.") for one in ids)
        with pytest.raises(ClientError, match="not in the Region 'mars-1'"):
            client("bedrock", "mars-1").list_inference_profiles()


def local_ports(server):
    """The client's ends of the connections to a server that are open."""
    port = port_of(server.url)
    mine = psutil.Process().net_connections("tcp")
    return {c.laddr.port for c in mine if c.raddr and c.raddr.port == port}


def test_two_requests_share_one_connection():
    with serve() as server, clients(server) as client:
        runtime = client("bedrock-runtime")
        ask(runtime)
        before = local_ports(server)
        ask(runtime)
        list(runtime.converse_stream(modelId=NOVA, **QUESTION)["stream"])
        assert len(before) == 1 and local_ports(server) == before


def test_http2_is_spoken_without_an_upgrade():
    with serve() as server:
        url = f"{server.url}/model/{NOVA}/converse"
        process = curl(server, url, "-w", "\n%{http_version}", body=QUESTION)
        said, _ = process.communicate(timeout=60)
        reply, version = said.decode().rsplit("\n", 1)
        assert version == "2"
        assert json.loads(reply)["output"]["message"]["content"][0]["text"] == ANSWER


def test_http2_streams():
    with serve() as server:
        url = f"{server.url}/model/{NOVA}/converse-stream"
        said, _ = curl(server, url, body=QUESTION).communicate(timeout=60)
        assert b"messageStart" in said and b"metadata" in said


def test_a_stop_breaks_streams_off_with_an_error_at_the_client():
    with running() as server, clients(server, read_timeout=60) as client:
        url = f"{server.url}/model/{NOVA}/converse-stream"
        http2 = curl(server, url, "--no-buffer", body=long_request())
        http2.stdout.read(1)
        events = story(client("bedrock-runtime"))
        with ThreadPoolExecutor() as pool:
            end = pool.submit(list, events)
            children = psutil.Process(server.process.pid).children(recursive=True)
            assert server.stop() == 0
            with pytest.raises(ProtocolError):
                end.result(30)
        http2.communicate(timeout=30)
        assert http2.returncode != 0
        assert not any(child.is_running() for child in children)
        assert "Traceback" not in server.process.stderr.read()


JSON_OF_A_PAGE = {
    "type": "object",
    "properties": {"page": {"type": "string", "minLength": 5000}},
    "required": ["page"],
}


def test_a_stop_ends_whole_replies_with_words():
    """Also those that are made whole before the first byte is sent."""
    forced = {"tools": [tool_of(JSON_OF_A_PAGE)], "toolChoice": {"any": {}}}
    with running() as server, clients(server) as client:
        runtime = client("bedrock-runtime")
        ask(runtime)
        with ThreadPoolExecutor() as pool:
            asked = [long_request(), {**long_request(), "toolConfig": forced}]
            ends = [
                pool.submit(runtime.converse, modelId=NOVA, **request)
                for request in asked
            ]
            busy = psutil.Process(server.process.pid)
            until(lambda: busy.cpu_percent(0.1) > 50)
            assert server.stop() == 0
            for end in ends:
                with pytest.raises(ClientError, match="was stopped before"):
                    end.result(30)


def tool_of(schema):
    """A tool's specification."""
    return {"toolSpec": {"name": "write", "inputSchema": {"json": schema}}}


def test_asked_twice_to_stop_it_does_not_wait_for_streams(monkeypatch):
    monkeypatch.setattr(server_module, "GRACE_S", 600)
    with contextlib.ExitStack() as after:
        with serve() as server:
            client = after.enter_context(clients(server))
            events = story(client("bedrock-runtime"))
            server.stop()  # leaving the block asks again
        with pytest.raises(ProtocolError):
            list(events)


def test_a_stop_before_it_runs_is_not_forgotten():
    server = Server()
    server.stop()
    asyncio.run(asyncio.wait_for(server.run(), 30))
    server.stop()  # asked again when it is over: nothing


def test_a_block_that_is_left_ends_streams_and_leaves_no_thread():
    before = set(threading.enumerate())
    with contextlib.ExitStack() as after:
        with serve() as server:
            client = after.enter_context(clients(server))
            events = story(client("bedrock-runtime"))
            reading = after.enter_context(ThreadPoolExecutor()).submit(list, events)
        with pytest.raises(ProtocolError):
            reading.result(30)
    until(lambda: set(threading.enumerate()) <= before)


def test_a_client_that_goes_away_stops_its_stream():
    with serve() as server:
        port = port_of(server.url)
        body = json.dumps(long_request()).encode()
        with connection(port) as gone:
            path = f"/model/{NOVA}/converse-stream"
            gone.sendall(raw_request(port, path=path, body=body))
            gone.recv(100)
            until(makers_of_text)
        until(lambda: not makers_of_text(), 10)


def test_a_client_that_resets_its_http2_stream_stops_it():
    with serve() as server:
        url = f"{server.url}/model/{NOVA}/converse-stream"
        process = curl(server, url, "--no-buffer", body=long_request())
        process.stdout.read(1)
        until(makers_of_text)
        process.kill()
        process.communicate()
        until(lambda: not makers_of_text(), 10)


def test_a_client_that_goes_away_stops_its_whole_reply():
    with serve() as server:
        port = port_of(server.url)
        with connection(port) as gone:
            gone.sendall(raw_request(port, body=json.dumps(long_request()).encode()))
            until(makers_of_text)
        until(lambda: not makers_of_text(), 10)


def makers_of_text():
    """The threads in which the local model makes text now."""
    return [t for t in threading.enumerate() if "(_run)" in t.name]


def test_it_can_be_served_twice_and_in_two_threads_at_once():
    def work(_):
        with serve() as server, clients(server) as client:
            return ask(client("bedrock-runtime"))

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, range(4))) == [ANSWER] * 4


def test_two_servers_share_nothing_of_their_accounts():
    with serve() as ready, serve(account="new") as new:
        ready.offline.fail_next("model_error")
        with clients(new) as client:
            ask(client("bedrock-runtime"))
        with clients(ready) as client:
            with pytest.raises(ClientError, match="ModelErrorException"):
                ask(client("bedrock-runtime"))


def test_logging_and_signal_handlers_of_the_process_stay_as_they_are(tmp_path):
    logger = logging.getLogger("a program's own")
    handler = logging.FileHandler(tmp_path / "log", mode="w")
    logger.addHandler(handler)
    root = list(logging.getLogger().handlers), logging.getLogger().level
    signals = [signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)]
    try:
        with serve() as server, clients(server) as client:
            ask(client("bedrock-runtime"))
            logger.error("during")
        logger.error("after")
        assert (tmp_path / "log").read_text() == "during\nafter\n"
    finally:
        logger.removeHandler(handler)
        handler.close()
    assert root == (list(logging.getLogger().handlers), logging.getLogger().level)
    now = [signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)]
    assert now == signals


def test_an_error_inside_the_block_is_the_one_that_is_seen():
    with pytest.raises(ZeroDivisionError), serve():
        raise ZeroDivisionError


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 on this machine")
def test_it_listens_on_ipv6_as_well():
    try:
        server = Server(host="::1")
    except OSError:
        pytest.skip("no ::1 on this machine")
    assert server.url.startswith("http://[::1]:")
    with serve(host="::1") as server, clients(server) as client:
        ask(client("bedrock-runtime"))
