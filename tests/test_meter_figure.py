"""A meter's picture says nothing that its words do not."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest

import bedrock_helpers as bh
from bedrock_helpers.meter_figure import MeterFigure
from bedrock_helpers.meter_rows import MeterRow
from tests.loopback_aws import SAID_HI, answer_unsent
from tests.metered import HI, MODEL, runtime


def row(model_id="a.b", tier="default", usd="0.002", most=None, unpriced=0):
    found = MeterRow(model_id, tier, "token", calls=3)
    found.pay(Decimal(usd))
    if most:
        found.set_aside(Decimal(most))
    for _ in range(unpriced):
        found.pay(None)
    found.count(
        {"inputTokens": 1000, "cacheReadInputTokens": 5, "outputTokens": 2}, "x"
    )
    return found


def shown(*rows, **more):
    return MeterFigure(rows, "Meter: 3 calls", **more)._repr_mimebundle_()


def widths(svg):
    rects = ElementTree.fromstring(svg).findall(".//{*}rect")[1:]
    return [float(rect.get("width")) for rect in rects]


def test_bars_are_as_long_as_dollars_and_hollow_where_they_are_a_bound():
    told, most, other, none = widths(
        shown(row(most="0.002"), row("c.d", usd="0.001"))["image/svg+xml"]
    )
    assert told == most == 2 * other == 110
    assert none == 0


def test_every_form_names_the_model_and_its_dollars():
    for form in shown(row(usd="0.00012")).values():
        assert "a.b" in form
        assert "0.00012" in form


def test_what_has_no_known_price_is_no_0():
    unknown = row(usd="0", unpriced=2)
    assert "price unknown" in repr(MeterFigure((unknown,), "M"))
    assert "| unknown |" in shown(unknown)["text/markdown"]
    assert "2 unpriced" in repr(MeterFigure((row(unpriced=2),), "M"))


def test_a_tier_of_its_own_is_named():
    assert "a.b (priority): USD" in shown(row(tier="priority"))["text/plain"]


@pytest.mark.parametrize("odd", ["<b>&", 'x"y', "a|b", "x" * 200])
def test_whatever_an_id_holds_stays_text(odd):
    forms = shown(row(odd), note="Offline")
    root = ElementTree.fromstring(forms["image/svg+xml"])
    assert [label for label in root.itertext() if label.endswith(odd[-20:])]
    assert "<b>" not in forms["text/html"]
    assert forms["text/markdown"].count("\n") == 6


def test_input_tokens_are_those_of_the_cache_too():
    assert "1,005" in shown(row())["text/markdown"]


def test_nothing_counted_is_a_picture_too():
    forms = shown()
    assert widths(forms["image/svg+xml"]) == []
    assert forms["text/plain"] == "Meter: 3 calls"


def test_a_session_shows_its_own(session):
    answer_unsent(session, lambda request: SAID_HI)
    runtime(session).converse(**HI)
    told = repr(session.meter.figure()).splitlines()
    assert told == [repr(session.meter), f"{MODEL}: USD 0.00000063"]


def test_offline_it_says_whose_tokens_these_are():
    forms = bh.connect("offline").meter.figure()._repr_mimebundle_()
    for name in ("image/svg+xml", "text/markdown", "text/plain"):
        assert "SmolLM2 counts them" in forms[name]
