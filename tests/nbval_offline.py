"""
A pytest plugin: nbval starts each notebook in the environment its outputs come from.

nbval's kernels inherit this process's environment, so it is made anew for every
notebook: offline, without AWS variables, with no progress from the notebook before.
"""

import os
import tempfile

import pytest

from tools.refresh_notebooks import offline_environment

_started = {"notebook": None, "scratch": None}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Before nbval starts a notebook's kernel, renew the environment."""
    notebook = item.path
    if notebook.suffix != ".ipynb" or notebook == _started["notebook"]:
        return
    pytest_unconfigure()
    _started.update(notebook=notebook, scratch=tempfile.TemporaryDirectory())
    environment = offline_environment(_started["scratch"].name)
    os.environ.clear()
    os.environ.update(environment)


def pytest_unconfigure():
    """Remove the last notebook's scratch folder."""
    if _started["scratch"] is not None:
        _started["scratch"].cleanup()
        _started["scratch"] = None
