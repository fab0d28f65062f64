"""
Run the notebooks offline and store their outputs, always in the same form.

    python tools/refresh_notebooks.py                    run all, store the outputs
    python tools/refresh_notebooks.py --check            run all, compare, store nothing
    python tools/refresh_notebooks.py --record 02_invoke_basics
                                                         also record the local model

A notebook is named by its stem or path; its solutions are run with it.
"""

import argparse
import difflib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

REPOSITORY = Path(__file__).resolve().parent.parent
SUBFOLDERS = ("solutions", "workshop")  # of notebooks/, beside what lies in it
CELL_TIMEOUT = 60  # seconds, as in the nbval run of `make test`
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {
    "name": "python",
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "pygments_lexer": "ipython3",
}


def find_notebooks(folder, names=()):
    """The notebooks of a course folder, each lesson before its solutions."""
    paths = [*folder.glob("*.ipynb")]
    paths += [path for name in SUBFOLDERS for path in folder.glob(f"{name}/*.ipynb")]
    paths.sort(key=lambda path: (path.stem, path.parent != folder))
    known = dict.fromkeys(path.stem for path in paths)
    stems = {Path(name).stem for name in names}
    if unknown := sorted(stems - set(known)):
        there_are = ", ".join(known) or "none"
        sys.exit(f"No notebook is called {', '.join(unknown)}; there are: {there_are}.")
    return [path for path in paths if not stems or path.stem in stems]


def offline_environment(scratch, inherited=None):
    """The environment a notebook runs in: offline, no AWS account, no progress yet."""
    inherited = os.environ if inherited is None else inherited
    foreign = ("AWS_", "BEDROCK_")
    kept = {n: inherited[n] for n in inherited if not n.startswith(foreign)}
    return kept | {
        "BEDROCK_MODE": "offline",
        "BEDROCK_ROOM": "",
        "BEDROCK_PROGRESS_FILE": str(Path(scratch) / "progress.json"),
        "IPYTHONDIR": str(Path(scratch) / "ipython"),
    }


def recording_of(path):
    """Where the local model's replies to this notebook are recorded."""
    twin = ".solutions" if path.parent.name == "solutions" else ""
    return REPOSITORY / "data" / "recordings" / f"{path.stem}{twin}.jsonl"


def read_notebook(path):
    """The notebook, with an id for every cell (as nbformat 4.5 wants)."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw["nbformat_minor"] = max(raw.get("nbformat_minor", 0), 5)
    used = {cell.get("id") for cell in raw["cells"]}
    free = (f"cell-{n:02}" for n in range(1, 1000) if f"cell-{n:02}" not in used)
    for cell in raw["cells"]:
        if not cell.get("id"):
            cell["id"] = next(free)
    return nbformat.reads(json.dumps(raw), as_version=4)


def run(notebook, path, record=False):
    """Run the notebook's cells, in its own folder, in a fresh offline kernel."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = offline_environment(scratch)
        if record:
            recording_of(path).parent.mkdir(parents=True, exist_ok=True)
            recording_of(path).unlink(missing_ok=True)
            environment["BEDROCK_RECORD_TO"] = str(recording_of(path))
        client = NotebookClient(
            notebook,
            timeout=CELL_TIMEOUT,
            kernel_name="python3",
            store_widget_state=False,
            coalesce_streams=True,
            resources={"metadata": {"path": str(path.parent)}},
        )
        client.execute(env=environment, stderr=subprocess.DEVNULL)


def normalise(notebook):
    """Drop what differs from run to run, or belongs to the computer it ran on."""
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNELSPEC, "language_info": LANGUAGE}
    )
    count = 0
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        count += bool(cell.source.strip())
        cell.execution_count = count if cell.source.strip() else None
        for output in cell.outputs:
            normalise_output(output, cell.execution_count)


def normalise_output(output, count):
    """One output of a cell, without widget ids and without this computer's paths."""
    if "execution_count" in output:
        output.execution_count = count
    if "data" in output:
        output.data.pop(WIDGET_VIEW, None)
    if output.output_type == "error":
        output.traceback = [f"{output.ename}: {output.evalue}"]


def as_text(notebook):
    """The text of a notebook's file."""
    return nbformat.writes(notebook) + "\n"


def cell_lines(cell):
    """A cell as lines to compare."""
    if cell is None:
        return []
    return json.dumps(cell, indent=1, sort_keys=True, ensure_ascii=False).splitlines()


def differences(stored, fresh):
    """What a fresh run changed, cell by cell, as printable lines."""
    stored = {cell.get("id"): cell for cell in stored["cells"]}
    fresh = {cell["id"]: cell for cell in json.loads(as_text(fresh))["cells"]}
    lines = []
    for identity in dict.fromkeys([*stored, *fresh]):
        changes = difflib.unified_diff(
            cell_lines(stored.get(identity)),
            cell_lines(fresh.get(identity)),
            "stored",
            "fresh",
            lineterm="",
            n=1,
        )
        if changed := [f"    {line}" for line in changes]:
            lines += [f"  cell {identity}", *changed]
    return lines or ["  the notebook's metadata or layout"]


def refresh(path, check=False, record=False):
    """Run one notebook; store or compare it. True if all is well."""
    shown = os.path.relpath(path, REPOSITORY)
    notebook = read_notebook(path)
    try:
        if record:  # then run again, so that what is stored is what will be replayed
            run(read_notebook(path), path, record)
        run(notebook, path)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        print(f"{shown}: a cell failed, nothing stored\n{error}")
        return False
    normalise(notebook)
    stored = path.read_text(encoding="utf-8")
    if stored == as_text(notebook):
        print(f"{shown}: as stored")
        return True
    if check:
        print(f"{shown}: differs from what is stored. Type: make notebooks")
        print("\n".join(differences(json.loads(stored), notebook)))
        return False
    path.write_text(as_text(notebook), encoding="utf-8", newline="\n")
    print(f"{shown}: stored")
    return True


def main(arguments=None):
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="notebooks (default: all)")
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--check", action="store_true", help="compare, store nothing")
    modes.add_argument("--record", action="store_true", help="record the local model")
    options = parser.parse_args(arguments)
    paths = find_notebooks(REPOSITORY / "notebooks", options.names)
    if not paths:
        print("There are no notebooks in notebooks/.")
        return 1
    fine = [refresh(path, options.check, options.record) for path in paths]
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
