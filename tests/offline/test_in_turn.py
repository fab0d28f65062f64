"""Whoever came first goes first, and never more than there are places."""

import threading

import pytest

from bedrock_helpers.offline.in_turn import InTurn


def wait_until(words, turns):
    """A place is taken, or a wait begun, in another thread: look until it is."""
    until = threading.Event()
    while repr(turns) != words:
        until.wait(0.001)


@pytest.mark.parametrize("places", [1, 2])
def test_those_who_wait_go_in_the_order_in_which_they_came(places):
    turns, order = InTurn(places), []

    def one(number):
        with turns:
            order.append(number)

    for _ in range(places):
        turns.__enter__()
    threads = [threading.Thread(target=one, args=(n,)) for n in range(20)]
    for waiting, thread in enumerate(threads, start=1):
        thread.start()
        wait_until(f"InTurn: 0 free, {waiting} waiting", turns)
    turns.__exit__()
    for thread in threads:
        thread.join()
    assert order == list(range(20))


def test_a_newcomer_does_not_pass_those_who_wait():
    """Whoever leaves and comes again at once is behind them."""
    turns, order = InTurn(1), []
    turns.__enter__()

    def patient():
        with turns:
            order.append("patient")

    waits = threading.Thread(target=patient)
    waits.start()
    wait_until("InTurn: 0 free, 1 waiting", turns)
    turns.__exit__()
    with turns:
        order.append("newcomer")
    waits.join()
    assert order == ["patient", "newcomer"]


def test_never_more_are_inside_than_there_are_places_and_all_get_in():
    turns, inside, most = InTurn(3), [], []

    def one():
        for _ in range(200):
            with turns:
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 1600
    assert max(most) <= 3
    assert repr(turns) == "InTurn: 3 free, 0 waiting"


def test_an_error_inside_gives_the_place_back():
    turns = InTurn(1)
    with pytest.raises(ValueError, match="inside"), turns:
        raise ValueError("inside")
    assert repr(turns) == "InTurn: 1 free, 0 waiting"
