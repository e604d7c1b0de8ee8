"""What JupyterLab's server loads of this package: pictures come at once, lessons open unchanged.

The package brings `etc/jupyter/jupyter_server_config.d/qnn_edu.json`, which switches this on
wherever it is installed.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import isawaitable
from typing import Any

CONNECTION = "kernel_websocket_connection_class"  # the server's setting: who serves a kernel's page


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "qnn_edu.server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    settings, files = server.web_app.settings, server.contents_manager
    settings[CONNECTION] = prompt(settings[CONNECTION])
    files.get = versioned(files.get)


def prompt(connection: type) -> type:
    """The same class of connections between a kernel and a page, each made not to wait.

    Without it a small message waits until the browser has confirmed the one before (Nagle's
    algorithm), and a picture that a slider asked for comes up to 40 ms later.

    >>> class Connection: ...
    >>> issubclass(prompt(Connection), Connection)
    True
    """

    class Prompt(connection):
        def connect(self) -> Any:
            self.websocket_handler.set_nodelay(True)
            return super().connect()

    return Prompt


def versioned(get: Callable[..., Any]) -> Callable[..., Any]:
    """The same way to get a file, by which a notebook that names no version of Python names ours.

    JupyterLab writes it there as soon as the kernel has said it, and then calls a lesson changed
    that was only opened. Lessons are stored without, since readers have Pythons of their own.

    >>> lesson = {"metadata": {"language_info": {"name": "python"}}}
    >>> read = versioned(lambda path: {"type": "notebook", "content": lesson})
    >>> read("lesson.ipynb")["content"]["metadata"]["language_info"]["version"] in sys.version
    True
    """

    @wraps(get)
    def versioned_get(*args: Any, **options: Any) -> Any:
        file = get(*args, **options)
        return _later(file) if isawaitable(file) else _with_version(file)

    return versioned_get


async def _later(file: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    return _with_version(await file)


def _with_version(file: dict[str, Any]) -> dict[str, Any]:
    if file["type"] == "notebook" and file["content"]:
        language = file["content"]["metadata"].get("language_info", {})
        if language.get("name") == "python":
            language.setdefault("version", sys.version.split()[0])  # in memory, not in the file
    return file
