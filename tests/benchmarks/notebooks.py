"""How long all notebooks take under nbval."""

import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.turns import Result
from tools.refresh_notebooks import find_notebooks

REPOSITORY = Path(__file__).resolve().parent.parent.parent
TARGET_SECONDS = 90
OPTIONS = [
    *("-q", "-p", "no:cacheprovider", "-p", "tests.nbval_offline"),
    *("--nbval", "--nbval-current-env", "--nbval-cell-timeout", "60"),
    *("--nbval-sanitize-with", "tests/nbval_sanitize.cfg"),
]


def measure():
    """One line."""
    found = find_notebooks(REPOSITORY / "notebooks")
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS, *map(str, found)],
        cwd=REPOSITORY,
        capture_output=True,
    )
    seconds = time.perf_counter() - started
    note = "" if done.returncode == 0 else ", with failures"
    yield Result(
        f"all {len(found)} notebooks under nbval",
        f"{seconds:.0f} s{note}",
        f"≤ {TARGET_SECONDS} s",
        seconds <= TARGET_SECONDS and not done.returncode,
    )
