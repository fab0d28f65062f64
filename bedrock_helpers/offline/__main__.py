"""``python -m bedrock_helpers.offline``: the offline Bedrock on a port.

Any AWS client, in any language, then learns and tests against it.
"""

import argparse
import asyncio
import logging
import os
import signal
import sys

from bedrock_helpers import catalog
from bedrock_helpers.offline.account import KINDS
from bedrock_helpers.offline.server import KEY_VARIABLE, Server

_API_KEY = "AWS_BEARER_TOKEN_BEDROCK"
_LARGEST_PORT = 65535
_SHELL = {
    "posix": ("export {}={}", "unset {}"),
    "nt": ('$env:{} = "{}"', "$env:{} = $null"),
}


def main(arguments=None):
    """Serve until Ctrl+C; returns the exit code."""
    options = _options(arguments)
    if not options.quiet:
        logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
        logging.getLogger("bedrock_helpers.offline").setLevel(logging.INFO)
    try:
        server = Server(
            options.port,
            host=options.host,
            as_of=options.as_of,
            account=options.account,
            key=os.environ.get(KEY_VARIABLE),
        )
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except OSError as taken:
        print(
            f"Cannot listen on {options.host}, port {options.port}: {taken.strerror}. "
            'Type: make serve ARGS="--port 0"  (any free port)',
            file=sys.stderr,
        )
        return 2
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: server.stop())
    asyncio.run(server.run(lambda: _announce(server)))
    return 0


def _options(arguments):
    parser = argparse.ArgumentParser(
        prog="python -m bedrock_helpers.offline",
        description="Serve the offline Bedrock to any AWS client. "
        f"{KEY_VARIABLE} holds the key, where one is wanted.",
    )
    add = parser.add_argument
    add("--port", type=_port, default=8787, help="0 takes a free one (default: 8787)")
    add("--host", default="127.0.0.1", help="any but loopback needs a key")
    days = (catalog.LAUNCH_DAY, catalog.AS_OF)
    add("--as-of", choices=days, help="the day it lives in (default: the second)")
    add("--account", choices=KINDS, default="ready", help="(default: ready)")
    add("--quiet", action="store_true", help="do not list the requests")
    return parser.parse_args(arguments)


def _port(text):
    if not text.isdecimal() or int(text) > _LARGEST_PORT:
        allowed = f"a number from 0 to {_LARGEST_PORT}"
        raise argparse.ArgumentTypeError(f"{text!r}: {allowed}")
    return int(text)


def _announce(server):
    print(f"Offline Bedrock: {server.url}  (the day is {server.offline.day})")
    print("In the terminal of your AWS client:")
    export, unset = _SHELL.get(os.name, _SHELL["posix"])
    print(unset.format(_API_KEY))  # boto3 sends one over https only
    for name, value in server.environment.items():
        print(export.format(name, value))
    if server.url.startswith(("http://0.0.0.0", "http://[::]")):
        print("From another machine: this one's address in place of that in the URL.")
    print("Ctrl+C stops it.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
