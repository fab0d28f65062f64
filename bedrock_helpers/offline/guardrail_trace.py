"""What a guardrail reports: text units, coverage and assessments.

A text unit is up to 1,000 characters: 1,001 are two, for each policy that is enabled
in that direction (measured on AWS, August 2026, github.com/lijingfz/bedrock-guardrails-
demo; the same is said at https://aws.amazon.com/bedrock/pricing/). The units are those
AWS would count and bill, also of policies that are not evaluated offline.
"""

from bedrock_helpers.offline.guardrail_checks import BLOCK, MASK, action_of, rules
from bedrock_helpers.offline.pii_patterns import KINDS

TEXT_UNIT_CHARACTERS = 1000
_ACTIONS = {BLOCK: "BLOCKED", MASK: "ANONYMIZED"}
_UNITS = {
    "topicPolicyUnits": (("topic", "topics"),),
    "contentPolicyUnits": (("content", "filters"),),
    "wordPolicyUnits": (("word", "words"), ("word", "managedWordLists")),
    "sensitiveInformationPolicyUnits": (("sensitiveInformation", "piiEntities"),),
    "sensitiveInformationPolicyFreeUnits": (("sensitiveInformation", "regexes"),),
}


def text_units(characters):
    """
    How many text units so many characters are.

    Examples
    --------
    >>> text_units(0), text_units(1000), text_units(1001)
    (0, 1, 2)
    """
    return -(-characters // TEXT_UNIT_CHARACTERS)


def usage(config, parts, source):
    """
    The text units of looking at some parts, as AWS counts them.

    Parameters
    ----------
    config : dict
        A guardrail's configuration.
    parts : list of Part
    source : str
        ``INPUT`` or ``OUTPUT``.

    Returns
    -------
    dict
    """
    units = text_units(sum(len(part.text) for part in parts if part.guarded))
    counted = {
        name: units * any(_enabled(r, source) for p in where for r in rules(config, *p))
        for name, where in _UNITS.items()
    }
    return {
        **counted,
        "contextualGroundingPolicyUnits": _grounding_units(config, parts, source),
        "contentPolicyImageUnits": 0,
        "automatedReasoningPolicyUnits": 0,
        "automatedReasoningPolicies": 0,
    }


def _enabled(rule, source):
    side = source.lower()
    strong = rule.get(f"{side}Strength") != "NONE"
    return strong and rule.get(f"{side}Enabled", True)


def _grounding_units(config, parts, source):
    """Only an answer with its source and its question is checked for grounding."""
    filters = rules(config, "contextualGrounding", "filters")
    given = {qualifier for part in parts for qualifier in part.qualifiers}
    checked = source == "OUTPUT" and {"grounding_source", "query"} <= given
    if not checked or not any(one.get("enabled", True) for one in filters):
        return 0
    return text_units(sum(len(part.text) for part in parts))


def coverage(parts):
    """How many characters there are, and how many the guardrail looks at."""
    guarded = sum(len(part.text) for part in parts if part.guarded)
    total = sum(len(part.text) for part in parts)
    return {"textCharacters": {"guarded": guarded, "total": total}}


def assessment(guardrail, parts, verdict, source, latency_ms, full=False):
    """
    One assessment, as ApplyGuardrail and the traces show it.

    Parameters
    ----------
    guardrail : bedrock_helpers.offline.guardrails.Version
    parts : list of Part
    verdict : Verdict
    source : str
        ``INPUT`` or ``OUTPUT``.
    latency_ms : int
    full : bool
        Also list the kinds of personal data that were looked for and not found.

    Returns
    -------
    dict
    """
    listed = {"customWords": [], "piiEntities": [], "regexes": []}
    for finding in verdict.findings:
        entry = _entry(finding, verdict.blocked)
        if entry not in listed[finding.policy]:
            listed[finding.policy].append(entry)
    if full:
        listed["piiEntities"] += _not_found(guardrail.config, listed, source)
    sensitive = {kind: listed[kind] for kind in ("piiEntities", "regexes")}
    words = {"customWords": listed["customWords"], "managedWordLists": []}
    policies = {"wordPolicy": words, "sensitiveInformationPolicy": sensitive}
    shown = {name: lists for name, lists in policies.items() if any(lists.values())}
    metrics = {
        "guardrailProcessingLatency": latency_ms,
        "usage": usage(guardrail.config, parts, source),
        "guardrailCoverage": coverage(parts),
    }
    return {
        **shown,
        "invocationMetrics": metrics,
        "appliedGuardrailDetails": {
            "guardrailId": guardrail.guardrail_id,
            "guardrailVersion": guardrail.number,
            "guardrailArn": guardrail.arn,
            "guardrailOrigin": ["REQUEST"],
            "guardrailOwnership": "SELF",
        },
    }


def _entry(finding, blocked):
    """One finding; where anything is blocked, no mask is applied."""
    action = _ACTIONS.get(finding.action, "NONE")
    if blocked and finding.action == MASK:
        action = "NONE"
    what = {"match": finding.match}
    if finding.policy == "piiEntities":
        what["type"] = finding.rule["type"]
    elif finding.policy == "regexes":
        rule = finding.rule
        what = {"name": rule["name"], **what, "regex": rule["pattern"]}
    return {**what, "action": action, "detected": True}


def _not_found(config, listed, source):
    """Kinds that were really looked for: those that no pattern finds are left out."""
    found = {entry["type"] for entry in listed["piiEntities"]}
    looked_for = {
        rule["type"]
        for rule in rules(config, "sensitiveInformation", "piiEntities")
        if action_of(rule, source) is not None
    }
    return [
        {"match": "", "type": kind, "action": "NONE", "detected": False}
        for kind in sorted((looked_for & set(KINDS)) - found)
    ]
