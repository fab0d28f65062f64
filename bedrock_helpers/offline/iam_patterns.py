"""Wildcards and variables of IAM policies, and the keys of a request.

Rules: AWS IAM User Guide, "IAM JSON policy elements: Resource" and "IAM policy
elements: Variables and tags" (weekly mirror of the AWS documentation, 2026).
"""

import datetime
import fnmatch
import functools
import glob
import re

from bedrock_helpers.offline.errors import not_offline

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_NAMED = re.compile(r"\s*([^,']+?)\s*(?:,\s*'(.*)'\s*)?")
#: Variables that stand for the character itself.
_CHARACTERS = ("*", "?", "$")


class Context:
    """
    The condition keys of one request; their names have no case.

    Parameters
    ----------
    values : mapping
        Key to text, number, truth value, ``datetime``, or a list of these.

    Examples
    --------
    >>> Context({"aws:SecureTransport": True}).get("AWS:securetransport")
    ('true',)
    >>> Context({}).get("aws:TagKeys")
    ()
    """

    def __init__(self, values=()):
        given = dict(values)
        self._values = {key.lower(): _texts(value) for key, value in given.items()}

    def get(self, key):
        """The values of a key, as a tuple of texts; empty if it is absent."""
        return self._values.get(key.lower(), ())


def _texts(value):
    if value is None:
        return ()
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(text_of(one) for one in value)
    return (text_of(value),)


def text_of(value):
    """
    A value as policies write it.

    Examples
    --------
    >>> text_of(False)
    'false'
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return str(value)


def expand(text, context, *, wildcards):
    """
    A text of a policy with its variables replaced.

    Parameters
    ----------
    text : str
    context : Context or None
        None where variables are not read: policies of version 2008-10-17.
    wildcards : bool
        Whether ``*`` and ``?`` of the text are wildcards: then the result is a
        pattern for :func:`matches`, in which replaced values match literally.

    Returns
    -------
    str or None
        None if a variable has no value: nothing equals it, nothing is like it.

    Examples
    --------
    >>> given = Context({"aws:username": "ana*"})
    >>> expand("${aws:username}/${*}", given, wildcards=False)
    'ana*/*'
    >>> matches(expand("${aws:username}/*", given, wildcards=True), "ana*/x")
    True
    >>> expand("${aws:PrincipalTag/team, 'none'}", given, wildcards=False)
    'none'
    """
    written = _as_pattern if wildcards else str
    replaced = glob.escape if wildcards else str
    if context is None:
        return written(text)
    parts, end = [], 0
    for variable in _VARIABLE.finditer(text):
        value = _value_of(variable[1], context)
        if value is None:
            return None
        parts += [written(text[end : variable.start()]), replaced(value)]
        end = variable.end()
    return "".join([*parts, written(text[end:])])


def _as_pattern(text):
    """fnmatch reads brackets; IAM does not."""
    return text.replace("[", "[[]")


def _value_of(variable, context):
    if variable in _CHARACTERS:
        return variable
    named = _NAMED.fullmatch(variable)
    if named is None:
        return None
    values = context.get(named[1])
    return values[0] if len(values) == 1 else named[2]


def matches(pattern, text):
    """
    Whether a text is like a pattern of ``*`` and ``?``.

    Parameters
    ----------
    pattern : str or None
        As :func:`expand` makes it; None is like nothing.
    text : str

    Examples
    --------
    >>> matches("us-*-?", "us-east-1"), matches("us-?", "us-east-1")
    (True, False)
    """
    return pattern is not None and _compiled(pattern)(text) is not None


@functools.lru_cache(maxsize=4096)
def _compiled(pattern):
    """fnmatch's translation takes no exponential time, however many stars."""
    return re.compile(fnmatch.translate(pattern)).match


def matches_action(pattern, action):
    """
    Whether an action is one a policy names, in any case.

    Examples
    --------
    >>> matches_action("bedrock:invokemodel*", "bedrock:InvokeModel")
    True
    """
    return matches(_as_pattern(pattern).lower(), action.lower())


def matches_resource(pattern, arn, context):
    """
    Whether a resource is one a policy names.

    ``*`` and ``?`` work within a segment of the ARN; a ``*`` at a segment's end goes
    on beyond its colon. Missing segments of a pattern count as ``*``. Variables are
    read in the last segment.

    Parameters
    ----------
    pattern, arn : str
        ``"*"`` as `arn` is what a request has that concerns no resource.
    context : Context or None

    Raises
    ------
    Refusal
        For a variable in an earlier segment.

    Examples
    --------
    >>> model = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
    >>> matches_resource("arn:aws:bedrock:*:foundation-model/amazon.*", model, None)
    True
    >>> matches_resource("arn:aws:bedrock:us-*-1:foundation-model/*", model, None)
    False
    """
    if pattern == "*":
        return True
    segments = pattern.split(":", 5)
    segments += ["*"] * (6 - len(segments))
    if context is not None and "${" in "".join(segments[:5]):
        raise not_offline(
            f"read the variable in {pattern!r}: AWS documents variables in the last "
            "segment of an ARN only"
        )
    last = expand(segments[5], context, wildcards=True)
    if last is None:
        return False
    return _segments_match([*map(_as_pattern, segments[:5]), last], arn)


def _segments_match(patterns, text):
    first, *rest = patterns
    if not rest:
        return matches(first, text)
    segment, colon, _ = text.partition(":")
    if not colon or not matches(first, segment):
        return False
    end = len(segment)
    while end >= 0:
        if _segments_match(rest, text[end + 1 :]):
            return True
        end = text.find(":", end + 1) if first.endswith("*") else -1
    return False


def matches_arn(pattern, arn):
    """
    Whether an ARN is like a pattern in a condition: each of six parts by itself.

    Parameters
    ----------
    pattern : str or None
        As :func:`expand` makes it.
    arn : str

    Examples
    --------
    >>> matches_arn("arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/x")
    True
    """
    if pattern is None:
        return False
    wanted, given = pattern.split(":", 5), arn.split(":", 5)
    if len(wanted) != len(given):
        return False
    return all(map(matches, wanted, given))
