"""Progress as an HTML page: everything a learner wrote is text in it, and no more."""

import html

from bedrock_helpers.checks.plain_words import one_line
from bedrock_helpers.checks.progress import MARKS, counted

#: No formulas: a guess with dollar signs stays as it was typed.
_CLASSES = "bedrock-progress tex2jax_ignore mathjax_ignore"
_CELL = "text-align:left;vertical-align:top;padding:2px 12px 2px 0;white-space:normal"
_CHIP = "display:inline-block;margin:0 14px 0 0;padding:0;white-space:nowrap"


def page_of(progress):
    """
    A learner's progress as HTML.

    Parameters
    ----------
    progress : Progress

    Returns
    -------
    str
        One ``div`` with two tables. Marks come with words, so that neither colour
        nor sign alone tells anything.

    Examples
    --------
    >>> from bedrock_helpers.checks.progress import Progress
    >>> page = page_of(Progress({"<b>": True}))
    >>> "&lt;b&gt;" in page, "<b>:" in page
    (True, False)
    """
    problems = "".join(f"<p><strong>{text(p)}</strong></p>" for p in progress.problems)
    return (
        f'<div class="{_CLASSES}">{problems}'
        f"<p><strong>{text(counted(progress.counts()))}</strong> "
        "A wrong prediction is no failure.</p>"
        f"{exercises_table(progress)}{_guesses_table(progress)}</div>"
    )


def text(value):
    """
    A value as text of a page.

    Examples
    --------
    >>> text("<script>")
    '&lt;script&gt;'
    """
    return html.escape(one_line(value, most=300))


def exercises_table(progress):
    """
    Every exercise there is, a row for each notebook.

    Examples
    --------
    >>> from bedrock_helpers.checks.progress import Progress
    >>> exercises_table(Progress()).count("<tr>")
    9
    """
    rows = [
        _row(lesson.title, f"{_passed(done)} of {len(done)}", _chips(done))
        for lesson, done, _ in progress.by_lesson()
    ]
    if others := progress.of_other_editions()[0]:
        rows.append(_row("another edition's", "not counted", _chips(others)))
    return _table(("notebook", "passed", "exercises"), rows)


def _guesses_table(progress):
    rows = [
        _row(guess.name, lesson.title, text(guess.words))
        for lesson, _, guesses in progress.by_lesson()
        for guess in guesses
    ]
    for guess in progress.of_other_editions()[1]:
        rows.append(_row(guess.name, "another edition's", text(guess.words)))
    return _table(("prediction", "notebook", "your guess"), rows)


def _passed(exercises):
    return sum(one.state == "passed" for one in exercises)


def _chips(exercises):
    return " ".join(
        f'<span style="{_CHIP}">{MARKS[one.state]} {text(one.name)} '
        f"<small>{one.state} {text(one.day)}</small></span>"
        for one in exercises
    )


def _table(headings, rows):
    cells = "".join(f'<th scope="col" style="{_CELL}">{h}</th>' for h in headings)
    head, body = f"<thead><tr>{cells}</tr></thead>", f"<tbody>{''.join(rows)}</tbody>"
    return f"<table>{head}{body}</table>"


def _row(title, count, cell):
    return (
        f'<tr><th scope="row" style="{_CELL}" dir="auto">{text(title)}</th>'
        f'<td style="{_CELL}">{text(count)}</td><td style="{_CELL}">{cell}</td></tr>'
    )
