"""What bh.explain says of an error or a reply, as the labs show it."""

from bedrock_helpers.diagnosis import explain
from bedrock_helpers.labs.panes import error_pane, shown


def explained(error_or_reply):
    """
    Cause and cure, as :func:`bedrock_helpers.explain` names them, as HTML.

    Examples
    --------
    >>> explained({"stopReason": "end_turn"})
    '<b>Cause:</b> nothing is wrong: the model had finished. <b>Cure:</b> none is ...'
    """
    found = explain(error_or_reply)
    return f"<b>Cause:</b> {shown(found.cause)}. <b>Cure:</b> {shown(found.cure)}."


def failure_pane(problem):
    """
    What went wrong, with its cause and cure where they say more than the error.

    Examples
    --------
    >>> "Cure" in failure_pane(ValueError("no tokens; type this"))
    False
    """
    pane = error_pane(problem)
    if explain(problem).cause in str(problem):
        return pane
    return f"{pane}<p>{explained(problem)}</p>"


def status_pane(inner):
    """
    HTML about what happened, which screen readers say when it changes.

    Examples
    --------
    >>> "No run yet." in status_pane("No run yet.")
    True
    """
    return f'<div role="status" style="line-height:1.5">{inner}</div>'
