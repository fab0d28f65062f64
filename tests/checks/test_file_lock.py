"""One at a time; whoever dies lets go, and nobody waits for ever."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bedrock_helpers.checks.file_lock import locked

REPOSITORY = Path(__file__).parents[2]


def test_only_one_at_a_time_is_inside(tmp_path):
    inside, most = [], []

    def enter():
        for _ in range(20):
            with locked(tmp_path / "notes"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=enter) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(most) == 80
    assert set(most) == {1}
    assert list(tmp_path.iterdir()) == []


def test_an_error_inside_lets_go(tmp_path):
    with pytest.raises(ZeroDivisionError), locked(tmp_path / "notes"):
        1 / 0  # noqa: B018
    with locked(tmp_path / "notes"):
        assert (tmp_path / "notes.lock").exists()
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_stays_with_somebody_is_not_waited_for_for_ever(tmp_path):
    with locked(tmp_path / "notes"), locked(tmp_path / "notes", wait_s=0):
        assert (tmp_path / "notes.lock").exists()


HOLDS_AND_DIES = """
import os, sys
from pathlib import Path
from bedrock_helpers.checks.file_lock import locked
with locked(Path(sys.argv[1])):
    os._exit(1)
"""


def test_the_lock_of_a_process_that_died_is_free(tmp_path):
    command = [sys.executable, "-c", HOLDS_AND_DIES, str(tmp_path / "notes")]
    assert subprocess.run(command, cwd=REPOSITORY).returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["notes.lock"]
    with locked(tmp_path / "notes"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError), locked(tmp_path / "no" / "notes"):
        pass
