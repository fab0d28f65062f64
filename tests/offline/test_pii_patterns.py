"""Personal data that has a form is found, whole, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline.pii_patterns import KINDS, find_pii
from bedrock_helpers.offline.router import service_model
from tests.offline.planted import BY_KIND, cards, clean_texts

KNOWN = service_model("bedrock").shape_for("GuardrailPiiEntityType").enum
FIXED = {
    "a date": "Paid on 2024-01-02 at 12:30.",
    "a version": "Version 1.2.3.4.5 is out.",
    "an order": "Order 1234 5678, 20 pieces.",
    "a checksum of git": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "a count": "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
    "an amount": "USD 1,234,567.89 for 500 units",
    "an octet too large": "256.1.1.1",
    "an SSN that cannot be": "000-12-3456, 666-12-3456, 123-00-4567",
    "a NINO that cannot be": "BG123456A",
    "a number of seven digits": "555-0142",
    "a handle": "@ana",
}


def found(text, kinds=KINDS):
    return [(one.kind, text[one.start : one.end]) for one in find_pii(text, kinds)]


def test_every_kind_is_one_of_the_service_model():
    assert set(KINDS) == set(BY_KIND) < set(KNOWN)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_what_is_planted_is_found_whole(kind, data):
    before, after = data.draw(clean_texts), data.draw(clean_texts)
    value = data.draw(BY_KIND[kind])
    text = f"{before} {value} {after}"
    assert found(text, [kind]) == [(kind, value)]


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_sentences_own_marks_are_no_part_of_it(kind, data):
    value = data.draw(BY_KIND[kind])
    for text in (f"({value})", f"It is {value}.", f'"{value}", he said', f"{value}\n"):
        assert found(text, [kind]) == [(kind, value)]


@given(clean_texts)
def test_a_text_without_digits_and_addresses_has_none(text):
    assert found(text) == []


@given(cards(), st.integers(1, 9))
def test_a_number_that_fails_the_luhn_check_is_no_card(card, more):
    wrong = card[:-1] + str((int(card[-1]) + more) % 10)
    assert found(f"Card {wrong}.", ["CREDIT_DEBIT_CARD_NUMBER"]) == []


@given(BY_KIND["INTERNATIONAL_BANK_ACCOUNT_NUMBER"], st.integers(1, 9))
def test_a_number_whose_check_digits_are_wrong_is_no_iban(iban, more):
    wrong = iban[:2] + str((int(iban[2]) + more) % 10) + iban[3:]
    assert iban not in [
        value for _, value in found(wrong, ["INTERNATIONAL_BANK_ACCOUNT_NUMBER"])
    ]
    assert ("INTERNATIONAL_BANK_ACCOUNT_NUMBER", wrong) not in found(wrong)


@given(BY_KIND["INTERNATIONAL_BANK_ACCOUNT_NUMBER"])
def test_a_word_in_capitals_behind_an_iban_is_no_part_of_it(iban):
    kind = "INTERNATIONAL_BANK_ACCOUNT_NUMBER"
    (one,) = found(f"To {iban} NOW", [kind])
    assert one[1].startswith(iban)


@pytest.mark.parametrize("case", FIXED)
def test_what_only_looks_like_it_is_left_alone(case):
    assert found(FIXED[case]) == []


@given(st.lists(st.sampled_from(KINDS).flatmap(BY_KIND.get), min_size=1, max_size=4))
def test_places_come_in_order_and_do_not_overlap(values):
    places = find_pii(" and ".join(values))
    ends = [0, *(place.end for place in places)]
    assert all(
        end <= place.start < place.end for end, place in zip(ends, places, strict=False)
    )


def test_kinds_that_no_pattern_finds_are_passed_over():
    assert found("I am Ana, 40 years old.", ["NAME", "AGE", "EMAIL"]) == []


def test_of_two_kinds_that_fit_the_one_with_a_check_digit_is_meant():
    text = "943 476 5919"
    assert found(text) == [("UK_NATIONAL_HEALTH_SERVICE_NUMBER", text)]
    assert found(text, ["PHONE"]) == [("PHONE", text)]


@pytest.mark.parametrize("piece", ["a.", "1 ", "GB12 ", "9", "@", "+1 1", "A" * 9])
def test_in_a_long_text_what_stands_last_is_found(piece):
    text = piece * (60_000 // len(piece)) + " to ana@example.com"
    assert found(text)[-1] == ("EMAIL", "ana@example.com")
