"""What a guardrail finds in texts and does about it, asked through ApplyGuardrail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline.guardrails import NOT_EVALUATED
from bedrock_helpers.offline.pii_patterns import KINDS
from tests.offline.desk import headers, open_desk
from tests.offline.planted import BY_KIND, clean_texts
from tests.offline.provocations import apply, guardrail

DESK = open_desk()
BOTH_SIDES = {"inputAction": "ANONYMIZE", "outputAction": "ANONYMIZE"}


def guard(name, words=(), pii=(), regexes=(), **more):
    """The id of a new guardrail with these rules."""
    lists = {"piiEntitiesConfig": list(pii), "regexesConfig": list(regexes)}
    sensitive = {name: rules for name, rules in lists.items() if rules}
    policies = {
        "wordPolicyConfig": {"wordsConfig": [{"text": word} for word in words]},
        "sensitiveInformationPolicyConfig": sensitive,
    }
    filled = {k: v for k, v in policies.items() if any(v.values())}
    asked = {**guardrail(name=name), "wordPolicyConfig": {}, **filled, **more}
    kept = {k: v for k, v in asked.items() if v != {}}
    return DESK.call("CreateGuardrail", **kept)["guardrailId"]


def entity(kind="EMAIL", action="ANONYMIZE", **more):
    return {"type": kind, "action": action, **more}


def regex(action, **more):
    return {"name": "TicketId", "pattern": "TCK-[0-9]{4}", "action": action, **more}


ALL_KINDS = guard("all", pii=[entity(kind, **BOTH_SIDES) for kind in KINDS])
MASKS = guard("masks", pii=[entity()], regexes=[regex("ANONYMIZE")])
BOTH = guard(
    "both", pii=[entity(**BOTH_SIDES)], regexes=[regex("ANONYMIZE", **BOTH_SIDES)]
)
WORDS = guard("words", words=["Project Athena", "c++", "機密"])
MIXED = guard("mixed", words=["Athena"], pii=[entity()], regexes=[regex("ANONYMIZE")])
ANY = guard("any", words=["changed by its test"])
BEGINS_AN_ADDRESS = {**regex("ANONYMIZE", **BOTH_SIDES), "pattern": "[a-z.]+@[a-z]"}
OVERLAPPING = guard(
    "overlapping", pii=[entity(**BOTH_SIDES)], regexes=[BEGINS_AN_ADDRESS]
)
DETECT = guard("detect", pii=[entity(action="NONE")], regexes=[regex("NONE")])


def asked(identifier, *texts, source="INPUT", **more):
    """What ApplyGuardrail says of some texts."""
    content = [text if isinstance(text, dict) else block(text) for text in texts]
    return DESK.call(
        "ApplyGuardrail", **apply(identifier, source=source, content=content, **more)
    )


def block(text, *qualifiers):
    what_for = {"qualifiers": qualifiers} if qualifiers else {}
    return {"text": {"text": text, **what_for}}


def texts_of(reply):
    return [output["text"] for output in reply["outputs"]]


def policy(reply, name="sensitiveInformationPolicy"):
    return reply["assessments"][0].get(name)


def found(reply):
    """Every finding as (what, match, action)."""
    both = policy(reply) or {"piiEntities": [], "regexes": []}
    entities = [(e["type"], e["match"], e["action"]) for e in both["piiEntities"]]
    regexes = [(r["name"], r["match"], r["action"]) for r in both["regexes"]]
    words = policy(reply, "wordPolicy") or {"customWords": []}
    return [
        *(("word", w["match"], w["action"]) for w in words["customWords"]),
        *entities,
        *regexes,
    ]


# Properties


@given(st.data(), st.lists(st.sampled_from(KINDS), min_size=1, max_size=3))
def test_of_planted_data_nothing_is_left_in_an_anonymised_text(data, kinds):
    values = [data.draw(BY_KIND[kind]) for kind in kinds]
    between = data.draw(st.sampled_from([" and ", ", ", " / ", "\n"]))
    source = data.draw(st.sampled_from(["INPUT", "OUTPUT"]))
    (text,) = texts_of(asked(ALL_KINDS, between.join(values), source=source))
    assert not [value for value in values if value in text]
    assert "{" in text and "}" in text


@given(clean_texts.filter(str.strip), st.sampled_from(["INPUT", "OUTPUT"]))
def test_a_text_without_personal_data_is_never_changed(text, source):
    reply = asked(ALL_KINDS, text, source=source)
    assert (reply["action"], reply["outputs"]) == ("NONE", [])
    assert policy(reply) is None


@given(BY_KIND["EMAIL"], BY_KIND["EMAIL"])
def test_where_two_rules_fit_the_same_place_all_of_it_is_masked(one, other):
    (text,) = texts_of(asked(OVERLAPPING, f"{one} or {other}!"))
    assert text == "{EMAIL} or {EMAIL}!"


# Masks


def test_a_mask_is_the_type_of_personal_data_or_the_name_of_the_regex():
    reply = asked(MASKS, "Ticket TCK-1234 of ana@example.com.", source="OUTPUT")
    assert texts_of(reply) == ["Ticket {TicketId} of {EMAIL}."]
    assert (reply["action"], reply["actionReason"]) == (
        "GUARDRAIL_INTERVENED",
        "Guardrail masked.",
    )
    assert found(reply) == [
        ("EMAIL", "ana@example.com", "ANONYMIZED"),
        ("TicketId", "TCK-1234", "ANONYMIZED"),
    ]


def test_a_mask_given_as_action_alone_works_on_output_only():
    text = "Ticket TCK-1234 of ana@example.com."
    reply = asked(MASKS, text)
    assert (reply["action"], reply["actionReason"]) == ("NONE", "No action.")
    assert found(reply) == []
    assert texts_of(asked(BOTH, text)) == ["Ticket {TicketId} of {EMAIL}."]


def test_every_text_comes_back_also_one_without_a_mask():
    reply = asked(BOTH, "To ana@example.com", "as agreed")
    assert texts_of(reply) == ["To {EMAIL}", "as agreed"]


# Blocks


def test_a_blocked_text_is_replaced_by_the_words_of_its_direction():
    for source, said in (("INPUT", "No."), ("OUTPUT", "Not this.")):
        reply = asked(WORDS, "About Project Athena", "and more", source=source)
        assert reply["actionReason"] == "Guardrail blocked."
        assert texts_of(reply) == [said]


def test_where_something_is_blocked_nothing_is_masked():
    text = "Athena: TCK-1234, ana@example.com"
    reply = asked(MIXED, text, source="OUTPUT")
    assert texts_of(reply) == ["Not this."]
    assert found(reply) == [
        ("word", "Athena", "BLOCKED"),
        ("EMAIL", "ana@example.com", "NONE"),
        ("TicketId", "TCK-1234", "NONE"),
    ]


def test_what_is_only_detected_is_reported_and_left():
    reply = asked(DETECT, "TCK-1234 of ana@example.com", source="OUTPUT")
    assert (reply["action"], reply["outputs"]) == ("NONE", [])
    assert [action for *_, action in found(reply)] == ["NONE", "NONE"]
    assert all(one["detected"] for one in policy(reply)["piiEntities"])


@pytest.mark.parametrize("side", ["input", "output"])
def test_a_rule_that_is_off_in_one_direction_finds_nothing_there(side):
    rule = entity(action="BLOCK", **{f"{side}Enabled": False})
    identifier = guard(f"off-{side}", pii=[rule])
    replies = {
        source: asked(identifier, "ana@example.com", source=source)
        for source in ("INPUT", "OUTPUT")
    }
    off = replies.pop(side.upper())
    (on,) = replies.values()
    assert (off["action"], on["action"]) == ("NONE", "GUARDRAIL_INTERVENED")
    units = "sensitiveInformationPolicyUnits"
    assert (off["usage"][units], on["usage"][units]) == (0, 1)


# Words


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("About PROJECT athena.", "PROJECT athena"),
        ("project\n athena", "project\n athena"),
        ("I write C++!", "C++"),
        ("進捗 機密 です", "機密"),
    ],
)
def test_a_word_is_found_whole_and_in_any_case(text, match):
    assert found(asked(WORDS, text)) == [("word", match, "BLOCKED")]


@pytest.mark.parametrize(
    "text", ["Athena", "Project Athenas", "xProject Athena", "進捗機密です", ""]
)
def test_a_part_of_a_word_is_not_the_word(text):
    assert found(asked(WORDS, text)) == []


@given(st.text(max_size=30), st.text(max_size=8).filter(str.strip))
def test_any_word_can_be_looked_for_in_any_text(text, word):
    rule = {"wordsConfig": [{"text": word}]}
    DESK.call(
        "UpdateGuardrail",
        **guardrail(guardrailIdentifier=ANY, name="any", wordPolicyConfig=rule),
    )
    spaced = asked(ANY, f"{text} {word} {text}")
    assert spaced["action"] == "GUARDRAIL_INTERVENED"


# What is counted


@pytest.mark.parametrize(
    ("characters", "units"), [(0, 0), (1, 1), (1000, 1), (1001, 2), (5600, 6)]
)
def test_a_text_unit_is_up_to_a_thousand_characters(characters, units):
    half = characters // 2
    reply = asked(MIXED, "a" * half, "a" * (characters - half))
    counted = {name: n for name, n in reply["usage"].items() if n}
    names = ("wordPolicyUnits", "sensitiveInformationPolicyUnits")
    names += ("sensitiveInformationPolicyFreeUnits",)
    assert counted == dict.fromkeys(names, units) if units else not counted
    covered = {"guarded": characters, "total": characters}
    assert reply["guardrailCoverage"] == {"textCharacters": covered}
    assert reply["assessments"][0]["invocationMetrics"]["usage"] == reply["usage"]


def test_what_is_not_evaluated_is_counted_and_said_but_never_assessed():
    topics = {"topicsConfig": [{"name": "a", "definition": "b", "type": "DENY"}]}
    filters = [{"type": "HATE", "inputStrength": "HIGH", "outputStrength": "NONE"}]
    grounding = [{"type": "GROUNDING", "threshold": 0.5}]
    identifier = guard(
        "models",
        pii=[entity("NAME", "BLOCK")],
        topicPolicyConfig=topics,
        contentPolicyConfig={"filtersConfig": filters},
        contextualGroundingPolicyConfig={"filtersConfig": grounding},
    )
    parts = [
        block("The shop opens at nine.", "grounding_source"),
        block("When does it open?", "query"),
        block("I hate you, Ana."),
    ]
    reply = asked(identifier, *parts, source="OUTPUT", outputScope="FULL")
    assert set(reply["assessments"][0]) == {
        "invocationMetrics",
        "appliedGuardrailDetails",
    }
    assert {name for name, n in reply["usage"].items() if n} == {
        "topicPolicyUnits",
        "sensitiveInformationPolicyUnits",
        "contextualGroundingPolicyUnits",
    }
    told = headers(reply)[NOT_EVALUATED]
    for name in ("topicPolicy", "contentPolicy", "contextualGroundingPolicy", "NAME"):
        assert name in told


def test_the_whole_scope_lists_the_kinds_that_were_looked_for_in_vain():
    reply = asked(ALL_KINDS, "ana@example.com", outputScope="FULL")
    listed = policy(reply)["piiEntities"]
    assert {entry["type"] for entry in listed} == set(KINDS)
    assert [entry["type"] for entry in listed if entry["detected"]] == ["EMAIL"]
    assert policy(asked(ALL_KINDS, "Hello", outputScope="INTERVENTIONS")) is None


def test_the_guardrail_that_was_applied_is_named():
    details = asked(WORDS, "Hi")["assessments"][0]["appliedGuardrailDetails"]
    assert details["guardrailId"] == WORDS
    assert details["guardrailVersion"] == "DRAFT"
    assert details["guardrailArn"].endswith(f"guardrail/{WORDS}")
    assert details["guardrailOrigin"] == ["REQUEST"]


# Qualifiers


def test_where_something_is_marked_only_that_is_looked_at():
    reply = asked(BOTH, "ana@example.com", block("bob@example.com", "guard_content"))
    assert found(reply) == [("EMAIL", "bob@example.com", "ANONYMIZED")]
    assert texts_of(reply) == ["ana@example.com", "{EMAIL}"]
    covered = {"guarded": 15, "total": 30}
    assert reply["guardrailCoverage"]["textCharacters"] == covered


def test_source_and_question_of_a_grounding_check_are_not_guarded():
    source = block("ana@example.com", "grounding_source")
    question = block("Who is bob@example.com?", "query")
    reply = asked(BOTH, source, question, "cy@example.com", source="OUTPUT")
    assert found(reply) == [("EMAIL", "cy@example.com", "ANONYMIZED")]


# What is refused


def code_of(error):
    return error.response["Error"]["Code"]


@pytest.mark.parametrize(
    "more", [{"guardrailVersion": "9"}, {"guardrailIdentifier": "abcdefghijkl"}]
)
def test_an_unknown_id_and_an_unknown_version_are_refused_alike(more):
    error = DESK.refused("ApplyGuardrail", **apply(WORDS, **more)).response["Error"]
    assert error["Code"] == "ValidationException"
    assert error["Message"] == (
        "The guardrail identifier or version provided in the request does not exist."
    )


@pytest.mark.parametrize(
    "more",
    [{"guardrailVersion": "one"}, {"source": "BOTH"}, {"content": []}],
    ids=["version", "source", "content"],
)
def test_what_the_service_model_forbids_is_refused(more):
    error = DESK.refused("ApplyGuardrail", **apply(WORDS, **more))
    assert code_of(error) == "ValidationException"


def test_pictures_cannot_be_looked_at_here():
    picture = {"image": {"format": "png", "source": {"bytes": b"png"}}}
    error = DESK.refused("ApplyGuardrail", **apply(WORDS, content=[picture]))
    assert code_of(error) == "NotAvailableOffline"


def test_an_arn_of_another_region_names_nothing():
    arn = f"arn:aws:bedrock:eu-west-1:111122223333:guardrail/{WORDS}"
    assert code_of(DESK.refused("ApplyGuardrail", **apply(arn))) == (
        "ValidationException"
    )
