"""What a guardrail finds in texts, and what it does about it: words, PII, regexes.

Topics, content filters, grounding and automated reasoning are judged by models
of AWS; they are not evaluated here and never reported as if they were.

How a rule acts, measured on AWS in August 2026 (github.com/lijingfz/bedrock-guardrails-
demo, and three others): a mask that is given as ``action`` alone works on output
only; one that blocks keeps every mask from being applied; a regex's mask is its name.
"""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bedrock_helpers.offline.pii_patterns import KINDS, find_pii

BLOCK, MASK, DETECT = "BLOCK", "ANONYMIZE", "NONE"
NO_ACTION = "No action."
_UNJUDGED_POLICIES = ("topicPolicy", "contentPolicy", "contextualGroundingPolicy")
_GROUNDING = {"grounding_source", "query"}


@dataclass
class Part:
    """
    A text a guardrail is given, with what it is for.

    Attributes
    ----------
    text : str
    qualifiers : collection of str
        ``grounding_source``, ``query`` or ``guard_content``.
    marked : bool
        Whether the caller marked it as what to look at.
    guarded : bool
        Whether the guardrail looks at it.
    """

    text: str
    qualifiers: tuple = ()
    marked: bool = False
    guarded: bool = True

    @property
    def for_grounding(self):
        """Whether it only serves the contextual grounding check."""
        qualifiers = set(self.qualifiers)
        return bool(qualifiers & _GROUNDING) and "guard_content" not in qualifiers


@dataclass(frozen=True)
class Finding:
    """
    One thing found.

    Attributes
    ----------
    policy : str
        ``customWords``, ``piiEntities`` or ``regexes``.
    rule : dict
        The rule of the guardrail's configuration that found it.
    match : str
        The text found.
    action : str
        ``BLOCK``, ``ANONYMIZE`` or ``NONE``.
    part, start, end : int
        Which part, and where in it.
    """

    policy: str
    rule: dict
    match: str
    action: str
    part: int
    start: int
    end: int

    @property
    def placeholder(self):
        """What a mask puts in its place, such as ``{EMAIL}``."""
        return "{" + self.rule.get("type", self.rule.get("name", "")) + "}"


@dataclass
class Verdict:
    """
    What came of looking at some parts.

    Attributes
    ----------
    findings : list of Finding
    texts : list of str
        Every part's text, masked; of no use when blocked.
    """

    findings: list = field(default_factory=list)
    texts: list = field(default_factory=list)

    @property
    def blocked(self):
        """Whether something found is to be blocked."""
        return any(found.action == BLOCK for found in self.findings)

    @property
    def masked(self):
        """Whether the texts were changed: only where nothing is blocked."""
        masks = any(found.action == MASK for found in self.findings)
        return masks and not self.blocked

    @property
    def reason(self):
        """The ``actionReason``, as AWS words it."""
        if self.blocked:
            return "Guardrail blocked."
        return "Guardrail masked." if self.masked else NO_ACTION


def look_at(config, parts, source, can_mask=True):
    """
    Look at the guarded parts.

    Parameters
    ----------
    config : dict
        A guardrail's configuration, in the words of CreateGuardrail.
    parts : list of Part
    source : str
        ``INPUT`` or ``OUTPUT``.
    can_mask : bool
        False where text that went out already cannot be masked any more: it is
        only reported.

    Returns
    -------
    Verdict

    Examples
    --------
    >>> rule = {"type": "EMAIL", "action": "ANONYMIZE"}
    >>> config = {"sensitiveInformationPolicyConfig": {"piiEntitiesConfig": [rule]}}
    >>> look_at(config, [Part("Write to ana@example.com.")], "OUTPUT").texts
    ['Write to {EMAIL}.']
    """
    found = [
        finding
        for number, part in enumerate(parts)
        if part.guarded
        for finding in _findings(config, part.text, source, number)
    ]
    if not can_mask:
        found = [replace(f, action=DETECT) if f.action == MASK else f for f in found]
    verdict = Verdict(found, [part.text for part in parts])
    if verdict.masked:
        for number, part in enumerate(parts):
            masks = [f for f in found if f.part == number and f.action == MASK]
            verdict.texts[number] = _masked(part.text, masks)
    return verdict


