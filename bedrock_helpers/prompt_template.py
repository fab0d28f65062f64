"""A prompt for each item: a template and the item's fields in its places."""

import string


def fill(template, item):
    """
    A prompt: the template with an item's fields in its places.

    Parameters
    ----------
    template : str
        As for ``str.format``: ``{text}`` is a place, ``{{`` and ``}}`` are braces.
    item : dict
        Whatever its texts hold, braces too, is put in as it is.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        For a place that is no field of the item, or a brace that stands alone.

    Examples
    --------
    >>> fill("Positive or negative? {text}", {"text": "I {love} it", "id": 7})
    'Positive or negative? I {love} it'
    >>> fill("Positive or negative? {review}", {"text": "I love it", "id": 7})
    Traceback (most recent call last):
    ValueError: The template asks for 'review', and the item has: text, id. ...
    """
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as problem:
        raise ValueError(
            f"The template has a brace that stands alone ({problem}). For a brace in "
            "the prompt type it twice: {{ or }}."
        ) from None
    return "".join(text + _field(item, *place) for text, *place in parts)


def _field(item, name, form, conversion):
    if name is None:  # the text after the last place
        return ""
    if name not in item:
        raise ValueError(
            f"The template asks for {name!r}, and the item has: "
            f"{', '.join(map(str, item))}. Type one of these between the braces; for a "
            "brace in the prompt itself type it twice: {{ or }}."
        )
    if item[name] is None or item[name] != item[name]:
        raise ValueError(
            f"The item's {name!r} is {item[name]}: there is nothing to put into the "
            f'template. Leave such items out: items.dropna(subset=["{name}"])'
        )
    return format(string.Formatter().convert_field(item[name], conversion), form)
