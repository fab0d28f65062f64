#!/usr/bin/env python
"""Which operations the offline Bedrock has, on which day, and in which module.

python tools/list_operations.py            print a markdown table
python tools/list_operations.py --write    put it into CONTRIBUTING.md
"""

import sys
from pathlib import Path

from bedrock_helpers import catalog
from bedrock_helpers.offline.operations import LAUNCH_OPERATIONS, OPERATIONS
from bedrock_helpers.offline.router import SERVICES, service_model

REPOSITORY = Path(__file__).resolve().parent.parent
PAGE = REPOSITORY / "CONTRIBUTING.md"
START, END = "<!-- operations -->", "<!-- /operations -->"


def table():
    """The operations as a markdown table."""
    rows = ["| operation | service | days | module |", "|---|---|---|---|"]
    for name, function in OPERATIONS.items():
        service = next(s for s in SERVICES if name in service_model(s).operation_names)
        days = f"{catalog.LAUNCH_DAY}, today" if name in LAUNCH_OPERATIONS else "today"
        module = function.__module__.replace(".", "/") + ".py"
        rows.append(f"| {name} | {service} | {days} | `{module}` |")
    return "\n".join(rows)


def parts(page):
    """A page's text before, between and after the markers."""
    before, start, rest = page.partition(START)
    between, end, after = rest.partition(END)
    if not start or not end:
        raise SystemExit(f"{PAGE.name} needs the lines {START} and {END}.")
    return before, between, after


def main():
    """Print the table, or write it."""
    if "--write" not in sys.argv[1:]:
        print(table())
        return
    before, _, after = parts(PAGE.read_text(encoding="utf-8"))
    page = f"{before}{START}\n{table()}\n{END}{after}"
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
