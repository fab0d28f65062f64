"""What an account answers, offline or live: the caller, the Region, the models."""

import datetime

from botocore.config import Config
from botocore.exceptions import ClientError

from bedrock_helpers import catalog
from bedrock_helpers.connect import connect
from bedrock_helpers.diagnosis import explain
from bedrock_helpers.exceptions import AccountChangeRefused
from bedrock_helpers.preflight.clock import blames_clock, clock, time_of
from bedrock_helpers.preflight.report import Finding
from bedrock_helpers.preflight.tried import failed, tried

#: Refusals of the caller, whatever is asked: STS's code and Bedrock's for the same.
_OF_THE_CALLER = {
    "ExpiredToken": "ExpiredTokenException",
    "IncompleteSignature": "IncompleteSignatureException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
}
_CALLERS_FAULTS = {*_OF_THE_CALLER, *_OF_THE_CALLER.values()}
#: How ids of temporary keys begin; these count only with their session token (IAM
#: user guide, "IAM identifiers", unique ID prefixes).
_TEMPORARY = "ASIA"
#: An address that does not answer is given up after some seconds, not minutes.
_QUICK = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})


def connected(mode, region_name=None):
    """
    Connect, or say why that is not possible.

    Parameters
    ----------
    mode : {"offline", "live"}
    region_name : str, optional

    Returns
    -------
    boto3.Session or Finding
    """
    place = {} if region_name is None else {"region_name": region_name}
    try:
        return connect(mode, **place)
    except Exception as error:
        return Finding(f"connect({mode!r})", False, str(error))


def account(session):
    """
    Ask an account what the course asks: its caller, its models, a token of each.

    Parameters
    ----------
    session : boto3.Session
        Of :func:`bedrock_helpers.connect`. Live, each lesson model is asked for one
        token: a small fraction of a cent in all.

    Yields
    ------
    Finding

    Examples
    --------
    >>> next(account(connect("offline")))
    ✓ list the models (offline, us-east-1)
    """
    place = _place(session)
    listing = f"list the models ({place})"
    if session.mode == "live":
        findings, is_known = _caller_and_clock(session, place)
        yield from findings
        if not is_known:
            return
    listed, error = _models(session.client("bedrock", config=_QUICK))
    yield failed(listing, error) if error else Finding(listing, True, listed)
    if _is_launch_day(session) or (error and _is_of_the_caller(error)):
        return  # Converse came later; a caller who is refused is refused by all
    yield _region(session, place)
    for model_id in _models_here(session.region_name):
        yield tried(
            f"one token from {catalog.get(model_id).name} ({place})",
            lambda model_id=model_id: _one_token(session, model_id),
        )


def _place(session):
    place = f"{session.mode}, {session.region_name}"
    if session.mode == "live" and session.address:
        place += f", at {session.address}, which is not AWS"
    return place


def _is_launch_day(session):
    return session.mode == "offline" and session.offline.day == catalog.LAUNCH_DAY


def _models(client):
    """How many models are listed, and the error where that is refused."""
    try:
        listed = client.list_foundation_models()
    except Exception as error:
        return "", error
    return f"{len(listed.get('modelSummaries', ()))} models", None


def _caller_and_clock(session, place):
    """Findings about the caller and the clock, and whether to ask any further."""
    what = f"AWS knows the caller ({place})"
    reply, error = _who_calls(session)
    ours, theirs = datetime.datetime.now(datetime.UTC), time_of(reply)
    if error and blames_clock(error):
        return [clock(theirs, ours, refused=True)], False
    known = f"account {session.account}"
    found = [_unknown(what, error, session) if error else Finding(what, True, known)]
    if theirs:
        found.append(clock(theirs, ours))
    return found, not (error and _is_of_the_caller(error))


def _who_calls(session):
    """What AWS says of the caller, and the error; an API key can only list models."""
    has_api_key = session.account == "of an API key"
    service = "bedrock" if has_api_key else "sts"
    client = session.client(service, config=_QUICK)
    try:
        if has_api_key:
            return client.list_foundation_models(), None
        return client.get_caller_identity(), None
    except Exception as error:
        return getattr(error, "response", {}), error


def _unknown(what, error, session):
    """Why a caller is refused: STS has its own code for what Bedrock refuses too."""
    finding = failed(what, error)
    refusal = getattr(error, "response", {}).get("Error", {})
    code = _OF_THE_CALLER.get(refusal.get("Code"))
    if code:
        known = explain({"Error": {**refusal, "Code": code}})
        finding.cause, finding.cure = known.cause, known.cure
    keys = session.get_credentials()
    if code and keys and keys.access_key.startswith(_TEMPORARY) and not keys.token:
        finding.cause = "these keys are temporary, and their session token is missing"
        finding.cure = "export AWS_SESSION_TOKEN=…, from where the two keys came from"
    return finding


def _is_of_the_caller(error):
    if not isinstance(error, ClientError):
        return True  # no connection, no credentials
    return error.response["Error"]["Code"] in _CALLERS_FAULTS


def _models_here(region_name):
    for model_id in catalog.LESSON_MODELS:
        if _why_not_here(model_id, region_name) is None:
            yield model_id


def _why_not_here(model_id, region_name):
    try:
        catalog.id_for(model_id, region_name)
    except ValueError as missing:
        return missing
    return None


def _region(session, place):
    what = f"the Region has the lesson models ({place})"
    region_name = session.region_name
    missing = [
        model_id
        for model_id in catalog.LESSON_MODELS
        if _why_not_here(model_id, region_name)
    ]
    if not missing:
        return Finding(what, True, f"all {len(catalog.LESSON_MODELS)}")
    names = ", ".join(catalog.get(model_id).name for model_id in missing)
    return Finding(
        what,
        False,
        names,
        f"{len(missing)} of {len(catalog.LESSON_MODELS)} are missing",
        f"{names} cannot be called from {region_name}",
        'choose another: bh.connect(region_name="us-east-1")',
    )


def _one_token(session, model_id):
    try:
        session.client("bedrock-runtime").converse(
            modelId=catalog.id_for(model_id, session.region_name),
            messages=[{"role": "user", "content": [{"text": "Hi"}]}],
            inferenceConfig={"maxTokens": 1},
        )
    except AccountChangeRefused:
        if catalog.get(model_id).provider == "Anthropic":
            _check_form(session)
        raise


def _check_form(session):
    """Raise the refusal of a form that was never sent: it comes before the rest."""
    session.client("bedrock").get_use_case_for_model_access()
