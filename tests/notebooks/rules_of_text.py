"""Rules for the text and the build of a notebook (what a rule is: rules_of_code.py)."""

import re

from tests.notebooks.rules_of_code import tags_of, text_of

FEWEST, MOST = 30, 60
CODE_IN_A_ROW = 2
OPENING = {
    "a title": r"\A# \S",
    "what the learner will be able to do": r"\b(able to|you can|you will)\b",
    "how many minutes it takes": r"\bminutes\b",
    "what it costs live": r"\bcosts?\b",
}


def markdown_of(notebook):
    """The texts of the markdown cells."""
    return [text_of(c) for c in notebook["cells"] if c["cell_type"] == "markdown"]


def has_thirty_to_sixty_cells(notebook):
    """A lesson has 30 to 60 cells."""
    count = len(notebook["cells"])
    if FEWEST <= count <= MOST:
        return []
    return [f"{count} cells, wanted {FEWEST} to {MOST}"]


def opens_with_a_promise(notebook):
    """The first cell: title, what you will be able to do, minutes, cost."""
    first = notebook["cells"][0]
    if first["cell_type"] != "markdown":
        return ["the first cell is code, wanted markdown"]
    return [
        f"the first cell does not say {what}"
        for what, pattern in OPENING.items()
        if not re.search(pattern, text_of(first), flags=re.IGNORECASE)
    ]


def names_its_gotchas(notebook):
    """A cell collects the gotchas."""
    if any("Gotchas" in text for text in markdown_of(notebook)):
        return []
    return ["no markdown cell with the word Gotchas"]


def says_what_is_next(notebook):
    """The last text says where to go next."""
    if re.search(r"\bNext\b|\bWhat['’]s next\b", markdown_of(notebook)[-1]):
        return []
    return ["the last markdown cell does not say What's next"]


def alternates_text_and_code(notebook):
    """No more than two code cells in a row."""
    kinds = "".join(cell["cell_type"][0] for cell in notebook["cells"])
    return [
        f"cells {run.start() + 1} to {run.end()}: {len(run[0])} code cells in a row"
        for run in re.finditer("c+", kinds)
        if len(run[0]) > CODE_IN_A_ROW
    ]


def cells_that_stay(notebook):
    """What a lesson and its solutions share: all but the exercise cells."""
    return [
        (cell["cell_type"], without_title(text_of(cell)), sorted(tags_of(cell)))
        for cell in notebook["cells"]
        if "exercise" not in tags_of(cell)
    ]


def without_title(text):
    """A cell's text without the title, in which the solutions say what they are."""
    return re.sub(r"\A# .*", "", text)


def differs_from_twin(lesson, solutions):
    """Lesson and solutions are the same but for the exercise cells."""
    ours, theirs = cells_that_stay(lesson), cells_that_stay(solutions)
    found = [
        f"cell {position} apart from exercises: {one[1][:40]!r}, "
        f"in the solutions {other[1][:40]!r}"
        for position, (one, other) in enumerate(
            zip(ours, theirs, strict=False), start=1
        )
        if one != other
    ]
    if len(ours) != len(theirs):
        found.append(f"{len(ours)} cells apart from exercises, twin {len(theirs)}")
    return found
