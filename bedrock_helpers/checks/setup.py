"""The checks of notebook 01. Each gives None, or words that lead on."""

import json

from botocore.exceptions import ClientError, ParamValidationError

from bedrock_helpers import catalog
from bedrock_helpers.connect import connect

WHICH_ID_REGION = "eu-west-1"
#: The form of notebook 01, which is not an answer.
EXAMPLE_FORM = {
    "companyName": "Example Ltd",
    "companyWebsite": "https://example.com",
    "intendedUsers": "0",
    "industryOption": "Education",
    "otherIndustryOption": "",
    "useCases": "Learning Amazon Bedrock with a course.",
}
CAUSES = ("form", "ended", "profile", "quota")
_RIGHT_CAUSES = {"A": "profile", "B": "ended", "C": "form", "D": "quota"}


def which_id(answer):
    """Which id calls Claude Haiku 4.5 from eu-west-1?"""
    model = catalog.get(catalog.CLAUDE_HAIKU_4_5)
    geography, bare = (
        catalog.split_profile_id(answer) if isinstance(answer, str) else (None, None)
    )
    if bare != model.model_id:
        return (
            f"{answer!r} is not an id of Claude Haiku 4.5. Its bare id is "
            "bh.catalog.CLAUDE_HAIKU_4_5; a geography and a dot go before it."
        )
    if geography is None:
        return (
            f"that is the bare id. In {WHICH_ID_REGION} this model is offered "
            "through inference profiles only: which prefix?"
        )
    if answer not in model.profile_ids(WHICH_ID_REGION):
        return (
            f"the prefix {geography!r} is of another geography: from "
            f"{WHICH_ID_REGION} it gives 'The provided model identifier is invalid.'"
        )
    return None


def form(answer):
    """Would AWS take this use-case form from a new account?"""
    if isinstance(answer, dict):
        try:
            answer = json.dumps(answer).encode()
        except (TypeError, ValueError):
            return "JSON cannot hold it: every field is a string."
    if answer in (EXAMPLE_FORM, json.dumps(EXAMPLE_FORM).encode()):
        return "that is the example's form. Put in your own words."
    bedrock = connect("offline", account="new").client("bedrock")
    try:
        bedrock.put_use_case_for_model_access(formData=answer)
    except ParamValidationError:
        return "formData is bytes: json.dumps(your_form).encode()"
    except ClientError:
        return _form_problem(answer)
    return None


def _form_problem(answer):
    try:
        fields = json.loads(answer)
    except ValueError:
        return "it is not JSON. json.dumps(your_form).encode() makes it so."
    wanted = ("companyName", "companyWebsite", "intendedUsers", "industryOption")
    if not isinstance(fields, dict):
        return "it must be one JSON object, with a member for each field."
    missing = [name for name in (*wanted, "useCases") if not fields.get(name)]
    if missing:
        return f"AWS says 'Invalid form data.': still empty: {', '.join(missing)}."
    if fields["intendedUsers"] not in ("0", "1", "2"):
        return 'intendedUsers is one of the strings "0", "1" and "2".'
    return "AWS says 'Invalid form data.': every field is a string, none too long."


def proof(answer):
    """Is this request a proof of access to Claude Haiku 4.5, of one token?"""
    if not isinstance(answer, dict) or "ResponseMetadata" in answer:
        return "it should be the request, a dict: dict(modelId=..., messages=...)"
    missing = [name for name in ("modelId", "messages") if name not in answer]
    if missing:
        return f"the request has no {' and no '.join(missing)} yet."
    runtime = connect("offline").client("bedrock-runtime")
    try:
        reply = runtime.converse(**answer)
    except TypeError:
        return "its keys must be the names of converse's arguments: modelId, ..."
    except ParamValidationError as error:
        return f"boto3 would not send it: {str(error).splitlines()[-1]}"
    except ClientError as error:
        return f"Bedrock refuses it: {error.response['Error']['Message']}"
    return _proof_problem(answer, reply)


def _proof_problem(answer, reply):
    wanted = catalog.get(catalog.CLAUDE_HAIKU_4_5)
    called = answer["modelId"].rpartition("/")[2]
    if catalog.split_profile_id(called)[1] != wanted.model_id:
        name = catalog.get(called).name
        return f"it works, but proves access to {name}. Which id is {wanted.name}'s?"
    if answer.get("inferenceConfig", {}).get("maxTokens") != 1:
        made = reply["usage"]["outputTokens"]
        return f"it works, but made {made} tokens. Which setting limits them to one?"
    return None


def causes(answer):
    """Which cause lies behind each of the four errors A to D?"""
    if not isinstance(answer, dict) or set(answer) != set(_RIGHT_CAUSES):
        return 'it should be a dict of four letters: {"A": "...", "B": "...", ...}'
    odd = [v for v in answer.values() if v not in CAUSES]
    if odd:
        return f"{odd[0]!r} is not one of {', '.join(CAUSES)}."
    wrong = [key for key, cause in _RIGHT_CAUSES.items() if answer[key] != cause]
    if wrong:
        return f"look again at {' and '.join(wrong)}: the class alone does not tell."
    return None
