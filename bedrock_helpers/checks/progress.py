"""What a learner has done so far, in one small file on this machine."""

import json
import os
import tempfile
from pathlib import Path

#: Names another file than ``.bedrock_progress.json`` in the working folder.
FILE_VARIABLE = "BEDROCK_PROGRESS_FILE"
_DEFAULT = ".bedrock_progress.json"


def progress_path():
    """Where progress is kept."""
    return Path(os.environ.get(FILE_VARIABLE) or _DEFAULT)


class Progress:
    """
    Checks passed and predictions made.

    Attributes
    ----------
    checks : dict of str to bool
        Exercise name to whether it was ever passed.
    predictions : dict of str to dict
        Prediction name to ``guess`` and, once revealed, ``actual``.
    """

    def __init__(self, checks=None, predictions=None):
        self.checks = checks or {}
        self.predictions = predictions or {}

    def __repr__(self):
        """Count, then name."""
        done = sorted(name for name, passed in self.checks.items() if passed)
        lines = [
            f"Exercises passed: {len(done)} of {len(self.checks)} tried.",
            f"Predictions made: {len(self.predictions)}.",
        ]
        return "\n".join(lines + [f"  ✓ {name}" for name in done])


def progress():
    """
    Read the progress file.

    Returns
    -------
    Progress
        Empty when there is no file, or none that can be read.

    Examples
    --------
    >>> isinstance(progress().checks, dict)
    True
    """
    try:
        stored = json.loads(progress_path().read_text(encoding="utf-8"))
        return Progress(dict(stored["checks"]), dict(stored["predictions"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Progress()


def note(kind, name, value):
    """
    Add one result to the progress file; a file that cannot be written is no error.

    Parameters
    ----------
    kind : {"checks", "predictions"}
    name : str
    value : bool or dict
        What JSON cannot hold is kept as its text.
    """
    current = progress()
    getattr(current, kind)[str(name)] = value
    try:
        text = json.dumps(vars(current), indent=1, default=str)
    except (TypeError, ValueError, RecursionError):
        getattr(current, kind)[str(name)] = str(value)
        text = json.dumps(vars(current), indent=1, default=str)
    try:
        _replace(progress_path(), text)
    except OSError:
        pass


def _replace(path, text):
    """Swap the whole file in one step, so that it is never half written."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(draft, path)
    except OSError:
        os.unlink(draft)
        raise
