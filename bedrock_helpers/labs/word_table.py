"""Lines of words as a table, in HTML and in Markdown; whatever they say stays text."""

import html
import re

from bedrock_helpers.labs.panes import shown
from bedrock_helpers.token_reading import signs

_CELL = (
    "padding:3px 8px;border:1px solid #bbb;text-align:left;vertical-align:top;"
    "white-space:pre-wrap;unicode-bidi:isolate"
)
_HEAD, _TEXT = f"{_CELL};overflow-wrap:break-word", f"{_CELL};overflow-wrap:anywhere"
#: No column of texts gets narrower, whatever the others hold.
_LEAST_WIDTH = ";min-width:6.5em"
#: What Markdown, JupyterLab's formulas or GitHub could take for more than text.
_MARKUP = re.compile(r"[\\`*_{}\[\]<>|&$~:@#^]|(?<=www)\.")


def table_html(cells, caption):
    """
    Lines of words as a table; whatever they say stays text.

    Examples
    --------
    >>> "<td" in table_html([["prompt", "right"], ["A", "5"]], "Scores")
    True
    """
    head, *lines = cells
    heads = "".join(f'<th scope="col" style="{_HEAD}">{shown(h)}</th>' for h in head)
    rows = "".join(
        f'<tr><th scope="row" style="{_HEAD}">{shown(first)}</th>'
        + "".join(f'<td style="{_TEXT}{_LEAST_WIDTH}">{shown(c)}</td>' for c in rest)
        + "</tr>"
        for first, *rest in lines
    )
    return (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;'
        'line-height:1.35"><caption style="text-align:left">'
        f"{html.escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def table_markdown(cells):
    """
    The same as a table of Markdown.

    Examples
    --------
    >>> print(table_markdown([["prompt", "right"], ["A|", "5"]]))
    | prompt | right |
    | --- | --- |
    | A&#124; | 5 |
    """
    head, *lines = [[markdown_text(cell) for cell in line] for line in cells]
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def markdown_text(text):
    """
    A text as Markdown, in one line, that shows it and does nothing else.

    Examples
    --------
    >>> markdown_text("*Hi*" + chr(10))
    '&#42;Hi&#42;⏎'
    """
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", signs(text))
