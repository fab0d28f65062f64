"""The sampling lab, worked from code."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedrock_helpers import sampling
from bedrock_helpers.distributions import next_tokens
from bedrock_helpers.labs.sampling_lab import DRAWS, SHOWN, SamplingLab

PROMPT = "I hear the hoof beats of a"


@pytest.fixture
def lab():
    return SamplingLab(PROMPT)


def rows(lab):
    """The texts of the chart's rows: label and words."""
    tree = ElementTree.fromstring(lab.chart.value)
    space = "{http://www.w3.org/2000/svg}"
    groups = [g for g in tree.iter(f"{space}g") if g.find(f"{space}rect") is not None]
    return [[text.text.strip() for text in g.iter(f"{space}text")] for g in groups]


@settings(max_examples=20)
@given(st.floats(0, 2), st.integers(0, 100), st.floats(0, 1))
def test_what_is_drawn_from_is_what_the_three_parameters_leave(t, k, p):
    lab = SamplingLab(PROMPT)
    lab.temperature.value, lab.top_k.value, lab.top_p.value = t, k, p
    logprobs = next_tokens(PROMPT).logprobs
    expected = sampling.distribution(logprobs, t, k, p)
    assert lab.probabilities == pytest.approx(expected)
    assert len(rows(lab)) == SHOWN + 1


def test_every_row_says_its_token_and_both_probabilities(lab):
    lab.temperature.value = 0.5
    before = next_tokens(PROMPT).probability_of(" horse")
    after = next_tokens(PROMPT).probability_of(" horse", temperature=0.5)
    assert rows(lab)[0] == [
        "' horse'",
        f"{before:.1%} → {after:.1%}".replace("%", " %"),
    ]


def test_excluded_tokens_are_marked_with_what_excludes_them(lab):
    lab.top_k.value, lab.top_p.value = 8, 0.5
    kept = np.count_nonzero(lab.probabilities)
    found = rows(lab)
    assert 0 < kept < 8
    assert not any("✕" in label for label, _ in found[:kept])
    assert all("excluded by top-p" in words for _, words in found[kept:8])
    assert all("excluded by top-k" in words for _, words in found[8:SHOWN])
    assert all("✕" in label for label, _ in found[kept:])


def test_cut_offs_are_lines_with_their_names(lab):
    assert "stroke-dasharray" not in lab.chart.value
    lab.top_k.value, lab.top_p.value = 8, 0.5
    names = re.findall(r'stroke-dasharray.*?">?([\w-]+)</text>', lab.chart.value)
    assert names == ["top-k", "top-p"]


def test_temperature_zero_leaves_the_likeliest_alone_and_says_why(lab):
    lab.temperature.value = 0
    assert "excluded by temperature" in rows(lab)[1][1]
    assert repr(lab).endswith("1 of 49,152 tokens, 0.00 bits")


def test_all_other_tokens_are_one_bar(lab):
    label, words = rows(lab)[-1]
    assert label == f"{49_152 - SHOWN:,} others"
    rest = sampling.distribution(next_tokens(PROMPT).logprobs)[SHOWN:].sum()
    assert f"{100 * rest:.1f} %" in words


def test_draws_stand_beside_what_was_to_be_expected_and_add_up(lab):
    lab.top_k.value = 3
    lab.draw_button.click()
    assert sum(lab.drawn.values()) == DRAWS
    told = [
        re.search(r"drawn (\d+), expected ([\d.]+)", words) for _, words in rows(lab)
    ]
    assert [bool(t) for t in told] == [True] * 3 + [False] * (SHOWN - 2)
    assert sum(int(t[1]) for t in told if t) == DRAWS
    assert sum(float(t[2]) for t in told if t) == pytest.approx(DRAWS, abs=0.2)


def test_draws_among_the_others_are_counted_in_their_bar(lab):
    lab.temperature.value = 2
    lab.draw()
    drawn = [int(re.search(r"drawn (\d+)", words)[1]) for _, words in rows(lab)]
    assert sum(drawn) == DRAWS
    assert drawn[-1] > DRAWS / 2


