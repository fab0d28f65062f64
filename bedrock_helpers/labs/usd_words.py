"""Dollars and counts in words; what is exact is rounded here and nowhere else."""

from decimal import Decimal


def usd_words(usd):
    """
    An amount with cents, or with three digits where it is below a dollar.

    Parameters
    ----------
    usd : decimal.Decimal

    Returns
    -------
    str

    Examples
    --------
    >>> usd_words(Decimal("1234.567")), usd_words(Decimal("0.00006349"))
    ('USD 1,234.57', 'USD 0.0000635')
    """
    return f"USD {amount(usd)}"


def amount(number):
    """
    A number to read: two decimals, or three digits where it is below 1.

    Examples
    --------
    >>> amount(Decimal("28512")), amount(Decimal("0.0300")), amount(0)
    ('28,512.00', '0.03', '0')
    """
    if not number or abs(number) >= 1:
        return f"{number:,.2f}" if number else "0"
    rounded = Decimal(f"{number:.3g}")
    return f"{rounded:.2f}" if abs(rounded) >= 1 else f"{rounded.normalize():f}"


def count_words(number):
    """
    A whole number with commas.

    Examples
    --------
    >>> count_words(5000.0)
    '5,000'
    """
    return f"{round(number):,}"
