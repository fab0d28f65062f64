"""Faults put into a computer for real, and the pre-flight's page about them."""

import os
import re
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
MODULE = ("-m", "bedrock_helpers.preflight")


@dataclass
class Page:
    """What the command printed: its exit code and its crosses."""

    code: int
    text: str

    @property
    def crosses(self):
        """What does not work, by the words before the first colon."""
        return re.findall(r"^✗ (.*?)(?: \(live.*?\))?(?:: .*)?$", self.text, re.M)

    def said(self, number=0):
        """The message under a cross, on one line."""
        return self._below("said: ")[number]

    def cause(self, number=0):
        """The cause under a cross, on one line."""
        return self._below("cause:")[number]

    def cure(self, number=0):
        """The line to type under a cross."""
        return self._below("cure: ")[number]

    def _below(self, name):
        found = re.findall(rf"^    {name} (.*(?:\n {{11}}.*)*)", self.text, re.M)
        return [re.sub(r"\s+", " ", words) for words in found]


def preflight(
    *options, command=MODULE, python=sys.executable, folder=REPOSITORY, **environment
):
    """Run the command in a new process, from the top of the checkout."""
    ran = subprocess.run(
        [python, *command, *options],
        env={**os.environ, **environment},
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
    )
    assert ran.stderr == ""
    return Page(ran.returncode, ran.stdout)


def site_packages(prefix):
    """Where an environment keeps its packages."""
    if os.name == "nt":
        return Path(prefix) / "Lib" / "site-packages"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return Path(prefix) / "lib" / version / "site-packages"


def environment_without(folder, *left_out, share=True):
    """
    An environment like this one, without some entries of its site-packages.

    Parameters
    ----------
    folder : pathlib.Path
    *left_out : str
        Patterns, such as ``"pandas-*"``.
    share : bool
        Whether it has JupyterLab's extensions and kernels.

    Returns
    -------
    str
        Its Python.
    """
    venv.create(folder, symlinks=True, with_pip=False)
    packages = Path(sys.prefix, site_packages(sys.prefix))
    hidden = {path for pattern in left_out for path in packages.glob(pattern)}
    assert hidden or not left_out
    for path in packages.iterdir():
        if path not in hidden:
            os.symlink(path, site_packages(folder) / path.name)
    if share:
        os.symlink(Path(sys.prefix, "share"), folder / "share")
    return str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
