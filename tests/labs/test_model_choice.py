"""The menu of models."""

import pytest
from traitlets import TraitError

from bedrock_helpers import catalog
from bedrock_helpers.labs.model_choice import ModelChoice

MICRO, HAIKU = catalog.NOVA_MICRO, catalog.CLAUDE_HAIKU_4_5


@pytest.fixture(scope="module")
def menu():
    return ModelChoice(MICRO)


def test_it_offers_every_chat_model_of_the_catalogue(menu):
    bare = [catalog.split_profile_id(offer)[1] for _, offer in menu.options]
    chat = [model.model_id for model in catalog.all_models() if model.chat]
    assert sorted(bare) == sorted(chat)


def test_labels_are_unique(menu):
    labels = [label for label, _ in menu.options]
    assert len(set(labels)) == len(labels)


def test_active_models_come_first_and_retired_ones_last(menu):
    ended = [
        catalog.get(offer).ended_by(catalog.AS_OF) for label, offer in menu.options
    ]
    assert ended == sorted(ended)
    assert (
        "(retired 2025-07-21)"
        in dict(map(reversed, menu.options))["anthropic.claude-v2"]
    )
    lessons = [catalog.id_for(model) for model in catalog.LESSON_MODELS]
    assert {offer for _, offer in menu.options[:4]} == set(lessons)


def test_ids_are_those_to_call_from_us_east_1(menu):
    for label, offer in menu.options:
        if not label.endswith(")") or label.endswith("(legacy)"):
            assert offer == catalog.id_for(catalog.get(offer).model_id)


def test_a_bare_id_becomes_that_of_the_profile_it_needs():
    menu = ModelChoice(HAIKU)
    assert menu.value == f"us.{HAIKU}"
    menu.value = MICRO
    menu.value = HAIKU
    assert menu.value == f"us.{HAIKU}"


def test_another_profile_can_be_asked_for():
    assert ModelChoice(f"global.{HAIKU}").value == f"global.{HAIKU}"


def test_it_can_offer_a_few_only():
    menu = ModelChoice(MICRO, [HAIKU, MICRO])
    assert [offer for _, offer in menu.options] == [f"us.{HAIKU}", MICRO]
    with pytest.raises(TraitError, match="'amazon.nova-lite-v1:0' is not in this menu"):
        menu.value = catalog.NOVA_LITE
    assert menu.value == MICRO


def test_an_unknown_id_names_near_ones(menu):
    with pytest.raises(catalog.UnknownModelError, match="Near it: amazon.nova"):
        menu.value = "amazon.nova-mikro-v1:0"
    assert menu.value == MICRO


def test_some_model_is_always_chosen(menu):
    menu.value = None
    assert (menu.value, menu.label.split(":")[0]) == (MICRO, "Nova Micro")


def test_what_is_no_chat_model_is_told_at_once():
    with pytest.raises(ValueError, match="Converse does not take this model"):
        ModelChoice(MICRO, ["amazon.titan-embed-text-v2:0"])


def test_pointing_at_its_name_tells_what_it_is(menu):
    assert menu.tooltip == "the id to call"
