"""A JupyterLab on this computer and a Chromium to look at it, for the browser tests."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.lab_pages import NotebookPage, save_look, wait_for_kernel
from tools.refresh_notebooks import offline_environment

REPOSITORY = Path(__file__).resolve().parent.parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MAC_BROWSER = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
QUIET_BROWSER = [
    "--no-sandbox",  # root in a container has no other way
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
JUPYTER_SETTINGS = REPOSITORY / "tools" / "jupyter"  # those of `make lab`
STARTUP = 60  # seconds


class LabServer:
    """A running JupyterLab: where it is, and the folder it shows."""

    def __init__(self, port, token, folder):
        self.port, self.address = port, f"http://127.0.0.1:{port}"
        self.token = token
        self.folder = folder

    def url(self, path):
        """The page that opens one file, alone, with the layout of a first visit."""
        return f"{self.address}/lab/tree/{path}?token={self.token}&reset"

    def answers(self):
        """Whether the server is up."""
        try:
            urllib.request.urlopen(f"{self.address}/api", timeout=1).close()
        except (urllib.error.URLError, OSError):
            return False
        return True


def find_browser():
    """The path of a Chromium or Chrome, or None."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or (MAC_BROWSER if Path(MAC_BROWSER).exists() else None)


def free_port():
    """A loopback port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def lab_command(server):
    """The command line of a JupyterLab that only this computer reaches."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser"),
        *(["--allow-root"] if as_root else []),
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={server.port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={server.token}",
        f"--ServerApp.root_dir={server.folder}",
    ]


def lab_environment(scratch):
    """Offline, without AWS variables, with the settings of `make lab` and no others."""
    folders = {
        name: str(scratch / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    folders["JUPYTER_CONFIG_PATH"] = str(JUPYTER_SETTINGS)
    return offline_environment(scratch) | folders


def wait_until_up(server, process, log):
    """Wait for the server's first answer; fail with its log if none comes."""
    deadline = time.monotonic() + STARTUP
    while not server.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
        time.sleep(0.1)


@pytest.fixture(scope="session")
def lab_folder(tmp_path_factory):
    """A copy of the notebooks: what a test changes, the checkout never sees."""
    folder = tmp_path_factory.mktemp("lab") / "course"
    shutil.copytree(REPOSITORY / "notebooks", folder / "notebooks")
    return folder


@contextmanager
def running_lab(folder, scratch):
    """JupyterLab on a free loopback port, showing a folder; stopped at the end."""
    server = LabServer(free_port(), secrets.token_hex(16), folder)
    log = scratch / "lab.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            lab_command(server),
            env=lab_environment(scratch),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_up(server, process, log)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="session")
def lab_server(lab_folder, tmp_path_factory):
    """JupyterLab, showing the copied notebooks."""
    with running_lab(lab_folder, tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium; without one, a failure in CI and elsewhere a skip."""
    path = find_browser()
    if path is None:
        no_browser = "no Chromium or Chrome found; install the package chromium"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(no_browser)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, headless=True, args=QUIET_BROWSER
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser, request):
    """A fresh page; its last look goes to $BROWSER_SCREENSHOTS, if that is set."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    save_look(page, request.node.name)
    page.close()


@pytest.fixture
def open_notebook(page, lab_server):
    """Open a notebook in JupyterLab and wait until its kernel is ready."""

    def open_it(name):
        page.goto(lab_server.url(f"notebooks/{name}"))
        wait_for_kernel(page)
        return page

    return open_it


@pytest.fixture(scope="session")
def run_notebook(browser, lab_server, lab_folder):
    """Open a notebook in a page of its own and run it whole; once a session."""
    run = {}

    def run_it(name):
        if name not in run:
            context = browser.new_context(
                viewport={"width": 1280, "height": 900},
                permissions=["clipboard-read", "clipboard-write"],
            )
            context.set_default_timeout(20_000)
            path = lab_folder / "notebooks" / name
            run[name] = NotebookPage(context.new_page(), lab_server, path)
            run[name].run_all()
        return run[name]

    yield run_it
    for notebook in run.values():
        notebook.page.context.close()


@pytest.fixture
def notebook_03(run_notebook, request):
    """Notebook 03, run; what the tests before did to its labs is still there."""
    notebook = run_notebook("03_inference_parameters.ipynb")
    yield notebook
    save_look(notebook.page, request.node.name)


@pytest.fixture
def playground(run_notebook, request):
    """The playground, run; what the tests before did to its labs is still there."""
    notebook = run_notebook("playground.ipynb")
    yield notebook
    save_look(notebook.page, request.node.name)
