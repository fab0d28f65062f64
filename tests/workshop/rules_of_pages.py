"""Rules for every page of the host's guide: each gives what breaks it, in words."""

from tests.workshop.guide import (
    GUIDE,
    REPOSITORY,
    explicit_ids,
    github_anchor,
    headings,
    lab_anchor,
    links,
)


def links_lead_somewhere(text, page):
    """Every link within the course: its file is there, and so is its heading."""
    problems = [_link_problem(words, target, page) for words, target in links(text)]
    return [problem for problem in problems if problem]


def _link_problem(words, target, page):
    if target.startswith(("http://", "https://")):
        return None
    name, _, anchor = target.partition("#")
    path = (page.parent / name).resolve() if name else page
    if REPOSITORY not in path.parents:
        return f"{target}: outside of the course"
    if not path.exists():
        return f"{target}: no such file"
    return _anchor_problem(words, target, path, anchor) if anchor else None


def _anchor_problem(words, target, path, anchor):
    if path.suffix == ".md":
        named = {github_anchor(heading) for heading in headings(path)}
        if anchor not in named:
            return f"{target}: no such heading"
        marked = path != GUIDE / "README.md" or anchor in explicit_ids(path)
        return None if marked else f'{target}: the heading has no <a id="{anchor}">'
    found = [one for one in headings(path) if lab_anchor(one) == anchor]
    if not found:
        return f"{target}: no such heading"
    if _plain(words) not in _plain(found[0]):
        return f"{target}: the heading is {found[0]!r}, not {words!r}"
    return None


def _plain(words):
    return " ".join(words.replace("`", "").lower().split())


def lines_are_not_endless(text):
    """A line of prose fits a screen; tables may be wider."""
    return [
        f"{len(line)} characters: {line[:40]}…"
        for line in text.splitlines()
        if len(line) > 180 and not line.startswith("|")
    ]


def names_no_machine(text):
    """No path of somebody's computer, and no address of a package index."""
    marks = ("/home/", "/Users/", "/root/", "/work/", "pypi.org", "pythonhosted")
    return [mark for mark in marks if mark in text]
