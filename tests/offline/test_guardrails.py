"""Guardrails: made, read back, numbered, changed and deleted."""

import pytest

from bedrock_helpers.offline.guardrails import NOT_EVALUATED
from tests.offline.desk import headers, open_desk
from tests.offline.provocations import apply, guardrail, make_guardrails

KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_ARN = f"arn:aws:kms:us-east-1:111122223333:key/{KEY_ID}"
PII = {"piiEntitiesConfig": [{"type": "EMAIL", "action": "ANONYMIZE"}]}
TOPICS = {"topicsConfig": [{"name": "Tax", "definition": "Advice", "type": "DENY"}]}
STANDARD = {**TOPICS, "tierConfig": {"tierName": "STANDARD"}}


@pytest.fixture
def desk():
    """A session of its own: these tests change the account."""
    return open_desk()


def made(desk, **more):
    return desk.call("CreateGuardrail", **guardrail(**more))["guardrailId"]


def got(desk, identifier, **more):
    return desk.call("GetGuardrail", guardrailIdentifier=identifier, **more)


def listed(desk, **more):
    return desk.call("ListGuardrails", **more)["guardrails"]


def code_of(error):
    return error.response["Error"]["Code"]


# Made and read back


def test_a_new_guardrail_is_a_draft_and_ready(desk):
    new = desk.call("CreateGuardrail", **guardrail())
    assert new["version"] == "DRAFT"
    assert new["guardrailArn"].endswith(f":guardrail/{new['guardrailId']}")
    found = got(desk, new["guardrailId"])
    assert (found["status"], found["version"]) == ("READY", "DRAFT")
    assert found["createdAt"] == found["updatedAt"] == new["createdAt"]


def test_it_is_read_back_in_the_words_of_getguardrail(desk):
    found = got(
        desk,
        made(
            desk,
            description="For the shop",
            sensitiveInformationPolicyConfig=PII,
            topicPolicyConfig=TOPICS,
        ),
    )
    assert found["wordPolicy"] == {
        "words": [{"text": "Athena"}],
        "managedWordLists": [],
    }
    entities = PII["piiEntitiesConfig"]
    policy = {"piiEntities": entities, "regexes": []}
    assert found["sensitiveInformationPolicy"] == policy
    assert found["topicPolicy"] == {"topics": TOPICS["topicsConfig"]}
    assert found["description"] == "For the shop"
    assert found["blockedInputMessaging"] == "No."
    assert found["blockedOutputsMessaging"] == "Not this."
    assert "contentPolicy" not in found


def test_an_id_or_its_arn_names_it(desk):
    new = desk.call("CreateGuardrail", **guardrail())
    by_arn = got(desk, new["guardrailArn"])
    assert by_arn["guardrailId"] == new["guardrailId"]


def test_it_belongs_to_one_region(desk):
    identifier = made(desk)
    elsewhere = desk.session.client("bedrock", region_name="us-west-2")
    assert elsewhere.list_guardrails()["guardrails"] == []
    with pytest.raises(elsewhere.exceptions.ResourceNotFoundException):
        elsewhere.get_guardrail(guardrailIdentifier=identifier)
    elsewhere.create_guardrail(**guardrail())  # the name is free there


def test_the_same_calls_give_the_same_ids_in_every_session(desk):
    assert made(desk) == made(open_desk())


def test_a_token_makes_a_guardrail_and_a_version_only_once(desk):
    asked = guardrail(clientRequestToken="once")
    first = desk.call("CreateGuardrail", **asked)["guardrailId"]
    assert desk.call("CreateGuardrail", **asked)["guardrailId"] == first
    again = {"guardrailIdentifier": first, "clientRequestToken": "once"}
    numbers = [desk.call("CreateGuardrailVersion", **again)["version"] for _ in "ab"]
    assert numbers == ["1", "1"]


@pytest.mark.parametrize("given", [KEY_ID, KEY_ARN])
def test_a_kms_key_is_read_back_as_its_arn(given, desk):
    assert got(desk, made(desk, kmsKeyId=given))["kmsKeyArn"] == KEY_ARN


def test_an_alias_of_a_key_is_not_looked_up(desk):
    error = desk.refused("CreateGuardrail", **guardrail(kmsKeyId="alias/mine"))
    assert code_of(error) == "NotAvailableOffline"


def test_a_guardrail_profile_is_read_back_as_id_and_arn(desk):
    profile = {"guardrailProfileIdentifier": "us.guardrail.v1:0"}
    identifier = made(desk, topicPolicyConfig=STANDARD, crossRegionConfig=profile)
    found = got(desk, identifier)["crossRegionDetails"]
    assert found["guardrailProfileId"] == "us.guardrail.v1:0"
    assert found["guardrailProfileArn"].endswith("guardrail-profile/us.guardrail.v1:0")
    assert listed(desk)[0]["crossRegionDetails"] == found


def test_its_tags_are_those_of_a_resource(desk):
    tags = [{"key": "team", "value": "shop"}]
    new = desk.call("CreateGuardrail", **guardrail(tags=tags))
    arn = {"resourceARN": new["guardrailArn"]}
    assert desk.call("ListTagsForResource", **arn)["tags"] == tags
    desk.call("DeleteGuardrail", guardrailIdentifier=new["guardrailId"])
    assert code_of(desk.refused("ListTagsForResource", **arn)) == (
        "ResourceNotFoundException"
    )


