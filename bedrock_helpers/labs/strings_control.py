"""Stop sequences as a control: a field in which strings are typed."""

import re

import ipywidgets

from bedrock_helpers.labs.parameter_controls import (
    LAYOUT,
    ParameterControl,
    number_words,
)

_SEQUENCE = re.compile(r"(?:\\.|[^,\\]|\\$)+", re.DOTALL)
_ESCAPES = {"\\": "\\", ",": ",", "n": "\n", "r": "\r", "t": "\t", "s": " "}


class StringsControl(ParameterControl):
    r"""
    A list of strings, typed with commas between them.

    In the field ``\n`` is a new line, ``\,`` a comma, ``\s`` a space at an end.

    Examples
    --------
    >>> from bedrock_helpers.converse_parameters import converse_specs
    >>> control = StringsControl("stop_sequences")
    >>> micro = "amazon.nova-micro-v1:0"
    >>> control.offer(converse_specs(micro)[-1], micro)
    []
    >>> control.slider.value = "END, Human:"
    >>> control.value
    ('END', 'Human:')
    """

    def __init__(self, role):
        field = ipywidgets.Text(
            description=role, placeholder="a comma between them", **LAYOUT
        )
        super().__init__(role, field)

    def _read(self):
        return typed(self.slider.value) or None

    def _write(self, value):
        self.slider.value = as_typed(value)

    def _shown(self):
        return self.slider.value or "(empty)"

    def _fit(self, wanted):
        pass  # whatever one model takes the next one does

    def _example(self):
        return '["END"]'

    def _valid(self, value):
        listed = [value] if isinstance(value, str) else value
        is_list = isinstance(listed, list | tuple)
        if not is_list or not all(isinstance(s, str) and s for s in listed):
            raise self._refusal(value, "it takes strings, none of them empty")
        if len(listed) > self.spec.max_items:
            most = number_words(self.spec.max_items)
            raise self._refusal(value, f"{self._model_id} takes {most} at most")
        return tuple(listed) or None

    def _range_words(self):
        most = f"up to {number_words(self.spec.max_items)}, a comma between them"
        note = f"; {self.spec.note}" if self.spec.note else ""
        return rf"{most}, \n is a new line; when unset none{note}"


def typed(text):
    r"""
    The strings a field holds.

    Examples
    --------
    >>> typed(r"END, \n\n,a\,b")
    ('END', '\n\n', 'a,b')
    """
    parts = (match[0].strip(" ") for match in _SEQUENCE.finditer(text))
    return tuple(re.sub(r"\\(.)", _unescaped, part) for part in parts if part)


def _unescaped(match):
    return _ESCAPES.get(match[1], match[0])


def as_typed(strings):
    r"""
    Strings as they are typed into a field.

    Examples
    --------
    >>> print(as_typed(["END", " a,b"]))
    END,\sa\,b
    """
    return ",".join(map(_escaped, strings))


def _escaped(text):
    signs = {char: "\\" + sign for sign, char in _ESCAPES.items() if char != " "}
    core = text.strip(" ")
    before = len(text) - len(text.lstrip(" ")) if core else len(text)
    after = len(text) - before - len(core)
    escaped = "".join(signs.get(char, char) for char in core)
    return r"\s" * before + escaped + r"\s" * after
