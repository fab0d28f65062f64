"""The packages beside the lock, or beside the course's own requirements."""

import re
import shutil

from bedrock_helpers.preflight import packages
from tests.preflight.planted import (
    REPOSITORY,
    environment_without,
    preflight,
    site_packages,
)


def test_every_package_of_the_lock_is_read():
    lock = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    read = packages._LOCKED.findall(lock)
    assert len(read) == len(re.findall(r"^[\w.-]+==", lock, re.M)) > 100


def test_installed_without_a_checkout_the_requirements_are_what_counts(tmp_path):
    python = environment_without(tmp_path / "venv", "*bedrock_helpers*.pth")
    installed = site_packages(tmp_path / "venv") / "bedrock_helpers"
    no_cache = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REPOSITORY / "bedrock_helpers", installed, ignore=no_cache)
    shutil.copytree(REPOSITORY / "data", installed / "data")
    page = preflight(python=python, folder=tmp_path)
    assert (page.code, page.crosses) == (0, []), page.text
    assert "as in what the course requires" in page.text
