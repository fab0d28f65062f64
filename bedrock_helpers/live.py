"""A boto3 Session on a real account, which nothing changes unasked."""

import os
import re
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

from bedrock_helpers import catalog
from bedrock_helpers.calls_made import CallsMade, uncounted
from bedrock_helpers.exceptions import AccountChangeRefused, NoCredentials
from bedrock_helpers.meter import Meter

#: Dollars a live session may spend unless told otherwise.
DEFAULT_BUDGET_USD = "1.00"
#: Bill by the hour from the moment they are made, used or not.
NEVER_LIVE = ("CreateProvisionedModelThroughput", "CreateMarketplaceModelEndpoint")
_WHY_NEVER = (
    "it bills by the hour, used or not, until it is deleted. Offline it can be "
    "practised for nothing."
)
_SUBSCRIBING = "CreateFoundationModelAgreement"
_AWS = re.compile(r"\.(amazonaws\.com(\.cn)?|api\.aws)$")
_API_KEY = "AWS_BEARER_TOKEN_BEDROCK"
_READING = re.compile(
    "(Get|List|Describe|Head|BatchGet|Lookup|Simulate)[A-Z]|FilterLogEvents$"
)
#: Of these services what only reads is sent; of all others nothing is, unasked.
_READ_SERVICES = {
    "bedrock",
    "bedrock-runtime",
    "budgets",
    "cloudtrail",
    "cloudwatch",
    "ec2",
    "iam",
    "kms",
    "logs",
    "pricing",
    "s3",
    "service-quotas",
}
#: Their reading operations that give out passwords or shared keys.
_SECRETS = {
    "ec2.DescribeVpnConnections",
    "ec2.GetPasswordData",
    "ec2.GetVpnConnectionDeviceSampleConfiguration",
}
_TOKENS_ONLY = {
    "bedrock-runtime.Converse",
    "bedrock-runtime.ConverseStream",
    "bedrock-runtime.CountTokens",
    "bedrock-runtime.InvokeModel",
    "bedrock-runtime.InvokeModelWithResponseStream",
    "bedrock-runtime.ApplyGuardrail",
}
#: boto3 itself calls these to obtain or renew temporary credentials, or to know whose
#: they are.
_SIGNING_IN = {
    "sts.GetCallerIdentity",
    "sts.AssumeRole",
    "sts.AssumeRoleWithSAML",
    "sts.AssumeRoleWithWebIdentity",
    "sso.GetRoleCredentials",
    "sso-oidc.CreateToken",
    "signin.CreateOAuth2Token",
}
_WAYS = """\
No AWS credentials were found, so nothing was sent. Any one of these provides them:
  aws configure                        keys of an IAM user, kept in ~/.aws
  aws sso login --profile NAME         then bh.connect("live", profile_name="NAME")
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN) in the environment
  AWS_BEARER_TOKEN_BEDROCK             an Amazon Bedrock API key, in the environment
Without an account everything runs offline: bh.connect()"""


#: What accounts are known to be subscribed to, by account and address: keys of a role
#: that may do little cannot ask, where another session of this process has asked.
_SUBSCRIBED = {}


