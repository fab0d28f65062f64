"""Runs at the start of a rehearsed notebook's kernel: notes which cell calls what."""

import itertools
import json
import os

from botocore.endpoint import Endpoint
from IPython import get_ipython

_send = Endpoint.make_request
_numbers = itertools.count(1)
_now = {"cell": 0}


def _noting(endpoint, operation, request):
    line = json.dumps([_now["cell"], operation.name, endpoint.host])
    with open(os.environ["REHEARSAL_LOG"], "a", encoding="utf-8") as log:
        log.write(line + "\n")
    return _send(endpoint, operation, request)


def _next_cell(_):
    _now["cell"] = next(_numbers)


Endpoint.make_request = _noting
get_ipython().events.register("pre_run_cell", _next_cell)
