"""What ``bh.`` offers is what a learner can use: all of it, and nothing else."""

import inspect
import subprocess
import sys
from types import ModuleType

import bedrock_helpers as bh

MODULES = {"catalog", "policies", "pricing"}


def test_all_names_the_real_public_names():
    found = {
        name
        for name, value in vars(bh).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert set(bh.__all__) == found | MODULES


def test_all_is_sorted_without_doubles():
    assert bh.__all__ == sorted(set(bh.__all__), key=lambda n: (n.islower(), n))


def test_dir_shows_these_names_only():
    assert dir(bh) == sorted(bh.__all__)


def test_a_star_import_gives_functions_not_the_modules_of_the_same_name():
    names = {}
    exec("from bedrock_helpers import *", names)
    for name in set(bh.__all__) - MODULES:
        assert callable(names[name])


def test_every_public_function_says_what_it_takes_and_gives():
    for name in bh.__all__:
        value = getattr(bh, name)
        if not inspect.isfunction(value):
            continue
        documentation = inspect.getdoc(value)
        assert "Returns\n-------" in documentation, name
        assert "Examples\n--------" in documentation, name
        for parameter in inspect.signature(value).parameters:
            assert parameter in documentation, (name, parameter)


def test_heavy_parts_load_only_when_needed():
    heavy = {"pandas", "moto", "xllamacpp", "ipywidgets", "numpy", "jsonschema"}
    heavy |= {"granian", "starlette", "anyio"}
    code = "import sys, bedrock_helpers as bh; bh.connect(); print(*sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert heavy & set(printed.stdout.split()) == set()
