"""Dollars by model id as a picture, and the same as a table in words."""

from dataclasses import dataclass
from decimal import Decimal

from bedrock_helpers.labs.panes import shown
from bedrock_helpers.labs.word_table import markdown_text, table_html, table_markdown

_WIDTH, _ROW, _LINE, _TOP, _LABEL, _BAR = 800, 24, 16, 30, 330, 220
_LONGEST_LABEL = 44
_HEAD = ("model id", "tier", "calls", "tokens in", "tokens out", "USD", "of it at most")
_KEY = "filled: as reported; hollow: the most that calls without counts can have cost"
_INPUT = ("input_tokens", "cache_read_tokens", "cache_write_tokens")


@dataclass(frozen=True)
class MeterFigure:
    """
    What a meter counted, shown by Jupyter as a picture and a table.

    Parameters
    ----------
    rows : tuple of MeterRow
    title : str
    note : str
        Stands below the picture.

    Examples
    --------
    >>> from bedrock_helpers.meter_rows import MeterRow
    >>> row = MeterRow("a.b", "default", "token", calls=1)
    >>> row.pay(Decimal("0.0003"))
    >>> MeterFigure((row,), "Meter")
    Meter
    a.b: USD 0.0003
    """

    rows: tuple
    title: str
    note: str = ""

    def __repr__(self):
        """Show title, dollars and note as plain text."""
        lines = [f"{_label(row)}: {_words(row)}" for row in self.rows]
        return "\n".join(filter(None, [self.title, *lines, self.note]))

    def _repr_mimebundle_(self, include=None, exclude=None):
        picture, cells = self.svg(), [_HEAD, *map(_cells, self.rows)]
        words = [markdown_text(self.title), table_markdown(cells)]
        return {
            "image/svg+xml": picture,
            "text/html": picture + table_html(cells, self.title),
            "text/markdown": "\n\n".join([*words, markdown_text(self.note)]).strip(),
            "text/plain": repr(self),
        }

    def svg(self):
        """
        The picture alone.

        Returns
        -------
        str
            SVG; its title says everything that it draws.
        """
        foot = [_KEY] + [self.note] * bool(self.note)
        height = _TOP + _ROW * len(self.rows) + _LINE * len(foot) + 4
        most = max((row.usd for row in self.rows), default=0) or Decimal(1)
        bars = "".join(_bar(n, row, most) for n, row in enumerate(self.rows))
        said = shown(repr(self).replace("\n", "; "))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{_WIDTH}" '
            f'height="{height}" viewBox="0 0 {_WIDTH} {height}" aria-label="{said}" '
            f'font-family="monospace" font-size="12"><title>{said}</title>'
            f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>'
            f'<text x="8" y="18" font-weight="bold">{shown(self.title)}</text>{bars}'
            f"{''.join(_foot(height, line, foot) for line in foot)}</svg>"
        )


def _foot(height, line, lines):
    y = height - 8 - _LINE * (len(lines) - 1 - lines.index(line))
    return f'<text x="8" y="{y}" fill="#444">{shown(line)}</text>'


def _bar(number, row, most):
    y = _TOP + number * _ROW
    told = _BAR * (row.usd - row.usd_upper_bound) / most
    open_ = _BAR * row.usd_upper_bound / most
    hollow = 'fill="none" stroke="#2a5d9f" stroke-dasharray="3 2"'
    return (
        f'<text x="{_LABEL - 6}" y="{y + 14}" text-anchor="end">'
        f"{shown(_label(row))}</text>"
        f'<rect x="{_LABEL}" y="{y + 3}" width="{told:.1f}" height="14" '
        f'fill="#2a5d9f"/><rect x="{_LABEL + told:.1f}" y="{y + 3}" '
        f'width="{open_:.1f}" height="14" {hollow}/>'
        f'<text x="{_LABEL + _BAR + 8}" y="{y + 14}">{_words(row)}</text>'
    )


def _label(row):
    tier = "" if row.tier == "default" else f" ({row.tier})"
    label = row.model_id + tier
    return label if len(label) <= _LONGEST_LABEL else "…" + label[1 - _LONGEST_LABEL :]


def _words(row):
    if row.unpriced_calls and not row.usd:
        return "price unknown"
    most = row.usd_upper_bound
    return (
        f"USD {_amount(row.usd)}"
        + (f", of it {_amount(most)} at most" if most else "")
        + (f"; {row.unpriced_calls} unpriced" if row.unpriced_calls else "")
    )


def _cells(row):
    usd = "unknown" if row.unpriced_calls and not row.usd else _amount(row.usd)
    tokens_in = sum(row.tokens[name] for name in _INPUT)
    counts = (row.calls, tokens_in, row.tokens["output_tokens"])
    told = [f"{count:,}" for count in counts]
    return (row.model_id, row.tier, *told, usd, _amount(row.usd_upper_bound))


def _amount(usd):
    return f"{Decimal(f'{usd:.3g}').normalize():f}"
