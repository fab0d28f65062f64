"""
Type a line that opens JupyterLab, wait until it serves a page, then stop it.

    python open_lab.py 'make lab WHEELHOUSE=/media/stick/bedrock' PORT NOTEBOOK

JUPYTER_ARGS has the port and the token `here`. Prints the page's status, and whether
it is JupyterLab's.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

DEADLINE_S = 500  # the line may install first


def page_of(address, process):
    """The first page that is served; None if the line ends, or takes too long."""
    deadline = time.monotonic() + DEADLINE_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5) as reply:
                return reply.read().decode()
        except urllib.error.HTTPError as refused:
            return f"HTTP {refused.code}"
        except OSError:
            time.sleep(0.1)
    return None


def main(line, port, notebook):
    """Open, look, stop."""
    process = subprocess.Popen(["sh", "-c", line], start_new_session=True)
    try:
        address = f"http://127.0.0.1:{port}/lab/tree/{notebook}?token=here"
        page = page_of(address, process) or ""
        is_lab = "jupyter-config-data" in page
        print("JupyterLab is open" if is_lab else f"no JupyterLab: {page[:500]}")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
