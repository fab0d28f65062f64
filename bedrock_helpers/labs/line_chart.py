"""Lines over an axis, as SVG: named at their ends, told apart without colour too."""

import re
from dataclasses import dataclass

from bedrock_helpers.labs.panes import shown

_WIDTH, _LEFT, _RIGHT, _TOP, _HEIGHT = 800, 92, 570, 46, 300
_ROW, _LETTERS, _INDENT = 18, 26, "    "
_FONT = 'font-family="monospace" font-size="12"'
#: Dark enough on white for text of the same colour.
_COLOURS = ("#2a5d9f", "#b3261e", "#1b6e3c", "#7a4a00", "#6a3d9a", "#333")
_DASHES = ("", "8 4", "2 3", "12 3 2 3", "16 5", "5 2 1 2 1 2")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Line:
    """
    One line of a chart.

    Attributes
    ----------
    label : str
        Stands at its right end.
    points : tuple of (float, float)
        From left to right.
    look : int
        Lines of different looks differ in colour and dashes.
    """

    label: str
    points: tuple
    look: int = 0


@dataclass(frozen=True)
class Mark:
    """
    A place worth a look: a numbered ring, with its words below the chart.

    Attributes
    ----------
    x, y : float
    words : str
    """

    x: float
    y: float
    words: str


def line_chart(lines, x_axis, y_axis, *, title, marks=(), here=None, notes=()):
    """
    The chart.

    Parameters
    ----------
    lines : sequence of Line
    x_axis, y_axis : Axis
    title : str
        What screen readers say first; marks and notes follow.
    marks : sequence of Mark
    here : (float, str), optional
        A place on the x axis with a line down to it, and its words.
    notes : sequence of str
        Further lines below the chart.

    Returns
    -------
    str
        SVG, well-formed whatever the words hold, and the same for the same input.

    Examples
    --------
    >>> from bedrock_helpers.labs.chart_axis import Axis
    >>> axes = Axis("calls", 0, 10), Axis("USD", 0, 100)
    >>> chart = line_chart([Line("A", ((0, 0), (10, 90)))], *axes, title="Costs")
    >>> chart.count("<polyline"), chart.count("</svg>")
    (2, 1)
    """
    below = [f"({n}) {mark.words}" for n, mark in enumerate(marks, 1)] + list(notes)
    rows = [part for words in below for part in _wrapped(words)]
    height = _TOP + _HEIGHT + 44 + _ROW * len(rows) + (6 if rows else 0)
    parts = [
        *_axes(x_axis, y_axis),
        *(_here(here, x_axis) if here else ()),
        *_drawn_lines(lines, x_axis, y_axis),
        *(_ring(n, mark, x_axis, y_axis) for n, mark in enumerate(marks, 1)),
        *(
            _text(8, _TOP + _HEIGHT + 58 + _ROW * n, row, "#222")
            for n, row in enumerate(rows)
        ),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{_WIDTH}" '
        f'height="{height}" viewBox="0 0 {_WIDTH} {height}" '
        f'aria-label="{_xml(title)}"><title>{_xml(title)}</title>'
        f"<desc>{_xml(' '.join(below))}</desc>"
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>'
        f"<g {_FONT}>{''.join(parts)}</g></svg>"
    )


def _x(value, axis):
    return _LEFT + axis.share(value) * (_RIGHT - _LEFT)


def _y(value, axis):
    return _TOP + (1 - axis.share(value)) * _HEIGHT


