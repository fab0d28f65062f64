"""The lab of costs, worked from code."""

from decimal import Decimal

import pytest
from IPython.display import SVG, Markdown
from traitlets import TraitError

from bedrock_helpers import catalog, pricing
from bedrock_helpers.labs.cost_lab import MOST_MODELS, CostLab
from bedrock_helpers.workload import monthly_usd
from tests.labs.html_parts import read_html, tags, text_of
from tests.labs.svg_parts import parts, words

NOVA, GPT = catalog.NOVA_MICRO, catalog.GPT_OSS_20B
HAIKU = f"us.{catalog.CLAUDE_HAIKU_4_5}"
INSTANT, DAY = "anthropic.claude-instant-v1", "2023-09-28"


@pytest.fixture
def lab():
    return CostLab([NOVA, HAIKU])


def sliders(lab):
    shares = (lab.cached_share, lab.batch_share, lab.cache_writes_per_day)
    counts = (lab.requests_per_day, lab.input_tokens, lab.output_tokens)
    return [*(count.slider for count in counts), *shares]


def test_it_begins_with_the_lessons_models_and_says_the_numbers():
    assert repr(CostLab()) == (
        "CostLab: Nova Micro 9.45, Nova Lite 16.20, gpt-oss-20b 19.50, Claude Haiku "
        "4.5 (us) 330.00, in USD a month; 5,000 requests a day, 1,000 + 200 tokens"
    )


def test_launch_day_has_models_and_prices_of_its_own():
    lab = CostLab(on=DAY)
    assert set(lab.models.value) <= set(pricing.known_ids(on=DAY))
    # Claude v2: 150,000 × (1,000 × 11.02 + 200 × 32.68) / 1,000,000 = 2,633.40.
    assert "Claude v2 2,633.40" in repr(lab)
    assert "2023-09-28" in text_of(lab.table.value)


def test_every_slider_changes_chart_table_and_code(lab):
    lab.cached_share.value = 0.5
    for slider in sliders(lab):
        before = lab.chart.value, lab.table.value, lab.call.value
        slider.value = slider.value + slider.step
        after = lab.chart.value, lab.table.value, lab.call.value
        assert all(a != b for a, b in zip(after, before, strict=True)), slider


def test_what_it_says_is_what_its_code_computes(lab, capsys):
    lab.requests_per_day.value, lab.input_tokens.value = 1234, 5678
    lab.output_tokens.value, lab.batch_share.value = 90, 0.25
    exec(lab.code, {})
    printed = dict(line.split() for line in capsys.readouterr().out.splitlines())
    assert printed == {row.model_id: str(row.month_usd) for row in lab.rows}
    assert lab.rows[0].month_usd == monthly_usd(lab.workload, NOVA)
    assert lab.code in text_of(lab.call.value)


def test_a_number_from_code_is_exact_and_one_out_of_range_is_refused(lab):
    lab.requests_per_day.value = 4321
    assert lab.workload.requests_per_day == 4321
    with pytest.raises(TraitError, match="requests a day=0"):
        lab.requests_per_day.value = 0
    assert "4,321 requests a day" in repr(lab)


def test_models_can_be_chosen_from_all_that_are_priced_by_the_token(lab):
    offered = {model_id for _, model_id in lab.models.options}
    assert GPT in offered
    assert offered <= set(pricing.known_ids())
    assert not any("embed" in model_id for model_id in offered)
    lab.models.value = (GPT,)
    assert repr(lab).startswith("CostLab: gpt-oss-20b 19.50, in USD")
    assert len(read_html(lab.table.value)[0]) < 40


def test_a_share_without_a_price_is_said_in_the_model_s_row_and_the_others_go_on():
    lab = CostLab([GPT, HAIKU])
    lab.cached_share.value = 0.5
    assert "gpt-oss-20b" + "no cache price known" in text_of(lab.table.value)
    assert "gpt-oss-20b no cache price known, Claude Haiku" in repr(lab)
    assert lab.message.value == '<div role="status" style="line-height:1.5"></div>'
    assert len(parts(lab.chart.value, "polyline")) == 2


def test_where_no_price_is_known_there_are_words_and_no_chart():
    lab = CostLab(["anthropic.claude-v2"], on=DAY)
    lab.batch_share.value = 0.5
    assert lab.chart.value == "" and lab.summary.value == ""
    assert "No line to draw" in lab.message.value
    assert isinstance(lab.figure(), Markdown)
    lab.batch_share.value = 0
    assert "No line" not in lab.message.value and "<svg" in lab.chart.value


