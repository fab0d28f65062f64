"""A notebook run from its first cell to its last, and what each cell called."""

import asyncio
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from nbclient import NotebookClient

from tools.refresh_notebooks import CELL_TIMEOUT, offline_environment

STARTUP = Path(__file__).parent / "kernel_startup.py"


@dataclass(frozen=True)
class Cell:
    """One code cell after the run."""

    number: int
    tags: frozenset
    calls: tuple  # (operation, whether it went to the live service)
    error: str  # the class it raised, or ""

    def asked(self, live):
        """The operations this cell asked the live service for, or an offline one."""
        return [name for name, went_live in self.calls if went_live == live]


def rehearse(notebook, folder, scratch, live=None, allow=()):
    """
    Run a notebook's cells; errors do not stop it.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    folder : pathlib.Path
        Where it runs.
    scratch : pathlib.Path
    live : Server, optional
        The service of live mode; without it, the notebook runs offline.
    allow : iterable of str
        Operations that may change the live account: ``BEDROCK_ALLOW``.

    Returns
    -------
    list of Cell
    """
    log = scratch / "calls.jsonl"
    log.touch()
    startup = scratch / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    shutil.copy(STARTUP, startup)
    environment = offline_environment(scratch) | {"REHEARSAL_LOG": str(log)}
    if live is not None:
        environment |= {"BEDROCK_MODE": "live", **live.environment}
        environment["BEDROCK_ALLOW"] = ",".join(sorted(allow))
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
    )
    asyncio.run(client.async_execute(env=environment, stderr=subprocess.DEVNULL))
    return _cells(notebook, _calls(log, live))


def _calls(log, live):
    lines = log.read_text(encoding="utf-8").splitlines()
    for cell, operation, host in map(json.loads, lines):
        yield cell, (operation, live is not None and host == live.url)


def _cells(notebook, calls):
    calls = list(calls)
    code = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    return [
        Cell(
            number,
            frozenset(cell.metadata.get("tags", ())),
            tuple(call for where, call in calls if where == number),
            next((o.ename for o in cell.outputs if o.output_type == "error"), ""),
        )
        for number, cell in enumerate(code, start=1)
    ]