def action_of(rule, source):
    """
    What a rule does about a source; None where it does not look.

    Examples
    --------
    >>> action_of({"action": "ANONYMIZE"}, "OUTPUT")
    'ANONYMIZE'
    >>> action_of({"action": "ANONYMIZE"}, "INPUT") is None
    True
    """
    side = source.lower()
    if not rule.get(f"{side}Enabled", True):
        return None
    action = rule.get(f"{side}Action") or rule.get("action", BLOCK)
    only_output = source == "INPUT" and f"{side}Action" not in rule
    return None if only_output and action == MASK else action


def rules(config, policy, kind):
    """The rules of one kind in one policy of a configuration."""
    return config.get(f"{policy}PolicyConfig", {}).get(f"{kind}Config", [])


def _findings(config, text, source, part):
    for kind in ("words", "piiEntities", "regexes"):
        policy = "word" if kind == "words" else "sensitiveInformation"
        acting = [
            (rule, action)
            for rule in rules(config, policy, kind)
            if (action := action_of(rule, source)) is not None
        ]
        name = "customWords" if kind == "words" else kind
        for rule, action, start, end in _FINDERS[kind](acting, text):
            yield Finding(name, rule, text[start:end], action, part, start, end)


def _words(acting, text):
    """Whole words and phrases; capitals do not matter."""
    acting = [(rule, action) for rule, action in acting if rule["text"].strip()]
    acting.sort(key=lambda each: len(each[0]["text"]), reverse=True)
    if not acting:
        return
    pattern = _any_word(tuple(rule["text"] for rule, _ in acting))
    for match in pattern.finditer(text):
        yield *acting[match.lastindex - 1], match.start(), match.end()


@lru_cache(maxsize=32)
def _any_word(words):
    """A pattern whose groups are the words, in their order."""
    spaced = [r"\s+".join(map(re.escape, word.split())) for word in words]
    either = "|".join(f"({word})" for word in spaced)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)


def _pii(acting, text):
    by_kind = {rule["type"]: (rule, action) for rule, action in acting}
    for found in find_pii(text, by_kind):
        yield *by_kind[found.kind], found.start, found.end


def _regexes(acting, text):
    for rule, action in acting:
        for match in re.finditer(rule["pattern"], text):
            if match[0]:
                yield rule, action, match.start(), match.end()


_FINDERS = {"words": _words, "piiEntities": _pii, "regexes": _regexes}


def _masked(text, masks):
    """Masks that overlap become one, so that no part of a finding is left."""
    pieces, position = [], 0
    masks = sorted(masks, key=lambda mask: (mask.start, -mask.end))
    for mask in masks:
        if mask.start >= position:
            pieces += [text[position : mask.start], mask.placeholder]
        position = max(position, mask.end)
    return "".join([*pieces, text[position:]])


def not_evaluated(config):
    """
    What a configuration asks for that is not evaluated offline.

    Examples
    --------
    >>> rule = {"type": "NAME", "action": "BLOCK"}
    >>> not_evaluated(
    ...     {"sensitiveInformationPolicyConfig": {"piiEntitiesConfig": [rule]}}
    ... )
    ['PII NAME']
    """
    asked = [name for name in _UNJUDGED_POLICIES if config.get(f"{name}Config")]
    if config.get("automatedReasoningPolicyConfig"):
        asked.append("automatedReasoningPolicy")
    lists = rules(config, "word", "managedWordLists")
    asked += [f"word list {one['type']}" for one in lists]
    pii = rules(config, "sensitiveInformation", "piiEntities")
    kinds = {rule["type"] for rule in pii}
    return asked + [f"PII {kind}" for kind in sorted(kinds - set(KINDS))]
