"""bedrock: guardrails and their versions."""

import threading
from dataclasses import dataclass, field, replace

from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.guardrail_checks import not_evaluated
from bedrock_helpers.offline.guardrail_config import check_config, details, summary
from bedrock_helpers.offline.http_reply import json_reply
from bedrock_helpers.offline.pages import take_page
from bedrock_helpers.offline.tags import first_tags

#: Says, in a reply's header, what a guardrail asks for that is not evaluated here.
NOT_EVALUATED = "x-bedrock-offline-not-evaluated"
DRAFT = "DRAFT"
#: In one Region, and of one guardrail: default quotas of AWS.
GUARDRAILS_AT_MOST = 100
VERSIONS_AT_MOST = 20
_ID_LENGTH = 12
_TOKEN = "clientRequestToken"
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Version:
    """
    The draft or a numbered version of a guardrail.

    Attributes
    ----------
    guardrail_id, arn : str
    number : str
        ``DRAFT``, or ``1`` and so on.
    config : dict
        What CreateGuardrail was given.
    created_at, updated_at : datetime.datetime
    """

    guardrail_id: str
    arn: str
    number: str
    config: dict
    created_at: object
    updated_at: object


@dataclass
class _Guardrail:
    """All versions of one guardrail; no number is given twice."""

    draft: Version
    versions: dict = field(default_factory=dict)
    last_number: int = 0


def create_guardrail(request, call):
    """Answer CreateGuardrail: a draft, ready at once."""
    config = {n: v for n, v in request.items() if n not in ("tags", _TOKEN)}
    check_config(config)
    tags = first_tags(request)
    with _ONE_AT_A_TIME:
        guardrail = _made_before(request, call) or _create(config, request, call)
        call.account.tags.setdefault(guardrail.draft.arn, tags)
    draft = guardrail.draft
    values = _named(draft) | {"createdAt": draft.created_at}
    return json_reply(call.operation, values, tell_not_evaluated(config, call))


def _create(config, request, call):
    here = _here(call)
    _check_name(config["name"], here.values())
    if len(here) >= GUARDRAILS_AT_MOST:
        raise refusal("guardrail_quota", limit=GUARDRAILS_AT_MOST)
    guardrail_id = call.account.new_id()
    arn = call.account.arn(call.region_name, f"guardrail/{guardrail_id}")
    draft = Version(guardrail_id, arn, DRAFT, config, call.now, call.now)
    here[guardrail_id] = _Guardrail(draft)
    _remember(request, call, guardrail_id)
    return here[guardrail_id]


def _here(call):
    """The guardrails of a Region, by id."""
    return call.account.guardrails.setdefault(call.region_name, {})


def _check_name(name, others):
    if any(other.draft.config["name"] == name for other in others):
        raise refusal("guardrail_name_taken")


def _made_before(request, call):
    """What a request of the same token made, and is still there."""
    return _here(call).get(call.account.client_tokens.get(_token(request, call)))


def _remember(request, call, made):
    if _TOKEN in request:
        call.account.client_tokens[_token(request, call)] = made


def _token(request, call):
    return call.operation.name, call.region_name, request.get(_TOKEN)


def _named(version):
    return {
        "guardrailId": version.guardrail_id,
        "guardrailArn": version.arn,
        "version": version.number,
    }


def tell_not_evaluated(config, call):
    """
    Note what a configuration asks for in vain, for the session to say.

    Returns
    -------
    dict
        The header that says it too, if there is anything.
    """
    names = not_evaluated(config)
    call.account.not_evaluated.update(names)
    return {NOT_EVALUATED: ", ".join(names)} if names else {}


def get_guardrail(request, call):
    """Answer GetGuardrail: the draft, or one version."""
    guardrail = _find(request, call)
    version = _version(guardrail, request.get("guardrailVersion", DRAFT))
    return json_reply(call.operation, details(version, call))


