"""The host's guide as data: its tables, links, headings and commands."""

import json
import re
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
GUIDE = REPOSITORY / "notebooks" / "workshop"
RUN_SHEETS = sorted(GUIDE.glob("run_sheet_*.md"))
PAGES = sorted(GUIDE.glob("*.md"))
CODE_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)|``([^`].*?[^`]) ?``")
FENCE = re.compile(r"^ *```.*?^ *```", flags=re.M | re.S)
LINK = re.compile(r"\[((?:[^\[\]`]|`[^`]*`)*)\]\(([^()\s]+)\)")


def tables(text):
    """Each table as a list of rows; a row is its cells by their column's name."""
    blocks = re.findall(r"(?:^\|.*\|\n?)+", text, flags=re.M)
    return [_rows(block.splitlines()) for block in blocks]


def _rows(lines):
    names, _, *rest = [_cells(line) for line in lines]
    return [dict(zip(names, cells, strict=True)) for cells in rest]


def _cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def table_with(text, *columns):
    """The one table that has these columns."""
    found = [t for t in tables(text) if t and set(columns) <= set(t[0])]
    assert len(found) == 1, f"{len(found)} tables with the columns {columns}"
    return found[0]


def code_spans(text):
    """What stands between backticks."""
    return [one or other for one, other in CODE_SPAN.findall(text)]


def links(text):
    """Pairs of a link's words and its target, outside of fenced blocks."""
    return LINK.findall(FENCE.sub("", text))


def fenced(page, language):
    """The fenced blocks of one language; a block is its lines."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(rf"^ *```{language}\n(.*?)^ *```", text, flags=re.M | re.S)
    return [
        [line.strip() for line in one.splitlines() if line.strip()] for one in blocks
    ]


def commands(page, language):
    """The lines of all its blocks of one language."""
    return [line for block in fenced(page, language) for line in block]


def minutes_of(clock):
    """Minutes since the start of ``1:30``."""
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)


@cache
def notebook(path):
    """A notebook as its file has it."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


@cache
def headings(path):
    """The headings of a notebook or a page, as text."""
    path = Path(path)
    if path.suffix == ".ipynb":
        cells = notebook(path)["cells"]
        texts = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
    else:
        texts = [path.read_text(encoding="utf-8")]
    outside = [FENCE.sub("", text) for text in texts]
    found = [re.findall(r"^#{1,6} +(.+?) *$", text, flags=re.M) for text in outside]
    return [re.sub(r"<[^>]+>", "", heading) for some in found for heading in some]


def lab_anchor(heading):
    """The id JupyterLab gives to a heading: its text, spaces as hyphens."""
    return heading.replace("`", "").replace("*", "").replace(" ", "-")


def github_anchor(heading):
    """The id GitHub gives to a heading of a page."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


def explicit_ids(path):
    """What a page marks with ``<a id="…">``, for JupyterLab and GitHub alike."""
    return re.findall(r'<a id="([^"]+)">', Path(path).read_text(encoding="utf-8"))


@cache
def shown_by(path):
    """All that a notebook and its worked answers say and show, as one text."""
    path = Path(path)
    solved = path.parent / "solutions" / path.name
    return "\n".join(_shown(one) for one in (path, solved) if one.exists())


def _shown(path):
    parts = []
    for cell in notebook(path)["cells"]:
        parts.append("".join(cell["source"]))
        for output in cell.get("outputs", []):
            shown = output.get("data", {}).get("text/plain", "")
            parts += ["".join(output.get("text", "")), "".join(shown)]
            parts.append(output.get("evalue", ""))
    return "\n".join(parts)
