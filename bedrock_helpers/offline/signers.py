"""Who signed the requests to one offline account, and which account a key is of."""

import threading
import weakref

from bedrock_helpers.offline import api_keys
from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.identity import LEARNER, caller_of
from bedrock_helpers.offline.signature import check_secret, token_of

_LIVING = weakref.WeakSet()
_ONE_AT_A_TIME = threading.Lock()


class Signers:
    """
    Whose keys sign the requests to one offline account.

    Parameters
    ----------
    services : bedrock_helpers.offline.aws_services.AwsServices
        Where users, roles and their keys are kept.
    any_key : bool
        Whether keys that were not made here are taken for the learner's, and
        secrets are not checked: over HTTP.
    """

    def __init__(self, services, any_key=False):
        self._services, self._any_key = services, any_key

    def caller(self, signature, method, url, headers, body, now):
        """
        Who signed a request; the learner's own signature is not checked.

        Parameters
        ----------
        signature : bedrock_helpers.offline.signature.Signature
        method, url : str
        headers : mapping
        body : bytes or None
        now : datetime.datetime
            By the service's clock, in UTC.

        Returns
        -------
        bedrock_helpers.offline.identity.Caller

        Raises
        ------
        Refusal
            For a key nobody has, a session that is over, or another secret. A
            short-term API key is its maker's, any other API key the learner's.
        """
        key = signature.access_key
        if signature.api_key.startswith(api_keys.PREFIX):
            return self._maker(api_keys.read_short_term(signature.api_key, now), now)
        if signature.api_key:
            return LEARNER
        caller = self._holder(key, token_of(headers), now)
        if caller is LEARNER or self._any_key or signature.service == "s3":
            return caller
        check_secret(signature, caller.secret, method, url, headers, body or b"")
        return caller

    def _holder(self, key, token, now):
        """Whose an access key is."""
        caller = caller_of(key, token, self._services, now)
        if caller is None and self._any_key and key not in self._services.issued:
            return LEARNER
        if caller is None:
            raise refusal("invalid_token")
        return caller

    def _maker(self, key, now):
        """Who made a short-term API key: it may do what they may."""
        caller = self._holder(key.access_key, key.token, now)
        if caller is not LEARNER and not self._any_key:
            key.check_secret(caller.secret)
        return caller


def remember(account):
    """Let :func:`account_with_key` find an offline account for as long as it lives."""
    with _ONE_AT_A_TIME:
        _LIVING.add(account)


def account_with_key(access_key):
    """
    The offline account in which an access key was made last.

    Parameters
    ----------
    access_key : str

    Returns
    -------
    bedrock_helpers.offline.service.OfflineBedrock or None
        None if there is none any more.
    """
    with _ONE_AT_A_TIME:
        living = list(_LIVING)
    found = [one for one in living if access_key in one.services.issued]
    return max(found, key=lambda one: one.services.issued[access_key], default=None)
