"""The catalogue: which id to call where, and how long a model has left."""

import datetime

import hypothesis.strategies as st
import pytest
from hypothesis import given

import bedrock_helpers as bh
from bedrock_helpers import catalog

REGIONS = sorted({r for model in catalog.all_models() for r in model.regions})
MODELS = st.sampled_from(catalog.all_models())


def test_a_record_is_found_by_its_bare_id_and_by_every_profile_id():
    for model in catalog.all_models():
        assert catalog.get(model.model_id) is model
        for geography in model.profiles:
            assert catalog.get(f"{geography}.{model.model_id}") is model


def test_an_unknown_id_names_the_near_ones_and_where_all_are():
    with pytest.raises(catalog.UnknownModelError) as caught:
        catalog.get("amazon.nova-micro-v2:0")
    assert "amazon.nova-micro-v1:0" in str(caught.value)
    assert "bh.catalog.table().index" in str(caught.value)
    assert "\\n" not in str(caught.value)


@given(st.text())
def test_whatever_the_id_it_is_found_or_refused_in_words(text):
    try:
        assert catalog.get(text).model_id
    except catalog.UnknownModelError as error:
        assert repr(text) in str(error)


@given(st.text())
def test_an_id_split_and_joined_is_the_same_id(text):
    geography, bare = catalog.split_profile_id(text)
    assert text == (bare if geography is None else f"{geography}.{bare}")


@given(MODELS, st.sampled_from(REGIONS))
def test_the_id_for_a_region_can_be_called_there_or_the_words_say_where(model, region):
    try:
        found = catalog.id_for(model.model_id, region)
    except ValueError as error:
        assert region not in model.on_demand_regions
        assert model.profile_ids(region) == []
        assert f"cannot be called from {region}" in str(error)
        return
    bare_works = region in model.on_demand_regions
    assert found == model.model_id if bare_works else found in model.profile_ids(region)


@given(MODELS, st.sampled_from(REGIONS))
def test_the_region_an_error_suggests_works(model, region):
    try:
        catalog.id_for(model.model_id, region)
    except ValueError as error:
        suggested = str(error).partition("region_name='")[2].partition("'")[0]
        callable_somewhere = model.on_demand_regions or model.profiles
        assert bool(suggested) == bool(callable_somewhere)
        if suggested:
            assert catalog.id_for(model.model_id, suggested)


def test_a_model_that_is_nowhere_any_more_sends_the_reader_to_the_table():
    with pytest.raises(ValueError, match=r"nor from any other Region.*table\(\)"):
        catalog.id_for("anthropic.claude-v2")


def test_a_geographic_profile_comes_before_the_global_one():
    model = catalog.get(catalog.CLAUDE_HAIKU_4_5)
    assert model.profile_ids("us-east-1") == [
        f"us.{model.model_id}",
        f"global.{model.model_id}",
    ]


def test_a_profile_id_may_be_asked_for_too():
    found = catalog.id_for("us.amazon.nova-micro-v1:0", "us-east-1")
    assert found == "amazon.nova-micro-v1:0"


def test_all_models_come_once_each_in_the_order_of_their_ids():
    ids = [model.model_id for model in catalog.all_models()]
    assert ids == sorted(set(ids))


def test_the_table_holds_what_can_still_be_called_unless_asked_otherwise():
    assert set(catalog.table()["status"]) == {"ACTIVE", "LEGACY"}
    assert set(catalog.table(status=("EOL",))["status"]) == {"EOL"}


def test_the_table_of_a_region_holds_its_models_only():
    table = catalog.table("eu-west-1")
    wanted = {
        model.model_id
        for model in catalog.all_models()
        if "eu-west-1" in model.regions and model.status != "EOL"
    }
    assert set(table.index) == wanted


def test_the_table_of_nowhere_is_an_error_that_names_the_regions():
    with pytest.raises(ValueError, match=r"'mars-north-1' is none of: .*us-east-1"):
        catalog.table("mars-north-1")


def test_an_empty_table_keeps_its_columns():
    table = catalog.table(status=())
    assert table.empty
    assert "provider" in table.columns


def test_a_table_of_one_status_may_be_asked_for_by_its_name():
    assert set(catalog.table(status="LEGACY")["status"]) == {"LEGACY"}


def test_a_day_that_is_none_says_how_to_write_one():
    with pytest.raises(ValueError, match="an ISO day is wanted, like"):
        catalog.days_left("anthropic.claude-v2", "nonsense")


def test_days_left_count_to_the_day_of_the_end():
    end = catalog.get("anthropic.claude-v2").end_of_life_date
    day = datetime.date.fromisoformat(end)
    assert catalog.days_left("anthropic.claude-v2", day) == 0
    assert catalog.days_left("anthropic.claude-v2", day + datetime.timedelta(3)) == -3
    assert catalog.days_left("anthropic.claude-v2") < 0


def test_days_left_are_not_known_where_no_end_is_announced():
    assert catalog.days_left(catalog.NOVA_MICRO) is None


@pytest.mark.parametrize(("day", "over"), [("2025-07-20", False), ("2025-07-21", True)])
def test_a_model_has_ended_from_the_day_of_its_end_on(day, over):
    assert catalog.get("anthropic.claude-v2").ended_by(day) is over


def test_a_model_retired_on_an_unknown_day_has_ended():
    undated = [
        model
        for model in catalog.all_models()
        if model.status == "EOL" and model.end_of_life_date is None
    ]
    assert all(model.ended_by(catalog.AS_OF) for model in undated)


def test_only_anthropic_asks_for_a_form():
    asking = {m.provider for m in catalog.all_models() if m.needs_use_case_form}
    assert asking == {"Anthropic"}


def test_amazons_own_models_are_not_sold_through_the_marketplace():
    assert not catalog.get(catalog.NOVA_MICRO).on_marketplace
    assert catalog.get(catalog.CLAUDE_HAIKU_4_5).on_marketplace


def test_records_cannot_be_changed():
    with pytest.raises(AttributeError):
        bh.catalog.get(catalog.NOVA_MICRO).name = "another"
