"""Made-up personal data of every kind that patterns find, for the property tests."""

import string

from hypothesis import strategies as st

from bedrock_helpers.offline.pii_patterns import luhn, nhs, vin

DIGITS, CAPITALS = string.digits, string.ascii_uppercase
LETTERS = "abcdefghij klmnopqrstuv xyz"  # without w: "www." would be an address


def signs(alphabet, least, most=None):
    """Texts of some signs."""
    return st.text(alphabet, min_size=least, max_size=most or least)


def _with_check_digit(start, is_valid, alphabet=DIGITS):
    """The text whose last sign makes a check come out right, or None."""
    return next((start + s for s in alphabet if is_valid(start + s)), None)


@st.composite
def cards(draw):
    """Card numbers of 15 or 16 digits that pass the Luhn check."""
    number = _with_check_digit(draw(signs(DIGITS, *draw(SIZES))), luhn)
    if draw(st.booleans()):
        return number
    groups = (4, 4, 4, 4) if len(number) == 16 else (4, 6, 5)
    return grouped(number, groups, draw(st.sampled_from(" -")))


SIZES = st.sampled_from([(14, 14), (15, 15)])


def grouped(text, sizes, separator):
    """A text in groups of some sizes."""
    rest, parts = iter(text), []
    for size in sizes:
        parts.append("".join(next(rest) for _ in range(size)))
    return separator.join(parts)


@st.composite
def ibans(draw):
    """IBANs with their check digits, in one piece or in groups of four."""
    country, account = draw(signs("ABDEFGI", 2)), draw(signs(DIGITS + "ABC", 11, 26))
    number = int("".join(str(int(s, 36)) for s in account + country + "00"))
    whole = f"{country}{98 - number % 97:02}{account}"
    if draw(st.booleans()):
        return whole
    return " ".join(whole[i : i + 4] for i in range(0, len(whole), 4))


@st.composite
def numbers(draw, sizes, separators, first=DIGITS, is_valid=None):
    """Digits in groups, with a check digit where there is one."""
    count = sum(sizes)
    start = draw(signs(first, 1)) + draw(signs(DIGITS, count - 2))
    if is_valid:
        number = _with_check_digit(start, is_valid)
    else:
        number = start + draw(signs(DIGITS, 1))
    if number is None:  # of ten digits that the check knows, none may fit
        return grouped("9434765919", sizes, " ")
    return grouped(number, sizes, draw(st.sampled_from(separators)))


@st.composite
def vins(draw):
    """Vehicle identification numbers with their check digit."""
    allowed = "ABCDEFGHJKLMNPRSTUVWXYZ" + DIGITS
    head, tail = draw(signs(allowed, 8)), draw(signs(allowed, 8))
    return next(v for c in "0123456789X" if vin(v := head + c + tail))


octets = st.integers(0, 255).map(str)
words = signs(string.ascii_lowercase, 2, 8)
names = st.lists(words, min_size=2, max_size=3).map(".".join)
hexadecimal = signs("0123456789abcdefABCDEF", 2)
BY_KIND = {
    "EMAIL": st.tuples(names, names).map("@".join),
    "URL": st.one_of(names.map("https://{}/a?b=1".format), names.map("www.{}".format)),
    "IP_ADDRESS": st.tuples(*[octets] * 4).map(".".join),
    "MAC_ADDRESS": st.tuples(st.sampled_from(":-"), *[hexadecimal] * 6).map(
        lambda drawn: drawn[0].join(drawn[1:])
    ),
    "AWS_ACCESS_KEY": signs(CAPITALS + "234567", 16).map("AKIA{}".format),
    "AWS_SECRET_KEY": signs(string.ascii_letters + DIGITS + "+/", 37).map(
        "aB3{}".format
    ),
    "CREDIT_DEBIT_CARD_NUMBER": cards(),
    "INTERNATIONAL_BANK_ACCOUNT_NUMBER": ibans(),
    "VEHICLE_IDENTIFICATION_NUMBER": vins(),
    "US_SOCIAL_SECURITY_NUMBER": st.tuples(
        st.integers(1, 665), st.integers(1, 99), st.integers(1, 9999)
    ).map(lambda n: f"{n[0]:03}-{n[1]:02}-{n[2]:04}"),
    "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER": st.tuples(
        signs(DIGITS, 2), signs("78", 1), signs(DIGITS, 5)
    ).map(lambda n: f"9{n[0]}-{n[1]}{n[2][0]}-{n[2][1:]}"),
    "CA_SOCIAL_INSURANCE_NUMBER": numbers((3, 3, 3), " -", "1234567", luhn),
    "UK_NATIONAL_HEALTH_SERVICE_NUMBER": numbers((3, 3, 4), " ", DIGITS, nhs),
    "UK_NATIONAL_INSURANCE_NUMBER": st.tuples(
        signs("ABCEHJ", 2), signs(DIGITS, 6), signs("ABCD", 1), st.booleans()
    ).map(lambda n: _insurance(*n)),
    "PHONE": st.one_of(
        signs(DIGITS, 9, 12).map("+1{}".format),
        st.tuples(signs("23456789", 1), signs(DIGITS, 2), signs(DIGITS, 7)).map(
            lambda n: f"({n[0]}{n[1]}) {n[2][:3]}-{n[2][3:]}"
        ),
        st.tuples(signs(DIGITS, 4), signs(DIGITS, 4)).map(
            lambda n: f"+44 20 {n[0]} {n[1]}"
        ),
    ),
}
clean_texts = st.text(LETTERS + ",;!?\n", max_size=40)


def _insurance(letters, digits, last, spaced):
    if not spaced:
        return letters + digits + last
    return " ".join([letters, digits[:2], digits[2:4], digits[4:], last])
