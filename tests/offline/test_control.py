"""Models and inference profiles, compared with the catalogue's own records."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bedrock_helpers as bh
from bedrock_helpers import catalog
from tests.offline.desk import HAIKU, MICRO, Desk

REGIONS = ["us-east-1", "eu-west-1", "ap-northeast-1"]
HERE = "us-east-1"
PROFILE_TYPES = ("APPLICATION", "SYSTEM_DEFINED")
SHARED = Desk(bh.connect("offline"))  # @given takes no fixture that a test changes


def expected(keep):
    """Ids of the catalogue's models that can be listed here."""
    return {
        m.model_id
        for m in catalog.all_models()
        if HERE in m.regions and not m.launch_day and not m.ended_by(catalog.AS_OF)
        if keep(m)
    }


def listed(desk, **filters):
    summaries = desk.call("ListFoundationModels", **filters)["modelSummaries"]
    ids = [summary["modelId"] for summary in summaries]
    assert len(ids) == len(set(ids))
    return set(ids)


@pytest.fixture(scope="module")
def abroad():
    """Desks in several Regions."""
    return {r: Desk(bh.connect("offline", region_name=r)) for r in REGIONS}


# ListFoundationModels


def test_without_a_filter_every_model_of_the_region_is_listed(ready):
    assert listed(ready) == expected(lambda model: True)


@pytest.mark.parametrize("region", REGIONS)
def test_each_region_has_its_own_models(region, abroad):
    found = listed(abroad[region])
    assert found
    assert all(region in catalog.get(model_id).regions for model_id in found)


def test_a_client_of_another_region_lists_that_region(ready, abroad):
    client = ready.session.client("bedrock", region_name="eu-west-1")
    summaries = client.list_foundation_models()["modelSummaries"]
    assert {s["modelId"] for s in summaries} == listed(abroad["eu-west-1"])
    assert all(":eu-west-1:" in s["modelArn"] for s in summaries)


@pytest.mark.parametrize("provider", ["Amazon", "anthropic", "OPENAI", "nobody"])
def test_the_provider_filter_ignores_case(provider, ready):
    same = expected(lambda model: model.provider.lower() == provider.lower())
    assert listed(ready, byProvider=provider) == same
    assert bool(same) == (provider != "nobody")


@pytest.mark.parametrize("modality", ["TEXT", "IMAGE", "EMBEDDING"])
def test_the_output_filter_looks_at_output_modalities(modality, ready):
    same = expected(lambda model: modality in model.output_modalities)
    assert listed(ready, byOutputModality=modality) == same


@pytest.mark.parametrize("kind", ["FINE_TUNING", "CONTINUED_PRE_TRAINING"])
def test_the_customization_filter_looks_at_customizations(kind, ready):
    same = expected(lambda model: kind in model.customizations)
    assert listed(ready, byCustomizationType=kind) == same


@pytest.mark.parametrize(
    ("kind", "has"),
    [
        ("ON_DEMAND", lambda model: HERE in model.on_demand_regions),
        ("PROVISIONED", lambda model: model.provisioned),
    ],
)
def test_the_inference_filter_looks_at_what_the_region_offers(kind, has, ready):
    assert listed(ready, byInferenceType=kind) == expected(has)


def test_filters_narrow_each_other(ready):
    both = {"byProvider": "Amazon", "byOutputModality": "TEXT"}
    apart = [listed(ready, **{name: value}) for name, value in both.items()]
    assert listed(ready, **both) == apart[0] & apart[1]


@pytest.mark.parametrize(
    "filters",
    [
        {"byOutputModality": "SMELL"},
        {"byInferenceType": "FREE"},
        {"byCustomizationType": "MAGIC"},
        {"byProvider": "a, b"},
    ],
)
def test_a_filter_value_that_does_not_exist_is_refused(filters, ready):
    error = ready.refused("ListFoundationModels", **filters)
    assert error.response["Error"]["Code"] == "ValidationException"


def test_a_summary_says_what_the_catalogue_says(ready):
    summaries = ready.call("ListFoundationModels")["modelSummaries"]
    summary = next(s for s in summaries if s["modelId"] == MICRO)
    record = catalog.get(MICRO)
    assert summary["modelName"] == record.name
    assert summary["responseStreamingSupported"] is record.streaming
    assert tuple(summary["inputModalities"]) == record.input_modalities
    assert summary["modelLifecycle"]["status"] == record.status
    started = summary["modelLifecycle"]["startOfLifeTime"]
    assert started.date().isoformat() == record.release_date


# GetFoundationModel


def test_a_model_is_found_by_its_id_and_by_its_arn(ready):
    arn = f"arn:aws:bedrock:us-east-1::foundation-model/{MICRO}"
    found = [
        ready.call("GetFoundationModel", modelIdentifier=name)["modelDetails"]
        for name in (MICRO, arn)
    ]
    assert found[0] == found[1]
    assert found[0]["modelArn"] == arn


# ListInferenceProfiles


def profiles(desk, **parameters):
    """Every profile, over all pages of boto3's paginator."""
    pages = desk.client("bedrock").get_paginator("list_inference_profiles")
    return [
        profile
        for page in pages.paginate(**parameters)
        for profile in page["inferenceProfileSummaries"]
    ]


def ids(found):
    return [profile["inferenceProfileId"] for profile in found]


@pytest.mark.parametrize("region", REGIONS)
def test_profiles_are_those_of_the_region(region, abroad):
    wanted = {
        profile_id
        for model in catalog.all_models()
        if not model.launch_day and not model.ended_by(catalog.AS_OF)
        for profile_id in model.profile_ids(region)
    }
    assert set(ids(profiles(abroad[region]))) == wanted


@given(st.integers(1, 120))
def test_pages_of_any_size_join_to_the_same_list(size):
    paged = profiles(SHARED, PaginationConfig={"PageSize": size})
    assert ids(paged) == ids(profiles(SHARED))


def test_a_page_holds_no_more_than_was_asked_for(ready):
    page = ready.call("ListInferenceProfiles", maxResults=3)
    assert len(page["inferenceProfileSummaries"]) == 3
    rest = ready.call("ListInferenceProfiles", nextToken=page["nextToken"])
    assert not set(ids(page["inferenceProfileSummaries"])) & set(
        ids(rest["inferenceProfileSummaries"])
    )


@given(st.text(min_size=1, max_size=40).filter(str.strip))
def test_a_token_nobody_gave_is_refused(token):
    error = SHARED.refused("ListInferenceProfiles", nextToken=token)
    assert error.response["Error"]["Code"] == "ValidationException"


def test_nobody_has_made_a_profile_yet_and_those_of_aws_are_listed(ready):
    kinds = {kind: profiles(ready, typeEquals=kind) for kind in PROFILE_TYPES}
    assert kinds["APPLICATION"] == [] and kinds["SYSTEM_DEFINED"] == profiles(ready)


def test_a_profile_is_found_by_its_id_and_by_its_arn(ready):
    found = ready.call("GetInferenceProfile", inferenceProfileIdentifier=HAIKU)
    arn = found["inferenceProfileArn"]
    again = ready.call("GetInferenceProfile", inferenceProfileIdentifier=arn)
    assert again["inferenceProfileId"] == HAIKU
    assert found["models"]


def test_every_profile_that_can_be_called_can_be_looked_up(ready):
    for summary in profiles(ready)[::7]:
        name = summary["inferenceProfileArn"]
        details = ready.call("GetInferenceProfile", inferenceProfileIdentifier=name)
        assert details["models"] == summary["models"] != []
