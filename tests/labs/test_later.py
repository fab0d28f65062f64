"""Something to do once the learner has stopped typing."""

import asyncio

from bedrock_helpers.labs.later import Later


def run(*calls, then_forget=False):
    """What is done of calls made one after the other, before another event is."""
    done = []

    async def type_away():
        later, ended = Later(0.01), asyncio.Event()
        for name in calls:
            later.call(lambda name=name: done.append(name))
        if then_forget:
            later.forget()
        assert done == []
        asyncio.get_running_loop().call_later(0.05, ended.set)
        await ended.wait()

    asyncio.run(type_away())
    return done


def test_of_many_calls_only_the_last_is_done_and_after_the_pause():
    assert run("a", "b", "c") == ["c"]


def test_what_is_forgotten_is_not_done():
    assert run("a", then_forget=True) == []


def test_without_an_event_loop_it_is_done_at_once():
    done = []
    Later(60).call(lambda: done.append("now"))
    assert done == ["now"]
