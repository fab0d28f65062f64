"""Keys pressed in a lab stay in it."""

import ipywidgets

#: A slider or a button in focus is nothing that is typed into, so JupyterLab takes
#: its keys: d twice deletes the cell. Only an attribute stops it, which ipywidgets
#: cannot set; this sets it on whatever of the lab gets the focus.
_KEYS = (
    "<style onload=\"this.closest('.widget-vbox').addEventListener('focusin',"
    "({target}) => { if (!target.matches(':read-write'))"
    " target.dataset.lmSuppressShortcuts = 'true'; })\">/* no style */</style>"
)


def own_keys():
    """
    A part of a lab, without a look, through which its controls keep their keys.

    It is to be a child of the lab itself, a VBox.

    Examples
    --------
    >>> own_keys().layout.display
    'none'
    """
    return ipywidgets.HTML(_KEYS, layout=ipywidgets.Layout(display="none"))
