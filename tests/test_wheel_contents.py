"""What a wheel of the package holds, and what an editable install does not copy."""

import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Build a wheel with the locked build backend; its file names."""
    backend = pytest.importorskip("hatchling.build")
    monkeypatch.chdir(REPOSITORY)

    def names_in(kind):
        wheel = getattr(backend, kind)(str(tmp_path))
        with zipfile.ZipFile(tmp_path / wheel) as archive:
            return set(archive.namelist())

    return names_in


def test_a_wheel_carries_the_data_inside_the_package(build):
    names = build("build_wheel")
    assert "bedrock_helpers/data/models.json" in names
    assert not any(name.startswith(("data/", "tests/", "notebooks/")) for name in names)


def test_an_editable_install_reads_the_data_of_the_checkout(build):
    names = build("build_editable")
    assert not any(name.endswith((".json", ".jsonl")) for name in names)
