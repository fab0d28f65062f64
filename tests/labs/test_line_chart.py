"""Charts of lines, read as SVG."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from bedrock_helpers.labs.chart_axis import Axis, axis_for
from bedrock_helpers.labs.line_chart import Line, Mark, line_chart
from tests.labs.html_parts import HOSTILE
from tests.labs.svg_parts import parts, places, tags, words

X, Y = Axis("calls", 0, 10), Axis("USD", 0, 100)
RISING = Line("rising", ((0, 0), (10, 100)))
FALLING = Line("falling", ((0, 100), (10, 0)), look=1)
ENDS = st.lists(st.floats(0, 100), min_size=1, max_size=12)


def chart(*lines, **more):
    return line_chart(lines, X, Y, title="A chart", **more)


def test_a_line_goes_where_its_axes_say():
    # The plot is from 92 to 570 across and from 46 (100) to 346 (0) down.
    line = parts(chart(RISING), "polyline")[0]
    assert places(line) == [(92, 346), (570, 46)]


def test_a_logarithmic_line_goes_through_equal_factors_in_equal_steps():
    axis = Axis("requests", 10, 1000, is_log=True)
    line = Line("A", ((10, 1), (100, 10), (1000, 100)))
    svg = line_chart([line], axis, axis_for("USD", [1, 100], is_log=True), title="t")
    xs, ys = zip(*places(parts(svg, "polyline")[0]), strict=True)
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1])
    assert ys[1] - ys[0] == pytest.approx(ys[2] - ys[1])


def test_lines_differ_in_dashes_as_well_as_in_colour():
    looks = [Line(str(n), RISING.points, look=n) for n in range(30)]
    drawn = parts(chart(*looks), "polyline")[::2]
    told = [(line.get("stroke"), line.get("stroke-dasharray")) for line in drawn]
    assert len(set(told)) == 30
    assert len({dash for _, dash in told[:6]}) == 6


def test_every_line_has_its_name_at_its_end_in_its_colour():
    svg = chart(RISING, FALLING)
    names = {t.text: t for t in parts(svg, "text") if t.text in ("rising", "falling")}
    assert float(names["rising"].get("y")) < float(names["falling"].get("y"))
    assert names["rising"].get("fill") != names["falling"].get("fill")


@given(ENDS)
def test_names_never_lie_over_each_other_nor_outside(ends):
    lines = [Line(f"line {n}", ((0, 50), (10, end))) for n, end in enumerate(ends)]
    texts = parts(chart(*lines), "text")
    heights = {t.text: float(t.get("y")) for t in texts if t.text.startswith("line ")}
    inorder = sorted(heights.values())
    assert len(heights) == len(ends)
    gaps = [b - a for a, b in zip(inorder, inorder[1:], strict=False)]
    assert min(gaps, default=15) >= 14.9
    assert 40 < inorder[0] and inorder[-1] < 355


@given(ENDS)
def test_names_stand_in_the_order_of_the_ends(ends):
    lines = [Line(f"line {n}", ((0, 50), (10, end))) for n, end in enumerate(ends)]
    texts = parts(chart(*lines), "text")
    heights = {t.text: float(t.get("y")) for t in texts if t.text.startswith("line ")}
    for n, end in enumerate(ends):
        for m, other in enumerate(ends):
            if end > other + 1e-6:
                assert heights[f"line {n}"] < heights[f"line {m}"]


def test_a_mark_is_a_ring_with_a_number_and_its_words_below():
    svg = chart(RISING, FALLING, marks=[Mark(5, 50, "They cross at 5 calls.")])
    [ring] = parts(svg, "circle")
    assert (float(ring.get("cx")), float(ring.get("cy"))) == (331, 196)
    assert "(1) They cross at 5 calls." in words(svg)
    assert parts(svg, "desc")[0].text == "(1) They cross at 5 calls."


def test_the_place_here_has_a_line_and_words_within_the_chart():
    for value, anchor in ((0, None), (3, None), (9.9, "end"), (10, "end")):
        svg = chart(RISING, here=(value, "here it is"))
        text = next(t for t in parts(svg, "text") if t.text == "here it is")
        assert text.get("text-anchor") == anchor
        dashed = [line for line in parts(svg, "line") if line.get("stroke-dasharray")]
        xs = [float(line.get("x1")) for line in dashed]
        assert xs == pytest.approx([92 + 47.8 * value], abs=0.1)


def test_ticks_are_round_numbers_with_commas():
    axis = axis_for("requests a day", [10, 1_000_000], is_log=True)
    said = words(line_chart([Line("A", ((10, 1),))], axis, Y, title="t"))
    assert {"10", "1,000", "1,000,000", "requests a day", "USD"} <= set(said)
    small = axis_for("USD", [0.00001, 0.0004], is_log=True)
    said = words(line_chart([Line("A", ((1, 0.0001),))], X, small, title="t"))
    assert {"0.00001", "0.0001", "0.001"} <= set(said)


def test_long_notes_are_broken_where_words_end_and_make_the_chart_taller():
    note = "word " * 60
    short, long = chart(RISING), chart(RISING, notes=[note.strip()])
    rows = [text for text in words(long) if "word" in text]
    assert len(rows) == 3 and max(map(len, rows)) <= 105
    assert " ".join(row.strip() for row in rows) == note.strip()
    heights = [int(parts(svg, "svg")[0].get("height")) for svg in (short, long)]
    assert heights[1] - heights[0] == 3 * 18 + 6


def test_a_percentage_stays_in_one_line():
    rows = words(chart(RISING, notes=["x" * 102 + " 58 % of it"]))
    assert rows[-1].strip() == "58\u00a0% of it"


def test_long_names_end_with_an_ellipsis():
    assert "a" * 25 + "…" in words(chart(Line("a" * 60, RISING.points)))


@given(st.text(), st.text(), st.text())
def test_any_words_give_well_formed_svg(label, mark, note):
    svg = chart(
        Line(label, RISING.points),
        marks=[Mark(1, 1, mark)],
        here=(2, label),
        notes=[note],
    )
    assert parts(svg, "polyline")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_stay_words(text):
    svg = line_chart([Line(text, RISING.points)], X, Y, title=text, notes=[text])
    allowed = {"svg", "title", "desc", "rect", "g", "line", "polyline", "text"}
    assert tags(svg) == allowed


def test_the_same_input_gives_the_same_text():
    assert chart(RISING, marks=[Mark(1, 1, "a")]) == chart(
        RISING, marks=[Mark(1, 1, "a")]
    )


def test_screen_readers_are_told_title_and_notes():
    svg = chart(RISING, notes=["One note.", "Another."])
    [root] = parts(svg, "svg")
    assert (root.get("role"), root.get("aria-label")) == ("img", "A chart")
    assert parts(svg, "title")[0].text == "A chart"
    assert parts(svg, "desc")[0].text == "One note. Another."
