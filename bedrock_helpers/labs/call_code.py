"""Calls of Bedrock as Python to copy: Converse, and a model's own body."""

import textwrap

from bedrock_helpers.converse_parameters import ROLES
from bedrock_helpers.families.body import get
from bedrock_helpers.families.lookup import family_module
from bedrock_helpers.offline.errors import Refusal
from bedrock_helpers.parameters import by_role

_WIDTH = 79
#: What stands for the body of a model whose own shape no file here knows.
UNTREATED = "the course does not treat this model's own shape"


def literal(value, indent=0, taken=0):
    r"""
    A value as Python source, broken over lines where one is too short.

    What cannot be printed is escaped, as in ``"\u202e"``.

    Parameters
    ----------
    value : dict, list, str, int, float, bool or None
    indent : int
        Where the line begins on which the value stands.
    taken : int
        How much of that line is used by other things.

    Returns
    -------
    str

    Examples
    --------
    >>> print(literal({"text": 'say "Hi"', "stop": ["a\n"]}))
    {"text": "say \"Hi\"", "stop": ["a\n"]}
    """
    flat = _flat(value)
    is_short = indent + taken + len(flat) <= _WIDTH
    if is_short or not isinstance(value, dict | list) or not value:
        return flat
    inner = indent + 4
    if isinstance(value, dict):
        lines = [_item(key, part, inner) for key, part in value.items()]
    else:
        lines = [literal(part, inner, 1) for part in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    pad = " " * inner
    body = "".join(f"{pad}{line},\n" for line in lines)
    return f"{opening}\n{body}{' ' * indent}{closing}"


def _item(key, value, indent):
    start = f"{_text(key)}: "
    return start + literal(value, indent, len(start) + 1)


def _flat(value):
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_flat(k)}: {_flat(v)}' for k, v in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flat, value))}]"
    return repr(value)


def _text(text):
    """A string in double quotes."""
    inner = repr("'\"" + text)[4:-1]  # both quotes in it: repr chooses single ones
    return '"' + inner.replace("\\'", "'").replace('"', '\\"') + '"'


def converse_code(request):
    """
    The call of Converse with a request, streamed.

    Parameters
    ----------
    request : dict

    Returns
    -------
    str

    Examples
    --------
    >>> print(converse_code({"modelId": "a.b", "inferenceConfig": {"topP": 0.5}}))
    reply = bedrock.converse_stream(
        modelId="a.b",
        inferenceConfig={"topP": 0.5},
    )
    """
    lines = [
        f"    {name}={literal(value, 4, len(name) + 2)},\n"
        for name, value in request.items()
    ]
    return f"reply = bedrock.converse_stream(\n{''.join(lines)})"


def invoke_code(model_id, prompt, settings):
    """
    The call of InvokeModel in a model's own shape, with the same settings.

    Parameters
    ----------
    model_id : str
    prompt : str
    settings : dict
        Role to value, as :func:`converse_request` takes them.

    Returns
    -------
    str
        Where something differs from Converse, comments say so first.

    Examples
    --------
    >>> print(invoke_code("cohere.command-text-v14", "Hi", {"top_p": 0.5}))
    import json
    <BLANKLINE>
    body = {"prompt": "Hi", "p": 0.5}
    reply = bedrock.invoke_model(
        modelId="cohere.command-text-v14",
        body=json.dumps(body),
    )
    """
    family = family_module(model_id)
    if family is None:
        return _comment(f"{UNTREATED[0].upper()}{UNTREATED[1:]}.")
    roles = by_role(model_id)
    given = {r: _listed(settings[r]) for r in ROLES if settings.get(r) is not None}
    missing = [role for role in given if role not in roles]
    taken = {role: value for role, value in given.items() if role not in missing}
    body = family.build(prompt, model_id, **taken)
    remarks = [f"{role} is left out: this shape has none." for role in missing]
    if roles["max_tokens"].required and "max_tokens" not in given:
        used = get(body, roles["max_tokens"].path)
        remarks.append(
            f"max_tokens is required in this shape; unset, here it is {used}."
        )
    remarks += _problems(family, body, model_id)
    return (
        "".join(_comment(remark) + "\n" for remark in remarks)
        + f"import json\n\nbody = {literal(body, 0, 7)}\n"
        + f"reply = bedrock.invoke_model(\n    modelId={_text(model_id)},\n"
        + "    body=json.dumps(body),\n)"
    )


def _listed(value):
    return list(value) if isinstance(value, tuple) else value


def _problems(family, body, model_id):
    """What Bedrock says of a body it refuses."""
    try:
        family.validate(body, model_id)
    except Refusal as problem:
        return [f"Bedrock refuses this body: {ascii(problem.text)[1:-1]}"]
    return []


def _comment(words):
    return textwrap.fill(
        words, _WIDTH, initial_indent="# ", subsequent_indent="# ", max_lines=6
    )
