"""How tokens of some probability look, and a static picture of a reply's tokens."""

import re
import unicodedata
from dataclasses import dataclass

from bedrock_helpers.labs.panes import shown
from bedrock_helpers.token_reading import percent, perplexity, quoted

#: So many alternatives of a token are shown.
ALTERNATIVES = 10
_DRAWN_TOKENS, _DRAWN_LETTERS = 300, 40
_WIDTH, _LETTER, _SMALL, _LINE, _LEFT, _TOP = 760, 8.4, 5.4, 40, 8, 34
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Level:
    """
    How tokens of some probability look.

    Attributes
    ----------
    floor : float
        The least probability.
    shade, line : str
        A colour behind the text, and in words the line below it, which tells the
        same without colour.
    css, svg : str
        That line.
    """

    floor: float
    shade: str
    line: str
    css: str
    svg: str


_DOTS, _DASHES = 'stroke-dasharray="1.5 2"', 'stroke-dasharray="5 2"'
#: From likely to surprising.
LEVELS = (
    Level(0.75, "#ffffff", "no line", "2px solid transparent", 'stroke-width="0"'),
    Level(0.50, "#fff4cc", "thin line", "1px solid", 'stroke-width="1"'),
    Level(0.25, "#ffe199", "dots", "2px dotted", f'stroke-width="2" {_DOTS}'),
    Level(0.10, "#ffc880", "dashes", "2px dashed", f'stroke-width="2" {_DASHES}'),
    Level(0.02, "#ffab85", "thick line", "3px solid", 'stroke-width="3"'),
    Level(0.00, "#ff9aa2", "double line", "4px double", 'stroke-width="5"'),
)


def level_of(token):
    """
    The place of a token's level in ``LEVELS``.

    Examples
    --------
    >>> from bedrock_helpers.token_reading import Token
    >>> level_of(Token("a", -0.1)), level_of(Token("a", -9.0))
    (0, 5)
    """
    chance = token.probability
    return next(n for n, level in enumerate(LEVELS) if chance >= level.floor)


def unsure(tokens):
    """
    How many tokens there are, and their perplexity.

    Examples
    --------
    >>> from bedrock_helpers.token_reading import Token
    >>> unsure([Token("a", -0.7), Token("b", -0.7)])
    '2 tokens, perplexity 2.0'
    """
    if not tokens:
        return "no tokens"
    count = f"{len(tokens):,} token" + "s" * (len(tokens) > 1)
    value = perplexity(tokens)
    known = f"{value:,.1f}" if value < 1e6 else "above a million"
    return f"{count}, perplexity {known}"


def spoken(token):
    """
    What a screen reader says of a token, and a picture's tooltip.

    Examples
    --------
    >>> from bedrock_helpers.token_reading import Token
    >>> spoken(Token(" cold", -0.5, ((" cold", -0.5), (" warm", -1.5))))
    '› cold‹ 60.7 %; likeliest: › cold‹ 60.7 %, › warm‹ 22.3 %'
    """
    others = [f"{quoted(t)} {percent(p)}" for t, p in token.alternatives[:ALTERNATIVES]]
    likeliest = "; likeliest: " + ", ".join(others) if others else ""
    return f"{quoted(token.text)} {percent(token.logprob)}{likeliest}"


def picture(tokens):
    """
    The tokens in lines of equal letters, each with its percentage under it, as SVG.

    Examples
    --------
    >>> picture([])[-37:]
    'font-size="12">no tokens</text></svg>'
    """
    drawn, x, y = [], _LEFT, _TOP
    for token in tokens[:_DRAWN_TOKENS]:
        label = quoted(token.text, _DRAWN_LETTERS).removeprefix("›").removesuffix("‹")
        chance = percent(token.logprob)
        width = max(_columns(label) * _LETTER, len(chance) * _SMALL) + 4
        if x + width > _WIDTH - _LEFT:
            x, y = _LEFT, y + _LINE
        drawn.append(_box(x, y, width, token, label, chance))
        x += width + 2
        if "\n" in token.text:
            x, y = _LEFT, y + _LINE
    left = len(tokens) - len(drawn)
    title = unsure(tokens) + (f"; {left:,} more are not drawn" if left else "")
    return _svg(title, "".join(drawn), y + _LINE)


def _svg(title, inner, height):
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{title}" '
        f'font-family="monospace" font-size="14" fill="#111">'
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>{inner}'
        f'<text x="{_LEFT}" y="20" font-size="12">{title}</text></svg>'
    )


def _box(x, y, width, token, label, chance):
    level = LEVELS[level_of(token)]
    under = f'y1="{y + 20}" y2="{y + 20}"'
    return (
        f"<g><title>{_xml(spoken(token))}</title>"
        f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="20" '
        f'fill="{level.shade}" stroke="#ddd" stroke-width="0.5"/>'
        f'<line x1="{x:.1f}" x2="{x + width:.1f}" {under} stroke="#111" {level.svg}/>'
        f'<text x="{x + 2:.1f}" y="{y + 15}" xml:space="preserve">{_xml(label)}</text>'
        f'<text x="{x + 2:.1f}" y="{y + 32}" font-size="9">{_xml(chance)}</text></g>'
    )


def _columns(text):
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)


def _xml(text):
    """Text for XML, in which some characters cannot be at all."""
    return _NOT_XML.sub("\ufffd", shown(text))
