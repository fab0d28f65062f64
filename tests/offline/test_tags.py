"""Tags: of whatever an account has made, by ARN."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.offline.desk import MICRO, open_desk
from tests.offline.provocations import profile, purchase

MAKING = {
    "CreateInferenceProfile": (profile, "inferenceProfileArn"),
    "CreateProvisionedModelThroughput": (purchase, "provisionedModelArn"),
}
keys = st.text("abc:/", min_size=1, max_size=3)
tag_lists = st.dictionaries(keys, st.text("xyz ", max_size=3), max_size=4)


def listed(desk, arn):
    """A resource's tags as a dict."""
    tags = desk.call("ListTagsForResource", resourceARN=arn)["tags"]
    assert len({tag["key"] for tag in tags}) == len(tags)
    return {tag["key"]: tag["value"] for tag in tags}


def as_list(tags):
    return [{"key": key, "value": value} for key, value in tags.items()]


def code(error):
    return error.response["Error"]["Code"]


@pytest.mark.parametrize("operation", MAKING)
def test_a_resource_has_the_tags_it_was_made_with(operation):
    desk = open_desk()
    wanted, named = MAKING[operation]
    arn = desk.call(operation, **wanted(tags=as_list({"team": "shop"})))[named]
    assert listed(desk, arn) == {"team": "shop"}
    plain = desk.call("CreateInferenceProfile", **profile())["inferenceProfileArn"]
    assert listed(desk, plain) == {}


@given(tag_lists, tag_lists, st.lists(keys, max_size=3))
def test_tags_are_added_overwritten_and_taken_away(first, second, taken):
    desk = open_desk()
    made = desk.call("CreateInferenceProfile", **profile(tags=as_list(first)))
    arn = made["inferenceProfileArn"]
    desk.call("TagResource", resourceARN=arn, tags=as_list(second))
    assert listed(desk, arn) == first | second
    desk.call("UntagResource", resourceARN=arn, tagKeys=taken)
    kept = {k: v for k, v in (first | second).items() if k not in taken}
    assert listed(desk, arn) == kept


def test_fifty_tags_are_the_most_with_those_it_has():
    desk = open_desk()
    many = {f"k{n}": "v" for n in range(50)}
    made = desk.call("CreateInferenceProfile", **profile(tags=as_list(many)))
    arn = made["inferenceProfileArn"]
    desk.call("TagResource", resourceARN=arn, tags=as_list({"k0": "other"}))
    error = desk.refused("TagResource", resourceARN=arn, tags=as_list({"one": "more"}))
    assert code(error) == "TooManyTagsException"
    assert len(listed(desk, arn)) == 50


UNKNOWN = {
    "nothing": "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/aaaaaaaaaaaa",
    "a profile of AWS": (
        f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.{MICRO}"
    ),
    "no ARN": "mine",
}


@pytest.mark.parametrize("arn", UNKNOWN)
@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("TagResource", {"tags": []}),
        ("UntagResource", {"tagKeys": []}),
        ("ListTagsForResource", {}),
    ],
)
def test_what_the_account_has_not_made_has_no_tags(operation, more, arn, unchecked):
    error = unchecked.refused(operation, resourceARN=UNKNOWN[arn], **more)
    assert code(error) in ("ResourceNotFoundException", "ValidationException")


def test_tags_go_with_their_resource():
    desk = open_desk()
    arn = desk.call("CreateInferenceProfile", **profile())["inferenceProfileArn"]
    desk.call("DeleteInferenceProfile", inferenceProfileIdentifier=arn)
    error = desk.refused("ListTagsForResource", resourceARN=arn)
    assert code(error) == "ResourceNotFoundException"


def test_a_resource_is_tagged_in_its_own_region():
    desk = open_desk()
    arn = desk.call("CreateInferenceProfile", **profile())["inferenceProfileArn"]
    abroad = desk.session.client("bedrock", region_name="us-west-2")
    with pytest.raises(abroad.exceptions.ResourceNotFoundException):
        abroad.list_tags_for_resource(resourceARN=arn)


def test_on_launch_day_there_was_nothing_to_tag_yet(launch):
    error = launch.refused("ListTagsForResource", resourceARN=UNKNOWN["nothing"])
    assert code(error) == "ResourceNotFoundException"
