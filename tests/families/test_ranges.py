"""Every parameter of every family: what is accepted, and what is refused how."""

import math

import pytest

from bedrock_helpers import catalog, parameters
from bedrock_helpers.families.lookup import family_module
from bedrock_helpers.offline.errors import Refusal
from tests.families.models import (
    CALLABLE,
    EVERY,
    EVERY_LATER,
    HAIKU,
    SDXL_1,
    invoke,
    put,
    refused,
    smallest,
    without,
)

BAD = "ValidationException"
NAN = "Malformed input request, please reformat your input and try again."
WRONG = {
    "string": [(1, "String", "Integer"), (None, "String", "Null")],
    "strings": [("a", "JSONArray", "String"), ({}, "JSONArray", "JSONObject")],
    "integer": [(1.0, "Integer", "BigDecimal"), (True, "Integer", "Boolean")],
    "number": [("1", "Number", "String"), (True, "Number", "Boolean")],
    "boolean": [(1, "Boolean", "Integer"), ("true", "Boolean", "String")],
    "object": [([], "JSONObject", "JSONArray"), ("a", "JSONObject", "String")],
    "messages": [({}, "JSONArray", "JSONObject"), ("Hi", "JSONArray", "String")],
    "prompts": [("a", "JSONArray", "String"), ({}, "JSONArray", "JSONObject")],
}
CLAUDE_RANGES = {"max_tokens", "temperature", "top_p", "top_k"}


def of(wanted, cases=EVERY):
    """A parametrisation over the parameters that have a property."""
    found = [case for case in cases if wanted(case)]
    return pytest.mark.parametrize("case", found, ids=str)


def has(*names):
    return lambda case: all(getattr(case.spec, n) is not None for n in names)


def accept(case, value):
    """Accepted over boto3; thousands of tokens by the check alone."""
    body = case.body(value)
    long = case.spec.role in ("max_tokens", "prompt") and value != case.spec.minimum
    if long:
        case.family.validate(body, case.model.removeprefix("us."), case.day)
    else:
        invoke(case.model, body)


def told(case, value):
    """The code and text of a refusal by the check of the later ranges."""
    with pytest.raises(Refusal) as caught:
        case.family.validate(case.body(value), case.model, case.day)
    assert caught.value.code == BAD
    return caught.value.text


def beyond(case, limit, sign):
    step = 1 if case.spec.type == "integer" else 0.01
    return limit + sign * step


def is_claude_range(case):
    return case.model == HAIKU and case.spec.path in CLAUDE_RANGES


# Of each value


@of(has("minimum"))
def test_the_least_it_may_be_is_accepted(case):
    accept(case, case.spec.minimum)


def plays_its_maximum(case):
    return has("maximum")(case) and case.spec.path != "frequencyPenalty.scale"


@of(plays_its_maximum)
def test_the_most_it_may_be_is_accepted(case):
    accept(case, case.spec.maximum)


@of(lambda case: has("minimum")(case) and not is_claude_range(case))
def test_less_is_refused(case):
    least = case.spec.minimum
    value = beyond(case, least, -1)
    said = case.said(f"{value} is not greater or equal to {least}")
    assert refused(case.model, case.body(value)) == (BAD, said)


@of(lambda case: has("maximum")(case) and not is_claude_range(case))
def test_more_is_refused(case):
    most = case.spec.maximum
    value = beyond(case, most, 1)
    said = case.said(f"{value} is not less or equal to {most}")
    assert refused(case.model, case.body(value)) == (BAD, said)


@of(is_claude_range)
def test_claude_tells_its_ranges_in_its_own_words(case):
    spec = case.spec
    for value in (beyond(case, spec.minimum, -1), beyond(case, spec.maximum, 1)):
        code, message = refused(case.model, case.body(value))
        assert code == BAD and "Malformed" not in message
        if spec.path != "max_tokens":
            assert message == f"{spec.path}: range: {spec.minimum}..{spec.maximum}"
        elif value > spec.maximum:
            assert str(spec.maximum) in message


@of(lambda case: case.spec.type in WRONG)
def test_a_wrong_type_is_refused(case):
    for value, wanted, found in WRONG[case.spec.type]:
        if case.spec.type == "integer" and value is not True:
            value = float(case.spec.minimum or 0)
        problem = f"expected type: {wanted}, found: {found}"
        code, message = refused(case.model, case.body(value))
        assert code == BAD
        if case.spec.allowed and case.spec.type != "strings":
            assert problem in message or "2 schema violations found" in message
        else:
            assert message == case.said(problem)


@of(lambda case: case.spec.type in ("number", "integer"))
def test_not_a_number_is_no_json(case):
    for value in (math.nan, math.inf):
        assert refused(case.model, case.body(value)) == (BAD, NAN)


@of(lambda case: case.spec.required)
def test_what_is_required_may_not_be_left_out(case):
    code, message = refused(case.model, without(smallest(case.model), case.spec.path))
    assert code == BAD
    told_of = {"messages": "prompt"} if case.model == HAIKU else {}
    path = told_of.get(case.spec.path, case.spec.path)
    assert f"required key [{path}] not found" in message


