"""The checks of the error gallery. Each gives None, or words that lead on."""

CAUSES = (
    "daily tokens",
    "throttled",
    "wrong Region",
    "typing error",
    "Legacy",
    "permissions",
    "cut off",
    "malformed",
)
CURES = (
    "tomorrow",
    "retry",
    "another id",
    "another model",
    "more rights",
    "more maxTokens",
)
#: Letter of the notebook to its cause and its cure.
_RIGHT = {
    "A": ("daily tokens", "tomorrow"),
    "B": ("wrong Region", "another id"),
    "C": ("Legacy", "another model"),
    "D": ("cut off", "more maxTokens"),
}
#: What to think about where the cause, or where the cure, is not that one.
_LEAD_ON = {
    "A": (
        "the class is that of any throttling; which allowance does the text name?",
        "ten attempts, ten refusals: when is the allowance full again?",
    ),
    "B": (
        "letter by letter it is right, in Virginia; where is the caller?",
        "from Dublin, what does bh.catalog.id_for say?",
    ),
    "C": (
        "the first two words mislead, and rights did not help: read the next sentence.",
        "what does the last sentence of the message ask for?",
    ),
    "D": (
        "no error was raised; what does that stopReason say about the end?",
        "the same request would end at the same place: which number of it is too low?",
    ),
}
_MAY_BE_USED = ("end_turn", "stop_sequence", "tool_use")
_MAY_NOT = (
    "max_tokens",
    "model_context_window_exceeded",
    "guardrail_intervened",
    "content_filtered",
    "malformed_model_output",
    "malformed_tool_use",
)
_UNHEARD_OF = "a_reason_of_next_year"
#: What looks like a good reason and is none: a part of one, and nothing.
_NO_REASONS = ("end", "")


def letters(answer):
    """Are these the cause and the cure of each of the four letters?"""
    if not isinstance(answer, dict) or set(answer) - set(_RIGHT):
        return 'it should be a dict of four letters: {"A": (cause, cure), "B": ...}'
    if missing := sorted(set(_RIGHT) - set(answer)):
        return f"still without an answer: {', '.join(missing)}."
    for letter, right in _RIGHT.items():
        problem = _letter_problem(letter, answer[letter], right)
        if problem:
            return f"{letter}: {problem}"
    return None


def _letter_problem(letter, given, right):
    if not isinstance(given, tuple | list) or len(given) != 2:
        return "give two words, (cause, cure)."
    for word, known, wanted, hint in zip(
        given, (CAUSES, CURES), right, _LEAD_ON[letter], strict=True
    ):
        if word not in known:
            return f"{word!r} is not one of {', '.join(known)}."
        if word != wanted:
            return hint
    return None


def may_use(answer):
    """Does this function trust a reply that is complete, and no other?"""
    if not callable(answer):
        return "it should be a function that takes a reply: my_may_use = may_use"
    cases = {reason: True for reason in _MAY_BE_USED}
    cases |= {reason: False for reason in (*_MAY_NOT, _UNHEARD_OF, *_NO_REASONS)}
    for reason, wanted in cases.items():
        problem = _use_problem(answer, reason, wanted)
        if problem:
            return problem
    return None


def _use_problem(function, reason, wanted):
    try:
        found = function(_reply(reason))
    except Exception as error:
        return f"with {reason!r} it fails: {type(error).__name__}: {error}"
    if not isinstance(found, bool):
        return f"with {reason!r} it gives {found!r}; wanted is True or False."
    if found is wanted:
        return None
    if reason == _UNHEARD_OF:
        return (
            "it trusts a stop reason that does not exist yet. Name the reasons that "
            "are good, not those that are bad."
        )
    if reason in _NO_REASONS:
        return f"it trusts {reason!r}, which is no stop reason: compare whole words."
    verb = "does not trust" if wanted else "trusts"
    return f"it {verb} {reason!r}. What does bh.explain say of such a reply?"


def _reply(reason):
    content = [{"text": "The sea is a vast and mysterious realm, teeming with life"}]
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": reason,
        "usage": {"inputTokens": 1, "outputTokens": 12, "totalTokens": 13},
        "metrics": {"latencyMs": 1},
    }
