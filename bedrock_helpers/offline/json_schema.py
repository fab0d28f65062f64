"""JSON schemas: whether one is sound, and whether a value fits one.

Loaded when a request first brings a schema: jsonschema takes long to import.
"""

import re

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable

from bedrock_helpers.offline.errors import not_offline

#: What a schema that passes for one can still make its validator raise.
_ODD_SCHEMA = (re.error, RecursionError, ArithmeticError)


def schema_problem(schema):
    """
    What is wrong with a JSON schema, or None.

    Raises
    ------
    Refusal
        If it is nested too deeply to tell, or needs a schema from elsewhere.

    Examples
    --------
    >>> schema_problem({"type": "colour"})
    "'colour' is not valid under any of the given schemas"
    """
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return error.message
    except RecursionError:
        raise not_offline("follow a JSON schema nested this deeply") from None
    if _refers_elsewhere(schema):
        raise not_offline("fetch the schema that a $ref names; write it into $defs")
    return None


def _refers_elsewhere(schema):
    if isinstance(schema, list):
        return any(map(_refers_elsewhere, schema))
    if not isinstance(schema, dict):
        return False
    target = schema.get("$ref", "#")
    elsewhere = isinstance(target, str) and not target.startswith("#")
    return elsewhere or any(map(_refers_elsewhere, schema.values()))


def fits(value, schema):
    """
    Whether a JSON value is of a schema. A reference to the web is never fetched.

    Examples
    --------
    >>> fits({"n": 1}, {"type": "object", "required": ["n"]})
    True
    >>> fits(1, {"$ref": "https://example.com/schema"})
    False
    """
    try:
        Draft202012Validator(schema, registry=Registry()).validate(value)
    except (ValueError, ValidationError, Unresolvable, *_ODD_SCHEMA):
        return False
    return True
