"""JupyterLab's settings for `make lab`: no server outside, and no wait for a slider."""

from jupyter_server.services.kernels.connection.channels import (
    ZMQChannelsWebsocketConnection,
)

c = get_config()  # noqa: F821 (Jupyter gives it to this file)

c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"


class PromptConnection(ZMQChannelsWebsocketConnection):
    """
    The page's connection to a kernel, whose messages leave at once.

    Without it a slider's answer, some small messages one after the other, waits
    40 ms in most cases: the second is held back until the browser confirms the first.
    """

    async def connect(self):
        """Connect, and ask TCP not to wait."""
        self.websocket_handler.set_nodelay(True)
        return await super().connect()


c.ServerApp.kernel_websocket_connection_class = PromptConnection
