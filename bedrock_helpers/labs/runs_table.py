"""Replies side by side: as an HTML table, and as lines of plain text."""

from IPython.display import HTML

from bedrock_helpers.labs.panes import shown

_CELL = "padding:3px 5px;border:1px solid #bbb;text-align:left;vertical-align:top"
_TABLE = "border-collapse:collapse;line-height:1.35"
_ANSWER = (
    "white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate;"
    "max-height:12em;overflow:auto;min-width:13em"
)
_NONE_YET = "No runs yet."
_COLUMNS = {
    "model": lambda run: run.model_id,
    "set": lambda run: setting_words(run.settings),
    "stop reason": lambda run: run.stop_reason or "none: the stream broke",
    "input tokens": lambda run: count_words(run.input_tokens),
    "output tokens": lambda run: count_words(run.output_tokens),
    "cost": lambda run: cost_words(run),
}
_TIMES = {
    "latency, our own clock": lambda run: _ms(run.latency_ms),
    "time to first text": lambda run: _ms(run.first_text_ms),
}


def setting_words(settings):
    """
    What is set, in words.

    Examples
    --------
    >>> setting_words({"temperature": 0.9, "stop_sequences": ("END",)})
    "temperature 0.9, stop_sequences ['END']"
    """
    words = [f"{role} {_value(value)}" for role, value in settings.items()]
    return ", ".join(words) or "nothing set"


def _value(value):
    return repr(list(value)) if isinstance(value, tuple) else f"{value:.10g}"


def count_words(tokens):
    """
    A token count, or that none came.

    Examples
    --------
    >>> count_words(1200), count_words(None)
    ('1,200', 'not told')
    """
    return "not told" if tokens is None else f"{tokens:,}"


def cost_words(run):
    """The exact cost of a run, or why there is none."""
    if run.cost_usd is not None:
        return f"USD {run.cost_usd.normalize():f}"
    return (
        "not known: no token counts" if run.input_tokens is None else "no price known"
    )


def _ms(milliseconds):
    return "none came" if milliseconds is None else f"{milliseconds:,.0f} ms"


def runs_html(runs, *, times=True):
    """
    Runs as the rows of a table.

    Parameters
    ----------
    runs : sequence of ParameterRun
    times : bool
        False leaves out what differs from one execution to the next.

    Returns
    -------
    str

    Examples
    --------
    >>> runs_html([])
    '<p>No runs yet.</p>'
    """
    if not runs:
        return f"<p>{_NONE_YET}</p>"
    columns = _COLUMNS | (_TIMES if times else {})
    heads = "".join(
        f'<th scope="col" style="{_CELL}">{name}</th>'
        for name in ["run", *columns, "answer"]
    )
    rows = "".join(_row(number, run, columns) for number, run in enumerate(runs, 1))
    return (
        f'<div style="overflow-x:auto"><table style="{_TABLE}">'
        '<caption style="text-align:left">Runs, the first one on top</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(number, run, columns):
    cells = [f'<th scope="row" style="{_CELL}">{number}</th>']
    cells += [
        f'<td style="{_CELL}">{shown(str(words(run)))}</td>'
        for words in columns.values()
    ]
    who = f"<p>{shown(f'Answered by {run.answered_by}:')}</p>"
    text = f'<div tabindex="0" style="{_ANSWER}">{shown(run.text)}</div>'
    notes = "".join(f"<p>{shown(note)}</p>" for note in _notes(run))
    return f'<tr>{"".join(cells)}<td style="{_CELL}">{who}{text}{notes}</td></tr>'


def _notes(run):
    """What must stand beside an answer."""
    notes = []
    if not run.is_complete:
        notes.append(f"Incomplete. {run.problem or 'The stream just ended.'}")
    if run.reasoning:
        notes.append(f"{len(run.reasoning):,} characters of reasoning came apart.")
    return notes


def runs_text(runs):
    """
    Runs as plain text without times.

    Examples
    --------
    >>> runs_text([])
    'No runs yet.'
    """
    return "\n".join(_line(n, run) for n, run in enumerate(runs, 1)) or _NONE_YET


def _line(number, run):
    told = "; ".join(f"{name}: {words(run)}" for name, words in _COLUMNS.items())
    answer = "\n".join([repr(run.text), *_notes(run)])
    return f"{number}. {told}\n{run.answered_by}: {answer}"


class Figure(HTML):
    """
    A call and its runs for readers without a kernel.

    Parameters
    ----------
    call_code : str
    runs : sequence of ParameterRun

    Examples
    --------
    >>> Figure("reply = …", [])
    reply = …
    <BLANKLINE>
    No runs yet.
    """

    def __init__(self, call_code, runs):
        self._text = f"{call_code}\n\n{runs_text(runs)}"
        super().__init__(f"<pre>{shown(call_code)}</pre>{runs_html(runs, times=False)}")

    def __repr__(self):
        """Call and runs as plain text."""
        return self._text
