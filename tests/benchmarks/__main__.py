"""
Ratios of speed, measured in one run: ``python -m tests.benchmarks [--notebooks]``.

With ``--seats`` it measures a room of kernels instead (``--store`` keeps that run).

What is compared is measured in turns, so that a busy machine slows both alike;
each figure is the median of the turns. Benchmarks are no tests: the exit code
is 0 whatever they show.
"""

import sys

from tests.benchmarks import (
    calls,
    harness,
    imports,
    local_model,
    notebooks,
    seats,
    sliders,
)


def main(arguments):
    """Print one markdown table."""
    if "--seats" in arguments:
        return seats.main(arguments)
    parts = [calls.measure, local_model.measure, harness.measure, imports.measure]
    parts.append(sliders.measure)
    if "--notebooks" in arguments:
        parts.append(notebooks.measure)
    print("| what | measured | target | |\n|---|---|---|---|")
    for part in parts:
        for result in part():
            print(result, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
