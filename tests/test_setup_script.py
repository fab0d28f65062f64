"""`make lab` installs once, and says in one sentence what went wrong."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
NOWHERE = "http://127.0.0.1:9/simple"

# A build backend of a few lines, so that the tests need no network.
BACKEND = """
import zipfile

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        wheel.writestr("tiny-1.dist-info/METADATA",
                       "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n")
        wheel.writestr("tiny-1.dist-info/WHEEL",
                       "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\n"
                       "Tag: py3-none-any\\n")
        wheel.writestr("tiny-1.dist-info/RECORD", "")
    return name
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


class Project:
    """A folder with the setup script, to run it in."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "tools").mkdir()
        shutil.copy(REPOSITORY / "tools" / "setup_venv.sh", folder / "tools")
        (folder / "backend.py").write_text(BACKEND)
        (folder / "pyproject.toml").write_text(PROJECT)
        self.lock("")
        self.lock("", "requirements-test.lock")

    def lock(self, text, name="requirements.lock"):
        (self.folder / name).write_text(text)

    def setup(self, *words, **variables):
        """Run the script without this computer's pip settings."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
        offline = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1"}
        return subprocess.run(
            ["sh", "tools/setup_venv.sh", *words],
            cwd=self.folder,
            env=inherited | {"PYTHON": sys.executable} | offline | variables,
            capture_output=True,
            text=True,
            timeout=120,
        )


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """One project for all tests of this file: making .venv takes seconds."""
    project = Project(tmp_path_factory.mktemp("project with a space"))
    first = project.setup()
    assert first.returncode == 0, first.stderr
    assert "Making .venv" in first.stdout
    return project


@pytest.fixture
def bare_project(tmp_path):
    """A project without .venv."""
    return Project(tmp_path)


def assert_one_sentence(result, *words):
    """The script failed, and its message is short and says these words."""
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert len(result.stderr) < 400
    for word in words:
        assert word in result.stderr


def test_a_second_run_does_nothing(project):
    project.lock("")
    project.setup()
    again = project.setup()
    assert (again.returncode, again.stdout) == (0, "")


def test_a_changed_lock_installs_again(project):
    project.lock("# newer\n")
    again = project.setup()
    assert "Installing" in again.stdout
    assert "Making .venv" not in again.stdout


def test_the_test_tools_come_only_when_they_are_asked_for(project):
    project.lock("missing-tool==1 --hash=sha256:" + "0" * 64, "requirements-test.lock")
    project.lock("# for lessons\n")
    assert project.setup().returncode == 0
    assert_one_sentence(project.setup("test"), "missing-tool==1", "make test")
    assert project.setup().stdout == ""


def test_the_test_tools_are_installed_once(project):
    project.lock("")
    project.lock("# newer tools\n", "requirements-test.lock")
    project.setup()
    first, second = project.setup("test"), project.setup("test")
    assert "Installing the test tools" in first.stdout
    assert "the course's packages" not in first.stdout
    assert (second.returncode, second.stdout) == (0, "")


def test_one_run_brings_course_and_test_tools(project):
    project.lock("# both\n")
    both = project.setup("test")
    assert "the course's packages" in both.stdout
    assert "Installing the test tools" in both.stdout


def test_a_failed_installation_is_not_taken_for_a_complete_one(project):
    project.lock("missing-package==1 --hash=sha256:" + "0" * 64)
    assert project.setup().returncode == 1
    assert project.setup().returncode == 1


def test_a_package_that_is_not_to_be_found_is_named(project):
    project.lock("missing-package==1 --hash=sha256:" + "0" * 64)
    assert_one_sentence(
        project.setup(), "missing-package==1", "pip config list", "make lab"
    )


def test_no_network_is_said_in_one_sentence(project):
    project.lock("missing-package==1 --hash=sha256:" + "0" * 64)
    result = project.setup(
        PIP_NO_INDEX="0", PIP_INDEX_URL=NOWHERE, PIP_RETRIES="1", PIP_TIMEOUT="1"
    )
    assert_one_sentence(result, "could not reach", "network", ".make-log/setup.log")


