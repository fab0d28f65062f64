"""tools/setup_clients.sh installs once, and says in a sentence what is missing."""

import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
NPM = "#!/bin/sh\nmkdir -p node_modules\necho npm $1 >>calls\n"
#: Answers to `-m venv --clear FOLDER` and to `-m pip install …`.
PYTHON = """#!/bin/sh
case "$2" in
    venv) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
    pip) exit ${PIP_EXIT:-0} ;;
esac
"""
TOOLS = ("sh", "dirname", "mkdir", "cat", "cksum", "rm", "cp")


def node(version):
    """A program that answers as Node.js of that version would."""
    outcome = int(int(version.split(".")[0]) < 20)
    return f'#!/bin/sh\ncase "$1" in -e) exit {outcome};; *) echo v{version};; esac\n'


class Checkout:
    """A folder with the script, two locks and the programs it finds on its PATH."""

    def __init__(self, folder):
        self.folder = folder
        self.javascript = folder / "tests" / "clients" / "javascript"
        self.javascript.mkdir(parents=True)
        (folder / "tools").mkdir()
        shutil.copy(REPOSITORY / "tools" / "setup_clients.sh", folder / "tools")
        (self.javascript / "package-lock.json").write_text("{}")
        (self.javascript.parent / "requirements.lock").write_text("")
        (folder / "bin").mkdir()
        for tool in TOOLS:
            (folder / "bin" / tool).symlink_to(shutil.which(tool))
        self.install("python", PYTHON)

    def install(self, program, text):
        path = self.folder / "bin" / program
        path.write_text(text)
        path.chmod(0o755)

    def setup(self, **variables):
        return subprocess.run(
            ["sh", "tools/setup_clients.sh"],
            cwd=self.folder,
            env={"PATH": str(self.folder / "bin"), "PY": "python"} | variables,
            capture_output=True,
            text=True,
            timeout=120,
        )


@pytest.fixture
def checkout(tmp_path):
    """A checkout with Node.js, where nothing is installed yet."""
    checkout = Checkout(tmp_path)
    checkout.install("node", node("22.1.0"))
    checkout.install("npm", NPM)
    return checkout


def test_both_are_installed_and_a_second_run_does_nothing(checkout):
    first = checkout.setup()
    assert (first.returncode, first.stdout.count("Installing")) == (0, 2), first.stderr
    again = checkout.setup(CI="true")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert (checkout.javascript / "calls").read_text() == "npm ci\n"


def test_a_failed_installation_is_said_and_tried_again(checkout):
    for _ in range(2):
        done = checkout.setup(PIP_EXIT="1")
        assert done.returncode == 1
        assert "pip could not install" in done.stderr
        assert ".make-log/clients.log" in done.stderr


@pytest.mark.parametrize(("version", "said"), [(None, "not on"), ("18.1.0", "v18.1.0")])
def test_without_a_new_node_the_javascript_tests_are_left_out(checkout, version, said):
    (checkout.folder / "bin" / "node").unlink()
    if version:
        checkout.install("node", node(version))
    done = checkout.setup()
    assert done.returncode == 0
    assert said in done.stdout
    assert "its tests will be skipped" in done.stdout
    assert not (checkout.javascript / "node_modules").exists()


def test_without_node_continuous_integration_fails(checkout):
    (checkout.folder / "bin" / "node").unlink()
    done = checkout.setup(CI="true")
    assert done.returncode == 1
    assert "install them from nodejs.org" in done.stderr


def test_a_failing_npm_is_said(checkout):
    checkout.install("npm", "#!/bin/sh\nexit 1\n")
    done = checkout.setup()
    assert done.returncode == 1
    assert "npm could not install" in done.stderr
