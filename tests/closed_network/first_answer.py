"""
Run a notebook up to its first whole answer, and ask one thing more. Prints JSON.

Runs with the Python of a participant's .venv, which has JupyterLab's nbclient, in a
kernel as JupyterLab starts one: `python first_answer.py notebooks/01_….ipynb`.
"""

import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FRESH = """
asked_anew = runtime.converse(
    modelId=MODEL,
    messages=[{"role": "user", "content": [{"text": "Name one colour of a stick."}]}],
    inferenceConfig={"maxTokens": 8, "temperature": 0},
)
print(asked_anew["output"]["message"]["content"][0]["text"])
print(bh.answered_by(asked_anew))
"""


def is_first_answer(cell):
    """Whether a cell prints a whole answer and who gave it."""
    return 'print(reply["output"]["message"])' in cell.source


def up_to_the_first_answer(notebook):
    """Cut a notebook after its first answer, and add the fresh question."""
    last = next(i for i, cell in enumerate(notebook.cells) if is_first_answer(cell))
    notebook.cells = [*notebook.cells[: last + 1], nbformat.v4.new_code_cell(FRESH)]
    return notebook


def printed(cell):
    """The text a cell printed."""
    return "".join(o.text for o in cell.outputs if o.output_type == "stream")


def main(path):
    """Run it, and print what the last two cells did."""
    notebook = up_to_the_first_answer(nbformat.read(path, as_version=4))
    where = {"metadata": {"path": str(Path(path).parent)}}
    NotebookClient(notebook, timeout=120, resources=where).execute()
    answer, fresh = map(printed, notebook.cells[-2:])
    print(json.dumps({"answer": answer, "fresh": fresh}))


if __name__ == "__main__":
    main(sys.argv[1])
