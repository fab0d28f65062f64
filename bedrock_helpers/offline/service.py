"""The offline Bedrock: takes an HTTP request, gives the reply AWS would give."""

import datetime
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bedrock_helpers.offline import aws_services, price_list_api
from bedrock_helpers.offline.account import ACCOUNT_ID, Account, open_account
from bedrock_helpers.offline.authorization import Authorization
from bedrock_helpers.offline.aws_services import AwsServices
from bedrock_helpers.offline.errors import Refusal, not_offline, refusal
from bedrock_helpers.offline.faults import Faults
from bedrock_helpers.offline.http_reply import to_botocore
from bedrock_helpers.offline.identity import LEARNER, Caller
from bedrock_helpers.offline.local_model import NoLocalModel
from bedrock_helpers.offline.observed import observe
from bedrock_helpers.offline.operations import LAUNCH_OPERATIONS, OPERATIONS
from bedrock_helpers.offline.replies import Replies
from bedrock_helpers.offline.router import SERVICES, find_route, read_parameters
from bedrock_helpers.offline.service_clock import ServiceClock
from bedrock_helpers.offline.service_errors import error_reply_of
from bedrock_helpers.offline.signature import check_clock, read_signature
from bedrock_helpers.offline.signers import Signers, remember

#: What requests may be signed for: bedrock-runtime's are signed for bedrock.
ANSWERED = (*SERVICES, "pricing", *aws_services.SERVICES)
_HOST = re.compile(
    r"(?:vpce-[0-9a-z-]+\.)?(?:bedrock(?:-runtime)?(?:-fips)?|api\.pricing)"
    r"\.([a-z0-9-]+)\."
)


@dataclass(frozen=True)
class Call:
    """What an operation needs besides its parameters."""

    operation: object
    region_name: str
    account: Account
    replies: Replies
    faults: Faults
    now: datetime.datetime
    caller: Caller = LEARNER
    services: AwsServices | None = None


