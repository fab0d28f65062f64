"""HTML read as a browser reads it: its elements, their attributes, their text."""

from html.parser import HTMLParser

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</div></span></td></style><b>out</b>",
    '" onmouseover="alert(1)" \' &quot; &amp;amp;',
    "\x1b[31mred\x1b[0m",
    "\x00\x07\x08\x7f",
    "\u202eright to left\u202c",
    "]]>-->{{ x }} $a$ `code` | *b*",
    "x" * 100_000,
)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.elements, self.text, self._style = [], "", False

    def handle_starttag(self, tag, attrs):
        self._style = tag == "style"
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        self._style = False

    def handle_data(self, data):
        if not self._style:
            self.text += data


def read_html(value):
    """All elements of some HTML as (tag, attributes), and its text but styles."""
    reader = _Reader()
    reader.feed(value)
    reader.close()
    return reader.elements, reader.text


def tags(value):
    """The kinds of elements there are."""
    return {tag for tag, _ in read_html(value)[0]}


def text_of(value):
    """The text there is to read."""
    return read_html(value)[1]
