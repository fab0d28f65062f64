"""What Converse takes of sampling, for one model: places, ranges, defaults.

Converse gives every model the same four names in ``inferenceConfig`` and leaves
top-k to ``additionalModelRequestFields``. Ranges are the narrower of Converse's
own (botocore's service model) and the family's (``data/parameters.json``);
largest outputs, top-k and exclusions are those of ``data/models.json``.
"""

from functools import cache

import botocore

from bedrock_helpers import catalog, parameters
from bedrock_helpers.offline.router import service_model
from bedrock_helpers.parameters import ParameterSpec

#: The name Converse has for each role, inside ``inferenceConfig``.
_NAMES = {
    "max_tokens": "maxTokens",
    "temperature": "temperature",
    "top_p": "topP",
    "stop_sequences": "stopSequences",
}
#: Every role, in the order the labs show them.
ROLES = ("max_tokens", "temperature", "top_p", "top_k", "stop_sequences")
_SAMPLING_ROLES = ("temperature", "top_p", "top_k")
_TYPES = {
    "max_tokens": "integer",
    "temperature": "number",
    "top_p": "number",
    "top_k": "integer",
    "stop_sequences": "strings",
}
_RECORD_DEFAULTS = {"temperature": "default_temperature", "top_p": "default_top_p"}
_EXTRA = "additionalModelRequestFields"
_MODELS_SOURCE = "data/models.json (its README names the makers' pages)"
_UNSET_MAX_TOKENS = (
    "unset, it is the most the model allows, says the API reference; "
    "the offline Bedrock then stops at 512"
)


@cache
def converse_specs(model_id):
    """
    What one chat model takes of sampling through Converse.

    Parameters
    ----------
    model_id : str
        A bare id or an inference profile id.

    Returns
    -------
    tuple of ParameterSpec
        At most one a role (``max_tokens``, ``temperature``, ``top_p``,
        ``top_k``, ``stop_sequences``), in that order; a role the model refuses
        is absent. ``path`` is the place among the arguments of ``converse``.

    Raises
    ------
    UnknownModelError
        If the catalogue has no such model.
    ValueError
        If Converse does not take the model.

    Examples
    --------
    >>> [spec.path for spec in converse_specs("openai.gpt-oss-20b-1:0")]
    ['inferenceConfig.maxTokens', 'inferenceConfig.temperature', 'inferenceConfig.topP']
    >>> converse_specs("amazon.nova-micro-v1:0")[3].path
    'additionalModelRequestFields.inferenceConfig.topK'
    """
    model = catalog.get(model_id)
    if not model.chat:
        raise ValueError(
            f"model_id={model_id!r}: Converse does not take this model. Choose one "
            "whose chat is True: bh.catalog.table().query('chat').index"
        )
    native = parameters.by_role(model_id)
    return tuple(_spec(role, model, native) for role in _taken(model, native))


def _taken(model, native):
    """The roles a model takes: all that nothing excludes."""
    refused = {role for role in _NAMES if _NAMES[role] in model.converse_refuses}
    if model.sampling == "none":
        refused |= set(_SAMPLING_ROLES)
    if model.top_k is None or (native and "top_k" not in native):
        refused.add("top_k")
    return [role for role in ROLES if role not in refused]


def _spec(role, model, native):
    own = native.get(role)
    values = _top_k(model) if role == "top_k" else _of_service(role, model)
    if own:
        values |= {"source": f"{own.source}; {values['source']}", "as_of": own.as_of}
    if role in ("temperature", "top_p"):
        values |= _narrowed(values, own)
    if role != "max_tokens":  # that of another shape is no default of Converse's
        values["default"] = _default(role, model, own)
    return ParameterSpec(
        family="converse",
        type=_TYPES[role],
        role=role,
        required=False,
        note=_note(role, own),
        **{"as_of": model.as_of, **values},
    )


