"""Every refusal of data/errors.json: its class, code, status and wording."""

import re

import pytest
from botocore.exceptions import ClientError, EventStreamError

from bedrock_helpers.offline.errors import known_errors
from tests.offline.desk import open_desk
from tests.offline.provocations import ASK, PROVOCATIONS, provoked

ERRORS = known_errors()
BREAKS_A_STREAM = ("stream_broken", "stream_throttled")
#: Blanks that no provocation knows: how many tokens a text is, and what time it is.
TOLD_BY_THE_SERVICE = {
    "input_too_long_claude": {"tokens"},
    "too_many_input_tokens": {"tokens"},
    "clock_behind": {"signed", "limit", "now"},
}


def can_be_asked_for(key):
    """Whether ``fail_next`` takes a key."""
    try:
        open_desk().session.offline.fail_next(key)
    except ValueError:
        return False
    return True


def filled_in(key, values):
    """The wording of a key as a pattern; a blank without a value is anything."""
    parts = re.split(r"\{(\w+)\}", ERRORS[key]["text"])
    blanks = [re.escape(str(values[n])) if n in values else ".+" for n in parts[1::2]]
    texts = [re.escape(text) for text in parts[::2]]
    return "".join(a + b for a, b in zip(texts, [*blanks, ""], strict=True))


def expect(error, client, key):
    """Assert class, code and status of a refusal."""
    record = ERRORS[key]
    modelled = getattr(client.exceptions, record["code"], ClientError)
    assert type(error).__name__ == modelled.__name__
    assert error.response["Error"]["Code"] == record["code"]
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    assert status == record["http_status"]


@pytest.mark.parametrize("key", PROVOCATIONS)
def test_it_is_refused_in_the_words_and_with_the_class_of_the_live_service(key):
    provocation, error, client = provoked(key)
    expect(error, client, key)
    message = error.response["Error"]["Message"]
    assert re.fullmatch(filled_in(key, provocation.values), message, re.DOTALL)


@pytest.mark.parametrize("key", [k for k in ERRORS if k not in PROVOCATIONS])
def test_what_cannot_be_provoked_can_be_asked_for(key):
    desk = open_desk()
    desk.session.offline.fail_next(key)
    if key in BREAKS_A_STREAM:
        with pytest.raises(EventStreamError, match=re.escape(ERRORS[key]["text"])):
            list(desk.call("ConverseStream", **ASK)["stream"])
        return
    error = desk.refused("Converse", **ASK)
    expect(error, desk.client("bedrock-runtime"), key)
    assert error.response["Error"]["Message"] == ERRORS[key]["text"]


def test_a_blank_without_a_value_is_only_left_where_the_wording_is_approximate():
    for key in PROVOCATIONS:
        blanks = set(re.findall(r"\{(\w+)\}", ERRORS[key]["text"]))
        left = blanks - set(provoked(key)[0].values)
        told = TOLD_BY_THE_SERVICE.get(key, set())
        assert not left - told or ERRORS[key]["wording"] == "approximate", key


def test_every_refusal_with_blanks_that_could_be_asked_for_says_it_cannot():
    with_blanks = [key for key, record in ERRORS.items() if "{" in record["text"]]
    assert with_blanks
    assert not any(map(can_be_asked_for, with_blanks))


def test_every_record_says_where_its_wording_comes_from():
    for key, record in ERRORS.items():
        assert record["wording"] in ("sourced", "approximate"), key
        assert record["source"] and record["as_of"], key
