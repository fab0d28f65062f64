"""Whether this Python is new enough."""

import platform
import sys

from bedrock_helpers.preflight.report import Finding

#: The oldest Python the course is tested on.
OLDEST = (3, 11)


def python_version():
    """
    Whether this Python is new enough.

    Returns
    -------
    Finding

    Examples
    --------
    >>> python_version()
    ✓ Python 3.11 or newer
    """
    what = f"Python {OLDEST[0]}.{OLDEST[1]} or newer"
    version = platform.python_version()
    if sys.version_info >= OLDEST:
        return Finding(what, True, version)
    return Finding(
        what,
        False,
        version,
        f"it is {version}",
        "the course's packages are not made for it",
        "make clean, then: make lab PYTHON=/path/to/python3.12",
    )
