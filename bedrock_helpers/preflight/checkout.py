"""Where the course lies, and how its Python is called in a line to type."""

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def running_package():
    """The folder of the ``bedrock_helpers`` that runs."""
    return _PACKAGE


def checkout_of(package):
    """
    The checkout around a package's folder.

    Parameters
    ----------
    package : pathlib.Path

    Returns
    -------
    pathlib.Path or None
        None for one that was installed from a wheel.
    """
    top = package.parent
    return top if (top / "requirements.lock").is_file() else None


def expected_package():
    """
    The ``bedrock_helpers`` that notebooks should get.

    Returns
    -------
    pathlib.Path
        That of the checkout in which one works, else the one that runs.
    """
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        package = folder / "bedrock_helpers"
        if (package / "__init__.py").is_file() and checkout_of(package):
            return package
    return running_package()


def python_to_type():
    """
    How this Python is typed at the top of the checkout.

    Returns
    -------
    str
    """
    checkout = checkout_of(running_package())
    executable = Path(sys.executable)
    if checkout and executable.is_relative_to(checkout):
        return str(executable.relative_to(checkout))
    return str(executable)


def install_line(words):
    """
    The line that installs packages for this Python, at the top of the checkout.

    Parameters
    ----------
    words : str
        What follows ``pip install --no-deps``.

    Returns
    -------
    str

    Examples
    --------
    >>> install_line("-r requirements.lock").partition("-m ")[2][:46]
    'pip install --no-deps -r requirements.lock  (w'
    """
    return (
        f"{python_to_type()} -m pip install --no-deps {words}"
        "  (without a network, add: --no-index --find-links WHEELHOUSE/packages)"
    )
