"""
Rules for the code of a notebook.

A rule is a function that takes a notebook (as the dict of its JSON) and returns what
it found wrong, one line each: an empty list when all is well.
"""

import ast
import re

MODES = {"live", "offline", "changes-account"}
OTHER_TAGS = {"exercise", "raises-exception", "nbval-ignore-output"}
SHORT, LONGEST, SHARE_OF_SHORT_CELLS = 8, 20, 0.8
LINE_LENGTH = 79

# Why each is forbidden: "nbval's traps" in CONTRIBUTING.md.
FORBIDDEN = {
    "@interact": r"@\w*\.?interact\b",
    "clear_output": r"\bclear_output\b",
    "display_id": r"\bdisplay_id\b",
    ".style (random ids)": r"\.style\b",
    "printing inside an Output widget": r"^\s*with\s+[\w.]*out(put)?\w*\s*:",
    "installing from a notebook": r"^\s*[%!]\s*pip\b",
}
MODEL_ID = re.compile(
    r"\b((us|eu|global|apac)\.)?"
    r"(amazon|anthropic|openai|meta|mistral|cohere|ai21|stability)\.[a-z0-9-]+"
)
MODEL_NAME = re.compile(r"(^|_)MODEL(_|$)")


def text_of(cell):
    """A cell's source as one text."""
    return "".join(cell["source"])


def tags_of(cell):
    """A cell's tags."""
    return cell["metadata"].get("tags", [])


def code_cells(notebook):
    """The code cells, each with the name to complain under."""
    return [
        (f"cell {position} ({cell.get('id')})", cell)
        for position, cell in enumerate(notebook["cells"], start=1)
        if cell["cell_type"] == "code"
    ]


def parsed(cell):
    """The syntax tree of a cell, without its lines of IPython's own syntax."""
    python = re.sub(r"^\s*[%!].*", "", text_of(cell), flags=re.MULTILINE)
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        return compile(python, "cell", "exec", flags=flags)
    except SyntaxError:  # raised on purpose in a lesson, or nbval will say so
        return ast.Module([], [])


def count_lines(cell):
    """A cell's lines, its longest dict or list literal counted as one."""
    lines = [line for line in text_of(cell).splitlines() if line.strip()]
    literals = [
        node.end_lineno - node.lineno
        for node in ast.walk(parsed(cell))
        if isinstance(node, ast.Dict | ast.List)
    ]
    return len(lines) - max(literals, default=0)


def has_one_mode_tag(notebook):
    """Every code cell carries exactly one of live, offline, changes-account."""
    return [
        f"{name}: tags {tags_of(cell)}, wanted exactly one of {sorted(MODES)}"
        for name, cell in code_cells(notebook)
        if len(MODES.intersection(tags_of(cell))) != 1
    ]


def has_only_known_tags(notebook):
    """Tags are spelled as the tools know them."""
    return [
        f"cell {position}: unknown tag {tag!r}"
        for position, cell in enumerate(notebook["cells"], start=1)
        for tag in tags_of(cell)
        if tag not in MODES | OTHER_TAGS
    ]


def has_no_cell_too_long(notebook):
    """No cell is over 20 lines, a request dict apart; none is empty."""
    return [
        f"{name}: {count_lines(cell)} lines, wanted 1 to {LONGEST}"
        for name, cell in code_cells(notebook)
        if not 1 <= count_lines(cell) <= LONGEST
    ]


def has_mostly_short_cells(notebook):
    """Four code cells in five have 8 lines or fewer."""
    cells = code_cells(notebook)
    long = [name for name, cell in cells if count_lines(cell) > SHORT]
    if len(long) <= (1 - SHARE_OF_SHORT_CELLS) * len(cells):
        return []
    return [f"{len(long)} of {len(cells)} code cells over {SHORT} lines: {long}"]


def has_no_long_lines(notebook):
    """No code line is over 79 characters."""
    return [
        f"{name}: {len(line)} characters: {line[:40]}…"
        for name, cell in code_cells(notebook)
        for line in text_of(cell).splitlines()
        if len(line) > LINE_LENGTH
    ]


def has_nothing_nbval_trips_over(notebook):
    """Nothing whose output nbval cannot compare."""
    return [
        f"{name}: {what}"
        for name, cell in code_cells(notebook)
        for what, pattern in FORBIDDEN.items()
        if re.search(pattern, text_of(cell), flags=re.MULTILINE)
    ]


def has_no_trailing_semicolon(notebook):
    """No cell hides its value with a semicolon: write `_ = …`."""
    return [
        f"{name}: ends in a semicolon, write _ = … instead"
        for name, cell in code_cells(notebook)
        if text_of(cell).rstrip().endswith(";")
    ]


def has_no_raw_model_ids(notebook):
    """Model ids come from the catalogue, not from strings in cells."""
    return [
        f"{name}: raw model id {found[0]!r}, take it from bh.catalog"
        for name, cell in code_cells(notebook)
        for node in ast.walk(parsed(cell))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for found in [MODEL_ID.search(node.value)]
        if found
    ]


def has_models_only_from_the_catalogue(notebook):
    """What is called MODEL is never a plain string."""
    return [
        f"{name}: {target.id} is a plain string, take it from bh.catalog"
        for name, cell in code_cells(notebook)
        for node in ast.walk(parsed(cell))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and MODEL_NAME.search(target.id)
    ]
