"""Rules for the stored outputs of a notebook (what a rule is: rules_of_code.py)."""

import re

from tests.notebooks.rules_of_code import code_cells, tags_of, text_of

DEMO_ACCOUNT = "111122223333"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
#: Also at the end of a name, such as that of a bucket; not the last part of a UUID.
ACCOUNT = re.compile(r"(?<![\w.])(?<![0-9a-f]{4}-)\d{12}(?!\w)")
LEAKS = {
    "a home folder": r"/home/\w|/Users/\w|/root/|[A-Z]:\\+Users",
    "a temporary path": r"/tmp/|/var/folders/",
    "an access key": r"\b(AKIA|ASIA)(?!IOSFODNN7EXAMPLE)[0-9A-Z]{16}\b",
    "a Bedrock API key": r"\bABSK[A-Za-z0-9+/=]{20}|bedrock-api-key-[A-Za-z0-9]",
    "a session token": r"\b(IQoJb3JpZ2lu|FwoGZXIvYXdz)",
    "a default repr": r" at 0x[0-9a-f]",
    "a traceback": r"Traceback \(most recent call last\)",
}


def output_text(output):
    """All text of an output: streams, data of every kind, errors."""
    parts = [output.get("text", ""), *output.get("data", {}).values()]
    parts += [output.get("ename", ""), output.get("evalue", "")]
    return "\n".join(
        part if isinstance(part, str) else "".join(map(str, part)) for part in parts
    )


def outputs_of(notebook):
    """Every output with the name of its cell."""
    return [
        (name, output)
        for name, cell in code_cells(notebook)
        for output in cell["outputs"]
    ]


def has_counts_from_one(notebook):
    """Cells are counted 1, 2, 3 …: all were run, once, from top to bottom."""
    counts = [
        cell["execution_count"]
        for _, cell in code_cells(notebook)
        if text_of(cell).strip()
    ]
    if counts == list(range(1, len(counts) + 1)):
        return []
    return [f"execution counts are {counts}; type: make notebooks"]


def has_no_foreign_account(notebook):
    """No account number but the demo account's."""
    return [
        f"{name}: account number {number}"
        for name, output in outputs_of(notebook)
        for number in ACCOUNT.findall(output_text(output))
        if number != DEMO_ACCOUNT
    ]


def has_no_leaks(notebook):
    """No paths, addresses or tracebacks of the computer it ran on."""
    return [
        f"{name}: {what} in its output"
        for name, output in outputs_of(notebook)
        for what, pattern in LEAKS.items()
        if re.search(pattern, output_text(output))
    ]


def has_no_stderr(notebook):
    """Nothing was written to stderr."""
    return [
        f"{name}: stderr {output_text(output)[:60]!r}"
        for name, output in outputs_of(notebook)
        if output.get("name") == "stderr"
    ]


def has_no_widget_state(notebook):
    """No widget ids or states, which differ from run to run."""
    views = [
        f"{name}: a widget's id in its output"
        for name, output in outputs_of(notebook)
        if WIDGET_VIEW in output.get("data", {})
    ]
    if "widgets" in notebook["metadata"]:
        views.append("widget states in the notebook's metadata")
    return views


def has_short_tracebacks(notebook):
    """Of a traceback only the line that names the error is stored."""
    return [
        f"{name}: a traceback of {len(output['traceback'])} lines"
        for name, output in outputs_of(notebook)
        if output["output_type"] == "error"
        and output["traceback"] != [f"{output['ename']}: {output['evalue']}"]
    ]


def has_errors_only_on_purpose(notebook):
    """A cell raises if and only if it is tagged raises-exception."""
    found = []
    for name, cell in code_cells(notebook):
        raised = any(output["output_type"] == "error" for output in cell["outputs"])
        if raised != ("raises-exception" in tags_of(cell)):
            found.append(
                f"{name}: {'an error' if raised else 'no error'}, tags {tags_of(cell)}"
            )
    return found


def has_errors_read_aloud(notebook):
    """A cell that raises is followed by text that reads the error."""
    cells = [*notebook["cells"], {"cell_type": "the end"}]
    return [
        f"cell {position}: an error, then {after['cell_type']}; wanted markdown"
        for position, (cell, after) in enumerate(
            zip(cells, cells[1:], strict=False), start=1
        )
        if "raises-exception" in cell["metadata"].get("tags", [])
        and after["cell_type"] != "markdown"
    ]


def ignored_outputs(notebook):
    """The ids of the cells whose output nbval does not compare."""
    return [
        cell["id"]
        for _, cell in code_cells(notebook)
        if "nbval-ignore-output" in tags_of(cell)
    ]