# What is refused


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"topicPolicyConfig": STANDARD}, "the STANDARD tier needs"),
        (
            {
                "contextualGroundingPolicyConfig": {
                    "filtersConfig": [{"type": "GROUNDING", "threshold": 1}]
                }
            },
            "GROUNDING must be less than 1",
        ),
        (
            {
                "sensitiveInformationPolicyConfig": {
                    "regexesConfig": [{"name": "r", "pattern": "(", "action": "BLOCK"}]
                }
            },
            "the regex ( cannot be read",
        ),
        ({"name": "two words"}, "pattern"),
        ({"blockedInputMessaging": "x" * 501}, "less than or equal to 500"),
    ],
)
def test_an_unsound_configuration_is_refused(more, said, desk):
    error = desk.refused("CreateGuardrail", **guardrail(**more))
    assert code_of(error) == "ValidationException"
    assert said in error.response["Error"]["Message"]
    assert listed(desk) == []


def test_an_update_is_checked_as_a_new_guardrail_is(desk):
    first = made(desk)
    made(desk, name="other")
    error = desk.refused(
        "UpdateGuardrail", **guardrail(guardrailIdentifier=first, name="other")
    )
    assert code_of(error) == "ConflictException"
    empty = guardrail(guardrailIdentifier=first, wordPolicyConfig={})
    assert code_of(desk.refused("UpdateGuardrail", **empty)) == "ValidationException"
    assert got(desk, first)["name"] == "words"


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("GetGuardrail", {}),
        ("DeleteGuardrail", {}),
        ("CreateGuardrailVersion", {}),
        ("UpdateGuardrail", guardrail()),
        ("ListGuardrails", {}),
    ],
)
def test_a_guardrail_that_is_not_there_is_not_found(operation, more, desk):
    error = desk.refused(operation, guardrailIdentifier="abcdefghijkl", **more)
    assert code_of(error) == "ResourceNotFoundException"


@pytest.mark.parametrize("operation", ["GetGuardrail", "DeleteGuardrail"])
def test_a_version_that_is_not_there_is_not_found(operation, desk):
    asked = {"guardrailIdentifier": made(desk), "guardrailVersion": "9"}
    error = desk.refused(operation, **asked)
    assert code_of(error) == "ResourceNotFoundException"
    assert "version 9" in error.response["Error"]["Message"]


# Versions


def test_a_version_stays_as_it_is_when_the_draft_changes(desk):
    identifier = made(desk, description="The draft")
    number = desk.call(
        "CreateGuardrailVersion", guardrailIdentifier=identifier, description="First"
    )["version"]
    changed = {"wordsConfig": [{"text": "Zeus"}]}
    more = {"guardrailIdentifier": identifier, "wordPolicyConfig": changed}
    desk.call("UpdateGuardrail", **guardrail(**more))
    version = got(desk, identifier, guardrailVersion=number)
    assert version["description"] == "First"
    assert version["wordPolicy"]["words"] == [{"text": "Athena"}]
    draft = got(desk, identifier)
    assert draft["wordPolicy"]["words"] == [{"text": "Zeus"}]
    assert "description" not in draft  # an update leaves nothing of the old draft
    actions = [
        desk.call("ApplyGuardrail", **apply(identifier, "Athena", guardrailVersion=v))
        for v in (number, "DRAFT")
    ]
    assert [a["action"] for a in actions] == ["GUARDRAIL_INTERVENED", "NONE"]


def test_numbers_count_up_and_none_is_given_twice(desk):
    identifier = make_guardrails(desk.session, "words", versions=2)
    last = {"guardrailIdentifier": identifier, "guardrailVersion": "2"}
    desk.call("DeleteGuardrail", **last)
    number = desk.call("CreateGuardrailVersion", guardrailIdentifier=identifier)
    assert number["version"] == "3"
    found = listed(desk, guardrailIdentifier=identifier)
    assert [one["version"] for one in found] == ["DRAFT", "1", "3"]


def test_deleting_a_guardrail_deletes_its_versions_and_frees_its_name(desk):
    identifier = make_guardrails(desk.session, "words", versions=1)
    desk.call("DeleteGuardrail", guardrailIdentifier=identifier)
    asked = {"guardrailIdentifier": identifier, "guardrailVersion": "1"}
    assert code_of(desk.refused("GetGuardrail", **asked)) == (
        "ResourceNotFoundException"
    )
    assert made(desk) != identifier


# Lists


def test_drafts_are_listed_in_pages(desk):
    make_guardrails(desk.session, "a", "b", "c", versions=2)
    pages = desk.client("bedrock").get_paginator("list_guardrails")
    found = list(pages.paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["guardrails"]) for page in found] == [2, 1]
    names = [one["name"] for page in found for one in page["guardrails"]]
    assert names == ["a", "b", "c"]
    assert {one["version"] for one in found[0]["guardrails"]} == {"DRAFT"}


# What is not evaluated


def test_what_is_not_evaluated_is_said_in_a_header_and_by_the_session(desk):
    names = {"piiEntitiesConfig": [{"type": "NAME", "action": "BLOCK"}]}
    lists = {"managedWordListsConfig": [{"type": "PROFANITY"}]}
    asked = guardrail(
        topicPolicyConfig=TOPICS,
        wordPolicyConfig=lists,
        sensitiveInformationPolicyConfig=names,
    )
    reply = desk.call("CreateGuardrail", **asked)
    told = "topicPolicy, word list PROFANITY, PII NAME"
    assert headers(reply)[NOT_EVALUATED] == told
    assert set(desk.session.offline.not_evaluated) == set(told.split(", "))


def test_where_all_is_evaluated_nothing_is_said(desk):
    reply = desk.call("CreateGuardrail", **guardrail())
    assert NOT_EVALUATED not in headers(reply)
    assert desk.session.offline.not_evaluated == []