@of(lambda case: not case.spec.required and case.spec.role != "max_tokens")
def test_what_is_not_required_may_be_left_out(case):
    invoke(case.model, without(smallest(case.model), case.spec.path))


@of(has("allowed"))
def test_every_value_on_its_list_is_accepted(case):
    for value in case.spec.allowed:
        accept(case, [value] if case.spec.type == "strings" else value)


@of(has("allowed"))
def test_a_value_off_its_list_is_refused(case):
    value = 7 if case.spec.type == "integer" else "of no list"
    sent = [value] if case.spec.type == "strings" else value
    code, message = refused(case.model, case.body(sent))
    assert code == BAD and f"{value} is not a valid enum value" in message


@of(has("max_items"))
def test_a_list_may_be_as_long_as_it_says_and_no_longer(case):
    most = case.spec.max_items
    accept(case, ["~"] * most)
    said = case.said(f"expected maximum item count: {most}, found: {most + 1}")
    assert refused(case.model, case.body(["~"] * (most + 1))) == (BAD, said)


@of(has("min_length"))
def test_a_text_may_not_be_too_short(case):
    least = case.spec.min_length
    accept(case, "a" * least)
    said = case.said(f"expected minLength: {least}, actual: {least - 1}")
    assert refused(case.model, case.body("a" * (least - 1))) == (BAD, said)


@of(has("max_length"))
def test_a_text_may_not_be_too_long(case):
    most = case.spec.max_length
    accept(case, "a" * most)
    said = case.said(f"expected maxLength: {most}, actual: {most + 1}")
    assert refused(case.model, case.body("a" * (most + 1))) == (BAD, said)


@of(has("pattern"))
def test_a_text_off_its_pattern_is_refused(case):
    for good in ("|", "|||", "User:"):
        accept(case, [good])
    said = case.said(f"string [a] does not match pattern {case.spec.pattern}")
    assert refused(case.model, case.body(["a"])) == (BAD, said)


@of(lambda case: case.spec.type == "strings" and not case.spec.pattern)
def test_a_list_holds_strings_only(case):
    code, message = refused(case.model, case.body([1]))
    assert code == BAD and "Malformed input request" in message


# Of the body


@pytest.mark.parametrize("model", CALLABLE)
def test_a_stray_key_is_refused_wherever_it_stands(model):
    body = smallest(model)
    holders = {c.spec.path.rpartition(".")[0] for c in EVERY if c.model == model}
    for holder in holders:
        path = f"{holder}.no_such_key".lstrip(".")
        code, message = refused(model, put(body, path, 1))
        assert code == BAD and "extraneous key [no_such_key]" in message


@pytest.mark.parametrize("model", CALLABLE)
@pytest.mark.parametrize("raw", ["", "{", "[]", '"a"', "null", '{"a": NaN}'])
def test_what_is_no_json_object_is_refused(raw, model):
    code, message = refused(model, raw)
    assert code == BAD and message.startswith("Malformed input request")


@pytest.mark.parametrize("model", CALLABLE)
def test_the_smallest_body_is_accepted(model):
    assert invoke(model, smallest(model))


def test_every_family_is_tested_here():
    families = {parameters.family_of(m.model_id) for m in catalog.all_models()}
    assert {c.spec.family for c in EVERY} == families - {None}


# As the later documentation has the models of launch day


@of(has("minimum"), EVERY_LATER)
def test_the_later_minimum_holds(case):
    least = case.spec.minimum
    case.family.validate(case.body(least), case.model)
    value = beyond(case, least, -1)
    said = case.said(f"{value} is not greater or equal to {least}")
    assert told(case, value) == said


@of(plays_its_maximum, EVERY_LATER)
def test_the_later_maximum_holds(case):
    most = case.spec.maximum
    case.family.validate(case.body(most), case.model)
    value = beyond(case, most, 1)
    assert told(case, value) == case.said(f"{value} is not less or equal to {most}")


@of(has("exclusive_minimum"), EVERY_LATER)
def test_the_later_minimum_may_be_exclusive(case):
    least = case.spec.exclusive_minimum
    case.family.validate(case.body(least + 0.001), case.model)
    assert told(case, least) == case.said(f"{least} is not greater than {least}")


@of(
    lambda case: case.model == SDXL_1 and case.spec.path in ("width", "height"),
    EVERY_LATER,
)
def test_every_side_of_sdxl_goes_with_one_other(case):
    other = "height" if case.spec.path == "width" else "width"
    sizes = {1024: 1024, 1152: 896, 1216: 832, 1344: 768, 1536: 640}
    sizes |= {short: long for long, short in sizes.items()}
    assert set(sizes) == set(case.spec.allowed)
    for side, across in sizes.items():
        body = put(case.body(side), other, across)
        family_module(SDXL_1).validate(body, SDXL_1)
        with pytest.raises(Refusal, match="valid enum value"):
            family_module(SDXL_1).validate(put(body, other, 100), SDXL_1)
