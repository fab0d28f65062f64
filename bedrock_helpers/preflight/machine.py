"""What this computer has: system, processors, memory, disk; and whether it suffices."""

import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from bedrock_helpers.preflight.model_speed import is_shared
from bedrock_helpers.preflight.report import Finding

WHAT = "memory and disk are enough for one seat"
#: A kernel that has loaded the small model, pandas, matplotlib and moto held 690 MB
#: (with two replies at a time), one without the model 171 MB; the rest is rounding up.
NEEDED_MB, NEEDED_MB_WITH_SHARED_MODEL = 700, 250
#: Notebooks saved with outputs, benchmarks and JupyterLab's own files: some 10 MB each.
NEEDED_DISK_MB = 200
_MEGABYTE = 1_000_000
_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Memory:
    """Megabytes in all, and those still free for this process and new ones."""

    total_mb: float
    free_mb: float


def memory():
    """
    The memory of this computer, or of the container this runs in.

    Returns
    -------
    Memory
    """
    import psutil

    whole = psutil.virtual_memory()
    total, free = whole.total, whole.available
    limit, used = _container()
    if limit and limit < total:
        total, free = limit, min(free, limit - used)
    return Memory(total / _MEGABYTE, free / _MEGABYTE)


def _container():
    """The limit and the use, in bytes, that Linux keeps for a container; else zeros."""
    try:
        limit = int((_CGROUP / "memory.max").read_text())
        used = int((_CGROUP / "memory.current").read_text())
        rows = (_CGROUP / "memory.stat").read_text().splitlines()
        cached = dict(row.split() for row in rows)["inactive_file"]
    except (OSError, ValueError, KeyError):  # no container, or one without a limit
        return 0, 0
    return limit, used - int(cached)


def disk_free_mb():
    """Megabytes free where one works."""
    return shutil.disk_usage(Path.cwd()).free / _MEGABYTE


def processors():
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def system():
    """
    The operating system and the machine's kind, without the computer's name.

    Returns
    -------
    str
    """
    names = {"Darwin": f"macOS {platform.mac_ver()[0]}"}
    name = names.get(platform.system(), f"{platform.system()} {platform.release()}")
    if platform.system() == "Linux":
        try:
            name = platform.freedesktop_os_release()["PRETTY_NAME"]
        except (OSError, KeyError):
            pass
    return f"{name}, {platform.machine()}"


def machine():
    """
    Whether memory and disk suffice; what this process holds already counts as free.

    Returns
    -------
    Finding

    Examples
    --------
    >>> machine()
    ✓ memory and disk are enough for one seat
    """
    import psutil

    held_mb = psutil.Process().memory_info().rss / _MEGABYTE
    free_mb, disk_mb = memory().free_mb + held_mb, disk_free_mb()
    needed_mb = NEEDED_MB_WITH_SHARED_MODEL if is_shared() else NEEDED_MB
    return finding(free_mb, disk_mb, needed_mb)


def finding(free_mb, disk_mb, needed_mb=NEEDED_MB):
    """
    What so much memory and disk mean for one seat.

    Parameters
    ----------
    free_mb, disk_mb, needed_mb : float

    Returns
    -------
    Finding

    Examples
    --------
    >>> finding(3000, 150).error
    '150 MB of disk are free'
    """
    details = f"{free_mb / 1000:.1f} GB of memory, {disk_mb / 1000:.1f} GB of disk"
    if free_mb < needed_mb:
        return Finding(
            WHAT,
            False,
            details,
            f"{free_mb:,.0f} MB of memory are left",
            f"a notebook with the small model takes about {needed_mb} MB",
            "shut down other kernels (Kernel ▸ Shut Down All Kernels…) and programs",
        )
    if disk_mb < NEEDED_DISK_MB:
        return Finding(
            WHAT,
            False,
            details,
            f"{disk_mb:,.0f} MB of disk are free",
            f"notebooks could soon no longer be saved: have {NEEDED_DISK_MB} MB free",
            "delete what you do not need; python -m pip cache purge helps",
        )
    return Finding(WHAT, True, details)
