"""What all families share: building a body, checking it, reading its settings."""

from bedrock_helpers import catalog, parameters
from bedrock_helpers.families.body_schema import problem
from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.parameters import UNSET_MAX_TOKENS, Sampling

_SETTINGS = ("max_tokens", "temperature", "top_p", "top_k", "stop_sequences")


def build(model_id, prompt, *, day=None, **settings):
    """
    The body of a prompt and of settings named alike for every family.

    Parameters
    ----------
    model_id : str
    prompt : object
        What the family's prompt parameter takes.
    day : str, optional
        See :func:`bedrock_helpers.parameters.specs`.
    **settings
        ``max_tokens``, ``temperature``, ``top_p``, ``top_k``,
        ``stop_sequences``; None leaves one out. A required one that is left
        out takes its default.

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        For a setting this model does not take.

    Examples
    --------
    >>> build("amazon.titan-text-lite-v1", "Hi", max_tokens=5)
    {'inputText': 'Hi', 'textGenerationConfig': {'maxTokenCount': 5}}
    """
    roles = parameters.by_role(model_id, day)
    given = {name: value for name, value in settings.items() if value is not None}
    for name in given:
        if name not in _SETTINGS or name not in roles:
            takes = ", ".join(role for role in _SETTINGS if role in roles)
            raise ValueError(f"{model_id} takes no {name}. It takes: {takes}.")
    body = {}
    _put(body, roles["prompt"].path, prompt)
    for role, spec in roles.items():
        value = given.get(role, spec.default if spec.required else None)
        if value is not None and role in _SETTINGS:
            _put(body, spec.path, value)
    return body


def _put(body, path, value):
    *outer, name = path.split(".")
    for part in outer:
        body = body.setdefault(part, {})
    body[name] = value


def get(body, path, default=None):
    """
    The value at a path of a body, or the default where there is none.

    Examples
    --------
    >>> get({"inferenceConfig": {"topP": 1}}, "inferenceConfig.topP")
    1
    """
    for part in path.split("."):
        if not isinstance(body, dict) or part not in body:
            return default
        body = body[part]
    return body


def check(body, model_id, day=None):
    """
    Refuse a body that does not fit the schema of its model.

    Raises
    ------
    Refusal
        ValidationException, "Malformed input request: …".

    Examples
    --------
    >>> check({"inputText": "Hi"}, "amazon.titan-text-lite-v1")
    """
    specs = parameters.specs(model_id, day)
    old_words = day == catalog.LAUNCH_DAY or "titan-embed" in model_id
    found = problem(specs, body, old_words)
    if found:
        raise refusal("malformed_input", problem=found)


def sampling(body, model_id, day=None):
    """
    How a body asks the next tokens to be drawn, with its model's defaults.

    A default maximum beyond 512 tokens is cut to that: the small model would
    only ramble.

    Examples
    --------
    >>> sampling({"prompt": "Hi"}, "cohere.command-text-v14").max_tokens
    20
    """
    roles = parameters.by_role(model_id, day)
    asked = {r: get(body, roles[r].path) for r in _SETTINGS if r in roles}
    values = {
        role: roles[role].default if value is None else value
        for role, value in asked.items()
    }
    if asked["max_tokens"] is None:
        values["max_tokens"] = min(
            values["max_tokens"] or UNSET_MAX_TOKENS, UNSET_MAX_TOKENS
        )
    return Sampling(
        max_tokens=values["max_tokens"],
        temperature=_or_one(values.get("temperature")),
        top_p=_or_one(values.get("top_p")),
        top_k=round(values.get("top_k") or 0),
        stop_sequences=_listed(values.get("stop_sequences")),
    )


def as_asked(turns, text, system=()):
    """
    The turns read from a prompt as a Converse conversation.

    Parameters
    ----------
    turns : list of (str, str)
        Role and text; empty texts are left out.
    text : str
        The whole prompt: one question, where the turns do not begin with a user's.
    system : sequence of str

    Returns
    -------
    dict

    Examples
    --------
    >>> as_asked([("assistant", "Hello")], "Hello")
    {'messages': [{'role': 'user', 'content': [{'text': 'Hello'}]}]}
    """
    spoken = [(role, said) for role, said in turns if said.strip()]
    if not spoken or spoken[0][0] != "user":
        spoken, system = [("user", text)], ()
    found = {
        "messages": [{"role": r, "content": [{"text": said}]} for r, said in spoken]
    }
    if system:
        found["system"] = [{"text": said} for said in system]
    return found


def _or_one(value):
    return 1.0 if value is None else value


def _listed(stops):
    stops = [stops] if isinstance(stops, str) else stops or ()
    return tuple(stop for stop in stops if stop)
