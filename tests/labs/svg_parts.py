"""A chart as SVG read apart: its words, lines and rings."""

from xml.etree import ElementTree

SPACE = "{http://www.w3.org/2000/svg}"


def parts(svg, tag):
    """The elements of one kind, in their order."""
    return list(ElementTree.fromstring(svg).iter(f"{SPACE}{tag}"))


def tags(svg):
    """The kinds of elements there are."""
    found = ElementTree.fromstring(svg).iter()
    return {element.tag.removeprefix(SPACE) for element in found}


def words(svg):
    """The text of every ``text`` element."""
    return [text.text for text in parts(svg, "text")]


def places(polyline):
    """The corners of a polyline."""
    corners = polyline.get("points").split()
    return [tuple(map(float, corner.split(","))) for corner in corners]
