"""The Bedrock calls a session has made: what permissions depend on, and no more."""

import json
import threading
from dataclasses import dataclass
from functools import lru_cache

#: Parameters that say which permissions a call needs.
_TELLING = {
    "modelId",
    "modelIdentifier",
    "guardrailIdentifier",
    "guardrailVersion",
    "guardrailConfig",
    "serviceTier",
    "inferenceProfileIdentifier",
    "provisionedModelId",
    "desiredModelId",
    "modelSource",
    "resourceARN",
    "tags",
    "tagKeys",
    "loggingConfig",
}
_STARTING = "before-parameter-build.bedrock", "before-parameter-build.bedrock-runtime"
_ANSWERED = "after-call.bedrock", "after-call.bedrock-runtime"
_as_json = json.JSONEncoder(sort_keys=True).encode
#: In the context of a boto3 call: what it asked, and that it is none of the learner's.
_STARTED, _UNCOUNTED = "bedrock_helpers.telling", "bedrock_helpers.uncounted"


@dataclass(frozen=True)
class CallMade:
    """
    One call that was allowed and answered.

    Attributes
    ----------
    operation : str
        Such as ``"Converse"``.
    region_name : str
    account_id : str
        Empty where it is not known.
    telling : str
        The parameters that say which permissions it needs, as JSON.
    models : tuple of str or None
        ARNs of the models behind an inference profile the account has made.
    """

    operation: str
    region_name: str
    account_id: str
    telling: str
    models: tuple | None = None


class CallsMade:
    """
    The different calls of a session, in the order they were first made.

    Examples
    --------
    >>> calls = CallsMade()
    >>> for _ in range(2):
    ...     calls.add(CallMade("ListGuardrails", "us-east-1", "111122223333", "{}"))
    >>> [call.operation for call in calls]
    ['ListGuardrails']
    """

    def __init__(self):
        self._calls = {}
        self._lock = threading.Lock()

    def __len__(self):
        """How many different ones."""
        return len(self._calls)

    def __iter__(self):
        """Go over those made until now."""
        with self._lock:
            return iter(list(self._calls))

    def add(self, call):
        """
        Keep a call, unless one like it was made before.

        Parameters
        ----------
        call : CallMade
        """
        with self._lock:
            self._calls.setdefault(call)

    def watch(self, events, account_id, models_of=lambda model_id: None):
        """
        Keep the calls of a session's clients that are answered.

        Parameters
        ----------
        events : botocore.hooks.BaseEventHooks
            Of a boto3 session.
        account_id : callable
            Gives the account's number, or an empty text.
        models_of : callable
            From a model id to the ARNs of the models behind it, if it is an inference
            profile the account has made; else None.
        """
        known = set()  # looking here takes less time than making a CallMade

        def remember(params, context, **_):
            if _UNCOUNTED not in context:
                context[_STARTED] = params

        def keep(http_response, model, context, **_):
            params = context.get(_STARTED)
            if params is None or http_response.status_code >= 300:
                return
            where = context["client_region"], account_id()
            models = models_of(params.get("modelId"))
            call = model.name, *where, telling(params), models
            if call not in known:
                known.add(call)
                self.add(CallMade(*call))

        for event in _STARTING:
            events.register_last(event, remember)
        for event in _ANSWERED:
            events.register_last(event, keep)


def uncounted(client):
    """
    Let the calls of a client count as none of the session's: ours, not the learner's.

    Parameters
    ----------
    client : botocore.client.BaseClient

    Returns
    -------
    botocore.client.BaseClient
        The same client.
    """
    for event in _STARTING:
        client.meta.events.register_first(event, _not_to_be_kept)
    return client


def _not_to_be_kept(context, **_):
    context[_UNCOUNTED] = True


def telling(parameters):
    """
    The parameters of a call that say which permissions it needs, as JSON.

    Examples
    --------
    >>> telling({"modelId": "amazon.nova-micro-v1:0", "messages": []})
    '{"modelId": "amazon.nova-micro-v1:0"}'
    """
    told = _TELLING & parameters.keys()
    if told == {"modelId"}:
        return _model_alone(parameters["modelId"])
    return _as_json({name: parameters[name] for name in told})


@lru_cache(maxsize=256)
def _model_alone(model_id):
    return _as_json({"modelId": model_id})
