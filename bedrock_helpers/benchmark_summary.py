"""What a benchmark's calls show: percentiles with their intervals, and throughput.

Times are of calls that came to their end and were answered by a model: a stored
reply of the offline Bedrock comes at once, and says nothing of one.
"""

import pandas as pd

from bedrock_helpers.answered_by import made_just_now
from bedrock_helpers.percentiles import percentile, samples_needed


def summary(table, by="model_id", *, shares=(0.5, 0.95)):
    """
    What a run shows, and no more than it shows.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`bedrock_helpers.benchmark.run`; several are put together with
        ``pandas.concat``.
    by : str or list of str
        The columns whose values are told apart.
    shares : tuple of float
        Which percentiles.

    Returns
    -------
    pandas.DataFrame
        For each group: calls, errors, retries, mean tokens, and each percentile of
        the first text, of the time per output token and of the whole call as
        ``value (low to high)``, in milliseconds. Where there are too few calls for
        one, it says how many it needs. ``stored``, how many calls no model answered,
        is there only where some were.

    Raises
    ------
    KeyError
        For a column that is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"model_id": "m", "error": "", "retries": 0,
    ...     "input_tokens": 5, "output_tokens": 9, "first_text_ms": range(100, 140),
    ...     "ms_per_output_token": 10.0, "latency_ms": range(200, 240)})
    >>> summary(table)[["calls", "first text p50", "first text p95"]]
              calls    first text p50          first text p95
    model_id
    m            40  119 (113 to 126)  too few: 40, needs 59
    """
    apart = table.groupby(by, sort=False, dropna=False)
    groups = {name: _summed(group, shares) for name, group in apart}
    shown = pd.DataFrame.from_dict(groups, orient="index")
    shown = shown.rename_axis(by) if groups else shown
    if "stored" in shown and not shown["stored"].any():
        shown = shown.drop(columns="stored")
    return shown


_SHOWN = {
    "first text": "first_text_ms",
    "per token": "ms_per_output_token",
    "whole call": "latency_ms",
}


def timed_well(table):
    """
    The calls whose times are a model's: no errors, no stored replies.

    Parameters
    ----------
    table : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
    """
    return table[(table["error"] == "") & ~_stored(table)]


def _stored(table):
    """Which calls came to their end without a model."""
    if "answered_by" not in table:
        return pd.Series(False, index=table.index)
    made = table["answered_by"].map(made_just_now).astype(bool)
    return (table["error"] == "") & ~made


def _summed(group, shares):
    good = timed_well(group)
    found = {
        "calls": len(group),
        "errors": int((group["error"] != "").sum()),
        "stored": int(_stored(group).sum()),
        "retries": int(group["retries"].sum()),
        "input tokens": _mean(good["input_tokens"]),
        "output tokens": _mean(good["output_tokens"]),
    }
    for words, column in _SHOWN.items():
        values = good[column].dropna()
        for share in shares:
            found[f"{words} p{100 * share:g}"] = in_words(values, share)
    return found


def _mean(values):
    return round(float(values.mean()), 1) if len(values) else float("nan")


def in_words(values, share):
    """
    One percentile as text, or what it lacks.

    Parameters
    ----------
    values : sequence of float
    share : float

    Returns
    -------
    str

    Examples
    --------
    >>> in_words(range(1, 101), 0.5), in_words(range(9), 0.95)
    ('50 (41 to 61)', 'too few: 9, needs 59')
    """
    found = percentile(values, share)
    if found is None:
        return f"too few: {len(values)}, needs {samples_needed(share)}"
    return f"{found.value:.4g} ({found.low:.4g} to {found.high:.4g})"


def alike(values):
    """
    How much each value is like the one before it: the correlation of their ranks.

    Intervals take values for independent draws. Where a slow call is followed by
    another, as in a busy minute, they are too narrow; of n independent values this
    is within 2 / √n of 0 nineteen times in twenty.

    Parameters
    ----------
    values : sequence of float
        In the order in which they came.

    Returns
    -------
    float
        From -1 to 1; NaN for fewer than three values, or where all are equal.

    Examples
    --------
    >>> alike([1, 2, 3, 4, 5, 6]), alike([1, 6, 2, 5, 3, 4]) < 0
    (1.0, True)
    """
    ranks = pd.Series(values).rank()
    earlier, later = ranks[:-1].reset_index(drop=True), ranks[1:].reset_index(drop=True)
    if earlier.nunique() < 2 or later.nunique() < 2:
        return float("nan")
    return round(float(earlier.corr(later)), 12)


def throughput(table):
    """
    What got done in a run's time, and the mean number of calls under way.

    The time is from the first call's start to the last call's end. With few calls
    its end, when some workers have nothing more to do, weighs more than it should.

    Parameters
    ----------
    table : pandas.DataFrame
        Of one :func:`bedrock_helpers.benchmark.run`.

    Returns
    -------
    dict
        ``calls_per_s``, ``output_tokens_per_s`` (calls that came to their end and
        were answered by a model), ``under_way`` (the mean of all calls, failed ones
        too) and ``seconds``.

    Raises
    ------
    ValueError
        For a run without calls.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"started_s": [0.0, 0.0], "latency_ms": [1000.0, 2000.0],
    ...                       "error": "", "output_tokens": 50})
    >>> throughput(table)["output_tokens_per_s"], throughput(table)["under_way"]
    (50.0, 1.5)
    """
    if table.empty:
        raise ValueError("No calls were made, so nothing got done. Run some first.")
    ended_s = table["started_s"] + table["latency_ms"] / 1000
    seconds = float(ended_s.max() - table["started_s"].min())
    good = timed_well(table)
    return {
        "calls_per_s": len(good) / seconds,
        "output_tokens_per_s": float(good["output_tokens"].sum()) / seconds,
        "under_way": float(table["latency_ms"].sum()) / 1000 / seconds,
        "seconds": seconds,
    }
