"""
Refresh models and prices from a live account: show what differs, and write it.

    make refresh-catalogue ARGS="--regions us-east-1 us-west-2"
    make refresh-catalogue ARGS=--write

It reads ListFoundationModels and ListInferenceProfiles of each Region, and the AWS
price list (GetProducts), and compares them with data/models.json and data/prices.json.
Nothing is written without --write. What it does not understand is listed, and left.

Exit codes: 0 nothing differs; 1 something does; 2 something could not be read.
"""

import argparse
import datetime
import sys
from pathlib import Path

import bedrock_helpers as bh
from tools.refresh_catalogue.halves import models_half, prices_half

DATA = Path(__file__).resolve().parent.parent.parent / "data"
FILES = ("models.json", "prices.json")


def main(argv=None):
    """Compare, print, perhaps write; the exit code."""
    asked = _arguments(argv)
    try:
        session = bh.connect("live", profile_name=asked.profile)
    except bh.NoCredentials as missing:
        print(missing)
        return 2
    print(session, end="\n\n")
    is_own = asked.data.resolve() == DATA.resolve()
    if asked.write and session.address and is_own:
        print(
            f"Not written: these answers come from {session.address}, not from AWS. "
            "To practise, work on a copy of the folder: --data COPY --write"
        )
        return 2
    halves = _compare(session, asked)
    for half in halves:
        print(half, end="\n\n")
    print(_finish(halves, asked))
    if any(half.unread for half in halves):
        return 2
    return int(any(half.changes for half in halves))


def _arguments(argv):
    parser = argparse.ArgumentParser(
        prog="make refresh-catalogue",
        description="Compare models and prices with what AWS says today.",
        epilog="Exit codes: 0 nothing differs, 1 something does, 2 something could "
        "not be read.",
    )
    add = parser.add_argument
    add("--regions", nargs="+", metavar="REGION", help="default: all of models.json")
    add("--write", action="store_true", help="write what differs into the files")
    add("--data", type=_folder, default=DATA, help="folder of the two files")
    add("--day", type=_day, default=_today(), help="of the answers; default: today")
    add("--profile", help="a profile of your AWS configuration")
    return parser.parse_args(argv)


def _folder(text):
    folder = Path(text)
    missing = [name for name in FILES if not (folder / name).exists()]
    if missing:
        raise argparse.ArgumentTypeError(f"no {' and no '.join(missing)} in {text}")
    return folder


def _day(text):
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        message = f"{text!r}: an ISO day is wanted, like {_today()}"
        raise argparse.ArgumentTypeError(message) from None


def _today():
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def _compare(session, asked):
    texts = [(asked.data / name).read_text(encoding="utf-8") for name in FILES]
    models, records = models_half(session, texts[0], asked.regions, asked.day)
    prices = prices_half(session, texts[1], records, models.read, asked.day)
    return models, prices


def _finish(halves, asked):
    lines = [line for half in halves for line in half.changes]
    count = sum(line[0] in "+-~" for line in lines)
    if not count:
        return "Nothing differs."
    if not asked.write:
        return f"Differences: {count}. Nothing was written; --write does."
    for half in halves:
        if half.changes:
            path = asked.data / half.file
            path.write_text(half.text, encoding="utf-8", newline="\n")
    return f"Differences written: {count}. Next: git diff, make test, make notebooks."


if __name__ == "__main__":
    sys.exit(main())
