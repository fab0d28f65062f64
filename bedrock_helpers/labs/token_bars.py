"""Bars of the likeliest tokens, before and after sampling parameters, as SVG."""

from dataclasses import dataclass
from html import escape
from zlib import crc32

from bedrock_helpers.token_reading import percent_of

_ROW, _TOP, _BOTTOM = 23, 24, 6
_LABEL, _BAR, _WIDTH = 128, 300, 800
_SCALES = (0.1, 0.25, 0.5, 1)
_LONGEST_LABEL = 14
_FONT = 'font-family="monospace" font-size="13"'
_HATCHED = (
    '<defs><pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" '
    'stroke="#777" stroke-width="1.5"/></pattern></defs>'
)


@dataclass(frozen=True)
class Bar:
    """
    One row of the chart.

    Attributes
    ----------
    label : str
    before, after : float
        Probabilities, 0 to 1.
    excluded_by : str
        The parameter that excludes it, empty when it can be drawn.
    drawn : int or None
        How often it was drawn.
    expected : float
        How often it would be on average.
    """

    label: str
    before: float
    after: float
    excluded_by: str = ""
    drawn: int | None = None
    expected: float = 0.0


def drawing(bars, cuts, title):
    """
    The chart: a hollow bar before, a filled one after; hatched where excluded.

    Parameters
    ----------
    bars : list of Bar
        The last is the rest, all other tokens together.
    cuts : list of (int, str)
        Number of rows above a cut-off line, and its name.
    title : str
        What screen readers say.

    Returns
    -------
    str
        SVG, well-formed whatever the labels hold.

    Examples
    --------
    >>> chart = drawing([Bar("' the'", 0.4, 0.8), Bar("others", 0.6, 0.2)], [], "A")
    >>> chart.count("<rect")
    5
    """
    scale = _scale(bars[:-1])
    height = _TOP + _ROW * len(bars) + _BOTTOM
    hatching = f"cut-{crc32(title.encode()):x}"  # an id is one on the whole page
    rows = "".join(_row(n, bar, scale, hatching) for n, bar in enumerate(bars))
    lines = "".join(_cut(count, name) for count, name in cuts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{_WIDTH}" '
        f'height="{height}" aria-label="{escape(title)}"><title>{escape(title)}</title>'
        f"{_HATCHED.format(name=hatching)}"
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>'
        f"{_head(scale)}{rows}{lines}</svg>"
    )


def _scale(bars):
    """The width of the bars in probability: the largest shown fits."""
    most = max((max(bar.before, bar.after) for bar in bars), default=1)
    return next(scale for scale in _SCALES if most <= scale + 1e-9)


def _head(scale):
    return (
        f'<g {_FONT} fill="#444"><text x="{_LABEL}" y="15">0</text>'
        f'<text x="{_LABEL + _BAR}" y="15" text-anchor="end">{scale:.0%}</text>'
        f'<text x="{_LABEL + _BAR + 8}" y="15">before → after</text></g>'
    )


def _row(number, bar, scale, hatching):
    y = _TOP + number * _ROW
    hollow, filled = _length(bar.before, scale), _length(bar.after, scale)
    pattern = f"url(#{hatching})" if bar.excluded_by else "none"
    beyond = "»" if max(bar.before, bar.after) > scale else ""
    return (
        f'<g {_FONT}><text x="{_LABEL - 6}" y="{y + 15}" text-anchor="end" '
        f'style="white-space:pre;unicode-bidi:isolate">{_label(bar)}</text>'
        f'<rect x="{_LABEL}" y="{y + 2}" width="{hollow}" height="17" '
        f'fill="{pattern}" stroke="#777"/>'
        f'<rect x="{_LABEL}" y="{y + 6}" width="{filled}" height="9" fill="#2a5d9f"/>'
        f'<text x="{_LABEL + _BAR + 8}" y="{y + 15}" fill="#222">'
        f"{beyond} {_words(bar)}</text></g>"
    )


def _length(probability, scale):
    return f"{min(probability / scale, 1) * _BAR:.1f}"


def _label(bar):
    label = bar.label
    if len(label) > _LONGEST_LABEL:
        label = label[: _LONGEST_LABEL - 1] + "…"
    return escape(("✕ " if bar.excluded_by else "") + label)


def _words(bar):
    words = f"{percent_of(bar.before)} → {percent_of(bar.after)}"
    if bar.excluded_by:
        return f"{words} · excluded by {bar.excluded_by}"
    if bar.drawn is not None:
        return f"{words} · drawn {bar.drawn}, expected {bar.expected:.1f}"
    return words


def _cut(count, name):
    y = _TOP + count * _ROW - 1
    return (
        f'<line x1="8" x2="{_WIDTH - 90}" y1="{y}" y2="{y}" stroke="#b3261e" '
        f'stroke-width="1.5" stroke-dasharray="7 4"/>'
        f'<text x="{_WIDTH - 6}" y="{y + 4}" text-anchor="end" fill="#b3261e" {_FONT}>'
        f"{escape(name)}</text>"
    )
