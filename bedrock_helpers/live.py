"""A boto3 Session on a real account, which nothing changes unasked."""

import os

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

from bedrock_helpers.budget import Budget
from bedrock_helpers.exceptions import AccountChangeRefused, NoCredentials

#: Dollars a live session may spend unless told otherwise.
DEFAULT_BUDGET_USD = "1.00"
#: Bills by the hour from the moment it is made, used or not.
NEVER_LIVE = "CreateProvisionedModelThroughput"
_WHY_NEVER = (
    "it bills by the hour, used or not, until it is deleted. Offline it can be "
    "practised for nothing."
)
_READING = ("Get", "List", "Describe", "Head", "BatchGet", "Lookup", "Simulate")
_TOKENS_ONLY = {
    "Converse",
    "ConverseStream",
    "CountTokens",
    "InvokeModel",
    "InvokeModelWithResponseStream",
    "ApplyGuardrail",
    "AssumeRole",
}
_WAYS = """\
No AWS credentials were found, so nothing was sent. Any one of these provides them:
  aws configure                        keys of an IAM user, kept in ~/.aws
  aws sso login --profile NAME         then bh.connect("live", profile_name="NAME")
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN) in the environment
  AWS_BEARER_TOKEN_BEDROCK             an Amazon Bedrock API key, in the environment
Without an account everything runs offline: bh.connect()"""


class LiveSession(boto3.Session):
    """
    A boto3 Session on your account, with a budget and a guard.

    Made by :func:`bedrock_helpers.connect`; every client of it is an ordinary
    boto3 client. Calls that change the account are refused before they are
    sent unless their operation is named in ``allow``.

    Attributes
    ----------
    mode : str
        ``"live"``.
    budget : Budget
    account : str
        The account's last four digits, or why they are not known.
    """

    mode = "live"

    def __init__(self, *, region_name, profile_name=None, budget_usd=None, allow=()):
        self._allowed = _checked_allow(allow)
        limit = DEFAULT_BUDGET_USD if budget_usd is None else budget_usd
        self.budget = Budget(limit)
        try:
            super().__init__(profile_name=profile_name, region_name=region_name)
        except ProfileNotFound as missing:
            known = ", ".join(boto3.Session().available_profiles) or "none"
            message = f"{missing}. Profiles on this machine: {known}."
            raise NoCredentials(message) from None
        self._check_credentials()
        self.events.register_first("before-parameter-build", self._guard)
        self.budget.watch(self.events)
        self.account = self._account()

    def __repr__(self):
        """Say that it is live, on which account, and what it may spend."""
        allowed = ", ".join(sorted(self._allowed)) or "none"
        return (
            f"Bedrock session: LIVE, {self.region_name}, account {self.account}.\n"
            f"{self.budget}. Account changes allowed: {allowed}."
        )

    def _check_credentials(self):
        if os.environ.get("AWS_BEARER_TOKEN_BEDROCK"):
            return
        if self.get_credentials() is None:
            raise NoCredentials(_WAYS)

    def _account(self):
        if self.get_credentials() is None:
            return "of an API key"
        quick = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 1})
        try:
            identity = self.client("sts", config=quick).get_caller_identity()
        except (ClientError, BotoCoreError) as error:
            return f"unknown ({type(error).__name__})"
        return "…" + identity["Account"][-4:]

    def _guard(self, model, **_):
        name = model.name
        if name.startswith(_READING) or name in _TOKENS_ONLY or name in self._allowed:
            return
        if name == NEVER_LIVE:
            raise AccountChangeRefused(f"{name} is never sent live: {_WHY_NEVER}")
        raise AccountChangeRefused(
            f"{name} would change your account, so it was not sent. If you mean it: "
            f'bh.connect("live", allow={{"{name}"}})'
        )


def _checked_allow(allow):
    if isinstance(allow, str):
        raise ValueError(f"allow={allow!r}: a set of names. Type: allow={{{allow!r}}}")
    names = frozenset(allow)
    if NEVER_LIVE in names:
        raise ValueError(f"{NEVER_LIVE} cannot be allowed live: {_WHY_NEVER}")
    odd = sorted(n for n in names if not isinstance(n, str) or not n[:1].isupper())
    if odd:
        raise ValueError(
            f"allow: {', '.join(map(repr, odd))}: operations are named as in IAM, "
            'like "CreateGuardrail"'
        )
    return names
