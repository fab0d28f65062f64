"""The lab of the threshold, worked from code."""

from decimal import Decimal

import pytest

from bedrock_helpers import catalog, pricing
from bedrock_helpers.labs.threshold_lab import ThresholdLab
from tests.labs.html_parts import tags, text_of
from tests.labs.svg_parts import parts, words


@pytest.fixture
def lab():
    return ThresholdLab()


def sliders(lab):
    shares = (lab.dear_accuracy, lab.cheap_accuracy)
    others = (lab.examples, lab.example_tokens, lab.hours_per_example)
    return [*shares, *others, lab.usd_per_hour, lab.calls.slider]


def test_it_begins_with_the_overview_s_case_at_launch_day_s_prices(lab):
    # v2: 0.008778 / 0.9 = 0.00975. Instant: an example costs 0.0002445 in tokens and
    # 0.25 × 60 / 100,000 = 0.00015 in work; 20 of them: (0.001366 + 0.00789) / 0.8.
    assert repr(lab) == (
        "ThresholdLab: equal at 16.3 examples; at 20 Claude v2 0.00975, Claude Instant "
        "(v1.2) 0.0116 USD a right answer"
    )
    assert "Prices of 2023-09-28" in text_of(lab.verdict.value)


def test_every_slider_changes_chart_verdict_and_code(lab):
    for slider in sliders(lab):
        before = lab.chart.value, lab.verdict.value, lab.call.value
        slider.value = slider.value - slider.step
        after = lab.chart.value, lab.verdict.value, lab.call.value
        assert all(a != b for a, b in zip(after, before, strict=True)), slider


def test_it_works_from_code(lab):
    lab.cheap_accuracy.value, lab.hours_per_example.value = 0.75, 0
    assert round(lab.contest.threshold, 2) == Decimal("24.33")
    assert "From 25 examples on Claude v2 costs less" in text_of(lab.verdict.value)


def test_what_it_says_is_what_its_code_computes(lab, capsys):
    lab.calls.value, lab.example_tokens.value = 12_345, 77
    exec(lab.code, {})
    assert capsys.readouterr().out.splitlines()[-1] == str(lab.contest.threshold)
    assert lab.code in text_of(lab.call.value)


def test_other_models_of_today_can_be_compared():
    lab = ThresholdLab(catalog.CLAUDE_HAIKU_4_5, catalog.NOVA_MICRO, on=None)
    assert "Claude Haiku 4.5" in repr(lab) and "Nova Micro" in repr(lab)
    assert "Prices of 2026-11-22" in text_of(lab.verdict.value)
    assert 'cheap = price_of("amazon.nova-micro-v1:0")' in lab.code


def test_what_is_not_a_slider_is_an_argument():
    lab = ThresholdLab(
        base_tokens=900, output_tokens=40, dear_examples=3, checking_usd=0.01
    )
    task = lab.contest.task
    assert (task.base_tokens, task.output_tokens, task.checking_usd) == (900, 40, 0.01)
    assert lab.contest.dear.examples == 3
    assert lab.contest.threshold > ThresholdLab().contest.threshold


def test_a_model_without_a_price_is_told_at_once():
    with pytest.raises(pricing.UnknownPriceError, match="nobody.knows-me"):
        ThresholdLab("nobody.knows-me")


def test_its_figure_names_verdict_assumptions_and_sources(lab):
    told = " ".join(" ".join(words(lab.figure().data)).split())
    assert "From 17 examples on Claude v2 costs less per right answer." in told
    assert "Assumed: right answers 90 % with 0 examples (Claude v2)" in told
    assert "0.25 hours an example at 60 USD an hour, over 100,000 calls." in told
    assert "Prices of 2023-09-28" in told
    assert lab.figure().data == lab.figure().data


def test_a_screen_reader_hears_the_numbers_and_the_verdict(lab):
    [root] = parts(lab.chart.value, "svg")
    assert root.get("aria-label") == repr(lab)
    assert 'role="status"' in lab.verdict.value


def test_all_controls_have_names_and_tooltips(lab):
    assert all(slider.description and slider.tooltip for slider in sliders(lab))


def test_what_goes_wrong_while_working_out_is_told_in_the_lab(lab, monkeypatch):
    monkeypatch.setattr(ThresholdLab, "code", property(lambda lab: 1 / 0))
    lab.examples.value = 3
    assert tags(lab.message.value) == {"p"}
    assert "ZeroDivisionError" in lab.message.value
