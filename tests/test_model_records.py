"""Records of models, compared with what Regions list."""

import datetime

from tools.refresh_catalogue.listing import Listing
from tools.refresh_catalogue.model_changes import model_changes, model_notes
from tools.refresh_catalogue.model_records import refreshed

DAY = "2027-01-05"
NOON = datetime.datetime(2027, 3, 1, 12, tzinfo=datetime.UTC)


def record(model_id="a.one-v1:0", **more):
    """A record of data/models.json, as far as a listing concerns it."""
    return {
        "model_id": model_id,
        "name": "One",
        "provider": "A",
        "input_modalities": ["IMAGE", "TEXT"],
        "output_modalities": ["TEXT"],
        "streaming": True,
        "endpoints": ["bedrock-runtime"],
        "on_demand_regions": ["us-east-1"],
        "profiles": {},
        "provisioned": False,
        "status": "ACTIVE",
        "end_of_life_date": None,
        "source": ["catalogue"],
        "as_of": "2026-10-27",
        **more,
    }


def summary(model_id="a.one-v1:0", types=("ON_DEMAND",), **lifecycle):
    """What ListFoundationModels says of that record's model."""
    return {
        "modelId": model_id,
        "modelName": "One",
        "providerName": "A",
        "inputModalities": ["TEXT", "IMAGE"],
        "outputModalities": ["TEXT"],
        "responseStreamingSupported": True,
        "inferenceTypesSupported": list(types),
        "modelLifecycle": {"status": "ACTIVE", **lifecycle},
    }


def listing(profiles=None, **regions):
    """A listing of Regions written with underscores: ``us_east_1=[summary()]``."""
    found = Listing()
    for name, summaries in regions.items():
        region_name = name.replace("_", "-")
        found.models[region_name] = {each["modelId"]: each for each in summaries}
        found.profiles[region_name] = set((profiles or {}).get(region_name, ()))
    return found


def compared(records, listed):
    """The records as they should be, and the lines that say so."""
    after = refreshed(records, listed, DAY)
    return after, model_changes(records, after, listed)


def test_a_record_that_says_the_same_is_left_alone():
    before = [record()]
    after, lines = compared(before, listing(us_east_1=[summary()]))
    assert lines == [] and after[0] is before[0]


def test_what_was_not_read_is_left_alone():
    before = [record(on_demand_regions=["eu-west-1", "us-east-1"])]
    after, lines = compared(before, listing(us_east_1=[summary()]))
    assert lines == [] and after[0] is before[0]


def test_a_changed_status_is_told_with_the_region_that_tells_it():
    listed = listing(us_east_1=[summary(status="LEGACY", legacyTime=NOON)])
    (after,), lines = compared([record(legacy_date=None)], listed)
    assert (after["status"], after["legacy_date"]) == ("LEGACY", "2027-03-01")
    assert lines == [
        "~ a.one-v1:0  status: ACTIVE → LEGACY  (us-east-1)",
        "~ a.one-v1:0  legacy_date: not known → 2027-03-01  (us-east-1)",
    ]


def test_a_changed_record_is_dated_and_names_its_source_once():
    listed = listing(us_east_1=[summary(status="LEGACY")])
    (once,), _ = compared([record()], listed)
    assert (once["source"], once["as_of"]) == (["catalogue", "account"], DAY)
    (twice,), _ = compared([{**once, "status": "ACTIVE"}], listed)
    assert twice["source"] == ["catalogue", "account"]


def test_a_name_that_was_not_known_is_filled_in():
    (after,), lines = compared([record(name=None)], listing(us_east_1=[summary()]))
    assert after["name"] == "One"
    assert lines == ["~ a.one-v1:0  name: not known → One  (us-east-1)"]


def test_dates_that_are_not_told_are_kept():
    before = [record(end_of_life_date="2027-06-01")]
    assert compared(before, listing(us_east_1=[summary()]))[1] == []


def test_a_new_region_and_a_region_gone_are_two_lines():
    listed = listing(us_east_1=[], us_west_2=[summary()])
    (after,), lines = compared([record()], listed)
    assert after["on_demand_regions"] == ["us-west-2"]
    assert lines == [
        "- a.one-v1:0  on demand, no longer in us-east-1",
        "+ a.one-v1:0  on demand, now in us-west-2",
    ]