def _find(request, call):
    """The guardrail that an id or an ARN of this account and Region names."""
    identifier = request["guardrailIdentifier"]
    for guardrail in list(_here(call).values()):
        if identifier in (guardrail.draft.guardrail_id, guardrail.draft.arn):
            return guardrail
    raise refusal("guardrail_not_found", identifier=identifier)


def _version(guardrail, number):
    if number == DRAFT:
        return guardrail.draft
    if number not in guardrail.versions:
        name = f"{guardrail.draft.guardrail_id}, version {number}"
        raise refusal("guardrail_not_found", identifier=name)
    return guardrail.versions[number]


def list_guardrails(request, call):
    """Answer ListGuardrails: every draft, or every version of one guardrail."""
    if "guardrailIdentifier" in request:
        guardrail = _find(request, call)
        versions = [guardrail.draft, *list(guardrail.versions.values())]
    else:
        versions = [guardrail.draft for guardrail in list(_here(call).values())]
    page = take_page(versions, request, "guardrails")
    page["guardrails"] = [summary(version, call) for version in page["guardrails"]]
    return json_reply(call.operation, page)


def update_guardrail(request, call):
    """Answer UpdateGuardrail: a new draft; what is left out is gone."""
    config = {n: v for n, v in request.items() if n != "guardrailIdentifier"}
    with _ONE_AT_A_TIME:
        guardrail = _find(request, call)
        check_config(config)
        others = [other for other in _here(call).values() if other is not guardrail]
        _check_name(config["name"], others)
        draft = replace(guardrail.draft, config=config, updated_at=call.now)
        guardrail.draft = draft
    values = _named(draft) | {"updatedAt": draft.updated_at}
    return json_reply(call.operation, values, tell_not_evaluated(config, call))


def create_guardrail_version(request, call):
    """Answer CreateGuardrailVersion: the draft as it is now, under a number."""
    with _ONE_AT_A_TIME:
        guardrail = _find(request, call)
        token = (*_token(request, call), guardrail.draft.guardrail_id)
        number = call.account.client_tokens.get(token)
        if number not in guardrail.versions:
            number = _take_number(guardrail, request, call)
            if _TOKEN in request:
                call.account.client_tokens[token] = number
    values = {"guardrailId": guardrail.draft.guardrail_id, "version": number}
    return json_reply(call.operation, values)


def _take_number(guardrail, request, call):
    if len(guardrail.versions) >= VERSIONS_AT_MOST:
        raise refusal("guardrail_version_quota", limit=VERSIONS_AT_MOST)
    guardrail.last_number += 1
    number = str(guardrail.last_number)
    config = {n: v for n, v in guardrail.draft.config.items() if n != "description"}
    config |= {n: request[n] for n in ("description",) if n in request}
    made = {"created_at": call.now, "updated_at": call.now}
    version = replace(guardrail.draft, number=number, config=config, **made)
    guardrail.versions[number] = version
    return number


def delete_guardrail(request, call):
    """Answer DeleteGuardrail: one version, or the guardrail with all of them."""
    with _ONE_AT_A_TIME:
        guardrail = _find(request, call)
        if "guardrailVersion" in request:
            version = _version(guardrail, request["guardrailVersion"])
            del guardrail.versions[version.number]
        else:
            del _here(call)[guardrail.draft.guardrail_id]
            del call.account.tags[guardrail.draft.arn]
    return json_reply(call.operation, {})


def version_in_use(identifier, number, call):
    """
    The version of a guardrail that a call to bedrock-runtime names.

    Parameters
    ----------
    identifier : str
        Id or ARN.
    number : str
        ``DRAFT`` or a number.
    call : Call

    Returns
    -------
    Version

    Raises
    ------
    Refusal
        If there is none: bedrock-runtime has words of its own for that.
    """
    for guardrail in list(_here(call).values()):
        draft = guardrail.draft
        if identifier in (draft.guardrail_id, draft.arn):
            found = draft if number == DRAFT else guardrail.versions.get(number)
            if found is not None:
                return found
    if not identifier.startswith("arn:") and len(identifier) != _ID_LENGTH:
        raise refusal("guardrail_identifier_invalid")
    raise refusal("guardrail_unknown")
