"""Files as participants send them."""

import json

from bedrock_helpers.checks.progress import Progress

RECORD = {
    "kind": "bedrock course: completion record",
    "name": "Ada",
    "checks": {},
    "counts": {"made": 0, "right": 0, "predictions": 12},
}


def put(folder, name, content):
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def progress_with(*passed, tried=(), **more):
    return Progress(dict.fromkeys(tried, False) | dict.fromkeys(passed, True), **more)