def _of_service(role, model):
    """Converse's own limits, as botocore's model of the service has them."""
    members = service_model("bedrock-runtime").shape_for("InferenceConfiguration")
    shape = members.members[_NAMES[role]]
    found = {
        "path": f"inferenceConfig.{_NAMES[role]}",
        "source": f"API reference, InferenceConfiguration (botocore "
        f"{botocore.__version__})",
    }
    if role == "stop_sequences":
        sizes = {"max_items": shape.metadata["max"]}
        return found | sizes | {"min_length": shape.member.metadata["min"]}
    found["minimum"] = shape.metadata["min"]
    found["maximum"] = shape.metadata.get("max")
    if role == "max_tokens":
        found["maximum"] = model.max_output_tokens
    return found


def _top_k(model):
    return {
        "path": ".".join([_EXTRA, *model.top_k["path"]]),
        "minimum": model.top_k["min"],
        "maximum": model.top_k["max"],
        "source": _MODELS_SOURCE,
    }


def _narrowed(values, own):
    """The range both Converse and the model's own shape take."""
    if own is None:
        return {}
    lowest = [values["minimum"], own.minimum]
    highest = [values["maximum"], own.maximum]
    return {
        "minimum": max(limit for limit in lowest if limit is not None),
        "maximum": min(limit for limit in highest if limit is not None),
        "exclusive_minimum": own.exclusive_minimum,
    }


def _default(role, model, own):
    if own is not None:
        return own.default
    name = _RECORD_DEFAULTS.get(role)
    return getattr(model, name) if name else None


def _note(role, own):
    if role == "max_tokens":
        return _UNSET_MAX_TOKENS
    if role != "stop_sequences" or own is None:
        return own.note if own else ""
    told = []
    if own.max_items:
        told.append(f"the model's own shape takes {own.max_items} at most")
    if own.pattern:
        told.append(f"the model's own shape takes only what matches {own.pattern}")
    return "; ".join(told)


def converse_exclusions(model_id):
    """
    Which parameters one model does not take together.

    Parameters
    ----------
    model_id : str

    Returns
    -------
    tuple of frozenset
        Each a set of roles of which only one may be set.

    Examples
    --------
    >>> haiku = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
    >>> [sorted(roles) for roles in converse_exclusions(haiku)]
    [['temperature', 'top_p']]
    >>> converse_exclusions("amazon.nova-micro-v1:0")
    ()
    """
    if catalog.get(model_id).sampling == "temperature_or_top_p":
        return (frozenset({"temperature", "top_p"}),)
    return ()


def converse_request(model_id, prompt, **settings):
    """
    The arguments of ``converse`` for one question with some settings.

    Values are not checked here: what is out of range Bedrock refuses.

    Parameters
    ----------
    model_id : str
        As it is to be called: see :func:`bedrock_helpers.catalog.id_for`.
    prompt : str
    **settings
        ``max_tokens``, ``temperature``, ``top_p``, ``top_k``,
        ``stop_sequences``; None leaves one out.

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        For a setting Converse has no place for with this model.

    Examples
    --------
    >>> request = converse_request("amazon.nova-micro-v1:0", "Hi", top_k=5)
    >>> request["additionalModelRequestFields"]
    {'inferenceConfig': {'topK': 5}}
    """
    specs = {spec.role: spec for spec in converse_specs(model_id)}
    for name in settings:
        if settings[name] is not None and name not in specs:
            raise ValueError(
                f"{name}={settings[name]!r}: {model_id} takes no {name} through "
                f"Converse. It takes: {', '.join(specs)}. Leave {name} out."
            )
    message = {"role": "user", "content": [{"text": prompt}]}
    request = {"modelId": model_id, "messages": [message]}
    for role, spec in specs.items():
        if settings.get(role) is not None:
            _put(request, spec.path, _plain(settings[role], spec))
    return request


def _plain(value, spec):
    if spec.type != "strings":
        return value
    return [value] if isinstance(value, str) else list(value)


def _put(request, path, value):
    *outer, name = path.split(".")
    for part in outer:
        request = request.setdefault(part, {})
    request[name] = value
