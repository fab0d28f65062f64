"""How long an import takes in a fresh interpreter, beside boto3's own."""

import subprocess
import sys
from statistics import median

from tests.benchmarks.turns import at_most, ratio

TURNS = 15
TIMED = """\
import time
started = time.perf_counter()
{statement}
print(time.perf_counter() - started)
"""
OURS, BOTO3 = "import bedrock_helpers", "import boto3"


def measure():
    """One line."""
    seconds = {statement: [] for statement in (OURS, BOTO3)}
    for turn in range(TURNS + 1):
        for statement, taken in seconds.items():
            value = seconds_in_a_new_process(statement)
            if turn:  # the first turn fills the disk cache
                taken.append(value)
    yield _line(seconds, OURS, BOTO3)


def seconds_in_a_new_process(statement):
    """What the statement took, by the new process's own clock."""
    printed = subprocess.run(
        [sys.executable, "-c", TIMED.format(statement=statement)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return float(printed)


def _line(seconds, ours, theirs):
    ms = [f"{median(seconds[name]) * 1000:.0f} ms" for name in (ours, theirs)]
    value = ratio(seconds[ours], seconds[theirs])
    return at_most(f"`{ours}` / `{theirs}`", value, 1.2, f" ({' / '.join(ms)})")
