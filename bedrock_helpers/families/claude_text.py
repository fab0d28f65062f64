"""
Anthropic Claude text completions: Claude v1, v2 and Instant, as of launch day.

Ranges: Amazon Bedrock User Guide, model-parameters-anthropic-claude-text-
completion (copy of 2026-01-25). The launch-day overview of 2023-09-28 gives
the same ranges, with 0.5 as the default temperature where that page has 1, and
lets max_tokens_to_sample go up to the model's context length.
"""

MODELS = ("anthropic.claude-v1", "anthropic.claude-v2", "anthropic.claude-instant-v1")
HUMAN, ASSISTANT = "\n\nHuman:", "\n\nAssistant:"
#: Parameter: (type, least, most, default); None where there is no limit.
PARAMETERS = {
    "max_tokens_to_sample": (int, 0, None, 200),
    "temperature": (float, 0, 1, 0.5),
    "top_p": (float, 0, 1, 1),
    "top_k": (int, 0, 500, 250),
}
_REQUIRED = ("prompt", "max_tokens_to_sample")
_OTHER = ("prompt", "stop_sequences", "anthropic_version")


def problem(body):
    """
    What Bedrock's validator would say of a request body.

    Parameters
    ----------
    body : dict

    Returns
    -------
    str or None
        The part of "Malformed input request: …" that differs.

    Examples
    --------
    >>> problem({"prompt": "x"})
    '#: required key [max_tokens_to_sample] not found'
    """
    for name in _REQUIRED:
        if name not in body:
            return f"#: required key [{name}] not found"
    for name in body:
        if name not in PARAMETERS and name not in _OTHER:
            return f"#: extraneous key [{name}] is not permitted"
    return _text_problem(body) or _range_problem(body)


def _text_problem(body):
    if not isinstance(body["prompt"], str):
        return "#/prompt: expected type: String"
    stops = body.get("stop_sequences", [])
    if not isinstance(stops, list) or not all(isinstance(s, str) for s in stops):
        return "#/stop_sequences: expected type: JSONArray of String"
    return None


def _range_problem(body):
    for name, (kind, least, most, _) in PARAMETERS.items():
        value = body.get(name, least)
        accepted = (int, float) if kind is float else int
        if isinstance(value, bool) or not isinstance(value, accepted):
            word = "Number" if kind is float else "Integer"
            return f"#/{name}: expected type: {word}, found: {_json_name(value)}"
        if value < least:
            return f"#/{name}: {value} is not greater or equal to {least}"
        if most is not None and value > most:
            return f"#/{name}: {value} is not less or equal to {most}"
    return None


def _json_name(value):
    names = {str: "String", bool: "Boolean", list: "JSONArray", dict: "JSONObject"}
    names |= {int: "Integer", float: "Number"}
    return names.get(type(value), "Null")


def turns(prompt):
    r"""
    The prompt's turns as Converse messages, or None if it has not that form.

    Examples
    --------
    >>> turns("\n\nHuman: Hi\n\nAssistant:")
    [{'role': 'user', 'content': [{'text': 'Hi'}]}]
    """
    if not prompt.startswith(HUMAN) or prompt.rfind(ASSISTANT) < prompt.rfind(HUMAN):
        return None
    messages = []
    for part in prompt.split(HUMAN)[1:]:
        asked, *answers = part.split(ASSISTANT)
        spoken = [("user", asked), *(("assistant", answer) for answer in answers)]
        messages += [
            {"role": role, "content": [{"text": text.strip()}]}
            for role, text in spoken
            if text.strip()
        ]
    return messages or None
