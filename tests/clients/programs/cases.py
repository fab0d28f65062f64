"""What the programs share: what to ask, and how to say what was seen."""

import json
import os
import sys
import traceback
import urllib.request

ASKED = json.loads(sys.argv[1])
URL = os.environ["AWS_ENDPOINT_URL"]


def fail_next(kind):
    """Ask the offline Bedrock for one failure."""
    body = json.dumps({"kind": kind}).encode()
    urllib.request.urlopen(f"{URL}/_offline/fail-next", body).close()


def report(*cases):
    """Run the cases, and print as JSON what each saw or raised."""
    print(json.dumps({case.__name__: _outcome(case) for case in cases}))


def _outcome(case):
    try:
        return {"saw": case()}
    except Exception:
        return {"raised": traceback.format_exc()}