def _axes(x_axis, y_axis):
    bottom = _TOP + _HEIGHT
    for tick in x_axis.ticks:
        x = f"{_x(tick, x_axis):.1f}"
        yield _stroke(x, x, _TOP, bottom, "#ddd")
        yield _text(x, bottom + 16, _number(tick), "#444", "middle")
    for tick in y_axis.ticks:
        y = _y(tick, y_axis)
        yield _stroke(_LEFT, _RIGHT, f"{y:.1f}", f"{y:.1f}", "#ddd")
        yield _text(_LEFT - 6, f"{y + 4:.1f}", _number(tick), "#444", "end")
    yield _stroke(_LEFT, _RIGHT, bottom, bottom, "#444")
    yield _stroke(_LEFT, _LEFT, _TOP, bottom, "#444")
    yield _text(_RIGHT, bottom + 34, x_axis.label, "#222", "end")
    yield _text(8, 16, y_axis.label, "#222")


def _here(here, axis):
    value, words = here
    share = axis.share(value)
    x = f"{_x(value, axis):.1f}"
    anchor = "end" if share > 0.5 else "start"
    yield _stroke(x, x, _TOP - 6, _TOP + _HEIGHT, "#555", "3 3")
    yield _text(x, _TOP - 10, words, "#222", anchor)


def _drawn_lines(lines, x_axis, y_axis):
    ends = [_y(line.points[-1][1], y_axis) for line in lines]
    for line, label_y in zip(lines, _apart(ends), strict=True):
        points = [(_x(x, x_axis), _y(y, y_axis)) for x, y in line.points]
        colour = _COLOURS[line.look % 6]
        dash = _DASHES[(line.look + line.look // 6) % 6]
        leader = [points[-1], (_RIGHT + 12, label_y), (_RIGHT + 30, label_y)]
        yield _polyline(points, colour, dash, 2)
        yield _polyline(leader, colour, dash, 1.5)
        words = line.label
        if len(words) > _LETTERS:
            words = words[: _LETTERS - 1] + "…"
        yield _text(_RIGHT + 34, f"{label_y + 4:.1f}", words, colour)


def _apart(wanted):
    """Heights near the wanted ones, far enough from each other to be read."""
    order = sorted(range(len(wanted)), key=lambda n: wanted[n])
    placed, least = {}, float(_TOP)
    for number in order:
        placed[number] = max(wanted[number], least)
        least = placed[number] + _ROW - 3
    most = float(_TOP + _HEIGHT)
    for number in reversed(order):
        placed[number] = min(placed[number], most)
        most = placed[number] - _ROW + 3
    return [placed[number] for number in range(len(wanted))]


def _ring(number, mark, x_axis, y_axis):
    x, y = f"{_x(mark.x, x_axis):.1f}", _y(mark.y, y_axis)
    return (
        f'<circle cx="{x}" cy="{y:.1f}" r="8" fill="#fff" stroke="#111" '
        f'stroke-width="1.5"/>{_text(x, f"{y + 4:.1f}", str(number), "#111", "middle")}'
    )


def _polyline(points, colour, dash, width):
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    pattern = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<polyline points="{places}" fill="none" stroke="{colour}" '
        f'stroke-width="{width}"{pattern}/>'
    )


def _stroke(x1, x2, y1, y2, colour, dash=""):
    pattern = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1}" x2="{x2}" y1="{y1}" y2="{y2}" stroke="{colour}"{pattern}/>'


def _text(x, y, words, colour, anchor="start"):
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    isolated = 'style="unicode-bidi:isolate;white-space:pre"'
    return (
        f'<text x="{x}" y="{y}" fill="{colour}"{where} {isolated}>{_xml(words)}</text>'
    )


def _number(value):
    return f"{value:,}" if abs(value) >= 1 or not value else f"{value:.12f}".rstrip("0")


def _wrapped(words, width=105):
    """Words in lines that fit below the chart."""
    lines, rest = [], words.replace(" %", "\u00a0%")
    while len(rest) > width:
        cut = rest.rfind(" ", len(_INDENT) + 1, width)
        cut = width if cut < 0 else cut
        lines.append(rest[:cut])
        rest = _INDENT + rest[cut:].lstrip()
    return [*lines, rest]


def _xml(text):
    """Text for XML, in which some characters cannot be at all."""
    return _NOT_XML.sub("\ufffd", shown(str(text)))
