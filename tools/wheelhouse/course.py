"""The course itself in a wheelhouse: an archive, the lines to type, all checksums."""

import subprocess
import zipfile

from tools.wheelhouse.packages import REPOSITORY, NotFetched, sha256_of
from tools.wheelhouse.targets import IN_WORDS

ARCHIVE, START, SUMS = "bedrock-course.zip", "START.txt", "SHA256SUMS"
FOLDER = "bedrock-course"
ROOM = "room.toml"  # the host's, and not in git

LINES = """\
A course on Amazon Bedrock, whole: nothing here needs a network
===============================================================

You need a gigabyte on your disk, and Python, which is not in here. There are the
packages for

{covered}

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


def is_own_start(path):
    """Whether a START.txt is one of these, or was begun; nobody else's is replaced."""
    said = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return not said or said[0] == LINES.splitlines()[0]


def write_start(folder, covered):
    """Write the lines to type; `covered` are targets that have all they need."""
    pythons = {}
    for target in covered:
        pythons.setdefault(target.system, []).append(target.python_version)
    each = [f"- {IN_WORDS[s]}: Python {', '.join(v)}" for s, v in pythons.items()]
    text = LINES.format(covered="\n".join(each))
    (folder / START).write_text(text, encoding="utf-8")


def write_archive(folder):
    """
    Write the course as it was last committed, and the host's room.toml beside it.

    Returns whether there is such a file.

    Raises
    ------
    NotFetched
        This is no clone, so nobody can tell what belongs to the course.
    """
    path = folder / ARCHIVE
    path.write_bytes(_git("archive", "--format=zip", f"--prefix={FOLDER}/", "HEAD"))
    has_room = (REPOSITORY / ROOM).exists()
    if has_room:
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.write(REPOSITORY / ROOM, f"{FOLDER}/{ROOM}")
    return has_room


def committed_lock():
    """The lock that goes with that course."""
    return _git("show", "HEAD:requirements.lock").decode()


def uncommitted():
    """The files whose changes that course does not have, as `git status` has them."""
    return _git("status", "--porcelain").decode().splitlines()


def _git(*words):
    # A host's Windows would else put line ends into the archive that sh cannot read.
    command = ["git", "-c", "core.autocrlf=false", *words]
    try:
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True)
        said = done.stderr.decode(errors="replace").strip()
    except FileNotFoundError:
        done, said = None, "git is not installed"
    if done is None or done.returncode != 0:
        raise NotFetched(
            f"The course for the folder comes out of git, and git said: {said}. In a "
            "clone of the course ('git clone' and its address), type: make wheelhouse"
        )
    return done.stdout


def write_sums(folder):
    """Write the SHA-256 of everything, in the form of `sha256sum`; the bytes of it."""
    paths = [folder / ARCHIVE, folder / START, *sorted(folder.glob("packages/*.whl"))]
    lines = [
        f"{sha256_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths
    ]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
    return sum(path.stat().st_size for path in paths)
