"""Memory and disk: what is there, and what a seat needs."""

import pytest

from bedrock_helpers.preflight import machine


@pytest.mark.parametrize(
    ("memory_mb", "disk_mb", "words"),
    [
        (machine.NEEDED_MB - 1, 1000, "of memory are left"),
        (1000, machine.NEEDED_DISK_MB - 1, "of disk are free"),
    ],
)
def test_too_little_is_named_with_its_cure(memory_mb, disk_mb, words):
    finding = machine.finding(memory_mb, disk_mb)
    assert not finding.works
    assert words in finding.error
    assert finding.cause
    assert finding.cure


def test_exactly_enough_is_enough():
    assert machine.finding(machine.NEEDED_MB, machine.NEEDED_DISK_MB).works


def test_a_seat_with_a_shared_model_needs_less():
    little_mb = machine.NEEDED_MB_WITH_SHARED_MODEL
    assert machine.finding(little_mb, 1000, little_mb).works
    assert not machine.finding(little_mb, 1000).works


def a_container(folder, limit):
    (folder / "memory.max").write_text(limit)
    (folder / "memory.current").write_text("300000000")
    (folder / "memory.stat").write_text("anon 200000000\ninactive_file 100000000\n")


def test_a_containers_limit_counts_without_what_is_only_cached(monkeypatch, tmp_path):
    a_container(tmp_path, "500000000")
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    assert machine.memory() == machine.Memory(500.0, 300.0)


def test_a_container_without_a_limit_has_the_whole_machine(monkeypatch, tmp_path):
    whole = machine.memory().total_mb
    a_container(tmp_path, "max")
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    assert machine.memory().total_mb >= whole


def test_the_system_is_told_without_the_computers_name():
    assert machine.system().count(",") == 1
    assert machine.processors() >= 1
