"""README's table of clients, and which operations the AWS CLI's tests cover."""

import ast
import re

import pytest
from botocore import xform_name

from bedrock_helpers.offline.operations import OPERATIONS
from tests.test_environment_agrees import index_addresses
from tools import list_clients

FILES = sorted(list_clients.TESTS.glob("test_*.py"))
AWS_CLI = list_clients.TESTS / "test_aws_cli.py"
LOCKS = ("requirements.lock", "javascript/package-lock.json")


def module(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def uncovered(operations, tests):
    """The operations whose command no test runs that also names them."""
    covered = set()
    for test in tests:
        named = set(re.findall(r"\w+", list_clients.tried(test)))
        constants = [n.value for n in ast.walk(test) if isinstance(n, ast.Constant)]
        covered |= {name for name in named if xform_name(name, "-") in constants}
    return [name for name in operations if name not in covered]


def test_readme_lists_the_clients_that_are_tried():
    page = list_clients.PAGE.read_text(encoding="utf-8")
    _, between, _ = list_clients.parts(page)
    told = "Type: python tools/list_clients.py --write"
    assert between.strip() == list_clients.table(), told


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_test_with_a_client_says_what_it_tries(path):
    silent = [
        test.name
        for test in list_clients.tests_of(module(path))
        if not list_clients.tried(test)
    ]
    assert not silent


def test_every_operation_is_tried_with_the_aws_cli():
    assert uncovered(OPERATIONS, list_clients.tests_of(module(AWS_CLI))) == []


def test_an_operation_that_is_only_named_counts_as_uncovered():
    named = ast.parse('def test_it():\n    """Converse"""\n    aws("count-tokens")\n')
    assert uncovered(["Converse", "CountTokens"], named.body) == [
        "Converse",
        "CountTokens",
    ]


@pytest.mark.parametrize("name", LOCKS)
def test_the_clients_locks_name_no_package_index(name):
    text = (list_clients.TESTS / name).read_text(encoding="utf-8")
    assert index_addresses(text) == []
    assert '"resolved"' not in text
