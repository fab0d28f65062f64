"""``python -m bedrock_helpers.preflight``: is this computer ready? One page to paste.

``make doctor`` runs this folder instead, which needs no package that might be missing.
"""

import argparse
import sys
import types
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def main(arguments=None):
    """Print the page; returns 0 if everything works, 1 if not."""
    options = _options(arguments)
    _make_importable()
    from bedrock_helpers.preflight.python_version import python_version

    if not python_version().works:  # it cannot even read the rest
        print(python_version())
        return 1
    from bedrock_helpers.doctor import report_on

    report = report_on("live" if options.live else "offline", options.region)
    print(report.page)
    return 0 if report.works else 1


def _options(arguments):
    parser = argparse.ArgumentParser(
        prog="python -m bedrock_helpers.preflight",
        description="Say whether this computer is ready for the course, on one page "
        "without names and keys. The exit code is 0 if everything works, else 1.",
    )
    add = parser.add_argument
    add("--live", action="store_true", help="ask your AWS account too: a token a model")
    add("--region", metavar="NAME", help="the Region to ask, such as eu-central-1")
    return parser.parse_args(arguments)


def _make_importable():
    """Where the whole cannot be imported, its modules can be, one by one."""
    try:
        import bedrock_helpers  # noqa: F401
    except Exception:  # boto3 is missing or broken, or this Python is too old
        alone = types.ModuleType("bedrock_helpers")
        alone.__path__ = [str(_PACKAGE)]
        sys.modules["bedrock_helpers"] = alone


if __name__ == "__main__":
    if not __package__:  # run as a folder: its files are no modules of their own
        sys.path[0] = str(_PACKAGE.parent)
    sys.stdout.reconfigure(encoding="utf-8")  # Windows has no ticks for a file else
    sys.exit(main())
