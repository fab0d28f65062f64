"""Pages of long lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline.errors import Refusal
from bedrock_helpers.offline.pages import take_page


def pages(items, size):
    """Every page of a list."""
    request = {"maxResults": size}
    while True:
        page = take_page(items, request, "things")
        yield page["things"]
        if "nextToken" not in page:
            return
        request["nextToken"] = page["nextToken"]


@given(st.lists(st.integers(), max_size=250), st.integers(1, 1000))
def test_pages_of_any_size_join_to_the_whole_list(items, size):
    found = list(pages(items, size))
    assert [item for page in found for item in page] == items
    assert all(len(page) <= min(size, 100) for page in found)


def test_without_a_size_a_page_has_a_hundred():
    assert len(take_page(list(range(150)), {}, "things")["things"]) == 100


@given(st.text(min_size=1), st.integers(0, 9))
def test_a_token_that_no_page_came_with_is_refused(token, count):
    with pytest.raises(Refusal):
        take_page(list(range(count)), {"nextToken": token}, "things")
