"""Try one thing: whatever happens becomes a finding, never a crash."""

import time

from bedrock_helpers.preflight.report import Finding


def tried(what, call):
    """
    Call something, and find out whether it works.

    Parameters
    ----------
    what : str
        The words of the finding.
    call : callable
        If it returns a finding, that is the finding; else it worked, and the details
        are the milliseconds it took.

    Returns
    -------
    Finding

    Examples
    --------
    >>> tried("seven is odd", lambda: 7 % 2)
    ✓ seven is odd
    >>> tried("a missing package", lambda: __import__("no_such_package"))
    ✗ a missing package: ModuleNotFoundError
      cause: the package no_such_package is missing, which this needs
      cure:  install the packages; the line is told with them
    """
    started = time.perf_counter()
    try:
        found = call()
    except Exception as error:
        return failed(what, error)
    if isinstance(found, Finding):
        return found
    elapsed_ms = (time.perf_counter() - started) * 1000
    return Finding(what, True, f"{elapsed_ms:.0f} ms")


def failed(what, error):
    """
    The finding that an exception makes.

    Parameters
    ----------
    what : str
    error : Exception

    Returns
    -------
    Finding
    """
    message = str(error)
    if isinstance(error, ModuleNotFoundError):
        return Finding(
            what,
            False,
            message,
            "ModuleNotFoundError",
            f"the package {error.name} is missing, which this needs",
            "install the packages; the line is told with them",
        )
    cause, typed, line = message.partition(" Type: ")
    if typed:  # an error of the course's own, which says what to type
        return Finding(what, False, message, type(error).__name__, cause, line)
    try:
        from bedrock_helpers.diagnosis import explain
    except ModuleNotFoundError:  # of boto3: then nothing of it was raised
        return Finding(what, False, message)
    known = explain(error)
    if known.cause == message.strip().split("\n")[0]:  # it knows no more than that
        return Finding(what, False, message)
    return Finding(what, False, message, known.error, known.cause, known.cure)
