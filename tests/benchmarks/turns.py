"""Measure several things in turns, and compare them turn by turn."""

import gc
import time
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Result:
    """One line of the table."""

    name: str
    measured: str
    target: str
    met: bool | None

    def __str__(self):
        verdict = {True: "met", False: "missed", None: "not measured"}[self.met]
        return f"| {self.name} | {self.measured} | {self.target} | {verdict} |"


def in_turns(variants, turns, calls_a_turn=1):
    """
    Seconds a call of each variant takes, one list a variant, one number a turn.

    Parameters
    ----------
    variants : dict of str to callable
    turns, calls_a_turn : int
    """
    seconds = {name: [] for name in variants}
    gc.disable()
    try:
        for turn in range(turns + 1):
            for name, call in variants.items():
                taken = _seconds(call, calls_a_turn)
                if turn:  # the first turn only warms up
                    seconds[name].append(taken)
    finally:
        gc.enable()
    return seconds


def _seconds(call, times):
    started = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - started) / times


def ratio(above, below):
    """The median of the ratios of the turns."""
    return median(a / b for a, b in zip(above, below, strict=True))


def at_most(name, value, target, note=""):
    """A line for a ratio that should stay below a target."""
    return Result(name, f"{value:.2f}×{note}", f"≤ {target}×", value <= target)


def at_least(name, value, target, note=""):
    """A line for a ratio that should stay above a target."""
    return Result(name, f"{value:.2f}×{note}", f"≥ {target}×", value >= target)
