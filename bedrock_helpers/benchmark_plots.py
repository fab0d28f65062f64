"""Four plots of benchmarks; each says what was measured, and has its numbers in words.

They are matplotlib figures (:class:`bedrock_helpers.benchmark_figure.BenchmarkFigure`),
so ``plot.savefig("mine.png")`` works, and ``plot.panels[0]`` can be changed.
"""

import pandas as pd

from bedrock_helpers.benchmark_figure import (
    COLORS,
    DASHES,
    MARKS,
    BenchmarkFigure,
    measured_words,
)
from bedrock_helpers.benchmark_summary import alike, in_words, throughput, timed_well
from bedrock_helpers.intervals import wilson
from bedrock_helpers.percentiles import percentile

_NAMES = {
    "latency_ms": "whole call",
    "first_text_ms": "first text",
    "first_token_ms": "first token",
    "ms_per_output_token": "time per output token",
}


def latency_distribution(table, column="latency_ms", by=None, *, shares=(0.5, 0.95)):
    """
    How many calls were at most so slow, with percentiles and their intervals.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`bedrock_helpers.benchmark.run`.
    column : str
        ``latency_ms``, ``first_text_ms``, ``first_token_ms`` or
        ``ms_per_output_token``.
    by : str, optional
        A column whose values are drawn apart.
    shares : tuple of float
        Which percentiles; those with too few calls are not drawn, and the table says
        so.

    Returns
    -------
    BenchmarkFigure
        ``neighbours alike`` in its table is
        :func:`bedrock_helpers.benchmark_summary.alike`: far above 0, the intervals
        are too narrow.

    Raises
    ------
    ValueError
        If no call has such a time, or the column is another.
    """
    title = f"{_name_of(column).capitalize()}: calls at most so slow"
    figure = BenchmarkFigure(title, measured_words(table))
    (axes,) = figure.panels
    rows = {}
    for number, (name, values) in enumerate(_values(table, column, by)):
        color, ranked = COLORS[number % len(COLORS)], sorted(values)
        level = [(n + 1) / len(ranked) for n in range(len(ranked))]
        dashes = DASHES[number % len(DASHES)]
        label = f"{name} ({len(ranked)} calls)"
        look = {"linestyle": dashes, "color": color, "label": label}
        axes.step(ranked, level, where="post", **look)
        for share in shares:
            _draw_percentile(axes, ranked, share, color)
        told = {f"p{100 * share:g}": in_words(ranked, share) for share in shares}
        rows[name] = {"calls": len(ranked), **told, "slowest": f"{ranked[-1]:.4g}"}
        rows[name]["neighbours alike"] = f"{alike(values):.2f}"
    axes.set(xlabel=f"{_name_of(column)}, ms", ylabel="share of calls", ylim=(0, 1.02))
    _legend(axes, loc="lower right")
    figure.table = _table(rows, "calls of")
    return figure


def _draw_percentile(axes, ranked, share, color):
    found = percentile(ranked, share)
    if found is None:
        return
    axes.hlines(share, found.low, found.high, color=color, linewidth=5, alpha=0.4)
    axes.plot(found.value, share, "o", color=color, markersize=5)
    words = f"p{100 * share:g}: {found.value:.4g}  "
    axes.annotate(words, (found.low, share), ha="right", va="center", fontsize=8)


def first_token_against_input(table, column="first_text_ms", by=None):
    """
    The wait for the first token, over the length of the prompt.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`bedrock_helpers.benchmark.run`, with prompts of several lengths.
    column : str
        ``first_text_ms``, or ``first_token_ms``, which counts reasoning too.
    by : str, optional
        A column whose values are drawn apart.

    Returns
    -------
    BenchmarkFigure
        Single calls are pale; medians have their intervals, from six calls on.

    Raises
    ------
    ValueError
        If no call has such a time, or the column is another.
    """
    title = f"{_name_of(column).capitalize()}, by the length of the prompt"
    figure = BenchmarkFigure(title, measured_words(table))
    (axes,) = figure.panels
    rows = {}
    for number, (name, group) in enumerate(_groups(table, column, by)):
        color, mark = COLORS[number % len(COLORS)], MARKS[number % len(MARKS)]
        lengths = group["input_tokens"].astype(int)
        look = {"color": color, "alpha": 0.25, "markersize": 4}
        axes.plot(lengths, group[column], mark, label=f"{name}, each call", **look)
        medians = {}
        for length, values in group.groupby(lengths)[column]:
            medians[length] = percentile(values, 0.5)
            rows[name, length] = {"calls": len(values), "p50": in_words(values, 0.5)}
        _draw_medians(axes, medians, color, mark, DASHES[number % len(DASHES)], name)
    axes.set(xlabel="input tokens", ylabel=f"{_name_of(column)}, ms")
    axes.set(xlim=(0, None), ylim=(0, None))
    _legend(axes, loc="upper left")
    figure.table = _table(rows, ["calls of", "input tokens"])
    return figure


