"""`python -m bedrock_helpers.offline.model_server`: its file, its key, its end."""

import grp
import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
import pytest

from bedrock_helpers.offline.completion_request import Generation
from bedrock_helpers.offline.local_model import LocalModel, local_model
from bedrock_helpers.offline.model_server import CannotServe, serve
from bedrock_helpers.offline.parameters import Sampling
from bedrock_helpers.offline.shared_model import SharedServer
from tests.offline.model_servers import ENDLESS, LONG, SERVER_VARIABLE, running
from tests.offline.programs import CLEAN, REPOSITORY


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A model server of its own process: process and file."""
    file = tmp_path_factory.mktemp("room") / "model.json"
    with running("--file", str(file), "--slots", "1") as process:
        yield process, file


def mode(file):
    """Its permissions."""
    return stat.S_IMODE(file.stat().st_mode)


def refusal(*options):
    """What a model server that cannot start prints, and its exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "bedrock_helpers.offline.model_server", *options],
        env=CLEAN,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stderr


def asked(address, path, key=None):
    """The status of a request."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    body = b'{"prompt": "a", "content": "a", "n_predict": 1}'
    body = None if path == "/slots" else body
    request = urllib.request.Request(address + path, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


# Its file


def test_it_says_what_to_type_and_that_is_all_a_kernel_needs(served, monkeypatch):
    process, file = served
    (line,) = [line for line in process.printed if line.startswith("export")]
    name, path = re.fullmatch(r"export (\w+)=(\S+)\n", line).groups()
    assert (name, path) == (SERVER_VARIABLE, str(file))
    monkeypatch.setenv(name, path)
    assert "".join(local_model().stream("One,", Sampling(2, 0, 1), Generation()))


def test_only_its_owner_may_read_the_file(served):
    _, file = served
    assert mode(file) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_group_may_read_it_where_one_is_named(tmp_path):
    group = grp.getgrgid(os.getgid()).gr_name
    with serve(tmp_path / "model.json", slots=1, group=group) as file:
        assert mode(file) == 0o640 and file.group() == group


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("is_busy", [False, True])
def test_ctrl_c_and_sigterm_stop_it_and_take_the_file_away(tmp_path, name, is_busy):
    file = tmp_path / "model.json"
    with running("--file", str(file), "--slots", "1") as process:
        stream = LocalModel(SharedServer(file)).stream(ENDLESS, LONG, Generation())
        assert not is_busy or next(stream)
        process.send_signal(name)
        assert process.wait(60) == 0
        assert process.stderr.read() == "" and not file.exists()
        stream.close()


def test_a_file_that_another_server_has_written_meanwhile_is_left(tmp_path):
    with serve(tmp_path / "model.json", slots=1) as file:
        theirs = {**json.loads(file.read_text()), "process": 1}
        file.write_text(json.dumps(theirs))
    assert json.loads(file.read_text()) == theirs


# Who is answered


@pytest.mark.parametrize("which", ["address", "scoring_address"])
def test_without_the_key_it_answers_nobody_and_with_it_tells_no_text(served, which):
    where = json.loads(served[1].read_text())
    for path in ("/tokenize", "/completion", "/v1/completions", "/slots"):
        assert asked(where[which], path) == 401
        assert asked(where[which], path, "guess") == 401
    assert asked(where[which], "/tokenize", where["key"]) == 200
    assert asked(where[which], "/slots", where["key"]) == 501


def test_it_listens_on_loopback_only(served):
    process, file = served
    where = json.loads(file.read_text())
    listening = [
        f"http://{connection.laddr.ip}:{connection.laddr.port}"
        for connection in psutil.Process(process.pid).net_connections("all")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert sorted(listening) == sorted([where["address"], where["scoring_address"]])
    assert all(address.startswith("http://127.0.0.1:") for address in listening)


# What is wrong, in words


@pytest.mark.parametrize("slots", ["0", "-1", "65"])
def test_a_number_of_slots_out_of_range_is_told(slots):
    code, said = refusal("--slots", slots)
    assert (code, said.count("\n")) == (2, 1)
    assert f"slots={slots}: 1 to 64 are possible" in said and "--slots 4" in said


def test_a_server_that_is_running_keeps_its_file(served):
    _, file = served
    before = file.read_text()
    code, said = refusal("--file", str(file))
    assert code == 2 and "is that of a model server that is running" in said
    assert "--file another.json" in said and file.read_text() == before


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    code, said = refusal("--file", str(tmp_path / "none" / "model.json"))
    assert code == 2 and "cannot be written: No such file or directory" in said
    assert "--file /a/folder/of/yours/" in said


@pytest.mark.parametrize("text", ['{"my": "notes"}', "[]", "Dear reader"])
def test_a_file_of_something_else_is_left_as_it_is(tmp_path, text):
    file = tmp_path / "notes.json"
    file.write_text(text)
    with pytest.raises(CannotServe, match="is left as it is.*--file another"):
        with serve(file, slots=1):
            pass
    assert file.read_text() == text


def test_a_file_left_behind_gives_way_though_another_program_has_its_port(tmp_path):
    file = tmp_path / "model.json"
    with ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as other:
        address = f"http://127.0.0.1:{other.server_port}"
        old = dict.fromkeys(("key", "model", "weights"), "old")
        old |= dict.fromkeys(("address", "scoring_address"), address)
        file.write_text(json.dumps(old))
        threading.Thread(target=other.serve_forever).start()
        with serve(file, slots=1):
            assert address not in file.read_text()
        other.shutdown()


def test_a_group_that_is_not_there_is_told_and_nothing_left(tmp_path):
    code, said = refusal("--file", str(tmp_path / "model.json"), "--group", "nobodies")
    assert code == 2 and "there is no group 'nobodies'" in said
    assert list(Path(tmp_path).iterdir()) == []


def test_weights_that_are_none_are_told(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "bedrock_helpers.offline.model_server"],
        env={**CLEAN, "BEDROCK_LOCAL_MODEL": "/nowhere.gguf"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (
        done.returncode == 2 and "'/nowhere.gguf', which is not a file" in done.stderr
    )
    assert "Traceback" not in done.stderr
