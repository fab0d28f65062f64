"""A widget that proves widgets render: the browser has to answer it."""

import ipywidgets

_WAITING = (
    "<span role='status'>… the browser has drawn this, and the kernel waits for its "
    "answer. Still here after ten seconds? Kernel ▸ Restart Kernel…, then run this "
    "cell again.</span>"
)
_ANSWERED = "<span role='status'>✓ the browser answered: widgets render</span>"


class WidgetCheck(ipywidgets.VBox):
    """
    Shows whether widgets are drawn here, and whether what they do reaches the kernel.

    The browser counts how often it has drawn the words inside, and tells the kernel:
    that number can come from nowhere else. In ipywidgets it is called experimental.

    Attributes
    ----------
    answered : bool
        Whether the browser has answered.

    Examples
    --------
    >>> check = WidgetCheck()
    >>> check.answered
    False
    >>> check
    WidgetCheck(): if this line is all you see, widgets do not render. Type: make doctor
    """

    def __init__(self):
        self.answered = False
        self._words = ipywidgets.HTML(_WAITING, _view_count=0)  # 0: count, please
        super().__init__([self._words])
        self._words.observe(self._has_answered, "_view_count")

    def __repr__(self):
        """The same words before and after: they are what a stored notebook shows."""
        return (
            "WidgetCheck(): if this line is all you see, widgets do not render. "
            "Type: make doctor"
        )

    def _has_answered(self, _):
        self.answered = True
        self._words.value = _ANSWERED
