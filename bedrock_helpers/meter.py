"""What a session has spent, and a budget: the call that could pass it is not sent.

Just before a call is sent, the most it can cost is set aside; afterwards the
tokens its reply reports take that amount's place, for a stream when its last
event is read. A refused call costs nothing. What reports no tokens stays at the
amount set aside: a stream not read to its end, and an attempt that may have
reached AWS and brought no answer. Each errs high, never low.
"""

from decimal import Decimal
from functools import partial

from botocore.eventstream import EventStream
from botocore.exceptions import ConnectionError

from bedrock_helpers.call_bound import upper_bound
from bedrock_helpers.call_cost import complete, makes_pictures, usage_of
from bedrock_helpers.free_questions import FreeQuestions
from bedrock_helpers.meter_ledger import Ledger, MeteredCall, shown_usd
from bedrock_helpers.meter_rows import COLUMNS
from bedrock_helpers.metered_stream import MeteredStream

_CALLS = ("Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream")
_SLOT = "bedrock_helpers_call"


class Meter:
    """
    What a session spends, in US dollars, by model id and service tier.

    Parameters
    ----------
    limit_usd : float or str or decimal.Decimal, optional
        The budget. Without one nothing is stopped.
    on : str, optional
        ``"2023-09-28"`` for launch day's prices.
    note : str
        What stands below the figure.

    Raises
    ------
    ValueError
        If the limit is not a number above 0.

    Examples
    --------
    >>> Meter(1)
    Meter: 0 calls, $0.000000 of $1.00 spent or set aside
    >>> Meter()
    Meter: 0 calls, $0.000000 spent or set aside, no budget
    """

    def __init__(self, limit_usd=None, *, on=None, note=""):
        self._ledger = Ledger()
        self._on, self._note = on, note
        self.limit_usd = limit_usd

    def __repr__(self):
        """Calls, dollars, the limit, and how many calls have no known price."""
        rows, limit = self._ledger.rows(), self.limit_usd
        calls, unpriced = (
            sum(getattr(row, name) for row in rows)
            for name in ("calls", "unpriced_calls")
        )
        return (
            f"Meter: {calls} call{'' if calls == 1 else 's'}, ${_spent(rows):.6f}"
            + (f" of ${shown_usd(limit)}" if limit else "")
            + " spent or set aside"
            + ("" if limit else ", no budget")
            + (f"; price unknown of {unpriced}" if unpriced else "")
        )

    @property
    def limit_usd(self):
        """The budget as a Decimal, or None; it can be set anew."""
        return self._ledger.limit_usd

    @limit_usd.setter
    def limit_usd(self, value):
        self._ledger.limit_usd = None if value is None else _limit(value)

    @property
    def spent_usd(self):
        """
        Dollars spent or set aside so far, as an exact Decimal.

        Calls whose price is not known are not in it: the table names them.
        """
        return _spent(self._ledger.rows())

    def table(self):
        """
        What was counted, a row for each model id and service tier.

        Returns
        -------
        pandas.DataFrame
            ``calls`` sent and, of them, ``failed_calls``; tokens as the replies
            reported them; ``usd``, and of it ``usd_upper_bound``: the most that
            calls can have cost which reported none; ``counts_from``, how many calls
            told their tokens and where; ``price``: what is paid for, or that no
            price is known. Dollars are floats, for reading; ``spent_usd`` is exact.

        Examples
        --------
        >>> Meter().table()[["model_id", "calls", "usd"]]
        Empty DataFrame
        Columns: [model_id, calls, usd]
        Index: []
        """
        import pandas

        rows = [row.shown() for row in self._ledger.rows()]
        return pandas.DataFrame(rows, columns=COLUMNS)

    def figure(self):
        """
        Dollars by model id as a picture, with a table for readers without one.

        Returns
        -------
        MeterFigure

        Examples
        --------
        >>> Meter(1).figure()
        Meter: 0 calls, $0.000000 of $1.00 spent or set aside
        """
        from bedrock_helpers.meter_figure import MeterFigure

        return MeterFigure(tuple(self._ledger.rows()), repr(self), self._note)

    def watch(self, session):
        """
        Follow every call to a model that one session's clients make.

        Parameters
        ----------
        session : boto3.Session
        """
        self._ask = FreeQuestions(session)
        events = session.events
        events.register_last("request-created", self._depart)  # once it is signed
        for name in _CALLS:
            where = f"bedrock-runtime.{name}"
            events.register(f"before-parameter-build.{where}", self._begin)
            events.register(f"needs-retry.{where}", self._attempted)
            events.register(f"after-call.{where}", self._answered)
            events.register(f"after-call-error.{where}", self._failed)

    def _begin(self, params, context, **_):
        context[_SLOT] = MeteredCall(params, self._on)

    def _depart(self, request, **_):
        call = request.context.get(_SLOT)
        if call is None or call.is_under_way:
            return
        if not call.called_id:
            self._name(call)
        bound = None if self.limit_usd is None else self._bound(call, request)
        self._ledger.depart(call, bound)

    def _name(self, call):
        call.called_id = called = call.request["modelId"]
        charged = self._ask.charged_id(called)
        if charged != called:
            call.request = {**call.request, "modelId": charged}

    def _bound(self, call, sent):
        """The most a call can cost; CountTokens says where that could let it pass."""
        bound = upper_bound(call.request, on=self._on)
        left = self._ledger.left_usd()
        if bound.usd <= left:
            return bound
        least = upper_bound(call.request, input_tokens=0, on=self._on)
        if least.usd > left:
            return bound
        counted = self._ask.input_tokens(call.request, sent)
        if counted is None:
            return bound
        return upper_bound(call.request, input_tokens=counted, on=self._on)

    def _attempted(self, request_dict, caught_exception, **_):
        """Without an answer AWS may have worked: a retry sets aside its own."""
        call = request_dict["context"].get(_SLOT)
        if call and caught_exception and not _never_arrived(caught_exception):
            self._ledger.leave(call)

    def _answered(self, http_response, parsed, context, **_):
        call = context.pop(_SLOT, None)
        if call is None or not call.is_under_way:
            return
        if http_response.status_code >= 300:
            self._ledger.count_failure(call)
            self._ledger.release(call)
            return
        for name in ("stream", "body"):
            if isinstance(parsed.get(name), EventStream):
                told = partial(self._reported, call)
                parsed[name] = MeteredStream(parsed[name], told)
                self._ledger.wait(call)
                return
        self._settle(call, parsed)

    def _settle(self, call, parsed):
        usage = usage_of(call.request, parsed)
        if usage is None and not makes_pictures(call.request):
            self._ledger.leave(call)
            return
        source = "reply" if "usage" in parsed else "headers"
        source = source if usage else "request"
        self._ledger.settle(call, usage, parsed.get("serviceTier"), source)

    def _reported(self, call, usage, tier):
        usage = complete(call.request, usage)
        if usage:
            self._ledger.settle(call, usage, tier, "stream")

    def _failed(self, context, exception, **_):
        call = context.pop(_SLOT, None)
        if call is None or call.row is None:
            return
        self._ledger.count_failure(call)
        if _never_arrived(exception):
            self._ledger.release(call)
        else:
            self._ledger.leave(call)


def _spent(rows):
    return sum((row.usd for row in rows), Decimal(0))


def _never_arrived(exception):
    """No connection was made: botocore's own name for that is ConnectionError."""
    return isinstance(exception, ConnectionError)


def _limit(value):
    try:
        limit = Decimal(str(value))
    except ArithmeticError:
        limit = Decimal(0)
    if not limit.is_finite() or limit <= 0:
        raise ValueError(
            f"budget_usd={value!r}: a number above 0, in dollars. Type: budget_usd=1"
        )
    return limit
