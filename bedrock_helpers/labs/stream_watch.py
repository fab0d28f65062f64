"""A lab that shows a streamed reply arriving, piece by piece, with its times."""

import time

import ipywidgets

from bedrock_helpers.labs.own_keys import own_keys
from bedrock_helpers.labs.panes import error_pane, text_pane

_WIDTH, _HEIGHT = 600, 46


class StreamWatch(ipywidgets.VBox):
    """
    A prompt, a button, the text as it arrives, and a tick for every piece.

    Parameters
    ----------
    ask : callable
        Your own function: takes the prompt, yields pieces of text.
    prompt : str
        What stands in the prompt field first.

    Attributes
    ----------
    prompt : ipywidgets.Textarea
    run : ipywidgets.Button
        The same as calling :meth:`start`.
    text, ticks : ipywidgets.HTML
        What arrived, escaped, and when.
    arrivals_ms : list of float
        Milliseconds from the start to each piece.
    error : str
        What went wrong, empty when nothing did.

    Examples
    --------
    >>> watch = StreamWatch(lambda prompt: iter(["Bon", "jour"]), "Greet me.")
    >>> watch.start()
    >>> watch
    StreamWatch: 2 pieces arrived, 7 characters
    """

    def __init__(self, ask, prompt=""):
        self._ask = ask
        self.arrivals_ms, self.error, self._received = [], "", ""
        self.prompt = ipywidgets.Textarea(
            value=prompt,
            description="prompt",
            layout=ipywidgets.Layout(width="42em", height="4em"),
        )
        self.run = ipywidgets.Button(
            description="Run", tooltip="Send the prompt and watch the reply arrive"
        )
        self.text = ipywidgets.HTML(text_pane("", "reply"))
        self.ticks = ipywidgets.HTML(_drawing([], 0))
        self.run.on_click(lambda _: self.start())
        super().__init__([self.prompt, self.run, self.text, self.ticks, own_keys()])

    def __repr__(self):
        """Say how much arrived; times differ from run to run."""
        if self.error:
            return f"StreamWatch: stopped by {self.error}"
        count, size = len(self.arrivals_ms), len(self._received)
        return f"StreamWatch: {count} pieces arrived, {size} characters"

    @property
    def first_text_ms(self):
        """Milliseconds to the first piece, or None before there is one."""
        return self.arrivals_ms[0] if self.arrivals_ms else None

    def start(self):
        """Send the prompt and show what arrives, until it ends or fails."""
        if self.run.disabled:
            return
        self.arrivals_ms, self.error, self._received = [], "", ""
        self._show(0)
        self.run.disabled = True
        started, failure = time.perf_counter(), ""
        try:
            for piece in self._ask(self.prompt.value):
                self._take(piece, (time.perf_counter() - started) * 1000)
        except Exception as problem:
            self.error = f"{type(problem).__name__}: {problem}"
            failure = error_pane(problem)
        finally:
            self.run.disabled = False
            self._show((time.perf_counter() - started) * 1000, failure)

    def _take(self, piece, arrived_ms):
        if not piece:
            return
        self._received += piece
        self.arrivals_ms.append(arrived_ms)
        self._show(arrived_ms)

    def _show(self, elapsed_ms, failure=""):
        self.text.value = text_pane(self._received, "reply") + failure
        self.ticks.value = _drawing(self.arrivals_ms, elapsed_ms)


def _drawing(arrivals_ms, elapsed_ms):
    """A line of time with a tick a piece, the first one longer and in colour."""
    if not arrivals_ms:
        return "Nothing has arrived yet."
    scale = (_WIDTH - 2) / max(elapsed_ms, arrivals_ms[-1], 1)
    ticks = "".join(_tick(1 + ms * scale, ms == arrivals_ms[0]) for ms in arrivals_ms)
    words = (
        f"first text after {arrivals_ms[0]:.0f} ms, "
        f"{len(arrivals_ms)} pieces in {elapsed_ms:.0f} ms"
    )
    return (
        f'<svg role="img" aria-label="{words}" width="{_WIDTH}" height="{_HEIGHT}">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
        f'<line x1="0" x2="{_WIDTH}" y1="24" y2="24" stroke="#999"/>{ticks}'
        f'<text x="0" y="42" font-size="13" fill="#222">{words}</text></svg>'
    )


def _tick(x, first):
    colour, top = ("#d33", 2) if first else ("#357", 12)
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="24" '
        f'stroke="{colour}" stroke-width="2"/>'
    )
