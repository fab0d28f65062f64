"""The item a lab shows, its fields to edit, and prompts filled with them."""

import string

import ipywidgets
import pandas as pd

from bedrock_helpers.labs.panes import error_pane, shown, text_pane
from bedrock_helpers.prompt_template import fill


class PromptInput(ipywidgets.VBox):
    """
    One of many items: a slider to choose it, and a field for each variable used.

    Parameters
    ----------
    items : pandas.DataFrame

    Attributes
    ----------
    item : ipywidgets.IntSlider
        Which item is shown, from 1.
    fields : dict
        From a variable to its ipywidgets.Textarea. What is typed there stands
        until another item is chosen.
    on_change : callable or None
        Called after every change of what the fields hold.

    Examples
    --------
    >>> import pandas as pd
    >>> shown_input = PromptInput(pd.DataFrame({"id": [1, 2], "text": ["Hi", "Ho"]}))
    >>> shown_input.offer(["Say it again: {text}"])
    >>> shown_input.item.value = 2
    >>> shown_input.fields["text"].value, shown_input.is_own
    ('Ho', False)
    >>> shown_input.fields["text"].value = "Ha"
    >>> shown_input.value, shown_input.is_own
    ({'id': 2, 'text': 'Ha'}, True)
    """

    def __init__(self, items):
        self._items, self.on_change = items.to_dict("records"), None
        self.fields, self._made, self._used = {}, {}, {}
        self.item = ipywidgets.IntSlider(
            1,
            1,
            len(self._items),
            description="item shown",
            tooltip="the item whose fields are shown",  # otherwise it is "null"
            style={"description_width": "8em"},
            layout=ipywidgets.Layout(width="28em"),
        )
        self._box = ipywidgets.VBox()
        self.item.observe(self._show_item, "value")
        super().__init__([self.item, self._box])

    @property
    def value(self):
        """The item shown, with what was typed in its fields."""
        return self._given | self._typed

    @property
    def is_own(self):
        """Whether something else was typed than the item holds."""
        return bool(self._typed)

    @property
    def _given(self):
        return self._items[self.item.value - 1]

    @property
    def _typed(self):
        """What the fields hold instead of what the item does."""
        texts = {name: field.value for name, field in self.fields.items()}
        return {n: text for n, text in texts.items() if text != _text(self._given[n])}

    def offer(self, templates):
        """Show a field for each variable that one of these templates uses."""
        for place, template in enumerate(templates):
            try:
                names = _variables(template)
            except ValueError:
                continue  # half typed: what it used before stays
            self._used[place] = [name for name in names if name in self._given]
        used = dict.fromkeys(name for names in self._used.values() for name in names)
        if list(used) != list(self.fields):
            self.fields = {name: self._field(name) for name in used}
            self._box.children = tuple(self.fields.values())

    def filled(self, template, name):
        """The prompt this template becomes, as a pane; or what is wrong, in words."""
        try:
            return text_pane(fill(template, self.value), f"prompt {name}, filled in")
        except ValueError as problem:
            return error_pane(problem)

    def _field(self, name):
        if name not in self._made:
            field = self._made[name] = ipywidgets.Textarea(
                value=_text(self._given[name]),
                description=str(name),
                style={"description_width": "8em"},
                layout=ipywidgets.Layout(width="52em", max_width="98%", height="3.6em"),
            )
            field.observe(self._report, "value")
        return self._made[name]

    def _show_item(self, _):
        report, self.on_change = self.on_change, None
        for name, field in self._made.items():
            field.value = _text(self._given[name])
        self.on_change = report
        self._report()

    def _report(self, _=None):
        if self.on_change:
            self.on_change()


def _variables(template):
    places = string.Formatter().parse(template)
    return [name for _, name, _, _ in places if name is not None]


def _text(value):
    """A value as a field holds it, without halves of characters, which none can."""
    return str(value).encode("utf-8", "replace").decode()


def checked_items(items):
    """
    A lab's items, or an error that says what they are to be.

    Examples
    --------
    >>> checked_items(pd.DataFrame({"text": ["Nice"]})).columns.to_list()
    ['text']
    """
    if isinstance(items, pd.DataFrame) and len(items):
        return items
    raise ValueError(
        "items is to be a DataFrame of at least one row: "
        'items = pd.DataFrame({"text": ["I love it"], "label": ["positive"]})'
    )


def check_prompts(templates, items):
    """
    See that no prompt fails for its own sake, before the first one is sent.

    Parameters
    ----------
    templates : dict
        From a prompt's name to its template.
    items : list of dict

    Raises
    ------
    ValueError
        For an empty template, and one that cannot be filled.

    Examples
    --------
    >>> check_prompts({"A": "Sort: {text}", "B": " "}, [{"text": "Nice"}])
    Traceback (most recent call last):
    ValueError: Prompt B is empty. Type one; {text} stands for an item's text.
    """
    for name, template in templates.items():
        if not template.strip():
            example = next(iter(items[0]))
            example = "text" if "text" in items[0] else example
            raise ValueError(
                f"Prompt {name} is empty. Type one; {{{example}}} stands for an item's "
                f"{example}."
            )
        for item in items:
            try:
                fill(template, item)
            except ValueError as problem:
                raise ValueError(f"Prompt {name}: {problem}") from problem


def variables_html(items):
    """
    Which variables the items have, in words.

    Examples
    --------
    >>> variables_html(pd.DataFrame({"text": ["Nice"]}))
    '<p style="...">In a prompt, these stand for an item’s fields: ...'
    """
    names = ", ".join(f"<code>{{{shown(str(name))}}}</code>" for name in items.columns)
    return (
        '<p style="line-height:1.4;overflow-wrap:anywhere;white-space:normal">'
        f"In a prompt, these stand for an item’s fields: {names}. "
        "A brace of the prompt itself is typed twice: <code>{{</code> or "
        "<code>}}</code>.</p>"
    )