def test_without_a_model_it_asks_for_one(lab):
    lab.models.value = ()
    assert "Choose a model" in lab.message.value
    assert repr(lab).startswith("CostLab: no model chosen; 5,000 requests")
    assert lab.chart.value == ""


def test_of_many_models_the_first_are_shown_and_it_says_so(lab):
    lab.models.value = tuple(model_id for _, model_id in lab.models.options[:10])
    assert len(lab.rows) == MOST_MODELS
    assert "Shown are 8 models; 2 more are chosen." in lab.message.value


def test_a_model_without_a_price_is_told_at_once():
    with pytest.raises(pricing.UnknownPriceError, match="nobody.knows-me"):
        CostLab(["nobody.knows-me"])
    with pytest.raises(ValueError, match="on='2024-01-01'"):
        CostLab(on="2024-01-01")


def is_shown(control):
    return control.layout.display != "none"


def test_provisioned_throughput_is_offered_where_its_price_is_known():
    lab = CostLab([HAIKU])
    assert not is_shown(lab.provisioned) and not is_shown(lab.months)
    assert is_shown(lab.requests_per_day)
    lab.models.value = (HAIKU, NOVA)
    assert is_shown(lab.provisioned) and not is_shown(lab.months)
    lab.provisioned.value = True
    assert is_shown(lab.months) and is_shown(lab.unit_tokens_per_minute)
    assert "units of Nova Micro" in words(lab.chart.value)
    lab.models.value = (HAIKU,)
    assert not any(map(is_shown, (lab.provisioned, lab.months)))
    assert "units" not in " ".join(words(lab.chart.value))


def test_a_model_unit_s_term_and_size_change_where_it_pays():
    lab = CostLab([INSTANT], on=DAY)
    lab.provisioned.value, lab.unit_tokens_per_minute.value = True, 500_000
    assert "pays from 347,877 requests" in " ".join(words(lab.chart.value))
    assert "Model units: prices in us-east-1 of 2026-11-22" in lab.table.value
    lab.months.value = 6
    assert "15,840.00" in " ".join(words(lab.chart.value))
    lab.months.value = 0
    assert "No price of a model unit is known for this term." in lab.message.value
    assert "units of" not in " ".join(words(lab.chart.value))


def test_the_cheapest_is_named_with_its_reckoning(lab):
    told = text_of(lab.summary.value)
    assert "Cheapest: Nova Micro, USD 9.45 a month." in told
    assert "30 days × 5,000 on demand × (1,000 input × 0.035" in told


def test_every_price_has_its_day_and_source(lab):
    told = text_of(lab.table.value)
    assert "Prices of 2026-11-22, from the AWS price list" in told


def test_its_figure_says_all_the_table_says(lab):
    picture = lab.figure()
    assert isinstance(picture, SVG)
    told = words(picture.data)
    assert "Nova Micro: USD 9.45 a month, USD 0.063 per 1,000 requests" in told
    assert "Claude Haiku 4.5 (us): USD 330.00 a month, USD 2.20 per 1,000 requests" in (
        told
    )
    assert any("Prices of 2026-11-22" in line for line in told)
    assert lab.figure().data == picture.data


def test_a_screen_reader_hears_the_numbers(lab):
    [root] = parts(lab.chart.value, "svg")
    assert root.get("aria-label") == repr(lab)
    assert 'role="status"' in lab.summary.value


def test_all_controls_have_names_and_tooltips(lab):
    controls = [*sliders(lab), lab.models, lab.months, lab.provisioned]
    assert all(control.description and control.tooltip for control in controls)


def test_a_hundred_moves_leave_the_last_state(lab):
    for step in range(100):
        lab.requests_per_day.value = 1000 + step
    last = lab.chart.value
    lab.requests_per_day.value = 10
    lab.requests_per_day.value = 1099
    assert lab.chart.value == last


def test_what_goes_wrong_while_working_out_is_told_in_the_lab(lab, monkeypatch):
    before = lab.chart.value
    monkeypatch.setattr(CostLab, "code", property(lambda lab: 1 / 0))
    lab.requests_per_day.value = 77
    assert tags(lab.message.value) == {"p"}
    assert "ZeroDivisionError" in lab.message.value
    assert lab.chart.value != before


def test_costs_are_exact_decimals(lab):
    assert all(isinstance(row.month_usd, Decimal) for row in lab.rows)
