"""A real boto3 Session whose requests never leave the process."""

import os

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, EndpointConnectionError

from bedrock_helpers import catalog
from bedrock_helpers.offline.router import SERVICES, builtin_loader
from bedrock_helpers.offline.service import OfflineBedrock

#: Not a key of anybody's: requests are signed with it, as boto3 must sign them.
_ACCESS_KEY = "OFFLINE-ACCESS-KEY"
_SECRET_KEY = "offline"


class ServiceNotOffline(BotoCoreError):
    """The offline Bedrock was asked for an AWS service it does not stand in for."""

    fmt = (
        "The offline Bedrock answers {known}, not {service}. Nothing was sent. "
        'With an account: bh.connect("live").'
    )


class _WithoutPlugins(botocore.session.Session):
    """Runs no code that ``BOTOCORE_EXPERIMENTAL__PLUGINS`` names."""

    def _register_client_plugins(self, client):
        pass


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
    core = _WithoutPlugins(session_vars=without_environment)
    core.set_config_variable("ignore_configured_endpoint_urls", True)
    # Else a Bedrock API key in the environment would be put into the requests.
    core.set_default_client_config(Config(signature_version="v4"))
    core.register_component("data_loader", builtin_loader())
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
    """

    mode = "offline"

    def __init__(self, *, region_name, as_of=None, account="ready"):
        self.offline = OfflineBedrock(as_of, account, region_name)
        super().__init__(
            _ACCESS_KEY,
            _SECRET_KEY,
            region_name=region_name,
            botocore_session=isolated_session(),
        )
        self._account_kind = account
        self.events.register_first("before-send", self._answer)

    def __repr__(self):
        """Say that it is offline, which day it is, and who answers."""
        return (
            f"Bedrock session: OFFLINE, {self.region_name}, the day is "
            f"{self.offline.day}, account {self._account_kind}.\n"
            "SmolLM2-135M or a stored reply answers for every model; "
            "no AWS, no bill."
        )

    def _answer(self, request, event_name, **_):
        service = event_name.split(".")[1]
        if service not in SERVICES:
            raise ServiceNotOffline(known=" and ".join(SERVICES), service=service)
        if self.offline.region_of(request.url) not in catalog.regions():
            raise EndpointConnectionError(endpoint_url=request.url)
        return self.offline.handle(request)