def throughput_against_concurrency(runs):
    """
    What gets done, and how long a call waits, over the calls under way at a time.

    Parameters
    ----------
    runs : list of pandas.DataFrame
        Of :func:`bedrock_helpers.benchmark.run`, one for each concurrency.

    Returns
    -------
    BenchmarkFigure
        Left: output tokens a second, and a line for the first run's times so many.
        Right: medians of the first text and of the whole call, with their intervals.

    Raises
    ------
    ValueError
        For no runs, or one without calls.
    """
    if not runs:
        raise ValueError("No runs: make some, run(bedrock, requests, concurrency=2)")
    runs = sorted(runs, key=_concurrency_of)
    title = "Throughput and waiting, by concurrency"
    figure = BenchmarkFigure(title, measured_words(*runs), panels=2)
    done, waiting = figure.panels
    at = [_concurrency_of(run) for run in runs]
    speeds = [throughput(run)["output_tokens_per_s"] for run in runs]
    ideal = [speeds[0] * n / at[0] for n in at]
    done.plot(at, ideal, ":", color="#777777", label="if each worker added as much")
    done.plot(at, speeds, "-o", color=COLORS[0], label="measured")
    done.set(xlabel="calls under way at a time", ylabel="output tokens a second")
    top = max(*speeds, min(max(ideal), 3 * max(speeds)))
    done.set(xticks=at, xlim=(0, None), ylim=(0, 1.05 * top or 1))
    _legend(done, loc="lower right", fontsize=8)
    for number, column in enumerate(("latency_ms", "first_text_ms")):
        medians = {
            n: percentile(timed_well(run)[column].dropna(), 0.5)
            for n, run in zip(at, runs, strict=True)
        }
        style = COLORS[number], MARKS[number], DASHES[number], _NAMES[column]
        _draw_medians(waiting, medians, *style)
    waiting.set(xlabel="calls under way at a time", ylabel="median, ms")
    waiting.set(xticks=at, xlim=(0, None), ylim=(0, None))
    _legend(waiting, loc="upper left", fontsize=8)
    rows = {n: _throughput_row(run) for n, run in zip(at, runs, strict=True)}
    figure.table = _table(rows, "at a time")
    return figure


def cost_against_speed(candidates, measured, *, floor=0.0, prices_of=""):
    """
    What calls cost over how long they take, with your own score beside each.

    Parameters
    ----------
    candidates : pandas.DataFrame
        A row for each, named by the index: ``median_ms`` with ``low_ms`` and
        ``high_ms``, ``usd_per_1000_calls``, and of your own test ``correct`` of
        ``asked``.
    measured : str
        What was measured: :func:`bedrock_helpers.benchmark_figure.measured_words`.
    floor : float
        The capability that is wanted, as a share. Candidates are hollow whose 95 %
        interval (Wilson's) begins below it.
    prices_of : str
        The day of the prices.

    Returns
    -------
    BenchmarkFigure

    Raises
    ------
    KeyError
        For a column that is not there.
    """
    title = "Cost against speed; capability is your own score"
    if floor:
        title += f" (hollow: perhaps below {floor:.0%})"
    figure = BenchmarkFigure(title, measured)
    (axes,) = figure.panels
    rows = {}
    for number, (name, one) in enumerate(candidates.iterrows()):
        correct, asked = int(one["correct"]), int(one["asked"])
        low, high = wilson(correct, asked)
        x, y = float(one["median_ms"]), float(one["usd_per_1000_calls"])
        reach = [[x - float(one["low_ms"])], [float(one["high_ms"]) - x]]
        score = f"{correct} of {asked} right ({low:.0%} to {high:.0%})"
        color, mark = COLORS[number % len(COLORS)], MARKS[number % len(MARKS)]
        look = {"color": color, "mfc": color if low >= floor else "white", "ms": 9}
        axes.errorbar(x, y, xerr=reach, fmt=mark, label=f"{name}: {score}", **look)
        rows[name] = {"median ms": f"{x:.4g}", "usd per 1,000": f"{y:.4g}"}
        rows[name] |= {"score": score, "high enough": bool(low >= floor)}
    day = f" (prices of {prices_of})" if prices_of else ""
    axes.set(xlabel="median of a whole call, ms", ylabel=f"US$ per 1,000 calls{day}")
    axes.margins(0.15)
    axes.set(xlim=(0, None), ylim=(0, None))
    _legend(axes, loc="best", fontsize=8)
    figure.table = _table(rows, "candidate")
    return figure


def _name_of(column):
    if column not in _NAMES:
        known = ", ".join(_NAMES)
        raise ValueError(f"column={column!r}: it is one of {known}")
    return _NAMES[column]


def _groups(table, column, by):
    """Good calls that have such a time, each group with its name."""
    _name_of(column)
    good = timed_well(table).dropna(subset=[column])
    if good.empty:
        raise ValueError(
            f"No call has a {column}: look at table['error'] and table['answered_by']"
        )
    if by is None:
        return [("all", good)]
    apart = good.groupby(by, sort=False, dropna=False)
    return [(str(name), group) for name, group in apart]


def _values(table, column, by):
    for name, group in _groups(table, column, by):
        yield name, [float(value) for value in group[column]]


def _draw_medians(axes, medians, color, mark, dashes, name):
    """Medians with their intervals, joined; those of too few calls are left out."""
    known = {x: found for x, found in medians.items() if found is not None}
    if not known:
        return
    values = [found.value for found in known.values()]
    reach = [
        [found.value - found.low for found in known.values()],
        [found.high - found.value for found in known.values()],
    ]
    look = {"marker": mark, "linestyle": dashes, "color": color, "capsize": 3}
    axes.errorbar(list(known), values, yerr=reach, label=f"{name}, median", **look)


def _legend(axes, **where):
    """Explain what is drawn; of too few calls there may be nothing."""
    if axes.get_legend_handles_labels()[0]:
        axes.legend(**where)


def _concurrency_of(run):
    return run.attrs.get("about", {}).get("concurrency", 1)


def _throughput_row(run):
    done = throughput(run)
    good = timed_well(run)
    return {
        "calls": len(run),
        "under way": f"{done['under_way']:.2f}",
        "calls a second": f"{done['calls_per_s']:.3g}",
        "tokens a second": f"{done['output_tokens_per_s']:.4g}",
        "first text p50": in_words(good["first_text_ms"].dropna(), 0.5),
        "whole call p50": in_words(good["latency_ms"], 0.5),
    }


def _table(rows, names):
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(names)
