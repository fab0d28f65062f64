"""Something to do once the learner has stopped typing."""

import asyncio


class Later:
    """
    Does the last thing asked for, after a pause in which nothing else was.

    Parameters
    ----------
    pause_s : float
        Seconds. Where no event loop runs, outside Jupyter, there is no pause.

    Examples
    --------
    >>> Later(0.5).call(lambda: print("done"))
    done
    """

    def __init__(self, pause_s):
        self._pause_s, self._waiting = pause_s, None

    def call(self, action):
        """Do this after the pause, in place of what was asked for before."""
        self.forget()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            action()
            return
        self._waiting = loop.call_later(self._pause_s, action)

    def forget(self):
        """Do nothing of what was asked for."""
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = None
