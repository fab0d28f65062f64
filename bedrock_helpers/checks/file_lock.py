"""One process at a time at a file: several kernels may write the same progress."""

import os
import random
import time
from contextlib import contextmanager, suppress

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt

#: A write takes a millisecond or two: whoever holds a lock so long is stuck.
LONGEST_WAIT_S = 5.0
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)


@contextmanager
def locked(path, wait_s=LONGEST_WAIT_S):
    """
    Hold a lock beside a file; the system frees it if this process dies.

    Parameters
    ----------
    path : pathlib.Path
        The file to be written; the lock is ``<name>.lock`` beside it, and is taken
        away again (on Windows it may stay, empty).
    wait_s : float
        Seconds to wait for somebody else. After them, and on a file system without
        locks, work goes on without one: a check must not hang.

    Raises
    ------
    OSError
        If the folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with locked(Path(folder) / "notes.json"):
    ...         during = [path.name for path in Path(folder).iterdir()]
    ...     during, list(Path(folder).iterdir())
    (['notes.json.lock'], [])
    """
    lock = path.with_name(f"{path.name}.lock")
    handle = _taken(lock, time.monotonic() + wait_s)
    try:
        yield
    finally:
        if handle is not None:
            with suppress(OSError):
                os.unlink(lock)  # before it is free, so that nobody holds another
            os.close(handle)


def _taken(lock, until):
    """The lock's handle, or None when it stayed with somebody else."""
    while True:
        handle = os.open(lock, _FLAGS, 0o666)
        if _is_ours(handle) and _is_there(handle, lock):
            return handle
        os.close(handle)
        if time.monotonic() > until:
            return None
        time.sleep(random.uniform(0.001, 0.01))


def _is_ours(handle):
    """Try once; a file system that has no locks takes nobody's."""
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True


def _is_there(handle, lock):
    """Whether this is still the file of that name, not one just taken away."""
    if fcntl is None:  # Windows takes no file away that is open
        return True
    try:
        return os.path.samestat(os.fstat(handle), os.stat(lock))
    except OSError:
        return False
