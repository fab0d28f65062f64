"""NextToken: page after page, each item once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline.errors import Refusal
from bedrock_helpers.offline.next_tokens import take_page


@given(st.lists(st.integers(), max_size=30), st.integers(1, 10))
def test_all_pages_together_are_the_list(items, size):
    found, token = [], None
    while True:
        page, token = take_page(items, token, size, "a question")
        assert len(page) <= size
        found += page
        if token is None:
            break
        assert len(page) == size
    assert found == items


@given(st.text())
def test_no_other_text_is_a_token(text):
    with pytest.raises(Refusal) as caught:
        take_page([1, 2, 3], text, 2)
    assert caught.value.code == "InvalidNextTokenException"


def test_a_token_is_of_use_for_the_same_question_only():
    _, token = take_page([1, 2, 3], None, 2, "one")
    assert take_page([1, 2, 3], token, 2, "one") == ([3], None)
    with pytest.raises(Refusal):
        take_page([1, 2, 3], token, 2, "another")
