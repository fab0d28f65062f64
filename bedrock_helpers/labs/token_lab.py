"""A lab on single tokens: how likely each was, and what could have stood there."""

import math

import ipywidgets
from IPython.display import SVG

from bedrock_helpers.labs.explained import failure_pane, status_pane
from bedrock_helpers.labs.own_keys import own_keys
from bedrock_helpers.labs.panes import shown
from bedrock_helpers.labs.token_picture import (
    ALTERNATIVES,
    LEVELS,
    level_of,
    picture,
    spoken,
    unsure,
)
from bedrock_helpers.token_reading import (
    percent,
    probability,
    quoted,
    signs,
    tokens_of,
)

_SHOWN_TOKENS, _SHOWN_LETTERS = 2000, 2000
_BAR = 12
#: The details of a token have a place of their own beside or below the text, not
#: next to the token: there JupyterLab would cut them off at the output's edge.
_CSS = """<style>
.bh-tokens{position:relative;display:flex;flex-wrap:wrap;gap:8px;padding:8px;
 border:1px solid #888;background:#fff;color:#111;max-width:64em}
.bh-tokens-text{flex:1 1 20em;max-height:26em;overflow:auto;white-space:pre-wrap;
 overflow-wrap:anywhere;unicode-bidi:isolate;font-size:14px;line-height:2}
.bh-tokens-place{box-sizing:border-box;width:320px;height:230px;margin-left:auto;
 align-self:flex-end;padding:6px;border:1px dotted #666;line-height:1.5}
.bh-tokens-token{color:#111;box-shadow:inset -1px 0 #aaa;cursor:help}
.bh-tokens-legend span{white-space:nowrap}
.bh-tokens-legend{background:#fff;color:#111;padding:4px 8px;line-height:2}
.bh-tokens-token:focus{outline:2px solid #0b57d0;outline-offset:1px}
.bh-tokens-token:focus::after,.bh-tokens-token:hover::after{content:attr(data-more);
 position:absolute;right:8px;bottom:8px;box-sizing:border-box;width:320px;
 height:230px;padding:6px;overflow:hidden;white-space:pre;background:#fff;color:#111;
 border:1px solid #111;font:12px/1.4 monospace;unicode-bidi:isolate}
.bh-tokens-token:hover::after{z-index:1}
"""
_CSS += "".join(
    f".bh-tokens-{number}{{background:{level.shade};border-bottom:{level.css}}}\n"
    for number, level in enumerate(LEVELS)
)
_CSS += "</style>"


class TokenLab(ipywidgets.VBox):
    """
    A reply whose tokens are shaded by their probability, each with its alternatives.

    Point at a token, or go to it with Tab, and its alternatives appear.

    Parameters
    ----------
    ask : callable
        Your own function: takes the prompt, returns the parsed body of Jurassic-2
        or Cohere Command, as :func:`bedrock_helpers.token_reading.tokens_of`
        reads it.
    prompt : str
        What stands in the prompt field first.

    Attributes
    ----------
    prompt : ipywidgets.Textarea
    run : ipywidgets.Button
        The same as calling :meth:`start`.
    summary, reply : ipywidgets.HTML
        Perplexity and the most surprising token; the tokens.
    tokens : list of Token
    error : str
        What went wrong, empty when nothing did.

    Examples
    --------
    >>> told = [{"token": " cold", "likelihood": -0.25}]
    >>> reply = {"generations": [{"text": " cold", "token_likelihoods": told}]}
    >>> lab = TokenLab(lambda prompt: reply, "The opposite of hot is")
    >>> lab.start()
    >>> lab
    TokenLab: 1 token, perplexity 1.3
    """

    def __init__(self, ask, prompt=""):
        self._ask, self.tokens, self.error = ask, [], ""
        self.prompt = ipywidgets.Textarea(
            value=prompt,
            description="prompt",
            layout=ipywidgets.Layout(width="42em", height="4em"),
        )
        self.run = ipywidgets.Button(
            description="Run", tooltip="Send the prompt and shade the reply's tokens"
        )
        self.summary = ipywidgets.HTML(status_pane("No reply yet."))
        self.reply = ipywidgets.HTML()
        self.run.on_click(lambda _: self.start())
        super().__init__([self.prompt, self.run, self.summary, self.reply, own_keys()])

    def __repr__(self):
        """Say how many tokens there are, and how unsure the model was."""
        if self.error:
            return f"TokenLab: stopped by {' '.join(self.error.split())}"
        if not self.tokens:
            return "TokenLab: no tokens yet"
        return f"TokenLab: {unsure(self.tokens)}"

    def start(self):
        """Send the prompt, and show the tokens of the reply or what went wrong."""
        if self.run.disabled:
            return
        self.run.disabled, self.error, self.tokens = True, "", []
        self.summary.value, self.reply.value = status_pane("Asking …"), ""
        try:
            tokens = tokens_of(self._ask(self.prompt.value))
            self.reply.value = _flow(tokens)
            self.summary.value = status_pane(_summary(tokens))
            self.tokens = tokens
        except Exception as problem:
            self.error = f"{type(problem).__name__}: {problem}"
            self.summary.value = failure_pane(problem)
        finally:
            self.run.disabled = False

    def figure(self):
        """
        The tokens with their probabilities, for readers without a kernel.

        Returns
        -------
        IPython.display.SVG
        """
        return SVG(data=picture(self.tokens))


