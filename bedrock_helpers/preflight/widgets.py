"""Whether JupyterLab would show widgets, as far as can be told without a browser."""

import os
import sys
from importlib import metadata

from bedrock_helpers.preflight.checkout import python_to_type
from bedrock_helpers.preflight.report import Finding

WHAT = "JupyterLab has its extension for widgets"
EXTENSION = "@jupyter-widgets/jupyterlab-manager"
#: The extension's major version, by that of ipywidgets: as released together by
#: github.com/jupyter-widgets/ipywidgets (8.1.9 came with 5.0.16, 7.8 with 3.1).
_MAJOR = {"8": "5", "7": "3"}
_LEVELS = ("user", "sys_prefix", "system")


def widgets():
    """
    Whether the extension that draws widgets is found, switched on and fits.

    It is looked for where JupyterLab itself looks when it makes its page.

    Returns
    -------
    Finding

    Examples
    --------
    >>> widgets()
    ✓ JupyterLab has its extension for widgets
    """
    from jupyter_core.paths import jupyter_path
    from jupyterlab_server.config import get_federated_extensions, get_page_config

    paths = jupyter_path("labextensions")
    found = get_federated_extensions(paths).get(EXTENSION)
    if found is None:
        return _bad("it is missing", "JupyterLab finds no widget manager", _again())
    version, drawn = found["version"], metadata.version("ipywidgets")
    if _MAJOR.get(drawn.split(".")[0]) not in (None, version.split(".")[0]):
        cause = f"the extension is {version}, which does not fit ipywidgets {drawn}"
        return _bad("it does not fit", cause, _again())
    page = get_page_config(paths, app_settings_dir=_app_settings())
    off = [name for name in page["disabledExtensions"] if _is_of_it(name)]
    if off:
        return _bad("it is switched off", f"disabled: {', '.join(off)}", _on(off[0]))
    return Finding(WHAT, True, f"{version}, with ipywidgets {drawn}")


def _app_settings():
    lab = os.environ.get("JUPYTERLAB_DIR")
    return os.path.join(lab or f"{sys.prefix}/share/jupyter/lab", "settings")


def _is_of_it(name):
    """Whether a name is that of the extension or of one of its plugins."""
    return name.partition(":")[0] == EXTENSION


def _again():
    return (
        f"{python_to_type()} -m pip install --no-deps --force-reinstall "
        '"jupyterlab_widgets~=3.0"'
    )


def _on(name):
    """The line that switches it on where it was switched off."""
    from jupyterlab_server.config import get_static_page_config

    levels = (
        level
        for level in _LEVELS
        if name in (get_static_page_config(level=level).get("disabledExtensions") or ())
    )
    level = next(levels, None)
    option = f" --level={level}" if level else ""
    return f"{python_to_type()} -m jupyter labextension enable{option} {name}"


def _bad(error, cause, cure):
    cause = f"{cause}; sliders and labs would be plain text"
    return Finding(WHAT, False, cause, error, cause, cure)
