"""JupyterLab's server finds the package by itself, and sends what a kernel says at once."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

from qnn_edu import server

SETTING = {"ServerApp": {"jpserver_extensions": {"qnn_edu.server": True}}}


def test_installing_the_package_switches_it_on():
    switch = Path(sys.prefix, "etc/jupyter/jupyter_server_config.d/qnn_edu.json")
    assert json.loads(switch.read_text()) == SETTING


def test_every_connection_is_made_not_to_wait_and_then_connected():
    calls = []

    class Connection:
        websocket_handler = SimpleNamespace(set_nodelay=lambda on: calls.append(("nodelay", on)))

        def connect(self):
            calls.append("connect")
            return "what connecting gives"

    settings = {server.CONNECTION: Connection}
    server._load_jupyter_server_extension(
        SimpleNamespace(web_app=SimpleNamespace(settings=settings))
    )
    assert settings[server.CONNECTION]().connect() == "what connecting gives"
    assert calls == [("nodelay", True), "connect"]
