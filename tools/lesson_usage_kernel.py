"""Runs at the start of a measured notebook's kernel: notes what each live call used."""

import itertools
import json
import os
import weakref

from IPython import get_ipython

from bedrock_helpers.call_bound import upper_bound
from bedrock_helpers.call_cost import service_tier
from bedrock_helpers.meter import Meter
from bedrock_helpers.meter_ledger import Ledger

_watch, _settle = Meter.watch, Ledger.settle
_live = weakref.WeakSet()  # of ledgers
_numbers = itertools.count(1)
_now = {"cell": 0}


def _watching(meter, session):
    if session.mode == "live":
        _live.add(meter._ledger)
    return _watch(meter, session)


def _settling(ledger, call, usage, tier, source):
    if ledger in _live and usage:
        bound = upper_bound(call.request, input_tokens=0)
        used = {
            "cell": _now["cell"],
            "model_id": call.request["modelId"],
            "tier": service_tier(call.request),
            "usage": usage,
            "max_tokens": bound.output_tokens,
        }
        with open(os.environ["LESSON_USAGE_LOG"], "a", encoding="utf-8") as log:
            log.write(json.dumps(used) + "\n")
    return _settle(ledger, call, usage, tier, source)


def _next_cell(_):
    _now["cell"] = next(_numbers)


Meter.watch, Ledger.settle = _watching, _settling
get_ipython().events.register("pre_run_cell", _next_cell)