class LiveSession(boto3.Session):
    """
    A boto3 Session on your account, with a budget and a guard.

    Made by :func:`bedrock_helpers.connect`; every client of it is an ordinary
    boto3 client. Calls that change the account, and all but reading ones of the
    services a course on Bedrock needs, are refused before they are sent unless
    their operation is named in ``allow``.

    Attributes
    ----------
    mode : str
        ``"live"``.
    meter : Meter
        What its calls cost, and the budget.
    calls_made : CallsMade
        What :func:`bedrock_helpers.policies.least_privilege` is made from.
    account : str
        The account's last four digits, or why they are not known.
    address : str or None
        Where calls go, if that is not AWS: ``AWS_ENDPOINT_URL`` says so.
    """

    mode = "live"

    def __init__(
        self,
        *,
        region_name,
        profile_name=None,
        budget_usd=None,
        allow=(),
        keys=None,
        room_words="",
    ):
        _check_no_api_key_beside(keys)
        self._allowed = _checked_allow(allow)
        limit = DEFAULT_BUDGET_USD if budget_usd is None else budget_usd
        self.meter, self._room_words = Meter(limit), room_words
        try:
            super().__init__(
                *(keys or ()), profile_name=profile_name, region_name=region_name
            )
        except ProfileNotFound as missing:
            raise NoCredentials(f"{missing}. {_profiles()}") from None
        self._check_credentials()
        self.events.register_first("before-parameter-build", self._guard)
        calls = "before-parameter-build.bedrock-runtime"
        self.events.register_first(calls, self._guard_subscription)
        self.meter.watch(self)
        self.calls_made = CallsMade()
        self._account_id = ""
        self.calls_made.watch(self.events, lambda: self._account_id)
        self.account = self._account()
        self.address = self._address()
        whose = self._account_id, self.address
        known = _SUBSCRIBED.setdefault(whose, set()) if self._account_id else None
        self._subscribed = set() if known is None else known

    def __repr__(self):
        """Say that it is live, on which account, and what it may spend."""
        allowed = ", ".join(sorted(self._allowed)) or "none"
        where = self.address and f"Its calls go to {self.address}, not to AWS.\n"
        return (
            f"Bedrock session: LIVE, {self.region_name}, account {self.account}.\n"
            f"{where or ''}"
            f"{self.meter}. Account changes allowed: {allowed}."
            + (f"\n{self._room_words}" if self._room_words else "")
        )

    def _check_credentials(self):
        if os.environ.get(_API_KEY):
            return
        if self.get_credentials() is None:
            raise NoCredentials(_WAYS)

    def _account(self):
        if os.environ.get(_API_KEY):
            return "of an API key"
        once = {"total_max_attempts": 1}
        quick = Config(connect_timeout=3, read_timeout=5, retries=once)
        try:
            identity = self.client("sts", config=quick).get_caller_identity()
        except Exception as error:  # shown only: nothing else depends on it
            return f"unknown ({type(error).__name__})"
        self._account_id = identity["Account"]
        return "…" + self._account_id[-4:]

    def _address(self):
        url = self.client("bedrock-runtime").meta.endpoint_url
        return None if _AWS.search(urlsplit(url).hostname or "") else url

    def _guard(self, model, **_):
        name, service = model.name, model.service_model.service_name
        if _is_harmless(service, name):
            return
        if name in NEVER_LIVE:
            raise AccountChangeRefused(f"{name} is never sent live: {_WHY_NEVER}")
        if name in self._allowed:
            return
        why = "would change your account"
        if _READING.match(name):
            why = f"of {service} may cost money or give out credentials"
        raise AccountChangeRefused(
            f"{name} {why}, so it was not sent. If you mean it: "
            f'bh.connect("live", allow={{"{name}"}})'
        )

    def _guard_subscription(self, params, **_):
        """The first call of a Marketplace model subscribes to it: a change."""
        model = _marketplace_model(params.get("modelId"))
        if model is None or _SUBSCRIBING in self._allowed:
            return
        if model.model_id in self._subscribed or self._is_subscribed(model):
            self._subscribed.add(model.model_id)
            return
        raise AccountChangeRefused(
            f"This account is not known to be subscribed to {model.name}, and the "
            "first call subscribes it in AWS Marketplace, so it was not sent. If you "
            f'mean it: bh.connect("live", allow={{"{_SUBSCRIBING}"}})'
        )

    def _is_subscribed(self, model):
        try:
            client = uncounted(self.client("bedrock"))
            state = client.get_foundation_model_availability(modelId=model.model_id)
        except (ClientError, BotoCoreError):
            return False
        return state["agreementAvailability"]["status"] in ("AVAILABLE", "PENDING")


def _is_harmless(service, name):
    """Whether an operation only reads, answers for tokens or signs in."""
    exact = f"{service}.{name}"
    if exact in _TOKENS_ONLY | _SIGNING_IN:
        return True
    reads = service in _READ_SERVICES and _READING.match(name)
    return bool(reads) and exact not in _SECRETS


def _marketplace_model(model_id):
    """The model an id or ARN calls, if AWS Marketplace sells it and it still is."""
    try:
        model = catalog.get(str(model_id).rpartition("/")[2])
    except catalog.UnknownModelError:
        return None
    return model if model.on_marketplace and model.status != "EOL" else None


def _check_no_api_key_beside(keys):
    """boto3 would sign Bedrock's requests with the API key, whatever it is given."""
    if keys and os.environ.get(_API_KEY):
        raise ValueError(
            f"{_API_KEY} is set, and boto3 would call Bedrock with that API key, not "
            f'with these credentials. Type: del os.environ["{_API_KEY}"]'
        )


def _profiles():
    core = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    known = ", ".join(core.available_profiles) or "none"
    return f"Profiles on this machine: {known}."


def _checked_allow(allow):
    if isinstance(allow, str):
        raise ValueError(f"allow={allow!r}: a set of names. Type: allow={{{allow!r}}}")
    names = list(allow or ())
    odd = [n for n in names if not isinstance(n, str) or not n[:1].isupper()]
    if odd:
        raise ValueError(
            f"allow: {', '.join(map(repr, odd))}: operations are named as in IAM, "
            'like "CreateGuardrail"'
        )
    for name in NEVER_LIVE:
        if name in names:
            raise ValueError(f"{name} cannot be allowed live: {_WHY_NEVER}")
    return frozenset(names)
