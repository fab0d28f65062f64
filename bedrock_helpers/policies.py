"""IAM policies made from what was done: the least that is needed, and no more."""

import json

from botocore.exceptions import BotoCoreError, ClientError

from bedrock_helpers.calls_made import uncounted
from bedrock_helpers.catalog import split_profile_id

#: Keys that a statement is fenced with, so that it allows what was done only.
_FENCES = ("bedrock:InferenceProfileArn", "iam:PassedToService")
_ANY_MODEL = "arn:aws:bedrock:*::foundation-model/*"


def least_privilege(session):
    """
    The policy that allows the Bedrock calls a session has made, and nothing else.

    Each statement, and each resource in it, is needed by one of the calls. Models
    behind an inference profile are fenced with ``bedrock:InferenceProfileArn``: they
    may be called through that profile, not directly.

    Parameters
    ----------
    session : boto3.Session or iterable of CallMade
        Of :func:`bedrock_helpers.connect`; live, GetInferenceProfile is asked which
        models are behind a profile.

    Returns
    -------
    dict
        A policy document, ready for ``json.dumps`` and ``iam.create_policy``.

    Raises
    ------
    ValueError
        If no call was made yet.

    Examples
    --------
    >>> import bedrock_helpers as bh
    >>> session = bh.connect("offline")
    >>> _ = session.client("bedrock").list_foundation_models()
    >>> least_privilege(session)["Statement"][0]["Action"]
    ['bedrock:ListFoundationModels']
    """
    calls = list(getattr(session, "calls_made", session))
    if not calls:
        raise ValueError(
            "No call of Bedrock was made and answered in this session yet, so there is "
            "nothing to allow. Make the calls first, then: "
            "bh.policies.least_privilege(session)"
        )
    needs = [need for call in calls for need in _needs(call, session)]
    wanted = _wanted(needs)
    groups = {}
    for (fence, resource), actions in wanted.items():
        covered = _covered(wanted, fence, resource)
        left = tuple(action for action in actions if action not in covered)
        if left:
            groups.setdefault((fence, left), []).append(resource)
    return {"Version": "2012-10-17", "Statement": _statements(groups)}


def _needs(call, session):
    from bedrock_helpers.offline.iam_bedrock import Place, needs_of

    place = Place(call.region_name, call.account_id or "*")

    def models_of(model_id):
        if call.models is not None or getattr(session, "mode", "") != "live":
            return call.models
        return _ask(session, call.region_name, model_id)

    return needs_of(call.operation, json.loads(call.telling), place, models_of)


def _ask(session, region_name, model_id):
    """The models behind a profile, as a live account says; None where it says none."""
    is_made = "application-inference-profile/" in model_id
    if not is_made and split_profile_id(model_id.rpartition("/")[2])[0] is None:
        return None
    client = uncounted(session.client("bedrock", region_name=region_name))
    try:
        reply = client.get_inference_profile(inferenceProfileIdentifier=model_id)
    except (ClientError, BotoCoreError):
        return (_ANY_MODEL,) if is_made else None
    return tuple(model["modelArn"] for model in reply["models"])


def _wanted(needs):
    """Which actions are needed on which resource, behind which fence."""
    wanted = {}
    for need in needs:
        fence = tuple(pair for pair in need.keys if pair[0] in _FENCES)
        actions = wanted.setdefault((fence, need.resource), {})
        actions.setdefault(need.action)
    return {place: tuple(sorted(actions)) for place, actions in wanted.items()}


def _covered(wanted, fence, resource):
    """The actions that wider statements allow on a resource anyway."""
    wider = {((), "*"), ((), resource)} - {(fence, resource)}
    return {action for place in wider for action in wanted.get(place, ())}


def _statements(groups):
    statements, sids = [], []
    for (fence, actions), resources in groups.items():
        name = _name(fence, actions)
        sids.append(name)
        number = sids.count(name)
        statement = {
            "Sid": f"{name}{number}" if number > 1 else name,
            "Effect": "Allow",
            "Action": list(actions),
            "Resource": resources,
        }
        if fence:
            statement["Condition"] = {"StringEquals": dict(fence)}
        statements.append(statement)
    return statements


def _name(fence, actions):
    """A Sid: letters and digits only."""
    names = [action.partition(":")[2] for action in actions]
    through = "ThroughProfile" if _FENCES[0] in dict(fence) else ""
    return "And".join(names[:2]) + ("AndMore" if names[2:] else "") + through
