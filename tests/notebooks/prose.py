"""The prose of a notebook, to be compared with data."""

import json
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "notebooks"


def prose_of(name):
    """All markdown of one notebook as one line."""
    cells = json.loads((FOLDER / name).read_text(encoding="utf-8"))["cells"]
    texts = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
    return " ".join(" ".join(texts).split())