class OfflineBedrock:
    """
    One offline account: ``session.offline`` of an offline session.

    Parameters
    ----------
    as_of : str, optional
        The day it lives in: ``"2023-09-28"`` or the catalogue's own date, which
        is the default.
    account : str
        ``"ready"`` or ``"new"``.
    region_name : str
        Where requests go whose address names no Region.
    any_key : bool
        Whether keys that were not made here are taken for the learner's.

    Attributes
    ----------
    services : AwsServices
        IAM, STS, CloudWatch, S3 and more, as far as this account uses them.

    Raises
    ------
    ValueError
        For another day or another kind of account.
    """

    def __init__(
        self, as_of=None, account="ready", region_name="us-east-1", *, any_key=False
    ):
        account = open_account(as_of, account)
        self.services = AwsServices()
        self._signers = Signers(self.services, any_key)
        remember(self)
        self._account = account
        self._observed = observe(self.services, self._account)
        self._authorization = Authorization(self._account, self.services)
        self._replies = Replies()
        self._faults = Faults()
        self._region_name = region_name
        self._clock = ServiceClock()

    def __repr__(self):
        """Say the day and the kind of account."""
        return f"OfflineBedrock(day={self.day!r}, account={self._account.kind!r})"

    @property
    def account_id(self):
        """The account's made-up number; the same for every offline account."""
        return ACCOUNT_ID

    @property
    def day(self):
        """The ISO day this offline Bedrock lives in."""
        return self._account.day

    @property
    def calls(self):
        """
        The calls to Bedrock so far, the oldest first: list of CallRecord.

        What CloudWatch and CloudTrail tell is made of them. Prompts and answers are
        not in them. Of a long session they are the latest 50,000.
        """
        return self._observed.every_call()

    @property
    def not_evaluated(self):
        """
        What guardrails of this session ask for that is not evaluated offline.

        Denied topics, content filters, grounding, word lists of AWS, and personal
        data that only a model recognises, such as names: list of str.
        """
        return sorted(self._account.not_evaluated)

    def models_behind(self, model_id):
        """
        The models of an application inference profile, or None.

        Parameters
        ----------
        model_id : str

        Returns
        -------
        tuple of str or None
            ARNs; None for what is no inference profile made in this account.
        """
        return self._authorization.models_behind(model_id)

    def grant_access(self, *model_ids):
        """
        Do what the console's Model access page did on launch day.

        It had no API then. Without ids, every model is granted: the overview of
        that day ticks the box above all of them.

        Parameters
        ----------
        *model_ids : str

        Raises
        ------
        ValueError
            Today, when that page is gone, or for an id that was not offered.
        """
        self._account.grant(model_ids)

    def fail_next(self, kind, times=1):
        """
        Make the next calls to bedrock-runtime fail.

        Parameters
        ----------
        kind : str
            An error code such as ``"ThrottlingException"``, or one case by its
            key, such as ``"too_many_tokens_per_day"`` or ``"stream_broken"``
            (the next stream breaks half-way).
        times : int
            How many calls.

        Raises
        ------
        ValueError
            For an unknown kind; the message lists them.
        """
        self._faults.add(kind, times)

    def set_clock(self, minutes_ahead=0):
        """
        Set the service's clock against this machine's.

        A service 20 minutes ahead sees every request as this machine's clock, 20
        minutes behind, would have signed it.

        Parameters
        ----------
        minutes_ahead : float
            Negative is behind; 0 sets it right again.
        """
        self._clock.ahead = datetime.timedelta(minutes=minutes_ahead)

    def pass_time(self, minutes):
        """
        Let time pass for what the service keeps.

        Prompt caches run out and commitment terms end as if so many minutes had
        gone by. Requests are still signed and checked by the real time, so, unlike
        after :meth:`set_clock`, they go on being accepted.

        Parameters
        ----------
        minutes : float
            It adds up over several calls, to a year at most.

        Raises
        ------
        ValueError
            For another number: time does not go back.
        """
        self._clock.pass_time(minutes)

    def answer(self, method, url, headers, body):
        """
        Answer one HTTP request.

        Parameters
        ----------
        method, url : str
        headers : mapping
            With names of any case.
        body : bytes or None

        Returns
        -------
        bedrock_helpers.offline.http_reply.Reply
        """
        exchange = self._observed.begin(url, headers, self._clock.now())
        try:
            reply = self._answer(method, url, headers, body, exchange)
        except Refusal as stop:
            exchange.refused(stop)
            reply = error_reply_of(_service_of(url, headers), stop, headers, method)
        except NoLocalModel as missing:
            stop = Refusal("NotAvailableOffline", 501, str(missing))
            exchange.refused(stop)
            reply = error_reply_of("bedrock", stop, headers, method)
        return exchange.over(reply)

    def _answer(self, method, url, headers, body, exchange):
        signature = read_signature(headers)
        service = self._signed_for(signature, headers)
        request, now = (method, url, headers, body), self._clock.now()
        caller = self._signers.caller(signature, *request, now)
        if service in aws_services.SERVICES:
            reply = self.services.answer(service, *request, caller, now)
            if service == "iam":
                self._authorization.forget()
            return reply
        if service == "pricing":
            region_name = self.region_of(url)
            return price_list_api.answer(headers, body, region_name, self.day)
        operation, labels = find_route(method, url)
        if operation is None or operation.name not in OPERATIONS:
            name = operation.name if operation else f"{method} {urlsplit(url).path}"
            raise not_offline(f"do {name} yet; it can do: {', '.join(OPERATIONS)}")
        if self._account.on_launch_day and operation.name not in LAUNCH_OPERATIONS:
            raise refusal("unknown_operation", operation=operation.name, day=self.day)
        region_name = self.region_of(url)
        exchange.routed(operation, region_name, labels, signature, caller)
        parameters = read_parameters(operation, url, headers, body, labels)
        exchange.read(parameters)
        kept = self._account, self._replies, self._faults
        call = Call(operation, region_name, *kept, now, caller, self.services)
        self._authorization.check(parameters, call, url, signature.api_key)
        if operation.service_model.service_name == "bedrock-runtime":
            self._faults.raise_next()
        return OPERATIONS[operation.name](parameters, call)

    def _signed_for(self, signature, headers):
        """The service a request is signed for; an API key is Bedrock's own."""
        if signature.api_key:
            return "bedrock"
        check_clock(headers, self._clock.signing_time())
        if signature.service not in ANSWERED:
            names = ", ".join(ANSWERED)
            raise not_offline(f"answer for {signature.service}, only for {names}")
        return signature.service

    def region_of(self, url):
        """The Region a request is addressed to."""
        match = _HOST.match(urlsplit(url).netloc)
        return match[1] if match else self._region_name

    def handle(self, request, **_):
        """Answer botocore's ``before-send`` event: nothing leaves the process."""
        body = request.body.read() if hasattr(request.body, "read") else request.body
        body = body.encode() if isinstance(body, str) else body
        reply = self.answer(request.method, request.url, request.headers, body)
        return to_botocore(reply, request.url)


def _service_of(url, headers):
    """What a request was signed for; of one that was not, the service it is sent to."""
    try:
        return read_signature(headers).service
    except Refusal:
        names = reversed(urlsplit(url).netloc.split("."))
        return next((name for name in names if name in aws_services.SERVICES), "")
