"""A benchmark's run in a file: every call, what was sent, and what it was made with."""

import json
from dataclasses import fields
from pathlib import Path

import pandas as pd

from bedrock_helpers.stream_timing import TimedCall

#: Of the table of a run.
COLUMNS = (
    "worker",
    "label",
    *(field.name for field in fields(TimedCall)),
    "ms_per_output_token",
)
DTYPES = {
    **{name: "Int64" for name in ("input_tokens", "output_tokens")},
    **{name: float for name in COLUMNS if name.endswith("_ms") or name[:3] == "ms_"},
}


def save(table, path):
    """
    Keep a run in a file, with all that says what it was.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`bedrock_helpers.benchmark.run`.
    path : str or pathlib.Path
        A ``.json`` file. What was sent is written once, and each call's row has its
        number there.

    Returns
    -------
    pathlib.Path
    """
    sent = list(dict.fromkeys(table["sent"]))
    numbers = {text: number for number, text in enumerate(sent)}
    numbered = table.assign(sent=[numbers[text] for text in table["sent"]])
    split = json.loads(numbered.to_json(orient="split", double_precision=4))
    about = json.dumps(table.attrs.get("about", {}))
    columns = json.dumps(split["columns"])
    requests, calls = map(_lines, (map(json.loads, sent), split["data"]))
    path = Path(path)
    path.write_text(
        f'{{"about": {about},\n"columns": {columns},\n"requests": {requests},\n'
        f'"calls": {calls}}}\n',
        encoding="utf-8",
    )
    return path


def _lines(values):
    """A JSON list, one of its values a line."""
    return "[\n" + ",\n".join(map(json.dumps, values)) + "\n]"


def load(path):
    """
    Read a run that :func:`save` kept.

    Parameters
    ----------
    path : str or pathlib.Path

    Returns
    -------
    pandas.DataFrame
    """
    kept = json.loads(Path(path).read_text(encoding="utf-8"))
    table = pd.DataFrame(kept["calls"], columns=kept["columns"])
    sent = [json.dumps(request, sort_keys=True) for request in kept["requests"]]
    table["sent"] = [sent[number] for number in table["sent"]]
    table.attrs["about"] = kept["about"]
    return table.astype(DTYPES)
