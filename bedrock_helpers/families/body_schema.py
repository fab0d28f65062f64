"""A family's parameters as a JSON schema, and its problems in Bedrock's words.

Bedrock says them as a well-known Java validator does ("#/top_p: 2 is not less
or equal to 1"); here jsonschema finds them and this module words them.
"""

from functools import cache

_TYPES = {
    "string": {"type": "string"},
    "strings": {"type": "array", "items": {"type": "string"}},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
    "any": {},
    "messages": {"type": "array", "items": {"type": "object"}, "minItems": 1},
    "prompts": {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "required": ["text"],
            "additionalProperties": False,
            "properties": {
                "text": {"type": "string", "maxLength": 2000},
                "weight": {"type": "number"},
            },
        },
    },
}
_RULES = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusive_minimum": "exclusiveMinimum",
    "min_length": "minLength",
    "max_length": "maxLength",
    "max_items": "maxItems",
}
_JAVA_NAMES = {
    str: "String",
    bool: "Boolean",
    int: "Integer",
    float: "BigDecimal",
    list: "JSONArray",
    dict: "JSONObject",
    type(None): "Null",
}
_JSON_NAMES = {
    "string": "String",
    "number": "Number",
    "integer": "Integer",
    "boolean": "Boolean",
    "array": "JSONArray",
    "object": "JSONObject",
}
_WORDS = {
    "minimum": "{found} is not greater or equal to {wanted}",
    "exclusiveMinimum": "{found} is not greater than {wanted}",
    "maximum": "{found} is not less or equal to {wanted}",
    "minLength": "expected minLength: {wanted}, actual: {size}",
    "maxLength": "expected maxLength: {wanted}, actual: {size}",
    "minItems": "expected minimum item count: {wanted}, found: {size}",
    "maxItems": "expected maximum item count: {wanted}, found: {size}",
    "enum": "{found} is not a valid enum value",
    "pattern": "string [{found}] does not match pattern {wanted}",
}


def schema_of(specs):
    """
    The JSON schema a body must fit.

    Parameters
    ----------
    specs : sequence of bedrock_helpers.parameters.ParameterSpec

    Returns
    -------
    dict

    Examples
    --------
    >>> from bedrock_helpers.parameters import specs
    >>> schema_of(specs("cohere.command-text-v14"))["required"]
    ['prompt']
    """
    root = _object()
    for spec in sorted(specs, key=lambda spec: spec.path.count(".")):
        holder = root
        *outer, name = spec.path.split(".")
        for part in outer:
            holder = holder["properties"][part]
        rule = _object() if _has_parts(spec, specs) else _rule(spec)
        holder["properties"][name] = rule
        if spec.required:
            holder["required"].append(name)
    return root


def _object():
    empty = {"properties": {}, "required": [], "additionalProperties": False}
    return {"type": "object", **empty}


def _has_parts(spec, specs):
    return any(other.path.startswith(spec.path + ".") for other in specs)


def _rule(spec):
    rule = dict(_TYPES[spec.type])
    values = {name: getattr(spec, field) for field, name in _RULES.items()}
    rule |= {name: value for name, value in values.items() if value is not None}
    if spec.pattern:
        rule["items"] = {"type": "string", "pattern": spec.pattern}
    if spec.allowed:
        listed = {"enum": list(spec.allowed)}
        rule |= {"items": listed} if spec.type == "strings" else listed
    return rule


def problem(specs, body, old_words=False):
    """
    What Bedrock says of a body that does not fit, or None.

    Parameters
    ----------
    specs : tuple of bedrock_helpers.parameters.ParameterSpec
    body : object
        What the JSON of the body holds.
    old_words : bool
        Those of 2023: no place, and several problems only counted. Later they
        name their place and stand in a row.

    Returns
    -------
    str or None

    Examples
    --------
    >>> from bedrock_helpers.parameters import specs
    >>> problem(specs("cohere.command-text-v14"), {"prompt": "Hi", "p": 2})
    '#/p: 2 is not less or equal to 1'
    """
    errors = sorted(_validator(specs).iter_errors(body), key=_turn)
    found = [(_place(e), words) for e in errors for words in _said(e)]
    if old_words and len(found) > 1:
        return f"{len(found)} schema violations found"
    shown = [words if old_words else f"{place}: {words}" for place, words in found]
    return "".join(shown) or None


def _turn(error):
    """Missing keys are told first, then stray ones, then the rest."""
    return {"required": 0, "additionalProperties": 1}.get(error.validator, 2)


def _place(error):
    return "/".join(["#", *map(str, error.absolute_path)])


@cache
def _validator(specs):
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    whole = Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
    return extend(Draft202012Validator, type_checker=whole)(schema_of(specs))


def _is_integer(checker, value):
    return isinstance(value, int) and not isinstance(value, bool)


def _said(error):
    """The words of one of jsonschema's errors: several for several stray keys."""
    return _keys(error) or [_words(error)]


def _keys(error):
    if error.validator == "required":
        missing = error.message.split("'")[1]
        return [f"required key [{missing}] not found"]
    if error.validator == "additionalProperties":
        stray = [k for k in error.instance if k not in error.schema["properties"]]
        return [
            f"extraneous key [{key}] is not permitted"
            for key in sorted(stray, key=_bucket)
        ]
    return []


def _bucket(key):
    """Where a key stands in a small Java HashMap: stray keys come in its order."""
    number = 0
    for unit in memoryview(key.encode("utf-16-le", "surrogatepass")).cast("H"):
        number = (31 * number + unit) & 0xFFFFFFFF
    return (number ^ number >> 16) & 15


def _words(error):
    found, wanted = error.instance, error.validator_value
    if error.validator == "type":
        java = _JAVA_NAMES[type(found)]
        return f"expected type: {_JSON_NAMES[wanted]}, found: {java}"
    size = len(found) if isinstance(found, str | list) else 0
    return _WORDS[error.validator].format(found=found, wanted=wanted, size=size)