def _summary(tokens):
    if not tokens:
        return "The reply has no tokens."
    least = min(range(len(tokens)), key=lambda number: tokens[number].logprob)
    token = tokens[least]
    lines = [
        f"<b>{unsure(tokens)}</b>: on average the model was as unsure as among that "
        "many equally likely tokens.",
        f"Most surprising: {shown(quoted(token.text))}, {percent(token.logprob)}, "
        f"token {least + 1:,}.",
    ]
    if not any(one.alternatives for one in tokens):
        lines.append(
            "No alternatives are told: Jurassic-2 names them with "
            '<code>"topKReturn": 5</code>; Cohere Command\'s likelihoods have none.'
        )
    return "<br>".join(lines)


def _flow(tokens):
    listed = tokens[:_SHOWN_TOKENS]
    spans = "".join(_span(token, f"token {n:,}") for n, token in enumerate(listed, 1))
    left = len(tokens) - len(listed)
    more = f"<p>… and {left:,} more tokens: lab.tokens has them.</p>" if left else ""
    place = "Point at a token, or go to it with Tab: its alternatives appear here."
    return (
        f'{_CSS}{_legend()}<div class="bh-tokens"><div class="bh-tokens-text" '
        f'role="region" aria-label="the reply, token by token">{spans}{more}</div>'
        f'<div class="bh-tokens-place">{place}</div></div>'
    )


def _legend():
    names = [f"{100 * level.floor:.0f} % or more: {level.line}" for level in LEVELS]
    names[-1] = f"less: {LEVELS[-1].line}"
    samples = " ".join(
        f'<span class="bh-tokens-{number}">&nbsp;{name}&nbsp;</span>'
        for number, name in enumerate(names)
    )
    return f'<div class="bh-tokens-legend">A token\'s probability: {samples}</div>'


def _span(token, place):
    return (
        f'<span tabindex="0" role="group" aria-label="{shown(spoken(token))}" '
        f'data-more="{shown(_details(token, place))}" '
        f'class="bh-tokens-token bh-tokens-{level_of(token)}">{_letters(token)}</span>'
    )


def _letters(token):
    """The token's text with signs for what cannot be seen; a line break breaks."""
    text = signs(token.text[:_SHOWN_LETTERS])
    if not token.text.strip():
        text = text.replace("⏎", "⏎\n") or "∅"
    elif "\n" in token.text:
        text = "\n".join(map(signs, token.text[:_SHOWN_LETTERS].split("\n")))
    left = len(token.text) - _SHOWN_LETTERS
    return shown(text + (f"… ({left:,} more characters)" if left > 0 else ""))


def _details(token, place):
    """A token's alternatives as lines with bars of text."""
    lines = [f"{quoted(token.text)}  {percent(token.logprob)}  ({place})"]
    for text, logprob in token.alternatives[:ALTERNATIVES]:
        lines.append(_row(quoted(text, most=13), logprob, text == token.text))
    rest = 1 - math.fsum(probability(p) for _, p in token.alternatives[:ALTERNATIVES])
    if token.alternatives and rest > 0:
        lines.append(_row("all others", math.log(rest), False))
    return "\n".join(lines)


def _row(name, logprob, is_it):
    bar = "█" * round(_BAR * probability(logprob))
    mark = "→" if is_it else " "
    return f"{mark} {name:<16} {bar:<{_BAR}} {percent(logprob):>8}"