def test_a_wrong_hash_names_the_package_and_the_lock(project, tmp_path):
    with zipfile.ZipFile(tmp_path / "wrong-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("wrong.py", "")
    project.lock("wrong==1 --hash=sha256:" + "0" * 64)
    result = project.setup(PIP_FIND_LINKS=str(tmp_path))
    assert_one_sentence(result, "wrong==1", "git checkout requirements.lock", "hash")


def test_a_wrong_hash_of_a_test_tool_names_the_other_lock(project, tmp_path):
    with zipfile.ZipFile(tmp_path / "wrong-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("wrong.py", "")
    project.lock("")
    tools = "requirements-test.lock"
    project.lock("wrong==1 --hash=sha256:" + "0" * 64, tools)
    result = project.setup("test", PIP_FIND_LINKS=str(tmp_path))
    assert_one_sentence(result, f"git checkout {tools}", "make test")
    project.lock("", tools)


NO_INDEX = {"PIP_INDEX_URL": NOWHERE, "PIP_NO_INDEX": "0"}  # to be passed over


@pytest.fixture
def wheelhouse(tmp_path):
    """A folder like one that `make wheelhouse` fills, with one wheel."""
    packages = tmp_path / "a stick" / "packages"
    packages.mkdir(parents=True)
    metadata = "Metadata-Version: 2.1\nName: dot\nVersion: 1\n"
    tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(packages / "dot-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("dot.py", "here = True\n")
        wheel.writestr("dot-1.dist-info/METADATA", metadata)
        wheel.writestr("dot-1.dist-info/WHEEL", tags)
        wheel.writestr("dot-1.dist-info/RECORD", "")
    return packages.parent


def dot_line(wheelhouse):
    """The lock's line of that wheel."""
    wheel = wheelhouse / "packages" / "dot-1-py3-none-any.whl"
    return f"dot==1 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def test_a_wheelhouse_is_all_that_pip_looks_at(project, wheelhouse):
    project.lock(dot_line(wheelhouse))
    done = project.setup(WHEELHOUSE=str(wheelhouse), **NO_INDEX)
    assert (done.returncode, done.stderr) == (0, "")
    python = project.folder / ".venv" / "bin" / "python"
    assert subprocess.run([python, "-c", "import dot"]).returncode == 0


def test_a_wheelhouse_may_be_named_from_where_one_is(project, wheelhouse):
    project.lock(dot_line(wheelhouse) + "# relative\n")
    relative = os.path.relpath(wheelhouse, project.folder)
    assert project.setup(WHEELHOUSE=relative).returncode == 0
    project.lock(dot_line(wheelhouse) + "# from home\n")
    at_home = {"HOME": str(wheelhouse.parent), "WHEELHOUSE": "~/a stick"}
    assert project.setup(**at_home).returncode == 0


def test_a_wheelhouse_is_not_looked_for_once_all_is_installed(project, wheelhouse):
    project.lock(dot_line(wheelhouse) + "# once\n")
    project.setup(WHEELHOUSE=str(wheelhouse))
    again = project.setup(WHEELHOUSE="/nowhere")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_a_wheelhouse_that_is_not_there_is_named(bare_project, tmp_path):
    result = bare_project.setup(WHEELHOUSE="/nowhere/stick")
    assert_one_sentence(result, "no folder /nowhere/stick", "lab WHEELHOUSE=")
    assert not (tmp_path / ".venv").exists()


def test_a_folder_that_is_no_wheelhouse_is_named(bare_project, tmp_path):
    result = bare_project.setup(WHEELHOUSE=str(tmp_path))
    again = f"make -C '{bare_project.folder}' lab WHEELHOUSE="
    assert_one_sentence(result, str(tmp_path), "START.txt", again)


def test_what_a_wheelhouse_lacks_is_named_with_the_python(project, wheelhouse):
    project.lock("missing-package==1 --hash=sha256:" + "0" * 64)
    result = project.setup(WHEELHOUSE=str(wheelhouse))
    version = "Python {}.{}".format(*sys.version_info[:2])
    assert_one_sentence(
        result, f"{wheelhouse} has no missing-package==1 for {version}", "START.txt"
    )


def pretend_python(folder, minor):
    """A Python of our own on a PATH, that notes under which name it was started."""
    folder.mkdir(exist_ok=True)
    program = folder / f"python3.{minor}"
    program.write_text(
        f'#!/bin/sh\necho 3.{minor} >> "{folder}/used"\nexec {sys.executable} "$@"\n'
    )
    program.chmod(0o755)


@pytest.mark.parametrize("tags", [("11",), ("12",), ("11", "12"), ()])
def test_a_python_that_the_wheelhouse_has_packages_for_goes_before_a_newer_one(
    bare_project, wheelhouse, tmp_path, tags
):
    for minor in ("11", "12", "13"):
        pretend_python(tmp_path / "bin", minor)
    for tag in tags:
        name = f"some-1-cp3{tag}-cp3{tag}-manylinux_2_28_x86_64.whl"
        (wheelhouse / "packages" / name).touch()
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = bare_project.setup(PYTHON="", WHEELHOUSE=str(wheelhouse), PATH=path)
    assert done.returncode == 0, done.stderr
    used = (tmp_path / "bin" / "used").read_text().split()
    assert set(used) == {"3." + max(tags, default="13")}


def test_the_python_that_is_asked_for_replaces_that_of_a_venv(bare_project, tmp_path):
    venv = bare_project.folder / ".venv"
    assert bare_project.setup().returncode == 0
    (venv / "old").touch()
    bare_project.lock("# changed\n")
    assert bare_project.setup().returncode == 0
    assert (venv / "old").exists()  # the same Python: nothing is made anew
    other = venv / "bin" / "python"
    other.unlink()
    other.write_text(f"#!/bin/sh\nexec {sys.executable} -c \"print('3.11.0')\"\n")
    other.chmod(0o755)
    bare_project.lock("# changed again\n")
    assert bare_project.setup().returncode == 0
    assert not (venv / "old").exists()


def test_a_damaged_file_of_a_wheelhouse_is_named(bare_project, wheelhouse):
    bare_project.lock(dot_line(wheelhouse))
    wheel = wheelhouse / "packages" / "dot-1-py3-none-any.whl"
    for content in (wheel.read_bytes()[:20], b""):
        wheel.write_bytes(content)
        result = bare_project.setup(WHEELHOUSE=str(wheelhouse))
        assert_one_sentence(result, f"{wheel} is damaged", f"WHEELHOUSE='{wheelhouse}'")


def test_the_test_tools_are_not_looked_for_in_a_wheelhouse(project, wheelhouse):
    project.lock(dot_line(wheelhouse) + "# with tools\n")
    project.lock("missing-tool==1 --hash=sha256:" + "0" * 64, "requirements-test.lock")
    result = project.setup("test", WHEELHOUSE=str(wheelhouse))
    assert_one_sentence(result, "missing-tool==1", "pip config list")
    project.lock("", "requirements-test.lock")


def test_the_log_keeps_what_pip_said(project):
    project.lock("missing-package==1 --hash=sha256:" + "0" * 64)
    project.setup()
    log = (project.folder / ".make-log" / "setup.log").read_text()
    assert "missing-package" in log


def stub_python(folder, version):
    """A program that answers as a Python too old would."""
    path = folder / "python3"
    path.write_text(
        f'#!/bin/sh\ncase "$2" in *exit*) exit 1;; *) echo {version};; esac\n'
    )
    path.chmod(0o755)
    return path


def test_a_python_too_old_is_named_with_its_version(bare_project, tmp_path):
    old = stub_python(tmp_path, "3.9.18")
    result = bare_project.setup(PYTHON=str(old))
    assert_one_sentence(result, "3.9.18", "3.11", "make lab PYTHON=")
    assert not (tmp_path / ".venv").exists()


def test_the_python_on_the_path_is_checked_too(bare_project, tmp_path):
    only = tmp_path / "bin"
    only.mkdir()
    stub_python(only, "3.8.1")
    for tool in ("sh", "dirname", "mkdir", "cat", "cksum", "sed", "rm"):
        (only / tool).symlink_to(shutil.which(tool))
    result = bare_project.setup(PYTHON="", PATH=str(only))
    assert_one_sentence(result, "python3 is 3.8.1", "python.org/downloads")


def test_a_python_that_does_not_run_is_named(bare_project):
    result = bare_project.setup(PYTHON="/nowhere/python3.12")
    assert_one_sentence(result, "/nowhere/python3.12 does not run")


def test_a_python_without_venv_is_told_what_to_install(bare_project, tmp_path):
    path = tmp_path / "python-without-venv"
    path.write_text(
        f'#!/bin/sh\ncase "$2" in venv) exit 1;; *) exec {sys.executable} "$@";; esac\n'
    )
    path.chmod(0o755)
    assert_one_sentence(bare_project.setup(PYTHON=str(path)), "python3-venv")
