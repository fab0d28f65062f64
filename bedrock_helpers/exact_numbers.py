"""Numbers as exact decimals, and what is said of wrong ones."""

from decimal import Decimal, InvalidOperation


def exact(number):
    """
    A number as the decimal it is written as.

    Parameters
    ----------
    number : int, float, str or decimal.Decimal

    Returns
    -------
    decimal.Decimal

    Examples
    --------
    >>> exact(0.1), exact(1200)
    (Decimal('0.1'), Decimal('1200'))
    """
    return number if isinstance(number, Decimal) else Decimal(str(number))


def require(name, value, wanted, is_right, hint):
    """
    Refuse a value that is no finite number, or not a right one.

    Parameters
    ----------
    name : str
    value : object
    wanted : str
        What is allowed, in words.
    is_right : callable
        Takes the value as a decimal.
    hint : str
        The line to type.

    Raises
    ------
    ValueError

    Examples
    --------
    >>> require("share", 2, "from 0 to 1", lambda n: 0 <= n <= 1, "share=0.5")
    Traceback (most recent call last):
    ValueError: share=2: from 0 to 1 is wanted. Type: share=0.5
    """
    try:
        right = exact(value).is_finite() and is_right(exact(value))
    except InvalidOperation:
        right = False
    if not right:
        raise ValueError(f"{name}={value!r}: {wanted} is wanted. Type: {hint}")


def require_at_least_0(name, value, hint):
    """
    Refuse a value below 0.

    Parameters
    ----------
    name, value, hint
        As for :func:`require`.

    Raises
    ------
    ValueError

    Examples
    --------
    >>> require_at_least_0("tokens", -1, "tokens=100")
    Traceback (most recent call last):
    ValueError: tokens=-1: a number, 0 or more, is wanted. Type: tokens=100
    """
    require(name, value, "a number, 0 or more,", lambda n: n >= 0, hint)


def is_count(number):
    """
    Whether a decimal is a whole number, 0 or more.

    Examples
    --------
    >>> is_count(Decimal(3)), is_count(Decimal("0.5"))
    (True, False)
    """
    return number >= 0 and number == number.to_integral_value()
