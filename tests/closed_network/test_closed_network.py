"""From a stick to the first answer, on a machine that has no network at all."""

import json
import os
import socket
import subprocess
import zipfile

import pytest

from tests.closed_network.conftest import (
    BASE_PYTHON,
    CLOSED,
    HERE,
    REPOSITORY,
    copy_of,
    damage,
    lines_to_type,
    settings,
)

NOTEBOOK = "notebooks/01_setup_and_model_access.ipynb"


def free_port():
    """A loopback port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="module")
def opened(closed, stick, start_lines, home, course):
    """The second line of START.txt, typed in the stick's folder; what it printed."""
    port = free_port()
    arguments = f"--no-browser --port={port} --IdentityProvider.token=here"
    program = [BASE_PYTHON, HERE / "open_lab.py", start_lines[1], port, NOTEBOOK]
    return closed(program, stick, settings(home, JUPYTER_ARGS=arguments))


@pytest.fixture(scope="module")
def installed(opened, course):
    """The course, once that line has installed it."""
    assert (course / ".venv" / ".installed-from").exists(), opened.stdout
    return course


@pytest.fixture
def bare_course(closed, stick, start_lines, tmp_path):
    """The course unpacked once more, with no .venv."""
    done = closed(["sh", "-c", start_lines[0]], stick, settings(tmp_path))
    assert done.returncode == 0, done.stderr
    return tmp_path / "bedrock-course"


def test_a_network_that_is_open_is_not_taken_for_a_closed_one():
    done = subprocess.run([BASE_PYTHON, CLOSED, "true"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "not closed" in done.stderr


def test_without_the_stick_the_closed_network_stops_the_installation(
    closed, bare_course, tmp_path
):
    done = closed(["make", "venv"], bare_course, settings(tmp_path))
    assert done.returncode != 0
    assert "pip could not reach its package index" in done.stderr


def test_the_lines_of_start_open_the_first_notebook(opened):
    assert "JupyterLab is open" in opened.stdout, opened.stdout + opened.stderr
    assert "Installed." in opened.stdout


def test_the_first_answer_comes_from_this_machine(closed, installed, home):
    program = [installed / ".venv/bin/python", HERE / "first_answer.py", NOTEBOOK]
    done = closed(program, installed, settings(home))
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert "Amazon Bedrock is an AWS service" in said["answer"]
    assert "a lesson reply" in said["answer"]
    assert "SmolLM2-135M on this machine" in said["fresh"]


def test_once_installed_the_stick_is_not_needed(closed, installed, home):
    gone = "WHEELHOUSE=/no/stick/here"
    done = closed(["make", "venv", gone], installed, settings(home))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_damaged_wheel_is_named_without_make_too(
    closed, stick, start_lines, bare_course, tmp_path
):
    broken = copy_of(stick, tmp_path / "broken stick")
    wheel = next(broken.glob("packages/attrs-*.whl"))
    damage(wheel)
    without_make = start_lines[3]
    assert "setup_venv.sh" in without_make
    done = closed(["sh", "-c", without_make], broken, settings(tmp_path))
    assert done.returncode != 0
    assert f"{wheel} is damaged" in done.stderr


def test_the_lines_for_windows_find_everything_too(
    closed, stick, bare_course, tmp_path
):
    """As far as another system can tell: its pip, paths and programs are not here."""
    make_venv, install, *_ = lines_to_type(stick)[1]
    here = {
        "py -3.11": BASE_PYTHON,
        ".venv\\Scripts\\": ".venv/bin/",
        "E:\\bedrock\\packages": f"{stick}/packages",
        "pip install": "pip install --dry-run",
    }
    for line in (make_venv, install):
        for theirs, ours in here.items():
            line = line.replace(theirs, ours)
        done = closed(["sh", "-c", line], bare_course, settings(tmp_path))
        assert done.returncode == 0, done.stderr[-2000:]
    assert "Would install" in done.stdout


def test_post_build_installs_from_the_stick_too(closed, stick, bare_course, tmp_path):
    venv = tmp_path / "environment"
    subprocess.run([BASE_PYTHON, "-m", "venv", venv], check=True)
    path = f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = settings(tmp_path, PATH=path, WHEELHOUSE=str(stick))
    done = closed(["sh", "postBuild"], bare_course, environment)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    ask = "import bedrock_helpers as bh; print(bh.connect())"
    session = closed([venv / "bin/python", "-c", ask], bare_course, environment)
    assert "OFFLINE" in session.stdout, session.stderr


def test_a_complete_stick_is_filled_again_without_a_network(closed, stick, home):
    line = ["make", "wheelhouse", f"WHEELHOUSE={stick}"]
    done = closed(line, REPOSITORY, settings(home))
    assert done.returncode == 0, done.stderr
    assert "all there" in done.stdout


def test_what_is_damaged_on_a_stick_is_fetched_anew(closed, stick, home, tmp_path):
    broken = copy_of(stick, tmp_path / "broken stick")
    wheel = next(broken.glob("packages/attrs-*.whl"))
    damage(wheel)
    line = ["make", "wheelhouse", f"WHEELHOUSE={broken}"]
    done = closed(line, REPOSITORY, settings(home))
    assert wheel.name in done.stdout
    assert "fetching 1 packages" in done.stdout
    assert "connect this computer to the network" in done.stderr


def test_the_checksums_are_those_of_every_file(stick):
    done = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=stick, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    files = {str(p.relative_to(stick)) for p in stick.rglob("*") if p.is_file()}
    checked = {line.removesuffix(": OK") for line in done.stdout.splitlines()}
    assert files - checked == {"SHA256SUMS"}


def test_the_course_on_the_stick_is_what_git_has(stick):
    names = zipfile.ZipFile(stick / "bedrock-course.zip").namelist()
    assert f"bedrock-course/{NOTEBOOK}" in names
    assert "bedrock-course/requirements.lock" in names
    assert not [name for name in names if "/.venv/" in name or "/.git/" in name]


def test_start_names_no_package_index_and_no_path_of_this_machine(stick):
    text = (stick / "START.txt").read_text(encoding="utf-8")
    assert "https:" not in text and str(stick) not in text
