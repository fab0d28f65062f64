"""Bars of tokens as SVG."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.labs.token_bars import Bar, drawing
from bedrock_helpers.token_reading import percent_of

shares = st.floats(0, 1)


@given(st.lists(st.tuples(st.text(), shares, shares), min_size=1, max_size=5))
def test_any_label_written_with_repr_gives_well_formed_svg(rows):
    bars = [Bar(repr(label), before, after) for label, before, after in rows]
    ElementTree.fromstring(drawing(bars, [(1, "top-k")], "A <title>"))


@given(shares)
def test_a_probability_above_zero_is_never_shown_as_zero(share):
    assert (percent_of(share) == "0 %") == (share == 0)


def test_a_bar_longer_than_the_scale_is_cut_and_says_so():
    bars = [Bar("a", 0.1, 0.05), Bar("others", 0.9, 0.95)]
    chart = drawing(bars, [], "t")
    assert 'width="300.0"' in chart
    assert "» 90.0 % → 95.0 %" in chart


def test_charts_with_different_titles_do_not_share_a_pattern():
    one, other = (drawing([Bar("a", 1, 0, "top-k")], [], title) for title in "ab")
    assert one.split('id="')[1].split('"')[0] != other.split('id="')[1].split('"')[0]