def test_profiles_come_and_go():
    before = record(profiles={"us": ["us-east-1", "us-west-2"]})
    listed = listing(
        {"us-east-1": ["global.a.one-v1:0"]},
        us_east_1=[summary(types=("ON_DEMAND", "INFERENCE_PROFILE"))],
    )
    (after,), lines = compared([before], listed)
    assert after["profiles"] == {"global": ["us-east-1"], "us": ["us-west-2"]}
    assert lines == [
        "+ global.a.one-v1:0  profile, now in us-east-1",
        "- us.a.one-v1:0  profile, no longer in us-east-1",
    ]


def test_provisioned_throughput_is_a_place_too():
    listed = listing(us_east_1=[summary(types=("ON_DEMAND", "PROVISIONED"))])
    (after,), lines = compared([record()], listed)
    assert after["provisioned"] and after["provisioned_regions"] == ["us-east-1"]
    assert "+ a.one-v1:0  provisioned, now in us-east-1" in lines
    (back,), lines = compared([after], listing(us_east_1=[summary()]))
    assert not back["provisioned"] and "provisioned_regions" not in back
    assert "- a.one-v1:0  provisioned, no longer in us-east-1" in lines


def test_a_model_listed_nowhere_any_more_has_ended():
    (after,), lines = compared([record()], listing(us_east_1=[]))
    assert (after["status"], after["on_demand_regions"]) == ("EOL", [])
    assert lines[0] == "- a.one-v1:0  is listed nowhere any more"
    assert "~ a.one-v1:0  status: ACTIVE → EOL  (no Region)" in lines


def test_a_model_past_the_end_it_was_given_is_not_missed():
    gone = record(end_of_life_date=DAY, status="LEGACY")
    assert compared([gone], listing(us_east_1=[]))[1] == []
    tomorrow = record(end_of_life_date="2027-01-06", status="LEGACY")
    assert compared([tomorrow], listing(us_east_1=[]))[1] != []


def test_a_model_of_the_other_endpoint_is_not_missed():
    other = record(endpoints=["bedrock-mantle"])
    assert compared([other], listing(us_east_1=[]))[1] == []


def test_a_new_model_has_what_is_told_and_says_what_is_not():
    listed = listing(
        {"us-east-1": ["us.a.two"]},
        us_east_1=[summary(), summary("a.two", ("INFERENCE_PROFILE",))],
    )
    after, lines = compared([record()], listed)
    new = after[1]
    assert (new["model_id"], new["name"], new["status"]) == ("a.two", "One", "ACTIVE")
    assert new["profiles"] == {"us": ["us-east-1"]} and new["on_demand_regions"] == []
    assert new["chat"] is None and new["context_window_tokens"] is None
    assert (new["source"], new["as_of"]) == (["account"], DAY)
    assert lines == [
        "+ a.two  A; IMAGE, TEXT → TEXT; ACTIVE; profiles us.*",
        "    not told, to be filled in by hand: chat, context_window_tokens, "
        "max_output_tokens, sampling, tools, forced_tool_choice, assistant_prefill, "
        "structured_output",
    ]


def test_records_stand_in_the_order_of_their_ids():
    listed = listing(us_east_1=[summary("a.b"), summary(), summary("a.zero")])
    ids = [r["model_id"] for r in compared([record()], listed)[0]]
    assert ids == ["a.b", "a.one-v1:0", "a.zero"]


def test_regions_that_disagree_are_told_and_the_first_one_is_kept():
    listed = listing(us_east_1=[summary()], us_west_2=[summary(status="LEGACY")])
    (after,), _ = compared([record()], listed)
    assert after["status"] == "ACTIVE"
    assert model_notes([after], listed) == [
        "a.one-v1:0: status is ACTIVE in us-east-1; LEGACY in us-west-2; the file "
        "keeps the first"
    ]


def test_a_profile_of_no_model_is_told():
    listed = listing({"us-east-1": ["us.a.stray"]}, us_east_1=[summary()])
    assert model_notes([record()], listed) == [
        "us.a.stray: a profile of no listed model"
    ]
