"""What JupyterLab's server loads of this package: messages of kernels leave it at once.

Without it a small message waits until the browser has confirmed the one before (Nagle's
algorithm), and a picture that a slider asked for comes up to 40 ms later. The package brings
`etc/jupyter/jupyter_server_config.d/qnn_edu.json`, which switches this on wherever it is installed.
"""

from __future__ import annotations

from typing import Any

CONNECTION = "kernel_websocket_connection_class"  # the server's setting: who serves a kernel's page


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "qnn_edu.server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    settings = server.web_app.settings
    settings[CONNECTION] = prompt(settings[CONNECTION])


def prompt(connection: type) -> type:
    """The same class of connections between a kernel and a page, each made not to wait.

    >>> class Connection: ...
    >>> issubclass(prompt(Connection), Connection)
    True
    """

    class Prompt(connection):
        def connect(self) -> Any:
            self.websocket_handler.set_nodelay(True)
            return super().connect()

    return Prompt
