"""Wildcards and variables of policies, against a matcher written from the rule."""

from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bedrock_helpers.offline.iam_patterns import (
    Context,
    expand,
    matches,
    matches_action,
    matches_arn,
    matches_resource,
)

NOTHING = Context({})


def is_like(pattern, text, takes=lambda place, letter: True):
    """Letter by letter; `takes` says what the wildcard at a place may stand for."""

    @cache
    def from_here(i, j):
        if i == len(pattern):
            return j == len(text)
        wild = pattern[i] in "*?"
        fits = j < len(text) and (takes(i, text[j]) if wild else pattern[i] == text[j])
        if pattern[i] == "*":
            return from_here(i + 1, j) or (fits and from_here(i, j + 1))
        return fits and from_here(i + 1, j + 1)

    return from_here(0, 0)


def is_resource_like(pattern, arn):
    """The documented rule: colons are taken at a segment's end, and in the last one."""

    def takes(place, letter):
        at_the_end = pattern[place] == "*" and pattern[place + 1 :][:1] in ("", ":")
        in_the_last = pattern[:place].count(":") >= 5
        return letter != ":" or at_the_end or in_the_last

    return is_like(pattern, arn, takes)


PATTERNS = st.text("ab*?[]!-.\\$", max_size=8)
TEXTS = st.text("ab[]!-.\\$", max_size=8)


@given(PATTERNS, TEXTS)
@example("[ab]", "a")
@example("[!a]", "b")
@example("*[*", "a[b")
def test_stars_and_question_marks_are_the_only_wildcards(pattern, text):
    expanded = expand(pattern, NOTHING, wildcards=True)
    assert matches(expanded, text) == is_like(pattern, text)


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_actions_match_alike_in_any_case(pattern, text):
    wanted = is_like(pattern, text)
    assert matches_action(pattern.upper(), text) == wanted
    assert matches_action(pattern, text.upper()) == wanted


SEGMENT = st.text("ab", max_size=2)
WANTED = st.text("ab*?", max_size=3)


@given(st.lists(WANTED, min_size=6, max_size=6), st.lists(SEGMENT, min_size=6))
def test_arns_in_conditions_are_compared_part_by_part(wanted, parts):
    arn, pattern = ":".join(parts), ":".join(wanted)
    parts = arn.split(":", 5)
    assert matches_arn(pattern, arn) == all(
        is_like(one, part) for one, part in zip(wanted, parts, strict=True)
    )


@given(st.lists(WANTED, min_size=6, max_size=8), st.lists(SEGMENT, min_size=6))
@example(list("a*aaaa"), list("abbaaaa"))
@example(["a", "*a", *"aaaa"], list("abaaaaa"))
@example(["a", "b", "?", *"aaa"], ["a", "b", "", "", *"aaa"])
def test_resources_are_compared_by_the_documented_rule(wanted, parts):
    pattern, arn = ":".join(wanted), ":".join(parts)
    assert matches_resource(pattern, arn, None) == is_resource_like(pattern, arn)


@given(st.lists(WANTED, min_size=1, max_size=5), st.lists(SEGMENT, min_size=6))
def test_segments_that_are_left_out_are_stars(wanted, parts):
    pattern, arn = ":".join(wanted), ":".join(parts)
    full = ":".join([*wanted, *"*" * (6 - len(wanted))])
    assert matches_resource(pattern, arn, None) == (
        pattern == "*" or is_resource_like(full, arn)
    )


@given(SEGMENT, st.text("ab*?[]{}:", max_size=6))
def test_a_variables_value_is_taken_literally(before, value):
    context = Context({"aws:username": value})
    text = f"{before}${{aws:username}}*"
    assert matches(expand(text, context, wildcards=True), before + value + "more")
    other = value.replace("*", "a").replace("?", "b")
    if other != value:
        assert not matches(expand(text[:-1], context, wildcards=True), before + other)
    assert expand(text, context, wildcards=False) == f"{before}{value}*"


@pytest.mark.parametrize("character", ["*", "?", "$"])
def test_special_characters_have_variables_of_their_own(character):
    text = f"a${{{character}}}b"
    assert expand(text, NOTHING, wildcards=False) == f"a{character}b"
    assert matches(expand(text, NOTHING, wildcards=True), f"a{character}b")
    assert not matches(expand(text, NOTHING, wildcards=True), "a.b")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${aws:username}", None),
        ("${aws:username, 'nobody'}", "nobody"),
        ("${AWS:PrincipalTag/Team}", "red"),
        ("${aws:TagKeys}", None),
        ("${}", None),
        ("${aws:username", "${aws:username"),
    ],
)
def test_variables(text, value):
    context = Context({"aws:PrincipalTag/team": "red", "aws:TagKeys": ["a", "b"]})
    assert expand(text, context, wildcards=False) == value


def test_the_old_version_of_the_language_has_no_variables():
    assert expand("${aws:username}", None, wildcards=False) == "${aws:username}"


def test_many_stars_take_no_exponential_time():
    pattern = expand("*a" * 60 + "b", NOTHING, wildcards=True)
    assert not matches(pattern, "a" * 400)  # without care: longer than a life
