"""Personal data that has a form: found by pattern, and by check digit where it has one.

Amazon Bedrock finds personal data with a model that reads the context; patterns
see the form alone. The kinds are those of botocore's service model, what each
looks like is said in the Amazon Bedrock User Guide, "Remove PII from
conversations by using sensitive information filters" (copy of mid-2026).
"""

import re
from dataclasses import dataclass

_LETTER_VALUES = {
    letter: value
    for letters, first in (
        ("ABCDEFGH", 1),
        ("JKLMN", 1),
        ("P", 7),
        ("R", 9),
        ("STUVWXYZ", 2),
    )
    for value, letter in enumerate(letters, first)
}
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


@dataclass(frozen=True)
class Found:
    """
    One place in a text.

    Attributes
    ----------
    kind : str
        A PII type of the service model, such as ``EMAIL``.
    start, end : int
        Offsets into the text, in characters.
    """

    kind: str
    start: int
    end: int


def _digits(text):
    return [int(sign) for sign in text if sign.isdecimal()]


def luhn(text):
    """
    Whether the digits of a text pass the Luhn check, as card numbers do.

    Examples
    --------
    >>> luhn("4111 1111 1111 1111"), luhn("4111 1111 1111 1112")
    (True, False)
    """
    digits = _digits(text)[::-1]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def iban(text):
    """
    Whether a text is an IBAN by its length and its check digits (mod 97).

    Examples
    --------
    >>> iban("GB82 WEST 1234 5698 7654 32"), iban("GB83 WEST 1234 5698 7654 32")
    (True, False)
    """
    compact = text.replace(" ", "")
    moved = compact[4:] + compact[:4]
    number = "".join(str(int(sign, 36)) for sign in moved)
    return 15 <= len(compact) <= 34 and int(number) % 97 == 1


def nhs(text):
    """
    Whether ten digits pass the check of UK National Health Service numbers.

    Examples
    --------
    >>> nhs("943 476 5919"), nhs("943 476 5918")
    (True, False)
    """
    digits = _digits(text)
    weighed = sum(w * d for w, d in zip(range(10, 1, -1), digits, strict=False))
    return (11 - weighed % 11) % 11 == digits[-1]


def vin(text):
    """
    Whether 17 characters pass the check digit of North American vehicles.

    Examples
    --------
    >>> vin("1M8GDM9AXKP042788"), vin("1M8GDM9A1KP042788")
    (True, False)
    """
    values = [int(s) if s.isdecimal() else _LETTER_VALUES[s] for s in text]
    rest = sum(w * v for w, v in zip(_VIN_WEIGHTS, values, strict=True)) % 11
    return text[8] == "0123456789X"[rest]


def _mixed(text):
    """Capitals, small letters and digits: no checksum in hexadecimal has all three."""
    return all(re.search(kind, text) for kind in ("[A-Z]", "[a-z]", "[0-9]"))


def _always(text):
    return True


_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_PHONE = (
    r"(?<![\w+.])(?:"
    r"\+\d{1,3}(?:[ .-]?\(\d{1,4}\))?(?:[ .-]?\d{1,4}){2,5}"  # +44 20 7946 0958
    r"|(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])\d{3}[ .-]\d{4}"  # (206) 555-0142
    r"|0\d{2,4}[ -]\d{3,4}[ -]?\d{3,4}"  # 020 7946 0958
    r")(?![\w])"
)
#: For each kind its pattern, and what else must be so. Where two kinds fit the same
#: characters, the one that stands first is meant.
_PATTERNS = {
    "URL": (r"\b(?:https?://|www\.)[^\s<>\"'{}]*[^\s<>\"'{}.,;:!?)\]]", _always),
    "EMAIL": (
        r"(?<![\w.+%&'-])\w[\w.+%&'-]{0,63}@"
        r"[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63}){1,8}(?![\w@])",
        _always,
    ),
    "AWS_SECRET_KEY": (
        r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])",
        _mixed,
    ),
    "AWS_ACCESS_KEY": (r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", _always),
    "INTERNATIONAL_BANK_ACCOUNT_NUMBER": (
        r"\b[A-Z]{2}\d\d(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,4})?)\b",
        iban,
    ),
    "VEHICLE_IDENTIFICATION_NUMBER": (r"\b[A-HJ-NPR-Z0-9]{17}\b", vin),
    "CREDIT_DEBIT_CARD_NUMBER": (
        r"(?<![\w])(?:\d{13,16}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}"
        r"|\d{4}([ -])\d{6}\2\d{4,5})(?![\w])",
        luhn,
    ),
    "MAC_ADDRESS": (
        r"(?<![\w:-])(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}"
        r"(?![\w:-])",
        _always,
    ),
    "IP_ADDRESS": (rf"(?<![\w.])(?:{_OCTET}\.){{3}}{_OCTET}(?!\w|\.\d)", _always),
    "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER": (
        r"(?<![\w-])9\d\d([ -])[78]\d\1\d{4}(?![\w-])",
        _always,
    ),
    "US_SOCIAL_SECURITY_NUMBER": (
        r"(?<![\w-])(?!000|666|9)\d{3}([ -])(?!00)\d\d\1(?!0000)\d{4}(?![\w-])",
        _always,
    ),
    "CA_SOCIAL_INSURANCE_NUMBER": (
        r"(?<![\w-])[1-79]\d\d([ -])\d{3}\1\d{3}(?![\w-])",
        luhn,
    ),
    "UK_NATIONAL_HEALTH_SERVICE_NUMBER": (
        r"(?<![\w+])\d{3} \d{3} \d{4}(?![\w-])",
        nhs,
    ),
    "UK_NATIONAL_INSURANCE_NUMBER": (
        r"(?i)\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
        r"(?:\d{6}|([ -])\d\d\1\d\d\1\d\d\1?)[A-D]\b",
        _always,
    ),
    "PHONE": (_PHONE, lambda text: 8 <= len(_digits(text)) <= 15),
}
#: The kinds that patterns find.
KINDS = tuple(sorted(_PATTERNS))
_COMPILED = {kind: (re.compile(p), valid) for kind, (p, valid) in _PATTERNS.items()}


def find_pii(text, kinds=KINDS):
    """
    Every place where a text has personal data of some kinds.

    Parameters
    ----------
    text : str
    kinds : iterable of str
        PII types; those that no pattern finds are passed over.

    Returns
    -------
    list of Found
        In the order of the text; no two overlap.

    Examples
    --------
    >>> [found.kind for found in find_pii("Ana, ana@example.com, (206) 555-0142")]
    ['EMAIL', 'PHONE']
    """
    wanted = [kind for kind in _PATTERNS if kind in set(kinds)]
    ranked = [
        (start - end, rank, start, end)
        for rank, kind in enumerate(wanted)
        for start, end in _places(text, *_COMPILED[kind])
    ]
    kept = []
    for _, rank, start, end in sorted(ranked):  # the longest first
        if all(end <= other.start or start >= other.end for other in kept):
            kept.append(Found(wanted[rank], start, end))
    return sorted(kept, key=lambda found: found.start)


def _places(text, pattern, is_valid):
    """Where a pattern fits; a candidate that fails is tried shorter, then later."""
    position = 0
    while match := pattern.search(text, position):
        candidate = match[0]
        while candidate and not is_valid(candidate):
            candidate = candidate.rpartition(" ")[0] if is_valid is iban else ""
        if candidate:
            yield match.start(), match.start() + len(candidate)
        position = match.start() + (len(candidate) or 1)
