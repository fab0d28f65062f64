"""The course's small data files, wherever the package is installed."""

import json
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_path(name):
    """
    Where a file of ``data/`` is, in a checkout or in an installed wheel.

    Parameters
    ----------
    name : str
        Path below ``data/``, such as ``"models.json"``.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    FileNotFoundError
        If the package was installed without its data.

    Examples
    --------
    >>> data_path("models.json").name
    'models.json'
    """
    for folder in (_PACKAGE / "data", _PACKAGE.parent / "data"):
        if (folder / name).exists():
            return folder / name
    message = (
        f"The course's data file {name!r} is missing. "
        "Install the package again: pip install --no-deps -e ."
    )
    raise FileNotFoundError(message)


@cache
def load_json(name):
    """
    One JSON file of ``data/``, read once.

    Parameters
    ----------
    name : str
        Path below ``data/``.

    Returns
    -------
    dict or list
        Shared between callers: do not change it.

    Examples
    --------
    >>> sorted(load_json("models.json"))
    ['about', 'as_of', 'geographies', 'models', 'sources']
    """
    return json.loads(data_path(name).read_text(encoding="utf-8"))
