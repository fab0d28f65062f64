"""Which regexes are not tried, since they could run without end."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline.regex_bounds import may_run_on
from tests.offline.desk import open_desk
from tests.offline.provocations import guardrail

ENDLESS = [
    "(a+)+$",
    "(a*)*b",
    "(a|a)+$",
    "(a|ab)*c",
    "(?:a+){10,}$",
    "(a+a)+$",
    "(a+ba*)+$",
    "x(y(a?b?)+)z",
    r"(\w+\s?)+$",
    r"(?:\d|\w)+-(?:x|(\w*)*)",
    "(?i:a+A)+$",
    "((a{2,3})+b)+",
]
QUICK = [
    "TCK-[0-9]{4}",
    r"[a-z0-9.]+@([a-z0-9-]+\.)+[a-z]{2,}",
    r"\b(?:\d[ -]*?){13,16}\b",
    r"(\d{1,3}\.){3}\d{1,3}",
    "(foo|bar)+",
    "(?:far|foo){2,}x",
    r"(?:\d{4}-){3}\d{4}",
    r"([^,]*,)+",
    "a+b+c+",
    "(ab)+",
    "(?i)(?:[a-z]+_)+",
]


def configured(pattern):
    rule = {"name": "r", "pattern": pattern, "action": "BLOCK"}
    return guardrail(sensitiveInformationPolicyConfig={"regexesConfig": [rule]})


@pytest.mark.parametrize("pattern", ENDLESS)
def test_a_repeat_that_multiplies_another_is_refused_and_says_why(pattern):
    error = open_desk().refused("CreateGuardrail", **configured(pattern))
    assert error.response["Error"]["Code"] == "NotAvailableOffline"
    text = error.response["Error"]["Message"]
    assert f"cannot try the regex {pattern}" in text
    assert "repeat" in text


@pytest.mark.parametrize("pattern", QUICK)
def test_a_repeat_that_can_be_read_in_few_ways_is_played(pattern):
    assert open_desk().call("CreateGuardrail", **configured(pattern))["version"]


def test_a_pattern_has_500_characters_at_most_as_on_aws():
    desk = open_desk()
    desk.call("CreateGuardrail", **configured("a" * 500))
    error = desk.refused("CreateGuardrail", **configured("a" * 501))
    assert error.response["Error"]["Code"] == "ValidationException"


def _repeated(parts):
    repeats = st.sampled_from(["+", "*", "?", "{2,}", "{3}"])
    made = st.tuples(st.lists(parts, min_size=1, max_size=3), repeats)
    return made.map(lambda each: f"(?:{''.join(each[0])}){each[1]}")


PATTERNS = st.recursive(st.sampled_from(["a", "b", "[ab]", "a|b", "c"]), _repeated)


@given(PATTERNS, st.text("abc", max_size=40))
def test_what_is_played_comes_to_an_end(pattern, text):
    """One that runs on would take longer than these tests may."""
    if not may_run_on(pattern):
        found = re.compile(f"(?:{pattern})$").search(f"{text}d")
        assert found is None or found.end() == len(text) + 1
