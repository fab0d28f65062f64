"""The Condition element of IAM policies: operators, sets, missing keys.

Rules: AWS IAM User Guide, "IAM JSON policy elements: Condition operators",
"Single-valued vs. multivalued context keys" and "Conditions with multiple context
keys or values" (weekly mirror of the AWS documentation, 2026).
"""

import datetime
import ipaddress
import operator
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bedrock_helpers.offline.errors import not_offline
from bedrock_helpers.offline.iam_patterns import expand, matches, matches_arn

ALL, ANY = "ForAllValues", "ForAnyValue"
_OPERATOR = re.compile(rf"(?:({ALL}|{ANY}):)?([A-Za-z]+?)(IfExists)?")
_YEARS = re.compile(r"(\d{4})(?:-(\d\d))?")


@dataclass(frozen=True)
class Condition:
    """
    One key of a Condition element.

    Attributes
    ----------
    name : str
        The operator without prefix, suffix and negation, such as ``"StringLike"``.
    negated : bool
    over : str or None
        ``"ForAllValues"`` or ``"ForAnyValue"``.
    if_exists : bool
    key : str
    values : tuple of str
    """

    name: str
    negated: bool
    over: str | None
    if_exists: bool
    key: str
    values: tuple


def read_operator(text):
    """
    Take an operator such as ``ForAnyValue:StringNotLikeIfExists`` apart.

    Returns
    -------
    tuple or None
        Name, negated, over and if_exists of a :class:`Condition`; None if AWS
        has no such operator.

    Examples
    --------
    >>> read_operator("ForAnyValue:StringNotLike")
    ('StringLike', True, 'ForAnyValue', False)
    >>> read_operator("StringAlike")
    """
    parts = _OPERATOR.fullmatch(text)
    if parts is None:
        return None
    over, written, if_exists = parts[1], parts[2], bool(parts[3])
    if written == "Null":
        return None if over or if_exists else ("Null", False, None, False)
    negated = written in _NEGATIONS
    name = _NEGATIONS.get(written, written)
    return (name, negated, over, if_exists) if name in _TESTS else None


def is_met(condition, context, *, variables):
    """
    Whether a request meets one condition.

    Parameters
    ----------
    condition : Condition
    context : bedrock_helpers.offline.iam_patterns.Context
    variables : bool
        Whether the policy's version reads ``${…}``.

    Returns
    -------
    bool

    Raises
    ------
    Refusal
        Where AWS's answer is not documented: several values without a set
        operator, a variable where none may be, an ARN pattern that is no ARN.
    """
    given = context.get(condition.key)
    if condition.name == "Null":
        return ("false" if given else "true") in [v.lower() for v in condition.values]

    def fits(value):
        known = context if variables else None
        test = _TESTS[condition.name]
        found = any(test(value, wanted, known) for wanted in condition.values)
        return found != condition.negated

    if condition.over == ALL:
        return not any(given) or all(map(fits, given))
    if condition.over == ANY:
        return any(map(fits, given))
    if not given:
        return condition.if_exists or condition.negated
    if len(given) > 1:
        raise not_offline(
            f"compare {condition.key} of several values with {condition.name}: "
            f'AWS wants "{ANY}:{condition.name}" or "{ALL}:{condition.name}" here'
        )
    return fits(given[0])


def _same(given, wanted, context):
    return given == expand(wanted, context, wildcards=False)


def _same_ignoring_case(given, wanted, context):
    value = expand(wanted, context, wildcards=False)
    return value is not None and given.lower() == value.lower()


def _like(given, wanted, context):
    return matches(expand(wanted, context, wildcards=True), given)


def _arn(given, wanted, context):
    pattern = expand(wanted, context, wildcards=True)
    if pattern is not None and pattern.count(":") < 5:
        raise not_offline(
            f"compare an ARN with {wanted!r}: an ARN has six parts, between colons. "
            "For other texts there is StringLike"
        )
    return matches_arn(pattern, given)


def _bool(given, wanted, context):
    return given.lower() == _plain(wanted, context).lower()


def _binary(given, wanted, context):
    return given == _plain(wanted, context)


def _ip(given, wanted, context):
    """An address without a prefix is a network of one."""
    try:
        network = ipaddress.ip_network(_plain(wanted, context), strict=False)
        return ipaddress.ip_address(given) in network
    except ValueError:
        return False


def _compared(read, compare):
    """A test of two values; one that cannot be read fits nothing."""

    def test(given, wanted, context):
        try:
            return compare(read(given), read(_plain(wanted, context)))
        except (ValueError, OverflowError, InvalidOperation):
            return False

    return test


def _plain(wanted, context):
    if context is not None and "${" in wanted:
        raise not_offline(
            f"read the variable in {wanted!r}: IAM reads variables in Resource and "
            "with string and ARN operators"
        )
    return wanted


def _moment(text):
    """A W3C date (a year, a month, a day, a time) or seconds since 1970."""
    years = _YEARS.fullmatch(text)
    if years:
        text = f"{years[1]}-{years[2] or '01'}-01"
    elif text.replace(".", "", 1).isdecimal():
        return datetime.datetime.fromtimestamp(float(text), datetime.UTC)
    moment = datetime.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


_COMPARISONS = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
_TESTS = {
    "StringEquals": _same,
    "StringEqualsIgnoreCase": _same_ignoring_case,
    "StringLike": _like,
    "ArnEquals": _arn,
    "ArnLike": _arn,
    "Bool": _bool,
    "BinaryEquals": _binary,
    "IpAddress": _ip,
    **{f"Numeric{name}": _compared(Decimal, how) for name, how in _COMPARISONS.items()},
    **{f"Date{name}": _compared(_moment, how) for name, how in _COMPARISONS.items()},
}
_NEGATIONS = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
