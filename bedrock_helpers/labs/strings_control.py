"""Stop sequences as a control: a field in which strings are typed."""

import re

import ipywidgets

from bedrock_helpers.labs.parameter_controls import (
    LAYOUT,
    ParameterControl,
    number_words,
)

_ESCAPES = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}


class StringsControl(ParameterControl):
    r"""
    A list of strings, typed one a line; ``\n`` is a line break in one of them.

    Examples
    --------
    >>> from bedrock_helpers.converse_parameters import converse_specs
    >>> control = StringsControl("stop_sequences")
    >>> micro = "amazon.nova-micro-v1:0"
    >>> control.offer(converse_specs(micro)[-1], micro)
    []
    >>> control.slider.value = "END" + chr(10) + "Human:"
    >>> control.value
    ('END', 'Human:')
    """

    def __init__(self, role):
        field = ipywidgets.Textarea(
            description=role, placeholder="one a line", rows=2, **LAYOUT
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
            raise self._refusal(value, f"{self._offered_id} takes {most} at most")
        return tuple(listed) or None

    def _range_words(self):
        most = f"up to {number_words(self.spec.max_items)}, one a line"
        note = f"; {self.spec.note}" if self.spec.note else ""
        return rf"{most}, \n is a line break; when unset none{note}"


def typed(text):
    r"""
    The strings a field holds, one a line.

    In a line ``\n`` is a line break, ``\t`` a tab, ``\r`` a carriage return and
    ``\\`` a backslash. A line without anything is an empty string; an Enter at the
    end is none.

    Examples
    --------
    >>> typed("END" + chr(10) + r"\n\nHuman:")
    ('END', '\n\nHuman:')
    """
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return tuple(re.sub(r"\\(.)", _unescaped, line) for line in lines)


def _unescaped(match):
    return _ESCAPES.get(match[1], match[0])


def as_typed(strings):
    r"""
    Strings as they are typed into a field.

    Examples
    --------
    >>> print(as_typed(["END", "\n\nHuman:"]))
    END
    \n\nHuman:
    """
    signs = {ord(char): "\\" + sign for sign, char in _ESCAPES.items()}
    return "\n".join(text.translate(signs) for text in strings)
