"""The course itself in a wheelhouse: an archive, the lines to type, all checksums."""

import subprocess
import zipfile
from pathlib import Path

from tools.wheelhouse.packages import NotFetched, sha256_of

REPOSITORY = Path(__file__).resolve().parent.parent.parent
ARCHIVE, START, SUMS = "bedrock-course.zip", "START.txt", "SHA256SUMS"
FOLDER = "bedrock-course"
ROOM = "room.toml"  # the host's, and not in git

LINES = """\
A course on Amazon Bedrock, whole: nothing here needs a network
===============================================================

You need Python {pythons}, and a gigabyte on your disk.
This folder has the packages for {covered}.

LINUX, MACOS. Open a terminal in this folder, the one with START.txt, and type:

    python3 -m zipfile -e bedrock-course.zip "$HOME"
    make -C "$HOME/bedrock-course" lab WHEELHOUSE="$PWD"

JupyterLab opens on the first notebook. Ctrl+C in the terminal stops it. From then on
one line starts it, without this folder. (The first line of above is for once: it
would put new notebooks over yours.)

    make -C "$HOME/bedrock-course" lab

Without make, the second line is these three:

    WHEELHOUSE="$PWD" sh "$HOME/bedrock-course/tools/setup_venv.sh"
    cd "$HOME/bedrock-course"
    .venv/bin/python -m jupyterlab notebooks/01_setup_and_model_access.ipynb

WINDOWS. Right-click bedrock-course.zip, choose Extract All, and a folder of your own.
In it, open the folder bedrock-course, right-click, choose Open in Terminal, and type,
with the path of this folder in place of E:\\bedrock and your Python in place of 3.11:

    py -3.11 -m venv .venv
    .venv\\Scripts\\python -m pip install --isolated --no-index --find-links "E:\\bedrock\\packages" --no-deps --require-hashes -r requirements.lock
    .venv\\Scripts\\python -m pip install --isolated --no-index --no-deps --no-build-isolation -e .
    .venv\\Scripts\\python -m jupyterlab notebooks/01_setup_and_model_access.ipynb

From then on, the last line alone.

Every file is checked against its hash as it is installed. To check this whole folder
first: sha256sum -c SHA256SUMS (on a Mac: shasum -a 256 -c SHA256SUMS).
"""  # noqa: E501 (lines to type stay whole)


def write_start(folder, covered):
    """Write the lines to type; `covered` are targets that have all they need."""
    pythons = sorted({t.python_version for t in covered}, key=lambda v: v.split("."))
    systems = dict.fromkeys(target.system for target in covered)
    each = [
        f"{system} (Python "
        + ", ".join(t.python_version for t in covered if t.system == system)
        + ")"
        for system in systems
    ]
    text = LINES.format(pythons=" or ".join(pythons), covered=", ".join(each))
    (folder / START).write_text(text, encoding="utf-8")


def write_archive(folder):
    """
    Write the course as it stands in this checkout; the names that are not in git.

    Raises
    ------
    NotFetched
        This is no clone, so nobody can tell what belongs to the course.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True
    )
    if listed.returncode != 0:
        raise NotFetched(
            f"{REPOSITORY} is no clone that git can read ({listed.stderr.strip()}), so "
            "which files are the course's is not known: type 'git clone' with the "
            "course's address, and 'make wheelhouse' in the new folder."
        )
    own = [ROOM] if (REPOSITORY / ROOM).exists() else []
    with zipfile.ZipFile(folder / ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in [*filter(None, listed.stdout.split("\0")), *own]:
            if (REPOSITORY / name).is_file():
                archive.write(REPOSITORY / name, f"{FOLDER}/{name}")
    return own


def write_sums(folder):
    """Write the SHA-256 of everything, in the form of `sha256sum`; the bytes of it."""
    paths = [folder / ARCHIVE, folder / START, *sorted(folder.glob("packages/*.whl"))]
    lines = [
        f"{sha256_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths
    ]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
    return sum(path.stat().st_size for path in paths)