def test_draws_that_look_alike_are_counted_together():
    lab = SamplingLab("🦄 🐴 🦁 🐯 🐻 🐼")  # goes on with parts of characters
    lab.draw()
    assert sum(lab.drawn.values()) == DRAWS


def test_a_moved_slider_takes_the_old_draws_away(lab):
    lab.draw()
    assert lab.drawn
    lab.top_p.value = 0.9
    assert lab.drawn == {}
    assert "drawn" not in lab.chart.value


def test_two_times_a_hundred_draws_differ_and_a_new_lab_repeats_them():
    first, second = SamplingLab(PROMPT), SamplingLab(PROMPT)
    first.draw()
    before = first.drawn
    first.draw()
    second.draw()
    assert first.drawn != before
    assert second.drawn == before


def test_a_goal_says_how_far_it_is_and_when_it_is_reached():
    lab = SamplingLab(PROMPT, goal=(" horse", 0.5))
    assert "&#x27; horse&#x27; at 50.0 % or more. Now 10.9 %: not yet." in (
        lab.summary.value
    )
    lab.temperature.value = 0.3
    assert "reached ✓" in lab.summary.value


def test_another_prompt_changes_the_chart(lab):
    lab.show("The capital of France is")
    assert lab.prompt.value == "The capital of France is"
    assert rows(lab)[0][0] == "' Paris'"


def test_a_prompt_typed_into_the_field_is_read_too(lab):
    lab.prompt.value = "The opposite of hot is"
    assert lab.next_tokens.prompt == "The opposite of hot is"
    assert "read just now" in lab.summary.value


def test_a_prompt_that_cannot_be_read_is_told_and_the_chart_stays(lab):
    before = lab.chart.value
    lab.prompt.value = ""
    assert "nothing to go on with" in lab.message.value
    assert lab.chart.value == before
    lab.show(PROMPT)
    assert lab.message.value == ""


def test_what_a_prompt_s_error_says_stays_while_sliders_move(lab):
    lab.show("")
    lab.temperature.value = 0.5
    assert "nothing to go on with" in lab.message.value


def test_a_goal_that_is_no_token_is_told_at_once():
    with pytest.raises(ValueError, match="' hippopotamus' is not one token"):
        SamplingLab(PROMPT, goal=(" hippopotamus", 0.5))


def test_at_temperature_zero_it_is_the_temperature_that_excludes_the_others(lab):
    lab.temperature.value, lab.top_k.value = 0, 3
    assert "excluded by temperature" in rows(lab)[-1][1]


def test_a_hundred_moves_leave_the_last_state_shown(lab):
    for step in range(100):
        lab.temperature.value = step / 50
    last = lab.chart.value
    lab.temperature.value = 0
    lab.temperature.value = 99 / 50
    assert lab.chart.value == last


def test_hostile_prompts_and_tokens_are_shown_as_text():
    lab = SamplingLab("<script>alert(1)</script><img src=x onerror=alert(1)>")
    ElementTree.fromstring(lab.chart.value)
    shown = lab.chart.value + lab.summary.value + lab.message.value
    assert "<script" not in shown
    assert "<img" not in shown


def test_its_figure_is_the_chart_as_a_picture(lab):
    picture, chart = map(ElementTree.fromstring, (lab.figure().data, lab.chart.value))
    assert ElementTree.tostring(picture) == ElementTree.tostring(chart)


def test_every_control_has_a_name(lab):
    controls = [lab.prompt, *lab.sliders, lab.draw_button]
    assert all(control.description for control in controls)
    assert 'role="img" width' in lab.chart.value
    assert f'aria-label="{lab!r}"' in lab.chart.value


def test_pointing_at_a_slider_s_name_tells_something(lab):
    assert all(slider.tooltip for slider in lab.sliders)


def test_all_fields_begin_at_the_same_place(lab):
    widths = {w.style.description_width for w in (lab.prompt, *lab.sliders)}
    assert len(widths) == 1
