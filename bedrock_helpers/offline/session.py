"""A real boto3 Session whose requests never leave the process."""

import os

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import CredentialResolver
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
)

from bedrock_helpers import catalog
from bedrock_helpers.calls_made import CallsMade
from bedrock_helpers.meter import Meter
from bedrock_helpers.offline import aws_services, price_list_api
from bedrock_helpers.offline.identity import LEARNER_KEY, LEARNER_SECRET
from bedrock_helpers.offline.local_model import model_name
from bedrock_helpers.offline.router import SERVICES, builtin_loader
from bedrock_helpers.offline.service import OfflineBedrock
from bedrock_helpers.offline.signers import account_with_key

#: What is answered, as boto3's events call it.
ANSWERED = (*SERVICES, "pricing", *aws_services.SERVICES.values())
_NOTE = "Offline: tokens as SmolLM2 counts them, at AWS's prices; nothing is billed."
#: A session that finds no credentials, on a ready account.
SIGNED_OUT = "signed-out"


class ServiceNotOffline(BotoCoreError):
    """The offline Bedrock was asked for an AWS service it does not stand in for."""

    fmt = (
        "The offline Bedrock answers {known}, not {service}. Nothing was sent. "
        'With an account: bh.connect("live").'
    )


class _Isolated(botocore.session.Session):
    """Runs no plugins of the environment, and asks no network where it runs."""

    def _register_client_plugins(self, client):
        pass

    def _resolve_defaults_mode(self, client_config, config_store):
        """``auto`` would ask 169.254.169.254; off AWS it comes to ``standard``."""
        mode = super()._resolve_defaults_mode(client_config, config_store)
        return "standard" if mode == "auto" else mode


def isolated_session():
    """
    A botocore session that reads no AWS variable and no file of ``~/.aws``.

    Returns
    -------
    botocore.session.Session
    """
    variables = botocore.session.Session.SESSION_VARIABLES
    without_environment = {
        name: (config_name, None, default, convert)
        for name, (config_name, _, default, convert) in variables.items()
    }
    for name in ("config_file", "credentials_file"):
        without_environment[name] = (None, None, os.devnull, None)
    core = _Isolated(session_vars=without_environment)
    core.set_config_variable("ignore_configured_endpoint_urls", True)
    # Else a Bedrock API key in the environment would be put into the requests.
    core.set_default_client_config(Config(signature_version="v4"))
    core.register_component("data_loader", builtin_loader())
    # Without keys given, none are looked for: not in files, not at 169.254.169.254.
    core.register_component("credential_provider", CredentialResolver([]))
    return core


class OfflineSession(boto3.Session):
    """
    A boto3 Session that answers Bedrock on this machine.

    Made by :func:`bedrock_helpers.connect`; every client of it is an ordinary
    boto3 client.

    Attributes
    ----------
    mode : str
        ``"offline"``.
    offline : OfflineBedrock
        Grants, faults and the day.
    meter : Meter
        What its calls would cost, and the budget if one was asked for.
    calls_made : CallsMade
        What :func:`bedrock_helpers.policies.least_privilege` is made from.
    """

    mode = "offline"

    def __init__(
        self,
        *,
        region_name,
        as_of=None,
        account="ready",
        budget_usd=None,
        keys=None,
        room_words="",
    ):
        kind = "ready" if account == SIGNED_OUT else account
        learner = () if account == SIGNED_OUT else (LEARNER_KEY, LEARNER_SECRET)
        where_made = account_with_key(keys[0]) if keys else None
        self.offline = where_made or OfflineBedrock(as_of, kind, region_name)
        super().__init__(
            *(keys or learner),
            region_name=region_name,
            botocore_session=isolated_session(),
        )
        self._account_kind, self._has_own_keys = account, keys is not None
        self.meter = Meter(budget_usd, on=self.offline.day, note=_NOTE)
        self.meter.watch(self)
        self._room_words = room_words
        self.calls_made = CallsMade()
        account_id = self.offline.account_id
        self.calls_made.watch(
            self.events, lambda: account_id, self.offline.models_behind
        )
        self.events.register_first("before-send", self._answer)

    def __repr__(self):
        """Say that it is offline, which day it is, and who answers."""
        lines = [
            f"Bedrock session: OFFLINE, {self.region_name}, the day is "
            f"{self.offline.day}, account {self._account_kind}.{self._signer()}",
            f"{model_name()} or a stored reply answers for every model; "
            "no AWS, no bill.",
            f"{self.meter}." if self.meter.limit_usd else "",
            self._room_words,
        ]
        return "\n".join(line for line in lines if line)

    def _signer(self):
        """Whose keys it was given, in a sentence."""
        if not self._has_own_keys:
            return ""
        try:
            return f"\nThe caller is {self.client('sts').get_caller_identity()['Arn']}."
        except ClientError as refused:
            return f"\nIts keys are refused: {refused.response['Error']['Code']}."

    def _answer(self, request, event_name, **_):
        service = event_name.split(".")[1]
        if service not in ANSWERED:
            raise ServiceNotOffline(known=", ".join(ANSWERED), service=service)
        if service in aws_services.SERVICES.values():
            return self.offline.handle(request)
        known = price_list_api.REGIONS if service == "pricing" else catalog.regions()
        if self.offline.region_of(request.url) not in known:
            raise EndpointConnectionError(endpoint_url=request.url)
        return self.offline.handle(request)
