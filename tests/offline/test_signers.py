"""Of which account a key is, and whose an API key."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

import bedrock_helpers as bh
from tests.offline.people import arn_of, as_user, new_user

ANA = "arn:aws:iam::111122223333:user/ana"


@pytest.fixture
def taking_turns_often():
    """Threads that are interrupted much more often than they usually are."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("taking_turns_often")
def test_keys_find_their_account_while_other_threads_make_accounts():
    owner = bh.connect("offline")
    keys = new_user(owner)

    def make():
        return [bh.connect("offline") for _ in range(100)]

    def find():
        return {as_user(keys).offline is owner.offline for _ in range(200)}

    with ThreadPoolExecutor(5) as threads:
        jobs = [threads.submit(work) for work in (make, make, make, find, find)]
        done = [job.result() for job in jobs]
    assert done[3:] == [{True}, {True}]


def test_a_key_made_in_no_account_that_is_left_finds_none():
    keys = {"AccessKeyId": "AKIAI44QH8DHBEXAMPLE", "SecretAccessKey": "secret"}
    assert as_user(keys).offline.services.issued == {}


def test_a_key_of_several_accounts_finds_the_one_it_was_made_in_last():
    owners = [bh.connect("offline") for _ in range(3)]
    keys = [new_user(owner) for owner in owners]
    assert keys[0]["AccessKeyId"] == keys[2]["AccessKeyId"]
    assert as_user(keys[0]).offline is owners[2].offline
    assert arn_of(as_user(keys[0])) == ANA
