#!/usr/bin/env python
"""Which clients not written here are tried with the offline Bedrock, and on what.

python tools/list_clients.py            print a markdown table
python tools/list_clients.py --write    put it into README.md

A row is a file of tests/clients: its docstring names the client, PACKAGE what is
installed, ADDRESS the variable that leads it to the server, and the docstrings of its
tests what is tried. The versions are those of the two locks.
"""

import ast
import json
import re
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
TESTS = REPOSITORY / "tests" / "clients"
PAGE = REPOSITORY / "README.md"
START, END = "<!-- clients -->", "<!-- /clients -->"


def versions():
    """The locked version of every package, in Python and in JavaScript."""
    lock = (TESTS / "requirements.lock").read_text(encoding="utf-8")
    found = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE))
    lock = (TESTS / "javascript" / "package-lock.json").read_text(encoding="utf-8")
    for path, package in json.loads(lock)["packages"].items():
        found[path.removeprefix("node_modules/")] = package.get("version")
    return found


def tests_of(module):
    """The test functions of a module."""
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    return [node for node in functions if node.name.startswith("test_")]


def tried(test):
    """What a test says it tries, on one line."""
    return " ".join((ast.get_docstring(test) or "").split())


def constant(module, name, default=None):
    """The value of a constant of a module."""
    for node in module.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    return default


def row(path, locked):
    """One client as a row of the table."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    package = constant(module, "PACKAGE")
    client = ast.get_docstring(module).rstrip(".")
    address = constant(module, "ADDRESS", "AWS_ENDPOINT_URL")
    cases = "; ".join(tried(test) for test in tests_of(module))
    version = f"`{package}` {locked[package]}"
    return f"| {client} | {version} | `{address}` | {cases} |"


def table():
    """The clients as a markdown table."""
    head = ["| client | version | address from | what is tried |", "|---|---|---|---|"]
    locked = versions()
    rows = [row(path, locked) for path in sorted(TESTS.glob("test_*.py"))]
    return "\n".join(head + rows)


def parts(page):
    """A page's text before, between and after the markers."""
    before, start, rest = page.partition(START)
    between, end, after = rest.partition(END)
    if not start or not end:
        raise SystemExit(f"{PAGE.name} needs the lines {START} and {END}.")
    return before, between, after


def main():
    """Print the table, or write it."""
    if "--write" not in sys.argv[1:]:
        print(table())
        return
    before, _, after = parts(PAGE.read_text(encoding="utf-8"))
    page = f"{before}{START}\n{table()}\n{END}{after}"
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
