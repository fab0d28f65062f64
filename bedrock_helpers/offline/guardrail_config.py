"""A guardrail's configuration: what is refused of it, and how it is read back."""

import re

from bedrock_helpers.offline.errors import not_offline, refusal
from bedrock_helpers.offline.guardrail_checks import rules
from bedrock_helpers.offline.regex_bounds import may_run_on

_POLICIES = (
    "topicPolicy",
    "contentPolicy",
    "wordPolicy",
    "sensitiveInformationPolicy",
    "contextualGroundingPolicy",
    "automatedReasoningPolicy",
)
#: Lists that are shown even when they are empty.
_ALWAYS_LISTED = {
    "wordPolicy": "managedWordLists",
    "sensitiveInformationPolicy": "regexes",
}
_MESSAGES = ("description", "blockedInputMessaging", "blockedOutputsMessaging")
_KEY_ARN = re.compile(r"arn:aws[^:]*:kms:[^:]*:\d{12}:key/[a-zA-Z0-9-]{36}")
_KEY_ID = re.compile(r"[a-zA-Z0-9-]{36}")
_LOOKS_AROUND = re.compile(r"\(\?<?[=!]")


def check_config(config):
    """
    Refuse what CreateGuardrail refuses beyond the service model's constraints.

    Parameters
    ----------
    config : dict
        What CreateGuardrail was given.

    Raises
    ------
    Refusal
    """
    policies = [config[f"{p}Config"] for p in _POLICIES if config.get(f"{p}Config")]
    if not policies:
        raise refusal("guardrail_without_policy")
    for one in rules(config, "content", "filters"):
        if one["type"] == "PROMPT_ATTACK" and one["outputStrength"] != "NONE":
            raise refusal("guardrail_prompt_attack_output")
    for rule in rules(config, "sensitiveInformation", "regexes"):
        _check_pattern(rule["pattern"])
    for one in rules(config, "contextualGrounding", "filters"):
        if one["threshold"] >= 1:
            raise _invalid(f"the threshold of {one['type']} must be less than 1")
    tiers = [policy.get("tierConfig", {}).get("tierName") for policy in policies]
    if "STANDARD" in tiers and "crossRegionConfig" not in config:
        raise _invalid("the STANDARD tier needs a crossRegionConfig")
    _check_key(config.get("kmsKeyId"))


def _check_pattern(pattern):
    if _LOOKS_AROUND.search(pattern):
        raise _invalid(f"the regex {pattern} looks around, which is not supported")
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise _invalid(f"the regex {pattern} cannot be read: {error}") from None
    if may_run_on(pattern):
        raise not_offline(
            f"try the regex {pattern}: a repeat of repeats may run without end in "
            "Python. Write it so that every round ends with a character of its own"
        )


def _check_key(key_id):
    known = _KEY_ARN.fullmatch(key_id or "") or _KEY_ID.fullmatch(key_id or "")
    if key_id and not known:
        raise not_offline(f"look up {key_id}: give the id or the ARN of a KMS key")


def _invalid(problem):
    return refusal("guardrail_invalid", problem=problem)


def details(version, call):
    """A version as GetGuardrail shows it."""
    config = version.config
    found = {
        "name": config["name"],
        "guardrailId": version.guardrail_id,
        "guardrailArn": version.arn,
        "version": version.number,
        "status": "READY",
        "createdAt": version.created_at,
        "updatedAt": version.updated_at,
        **{name: config[name] for name in _MESSAGES if name in config},
    }
    for policy in _POLICIES:
        if f"{policy}Config" in config:
            found[policy] = _policy(policy, config[f"{policy}Config"])
    if "kmsKeyId" in config:
        found["kmsKeyArn"] = _key_arn(config["kmsKeyId"], call)
    return {**found, **_profile(config, call)}


def _policy(name, given):
    """A policy as it is read back: ``topicsConfig`` is ``topics`` there."""
    shown = {key.removesuffix("Config"): value for key, value in given.items()}
    if name in _ALWAYS_LISTED:
        shown.setdefault(_ALWAYS_LISTED[name], [])
    return shown


def _key_arn(key_id, call):
    if key_id.startswith("arn:"):
        return key_id
    arn = call.account.arn(call.region_name, f"key/{key_id}")
    return arn.replace(":bedrock:", ":kms:", 1)


def _profile(config, call):
    """The guardrail profile of a cross-Region configuration."""
    if "crossRegionConfig" not in config:
        return {}
    given = config["crossRegionConfig"]["guardrailProfileIdentifier"]
    profile_id = given.rpartition("/")[2]
    arn = call.account.arn(call.region_name, f"guardrail-profile/{profile_id}")
    ids = {"guardrailProfileId": profile_id, "guardrailProfileArn": arn}
    return {"crossRegionDetails": ids}


def summary(version, call):
    """A version as ListGuardrails shows it."""
    shown = details(version, call)
    kept = ("status", "name", "description", "version", "createdAt", "updatedAt")
    found = {name: shown[name] for name in kept if name in shown}
    ids = {"id": version.guardrail_id, "arn": version.arn}
    return {**ids, **found, **_profile(version.config, call)}
