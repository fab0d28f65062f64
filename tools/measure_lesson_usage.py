"""
Measure what each notebook sends live, and store it in data/lesson_usage.json.

    python tools/measure_lesson_usage.py               all of them, some minutes
    python tools/measure_lesson_usage.py 05_pricing    only this one

Every notebook is run live against the offline Bedrock over HTTP, everything it may
change allowed. The prompts are those of a real run; who answers is the small model,
so tokens are as it counts them, and replies as long as it makes them.
"""

import argparse
import asyncio
import datetime
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import boto3
from nbclient import NotebookClient

from bedrock_helpers.data_files import data_path
from bedrock_helpers.live import NEVER_LIVE
from bedrock_helpers.offline.server import serve
from tools.refresh_notebooks import (
    CELL_TIMEOUT,
    REPOSITORY,
    find_notebooks,
    offline_environment,
    read_notebook,
)

KERNEL_STARTUP = Path(__file__).with_name("lesson_usage_kernel.py")
#: Services that lessons change something in.
CHANGED = ("bedrock", "iam", "s3", "kms", "ec2", "cloudwatch", "budgets")
KINDS = {
    "input_tokens": "inputTokens",
    "output_tokens": "outputTokens",
    "cache_read_tokens": "cacheReadInputTokens",
    "cache_write_tokens": "cacheWriteInputTokens",
}


def lessons():
    """The notebooks a learner runs: no solutions, no pages of the workshop."""
    notebooks = REPOSITORY / "notebooks"
    return [path for path in find_notebooks(notebooks) if path.parent == notebooks]


def everything():
    """All operations that may be allowed live, as ``BEDROCK_ALLOW`` has them."""
    load = boto3.Session()._session.get_service_model
    names = {name for service in CHANGED for name in load(service).operation_names}
    return ",".join(sorted(names - set(NEVER_LIVE)))


def calls_of(path):
    """What each call of one notebook used, in a live run; errors do not stop it."""
    with tempfile.TemporaryDirectory() as folder, serve() as server:
        scratch = Path(folder)
        log = scratch / "calls.jsonl"
        log.touch()
        startup = scratch / "ipython" / "profile_default" / "startup"
        startup.mkdir(parents=True)
        shutil.copy(KERNEL_STARTUP, startup)
        environment = offline_environment(scratch) | server.environment
        environment |= {"BEDROCK_MODE": "live", "BEDROCK_ALLOW": everything()}
        environment["LESSON_USAGE_LOG"] = str(log)
        client = NotebookClient(
            read_notebook(path),
            timeout=CELL_TIMEOUT,
            kernel_name="python3",
            allow_errors=True,
            resources={"metadata": {"path": str(path.parent)}},
        )
        run = client.async_execute(env=environment, stderr=subprocess.DEVNULL)
        asyncio.run(run)
        return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def records_of(path, calls, as_of):
    """A record for each model id and tier one notebook calls."""
    groups = {}
    for call in calls:
        groups.setdefault((call["model_id"], call["tier"]), []).append(call)
    return [
        {
            "notebook": path.stem,
            "model_id": model_id,
            "tier": tier,
            **_sums(group),
            **_busiest(group),
            "source": "tools/measure_lesson_usage.py",
            "as_of": as_of,
        }
        for (model_id, tier), group in groups.items()
    ]


def _sums(calls):
    sums = {
        name: sum(call["usage"].get(key, 0) for call in calls)
        for name, key in KINDS.items()
    }
    most = sum(call["max_tokens"] for call in calls)
    return {"calls": len(calls), **sums, "max_tokens": most}


def _busiest(calls):
    """The cell that takes most quota when its calls begin, and the largest call."""
    cells = {}
    for call in calls:
        cells.setdefault(call["cell"], []).append(call)
    cell = max(cells, key=lambda number: sum(map(_reserved, cells[number])))
    sums = _sums(cells[cell])
    busiest = {f"busiest_{name}": number for name, number in sums.items()}
    largest = max(map(_reserved, calls))
    return {"busiest_cell": cell, **busiest, "largest_call_tokens": largest}


def _reserved(call):
    """Tokens of a quota that are set aside when a call begins."""
    read = sum(call["usage"].get(key, 0) for key in KINDS.values())
    return read - call["usage"]["outputTokens"] + call["max_tokens"]


def main(arguments=None):
    """Measure; records of notebooks not named stay."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="notebooks (default: all)")
    names = parser.parse_args(arguments).names
    paths = [path for path in lessons() if not names or path.stem in names]
    as_of = datetime.date.today().isoformat()
    measured = {}
    for path in paths:
        measured[path.stem] = records_of(path, calls_of(path), as_of)
        print(path.stem, len(measured[path.stem]), "records", flush=True)
    store(measured)


def store(measured):
    """Put the records of notebooks in place of those stored for them."""
    path = data_path("lesson_usage.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    kept = [r for r in content["usage"] if r["notebook"] not in measured]
    content["usage"] = sorted(
        [*kept, *(r for records in measured.values() for r in records)],
        key=lambda r: (r["notebook"], r["model_id"], r["tier"]),
    )
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
