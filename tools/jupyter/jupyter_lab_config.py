"""JupyterLab's settings for `make lab`: it asks no server outside this computer."""

c = get_config()  # noqa: F821 (Jupyter gives it to this file)

c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
