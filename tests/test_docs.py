"""What README, CONTRIBUTING and the notebooks say, beside what is so."""

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from bedrock_helpers.live import DEFAULT_BUDGET_USD
from bedrock_helpers.offline.parameters import UNSET_MAX_TOKENS

REPOSITORY = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md")


def read(name):
    return (REPOSITORY / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_blank_is_left_to_fill_in(name):
    assert not re.findall(r"\b[A-Z]{3,}_(?:FACTS|TABLE|HERE|LATER)\b", read(name))


@pytest.mark.parametrize("name", ("README.md", "CONTRIBUTING.md"))
def test_every_file_that_is_linked_is_there(name):
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", read(name))
    missing = [path for path in linked if not (REPOSITORY / path).exists()]
    assert not missing


def test_every_module_has_its_line_in_how_it_is_built():
    told = set(re.findall(r"(\w+)\.py\b", read("CONTRIBUTING.md")))
    package = REPOSITORY / "bedrock_helpers"
    folders = ("", "offline/", "labs/", "families/", "checks/", "preflight/")
    modules = [path for folder in folders for path in package.glob(f"{folder}*.py")]
    missing = {path.stem for path in modules} - told - {"__init__"}
    assert not missing


def test_the_dollar_of_the_documents_is_the_budget_of_the_code():
    assert Decimal(DEFAULT_BUDGET_USD) == 1
    notebook = read("notebooks/01_setup_and_model_access.ipynb")
    for text in (read("README.md"), notebook):
        assert "one dollar unless you say otherwise" in text


def test_the_tokens_of_an_unset_limit_are_those_of_the_code():
    assert f"stops at {UNSET_MAX_TOKENS} tokens" in read("CONTRIBUTING.md")


def test_contributing_holds_the_rows_of_a_benchmark_run():
    rows = re.findall(r"^\| .+ \| [0-9.]+×.* \| \w+ \|$", read("CONTRIBUTING.md"), re.M)
    assert len(rows) >= 5


def test_the_fixture_and_the_test_of_readme_work_as_they_stand(tmp_path):
    section = read("README.md").split("### Use it from your own code")[1]
    fixture, test = re.findall(r"```python\n(.*?)```", section, re.DOTALL)[:2]
    (tmp_path / "conftest.py").write_text(fixture, encoding="utf-8")
    (tmp_path / "test_mine.py").write_text(test, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert "1 passed" in run.stdout, run.stdout


def test_the_fixture_has_five_lines_after_its_name():
    section = read("README.md").split("def offline_bedrock(monkeypatch):")[1]
    body = section.split("```")[0].strip().splitlines()
    assert len(body) <= 5
