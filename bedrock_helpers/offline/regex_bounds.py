"""Which regexes could keep Python's engine busy without end; those are not tried.

A repeat of repeats such as ``(a+)+`` can read one text in very many ways, and Python
tries them all. It is played only where the ways are few: a character stands in every
round that no inner repeat takes, as the dot in ``([a-z]+[.])+`` does.
"""

from re import _constants as kinds
from re import _parser as parser

_REPEATS = (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT)
_SINGLE = (kinds.LITERAL, kinds.NOT_LITERAL, kinds.ANY, kinds.IN)
_LATIN_1 = frozenset(map(chr, range(256)))
_CATEGORIES = {
    kinds.CATEGORY_DIGIT: str.isdigit,
    kinds.CATEGORY_SPACE: str.isspace,
    kinds.CATEGORY_WORD: lambda char: char.isalnum() or char == "_",
    kinds.CATEGORY_NOT_DIGIT: lambda char: not char.isdigit(),
    kinds.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
    kinds.CATEGORY_NOT_WORD: lambda char: not (char.isalnum() or char == "_"),
}


def may_run_on(pattern):
    """
    Whether a regex may take a time that doubles with every character.

    Parameters
    ----------
    pattern : str
        One that :func:`re.compile` reads.

    Returns
    -------
    bool
        True also for some that would be quick; False is no promise for a long text,
        only that no repeat multiplies another.

    Examples
    --------
    >>> may_run_on("(a+)+$"), may_run_on("([a-z]+[.])+com"), may_run_on("TCK-[0-9]+")
    (True, False, False)
    """
    return _runs_on(parser.parse(pattern), _LATIN_1 | set(pattern))


def _runs_on(nodes, chars):
    for kind, value in nodes:
        if kind in _REPEATS and value[1] > 1 and _is_ambiguous(value[2], chars):
            return True
        if any(_runs_on(part, chars) for part in _parts(kind, value)):
            return True
    return False


def _parts(kind, value):
    """The sequences a node is made of."""
    if kind in _REPEATS:
        return [value[2]]
    if kind is kinds.BRANCH:
        return value[1]
    found = value if isinstance(value, tuple) else (value,)
    return [part for part in found if isinstance(part, parser.SubPattern)]


def _is_ambiguous(item, chars):
    """Whether what is repeated can divide one text into rounds in several ways."""
    nodes = list(_flat(item))
    varying = [node for node in nodes if not _is_fixed(node)]
    if not varying:
        return False
    if not all(_is_single(value[2]) for kind, value in varying if kind in _REPEATS):
        return True
    if not all(kind in _REPEATS for kind, _ in varying):
        return True
    taken = [_taken(value[2], chars) for _, value in varying]
    if sum(map(len, taken)) > len(set().union(*taken)):
        return True
    apart = (_taken([node], chars) for node in nodes if node[0] in _SINGLE)
    return not any(one.isdisjoint(set().union(*taken)) for one in apart)


def _flat(nodes):
    """Nodes in their order, groups opened."""
    for kind, value in nodes:
        if kind is kinds.SUBPATTERN:
            yield from _flat(value[-1])
        else:
            yield kind, value


def _is_fixed(node):
    """Whether a node can read a text in one way only."""
    kind, value = node
    if kind in _REPEATS:
        return value[0] == value[1] and all(map(_is_fixed, _flat(value[2])))
    if kind is kinds.BRANCH:
        return _are_words_apart(value[1])
    return kind in (*_SINGLE, kinds.AT)


def _are_words_apart(branches):
    """Whether all are plain words of which none begins another."""
    words = []
    for branch in branches:
        if any(kind is not kinds.LITERAL for kind, _ in branch):
            return False
        words.append("".join(chr(code) for _, code in branch).lower())
    words.sort()
    return not any(b.startswith(a) for a, b in zip(words, words[1:], strict=False))


def _is_single(nodes):
    nodes = list(_flat(nodes))
    return len(nodes) == 1 and nodes[0][0] in _SINGLE


def _taken(nodes, chars):
    """The characters that a node of one character takes, in either case."""
    ((kind, value),) = _flat(nodes)
    return {
        char
        for char in chars
        if any(_takes(kind, value, form) for form in (char, char.lower(), char.upper()))
    }


def _takes(kind, value, char):
    if kind is kinds.IN:
        negated = value[0][0] is kinds.NEGATE
        return any(_takes(*one, char) for one in value[negated:]) != negated
    if kind is kinds.RANGE:
        return len(char) == 1 and value[0] <= ord(char) <= value[1]
    if kind is kinds.CATEGORY:
        return _CATEGORIES[value](char)
    return kind is kinds.ANY or (char == chr(value)) == (kind is kinds.LITERAL)
