"""JupyterLab's server finds the package by itself: what it loads, and how JupyterLab then opens."""

import asyncio
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from jupyterlab_server.settings_utils import get_settings

import qnn_edu
from qnn_edu import server

PACKAGE = Path(qnn_edu.__file__).parent
SETTING = {"ServerApp": {"jpserver_extensions": {"qnn_edu.server": True}}}
SHARE = Path(sys.prefix, "share/jupyter")
WANTED = json.loads((PACKAGE / "lab.json").read_text(encoding="utf-8"))
LESSON = PACKAGE.parent / "notebooks" / "00_start_here.ipynb"


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("server.json", "jupyter_server_config.d"),
        ("lab.json", "labconfig/default_setting_overrides.d"),
    ],
)
def test_installing_the_package_brings_its_settings(file, place):
    installed = Path(sys.prefix, "etc/jupyter", place, "qnn_edu.json")
    assert installed.read_bytes() == (PACKAGE / file).read_bytes()


def test_installing_the_package_brings_the_extension_of_the_page():
    extension, installed = PACKAGE / "labextension", SHARE / "labextensions" / "qnn-edu"
    about = json.loads((extension / "package.json").read_text(encoding="utf-8"))
    script = about["jupyterlab"]["_build"]["load"]
    assert about["version"] == qnn_edu.__version__
    assert f'["{about["name"]}"]' in (extension / script).read_text(encoding="utf-8")
    for file in ("package.json", script):
        assert (installed / file).read_bytes() == (extension / file).read_bytes()


@pytest.mark.parametrize("plugin", WANTED)
def test_jupyterlab_knows_the_settings_that_the_package_brings(plugin):
    """A misspelt one it would take and never use."""
    schemas, extensions = (SHARE / name for name in ("lab/schemas", "labextensions"))
    found, _ = get_settings("", f"{schemas}", "", plugin, {}, [f"{extensions}"])
    assert set(WANTED[plugin]) <= set(found["schema"]["properties"])


def test_the_extension_is_named_as_the_server_asks():
    assert json.loads((PACKAGE / "server.json").read_text()) == SETTING


def test_every_connection_is_made_not_to_wait_and_then_connected():
    calls = []

    class Connection:
        websocket_handler = SimpleNamespace(set_nodelay=lambda on: calls.append(("nodelay", on)))

        def connect(self):
            calls.append("connect")
            return "what connecting gives"

    settings = {server.CONNECTION: Connection}
    load(settings, SimpleNamespace(get=None))
    assert settings[server.CONNECTION]().connect() == "what connecting gives"
    assert calls == [("nodelay", True), "connect"]


def load(settings, files):
    app = SimpleNamespace(settings=settings)
    server._load_jupyter_server_extension(SimpleNamespace(web_app=app, contents_manager=files))


def test_a_lesson_names_the_python_that_will_run_it():
    """As the kernel will name it, so that JupyterLab finds nothing to change."""
    from ipykernel.ipkernel import IPythonKernel

    language = read(nbformat.read(LESSON, as_version=4))["metadata"]["language_info"]
    assert language == IPythonKernel.language_info


@pytest.mark.parametrize(
    "content",
    [
        None,
        {"metadata": {}},
        {"metadata": {"language_info": {"name": "julia"}}},
        {"metadata": {"language_info": {"name": "python", "version": "3.99"}}},
    ],
)
def test_other_notebooks_stay_as_they_are(content):
    before = json.dumps(content)
    assert json.dumps(read(content)) == before


def read(content):
    """The content of a notebook as the server reads it, at once or later."""

    def get(path):
        return {"type": "notebook", "content": content}

    async def get_later(path):
        return get(path)

    now, later = SimpleNamespace(get=get), SimpleNamespace(get=get_later)
    for files in (now, later):
        load({server.CONNECTION: object}, files)
    found = asyncio.run(later.get("lesson.ipynb"))
    assert found == now.get("lesson.ipynb")
    return found["content"]
