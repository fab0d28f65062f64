"""Which Python a notebook runs in, and which copy of the course it gets there."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bedrock_helpers.preflight.checkout import (
    checkout_of,
    expected_package,
    python_to_type,
)
from bedrock_helpers.preflight.report import Finding
from bedrock_helpers.preflight.tried import failed

KERNEL = "notebooks run in this Python"
COPY = "notebooks get this copy of the course"
#: What the kernel's Python is asked, without the folder it is started in.
_QUESTION = """\
import sys
del sys.path[0]
import json, platform
from importlib.util import find_spec
course = find_spec("bedrock_helpers")
print(json.dumps({
    "prefix": sys.prefix,
    "version": platform.python_version(),
    "has_ipykernel": find_spec("ipykernel") is not None,
    "course": course and course.origin,
}))
"""
_PATIENCE_S = 60


def kernel():
    """
    Ask the Python that the kernel ``python3`` starts what a notebook would get.

    Returns
    -------
    list of Finding
        The Python, and the copy of the course (left out where the first is wrong).

    Examples
    --------
    >>> kernel()[0]
    ✓ notebooks run in this Python
    """
    try:
        command = _command()
    except Exception as error:
        return [_not_there(error)]
    try:
        answer = _ask(*command)
        python = _python(answer)
    except Exception as error:
        return [_does_not_start(command[0], error)]
    return [python, _copy(answer["course"])] if python.works else [python]


def _command():
    """The Python of the kernel and its environment, as JupyterLab would have them."""
    from jupyter_client.kernelspec import KernelSpecManager

    spec = KernelSpecManager().get_kernel_spec("python3")
    python = spec.argv[0]
    own = {"python", "python3", f"python3.{sys.version_info.minor}"}
    return sys.executable if python in own else python, spec.env


def _ask(python, environment):
    asked = subprocess.run(
        [python, "-c", _QUESTION],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=_PATIENCE_S,
    )
    return json.loads(asked.stdout) | {"python": python}


def _not_there(error):
    if isinstance(error, ModuleNotFoundError):
        return failed(KERNEL, error)
    return Finding(
        KERNEL,
        False,
        str(error),
        type(error).__name__,
        "the kernel python3, which every notebook names, is not to be found",
        f"{python_to_type()} -m ipykernel install --sys-prefix",
    )


def _does_not_start(python, error):
    said = (getattr(error, "stderr", None) or "").strip()
    return Finding(
        KERNEL,
        False,
        said or getattr(error, "strerror", None) or "it gave no answer",
        type(error).__name__,
        f"{python}, which the kernel python3 starts, does not run",
        _without_that_kernel(),
    )


def _without_that_kernel():
    """Where no kernel of that name is installed, JupyterLab starts its own Python."""
    return f"{python_to_type()} -m jupyter kernelspec remove -f python3"


def _python(answer):
    version = answer["version"]
    if not _same(answer["prefix"], sys.prefix):
        return Finding(
            KERNEL,
            False,
            version,
            "they run in another",
            f"the kernel python3 starts {answer['python']}, Python {version}",
            _without_that_kernel(),
        )
    if not answer["has_ipykernel"]:
        return Finding(
            KERNEL,
            False,
            version,
            "they do not start",
            "the package ipykernel is missing",
            "install the packages; the line is told with them",
        )
    return Finding(KERNEL, True, version)


def _copy(found):
    expected = expected_package()
    if found and _same(Path(found).parent, expected):
        return Finding(COPY, True, "installed from this folder")
    again = "install the course's wheel again"
    if checkout_of(expected):
        again = f"{python_to_type()} -m pip install --no-deps --no-build-isolation -e ."
    where = Path(found).parent if found else "nowhere: it is not installed"
    return Finding(
        COPY,
        False,
        str(where),
        "they get another" if found else "they get none",
        f"import bedrock_helpers finds it at {where}, and it should be at {expected}",
        f"unset PYTHONPATH, and at the top of the checkout type: {again}",
    )


def _same(one, other):
    return os.path.realpath(one) == os.path.realpath(other)
