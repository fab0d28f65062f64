"""Writing records back into a data file, which keeps its layout."""

import json
import re

_LEGEND = re.compile(r'(\n "sources": \{\n)(.*?)(\n \})', re.DOTALL)


def with_records(text, name, records):
    """
    A file's text with another list of records, one a line.

    Parameters
    ----------
    text : str
    name : str
        The list's name.
    records : list of dict

    Returns
    -------
    str

    Examples
    --------
    >>> with_records('{\\n "a": [\\n  {"b": 1}\\n ]\\n}', "a", [{"b": 2}])
    '{\\n "a": [\\n  {"b": 2}\\n ]\\n}'
    """
    head = f'\n "{name}": [\n'
    start = text.index(head) + len(head)
    end = text.index("\n ]", start)
    lines = [f"  {json.dumps(record, ensure_ascii=False)}" for record in records]
    return text[:start] + ",\n".join(lines) + text[end:]


def with_sources(text, sources):
    """
    A file's text with another legend of sources.

    Parameters
    ----------
    text : str
    sources : dict of str to str
        Short name to wording.

    Returns
    -------
    str
    """
    head, body, tail = _LEGEND.search(text).groups()
    indent = re.match(" *", body)[0]
    lines = [
        f"{indent}{json.dumps(name)}: {json.dumps(wording, ensure_ascii=False)}"
        for name, wording in sources.items()
    ]
    return _LEGEND.sub(lambda _: head + ",\n".join(lines) + tail, text)


def with_day(text, day):
    """A file's text whose own date is a day, unless it is later already."""
    was = re.search(r'\n "as_of": "([^"]+)"', text)
    later = max(was[1], day)
    return text.replace(was[0], f'\n "as_of": "{later}"', 1)
