"""Text and code as HTML for the labs: whatever a model said stays text."""

import html

#: Control characters that would act on the page or vanish, as visible signs.
_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"}
_CONTROLS |= {0x7F: 0x2421}
#: Halves of a character, which no message to the page can carry.
_CONTROLS |= dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
#: Readable on a dark page too.
_ALERT = "color:#7a0000;background:#fdecea;padding:4px 6px"
#: Isolated, so that text written from right to left turns nothing around it.
_BOX = (
    "white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;"
    "unicode-bidi:isolate;max-width:56em;max-height:18em;overflow:auto;"
    "border:1px solid #bbb;padding:6px;line-height:1.4"
)
#: JupyterLab's own keys do not act here: arrows scroll, and letters do nothing.
_OWN_KEYS = 'tabindex="0" data-lm-suppress-shortcuts="true"'
_COPY = (
    "navigator.clipboard.writeText("
    "this.parentNode.querySelector('pre').textContent);"
    "this.textContent='copied'"
)


def shown(text):
    """
    A text as HTML that shows it letter by letter and does nothing else.

    Control characters become their visible signs.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> shown("<b>Hi</b>" + chr(27) + "[31m")
    '&lt;b&gt;Hi&lt;/b&gt;␛[31m'
    """
    return html.escape(text.translate(_CONTROLS))


def text_pane(text, label):
    """
    A framed box with a text in it, and a name for screen readers.

    Examples
    --------
    >>> "&lt;i&gt;" in text_pane("<i>", "reply")
    True
    """
    return (
        f'<div role="region" aria-label="{html.escape(label)}" {_OWN_KEYS} '
        f'style="{_BOX};min-height:3em">{shown(text)}</div>'
    )


def code_pane(code, label):
    """
    A framed box with code in it, and a button that copies it.

    Examples
    --------
    >>> "<button" in code_pane("print(1)", "the call")
    True
    """
    name = html.escape(label)
    return (
        f'<div role="region" aria-label="{name}"><b>{name}</b> '
        f'<button type="button" onclick="{_COPY}">copy</button>'
        f'<pre {_OWN_KEYS} style="{_BOX};margin:2px 0">{shown(code)}</pre></div>'
    )


def error_pane(error):
    """
    What went wrong, as a lab shows it: the word, not the colour, says so.

    Examples
    --------
    >>> error_pane(ValueError("no <prompt>"))
    '<p role="alert" style="color:#7a0000;...">Error. ValueError: no &lt;prompt&gt;</p>'
    """
    said = shown(f"{type(error).__name__}: {error}")
    return f'<p role="alert" style="{_ALERT}">Error. {said}</p>'
