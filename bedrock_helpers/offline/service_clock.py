"""The service's clock: set against this machine's, and time that is let pass."""

import datetime

_YEAR_MINUTES = 366 * 24 * 60


class ServiceClock:
    """
    The time of one offline account; at first this machine's.

    Attributes
    ----------
    ahead : datetime.timedelta
        How far it is set ahead of this machine's clock; negative is behind.

    Examples
    --------
    >>> clock = ServiceClock()
    >>> clock.pass_time(minutes=6)
    >>> clock.now() - clock.signing_time() > datetime.timedelta(minutes=5)
    True
    """

    def __init__(self):
        self.ahead = datetime.timedelta()
        self._passed = datetime.timedelta()

    def now(self):
        """The time, in UTC, of what the service keeps."""
        return self.signing_time() + self._passed

    def signing_time(self):
        """The time, in UTC, that requests have to be signed at."""
        return datetime.datetime.now(datetime.UTC) + self.ahead

    def pass_time(self, minutes):
        """
        Let time pass for what the service keeps, not for signatures.

        Parameters
        ----------
        minutes : float
            It adds up over several calls, to a year at most.

        Raises
        ------
        ValueError
            For another number: time does not go back.
        """
        left = _YEAR_MINUTES - self._passed / datetime.timedelta(minutes=1)
        if not 0 <= minutes <= left:
            raise ValueError(
                f"minutes={minutes!r}: from 0 to {left:g} more, a year in all. "
                "Type: session.offline.pass_time(minutes=6)"
            )
        self._passed += datetime.timedelta(minutes=minutes)
