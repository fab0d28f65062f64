"""Whether two queries gave the same result, however they were written."""

from collections import Counter

#: Numbers are the same that differ by less than this share of the larger one, but
#: large sums are held to their cents, and what is left of a difference is nought.
_SHARE = 1e-6
_HALF_A_CENT = 0.005
_NOUGHT = 1e-9
_MOST_TRIES = 300


def same_result(rows_gold, rows, ordered=False):
    """
    Whether a query's rows are those of the query that is known to be right.

    Columns may come in another order: they are known by what is in them, not by
    their names. Equal rows count as often as they come. NULL is NULL, 1 is 1.0,
    numbers are the same to a millionth (and to the cent), text to the letter.

    Parameters
    ----------
    rows_gold, rows : list of tuple
        From ``run_select``, which also tells the columns of no rows.
    ordered : bool
        Whether the rows must come in the same order. Rows that tie in what they
        are sorted by must then too: a question with a tie in its answer should not
        ask for an order, or say what decides.

    Returns
    -------
    bool

    Examples
    --------
    >>> same_result([("Ada", 1), ("Bo", 2)], [(2.0, "Bo"), (1.0, "Ada")])
    True
    >>> same_result([("Ada", 1), ("Bo", 2)], [("Bo", 2), ("Ada", 1)], ordered=True)
    False
    >>> same_result([("Ada",)], [("Ada", 1)])
    False
    """
    widths = {_width(rows_gold), _width(rows)} - {None}
    if len(rows_gold) != len(rows) or len(widths) > 1:
        return False
    gold, other = _comparable(rows_gold, rows)
    if ordered:  # a column is then its values from top to bottom
        return Counter(zip(*gold, strict=True)) == Counter(zip(*other, strict=True))
    return Counter(gold) == Counter(other) or _fits_reordered(gold, other)


def _width(rows):
    return len(rows[0]) if len(rows) else len(getattr(rows, "columns", ())) or None


def _comparable(*results):
    """The results with numbers that count as one made equal, so that == decides."""
    cells = [cell for rows in results for row in rows for cell in row]
    same = _representatives({cell for cell in cells if _is_number(cell)})
    return [[tuple(same.get(cell, cell) for cell in row) for row in r] for r in results]


def _is_number(cell):
    return isinstance(cell, int | float)


def _representatives(numbers):
    """
    Each number with the one that stands for it.

    In order of size, a number near enough to the one before it is the same: so
    which number is the same as which does not depend on which result it is in.
    """
    found, before = {}, None
    for number in sorted(numbers):
        near = before is not None and _is_near(before, number)
        found[number] = found[before] if near else number
        before = number
    return found


def _is_near(smaller, larger):
    near = max(_SHARE * max(abs(smaller), abs(larger)), _NOUGHT)
    return larger - smaller < min(near, _HALF_A_CENT)


def _fits_reordered(gold, other):
    """Whether some order of the columns gives the rows of gold, whatever their order.

    Columns are placed one by one, and the rows so far must agree, which leaves
    little to try; a result made to be hard to tell is taken for another one.
    """
    columns_gold, columns = (list(zip(*rows, strict=True)) for rows in (gold, other))
    tries = iter(range(_MOST_TRIES))

    def can_follow(placed):
        if len(placed) == len(columns):
            return True
        wanted = Counter(zip(*columns_gold[: len(placed) + 1], strict=True))
        alike = {columns[i]: i for i in range(len(columns)) if i not in placed}
        for column, place in alike.items():
            if next(tries, None) is None:
                return False
            so_far = zip(*(columns[i] for i in placed), column, strict=True)
            if Counter(so_far) == wanted and can_follow([*placed, place]):
                return True
        return False

    return can_follow([])
